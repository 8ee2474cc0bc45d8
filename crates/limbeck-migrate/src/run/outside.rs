//! Running a step outside a transaction.

use std::time::Instant;

use limbeck_history::{Direction, Step, StepSide};
use limbeck_postgres::DatabaseError;

use super::Leased;
use super::stop::Stop;
use crate::converge::{Goal, Observation, Remedy};
use crate::error::ErrorKind;
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
        let session = &self.context.session;
        let goal = Goal::of(step, leg.direction);
        let now = match &goal {
            Some(goal) => Some(goal.observe(session).await.map_err(looking)?),
            None => None,
        };
        let remedy = remedy(leg, step, side, position, goal.as_ref(), now.as_ref())?;
        if let Some(remedy) = &remedy {
            (self.context.events)(Event::StepFound {
                revision: leg.revision.id.clone(),
                step: step.name.clone(),
                found: match remedy {
                    Remedy::Run => Found::Nothing,
                    Remedy::Done => Found::Done,
                    Remedy::DropInvalid(_) => Found::InvalidIndex,
                    Remedy::Finalize(_) => Found::PendingDetach,
                },
            });
        }
        let remedy = remedy.unwrap_or(Remedy::Run);
        let hook = self.hook(leg, Some((step, side)), outcome)?;
        let journal = self.journal();
        let before = before_outside(
            &self.around(&journal, String::new()),
            leg,
            step,
            side,
            remedy == Remedy::Run,
        );
        self.user(leg, step, side, &before).await?;
        if let Remedy::DropInvalid(sql) | Remedy::Finalize(sql) = &remedy {
            let mut message = Message::default();
            message.own([sql]);
            self.statement(leg, step, side, &message, goal.as_ref(), now.as_ref())
                .await?;
        }
        if matches!(remedy, Remedy::Run | Remedy::DropInvalid(_)) {
            let mut message = Message::default();
            message.source(&side.sql, side.offset);
            self.statement(leg, step, side, &message, goal.as_ref(), now.as_ref())
                .await?;
        }
        let journal = self.journal();
        let around = Surroundings {
            restore: Vec::new(),
            ..self.around(&journal, hook)
        };
        let messages = after_outside(&around, leg, step, outcome);
        // Its timeouts held for the session.
        self.is_dirty = true;
        for (index, message) in messages.iter().enumerate() {
            let Err(mut stop) = self.own(leg, Some(step), message, "recording a step").await else {
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

    /// Sends a step's statement outside a transaction. Where it fails and the server lives to say so, the row says
    /// `failed`: it may then be run again.
    async fn statement(
        &self,
        leg: &Leg,
        step: &Step,
        side: &StepSide,
        message: &Message,
        goal: Option<&Goal>,
        seen: Option<&Observation>,
    ) -> Result<(), Stop> {
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
            let now = goal.observe(session).await.ok();
            *left_something = now.is_some() && now.as_ref() != seen;
        }
        Err(Stop::Failed(kind))
    }
}

/// What is left to do of a step outside a transaction that was begun before; `None` for one that was not.
fn remedy(
    leg: &Leg,
    step: &Step,
    side: &StepSide,
    position: &Position,
    goal: Option<&Goal>,
    now: Option<&Observation>,
) -> Result<Option<Remedy>, Stop> {
    let other = match leg.direction {
        Direction::Up => Direction::Down,
        Direction::Down => Direction::Up,
    };
    let own = position.unfinished(&leg.revision.id, step.number, leg.direction);
    let Some(record) = own.or_else(|| position.unfinished(&leg.revision.id, step.number, other)) else {
        return Ok(None);
    };
    let (Some(goal), Some(now)) = (goal, now) else {
        return if record.state == StepState::Failed || side.options.retry.is_some() {
            Ok(Some(Remedy::Run))
        } else {
            Err(Stop::before(ErrorKind::Unfinished {
                revision: leg.revision.id.clone(),
                step: step.name.clone(),
                place: Place::of_side(&leg.revision, side),
            }))
        };
    };
    if let (Some(pid), Some(index)) = (now.builder, &now.name) {
        return Err(Stop::before(ErrorKind::IndexInProgress {
            index: index.clone(),
            pid,
        }));
    }
    Ok(Some(goal.remedy(own.and_then(before).as_ref(), now)))
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
