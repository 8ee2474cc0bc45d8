//! A run from its first look to its report, over as many connections as it takes.
//!
//! A connection may be lost at any moment, after a `COMMIT` was sent and before its answer came too. Then the run
//! connects again and *first* raises the token of its own lease: that waits for a transaction of the lost session,
//! which holds the row, and ends that session. Only then the journal is read, which nobody else can write under the
//! new token: what it says stands, and the rest of the way is gone. Where another runner has the lease by then, this
//! one waits as any other, and mostly finds nothing left to do.

use std::collections::BTreeSet;
use std::time::Duration;

use limbeck_history::{RevisionId, Target};
use limbeck_postgres::Settings;

use crate::error::{ErrorKind, Interruption, MigrateError};
use crate::event::{Event, Events};
use crate::journal::word;
use crate::lease;
use crate::position::{Position, reading};
use crate::report::{Committed, Report};
use crate::route::Leg;
use crate::run::{Commits, Context, Cut, Halt, Leased, Whereabouts, heads_after};
use crate::upgrade::{Destination, Request, Way, nothing};

/// How often a run may be cut short at the same place: a step that makes the server crash is not sent for ever.
pub(crate) const TIMES: u32 = 3;

/// A run on its way.
pub(crate) struct Journey<'a> {
    settings: &'a Settings,
    request: Request<'a>,
    /// Where it goes, once that is known.
    target: Option<Target>,
    /// The heads that it has begun from, once it has the lease.
    from: Option<BTreeSet<RevisionId>>,
    committed: Vec<Committed>,
    waited: Duration,
    /// How often it was cut short since something was committed.
    times: u32,
    /// The tokens of the leases that it had; the last one may be its own still.
    tokens: Vec<i64>,
    /// Whether another runner may have had the lease since the journal was last read.
    had_company: bool,
    /// When the server was started that it has begun with.
    server_started: Option<String>,
    /// What it was about to do when it was cut short.
    legs: Vec<Leg>,
}

impl<'a> Journey<'a> {
    pub(crate) fn new(settings: &'a Settings, request: Request<'a>) -> Self {
        Self {
            settings,
            request,
            target: None,
            from: None,
            committed: Vec::new(),
            waited: Duration::ZERO,
            times: 0,
            tokens: Vec::new(),
            had_company: false,
            server_started: None,
            legs: Vec::new(),
        }
    }

    /// Goes to the target from where the database is.
    pub(crate) async fn go(
        mut self,
        mut context: Context<'_>,
        position: Position,
    ) -> Result<Report, MigrateError> {
        self.server_started.clone_from(&position.server_started);
        let mut result = Box::pin(self.set_out(&context, &position)).await;
        loop {
            let cut = match result {
                Ok(report) => return Ok(report),
                Err(Halt::Stopped(error)) => return Err(self.end(&context, error)),
                Err(Halt::Cut(cut)) => cut,
            };
            if let Err(error) = self.take_up(&mut context, &cut).await {
                return Err(self.end(&context, error));
            }
            result = Box::pin(self.go_on(&context, cut)).await;
        }
    }

    /// The error that ends the run, with what all its parts have committed.
    fn end(&mut self, context: &Context<'_>, error: MigrateError) -> MigrateError {
        let error = error.after(std::mem::take(&mut self.committed));
        if context.options.single_transaction {
            error.of_one_transaction()
        } else {
            error
        }
    }

    /// From the first look at the database.
    async fn set_out(&mut self, context: &Context<'_>, position: &Position) -> Result<Report, Halt> {
        let way = self.request.way(context, position, &|_| ()).await?;
        if way.legs.is_empty() {
            return Ok(nothing(&position.heads, Duration::ZERO));
        }
        // What is relative to where the database is means what it does now, whatever happens meanwhile.
        self.target = Some(way.target);
        let leased = self.take_lease(context, position.exists).await?;
        if leased.is_next_after(position) {
            // Told only now, since the run begins.
            return match self.request.way(context, position, context.events).await {
                Ok(way) => self.lead(leased, position, way).await,
                Err(error) => Err(release(leased, error).await),
            };
        }
        // Another runner has come first.
        match self.look(context, context.events).await {
            Ok((position, way)) => self.lead(leased, &position, way).await,
            Err(error) => Err(release(leased, error).await),
        }
    }

