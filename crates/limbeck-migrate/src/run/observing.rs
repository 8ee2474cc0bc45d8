//! Looking on from a second session while a step runs: how far it has come, whom it waits for, and ending these where
//! that is wanted.
//!
//! The session is opened once a step has lasted for about a second, so that a short run has one connection. Nothing
//! that goes wrong here is a failure of the run.

use std::time::{Duration, Instant};

use limbeck_history::{Direction, RevisionId, Step};
use limbeck_postgres::{Session, SessionOptions, Settings, connect};
use limbeck_sql::statements;
use tokio::sync::{Mutex, oneshot};

use super::Leased;
use crate::ask::Question;
use crate::blockers::{self, Blocked, Blocker, Ending, EndingResult};
use crate::event::Event;
use crate::journal::{EventRow, Journal};
use crate::options::CancelBlockers;
use crate::progress::{self, Progress};
use crate::route::Leg;

/// How long a step may last before it is looked at, and the pause between two looks.
const LOOK: Duration = Duration::from_secs(1);
/// After this, how far a step has come is told again where nothing has changed.
const REMINDER: Duration = Duration::from_secs(4);
/// The pause while a question is open.
const ASKED_LOOK: Duration = Duration::from_millis(200);
/// How long a look may take, connecting included.
const LIMIT: Duration = Duration::from_secs(5);

/// Who looks on, and what was seen.
#[derive(Debug)]
pub(crate) struct Observer {
    settings: Settings,
    options: SessionOptions,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    session: Option<Session>,
    /// Whom the step that runs now was last seen waiting for.
    seen: Option<Blocked>,
    /// Whether the step waits now.
    is_waiting: bool,
    /// What was told last of how far the step has come, and how long it had run by then.
    told: Option<(Progress, Duration)>,
    question: Asked,
    /// What was ended already: once each.
    ended: Vec<(Blocker, Ending)>,
}

/// Whether somebody was asked about the blockers.
#[derive(Debug, Default)]
enum Asked {
    #[default]
    Not,
    Open(oneshot::Receiver<bool>, Blocked),
    Refused,
}

/// The step that is looked at.
#[derive(Debug, Clone)]
pub(super) struct Observed {
    revision: RevisionId,
    step: String,
    number: usize,
    direction: Direction,
    /// The text that runs.
    sql: String,
    began: Instant,
}

impl Observed {
    pub(super) fn new(leg: &Leg, step: &Step, sql: &str) -> Self {
        Self {
            revision: leg.revision.id.clone(),
            step: step.name.clone(),
            number: step.number,
            direction: leg.direction,
            sql: sql.to_owned(),
            began: Instant::now(),
        }
    }

    /// What is told of how far the step has come.
    fn progress(&self, progress: &Progress, elapsed: Duration) -> Event {
        let statements = statements(&self.sql);
        let texts: Vec<&str> = statements.iter().map(|statement| statement.text).collect();
        let number = progress.statement(&texts);
        Event::Progress {
            revision: self.revision.clone(),
            step: self.step.clone(),
            direction: self.direction,
            statement: number
                .and_then(|number| texts.get(number.checked_sub(1)?).map(|&text| text.to_owned())),
            number,
            statements: texts.len(),
            elapsed,
            progress: progress.clone(),
        }
    }
}

impl Observer {
    pub(crate) fn new(settings: &Settings, application: &str) -> Self {
        Self {
            settings: settings.clone(),
            options: SessionOptions::reading(format!("{application} observer")),
            state: Mutex::default(),
        }
    }

    /// Whom the last step was seen waiting for.
    pub(super) async fn last_seen(&self) -> Option<Blocked> {
        self.state.lock().await.seen.clone()
    }

    /// Forgets what was seen of another step.
    pub(super) async fn begin(&self) {
        let mut state = self.state.lock().await;
        state.seen = None;
        state.is_waiting = false;
        state.told = None;
    }
}

