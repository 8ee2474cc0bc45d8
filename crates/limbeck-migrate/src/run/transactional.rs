//! Running a step in a transaction: one message, sent again as a whole where that may help.

use std::time::{Duration, Instant};

use limbeck_history::{Retry, Step, StepSide};

use super::observing::Observed;
use super::stop::Stop;
use super::{Commits, Leased};
use crate::ask::Question;
use crate::event::Event;
use crate::journal::Outcome;
use crate::pause::Pauses;
use crate::route::Leg;
use crate::screen::may_change_session;
use crate::step_message::{lock_timeout, nonce_of, transactional};
use crate::verdict::{Verdict, reason, verdict};

/// The first and the longest pause before a step is sent again. Those who wait behind its lock come through meanwhile.
const PAUSE: (Duration, Duration) = (Duration::from_millis(400), Duration::from_secs(10));

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
        let mut message = transactional(
            &self.around(&journal, hook.clone()),
            leg,
            step,
            side,
            outcome,
            &nonce,
        );
        let mut patience = Patience::new(
            self.commits,
            side.options.retry.and_then(Retry::times),
            self.context.options.lock_deadline,
        );
        if let Some(observer) = &self.observer {
            observer.begin().await;
        }
        loop {
            let sent = Instant::now();
            let Err(mut stop) = self.user(leg, step, side, &message).await else {
                break;
            };
            if let Some(observer) = &self.observer
                && let Some(blocked) = observer.last_seen().await
            {
                stop.note_blocked(blocked);
            }
            let next = self.pause_after(&stop, &mut patience, sent, leg, (step, side));
            let Some(pause) = Box::pin(next).await else {
                return Err(stop);
            };
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = self.context.interrupt.interrupted() => {}
            }
            self.may_go_on(leg, Some(step))?;
            // What an earlier step has left was told with the first sending.
            if self.changed_by.take().is_some() {
                let around = self.around(&journal, hook.clone());
                message = transactional(&around, leg, step, side, outcome, &nonce);
            }
        }
        self.is_dirty = is_dirty;
        self.note_changes(leg, step, side);
        Ok(())
    }

    /// The pause after which the step is sent again; `None` where it is not. The failed transaction is over then.
    async fn pause_after(
        &mut self,
        stop: &Stop,
        patience: &mut Patience,
        sent: Instant,
        leg: &Leg,
        (step, side): (&Step, &StepSide),
    ) -> Option<Duration> {
        let error = stop.of_step()?;
        let lock_timeout = lock_timeout(self.context.options, side, true);
        let verdict = verdict(error);
        let text = error.message().to_owned();
        let pause = match verdict {
            Verdict::Stop | Verdict::Reconnect => return None,
            Verdict::Retry if error.is(limbeck_postgres::sqlstate::LOCK_NOT_AVAILABLE) => {
                patience.pause(sent.elapsed().min(lock_timeout))?
            }
            Verdict::Retry => patience.pause(Duration::ZERO)?,
            // Once in a run; a transaction that has failed cannot be gone on with.
            Verdict::Ask if self.commits != Commits::EachStep || self.has_asked => return None,
            Verdict::Ask => Duration::ZERO,
        };
        self.context.session.execute("ROLLBACK").await.ok()?;
        if verdict == Verdict::Ask {
            self.has_asked = true;
            let ask = self.context.options.ask.as_ref()?;
            let answer = ask.ask(Question::SendAgain {
                revision: leg.revision.id.clone(),
                step: step.name.clone(),
                error: text.clone(),
                reason: reason(error).unwrap_or_default().to_owned(),
            });
            let is_agreed = tokio::select! {
                answer = answer => answer.unwrap_or_default(),
                // Before anything is sent again, the run is found to be interrupted.
                () = self.context.interrupt.interrupted() => return Some(Duration::ZERO),
            };
            if !is_agreed {
                return None;
            }
        }
        let asked = Instant::now();
        self.answered(&Observed::new(leg, step, &side.sql)).await;
        patience.excuse(asked.elapsed());
        (self.context.events)(Event::StepAgain {
            revision: leg.revision.id.clone(),
            step: step.name.clone(),
            number: step.number,
            direction: leg.direction,
            reason: text,
            remaining: patience.remaining,
            pause,
        });
        Some(pause)
    }
}

/// For how long, and how often, a step is sent again.
struct Patience {
    /// How often yet; `None` as often as the deadline allows.
    remaining: Option<u32>,
    deadline: Duration,
    /// How long was waited in vain.
    waited: Duration,
    /// When that was last counted.
    since: Option<Instant>,
    pauses: Pauses,
}

impl Patience {
    fn new(commits: Commits, retry: Option<u32>, deadline: Duration) -> Self {
        Self {
            // A transaction that has failed cannot be gone on with.
            remaining: match commits {
                Commits::EachStep => retry,
                Commits::Run | Commits::Caller => Some(0),
            },
            deadline,
            waited: Duration::ZERO,
            since: None,
            pauses: Pauses::new(PAUSE.0, PAUSE.1),
        }
    }

    /// The pause before the step is sent again; `None` where it is not. What it did before it first failed does not count
    /// against the deadline, but that it `waited` for a lock.
    fn pause(&mut self, waited: Duration) -> Option<Duration> {
        self.waited += self.since.map_or(waited, |since| since.elapsed());
        self.since = Some(Instant::now());
        let remaining = match self.remaining {
            Some(remaining) => Some(remaining.checked_sub(1)?),
            None => None,
        };
        let left = self
            .deadline
            .checked_sub(self.waited)
            .filter(|left| !left.is_zero())?;
        self.remaining = remaining;
        Some(self.pauses.next()?.min(left))
    }

    /// What a person took to answer does not count.
    fn excuse(&mut self, answering: Duration) {
        self.since = self.since.map(|since| since + answering);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_mins(1);

    #[test]
    fn a_step_is_sent_again_until_the_deadline() {
        let mut patience = Patience::new(Commits::EachStep, None, MINUTE);
        for _ in 0..100 {
            assert!(patience.pause(Duration::ZERO).is_some());
        }
        patience.waited = MINUTE;
        assert_eq!(patience.pause(Duration::ZERO), None);
        let mut none = Patience::new(Commits::EachStep, None, Duration::ZERO);
        assert_eq!(none.pause(Duration::ZERO), None);
    }

    #[test]
    fn it_is_sent_again_as_often_as_it_says() {
        let mut patience = Patience::new(Commits::EachStep, Some(2), MINUTE);
        assert!(patience.pause(Duration::ZERO).is_some());
        assert!(patience.pause(Duration::ZERO).is_some());
        assert_eq!(patience.remaining, Some(0));
        assert_eq!(patience.pause(Duration::ZERO), None);
    }

    #[test]
    fn a_part_of_a_transaction_is_not_sent_again() {
        for commits in [Commits::Run, Commits::Caller] {
            let mut patience = Patience::new(commits, Some(5), MINUTE);
            assert_eq!(patience.pause(Duration::ZERO), None);
        }
    }

    #[test]
    fn waiting_for_a_lock_counts() {
        let mut patience = Patience::new(Commits::EachStep, None, MINUTE);
        assert_eq!(patience.pause(MINUTE), None);
    }
}