    /// Takes the lease as anybody does.
    async fn take_lease<'c>(&mut self, context: &'c Context<'_>, exists: bool) -> Result<Leased<'c>, Halt> {
        let commits = Commits::of(context.options);
        let leased = context.begin(self.settings, exists, commits).await?;
        self.tokens.push(leased.token());
        Ok(leased)
    }

    /// Where the database is, and what is left to do.
    async fn look(
        &mut self,
        context: &Context<'_>,
        events: Events<'_>,
    ) -> Result<(Position, Way), MigrateError> {
        let position = Position::read(&context.session, &context.tables).await?;
        let request = match &self.target {
            Some(target) => Request {
                destination: Destination::Fixed(target),
                ..self.request
            },
            None => self.request,
        };
        let way = request.way(context, &position, events).await?;
        self.target.get_or_insert_with(|| way.target.clone());
        Ok((position, way))
    }

    /// Does what is left, and gives the lease back.
    async fn lead(&mut self, leased: Leased<'_>, position: &Position, way: Way) -> Result<Report, Halt> {
        let from = self.from.get_or_insert_with(|| position.heads.clone()).clone();
        self.legs = way.legs;
        let (mut committed, waited) = Box::pin(leased.go(&self.legs, position)).await?;
        self.committed.append(&mut committed);
        Ok(Report {
            from,
            to: heads_after(&position.heads, &self.legs),
            committed: std::mem::take(&mut self.committed),
            waited: self.waited + waited,
        })
    }

    /// Notes what cut the run short, and connects again where that was the loss of the connection.
    async fn take_up(&mut self, context: &mut Context<'_>, cut: &Cut) -> Result<(), MigrateError> {
        self.waited += cut.waited;
        if !cut.committed.is_empty() {
            self.committed.extend(cut.committed.iter().cloned());
            self.times = 0;
        }
        self.times += 1;
        let (revision, step) = parted(cut.at.as_ref());
        let Some(error) = cut.kind.lost_connection() else {
            (context.events)(Event::LeaseLost { revision, step });
            // The lock is the session's, and goes with the lease, which is another's now.
            let undo = if context.session.is_shared() {
                "ROLLBACK".to_owned()
            } else {
                format!(
                    "ROLLBACK;\nSELECT pg_catalog.pg_advisory_unlock({})",
                    context.tables.advisory_key()
                )
            };
            // Where that fails, so will what follows.
            let _ = context.session.execute(&undo).await;
            drop(context.session.take_notices());
            return Ok(());
        };
        (context.events)(Event::ConnectionLost {
            reason: error.message().to_owned(),
            revision,
            step,
        });
        // Lost while it was found out what had come of the loss before.
        if self.times > TIMES {
            return Err(self.too_often(cut));
        }
        context
            .connect_again(self.settings)
            .await
            .map_err(|error| of_going_on(error, cut.at.as_ref()))
    }

