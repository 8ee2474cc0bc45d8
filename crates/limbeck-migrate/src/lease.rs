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

use std::time::{Duration, Instant};

use limbeck_postgres::{DatabaseError, Session};
use limbeck_sql::quote_literal;

use crate::error::{ErrorKind, MigrateError};
use crate::event::{Event, Events};
use crate::interrupt::Interrupt;
use crate::journal::{EventRow, Journal, Token};
use crate::options::RunOptions;
use crate::position::Holder;
use crate::sql::OWN_BACKEND_START;
use crate::tables::Tables;

/// How long a lease lasts without a heartbeat.
pub(crate) const LEASE: &str = "30 s";
/// How long a script's lease lasts: it has no heartbeat but its steps.
pub(crate) const SCRIPT_LEASE: &str = "1 h";
/// The first and the longest pause between two looks at the lease.
const POLL: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(1));
/// How long to wait for a server process to end.
const TERMINATION_MS: u32 = 5_000;

/// The last step under a lease's token, as a subquery over the lease's row. `{step}` is the table.
pub(crate) const LAST_STEP: &str = "(SELECT revision || ' ' || name FROM {step} AS last
      WHERE last.scope = lease.scope AND last.token = lease.token ORDER BY last.started_at DESC LIMIT 1)";

/// What a look at the lease has shown.
#[derive(Debug)]
enum Seen {
    /// No row yet, or nobody holds it.
    Free { token: Option<i64> },
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
    /// There is a process of that number, and we may not see whether it is the one.
    Hidden,
}

/// Takes the lease, waiting for another holder for as long as the options say. Gives the token.
pub(crate) async fn acquire(
    session: &Session,
    tables: &Tables,
    options: &RunOptions,
    interrupt: &Interrupt,
    events: Events<'_>,
) -> Result<i64, MigrateError> {
    let began = Instant::now();
    let mut pause = POLL.0;
    let mut told: Option<Option<Holder>> = None;
    loop {
        let (holder, reason) = match attempt(session, tables, options, events).await? {
            Attempt::Taken(token) => return Ok(token),
            Attempt::Lost => continue,
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
            () = tokio::time::sleep(pause.min(remaining)) => {}
            () = interrupt.interrupted() => return Err(ErrorKind::Interrupted.into()),
        }
        pause = (pause * 2).min(POLL.1);
    }
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
    session: &Session,
    tables: &Tables,
    options: &RunOptions,
    events: Events<'_>,
) -> Result<Attempt, MigrateError> {
    let token = match look(session, tables).await.map_err(taking)? {
        Seen::Free { token } => match take_free(session, tables, options, token).await.map_err(taking)? {
            Some(token) => token,
            None => return Ok(Attempt::Lost),
        },
        Seen::Held(holder) => {
            return Ok(Attempt::Busy {
                holder: Some(holder),
                reason: None,
            });
        }
        Seen::Abandoned {
            holder,
            backend: Backend::Hidden,
        } => {
            let reason = holder.pid.map(|pid| {
                format!(
                    "its lease has run out, but the server process {pid} may still run its statement, which the \
                     current role may not see; end it with `pg_terminate_backend({pid})`"
                )
            });
            return Ok(Attempt::Busy {
                holder: Some(holder),
                reason,
            });
        }
        Seen::Abandoned { holder, .. } => match take_over(session, tables, options, &holder).await? {
            TakeOver::Taken(token) => {
                events(Event::TakenOver { holder });
                token
            }
            TakeOver::Lost => return Ok(Attempt::Lost),
            TakeOver::Refused(reason) => {
                return Ok(Attempt::Busy {
                    holder: Some(holder),
                    reason: Some(reason),
                });
            }
        },
    };
    let query = format!(
        "SELECT pg_catalog.pg_try_advisory_lock({})",
        tables.advisory_key()
    );
    if value(session, &query).await.map_err(taking)?.as_deref() == Some("t") {
        return Ok(Attempt::Taken(token));
    }
    session.execute(&release(tables, token)).await.map_err(taking)?;
    Ok(Attempt::Busy {
        holder: None,
        reason: None,
    })
}

