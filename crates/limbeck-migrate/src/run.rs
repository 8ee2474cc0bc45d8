//! A run: takes the lease, sends the steps of a route one after the other, gives the lease back.

mod context;
mod cut;
mod ending;
mod heads;
mod hook;
mod observing;
mod outside;
mod sending;
mod sign;
mod stop;
mod transactional;

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use limbeck_history::{RevisionId, Step, StepSide};
use limbeck_postgres::Pins;

pub(crate) use context::Context;
pub(crate) use cut::{Cut, Halt, Whereabouts};
pub(crate) use heads::{apply, heads_after};
pub(crate) use hook::hook_sql;
pub(crate) use observing::Observer;
use sending::database;
use sign::Sign;
use stop::Stop;

use crate::error::{ErrorKind, Interruption, MigrateError};
use crate::event::Event;
use crate::heartbeat::Heartbeat;
use crate::hygiene::audit;
use crate::journal::{Journal, Outcome};
use crate::options::RunOptions;
use crate::place::Place;
use crate::position::Position;
use crate::report::Committed;
use crate::route::Leg;
use crate::screen::{changes_told_by_words, may_change_session};
use crate::session::send;
use crate::step_message::{Frame, Surroundings, stepless};

/// A transaction as the pinned settings have it.
const AS_USUAL: &str = "SET TRANSACTION ISOLATION LEVEL READ COMMITTED, READ WRITE, NOT DEFERRABLE";

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
    /// Whether every message begins with `restore`, and not only one after a step that may have changed the session.
    pub(crate) is_every_message: bool,
}

/// A run that holds the lease.
pub(crate) struct Leased<'a> {
    context: &'a Context<'a>,
    token: i64,
    heartbeat: Option<Heartbeat>,
    /// Looks on while a step runs.
    observer: Option<Observer>,
    /// Whether a person was asked to send a step again.
    has_asked: bool,
    pub(crate) waited: Duration,
    pub(crate) committed: Vec<Committed>,
    commits: Commits,
    upkeep: Upkeep,
    /// Whether an earlier step may have changed the session.
    is_dirty: bool,
    /// The last step, where it may have. Never one in the caller's session.
    changed_by: Option<(RevisionId, String)>,
    /// The database's heads after what has run.
    heads: BTreeSet<RevisionId>,
    /// What is told once the transaction of the whole run has committed.
    held: Vec<Event>,
    /// What it is at.
    at: Option<Whereabouts>,
    /// When it was last certain that the lease is ours, before a statement outside a transaction.
    sign: Sign,
}

impl<'a> Leased<'a> {
    pub(crate) fn new(context: &'a Context<'a>, token: i64, commits: Commits, upkeep: Upkeep) -> Self {
        Self {
            context,
            token,
            heartbeat: None,
            observer: None,
            has_asked: false,
            waited: Duration::ZERO,
            committed: Vec::new(),
            commits,
            upkeep,
            is_dirty: false,
            changed_by: None,
            heads: BTreeSet::new(),
            held: Vec::new(),
            at: None,
            sign: Sign::now(),
        }
    }

    /// Whether nobody has held the lease since a position was read, so that it still is where the database is.
    pub(crate) fn is_next_after(&self, position: &Position) -> bool {
        position.free_token.and_then(|token| token.checked_add(1)) == Some(self.token)
    }

