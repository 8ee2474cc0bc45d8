//! Running a step outside a transaction.

use std::time::Instant;

use limbeck_history::{Direction, Step, StepSide};
use limbeck_postgres::DatabaseError;
use limbeck_sql::{first_words, statements};

use super::sign::Sign;
use super::stop::Stop;
use super::{Commits, Leased};
use crate::converge::{Goal, Observation, Past, Remedy};
use crate::error::{ErrorKind, Interruption};
use crate::event::{Event, Found};
use crate::journal::Outcome;
use crate::message::Message;
use crate::place::Place;
use crate::position::{Position, StepRecord, StepState};
use crate::route::Leg;
use crate::step_message::{Surroundings, after_outside, before_outside};

impl Leased<'_> {
    /// A step outside a transaction: what is there, `running`, the statement, `done`.
    pub(super) async fn outside(
        &mut self,
        leg: &Leg,
        step: &Step,
        side: &StepSide,
        outcome: &Outcome,
        position: &Position,
    ) -> Result<(), Stop> {
        let began = Instant::now();
        let goal = Goal::of(step, leg.direction);
        let now = match &goal {
            Some(goal) => Some(Box::pin(self.observe(goal)).await?),
            None => None,
        };
        let past = past(leg, step, side, position);
        let remedy = remedy(leg, step, side, &past, goal.as_ref(), now.as_ref())?;
        if let Some(remedy) = &remedy {
            self.tell_found(leg, step, goal.as_ref(), now.as_ref(), remedy);
        }
        let remedy = remedy.unwrap_or(Remedy::RUN);
        let hook = self.hook(leg, Some((step, side)), outcome)?;
        let journal = self.journal();
        // What a step requires is asked before it runs: afterwards it may not hold any more.
        let asking = if remedy.runs {
            side.clone()
        } else {
            StepSide {
                requires: Vec::new(),
                ..side.clone()
            }
        };
        let before = before_outside(
            &self.around(&journal, String::new()),
            leg,
            step,
            &asking,
            remedy.is_anew(),
        );
        self.sign = Sign::now();
        self.user(leg, step, side, &before).await?;
        let mut messages: Vec<Message> = Vec::new();
        for sql in mending(&remedy, self.commits) {
            let mut message = Message::default();
            message.own([sql]);
            messages.push(message);
        }
        if remedy.runs {
            let mut message = Message::default();
            message.source(&side.sql, side.offset);
            messages.push(message);
        }
        for message in &messages {
            Box::pin(self.statement(leg, step, side, message, goal.as_ref(), now.as_ref())).await?;
        }
        let journal = self.journal();
        let around = Surroundings {
            restore: Vec::new(),
            ..self.around(&journal, hook)
        };
        let messages = after_outside(&around, leg, step, outcome);
        // Its timeouts held for the session.
        self.is_dirty = true;
        self.note_changes(leg, step, side);
        for (index, message) in messages.iter().enumerate() {
            // What was done is recorded, whoever wants to stop meanwhile.
            let Err(mut stop) = self.record(leg, step, message).await else {
                continue;
            };
            if index > 0 {
                // The step is on record already: only the hook, and the end of the revision with it, is not.
                self.commit(leg, Some(step), false, began.elapsed());
                if let Stop::Failed(kind) = &mut stop
                    && let ErrorKind::Hook { is_step_kept, .. } = &mut **kind
                {
                    *is_step_kept = true;
                }
            }
            return Err(stop);
        }
        Ok(())
    }

    /// What a step in a transaction comes to where an attempt outside one was begun before and did not end: its other
    /// direction, or its former text. Brings that to an end; `Some` is what is left to run.
    pub(super) async fn settled(
        &self,
        leg: &Leg,
        step: &Step,
        side: &StepSide,
        position: &Position,
    ) -> Result<Option<StepSide>, Stop> {
        let past = past(leg, step, side, position);
        let (Begun::Own { .. } | Begun::Reverse { .. }, Some(goal)) = (&past, Goal::of(step, leg.direction))
        else {
            return Ok(None);
        };
        let now = self.observe(&goal).await?;
        let Some(remedy) = remedy(leg, step, side, &past, Some(&goal), Some(&now))? else {
            return Ok(None);
        };
        self.tell_found(leg, step, Some(&goal), Some(&now), &remedy);
        for sql in mending(&remedy, self.commits) {
            let mut message = Message::default();
            message.own([sql]);
            self.user(leg, step, side, &message).await?;
        }
        Ok((!remedy.runs).then(|| StepSide {
            sql: String::new(),
            requires: Vec::new(),
            ..side.clone()
        }))
    }

    /// What the catalogue shows now, seen with the settings that the step runs with.
    async fn observe(&self, goal: &Goal) -> Result<Observation, Stop> {
        goal.observe(&self.context.session, &self.restore())
            .await
            .map_err(looking)
    }

    fn tell_found(
        &self,
        leg: &Leg,
        step: &Step,
        goal: Option<&Goal>,
        now: Option<&Observation>,
        remedy: &Remedy,
    ) {
        let objects = match remedy.found {
            Found::Nothing => Vec::new(),
            Found::Leftovers => remedy.drops.clone(),
            _ => now.and_then(|now| now.name.clone()).into_iter().collect(),
        };
        (self.context.events)(Event::StepFound {
            revision: leg.revision.id.clone(),
            step: step.name.clone(),
            found: remedy.found,
            objects,
            inferred: goal.is_some_and(|goal| goal.is_inferred),
        });
    }

    /// Looks at the fence once more, where it may be long ago that it was: nothing else keeps the statement from running
    /// beside another runner's.
    async fn still_ours(&mut self, leg: &Leg, step: &Step) -> Result<(), Stop> {
        if !self.sign.is_older_than(self.context.options.lease / 3) {
            return Ok(());
        }
        let sign = Sign::now();
        let mut message = Message::default();
        message.own(["BEGIN".to_owned(), self.journal().fenced(), "COMMIT".to_owned()]);
        self.own(
            leg,
            Some(step),
            &message,
            "looking whether the lease is still this run's",
        )
        .await?;
        self.sign = sign;
        Ok(())
    }

    /// Sends a step's statement outside a transaction. Where it fails and the server lives to say so, the row says
    /// `failed`: it may then be run again.
    async fn statement(
        &mut self,
        leg: &Leg,
        step: &Step,
        side: &StepSide,
        message: &Message,
        goal: Option<&Goal>,
        seen: Option<&Observation>,
    ) -> Result<(), Stop> {
        if self.context.interrupt.is_interrupted() {
            // It has not begun: the next run may.
            let failed = self.journal().step_failed(&leg.revision, step, leg.direction);
            let _ = self.context.session.execute(&failed).await;
            return Err(Stop::failed(ErrorKind::Interrupted(Interruption::In {
                revision: leg.revision.id.clone(),
                step: step.name.clone(),
                transaction: false,
            })));
        }
        self.still_ours(leg, step).await?;
        let Err(stop) = self.user(leg, step, side, message).await else {
            return Ok(());
        };
        let Stop::Failed(mut kind) = stop else {
            return Err(stop);
        };
        let session = &self.context.session;
        let failed = self.journal().step_failed(&leg.revision, step, leg.direction);
        // A lost connection leaves the row at `running`, which is the truth.
        let _ = session.execute(&failed).await;
        if let (Some(goal), ErrorKind::Step { left_something, .. }) = (goal, &mut *kind) {
            let now = goal.observe(session, &[]).await.ok();
            *left_something = now.is_some() && now.as_ref() != seen;
        }
        Err(Stop::Failed(kind))
    }
}

