//! The lease: one row that says who runs, until when, and with which token.
//!
//! Time is the server's. The holder prolongs its lease by a heartbeat ([`heartbeat`](crate::heartbeat)); each of its
//! transactions begins by finding its token in the row, and holds it until it commits. Taking the lease raises the
//! token, so that whoever held it before cannot commit any more. A lease may be taken once it has run out, or once
//! the server process that is recorded in it is gone. What still lives is ended first; what may not be seen or ended
//! is not taken over from.
//!
//! A session's advisory lock is held besides, for the case that the rows are tampered with. It is only ever tried: a
//! session that waits for one holds a snapshot, and `CREATE INDEX CONCURRENTLY` of another waits for that.

mod retake;
mod take_over;

use std::time::{Duration, Instant};

use limbeck_postgres::{Backoff, DatabaseError, sqlstate};
use limbeck_sql::quote_literal;

use crate::error::{ErrorKind, Interruption, MigrateError};
use crate::event::{Event, Events};
use crate::interrupt::Interrupt;
use crate::line::Line;
use crate::options::RunOptions;
use crate::position::Holder;
use crate::sql::{interval, own_process, own_process_start};
use crate::tables::Tables;

pub(crate) use retake::retake;
use take_over::{TakeOver, take_over};

/// How long a script's lease lasts: it has no heartbeat but its steps.
pub(crate) const SCRIPT_LEASE: &str = "1 h";
/// How long to wait at the lease's row, which a run in a transaction of an application holds for as long as that lasts.
const ROW_WAIT: &str = "2s";
/// The first and the longest bound of the pauses between two looks at the lease.
const POLL: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(1));

/// The last step under a lease's token, as a subquery over the lease's row. `{step}` is the table.
pub(crate) const LAST_STEP: &str = "(SELECT revision || ' ' || name FROM {step} AS last
      WHERE last.scope = lease.scope AND last.token = lease.token ORDER BY last.started_at DESC LIMIT 1)";

/// How often it is looked again at once where another one was faster.
const QUICK: u32 = 3;

/// What a look at the lease has shown.
#[derive(Debug)]
enum Seen {
    /// There is no row yet.
    Nothing,
    /// Nobody holds it.
    Free,
    /// Held, and the holder lives.
    Held(Holder),
    /// Held, but run out, or its server process is gone.
    Abandoned { holder: Holder, backend: Backend },
}

/// The server process that a lease records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Backend {
    Gone,
    Alive,
    /// There is a process of that number, and nothing that may be seen tells whether it is the one.
    Hidden,
}

/// Takes the lease, waiting for another holder for as long as the options say. Gives the token.
pub(crate) async fn acquire(
    session: &Line<'_>,
    tables: &Tables,
    options: &RunOptions,
    interrupt: &Interrupt,
    events: Events<'_>,
) -> Result<i64, MigrateError> {
    let began = Instant::now();
    let mut backoff = Backoff::new(POLL.0, POLL.1);
    let mut told: Option<Option<Holder>> = None;
    let mut lost = 0;
    loop {
        let (holder, reason) = match attempt(session, tables, options, events).await? {
            Attempt::Taken(token) => return Ok(token),
            Attempt::Lost if lost < QUICK => {
                lost += 1;
                continue;
            }
            Attempt::Lost => (None, None),
            Attempt::Busy { holder, reason } => (holder, reason),
        };
        if began.elapsed() >= options.wait {
            return Err(ErrorKind::Busy { holder, reason }.into());
        }
        if told.as_ref() != Some(&holder) {
            events(Event::Waiting {
                holder: holder.clone(),
            });
            told = Some(holder);
        }
        let remaining = options.wait.saturating_sub(began.elapsed());
        tokio::select! {
            () = tokio::time::sleep(backoff.pause().min(remaining)) => {}
            () = interrupt.interrupted() => return Err(ErrorKind::Interrupted(Interruption::Early).into()),
        }
    }
}

