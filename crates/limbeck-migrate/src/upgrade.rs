//! `upgrade` and `downgrade`: from a target to a run.

use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;

use limbeck_history::{Direction, History, Require, RevisionId, Target};
use limbeck_postgres::{DatabaseError, Settings};

use crate::error::{ErrorKind, MigrateError, UnknownRevision};
use crate::event::{Event, Events};
use crate::interrupt::Interrupt;
use crate::options::RunOptions;
use crate::pending::Pending;
use crate::pooled;
use crate::position::Position;
use crate::report::Report;
use crate::resume::Journey;
use crate::route::{self, Leg};
use crate::run::Context;
use crate::state::{details, edited};
use crate::stored;
use crate::x_settings::{Lasting, x_settings};

/// Moves a database up to a target.
///
/// With nothing to do it is one query, and neither takes the lease nor makes the own tables.
///
/// # Errors
///
/// The database cannot be reached; the target is unknown; applied revisions were edited, or their files are not here;
/// another runner is at work for too long; a step fails. The error tells what was committed by then.
pub async fn upgrade(
    settings: &Settings,
    history: &History,
    target: &str,
    options: &RunOptions,
    interrupt: &Interrupt,
    events: Events<'_>,
) -> Result<Report, MigrateError> {
    let runner = Runner::connect(settings, options, interrupt, events).await?;
    runner.upgrade(history, target).await
}

/// Moves a database down to a target.
///
/// A revision whose file is not here, or was edited after it was applied, is undone by the copy that the database
/// keeps, provided that the own tables belong to the current role or to a superuser.
///
/// # Errors
///
/// As for [`upgrade`], and a step on the way has no way down: then nothing was run.
pub async fn downgrade(
    settings: &Settings,
    history: &History,
    target: &str,
    options: &RunOptions,
    interrupt: &Interrupt,
    events: Events<'_>,
) -> Result<Report, MigrateError> {
    let runner = Runner::connect(settings, options, interrupt, events).await?;
    runner.downgrade(history, target).await
}

/// A run that is connected, and knows where the database is. The history is asked for only then, so that it can be
/// read from its files while the server answers.
pub struct Runner<'a> {
    settings: Settings,
    context: Context<'a>,
    position: Position,
}

impl fmt::Debug for Runner<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Runner")
            .field("settings", &self.settings)
            .field("position", &self.position)
            .finish_non_exhaustive()
    }
}

impl<'a> Runner<'a> {
    /// Connects, and reads where the database is.
    ///
    /// # Errors
    ///
    /// The database cannot be reached, or the own tables cannot be read.
    pub async fn connect(
        settings: &Settings,
        options: &'a RunOptions,
        interrupt: &'a Interrupt,
        events: Events<'a>,
    ) -> Result<Self, MigrateError> {
        let settings = direct(settings, events);
        let (context, position) = Context::connect(&settings, options, interrupt, events).await?;
        Ok(Self {
            settings,
            context,
            position,
        })
    }

    /// The database's heads.
    #[must_use]
    pub fn heads(&self) -> &BTreeSet<RevisionId> {
        &self.position.heads
    }

    /// The applied revisions with the checksums of their files, in order of their identifiers; `None` while one is
    /// applied in part only.
    #[must_use]
    pub fn applied(&self) -> Option<impl Iterator<Item = (&RevisionId, &str)>> {
        let applied = self.position.applied.iter();
        let is_whole = self.position.steps.is_empty();
        is_whole.then(|| applied.map(|(id, checksum)| (id, checksum.as_str())))
    }

    /// What a run reports that has nothing to do.
    #[must_use]
    pub fn nothing_to_do(&self) -> Report {
        nothing(&self.position.heads, Duration::ZERO)
    }

    /// Goes on as [`upgrade`].
    ///
    /// # Errors
    ///
    /// As for [`upgrade`].
    pub async fn upgrade(self, history: &History, target: &str) -> Result<Report, MigrateError> {
        self.go(Request {
            history,
            destination: Destination::Named(target),
            direction: Direction::Up,
        })
        .await
    }

    /// Goes on as [`downgrade`].
    ///
    /// # Errors
    ///
    /// As for [`downgrade`].
    pub async fn downgrade(self, history: &History, target: &str) -> Result<Report, MigrateError> {
        self.go(Request {
            history,
            destination: Destination::Named(target),
            direction: Direction::Down,
        })
        .await
    }

    /// What [`upgrade`](Self::upgrade) or [`downgrade`](Self::downgrade) would do, in order. Nothing is made or changed;
    /// what only the database's copies can undo is told as well, unlike by [`pending`](crate::pending()).
    ///
    /// # Errors
    ///
    /// As for the run itself, before its first step.
    pub async fn pending(
        &self,
        history: &History,
        direction: Direction,
        target: &str,
    ) -> Result<Vec<Pending>, MigrateError> {
        let request = Request {
            history,
            destination: Destination::Named(target),
            direction,
        };
        let way = request
            .way(&self.context, &self.position, self.context.events)
            .await?;
        Ok(way.legs.into_iter().map(Pending::from).collect())
    }

