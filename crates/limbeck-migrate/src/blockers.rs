//! Who holds what a step waits for: seen from a second session, and ended from there where that is wanted.

use std::fmt;
use std::time::Duration;

use limbeck_postgres::{DatabaseError, Session};
use limbeck_sql::{quote_literal, without_literals};
use serde::Serialize;

use crate::event::optional_seconds;
use crate::tables::Tables;

/// What the queries of others are cut to, in characters.
const QUERY_LENGTH: usize = 200;

/// A step that waits, and for whom.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Blocked {
    /// What it waits for.
    pub waiting_for: WaitedLock,
    /// Those who have it, and those whom they wait for in turn.
    pub blockers: Vec<Blocker>,
}

/// A lock that is waited for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WaitedLock {
    /// What kind of thing is locked, in PostgreSQL's word: `relation`, `transactionid`, `virtualxid`, …
    /// (<https://www.postgresql.org/docs/current/view-pg-locks.html>).
    pub lock_type: String,
    /// The table or index, qualified, where it is one.
    pub relation: Option<String>,
    /// How it is to be locked: `AccessExclusiveLock`.
    pub mode: String,
}

/// Somebody who is waited for.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Blocker {
    /// The server process; 0 for a prepared transaction, which has none.
    pub pid: i32,
    /// What it is.
    pub kind: BlockerKind,
    /// Its role.
    pub user: Option<String>,
    /// Its `application_name`.
    pub application: Option<String>,
    /// What it does, in PostgreSQL's words: `active`, `idle in transaction`. `None` where the current role may not see it.
    pub state: Option<String>,
    /// How long its transaction has been open, in seconds.
    #[serde(serialize_with = "optional_seconds")]
    pub transaction_age: Option<Duration>,
    /// What it runs, or has run last, with `?` for each value.
    pub query: Option<String>,
    /// How it locks what is waited for.
    pub holds: Vec<String>,
    /// Whether it waits for a lock itself, for one of the others that are told.
    pub waits: bool,
    /// The name of a prepared transaction.
    pub prepared: Option<String>,
    #[serde(skip)]
    backend_start: Option<String>,
    #[serde(skip)]
    transaction_start: Option<String>,
}

/// What a blocker is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum BlockerKind {
    /// A session of a client.
    Session,
    /// Another runner of Limbeck.
    Runner,
    /// A worker of autovacuum, which makes way by itself within `deadlock_timeout`.
    Autovacuum,
    /// A worker of autovacuum that must not be stopped: it keeps transaction numbers from running out.
    WraparoundAutovacuum,
    /// Replication.
    Replication,
    /// A transaction that was prepared for a commit in two phases, and waits for its end.
    PreparedTransaction,
    /// Another process of the server.
    Background,
    /// The current role may not see what it is.
    Hidden,
}

/// How a blocker is ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// `pg_cancel_backend`: its statement is cancelled.
    Cancel,
    /// `pg_terminate_backend`: its session is ended, since it runs nothing that could be cancelled.
    Terminate,
}

/// What came of ending a blocker.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum EndingResult {
    /// It was ended.
    Done,
    /// It had gone on meanwhile.
    Gone,
    /// The server does not let the current role end it.
    Refused(String),
}

/// `AccessExclusiveLock on public.users`.
impl fmt::Display for WaitedLock {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.lock_type.as_str(), &self.relation) {
            ("relation", Some(relation)) => write!(formatter, "{} on {relation}", self.mode),
            ("tuple", Some(relation)) => write!(formatter, "a row of {relation}"),
            ("transactionid", _) => formatter.write_str("the end of another transaction"),
            ("virtualxid", _) => formatter.write_str("the end of an older transaction"),
            (other, Some(relation)) => write!(formatter, "a lock ({other}) of {relation}"),
            (other, None) => write!(formatter, "a lock ({other})"),
        }
    }
}