async fn look(session: &Session, tables: &Tables) -> Result<Seen, DatabaseError> {
    let query = format!(
        "SELECT token, owner, pid, {last_step}, expires_at < pg_catalog.clock_timestamp(),
  (SELECT CASE WHEN a.backend_start IS NULL THEN 'hidden' ELSE 'alive' END
    FROM pg_catalog.pg_stat_get_activity(lease.pid) AS a
    WHERE a.pid = lease.pid AND (a.backend_start IS NULL OR a.backend_start = lease.backend_start))
FROM {lease} AS lease WHERE scope = {scope}",
        last_step = LAST_STEP.replace("{step}", &tables.name("step")),
        lease = tables.name("lease"),
        scope = tables.scope(),
    );
    let Some(row) = session.query_text(&query).await?.into_iter().next() else {
        return Ok(Seen::Free { token: None });
    };
    let mut columns = row.into_iter();
    let mut next = || columns.next().flatten();
    let token = next().and_then(|token| token.parse().ok()).unwrap_or_default();
    let Some(owner) = next() else {
        return Ok(Seen::Free { token: Some(token) });
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

/// Takes a lease that nobody holds. `None`: another one was faster.
async fn take_free(
    session: &Session,
    tables: &Tables,
    options: &RunOptions,
    token: Option<i64>,
) -> Result<Option<i64>, DatabaseError> {
    let token = if let Some(token) = token {
        token
    } else {
        let row = format!("({}, 0)", tables.scope());
        let lease = tables.name("lease");
        session
            .execute(&format!(
                "INSERT INTO {lease} (scope, token) VALUES {row} ON CONFLICT DO NOTHING"
            ))
            .await?;
        0
    };
    let taken = value(
        session,
        &take(
            tables,
            &options.owner(),
            LEASE,
            &format!("token = {token} AND owner IS NULL"),
        ),
    )
    .await?;
    Ok(taken.and_then(|token| token.parse().ok()))
}

/// The statement that takes the lease where a condition on its row holds, and gives the new token.
pub(crate) fn take(tables: &Tables, owner: &str, length: &str, condition: &str) -> String {
    format!(
        "UPDATE {lease} SET token = token + 1, owner = {owner}, pid = pg_catalog.pg_backend_pid(),
  backend_start = {OWN_BACKEND_START},
  heartbeat_at = pg_catalog.clock_timestamp(),
  expires_at = pg_catalog.clock_timestamp() + '{length}'::pg_catalog.interval
WHERE scope = {scope} AND {condition}
RETURNING token",
        lease = tables.name("lease"),
        owner = quote_literal(owner),
        scope = tables.scope(),
    )
}

enum TakeOver {
    Taken(i64),
    Lost,
    Refused(String),
}

/// Takes a lease from a holder that is no more. Raising the token waits for a transaction of its that still runs,
/// because that holds the row; what it runs outside a transaction is ended.
async fn take_over(
    session: &Session,
    tables: &Tables,
    options: &RunOptions,
    holder: &Holder,
) -> Result<TakeOver, MigrateError> {
    let lease = tables.name("lease");
    let scope = tables.scope();
    let is_abandoned = format!(
        "token = {} AND (expires_at < pg_catalog.clock_timestamp() OR pid IS NOT NULL AND NOT EXISTS
    (SELECT FROM pg_catalog.pg_stat_get_activity(pid) AS a
      WHERE a.pid = {lease}.pid AND (a.backend_start IS NULL OR a.backend_start = {lease}.backend_start)))",
        holder.token
    );
    // Read before the row is changed: afterwards it names our own process.
    let former = format!(
        "SELECT pid, backend_start::text FROM {lease} WHERE scope = {scope} AND token = {}",
        holder.token
    );
    let Some(former) = session
        .query_text(&former)
        .await
        .map_err(taking)?
        .into_iter()
        .next()
    else {
        return Ok(TakeOver::Lost);
    };
    session
        .execute("BEGIN; SET LOCAL lock_timeout = '2s'")
        .await
        .map_err(taking)?;
    match raise(session, tables, options, &is_abandoned, &former).await {
        Ok(TakeOver::Taken(token)) => {
            let journal = Journal {
                tables,
                options,
                token: Token::Known(token),
            };
            let event = journal.event(&EventRow {
                kind: "takeover",
                outcome: "done",
                detail: serde_json::to_string(holder).ok(),
                ..EventRow::default()
            });
            session
                .execute(&format!("{event}; COMMIT"))
                .await
                .map_err(taking)?;
            Ok(TakeOver::Taken(token))
        }
        Ok(other) => {
            session.execute("ROLLBACK").await.map_err(taking)?;
            Ok(other)
        }
        Err(error) => {
            if error.is_connection_lost() {
                return Err(taking(error));
            }
            session.execute("ROLLBACK").await.map_err(taking)?;
            match error.sqlstate() {
                // lock_not_available: a transaction of the former holder still runs, and holds the row.
                Some("55P03") => Ok(TakeOver::Refused(
                    "its lease has run out, but a step of it still runs in the server and is waited for"
                        .to_owned(),
                )),
                // insufficient_privilege.
                Some("42501") => Ok(TakeOver::Refused(format!(
                    "its lease has run out, but the current role may not end its server process{}",
                    holder.pid.map_or_else(String::new, |pid| format!(" {pid}"))
                ))),
                _ => Err(taking(error)),
            }
        }
    }
}

async fn raise(
    session: &Session,
    tables: &Tables,
    options: &RunOptions,
    condition: &str,
    former: &[Option<String>],
) -> Result<TakeOver, DatabaseError> {
    let taken = value(session, &take(tables, &options.owner(), LEASE, condition)).await?;
    let Some(token) = taken.and_then(|token| token.parse().ok()) else {
        return Ok(TakeOver::Lost);
    };
    let [Some(pid), Some(backend_start)] = former else {
        return Ok(TakeOver::Taken(token));
    };
    let terminate = format!(
        "SELECT pg_catalog.pg_terminate_backend(a.pid, {TERMINATION_MS})
FROM pg_catalog.pg_stat_get_activity({pid}) AS a
WHERE a.pid <> pg_catalog.pg_backend_pid() AND a.backend_start = {}",
        quote_literal(backend_start)
    );
    if value(session, &terminate).await?.as_deref() == Some("f") {
        return Ok(TakeOver::Refused(format!(
            "its lease has run out, but its server process {pid} does not end"
        )));
    }
    Ok(TakeOver::Taken(token))
}

/// The statements that give the lease back, where it is still ours.
pub(crate) fn release(tables: &Tables, token: i64) -> String {
    format!(
        "{};\nSELECT pg_catalog.pg_advisory_unlock({})",
        give_back(tables, &format!("token = {token}")),
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
pub(crate) async fn value(session: &Session, query: &str) -> Result<Option<String>, DatabaseError> {
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
