//! A run: takes the lease, sends the steps of a route one after the other, gives the lease back.

mod outside;

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use limbeck_history::{RevisionId, Step, StepSide};
use limbeck_postgres::{DatabaseError, MessageError, Settings};

use crate::error::{ErrorKind, Interruption, MigrateError, Obstacle};
use crate::event::{Event, Events};
use crate::heartbeat::Heartbeat;
use crate::interrupt::Interrupt;
use crate::journal::{Clock, EventRow, Journal, Outcome, Token};
use crate::line::Line;
use crate::message::Message;
use crate::on_apply::{Applying, OnApply};
use crate::options::RunOptions;
use crate::place::Place;
use crate::position::Position;
use crate::report::Committed;
use crate::route::Leg;
use crate::screen::{hook_sets_session, may_change_session, screen_hook};
use crate::session::{Sent, send};
use crate::step_message::{Frame, Surroundings, nonce_of, reset_role, restore, stepless, transactional};
use crate::tables::Tables;
use crate::{failure, lease};

/// The first and the longest pause before a step is sent again.
const RETRY_PAUSE: (Duration, Duration) = (Duration::from_millis(200), Duration::from_secs(10));

/// What a run works with, from its first connection to its last message.
pub(crate) struct Context<'a> {
    pub(crate) session: Line<'a>,
    pub(crate) tables: Tables,
    pub(crate) options: &'a RunOptions,
    pub(crate) interrupt: &'a Interrupt,
    pub(crate) events: Events<'a>,
}

impl<'a> Context<'a> {
    /// Connects, and reads where the database is.
    pub(crate) async fn connect(
        settings: &Settings,
        options: &'a RunOptions,
        interrupt: &'a Interrupt,
        events: Events<'a>,
    ) -> Result<(Self, Position), MigrateError> {
        let context = Self {
            session: Line::Own(crate::session::open(settings, options, interrupt, events).await?),
            tables: Tables::new(&options.version_schema, &options.scope),
            options,
            interrupt,
            events,
        };
        let position = Position::read(&context.session, &context.tables).await?;
        Ok((context, position))
    }
}

impl Context<'_> {
    pub(crate) fn journal(&self, token: i64) -> Journal<'_> {
        Journal {
            tables: &self.tables,
            options: self.options,
            token: Token::Known(token),
            clock: Clock::Transaction,
        }
    }

    /// Makes the own tables where they are missing, and takes the lease.
    pub(crate) async fn begin(
        &self,
        settings: &Settings,
        exists: bool,
        commits: Commits,
    ) -> Result<Leased<'_>, MigrateError> {
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
        let upkeep = Upkeep {
            restore: restore(&self.options.search_path, self.session.server_major()),
            role: reset_role(),
            is_callers: false,
        };
        let mut leased = Leased::new(self, token, commits, upkeep);
        leased.heartbeat = Some(Heartbeat::start(settings, &self.tables, self.options, token));
        leased.waited = began.elapsed();
        Ok(leased)
    }

    /// Makes the own tables where they are missing.
    pub(crate) async fn make_tables(&self) -> Result<(), MigrateError> {
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
        // Another runner made them just now.
        if Tables::is_made_by_another(&error) {
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

/// What commits together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Commits {
    /// Each step by itself.
    EachStep,
    /// All steps of the run, in a transaction that it begins and ends.
    Run,
    /// All steps of the run, in a transaction that whoever runs it begins and ends.
    Caller,
}

impl Commits {
    pub(crate) fn of(options: &RunOptions) -> Self {
        if options.single_transaction {
            Self::Run
        } else {
            Self::EachStep
        }
    }
}

/// What keeps the session the same for every step.
#[derive(Debug, Clone)]
pub(crate) struct Upkeep {
    /// The statements that undo whatever a step may have changed in the session.
    pub(crate) restore: Vec<String>,
    /// Those that give the session its role again.
    pub(crate) role: Vec<String>,
    /// Whether nothing may be set for the session, since what a step leaves set there could not be undone.
    pub(crate) is_callers: bool,
}

/// A run that holds the lease.
pub(crate) struct Leased<'a> {
    context: &'a Context<'a>,
    token: i64,
    heartbeat: Option<Heartbeat>,
    pub(crate) waited: Duration,
    pub(crate) committed: Vec<Committed>,
    commits: Commits,
    upkeep: Upkeep,
    /// Whether an earlier step may have changed the session.
    is_dirty: bool,
    /// The database's heads after what has run.
    heads: BTreeSet<RevisionId>,
    /// What is told once the transaction of the whole run has committed.
    held: Vec<Event>,
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

impl<'a> Leased<'a> {
    pub(crate) fn new(context: &'a Context<'a>, token: i64, commits: Commits, upkeep: Upkeep) -> Self {
        Self {
            context,
            token,
            heartbeat: None,
            waited: Duration::ZERO,
            committed: Vec::new(),
            commits,
            upkeep,
            is_dirty: false,
            heads: BTreeSet::new(),
            held: Vec::new(),
        }
    }

    pub(crate) fn journal(&self) -> Journal<'a> {
        Journal {
            clock: Surroundings::clock(self.frame()),
            ..self.context.journal(self.token)
        }
    }
}