impl Leased<'_> {
    /// Waits for a message that is on its way, and looks whom it waits for. `lock_timeout` is how long it waits for each lock
    /// at most; a look comes before that.
    pub(super) async fn observed<T>(
        &self,
        observed: &Observed,
        lock_timeout: Option<Duration>,
        sending: impl Future<Output = T>,
    ) -> T {
        let mut sending = std::pin::pin!(sending);
        let (Some(observer), Some(pid)) = (&self.observer, self.context.session.backend_pid()) else {
            return sending.await;
        };
        let first = lock_timeout
            .filter(|timeout| !timeout.is_zero())
            .map_or(LOOK, |timeout| LOOK.min(timeout / 2));
        let mut pause = first;
        loop {
            tokio::select! {
                biased;
                sent = &mut sending => return sent,
                () = tokio::time::sleep(pause) => {}
            }
            // What was begun here is brought to its end, so that whatever is done is told.
            let look = tokio::time::timeout(LIMIT, Box::pin(self.look(observer, observed, pid)));
            let (sent, _) = finish_both(sending.as_mut(), look).await;
            if let Some(sent) = sent {
                return sent;
            }
            let is_asked = matches!(observer.state.lock().await.question, Asked::Open(..));
            pause = if is_asked { ASKED_LOOK } else { LOOK };
        }
    }

    async fn look(&self, observer: &Observer, observed: &Observed, pid: i32) {
        let mut state = observer.state.lock().await;
        if state.session.as_ref().is_none_or(Session::is_closed) {
            state.session = Box::pin(connect(&observer.settings, &observer.options))
                .await
                .ok();
        }
        let Some(session) = state.session.take() else {
            return;
        };
        let context = self.context;
        let application = &context.options.application;
        let found = blockers::look(&session, pid, &context.tables, application).await;
        let progress = progress::look(&session, pid).await;
        state.session = Some(session);
        if let Ok(Some(progress)) = progress {
            self.tell_progress(&mut state, observed, progress);
        }
        let Ok(Some(blocked)) = found else {
            state.is_waiting = false;
            return;
        };
        let identities = |blocked: &Blocked| {
            let blockers = blocked.blockers.iter();
            blockers
                .map(|blocker| (blocker.pid, blocker.state.clone()))
                .collect::<Vec<_>>()
        };
        let is_known = state.is_waiting
            && state
                .seen
                .as_ref()
                .is_some_and(|seen| identities(seen) == identities(&blocked));
        state.is_waiting = true;
        state.seen = Some(blocked.clone());
        if !is_known {
            (context.events)(Event::Blocked {
                revision: observed.revision.clone(),
                step: observed.step.clone(),
                blocked: blocked.clone(),
            });
        }
        self.consider_ending(&mut state, observed, &blocked).await;
    }

    /// Tells how far the step has come, where that has changed or was told some time ago.
    fn tell_progress(&self, state: &mut State, observed: &Observed, progress: Progress) {
        let elapsed = observed.began.elapsed();
        let is_known = state
            .told
            .as_ref()
            .is_some_and(|(known, at)| *known == progress && elapsed.saturating_sub(*at) < REMINDER);
        if !is_known {
            (self.context.events)(observed.progress(&progress, elapsed));
            state.told = Some((progress, elapsed));
        }
    }

    /// Ends the blockers that may be ended, where that is wanted, or asks whether it is.
    async fn consider_ending(&self, state: &mut State, observed: &Observed, blocked: &Blocked) {
        let options = self.context.options;
        let is_new = |state: &State, blocker: &Blocker, ending: Ending| {
            !state
                .ended
                .iter()
                .any(|(known, how)| known.identity() == blocker.identity() && *how == ending)
        };
        let may_end = blocked.blockers.iter().any(|blocker| {
            blocker
                .ending()
                .is_some_and(|ending| is_new(state, blocker, ending))
        });
        match options.cancel_blockers {
            CancelBlockers::Never => {}
            CancelBlockers::Always => self.end_blockers(state, observed, blocked).await,
            CancelBlockers::Ask => match &mut state.question {
                Asked::Refused => {}
                Asked::Not if may_end => {
                    if let Some(ask) = &options.ask {
                        let question = Question::CancelBlockers {
                            revision: observed.revision.clone(),
                            step: observed.step.clone(),
                            blocked: blocked.clone(),
                        };
                        state.question = Asked::Open(ask.ask(question), blocked.clone());
                    }
                }
                Asked::Not => {}
                Asked::Open(answer, asked) => {
                    let asked = asked.clone();
                    match answer.try_recv() {
                        Ok(true) => {
                            state.question = Asked::Not;
                            self.end_blockers(state, observed, &asked).await;
                        }
                        Ok(false) | Err(oneshot::error::TryRecvError::Closed) => {
                            state.question = Asked::Refused;
                        }
                        Err(oneshot::error::TryRecvError::Empty) => {}
                    }
                }
            },
        }
    }

    /// Waits for the answer to an open question, since the step has failed meanwhile, and does what it says. Whoever
    /// was asked about still holds the lock, unless the transaction is another one by now.
    pub(super) async fn answered(&self, observed: &Observed) {
        let Some(observer) = &self.observer else { return };
        let mut state = observer.state.lock().await;
        let (mut answer, asked) = match std::mem::take(&mut state.question) {
            Asked::Open(answer, asked) => (answer, asked),
            other => {
                state.question = other;
                return;
            }
        };
        let is_agreed = tokio::select! {
            answer = &mut answer => answer.unwrap_or_default(),
            () = self.context.interrupt.interrupted() => false,
        };
        if is_agreed {
            let ending = self.end_blockers(&mut state, observed, &asked);
            // A server that does not answer is told by the step that comes.
            let _ = tokio::time::timeout(LIMIT, ending).await;
        } else {
            state.question = Asked::Refused;
        }
    }

    async fn end_blockers(&self, state: &mut State, observed: &Observed, blocked: &Blocked) {
        let Some(session) = state.session.take() else {
            return;
        };
        for blocker in &blocked.blockers {
            let Some(ending) = blocker.ending() else {
                continue;
            };
            let is_known = state
                .ended
                .iter()
                .any(|(known, how)| known.identity() == blocker.identity() && *how == ending);
            if is_known {
                continue;
            }
            state.ended.push((blocker.clone(), ending));
            let result = blockers::end(&session, blocker, ending).await;
            if result == EndingResult::Done {
                let row = self.journal().ended_blocker(observed, blocked, blocker, ending);
                // What cannot be recorded was done all the same, and is told.
                let _ = session.execute(&row).await;
            }
            (self.context.events)(Event::BlockerEnded {
                revision: observed.revision.clone(),
                step: observed.step.clone(),
                blocker: blocker.clone(),
                ending,
                result,
            });
        }
        state.session = Some(session);
    }
}

impl Journal<'_> {
    fn ended_blocker(
        &self,
        observed: &Observed,
        blocked: &Blocked,
        blocker: &Blocker,
        ending: Ending,
    ) -> String {
        self.event(&EventRow {
            kind: "cancel_blocker",
            revision: Some(observed.revision.as_str()),
            step: Some(observed.number),
            direction: Some(observed.direction),
            outcome: "done",
            detail: Some(serde_json::json!({
                "waiting_for": blocked.waiting_for,
                "blocker": blocker,
                "ending": ending,
            })),
            ..EventRow::default()
        })
    }
}

/// Brings the second future to its end, and gives the result of the first where it has come by then.
async fn finish_both<T, U>(
    mut first: std::pin::Pin<&mut impl Future<Output = T>>,
    second: impl Future<Output = U>,
) -> (Option<T>, U) {
    let mut second = std::pin::pin!(second);
    tokio::select! {
        biased;
        done = &mut first => (Some(done), second.await),
        done = &mut second => (None, done),
    }
}
