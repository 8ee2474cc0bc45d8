//! The session of a run: sends messages, cancels them when the run is interrupted, and hands on notices.

use std::pin::pin;
use std::time::{Duration, Instant};

use limbeck_postgres::{
    ConnectError, DatabaseError, MessageError, Session, SessionOptions, Settings, connect,
};

use crate::error::{ErrorKind, Interruption, MigrateError};
use crate::event::{Event, Events};
use crate::interrupt::Interrupt;
use crate::line::Line;
use crate::options::RunOptions;

/// For how long it is tried to connect, where the connection string has no `connect_timeout`: a server that restarts,
/// a standby that takes over and a suspended compute that wakes are there by then.
const CONNECT_LIMIT: Duration = Duration::from_secs(30);
/// The first and the longest pause between two tries.
const CONNECT_PAUSE: (Duration, Duration) = (Duration::from_millis(200), Duration::from_secs(5));

/// Opens the session of a run. What may pass is tried again for a while.
pub(crate) async fn open(
    settings: &Settings,
    options: &RunOptions,
    interrupt: &Interrupt,
    events: Events<'_>,
) -> Result<Session, MigrateError> {
    let session_options = SessionOptions::running(options.application.clone(), options.search_path.clone());
    tokio::select! {
        biased;
        () = interrupt.interrupted() => Err(ErrorKind::Interrupted(Interruption::Early).into()),
        session = connect_patiently(settings, &session_options, events) => Ok(session?),
    }
}

async fn connect_patiently(
    settings: &Settings,
    options: &SessionOptions,
    events: Events<'_>,
) -> Result<Session, ConnectError> {
    let began = Instant::now();
    let limit = settings.connect_timeout().filter(|limit| !limit.is_zero());
    let limit = limit.unwrap_or(CONNECT_LIMIT);
    let mut pause = CONNECT_PAUSE.0;
    let mut told = None;
    loop {
        let error = match connect(settings, options).await {
            Ok(session) => return Ok(session),
            Err(error) => error,
        };
        // Where nothing listens, waiting rarely helps, and a wrong port should be told at once.
        let is_refused = matches!(error, ConnectError::Unreachable { .. });
        if !error.is_transient() || is_refused || began.elapsed() + pause >= limit {
            return Err(error);
        }
        let reason = error.to_string();
        if told.as_ref() != Some(&reason) {
            events(Event::ConnectingAgain {
                reason: reason.clone(),
                limit,
            });
            told = Some(reason);
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(CONNECT_PAUSE.1);
    }
}

/// How a message ended.
#[derive(Debug)]
pub(crate) enum Sent {
    Done,
    Failed(MessageError),
    /// The server cancelled it because the run was interrupted.
    Interrupted,
}

/// Sends a message; when the run is interrupted meanwhile, cancels it on the server and waits for its end, so that
/// what stands is known.
pub(crate) async fn send(session: &Line<'_>, sql: &str, interrupt: &Interrupt, events: Events<'_>) -> Sent {
    let mut running = pin!(session.run_message(sql));
    let result = tokio::select! {
        biased;
        result = &mut running => result,
        () = interrupt.interrupted() => {
            events(Event::Interrupting);
            session.cancel().await;
            running.await
        }
    };
    for notice in session.take_notices() {
        events(Event::Notice { notice });
    }
    match result {
        Ok(_) => Sent::Done,
        Err(failure) if interrupt.is_interrupted() && is_cancelled(&failure.error) => Sent::Interrupted,
        Err(failure) => Sent::Failed(failure),
    }
}

/// `query_canceled`.
fn is_cancelled(error: &DatabaseError) -> bool {
    error.is(limbeck_postgres::sqlstate::QUERY_CANCELED)
}
