//! A run: takes the lease, sends the steps of a route one after the other, gives the lease back.

mod outside;

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use limbeck_history::{RevisionId, Step, StepSide};
use limbeck_postgres::{DatabaseError, MessageError, Session, Settings};

use crate::error::{ErrorKind, Interruption, MigrateError};
use crate::event::{Event, Events};
use crate::heartbeat::Heartbeat;
use crate::interrupt::Interrupt;
use crate::journal::{EventRow, Journal, Outcome, Token};
use crate::message::Message;
use crate::options::RunOptions;
use crate::place::Place;
use crate::position::Position;
use crate::report::Committed;
use crate::route::Leg;
use crate::screen::may_change_session;
use crate::session::{Sent, restore, send};
use crate::step_message::{nonce_of, stepless, transactional};
use crate::tables::Tables;
use crate::{failure, lease};

/// The first and the longest pause before a step is sent again.
const RETRY_PAUSE: (Duration, Duration) = (Duration::from_millis(200), Duration::from_secs(10));

/// What a run works with, from its first connection to its last message.
pub(crate) struct Context<'a> {
    pub(crate) session: Session,
    pub(crate) tables: Tables,
    pub(crate) options: &'a RunOptions,
    pub(crate) interrupt: &'a Interrupt,
    pub(crate) events: Events<'a>,
}

impl Context<'_> {
    pub(crate) fn journal(&self, token: i64) -> Journal<'_> {
        Journal {
            tables: &self.tables,
            options: self.options,
            token: Token::Known(token),
        }
    }

    /// Makes the own tables where they are missing, and takes the lease.
    pub(crate) async fn begin(&self, settings: &Settings, exists: bool) -> Result<Leased<'_>, MigrateError> {
        if !exists {
            self.make_tables().await?;
        }
        let began = Instant::now();
        let token = lease::acquire(
            &self.session,
            &self.tables,
            self.options,
            self.interrupt,
            self.events,
        )
        .await?;
        Ok(Leased {
            context: self,
            token,
            heartbeat: Heartbeat::start(settings, &self.tables, self.options, token),
            waited: began.elapsed(),
            committed: Vec::new(),
            is_dirty: false,
        })
    }

    async fn make_tables(&self) -> Result<(), MigrateError> {
        let result = self
            .session
            .execute(&format!("BEGIN;\n{};\nCOMMIT", self.tables.create()))
            .await;
        let Err(error) = result else { return Ok(()) };
        if !error.is_connection_lost() {
            // Ends the failed transaction; there is nothing to undo.
            self.session
                .execute("ROLLBACK")
                .await
                .map_err(|error| self.making(error))?;
        }
        // unique_violation, duplicate_schema, duplicate_table, duplicate_object: another runner made them just now.
        if matches!(error.sqlstate(), Some("23505" | "42P06" | "42P07" | "42710")) {
            return Ok(());
        }
        Err(self.making(error))
    }

    fn making(&self, error: DatabaseError) -> MigrateError {
        ErrorKind::Database {
            doing: format!("making the tables of the schema `{}`", self.tables.schema()),
            error,
        }
        .into()
    }
}

/// A run that holds the lease.
pub(crate) struct Leased<'a> {
    context: &'a Context<'a>,
    token: i64,
    heartbeat: Heartbeat,
    pub(crate) waited: Duration,
    pub(crate) committed: Vec<Committed>,
    /// Whether an earlier step may have changed the session.
    is_dirty: bool,
}

/// Why a step did not commit.
enum Stop {
    /// The server reported an error.
    Failed(Box<ErrorKind>),
    /// Nothing was sent, or what was sent changed nothing.
    Before(Box<ErrorKind>),
}

impl Stop {
    fn failed(kind: ErrorKind) -> Self {
        Self::Failed(Box::new(kind))
    }

    fn before(kind: ErrorKind) -> Self {
        Self::Before(Box::new(kind))
    }

    /// What the server said, where a step may succeed as it stands once other transactions have ended.
    fn may_pass(&self) -> Option<&str> {
        let Self::Failed(kind) = self else { return None };
        match &**kind {
            // lock_not_available, deadlock_detected.
            ErrorKind::Step { error, .. } if matches!(error.sqlstate(), Some("55P03" | "40P01")) => {
                Some(error.message())
            }
            _ => None,
        }
    }
}

