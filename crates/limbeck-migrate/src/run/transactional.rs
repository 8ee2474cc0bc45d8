//! Running a step in a transaction: one message, sent again where a lock did not come.

use std::time::Duration;

use limbeck_history::{Step, StepSide};

use super::stop::Stop;
use super::{Commits, Leased};
use crate::event::Event;
use crate::journal::Outcome;
use crate::route::Leg;
use crate::screen::may_change_session;
use crate::step_message::{nonce_of, transactional};

/// The first and the longest pause before a step is sent again.
const RETRY_PAUSE: (Duration, Duration) = (Duration::from_millis(200), Duration::from_secs(10));

impl Leased<'_> {
    pub(super) async fn transactional(
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
}
