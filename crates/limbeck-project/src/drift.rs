//! History − database: what a database is not that its history says it is.
//!
//! What the history did not make is never in the way: it becomes a part of what is wanted, so that a plan keeps it,
//! and builds it again where something under it has to change.

mod known;
mod strays;

use std::collections::BTreeSet;

use limbeck_catalog::{Catalog, Kind, ObjectId};
use limbeck_plan::{Options, Plan, Side};
use limbeck_postgres::Session;

use crate::live::{self, Majors};
use crate::recorded::Recorded;
use crate::workbench::{self, State, Workbench};
use crate::{Error, Event, Events, Project, error};

pub(crate) use known::Known;
pub(crate) use strays::Strays;

/// A database beside what its history makes of an empty one.
pub(crate) struct Drift {
    /// What the history makes, with what else the database holds.
    pub(crate) wanted: Catalog,
    /// What the database holds.
    pub(crate) found: Catalog,
    /// What the database holds and the history does not make.
    pub(crate) strays: Strays,
    /// From what is found to what is wanted.
    pub(crate) plan: Plan,
}

/// Compares a database with its own history. The database is only read.
pub(crate) async fn compare(
    project: &Project,
    recorded: &Recorded,
    events: Events<'_>,
) -> Result<Drift, Error> {
    let history = recorded.history(project).await?;
    let before = live::fingerprint(&recorded.session).await?;
    let bench = if recorded.state.steps.is_empty() {
        Workbench::open_on_history(project, &history, events).await?
    } else {
        // What was kept is of whole revisions.
        Workbench::open(project, events).await?
    };
    error::same_major(recorded.session.server_version_num(), bench.server_version_num())?;
    events(Event::Phase("replaying the history of the database".to_owned()));
    let made = Box::pin(bench.replayed(project, &history.order_all())).await?;
    events(Event::Phase("comparing the database with its history".to_owned()));
    let schemas = schemas(&made.catalog);
    let found = live::read_in(project, &recorded.session, &schemas).await?;
    let drift = Box::pin(of(&bench, project, made, found)).await?;
    // Unless somebody changed the schema meanwhile.
    if live::fingerprint(&recorded.session).await? == before {
        drift
            .told(&recorded.session)
            .await?
            .keep(project, recorded, &before);
    }
    Ok(drift)
}

/// The schemas that a history makes or puts something into.
fn schemas(made: &Catalog) -> BTreeSet<String> {
    made.declarable()
        .iter()
        .filter_map(|id| match id.kind {
            Kind::Schema => Some(id.name().to_owned()),
            _ => id.schema().map(str::to_owned),
        })
        .collect()
}

async fn of(
    bench: &Workbench<'_>,
    project: &Project,
    mut made: State,
    found: Catalog,
) -> Result<Drift, Error> {
    strays::leave_out_unread_schema(&mut made.catalog, &found);
    let (wanted, strays) = strays::keep(&made.catalog, &found);
    let options = Options {
        concurrently: project.config().autogenerate.concurrently,
        ..Options::default()
    };
    let mut sides = Sides::new(bench, &made, &found, &wanted);
    let plan = workbench::plan_asking((&found, &wanted), &[], &[], options, async |probe| {
        let state = sides.of(probe.side).await?;
        bench.answer(state, probe).await
    })
    .await?;
    Ok(Drift {
        wanted,
        found,
        strays,
        plan,
    })
}

/// Scratch databases that are like either side, made once there is a question.
struct Sides<'a, 'e> {
    bench: &'a Workbench<'e>,
    made: &'a State,
    found: &'a Catalog,
    wanted: &'a Catalog,
    like_found: Option<State>,
    like_wanted: Option<State>,
}

impl<'a, 'e> Sides<'a, 'e> {
    fn new(bench: &'a Workbench<'e>, made: &'a State, found: &'a Catalog, wanted: &'a Catalog) -> Self {
        Self {
            bench,
            made,
            found,
            wanted,
            like_found: None,
            like_wanted: None,
        }
    }

    async fn of(&mut self, side: Side) -> Result<&State, Error> {
        match side {
            Side::Current => {
                let state = match self.like_found.take() {
                    Some(state) => state,
                    None => self.rebuilt_found().await?,
                };
                Ok(self.like_found.insert(state))
            }
            Side::Wanted if self.wanted.objects.len() == self.made.catalog.objects.len() => Ok(self.made),
            Side::Wanted => {
                let state = match self.like_wanted.take() {
                    Some(state) => state,
                    // What the history did not make may need what the scratch server lacks.
                    None => match self.rebuilt(self.wanted).await {
                        Ok(state) => state,
                        Err(_) => return Ok(self.made),
                    },
                };
                Ok(self.like_wanted.insert(state))
            }
        }
    }

    /// What is found, without what the history did not make where that cannot be made here.
    async fn rebuilt_found(&self) -> Result<State, Error> {
        let whole = match self.rebuilt(self.found).await {
            Ok(state) => return Ok(state),
            Err(error) => error,
        };
        let mut part = self.found.clone();
        part.retain(&self.made.catalog.objects.keys().cloned().collect());
        self.rebuilt(&part).await.map_err(|_| whole)
    }

    async fn rebuilt(&self, catalog: &Catalog) -> Result<State, Error> {
        live::rebuilt(self.bench, catalog.clone(), Majors::Same).await
    }
}

/// The server's time: `2026-11-21T10:00:00Z`.
async fn time(session: &Session) -> Result<String, Error> {
    let query = "SELECT pg_catalog.to_char(pg_catalog.clock_timestamp() AT TIME ZONE 'UTC', \
                 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')";
    let rows = session.query_text(query).await.map_err(error::from_database)?;
    let value = rows.into_iter().next().and_then(|row| row.into_iter().next());
    Ok(value.flatten().unwrap_or_default())
}

impl Drift {
    /// The objects that are not as the history says, without those that lie in others which are missing.
    pub(crate) fn objects(&self) -> BTreeSet<ObjectId> {
        crate::prove::objects_of(&self.plan, &self.found, &self.wanted)
    }

    /// What it comes to, in numbers, now.
    pub(crate) async fn told(&self, session: &Session) -> Result<Known, Error> {
        Ok(Known {
            differences: self.objects().len() + self.plan.unsupported.len(),
            additions: self.strays.additions().count(),
            at: time(session).await?,
        })
    }
}
