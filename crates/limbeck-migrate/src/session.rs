//! The session of a run: sends messages, cancels them when the run is interrupted, and hands on notices.

use std::pin::pin;

use limbeck_postgres::{
    ConnectError, DatabaseError, MessageError, Patience, Session, SessionOptions, Settings, connect_patiently,
};

use crate::error::{ErrorKind, Interruption, MigrateError};
use crate::event::{Event, Events};
use crate::hygiene;
use crate::interrupt::Interrupt;
use crate::line::Line;
use crate::options::RunOptions;

/// Opens the session of a run. A server that sleeps, starts or restarts is waited for.
pub(crate) async fn open(
    settings: &Settings,
    options: &RunOptions,
    patience: Patience,
    interrupt: &Interrupt,
    events: Events<'_>,
) -> Result<Session, MigrateError> {
    let session_options = SessionOptions::running(options.application.clone(), options.search_path.clone());
    let tell = |error: &ConnectError| {
        events(Event::ConnectingAgain {
            reason: error.to_string(),
            limit: patience.limit,
        });
    };
    tokio::select! {
        biased;
        () = interrupt.interrupted() => Err(ErrorKind::Interrupted(Interruption::Early).into()),
        session = connect_patiently(settings, &session_options, patience, &tell) => Ok(session?),
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
        events(hygiene::event_of(&notice).unwrap_or(Event::Notice { notice }));
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