    pub(crate) fn token(&self) -> i64 {
        self.token
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

    /// Runs the legs and gives the lease back, whatever came of it. What cut it short ends it.
    pub(crate) async fn run(
        self,
        legs: &[Leg],
        position: &Position,
    ) -> Result<(Vec<Committed>, Duration), MigrateError> {
        self.go(legs, position).await.map_err(Halt::into_error)
    }

    /// Runs the legs and gives the lease back. What is cut short may be gone on with, and holds no lease.
    pub(crate) async fn go(
        mut self,
        legs: &[Leg],
        position: &Position,
    ) -> Result<(Vec<Committed>, Duration), Halt> {
        self.heads.clone_from(&position.heads);
        if let Err((leg, stop)) = Box::pin(self.legs(legs, position)).await {
            return Err(match self.cut(stop) {
                Ok(cut) => Halt::Cut(cut),
                Err(stop) => Halt::Stopped(self.abandon(leg, stop).await),
            });
        }
        for event in std::mem::take(&mut self.held) {
            (self.context.events)(event);
        }
        self.tell_what_is_left().await;
        self.end().await.map_err(Halt::from)
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
            Box::pin(self.leg(leg, position))
                .await
                .map_err(|stop| (Some(leg), stop))?;
        }
        if self.commits == Commits::Run {
            let committed = self.context.session.execute("COMMIT").await;
            committed.map_err(|error| (None, database("committing the run", error)))?;
        }
        Ok(())
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
            Box::pin(self.step(leg, step, side, is_last, position)).await?;
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

    /// The statements that tell and undo what the last step has left in its session.
    fn restore(&self) -> Vec<String> {
        if !self.is_dirty && !self.upkeep.is_every_message {
            return Vec::new();
        }
        let restore = self.upkeep.restore.iter().cloned();
        self.audit().into_iter().chain(restore).collect()
    }

    /// Notes that a step has run which may have changed its session, and tells what its message itself has undone, or
    /// nothing can undo.
    fn note_changes(&mut self, leg: &Leg, step: &Step, side: &StepSide) {
        // Nor is the session the run's own where a pooler hands its process to others.
        if self.commits == Commits::Caller || self.context.session.is_shared() {
            return;
        }
        let by = (leg.revision.id.clone(), step.name.clone());
        self.changed_by = may_change_session(&side.sql).then_some(by);
        let changed = changes_told_by_words(&side.sql);
        if !changed.is_empty() {
            (self.context.events)(Event::SessionChanged {
                revision: leg.revision.id.clone(),
                step: step.name.clone(),
                changed,
            });
        }
    }

    /// The statement that tells what the last step has left in its session.
    fn audit(&self) -> Option<String> {
        let (revision, step) = self.changed_by.as_ref()?;
        let pins = Pins::Running {
            search_path: self.context.options.search_path.clone(),
        };
        Some(audit(
            &self.context.tables,
            &pins,
            self.context.session.server_major(),
            (revision, step),
            self.commits == Commits::Run,
        ))
    }

    /// Tells what the last step of the run has left in the session, which no other step comes after to find. What goes
    /// wrong with that is no failure of the run.
    async fn tell_what_is_left(&mut self) {
        if let Some(audit) = self
            .audit()
            .filter(|_| self.is_dirty && self.commits == Commits::EachStep)
        {
            let context = self.context;
            let _ = send(&context.session, &audit, context.interrupt, context.events).await;
        }
    }

    /// What surrounds the next step.
    fn around<'j>(&self, journal: &'j Journal<'j>, hook: String) -> Surroundings<'j> {
        Surroundings {
            journal,
            frame: self.frame(),
            restore: match self.frame() {
                // Before anything else: a transaction has begun with the defaults that the step has left.
                Frame::Whole if self.is_dirty => std::iter::once(AS_USUAL.to_owned())
                    .chain(self.restore())
                    .collect(),
                Frame::Whole | Frame::Part => self.restore(),
            },
            role: self.upkeep.role.clone(),
            hook,
        }
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
            let settled = Box::pin(self.settled(leg, step, side, position)).await?;
            let side = settled.as_ref().unwrap_or(side);
            Box::pin(self.transactional(leg, step, side, &outcome)).await?;
        } else {
            Box::pin(self.outside(leg, step, side, &outcome, position)).await?;
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

    fn may_go_on(&mut self, leg: &Leg, step: Option<&Step>) -> Result<(), Stop> {
        self.tell_failed_heartbeats();
        self.at = Some(Whereabouts {
            revision: leg.revision.id.clone(),
            step: step.map(|step| step.name.clone()),
            began: Instant::now(),
        });
        if self.context.interrupt.is_interrupted() {
            return Err(Stop::before(ErrorKind::Interrupted(before(leg, step))));
        }
        Ok(())
    }

    /// Tells which heartbeats have failed since this was last done.
    fn tell_failed_heartbeats(&mut self) {
        let failures = self.heartbeat.as_mut().map(Heartbeat::take_failures);
        for message in failures.unwrap_or_default() {
            (self.context.events)(Event::HeartbeatFailed { message });
        }
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