/// Makes the own tables and takes the lease, in one message; `None` where the lease has to be waited for. The tables are
/// there then, unless there is an error.
pub(crate) async fn make_and_take(
    session: &Line<'_>,
    tables: &Tables,
    options: &RunOptions,
) -> Result<Option<i64>, DatabaseError> {
    let before = format!(
        "BEGIN;\n{};\nCOMMIT;\nSET LOCAL lock_timeout = '{ROW_WAIT}';\n",
        tables.create()
    );
    match run_take(session, tables, options, "owner IS NULL", &before).await {
        Ok(Some(taken)) if taken.is_locked => Ok(Some(taken.token)),
        Ok(Some(taken)) => {
            session.execute(&release(session, tables, taken.token)).await?;
            Ok(None)
        }
        // The tables are there.
        Err(error) if error.is(sqlstate::LOCK_NOT_AVAILABLE) => Ok(None),
        Ok(None) => Ok(None),
        Err(error) => {
            if !error.is_connection_lost() {
                // Ends the failed transaction; there is nothing to undo.
                session.execute("ROLLBACK").await?;
            }
            // Another runner made them just now.
            if Tables::is_made_by_another(&error) {
                return Ok(None);
            }
            Err(error)
        }
    }
}

/// Takes the lease within a transaction, at whose end it is given back; busy where that is not possible at once.
/// Gives the token.
pub(crate) async fn acquire_in_transaction(
    session: &Line<'_>,
    tables: &Tables,
    options: &RunOptions,
) -> Result<i64, MigrateError> {
    if lock_in_transaction(session, tables).await? {
        let take = take(tables, &options.owner(), SCRIPT_LEASE, &is_free(tables), false);
        let taken = value(
            session,
            &format!("SET LOCAL lock_timeout = '{ROW_WAIT}';\n{};\n{take}", row(tables)),
        )
        .await;
        match taken {
            Ok(Some(token)) => return Ok(token.parse().unwrap_or_default()),
            Ok(None) => {}
            Err(error) if error.is(sqlstate::LOCK_NOT_AVAILABLE) => return Err(busy(None)),
            Err(error) => return Err(taking(error)),
        }
    }
    let holder = match look(session, tables).await.map_err(taking)? {
        Seen::Held(holder) | Seen::Abandoned { holder, .. } => Some(holder),
        Seen::Nothing | Seen::Free => None,
    };
    Err(busy(holder))
}

/// Tries to take the advisory lock until the end of the transaction; one that the transaction has is taken once more.
/// Tells whether it is held.
pub(crate) async fn lock_in_transaction(session: &Line<'_>, tables: &Tables) -> Result<bool, MigrateError> {
    let lock = format!(
        "SELECT pg_catalog.pg_try_advisory_xact_lock({})",
        tables.advisory_key()
    );
    Ok(value(session, &lock).await.map_err(taking)?.as_deref() == Some("t"))
}

pub(crate) fn busy(holder: Option<Holder>) -> MigrateError {
    ErrorKind::Busy { holder, reason: None }.into()
}

enum Attempt {
    Taken(i64),
    /// Another one was faster: look again at once.
    Lost,
    Busy {
        holder: Option<Holder>,
        reason: Option<String>,
    },
}

async fn attempt(
    session: &Line<'_>,
    tables: &Tables,
    options: &RunOptions,
    events: Events<'_>,
) -> Result<Attempt, MigrateError> {
    match take_free(session, tables, options).await {
        Ok(Some(taken)) => return keep(session, tables, taken).await,
        Ok(None) => {}
        // A run in a transaction of an application.
        Err(error) if error.is(sqlstate::LOCK_NOT_AVAILABLE) => {
            return Ok(Attempt::Busy {
                holder: None,
                reason: None,
            });
        }
        Err(error) => return Err(taking(error)),
    }
    let (holder, backend) = match look(session, tables).await.map_err(taking)? {
        Seen::Nothing => {
            session.execute(&row(tables)).await.map_err(taking)?;
            return Ok(Attempt::Lost);
        }
        Seen::Free => return Ok(Attempt::Lost),
        Seen::Held(holder) => {
            return Ok(Attempt::Busy {
                holder: Some(holder),
                reason: None,
            });
        }
        Seen::Abandoned { holder, backend } => (holder, backend),
    };
    if backend == Backend::Hidden {
        let reason = holder.pid.map(|pid| {
            format!(
                "its lease has run out, but the server process {pid} may still run its statement, which cannot be \
                 seen; end it with `pg_terminate_backend({pid})`"
            )
        });
        return Ok(Attempt::Busy {
            holder: Some(holder),
            reason,
        });
    }
    match take_over(session, tables, options, &holder).await? {
        TakeOver::Taken(taken) => {
            events(Event::TakenOver { holder });
            keep(session, tables, taken).await
        }
        TakeOver::Lost => Ok(Attempt::Lost),
        TakeOver::Refused(reason) => Ok(Attempt::Busy {
            holder: Some(holder),
            reason: Some(reason),
        }),
    }
}