impl Leased<'_> {
    pub(crate) fn journal(&self) -> Journal<'_> {
        self.context.journal(self.token)
    }

    /// Runs the legs and gives the lease back, whatever came of it.
    pub(crate) async fn run(
        mut self,
        legs: &[Leg],
        position: &Position,
    ) -> Result<(Vec<Committed>, Duration), MigrateError> {
        for leg in legs {
            if let Err(stop) = self.leg(leg, position).await {
                return Err(self.abandon(leg, stop).await);
            }
        }
        self.end().await
    }

    /// Gives the lease back.
    pub(crate) async fn end(self) -> Result<(Vec<Committed>, Duration), MigrateError> {
        let sql = lease::release(&self.context.tables, self.token);
        let result = self.context.session.execute(&sql).await;
        match result {
            Ok(()) => Ok((self.committed, self.waited)),
            Err(error) => {
                let kind = ErrorKind::Database {
                    doing: "giving the lease back".to_owned(),
                    error,
                };
                Err(MigrateError::from(kind).with_committed(self.committed))
            }
        }
    }

    /// Rolls back, notes the failure, and gives the lease back, as far as the connection allows.
    async fn abandon(self, leg: &Leg, stop: Stop) -> MigrateError {
        let session = &self.context.session;
        let release = lease::release(&self.context.tables, self.token);
        let kind = match stop {
            Stop::Failed(kind) => {
                let noted = format!("ROLLBACK;\n{};\n{release}", self.failure_event(leg, &kind));
                if session.execute(&noted).await.is_err() {
                    // The event cannot be written, or a late cancel request hit it: the lease matters more.
                    let _ = session.execute("ROLLBACK").await;
                    let _ = session.execute(&release).await;
                }
                kind
            }
            Stop::Before(kind) => {
                // Without the connection, the next runner sees that this one is gone.
                let _ = session.execute(&release).await;
                kind
            }
        };
        // ROLLBACK warns where the step had ended the transaction itself; that was told already.
        drop(session.take_notices());
        MigrateError::from(*kind).with_committed(self.committed)
    }

    fn failure_event(&self, leg: &Leg, kind: &ErrorKind) -> String {
        let step = match kind {
            ErrorKind::Step { step, .. }
            | ErrorKind::Require { step, .. }
            | ErrorKind::TransactionEnded { step, .. } => {
                leg.steps.iter().find(|candidate| candidate.name == *step)
            }
            _ => None,
        };
        let sqlstate = match kind {
            ErrorKind::Step { error, .. } | ErrorKind::Database { error, .. } => error.sqlstate(),
            _ => None,
        };
        self.journal().event(&EventRow {
            kind: if step.is_some() { "step" } else { "revision" },
            revision: Some(leg.revision.id.as_str()),
            step: step.map(|step| step.number),
            direction: Some(leg.direction),
            outcome: if matches!(kind, ErrorKind::Interrupted(_)) {
                "interrupted"
            } else {
                "failed"
            },
            sqlstate,
            detail: serde_json::to_string(&serde_json::json!({ "message": kind.to_string() })).ok(),
            ..EventRow::default()
        })
    }

    async fn leg(&mut self, leg: &Leg, position: &Position) -> Result<(), Stop> {
        let began = Instant::now();
        let events = self.context.events;
        events(Event::RevisionStarted {
            revision: leg.revision.id.clone(),
            message: leg.revision.title().to_owned(),
            direction: leg.direction,
            steps: leg.steps.len(),
        });
        if leg.steps.is_empty() {
            self.stepless(leg).await?;
        }
        for (index, (step, side)) in leg.sides().enumerate() {
            let is_last = index + 1 == leg.steps.len();
            self.step(leg, step, side, is_last, position).await?;
        }
        events(Event::RevisionFinished {
            revision: leg.revision.id.clone(),
            message: leg.revision.title().to_owned(),
            direction: leg.direction,
            duration: began.elapsed(),
        });
        Ok(())
    }

    async fn stepless(&mut self, leg: &Leg) -> Result<(), Stop> {
        self.may_go_on(leg, None)?;
        let began = Instant::now();
        let message = stepless(&self.journal(), leg, &self.restore());
        self.own(leg, None, &message, "recording a revision").await?;
        self.commit(leg, None, true, began.elapsed());
        Ok(())
    }

    async fn step(
        &mut self,
        leg: &Leg,
        step: &Step,
        side: &StepSide,
        is_last: bool,
        position: &Position,
    ) -> Result<(), Stop> {
        self.may_go_on(leg, Some(step))?;
        if let Some(function) = &side.options.rust {
            return Err(Stop::before(ErrorKind::RustStep {
                revision: leg.revision.id.clone(),
                step: step.name.clone(),
                function: function.clone(),
                direction: leg.direction,
                place: Place::of_side(&leg.revision, side),
            }));
        }
        let began = Instant::now();
        (self.context.events)(Event::StepStarted {
            revision: leg.revision.id.clone(),
            step: step.name.clone(),
            number: step.number,
            direction: leg.direction,
            transaction: side.options.transaction,
        });
        let outcome = if is_last {
            leg.outcome.clone()
        } else {
            Outcome::Going
        };
        if side.options.transaction {
            self.transactional(leg, step, side, &outcome).await?;
        } else {
            self.outside(leg, step, side, &outcome, position).await?;
        }
        self.commit(leg, Some(step), is_last, began.elapsed());
        (self.context.events)(Event::StepFinished {
            revision: leg.revision.id.clone(),
            step: step.name.clone(),
            number: step.number,
            direction: leg.direction,
            duration: began.elapsed(),
        });
        Ok(())
    }

    async fn transactional(
        &mut self,
        leg: &Leg,
        step: &Step,
        side: &StepSide,
        outcome: &Outcome,
    ) -> Result<(), Stop> {
        // Unlike a script's, told apart by the token too: no text of a step can know it.
        let nonce = format!("{}/{}", nonce_of(&leg.revision, step, leg.direction), self.token);
        let message = transactional(&self.journal(), leg, step, side, outcome, &self.restore(), &nonce);
        let mut remaining = side.options.retry.unwrap_or_default();
        let mut pause = RETRY_PAUSE.0;
        while let Err(stop) = self.user(leg, step, side, &message).await {
            let Some((left, reason)) = remaining.checked_sub(1).zip(stop.may_pass()) else {
                return Err(stop);
            };
            remaining = left;
            let reason = reason.to_owned();
            if self.context.session.execute("ROLLBACK").await.is_err() {
                return Err(stop);
            }
            (self.context.events)(Event::StepAgain {
                revision: leg.revision.id.clone(),
                step: step.name.clone(),
                number: step.number,
                direction: leg.direction,
                reason,
                remaining,
            });
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = self.context.interrupt.interrupted() => {}
            }
            pause = (pause * 2).min(RETRY_PAUSE.1);
            self.may_go_on(leg, Some(step))?;
        }
        self.is_dirty = may_change_session(&side.sql);
        Ok(())
    }

    /// Sends a message that holds a step's text.
    async fn user(&self, leg: &Leg, step: &Step, side: &StepSide, message: &Message) -> Result<(), Stop> {
        let Context {
            session,
            interrupt,
            events,
            ..
        } = self.context;
        match send(session, message.sql(), interrupt, *events).await {
            Sent::Done => Ok(()),
            Sent::Interrupted => Err(Stop::failed(ErrorKind::Interrupted(Interruption::In {
                revision: leg.revision.id.clone(),
                step: step.name.clone(),
                transaction: side.options.transaction,
            }))),
            Sent::Failed(error) => Err(Stop::failed(failure::of_step(
                &leg.revision,
                step,
                side,
                leg.direction,
                message,
                error,
            ))),
        }
    }

    /// Sends a message of Limbeck's own.
    async fn own(&self, leg: &Leg, step: Option<&Step>, message: &Message, doing: &str) -> Result<(), Stop> {
        let Context {
            session,
            interrupt,
            events,
            ..
        } = self.context;
        match send(session, message.sql(), interrupt, *events).await {
            Sent::Done => Ok(()),
            Sent::Interrupted => Err(Stop::failed(ErrorKind::Interrupted(match step {
                Some(step) => Interruption::In {
                    revision: leg.revision.id.clone(),
                    step: step.name.clone(),
                    transaction: false,
                },
                None => before(leg, None),
            }))),
            Sent::Failed(MessageError { error, .. }) if error.is(crate::journal::sqlstate::LEASE_LOST) => {
                Err(Stop::failed(ErrorKind::LeaseLost))
            }
            Sent::Failed(MessageError { error, .. }) => Err(Stop::failed(ErrorKind::Database {
                doing: doing.to_owned(),
                error,
            })),
        }
    }

    fn restore(&self) -> Vec<String> {
        if self.is_dirty {
            restore(
                &self.context.options.search_path,
                self.context.session.server_major(),
            )
        } else {
            Vec::new()
        }
    }

    fn may_go_on(&mut self, leg: &Leg, step: Option<&Step>) -> Result<(), Stop> {
        for message in self.heartbeat.take_failures() {
            (self.context.events)(Event::HeartbeatFailed { message });
        }
        if self.context.interrupt.is_interrupted() {
            return Err(Stop::before(ErrorKind::Interrupted(before(leg, step))));
        }
        Ok(())
    }

    fn commit(&mut self, leg: &Leg, step: Option<&Step>, finished: bool, duration: Duration) {
        self.committed.push(Committed {
            revision: leg.revision.id.clone(),
            message: leg.revision.title().to_owned(),
            step: step.map(|step| step.name.clone()),
            direction: leg.direction,
            finished,
            duration,
        });
    }
}

/// An interruption between steps.
fn before(leg: &Leg, next: Option<&Step>) -> Interruption {
    Interruption::Before {
        revision: leg.revision.id.clone(),
        step: next.map(|step| step.name.clone()),
    }
}

/// The heads after the legs have run.
pub(crate) fn heads_after(before: &BTreeSet<RevisionId>, legs: &[Leg]) -> BTreeSet<RevisionId> {
    let mut after = before.clone();
    for leg in legs {
        if let Outcome::Applied { heads } | Outcome::Gone { heads, .. } = &leg.outcome {
            for head in &heads.removed {
                after.remove(head);
            }
            after.extend(heads.added.iter().cloned());
        }
    }
    after
}