    /// Goes on: with the lease that it had, where that is its own still, else as anybody.
    async fn go_on(&mut self, context: &Context<'_>, cut: Cut) -> Result<Report, Halt> {
        let found = match self.find_out(context, &cut).await {
            Ok(Some(found)) => found,
            Ok(None) => return Err(Halt::Stopped(cut.kind.into())),
            Err(Halt::Stopped(error)) => {
                return Err(Halt::Stopped(of_going_on(error, cut.at.as_ref())));
            }
            // What has come of it is not known yet.
            Err(Halt::Cut(again)) => {
                return Err(Halt::Cut(Cut {
                    at: again.at.or(cut.at),
                    ..again
                }));
            }
        };
        let is_other_server = found.position.server_started != self.server_started;
        let refused = if found.is_own_lease && cut.kind.is_ended_by_somebody() && !is_other_server {
            Some(cut.kind.into())
        } else if self.times >= TIMES {
            Some(self.too_often(&cut))
        } else {
            None
        };
        if let Some(error) = refused {
            found.leased.give_up().await;
            return Err(Halt::Stopped(error));
        }
        (context.events)(Event::GoingOn {
            remaining: found.way.legs.iter().map(|leg| leg.steps.len().max(1)).sum(),
        });
        self.server_started.clone_from(&found.position.server_started);
        self.lead(found.leased, &found.position, found.way).await
    }

    /// Takes the lease again, and reads what stands. `None` where somebody has ended the session of a run that never had
    /// the lease, so that it was no other runner.
    async fn find_out<'c>(&mut self, context: &'c Context<'_>, cut: &Cut) -> Result<Option<Found<'c>>, Halt> {
        let Context {
            session,
            tables,
            options,
            interrupt,
            events,
        } = context;
        let former = self
            .tokens
            .last()
            .filter(|_| cut.kind.lost_connection().is_some());
        let own = match former {
            Some(token) => lease::retake(session, tables, options, *token, interrupt, events).await?,
            None => None,
        };
        let leased = match own {
            Some(token) => {
                self.tokens.push(token);
                context.lead(self.settings, token, Commits::of(options))
            }
            None => {
                let position = Position::read(session, tables).await?;
                let is_same_server = position.server_started == self.server_started;
                if self.tokens.is_empty() && cut.kind.is_ended_by_somebody() && is_same_server {
                    return Ok(None);
                }
                self.had_company = true;
                self.take_lease(context, position.exists).await?
            }
        };
        let found = match self.look(context, &|_| ()).await {
            Ok((position, way)) => match self.kept(context, &way).await {
                Ok(kept) => Ok((position, way, kept)),
                Err(error) => Err(error),
            },
            Err(error) => Err(error),
        };
        let (position, way, kept) = match found {
            Ok(found) => found,
            Err(error) => return Err(release(leased, error).await),
        };
        let had_company = std::mem::take(&mut self.had_company);
        if !kept.is_empty() {
            self.times = 0;
        }
        let began = cut.at.as_ref().map(|at| at.began);
        for mut committed in kept {
            committed.duration = began.map(|began| began.elapsed()).unwrap_or_default();
            self.tell(context.events, &committed);
            self.committed.push(committed);
        }
        Ok(Some(Found {
            leased,
            position,
            way,
            is_own_lease: !had_company,
        }))
    }

    /// What this run has committed without hearing of it: what it was about to do, and is not to be done any more. Where
    /// another runner has come in between, only that of which the journal says so.
    async fn kept(&self, context: &Context<'_>, way: &Way) -> Result<Vec<Committed>, MigrateError> {
        let is_left = |leg: &Leg, step: Option<&str>| {
            way.legs.iter().any(|left| {
                left.revision.id == leg.revision.id
                    && step.is_none_or(|step| left.steps.iter().any(|left| left.name == step))
            })
        };
        let mut kept = Vec::new();
        for leg in &self.legs {
            let steps = leg.steps.iter().map(|step| Some(step.name.as_str()));
            let parts: Vec<Option<&str>> = if leg.steps.is_empty() {
                vec![None]
            } else {
                steps.collect()
            };
            let last = parts.len();
            for (n, step) in parts.into_iter().enumerate() {
                let is_known = self.committed.iter().any(|known| {
                    known.revision == leg.revision.id
                        && known.step.as_deref() == step
                        && known.direction == leg.direction
                });
                if !is_known && !is_left(leg, step) {
                    kept.push(Committed {
                        revision: leg.revision.id.clone(),
                        message: leg.revision.title().to_owned(),
                        step: step.map(str::to_owned),
                        direction: leg.direction,
                        finished: n + 1 == last && !is_left(leg, None),
                        duration: Duration::ZERO,
                    });
                }
            }
        }
        if self.had_company && !kept.is_empty() {
            let own = self.own_steps(context).await?;
            kept.retain(|committed| {
                own.iter().any(|(revision, step, direction)| {
                    *revision == committed.revision.as_str()
                        && committed.step.as_ref() == Some(step)
                        && *direction == word(committed.direction)
                })
            });
        }
        Ok(kept)
    }