/// Keeps a lease that was taken, if the advisory lock came with it.
async fn keep(session: &Line<'_>, tables: &Tables, taken: Taken) -> Result<Attempt, MigrateError> {
    if taken.is_locked {
        return Ok(Attempt::Taken(taken.token));
    }
    session
        .execute(&release(session, tables, taken.token))
        .await
        .map_err(taking)?;
    Ok(Attempt::Busy {
        holder: None,
        reason: None,
    })
}

async fn look(session: &Line<'_>, tables: &Tables) -> Result<Seen, DatabaseError> {
    let query = format!(
        "SELECT token, owner, pid, {last_step}, expires_at < pg_catalog.clock_timestamp(),
  (SELECT CASE WHEN a.backend_start IS NULL OR lease.backend_start IS NULL THEN 'hidden' ELSE 'alive' END
    FROM pg_catalog.pg_stat_get_activity(lease.pid) AS a
    WHERE {may_be})
FROM {lease} AS lease WHERE scope = {scope}",
        may_be = may_be_holder("lease"),
        last_step = LAST_STEP.replace("{step}", &tables.name("step")),
        lease = tables.name("lease"),
        scope = tables.scope(),
    );
    let Some(row) = session.query_text(&query).await?.into_iter().next() else {
        return Ok(Seen::Nothing);
    };
    let mut columns = row.into_iter();
    let mut next = || columns.next().flatten();
    let token = next().and_then(|token| token.parse().ok()).unwrap_or_default();
    let Some(owner) = next() else {
        return Ok(Seen::Free);
    };
    let pid = next().and_then(|pid| pid.parse().ok());
    let last_step = next();
    let expired = next().as_deref() != Some("f");
    let backend = match next().as_deref() {
        Some("alive") => Backend::Alive,
        Some(_) => Backend::Hidden,
        None => Backend::Gone,
    };
    let holder = Holder {
        token,
        owner,
        pid,
        last_step,
    };
    // Behind a pooler no process is recorded; then time alone tells.
    if expired || (pid.is_some() && backend == Backend::Gone) {
        Ok(Seen::Abandoned { holder, backend })
    } else {
        Ok(Seen::Held(holder))
    }
}

/// A lease that was taken.
#[derive(Debug, Clone, Copy)]
struct Taken {
    token: i64,
    /// Whether the session's advisory lock was free, and is held now.
    is_locked: bool,
}

/// Takes a lease that nobody holds; `None` where somebody does, or there is no row yet.
async fn take_free(
    session: &Line<'_>,
    tables: &Tables,
    options: &RunOptions,
) -> Result<Option<Taken>, DatabaseError> {
    // The message is a transaction of its own, at whose end the timeout does.
    let before = format!("SET LOCAL lock_timeout = '{ROW_WAIT}';\n");
    run_take(session, tables, options, "owner IS NULL", &before).await
}

/// Takes the lease where a condition on its row holds, after other statements, and tries the advisory lock in the same breath.
async fn run_take(
    session: &Line<'_>,
    tables: &Tables,
    options: &RunOptions,
    condition: &str,
    before: &str,
) -> Result<Option<Taken>, DatabaseError> {
    let take = take(
        tables,
        &options.owner(),
        &interval(options.lease),
        condition,
        session.has_own_process(),
    );
    let query = format!("{before}{take}, {}", try_lock(session, tables));
    let Some(row) = session.query_text(&query).await?.into_iter().next() else {
        return Ok(None);
    };
    let mut columns = row.into_iter().flatten();
    let token = columns.next().and_then(|token| token.parse().ok());
    let is_locked = columns.next().as_deref() == Some("t");
    Ok(token.map(|token| Taken { token, is_locked }))
}

