//! The journal, read: who did what when, and how it ended.

use limbeck_history::Direction;
use limbeck_postgres::Session;
use limbeck_sql::quote_literal;
use serde::{Deserialize, Serialize};

use crate::error::MigrateError;
use crate::options::RunOptions;
use crate::position::{Position, from_json, reading};
use crate::sql::list;
use crate::tables::Tables;

/// Which entries of the journal are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LogFilter {
    /// Of this revision alone: its whole identifier. What put it on record with others, a stamp or an import, is of
    /// it too.
    pub revision: Option<String>,
    /// Not before this time.
    pub since: Option<Since>,
    /// Of these kinds alone: `step`, `revision`, `stamp`, `accept`, `import`, `takeover`,
    /// `cancel_blocker`. Empty for all.
    pub kinds: Vec<String>,
    /// Only what did not come to its end.
    pub failed: bool,
    /// At most so many, the newest ones.
    pub limit: Option<u64>,
}

/// A time to look back to, by the server's clock, in PostgreSQL's words
/// (<https://www.postgresql.org/docs/current/datatype-datetime.html>).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Since {
    /// A `timestamptz`, in UTC where it names no zone: `2026-11-21 10:00`, `yesterday`.
    At(String),
    /// An `interval` before now: `2h`, `7 days`.
    Ago(String),
}

/// One entry of the journal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LogEntry {
    /// Its number. Later ones are greater.
    pub id: i64,
    /// When it was written: `2026-11-21T10:00:00.123456+00:00`.
    pub at: String,
    /// What was done: `step`, `revision` (one without steps), `stamp`, `accept`, `import`, `takeover`,
    /// `cancel_blocker`.
    pub kind: String,
    /// The revision, where it was about one.
    pub revision: Option<String>,
    /// The revision's message, where the database still has it.
    pub message: Option<String>,
    /// The step's place in the revision, from 1.
    pub step: Option<u32>,
    /// The step's name, where the database still has it.
    pub step_name: Option<String>,
    /// Which way.
    pub direction: Option<Direction>,
    /// The role that the session had logged in as.
    pub database_user: String,
    /// The operating system's name of who ran it.
    pub os_user: Option<String>,
    /// The machine that ran it.
    pub host: Option<String>,
    /// The application that ran it.
    pub application: String,
    /// Its version.
    pub version: String,
    /// How long it took, in seconds.
    pub duration: Option<f64>,
    /// How it ended: `done`, `failed`, `interrupted`.
    pub outcome: String,
    /// PostgreSQL's code of the failure.
    pub sqlstate: Option<String>,
    /// What there is to know besides: the message of a failure, where a stamp led.
    pub detail: Option<serde_json::Value>,
}

/// Reads the journal, the newest entry first. `None` where the own tables are missing: nothing was ever run.
///
/// # Errors
///
/// The tables cannot be read, are of a newer format, or only some of them are there; `since` is no time (then the
/// SQLSTATE is of class 22).
pub async fn log(
    session: &Session,
    options: &RunOptions,
    filter: &LogFilter,
) -> Result<Option<Vec<LogEntry>>, MigrateError> {
    let tables = Tables::new(&options.version_schema, &options.scope);
    if !Position::read(&crate::line::Line::Lent(session), &tables)
        .await?
        .exists
    {
        return Ok(None);
    }
    let mut conditions = vec![format!("e.scope = {}", tables.scope())];
    if let Some(revision) = &filter.revision {
        // Of a number or of nothing, `?` is false or null: neither is an entry.
        let id = quote_literal(revision);
        conditions.push(format!(
            "(e.revision = {id} OR e.revision IS NULL AND e.detail->'revisions' ? {id})"
        ));
    }
    if let Some(since) = &filter.since {
        conditions.push(match since {
            Since::At(time) => format!("e.at >= {}::pg_catalog.timestamptz", quote_literal(time)),
            Since::Ago(interval) => format!(
                "e.at >= pg_catalog.clock_timestamp() - {}::pg_catalog.interval",
                quote_literal(interval)
            ),
        });
    }
    if !filter.kinds.is_empty() {
        conditions.push(format!("e.kind IN {}", list(&filter.kinds)));
    }
    if filter.failed {
        conditions.push("e.outcome <> 'done'".to_owned());
    }
    let limit = filter
        .limit
        .map_or_else(String::new, |limit| format!("\n  LIMIT {limit}"));
    let query = format!(
        "SELECT pg_catalog.json_agg(entry ORDER BY id DESC) FROM (
  SELECT e.id, pg_catalog.to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"+00:00\"') AS at, e.kind,
    e.revision,
    (SELECT r.message FROM {revision} AS r WHERE r.scope = e.scope AND r.id = e.revision) AS message,
    e.step,
    (SELECT s.name FROM {step} AS s WHERE s.scope = e.scope AND s.revision = e.revision AND s.n = e.step
      ORDER BY s.started_at DESC LIMIT 1) AS step_name,
    e.direction, e.database_user, e.os_user, e.host, e.application, e.version,
    EXTRACT(epoch FROM e.duration)::pg_catalog.float8 AS duration,
    e.outcome, e.sqlstate, e.detail
  FROM {event} AS e WHERE {conditions}
  ORDER BY e.id DESC{limit}) AS entry",
        revision = tables.name("revision"),
        step = tables.name("step"),
        event = tables.name("event"),
        conditions = conditions.join(" AND "),
    );
    let entries = crate::lease::value(&crate::line::Line::Lent(session), &query)
        .await
        .map_err(|error| reading(&tables, error))?;
    from_json(&tables, entries).map(Some)
}

/// The identifiers of the revisions that the journal speaks of and of those that are applied, in order.
///
/// # Errors
///
/// As for [`log`].
pub async fn logged_revisions(session: &Session, options: &RunOptions) -> Result<Vec<String>, MigrateError> {
    let tables = Tables::new(&options.version_schema, &options.scope);
    if !Position::read(&crate::line::Line::Lent(session), &tables)
        .await?
        .exists
    {
        return Ok(Vec::new());
    }
    let query = format!(
        "SELECT revision FROM {event} WHERE scope = {scope} AND revision IS NOT NULL
UNION SELECT id FROM {revision} WHERE scope = {scope} ORDER BY 1",
        event = tables.name("event"),
        revision = tables.name("revision"),
        scope = tables.scope(),
    );
    let rows = session
        .query_text(&query)
        .await
        .map_err(|error| reading(&tables, error))?;
    Ok(rows
        .into_iter()
        .filter_map(|row| row.into_iter().next().flatten())
        .collect())
}
