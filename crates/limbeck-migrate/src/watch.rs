//! Watching a step that lasts, from a connection of its own.
//!
//! The session that works is never asked anything: another one is opened once a message has taken a second, looks at
//! what the server tells of the first, and is closed when the message has ended. Whatever goes wrong with it is no
//! failure of the run.

use std::convert::Infallible;
use std::time::{Duration, Instant};

use limbeck_history::{Direction, RevisionId};
use limbeck_postgres::{Session, SessionOptions, Settings, connect};

use crate::event::{Event, Events};
use crate::options::RunOptions;
use crate::progress::{self, Progress};

/// A message that ends within this is not watched: most do, and a connection costs more than they.
const PATIENCE: Duration = Duration::from_secs(1);
/// How long connecting may take, and one look. A look that takes longer is given up.
const LIMIT: Duration = Duration::from_secs(5);
/// The pause after a look or a connection that has failed.
const AGAIN: Duration = Duration::from_secs(10);

/// After this, what has not changed is told again.
const REMINDER: Duration = Duration::from_secs(4);

/// What is needed to watch a session.
#[derive(Debug, Clone)]
pub(crate) struct Watch {
    settings: Settings,
    options: SessionOptions,
    /// The server process that works.
    pid: i32,
}

/// What the watched message does.
#[derive(Debug, Clone)]
pub(crate) struct Watched {
    pub(crate) revision: RevisionId,
    pub(crate) step: String,
    pub(crate) direction: Direction,
    /// The statements of the step.
    pub(crate) statements: Vec<String>,
}

impl Watch {
    pub(crate) fn new(settings: &Settings, options: &RunOptions, pid: i32) -> Self {
        let name = format!("{} progress", options.application);
        Self {
            settings: settings.clone(),
            options: SessionOptions::reading(name),
            pid,
        }
    }

    /// Does the work, and tells of it meanwhile.
    pub(crate) async fn during<T>(
        watch: Option<&Self>,
        watched: impl FnOnce() -> Watched,
        events: Events<'_>,
        work: impl Future<Output = T>,
    ) -> T {
        let looking = async {
            match watch {
                Some(watch) => watch.look_on(watched, events).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            result = work => result,
            never = looking => match never {},
        }
    }

    async fn look_on(&self, watched: impl FnOnce() -> Watched, events: Events<'_>) -> Infallible {
        let began = Instant::now();
        tokio::time::sleep(PATIENCE).await;
        let watched = watched();
        let mut session = None;
        let mut told: Option<(Progress, Duration)> = None;
        loop {
            let look = self.look(&mut session);
            let pause = match tokio::time::timeout(LIMIT, look).await {
                Ok(Some(seen)) => {
                    let elapsed = began.elapsed();
                    if let Some(progress) = seen {
                        let is_known = told.as_ref().is_some_and(|(known, at)| {
                            *known == progress && elapsed.saturating_sub(*at) < REMINDER
                        });
                        if !is_known {
                            events(event(&watched, &progress, elapsed));
                            told = Some((progress, elapsed));
                        }
                    }
                    pace(elapsed)
                }
                Ok(None) | Err(_) => {
                    session = None;
                    AGAIN
                }
            };
            tokio::time::sleep(pause).await;
        }
    }

    /// One look; `None` where it could not be taken.
    async fn look(&self, session: &mut Option<Session>) -> Option<Option<Progress>> {
        let session = match session {
            Some(session) if !session.is_closed() => session,
            _ => session.insert(connect(&self.settings, &self.options).await.ok()?),
        };
        progress::look(session, self.pid).await.ok()
    }
}

/// The pause between two looks: shorter at first, when much changes and somebody may be looking on.
fn pace(elapsed: Duration) -> Duration {
    match elapsed.as_secs() {
        0..10 => Duration::from_millis(500),
        10..60 => Duration::from_secs(1),
        _ => Duration::from_secs(5),
    }
}

fn event(watched: &Watched, progress: &Progress, elapsed: Duration) -> Event {
    let statements = &watched.statements;
    let number = progress.statement(statements);
    Event::Progress {
        revision: watched.revision.clone(),
        step: watched.step.clone(),
        direction: watched.direction,
        statement: number.and_then(|number| statements.get(number.checked_sub(1)?).cloned()),
        number,
        statements: statements.len(),
        elapsed,
        progress: progress.clone(),
    }
}