    /// The steps on record under the tokens of this run: revision, name and direction.
    async fn own_steps(&self, context: &Context<'_>) -> Result<Vec<(String, String, String)>, MigrateError> {
        let tokens: Vec<String> = self.tokens.iter().map(ToString::to_string).collect();
        let query = format!(
            "SELECT revision, name, direction FROM {} WHERE scope = {} AND state = 'done' AND token IN ({})",
            context.tables.name("step"),
            context.tables.scope(),
            tokens.join(", ")
        );
        let rows = context.session.query_text(&query).await;
        let rows = rows.map_err(|error| reading(&context.tables, error))?;
        Ok(rows
            .into_iter()
            .filter_map(|row| {
                let mut columns = row.into_iter().flatten();
                Some((columns.next()?, columns.next()?, columns.next()?))
            })
            .collect())
    }

    /// Tells of a step that turned out to be committed.
    fn tell(&self, events: Events<'_>, committed: &Committed) {
        let steps = self
            .legs
            .iter()
            .flat_map(|leg| leg.steps.iter().map(move |step| (leg, step)));
        let number = steps
            .filter(|(leg, _)| leg.revision.id == committed.revision)
            .find(|(_, step)| committed.step.as_ref() == Some(&step.name))
            .map(|(_, step)| step.number);
        if let (Some(step), Some(number)) = (&committed.step, number) {
            events(Event::StepFinished {
                revision: committed.revision.clone(),
                step: step.clone(),
                number,
                direction: committed.direction,
                duration: committed.duration,
            });
        }
        if committed.finished {
            events(Event::RevisionFinished {
                revision: committed.revision.clone(),
                message: committed.message.clone(),
                direction: committed.direction,
                duration: committed.duration,
            });
        }
    }

    /// The error of a run that was cut short too often.
    fn too_often(&self, cut: &Cut) -> MigrateError {
        let (revision, step) = parted(cut.at.as_ref());
        match cut.kind.lost_connection() {
            Some(error) => ErrorKind::LostAgain {
                revision,
                step,
                times: self.times,
                error: error.clone(),
            },
            None => ErrorKind::LeaseLost,
        }
        .into()
    }
}

/// What was found after a run was cut short.
struct Found<'c> {
    leased: Leased<'c>,
    position: Position,
    way: Way,
    /// Whether nobody else has had the lease in between.
    is_own_lease: bool,
}

/// Gives the lease back after an error, which is the one to tell, whatever becomes of this.
async fn release(leased: Leased<'_>, error: MigrateError) -> Halt {
    let halt = Halt::from(error);
    if matches!(halt, Halt::Stopped(_)) {
        leased.give_up().await;
    }
    halt
}

/// The error of what it takes to go on.
fn of_going_on(error: MigrateError, at: Option<&Whereabouts>) -> MigrateError {
    let (revision, step) = parted(at);
    let (kind, committed) = error.into_parts();
    let kind = match kind {
        ErrorKind::Interrupted(Interruption::Early) => {
            ErrorKind::Interrupted(Interruption::Away { revision, step })
        }
        ErrorKind::Connect(error) => ErrorKind::NotReachedAgain {
            revision,
            step,
            error,
        },
        kind => kind,
    };
    MigrateError::from(kind).with_committed(committed)
}

fn parted(at: Option<&Whereabouts>) -> (Option<RevisionId>, Option<String>) {
    at.map_or((None, None), |at| (Some(at.revision.clone()), at.step.clone()))
}