impl Leased<'_> {
    fn frame(&self) -> Frame {
        match self.commits {
            Commits::EachStep => Frame::Whole,
            Commits::Run | Commits::Caller => Frame::Part,
        }
    }

    /// Runs the legs and gives the lease back, whatever came of it.
    pub(crate) async fn run(
        mut self,
        legs: &[Leg],
        position: &Position,
    ) -> Result<(Vec<Committed>, Duration), MigrateError> {
        self.heads.clone_from(&position.heads);
        if let Err((leg, stop)) = self.legs(legs, position).await {
            return Err(self.abandon(leg, stop).await);
        }
        for event in std::mem::take(&mut self.held) {
            (self.context.events)(event);
        }
        self.end().await
    }

    async fn legs<'l>(
        &mut self,
        legs: &'l [Leg],
        position: &Position,
    ) -> Result<(), (Option<&'l Leg>, Stop)> {
        if self.commits == Commits::Run {
            let began = self.context.session.execute("BEGIN").await;
            began.map_err(|error| (None, database("beginning the transaction", error)))?;
        }
        for leg in legs {
            self.leg(leg, position).await.map_err(|stop| (Some(leg), stop))?;
        }
        if self.commits == Commits::Run {
            let committed = self.context.session.execute("COMMIT").await;
            committed.map_err(|error| (None, database("committing the run", error)))?;
        }
        Ok(())
    }

    /// Gives the lease back.
    pub(crate) async fn end(self) -> Result<(Vec<Committed>, Duration), MigrateError> {
        let sql = match self.commits {
            // The advisory lock is the transaction's.
            Commits::Caller => lease::give_back(&self.context.tables, &format!("token = {}", self.token)),
            Commits::EachStep | Commits::Run => lease::release(&self.context.tables, self.token),
        };
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

    /// Rolls back and gives the lease back, after an error that is the one to tell, whatever becomes of this.
    pub(crate) async fn give_up(self) {
        let _ = self.context.session.execute("ROLLBACK").await;
        let _ = self.end().await;
    }

    /// Rolls back, notes the failure, and gives the lease back, as far as the connection allows.
    async fn abandon(self, leg: Option<&Leg>, stop: Stop) -> MigrateError {
        if self.commits == Commits::Caller {
            // Whoever began the transaction undoes it, and the lease with it.
            let (Stop::Failed(kind) | Stop::Before(kind)) = stop;
            return MigrateError::from(*kind).of_one_transaction();
        }
        let session = &self.context.session;
        let release = lease::release(&self.context.tables, self.token);
        let kind = match stop {
            Stop::Failed(kind) => {
                let event = self.failure_event(leg, &kind);
                let noted = format!("ROLLBACK;\n{event};\n{release}");
                if session.execute(&noted).await.is_err() {
                    // The event cannot be written, or a late cancel request hit it: the lease matters more.
                    let _ = session.execute("ROLLBACK").await;
                    let _ = session.execute(&release).await;
                }
                kind
            }
            Stop::Before(kind) => {
                if self.commits == Commits::Run {
                    let _ = session.execute("ROLLBACK").await;
                }
                // Without the connection, the next runner sees that this one is gone.
                let _ = session.execute(&release).await;
                kind
            }
        };
        // ROLLBACK warns where the step had ended the transaction itself; that was told already.
        drop(session.take_notices());
        let error = MigrateError::from(*kind);
        match self.commits {
            Commits::EachStep => error.with_committed(self.committed),
            Commits::Run | Commits::Caller => error.of_one_transaction(),
        }
    }

    fn failure_event(&self, leg: Option<&Leg>, kind: &ErrorKind) -> String {
        let step = match kind {
            ErrorKind::Step { step, .. }
            | ErrorKind::Require { step, .. }
            | ErrorKind::TransactionEnded { step, .. } => {
                let steps = leg.map(|leg| leg.steps.as_slice()).unwrap_or_default();
                steps.iter().find(|candidate| candidate.name == *step)
            }
            _ => None,
        };
        let sqlstate = match kind {
            ErrorKind::Step { error, .. } | ErrorKind::Database { error, .. } => error.sqlstate(),
            _ => None,
        };
        self.journal().event(&EventRow {
            kind: if step.is_some() { "step" } else { "revision" },
            revision: leg.map(|leg| leg.revision.id.as_str()),
            step: step.map(|step| step.number),
            direction: leg.map(|leg| leg.direction),
            outcome: if matches!(kind, ErrorKind::Interrupted(_)) {
                "interrupted"
            } else {
                "failed"
            },
            sqlstate,
            detail: Some(serde_json::json!({ "message": kind.to_string() })),
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
        self.tell_committed(Event::RevisionFinished {
            revision: leg.revision.id.clone(),
            message: leg.revision.title().to_owned(),
            direction: leg.direction,
            duration: began.elapsed(),
        });
        Ok(())
    }

    /// Tells what has committed, or once it has.
    fn tell_committed(&mut self, event: Event) {
        match self.commits {
            Commits::EachStep => (self.context.events)(event),
            Commits::Run | Commits::Caller => self.held.push(event),
        }
    }

    async fn stepless(&mut self, leg: &Leg) -> Result<(), Stop> {
        self.may_go_on(leg, None)?;
        let began = Instant::now();
        let hook = self.hook(leg, None, &leg.outcome)?;
        let journal = self.journal();
        let message = stepless(&self.around(&journal, hook), leg);
        self.own(leg, None, &message, "recording a revision").await?;
        self.commit(leg, None, true, began.elapsed());
        Ok(())
    }

    /// What surrounds the next step.
    fn around<'j>(&self, journal: &'j Journal<'j>, hook: String) -> Surroundings<'j> {
        Surroundings {
            journal,
            frame: self.frame(),
            restore: if self.is_dirty {
                self.upkeep.restore.clone()
            } else {
                Vec::new()
            },
            role: self.upkeep.role.clone(),
            hook,
        }
    }

    /// What the hook adds to a step, or to a revision without steps. Raises the heads to those after it.
    fn hook(
        &mut self,
        leg: &Leg,
        step: Option<(&Step, &StepSide)>,
        outcome: &Outcome,
    ) -> Result<String, Stop> {
        apply(&mut self.heads, outcome);
        let Some(hook) = &self.context.options.on_apply else {
            return Ok(String::new());
        };
        let sql =
            hook_sql(hook, leg, step, outcome, &self.heads, self.context.options).map_err(Stop::before)?;
        if self.upkeep.is_callers && hook_sets_session(&sql) {
            return Err(Stop::before(ErrorKind::Hook {
                revision: leg.revision.id.clone(),
                step: step.map(|(step, _)| step.name.clone()),
                message: format!("it {}", Obstacle::SetsSession.words()),
                error: None,
                is_step_kept: false,
            }));
        }
        Ok(sql)
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
        self.tell_committed(Event::StepFinished {
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
        let hook = self.hook(leg, Some((step, side)), outcome)?;
        let is_dirty = may_change_session(&side.sql) || may_change_session(&hook);
        let journal = self.journal();
        let message = transactional(&self.around(&journal, hook), leg, step, side, outcome, &nonce);
        // A transaction that has failed cannot be gone on with.
        let mut remaining = match self.commits {
            Commits::EachStep => side.options.retry.unwrap_or_default(),
            Commits::Run | Commits::Caller => 0,
        };
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
        self.is_dirty = is_dirty;
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
            Sent::Failed(MessageError {
                error,
                finished_commands,
            }) if message.is_in_hook(error.position(), finished_commands) => {
                Err(Stop::failed(ErrorKind::Hook {
                    revision: leg.revision.id.clone(),
                    step: step.map(|step| step.name.clone()),
                    message: error.message().to_owned(),
                    error: Some(error),
                    is_step_kept: false,
                }))
            }
            Sent::Failed(MessageError { error, .. }) => Err(database(doing, error)),
        }
    }

    fn may_go_on(&mut self, leg: &Leg, step: Option<&Step>) -> Result<(), Stop> {
        let failures = self.heartbeat.as_mut().map(Heartbeat::take_failures);
        for message in failures.unwrap_or_default() {
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
        apply(&mut after, &leg.outcome);
    }
    after
}

/// Changes heads as the outcome of a step does.
pub(crate) fn apply(heads: &mut BTreeSet<RevisionId>, outcome: &Outcome) {
    if let Outcome::Applied { heads: change } | Outcome::Gone { heads: change, .. } = outcome {
        for head in &change.removed {
            heads.remove(head);
        }
        heads.extend(change.added.iter().cloned());
    }
}

/// What a hook adds to a step, or to a revision without steps. `heads` are those after it.
pub(crate) fn hook_sql(
    hook: &OnApply,
    leg: &Leg,
    step: Option<(&Step, &StepSide)>,
    outcome: &Outcome,
    heads: &BTreeSet<RevisionId>,
    options: &RunOptions,
) -> Result<String, ErrorKind> {
    let failed = |message: String| ErrorKind::Hook {
        revision: leg.revision.id.clone(),
        step: step.map(|(step, _)| step.name.clone()),
        message,
        error: None,
        is_step_kept: false,
    };
    let applying = Applying {
        revision: &leg.revision,
        step: step.map(|(step, _)| step),
        direction: leg.direction,
        finishes: !matches!(outcome, Outcome::Going),
        in_transaction: step.is_none_or(|(_, side)| side.options.transaction),
        heads,
        tag: options.tag.as_deref(),
    };
    let sql = hook.call(&applying).map_err(|error| failed(error.to_string()))?;
    screen_hook(&sql).map_err(|refusal| failed(refusal.to_string()))?;
    Ok(sql.trim().to_owned())
}

fn database(doing: &str, error: DatabaseError) -> Stop {
    Stop::failed(ErrorKind::Database {
        doing: doing.to_owned(),
        error,
    })
}