/// What the own tables tell of a step.
enum Begun<'a> {
    Nothing,
    Own {
        record: &'a StepRecord,
        before: Option<Observation>,
        is_edited: bool,
    },
    Reverse {
        record: &'a StepRecord,
        before: Option<Observation>,
    },
}

impl Begun<'_> {
    fn past(&self) -> Past<'_> {
        match self {
            Self::Nothing => Past::Nothing,
            Self::Own {
                before, is_edited, ..
            } => Past::Begun {
                before: before.as_ref(),
                is_edited: *is_edited,
            },
            Self::Reverse { before, .. } => Past::Reverse {
                before: before.as_ref(),
            },
        }
    }
}

/// What has become of a step before: in the direction of the run, else in the other.
fn past<'p>(leg: &Leg, step: &Step, side: &StepSide, position: &'p Position) -> Begun<'p> {
    let other = match leg.direction {
        Direction::Up => Direction::Down,
        Direction::Down => Direction::Up,
    };
    let record = |direction| position.unfinished(&leg.revision.id, step.number, direction);
    if let Some(record) = record(leg.direction) {
        Begun::Own {
            record,
            before: before(record),
            is_edited: record.sql_hash != side.hash,
        }
    } else if let Some(record) = record(other) {
        Begun::Reverse {
            record,
            before: before(record),
        }
    } else {
        Begun::Nothing
    }
}

