//! Whether server processes are handed round behind what answers, found out by a second connection.
//!
//! The first connection, A, asks which process serves it; the second, B, begins a transaction and asks the same. The same
//! process for both, or another one for A while B's transaction lasts, proves that a pooler hands processes round. Where
//! A keeps its process over some such rounds, it is its own. Nothing is set and nothing is locked on the way.

use std::pin::pin;
use std::time::Duration;

use tokio::time::timeout;
use tokio_postgres::Client;

use super::reach::Reconnect;
use super::startup;
use crate::database_error::{DatabaseError, sqlstate};
use crate::session::{Learnt, Messages, Pooling, PoolingKind, SessionOptions};

/// How often A and B are looked at. A pooler gives a free process to whoever comes next, and shows by the first round
/// when it is quiet; under traffic, others may take the process in between.
const ROUNDS: u32 = 4;
/// How long one question may take. Where a pooler has one process only, A waits for it while B has it.
const PATIENCE: Duration = Duration::from_secs(2);

const ASK: &str = "SELECT pg_catalog.pg_backend_pid()";
const BEGIN_AND_ASK: &str = "BEGIN; SELECT pg_catalog.pg_backend_pid()";

/// What is between a session and its server, where the process that answers, `answers`, is not the one it was told.
pub(super) async fn look(
    client: &Client,
    answers: i32,
    reconnect: &Reconnect,
    options: &SessionOptions,
) -> Pooling {
    // Of several hosts, the one that was connected to.
    if let Some(neon) = reconnect.settings().neon_at(reconnect.host()) {
        let kind = if neon.pooled {
            PoolingKind::Transaction
        } else {
            // Neon's proxy is in front of every host of its, and leaves a direct one its process.
            PoolingKind::Session
        };
        return Pooling::new(kind, Learnt::Name);
    }
    let kind = beside(client, answers, reconnect, options)
        .await
        .unwrap_or(PoolingKind::Unknown);
    Pooling::new(kind, Learnt::Behaviour)
}

/// Looks with a second connection. `None` where there is none to be had, or nothing answers in time.
async fn beside(
    client: &Client,
    answers: i32,
    reconnect: &Reconnect,
    options: &SessionOptions,
) -> Option<PoolingKind> {
    let a = Messages::of(client);
    let opening = async {
        let wire = reconnect.wire().await.ok()?;
        startup::start(reconnect, options, wire).await.ok()
    };
    let (second, connection, _) = timeout(PATIENCE, opening).await.ok()??;
    let mut driver = tokio::spawn(connection);
    let b = Messages::of(&second);
    let (kind, is_waiting) = rounds(a, b, answers).await;
    drop(second);
    // The driver ends with its client, and a transaction that it still has with it; but not while a question waits for
    // its answer, nor where nothing answers any more.
    if is_waiting || timeout(PATIENCE, &mut driver).await.is_err() {
        driver.abort();
    }
    kind
}

/// What the rounds tell, and whether B still waits for an answer.
async fn rounds(a: Messages<'_>, b: Messages<'_>, answers: i32) -> (Option<PoolingKind>, bool) {
    let answered = |kind| (kind, false);
    for _ in 0..ROUNDS {
        // A pooler that takes its processes in turn shows here.
        match ask(a).await {
            Some(process) if process == answers => {}
            Some(_) => return answered(Some(PoolingKind::Transaction)),
            None => return answered(None),
        }
        let mut begun = pin!(process(b, BEGIN_AND_ASK));
        match timeout(PATIENCE, &mut begun).await {
            Ok(Ok(process)) if process == answers => return answered(Some(PoolingKind::Transaction)),
            Ok(Ok(_)) => {}
            Ok(Err(error)) if refuses_transactions(&error) => return answered(Some(PoolingKind::Statement)),
            Ok(Err(_)) => return answered(None),
            // B waits for a process. Where A is served meanwhile, it has one of its own: otherwise it would stand in
            // line behind B.
            Err(_) => {
                let is_served = ask(a).await == Some(answers);
                return (is_served.then_some(PoolingKind::Session), true);
            }
        }
        match timeout(PATIENCE, process(a, ASK)).await {
            Ok(Ok(process)) if process == answers => {}
            // Where A waits now, it waits for the process that B has.
            Ok(Ok(_)) | Err(_) => return answered(Some(PoolingKind::Transaction)),
            Ok(Err(_)) => return answered(None),
        }
        match timeout(PATIENCE, b.execute("ROLLBACK")).await {
            Ok(Ok(())) => {}
            Ok(Err(_)) => return answered(None),
            Err(_) => return (None, true),
        }
    }
    answered(Some(PoolingKind::Session))
}

/// The process that serves a connection now; `None` where that is not told in time.
async fn ask(messages: Messages<'_>) -> Option<i32> {
    timeout(PATIENCE, process(messages, ASK)).await.ok()?.ok()
}

/// The last value of a message's rows, which is a process.
async fn process(messages: Messages<'_>, sql: &str) -> Result<i32, DatabaseError> {
    let rows = messages.rows(sql).await.map_err(DatabaseError::from)?;
    Ok(last_number(&rows))
}

/// The last value of all rows as a number; 0, which is no process, for anything else.
pub(super) fn last_number(rows: &[Vec<Option<String>>]) -> i32 {
    let value = rows.last().and_then(|row| row.last()).and_then(Option::as_deref);
    value.and_then(|value| value.parse().ok()).unwrap_or_default()
}

/// Whether a pooler in statement mode has said so, or hung up over it.
fn refuses_transactions(error: &DatabaseError) -> bool {
    error.is(sqlstate::PROTOCOL_VIOLATION) || error.is_connection_lost()
}