/// `server process 4711 (ada, psql), idle in transaction for 12 min, holds AccessShareLock; its last query: SELECT ?`.
impl fmt::Display for Blocker {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.prepared {
            Some(name) => write!(formatter, "prepared transaction `{name}`")?,
            None if self.pid == 0 => formatter.write_str("a prepared transaction")?,
            None => write!(formatter, "server process {}", self.pid)?,
        }
        let what = match self.kind {
            BlockerKind::Session | BlockerKind::PreparedTransaction | BlockerKind::Hidden => None,
            BlockerKind::Runner => Some("another runner"),
            BlockerKind::Autovacuum => Some("autovacuum"),
            BlockerKind::WraparoundAutovacuum => Some("autovacuum to prevent wraparound"),
            BlockerKind::Replication => Some("replication"),
            BlockerKind::Background => Some("a process of the server"),
        };
        let user = self.user.as_deref();
        let application = self.application.as_deref().filter(|name| !name.is_empty());
        let who: Vec<&str> = [what, user, application].into_iter().flatten().collect();
        if !who.is_empty() {
            write!(formatter, " ({})", who.join(", "))?;
        }
        if let Some(state) = &self.state {
            write!(formatter, ", {state}")?;
        }
        if let Some(age) = self.transaction_age {
            write!(formatter, ", its transaction is {} old", age_words(age))?;
        }
        if !self.holds.is_empty() {
            write!(formatter, ", holds {}", self.holds.join(", "))?;
        }
        if self.waits {
            formatter.write_str(", waits itself")?;
        }
        if self.kind == BlockerKind::Hidden {
            formatter.write_str(", which the current role may not see more of (`pg_read_all_stats`)")?;
        }
        let Some(query) = self.query.as_deref().filter(|query| !query.is_empty()) else {
            return Ok(());
        };
        let which = if self.state.as_deref() == Some("active") {
            "runs"
        } else {
            "ran last"
        };
        write!(formatter, "; {which}: {query}")
    }
}

fn age_words(age: Duration) -> String {
    match age.as_secs() {
        seconds @ 0..120 => format!("{seconds} s"),
        seconds @ 120..7_200 => format!("{} min", seconds / 60),
        seconds => format!("{} h", seconds / 3_600),
    }
}

impl Blocker {
    /// How it may be ended; `None` for what must not be, or would not help: runners, replication, what autovacuum does to
    /// prevent wraparound, what cannot be seen, and what only waits itself.
    #[must_use]
    pub fn ending(&self) -> Option<Ending> {
        let is_possible = matches!(self.kind, BlockerKind::Session | BlockerKind::Autovacuum);
        if !is_possible || self.waits {
            return None;
        }
        match self.state.as_deref() {
            Some("active" | "fastpath function call") => Some(Ending::Cancel),
            Some("idle in transaction" | "idle in transaction (aborted)") => Some(Ending::Terminate),
            _ => None,
        }
    }

    /// The same transaction of the same session, however often it is looked at.
    pub(crate) fn identity(&self) -> (i32, Option<&str>, Option<&str>) {
        (
            self.pid,
            self.backend_start.as_deref(),
            self.transaction_start.as_deref(),
        )
    }

    fn read(row: Vec<Option<String>>, application: &str) -> Option<Self> {
        let mut columns = row.into_iter().skip(3);
        let mut next = || columns.next().flatten();
        let pid = next()?.parse().ok()?;
        let backend_type = next();
        let user = next();
        let own_name = next();
        let state = next();
        let age = next().and_then(|age| age.parse::<f64>().ok());
        let query = next();
        let waits = next().as_deref() == Some("t");
        let is_hidden = next().as_deref() == Some("t");
        let backend_start = next();
        let transaction_start = next();
        let holds = next().unwrap_or_default();
        let holds_lease = next().as_deref() == Some("t");
        let prepared = next();
        let is_limbeck = own_name
            .as_deref()
            .is_some_and(|name| name.starts_with("limbeck") || name == application);
        let kind = match backend_type.as_deref() {
            _ if pid == 0 => BlockerKind::PreparedTransaction,
            _ if holds_lease || is_limbeck => BlockerKind::Runner,
            _ if is_hidden => BlockerKind::Hidden,
            Some("client backend") => BlockerKind::Session,
            Some("autovacuum worker")
                if query
                    .as_deref()
                    .is_some_and(|q| q.contains("(to prevent wraparound)")) =>
            {
                BlockerKind::WraparoundAutovacuum
            }
            Some("autovacuum worker") => BlockerKind::Autovacuum,
            Some(other) if other == "walsender" || other.starts_with("logical replication") => {
                BlockerKind::Replication
            }
            _ => BlockerKind::Background,
        };
        Some(Self {
            pid,
            kind,
            user,
            application: own_name,
            state,
            transaction_age: age.and_then(|age| Duration::try_from_secs_f64(age.max(0.0)).ok()),
            query: query.filter(|_| !is_hidden).map(|query| shown(&query)),
            holds: holds
                .split(',')
                .filter(|mode| !mode.is_empty())
                .map(str::to_owned)
                .collect(),
            waits,
            prepared,
            backend_start,
            transaction_start,
        })
    }
}