/// What is left to do of a step that was begun before; `None` for one that was not, and simply runs.
fn remedy(
    leg: &Leg,
    step: &Step,
    side: &StepSide,
    begun: &Begun<'_>,
    goal: Option<&Goal>,
    now: Option<&Observation>,
) -> Result<Option<Remedy>, Stop> {
    let place = || Place::of_side(&leg.revision, side);
    let (Some(goal), Some(now)) = (goal, now) else {
        let (Begun::Own { record, .. } | Begun::Reverse { record, .. }) = begun else {
            return Ok(None);
        };
        let is_as_before = record.state == StepState::Failed && !may_commit_in_parts(&side.sql);
        let may_run = side.options.transaction || is_as_before || side.options.retry.is_some();
        return if may_run {
            Ok(Some(Remedy::RUN))
        } else {
            Err(Stop::before(ErrorKind::Unfinished {
                revision: leg.revision.id.clone(),
                step: step.name.clone(),
                place: place(),
            }))
        };
    };
    if goal.mistakes(now)
        && let (Some(index), Some(table)) = (&now.name, &now.table_name)
    {
        return Err(Stop::before(ErrorKind::IndexElsewhere {
            index: index.clone(),
            table: table.clone(),
            place: place(),
        }));
    }
    if goal.is_barred(begun.past(), now)
        && let Some(index) = &now.name
    {
        return Err(Stop::before(ErrorKind::InvalidIndex {
            index: index.clone(),
            place: place(),
        }));
    }
    if matches!(begun, Begun::Nothing) && !goal.looks_before_the_first(now) {
        return Ok(None);
    }
    if let Some(builder) = now.builder {
        let what = now.name.clone().unwrap_or_else(|| "to be built again".to_owned());
        return Err(Stop::before(ErrorKind::IndexInProgress {
            index: what,
            pid: builder.pid,
            is_hidden: builder.is_hidden,
        }));
    }
    Ok(Some(goal.remedy(begun.past(), now)))
}

/// Whether a statement that failed may have committed some of its work.
fn may_commit_in_parts(sql: &str) -> bool {
    statements(sql).iter().any(|statement| {
        first_words(statement.text)
            .first()
            .is_some_and(|word| word == "CALL" || word == "DO")
    })
}

/// The statements that come before a step's own, or instead of it.
fn mending(remedy: &Remedy, commits: Commits) -> Vec<String> {
    let how = match commits {
        Commits::EachStep => "CONCURRENTLY ",
        // In a transaction, nothing is concurrent.
        Commits::Run | Commits::Caller => "",
    };
    let drops = remedy
        .drops
        .iter()
        .map(|index| format!("DROP INDEX {how}{index}"));
    drops.chain(remedy.finalize.clone()).collect()
}

fn before(record: &StepRecord) -> Option<Observation> {
    serde_json::from_value(record.before.clone()?).ok()
}

fn looking(error: DatabaseError) -> Stop {
    Stop::before(ErrorKind::Database {
        doing: "looking for what an earlier attempt has left".to_owned(),
        error,
    })
}