    /// What the query of a `require` counts now, as text. It runs in a transaction that can only read, with the session's
    /// own `search_path` and the values that the run hands to its steps.
    ///
    /// # Errors
    ///
    /// What the server says: an earlier step may have to make what the query asks.
    pub async fn count(&self, require: &Require) -> Result<String, DatabaseError> {
        let session = &self.context.session;
        let query = limbeck_sql::statements(&require.sql);
        let query = query.first().map_or(require.sql.as_str(), |first| first.text);
        let mut begin = vec!["BEGIN READ ONLY".to_owned()];
        begin.extend(x_settings(&self.context.options.x, Lasting::Transaction));
        session.execute(&begin.join(";\n")).await?;
        let counted = crate::lease::value(session, &format!("SELECT (\n{query}\n)::pg_catalog.text")).await;
        let ended = session.execute("ROLLBACK").await;
        let counted = counted?;
        ended?;
        Ok(counted.unwrap_or_default())
    }

    async fn go(self, request: Request<'_>) -> Result<Report, MigrateError> {
        let Self {
            settings,
            context,
            position,
        } = self;
        Journey::new(&settings, request).go(context, position).await
    }
}

/// What a run is to do.
#[derive(Clone, Copy)]
pub(crate) struct Request<'a> {
    pub(crate) history: &'a History,
    pub(crate) destination: Destination<'a>,
    pub(crate) direction: Direction,
}

/// Where a run is to go.
#[derive(Clone, Copy)]
pub(crate) enum Destination<'a> {
    /// By a selector, which may be relative to where the database is (`+1`).
    Named(&'a str),
    /// By revisions, as a selector meant them at the beginning of the run.
    Fixed(&'a Target),
}

impl Destination<'_> {
    /// The target, seen from these heads.
    pub(crate) fn resolve(
        self,
        history: &History,
        heads: &BTreeSet<RevisionId>,
    ) -> Result<Target, MigrateError> {
        match self {
            Self::Named(selector) => Ok(history.resolve(selector, heads)?),
            Self::Fixed(target) => Ok(target.clone()),
        }
    }
}

/// What a run has to do, and where that leads.
pub(crate) struct Way {
    pub(crate) target: Target,
    pub(crate) legs: Vec<Leg>,
}

/// The settings of the database itself, where those given are of a pooler in front of it: a pooler hands a session's
/// server process to others between two transactions.
pub(crate) fn direct(settings: &Settings, events: Events<'_>) -> Settings {
    if let Some((pooled, host)) = settings.replaced_host() {
        events(Event::DirectHost { pooled, host });
    }
    settings.direct()
}

/// What is reported where there was nothing to do.
pub(crate) fn nothing(heads: &BTreeSet<RevisionId>, waited: Duration) -> Report {
    Report {
        from: heads.clone(),
        to: heads.clone(),
        committed: Vec::new(),
        waited,
    }
}

impl Request<'_> {
    pub(crate) async fn way(
        &self,
        context: &Context<'_>,
        position: &Position,
        events: Events<'_>,
    ) -> Result<Way, MigrateError> {
        refuse_damaged(context, position)?;
        let way = match self.direction {
            Direction::Up => {
                refuse_unknown(context, self.history, position).await?;
                up(self.history, position, self.destination)?
            }
            Direction::Down => {
                stored::down(context, self.history, position, self.destination, events).await?
            }
        };
        route::check(&way.legs)?;
        if context.options.single_transaction {
            route::check_one_transaction(&way.legs, false)?;
        }
        if context.options.allow_pooler && context.session.is_shared() {
            pooled::check(&way.legs)?;
        }
        Ok(way)
    }
}

/// The way up, where every applied revision is as its file says.
pub(crate) fn up(
    history: &History,
    position: &Position,
    destination: Destination<'_>,
) -> Result<Way, MigrateError> {
    let revisions = edited(
        position
            .applied
            .iter()
            .map(|(id, checksum)| (id, checksum.as_str())),
        history,
    );
    if !revisions.is_empty() {
        return Err(ErrorKind::Edited { revisions }.into());
    }
    let target = destination.resolve(history, &position.heads)?;
    let legs = route::up(history, position, &target)?;
    Ok(Way { target, legs })
}

/// Refuses a database that has a head without its revision: somebody has deleted rows.
fn refuse_damaged(context: &Context<'_>, position: &Position) -> Result<(), MigrateError> {
    let lost = |head: &&RevisionId| !position.applied.contains_key(*head);
    match position.heads.iter().find(lost) {
        None => Ok(()),
        Some(head) => Err(ErrorKind::Damaged {
            schema: context.tables.schema().to_owned(),
            head: head.clone(),
        }
        .into()),
    }
}

/// The revisions, applied or begun, whose files are not here.
pub(crate) fn unknown<'p>(history: &History, position: &'p Position) -> BTreeSet<&'p RevisionId> {
    let begun = position.begun();
    position
        .applied
        .keys()
        .chain(begun)
        .filter(|id| history.get(id).is_none())
        .collect()
}

/// Refuses a database that has revisions whose files are not here.
pub(crate) async fn refuse_unknown(
    context: &Context<'_>,
    history: &History,
    position: &Position,
) -> Result<(), MigrateError> {
    let unknown = unknown(history, position);
    if unknown.is_empty() {
        return Ok(());
    }
    let rows = details(&context.session, &context.tables, Some(&unknown)).await?;
    let revisions = unknown
        .into_iter()
        .map(|id| UnknownRevision::new(id, rows.get(id)))
        .collect();
    Err(ErrorKind::Unknown { revisions }.into())
}