/// A query as it may be shown.
fn shown(query: &str) -> String {
    let text = without_literals(query);
    match text.char_indices().nth(QUERY_LENGTH) {
        Some((end, _)) => format!("{} …", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

/// Looks whom a server process waits for; `None` where it waits for nobody. `application` is the name that runners of the
/// same kind go by.
pub(crate) async fn look(
    session: &Session,
    pid: i32,
    tables: &Tables,
    application: &str,
) -> Result<Option<Blocked>, DatabaseError> {
    // Where a whole chain waits, its end is the one to look at.
    let query = format!(
        "WITH RECURSIVE blocker (pid) AS (
    SELECT pid FROM pg_catalog.unnest(pg_catalog.pg_blocking_pids({pid})) AS first (pid)
  UNION
    SELECT next.pid FROM blocker, pg_catalog.unnest(pg_catalog.pg_blocking_pids(blocker.pid)) AS next (pid)
), waited AS (
  SELECT locktype, relation, mode FROM pg_catalog.pg_locks WHERE pid = {pid} AND NOT granted LIMIT 1
)
SELECT w.locktype,
  (SELECT pg_catalog.format('%I.%I', n.nspname, c.relname) FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace WHERE c.oid = w.relation),
  w.mode, b.pid, a.backend_type, coalesce(a.usename, p.owner), a.application_name, a.state,
  extract(epoch FROM pg_catalog.clock_timestamp() - coalesce(a.xact_start, p.prepared)), a.query,
  pg_catalog.cardinality(pg_catalog.pg_blocking_pids(b.pid)) > 0,
  a.query = '<insufficient privilege>', a.backend_start, a.xact_start,
  (SELECT pg_catalog.string_agg(DISTINCT h.mode, ',') FROM pg_catalog.pg_locks AS h
    WHERE h.granted AND h.relation = w.relation
      AND CASE WHEN b.pid = 0 THEN h.pid IS NULL ELSE h.pid = b.pid END),
  EXISTS (SELECT FROM {lease} AS l WHERE l.pid = b.pid AND b.pid <> {pid}
    AND (l.backend_start IS NULL OR a.backend_start IS NULL OR l.backend_start = a.backend_start)),
  p.gid
FROM blocker AS b
LEFT JOIN waited AS w ON true
LEFT JOIN pg_catalog.pg_stat_activity AS a ON a.pid = b.pid
LEFT JOIN LATERAL (SELECT x.gid, x.owner, x.prepared FROM pg_catalog.pg_prepared_xacts AS x
  JOIN pg_catalog.pg_locks AS h ON h.virtualtransaction = '-1/' || x.transaction
  WHERE b.pid = 0 AND h.granted AND h.pid IS NULL
    AND (h.relation = w.relation OR w.relation IS NULL AND h.locktype = w.locktype)
  GROUP BY x.gid, x.owner, x.prepared) AS p ON true
WHERE b.pid <> {pid}
ORDER BY 11, b.pid",
        lease = tables.name("lease"),
    );
    let rows = session.query_text(&query).await?;
    let Some(first) = rows.first() else {
        return Ok(None);
    };
    let column = |n: usize| first.get(n).cloned().flatten();
    let Some(lock_type) = column(0) else {
        // It came in this very moment.
        return Ok(None);
    };
    let waiting_for = WaitedLock {
        lock_type,
        relation: column(1),
        mode: column(2).unwrap_or_default(),
    };
    let blockers: Vec<Blocker> = rows
        .into_iter()
        .filter_map(|row| Blocker::read(row, application))
        .collect();
    Ok(Some(Blocked {
        waiting_for,
        blockers,
    }))
}

/// Ends what a blocker does, where it is still the same transaction in the same state.
pub(crate) async fn end(session: &Session, blocker: &Blocker, ending: Ending) -> EndingResult {
    let literal = |text: &Option<String>| {
        text.as_deref().map_or_else(
            || "NULL".to_owned(),
            |text| format!("{}::timestamptz", quote_literal(text)),
        )
    };
    let (function, state) = match ending {
        Ending::Cancel => ("pg_cancel_backend", "active"),
        Ending::Terminate => ("pg_terminate_backend", "idle in transaction"),
    };
    let query = format!(
        "SELECT pg_catalog.{function}(a.pid) FROM pg_catalog.pg_stat_activity AS a
WHERE a.pid = {} AND a.backend_start = {} AND a.xact_start IS NOT DISTINCT FROM {} AND a.state LIKE '{state}%'",
        blocker.pid,
        literal(&blocker.backend_start),
        literal(&blocker.transaction_start),
    );
    match session.query_text(&query).await {
        Ok(rows) => {
            let is_done = rows.into_iter().flatten().flatten().any(|value| value == "t");
            if is_done {
                EndingResult::Done
            } else {
                EndingResult::Gone
            }
        }
        Err(error) => EndingResult::Refused(error.message().to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(columns: [Option<&str>; 17]) -> Vec<Option<String>> {
        columns.map(|column| column.map(str::to_owned)).to_vec()
    }

    fn blocker(backend_type: &str, application: &str, state: Option<&str>, query: &str) -> Blocker {
        let hidden = if state.is_none() { "t" } else { "f" };
        Blocker::read(
            row([
                Some("relation"),
                Some("public.users"),
                Some("AccessExclusiveLock"),
                Some("4711"),
                Some(backend_type).filter(|_| state.is_some()),
                Some("ada"),
                Some(application),
                state,
                state.map(|_| "720.5"),
                Some(query),
                Some("f"),
                Some(hidden),
                Some("2026-01-01 00:00:00+00"),
                Some("2026-01-01 00:00:01+00"),
                Some("AccessShareLock,RowShareLock"),
                Some("f"),
                None,
            ]),
            "acme",
        )
        .unwrap()
    }

    #[test]
    fn they_are_told_without_their_values() {
        let told = blocker(
            "client backend",
            "psql",
            Some("idle in transaction"),
            "SELECT * FROM users WHERE mail = 'ada@example.org'",
        );
        assert_eq!(
            told.to_string(),
            "server process 4711 (ada, psql), idle in transaction, its transaction is 12 min old, holds \
             AccessShareLock, RowShareLock; ran last: SELECT * FROM users WHERE mail = ?"
        );
        let long = format!("SELECT {}", "a".repeat(1_000));
        let told = blocker("client backend", "psql", Some("active"), &long);
        assert_eq!(told.query.unwrap().chars().count(), QUERY_LENGTH + 2);
        let hidden = blocker("", "psql", None, "<insufficient privilege>");
        assert_eq!(
            hidden.to_string(),
            "server process 4711 (ada, psql), holds AccessShareLock, RowShareLock, which the current role may not \
             see more of (`pg_read_all_stats`)"
        );
    }

    #[test]
    fn what_must_go_on_is_never_ended() {
        let ending = |backend_type: &str, application: &str, state: &str, query: &str| {
            blocker(backend_type, application, Some(state), query).ending()
        };
        let client = |state: &str| ending("client backend", "psql", state, "SELECT 1");
        assert_eq!(client("active"), Some(Ending::Cancel));
        assert_eq!(client("idle in transaction"), Some(Ending::Terminate));
        assert_eq!(client("idle in transaction (aborted)"), Some(Ending::Terminate));
        assert_eq!(client("idle"), None);
        let vacuum = "autovacuum: VACUUM public.users";
        assert_eq!(
            ending("autovacuum worker", "", "active", vacuum),
            Some(Ending::Cancel)
        );
        let wraparound = format!("{vacuum} (to prevent wraparound)");
        for (backend_type, application, query) in [
            ("autovacuum worker", "", wraparound.as_str()),
            ("walsender", "", "START_REPLICATION"),
            ("logical replication worker", "", ""),
            ("parallel worker", "", "SELECT 1"),
            ("client backend", "limbeck", "SELECT 1"),
            ("client backend", "limbeck heartbeat", "SELECT 1"),
            ("client backend", "acme", "SELECT 1"),
        ] {
            let found = ending(backend_type, application, "active", query);
            assert_eq!(found, None, "{backend_type} {application}");
        }
        assert_eq!(blocker("", "psql", None, "").ending(), None);
        let mut waiting = blocker("client backend", "psql", Some("active"), "SELECT 1");
        waiting.waits = true;
        assert_eq!(waiting.ending(), None);
    }
}