/// What tries the advisory lock, as SQL: the session's, or where the server process is others' next, whether it is free
/// in this transaction.
fn try_lock(session: &Line<'_>, tables: &Tables) -> String {
    let function = if session.is_shared() {
        "pg_try_advisory_xact_lock"
    } else {
        "pg_try_advisory_lock"
    };
    format!("pg_catalog.{function}({})", tables.advisory_key())
}

/// The statement that makes the lease's row, held by nobody.
pub(crate) fn row(tables: &Tables) -> String {
    format!(
        "INSERT INTO {} (scope, token) VALUES ({}, 0) ON CONFLICT DO NOTHING",
        tables.name("lease"),
        tables.scope()
    )
}

/// The statement that takes the lease where a condition on its row holds, and gives the new token. The server process
/// goes on record where it is the session's own.
pub(crate) fn take(
    tables: &Tables,
    owner: &str,
    length: &str,
    condition: &str,
    has_own_process: bool,
) -> String {
    format!(
        "UPDATE {lease} SET token = token + 1, owner = {owner}, pid = {pid},
  backend_start = {backend_start},
  heartbeat_at = pg_catalog.clock_timestamp(),
  expires_at = pg_catalog.clock_timestamp() + '{length}'::pg_catalog.interval
WHERE scope = {scope} AND {condition}
RETURNING token",
        pid = own_process(has_own_process),
        backend_start = own_process_start(has_own_process),
        lease = tables.name("lease"),
        owner = quote_literal(owner),
        scope = tables.scope(),
    )
}

/// Whether the lease's row may be changed without ending anything first, as SQL: nobody holds it, or its server
/// process is gone, or it has run out and records none.
pub(crate) fn is_free(tables: &Tables) -> String {
    format!(
        "(owner IS NULL OR CASE WHEN pid IS NULL THEN expires_at < pg_catalog.clock_timestamp() ELSE NOT EXISTS
  (SELECT FROM pg_catalog.pg_stat_get_activity(pid) AS a
    WHERE {}) END)",
        may_be_holder(&tables.name("lease"))
    )
}

/// Whether a row `a` of `pg_stat_get_activity` may be the server process that the lease's row records, as SQL. Its
/// start is hidden from roles without the rights on it: from the one who looks, and from the holder itself, where its
/// session's role is not the one that logged in (`ALTER ROLE … SET role`). A hidden start fits any.
fn may_be_holder(lease: &str) -> String {
    format!(
        "a.pid = {lease}.pid
      AND (a.backend_start IS NULL OR {lease}.backend_start IS NULL OR a.backend_start = {lease}.backend_start)"
    )
}

/// The statements that give the lease back, where it is still ours.
pub(crate) fn release(session: &Line<'_>, tables: &Tables, token: i64) -> String {
    let give_back = give_back(tables, &format!("token = {token}"));
    if session.is_shared() {
        return give_back;
    }
    format!(
        "{give_back};\nSELECT pg_catalog.pg_advisory_unlock({})",
        tables.advisory_key()
    )
}

/// The statement that gives the lease back, where a condition on its row holds.
pub(crate) fn give_back(tables: &Tables, condition: &str) -> String {
    format!(
        "UPDATE {} SET owner = NULL, pid = NULL, backend_start = NULL, heartbeat_at = NULL, expires_at = NULL
WHERE scope = {} AND {condition}",
        tables.name("lease"),
        tables.scope()
    )
}

/// The statement that prolongs the lease; it gives a row only while the lease is ours.
pub(crate) fn prolong(tables: &Tables, condition: &str, length: &str) -> String {
    format!(
        "UPDATE {} SET heartbeat_at = pg_catalog.clock_timestamp(),
  expires_at = pg_catalog.clock_timestamp() + '{length}'::pg_catalog.interval
WHERE scope = {} AND {condition}
RETURNING token",
        tables.name("lease"),
        tables.scope()
    )
}

/// The first value of the first row.
pub(crate) async fn value(session: &Line<'_>, query: &str) -> Result<Option<String>, DatabaseError> {
    let rows = session.query_text(query).await?;
    Ok(rows
        .into_iter()
        .next()
        .and_then(|row| row.into_iter().next())
        .flatten())
}

fn taking(error: DatabaseError) -> MigrateError {
    ErrorKind::Database {
        doing: "taking the lease".to_owned(),
        error,
    }
    .into()
}
