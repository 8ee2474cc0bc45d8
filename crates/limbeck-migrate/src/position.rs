//! Where a database is, as far as a run must know: read in one round trip.

use std::collections::{BTreeMap, BTreeSet};

use limbeck_history::{Direction, RevisionId};
use serde::{Deserialize, Serialize};

use crate::error::{ErrorKind, MigrateError};
use crate::lease::{LAST_STEP, value};
use crate::line::Line;
use crate::tables::{FORMAT, TABLES, Tables};

/// Where a database is: what it has applied, with the checksums, and what it has begun.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Position {
    /// Whether the own tables are there.
    pub(crate) exists: bool,
    pub(crate) heads: BTreeSet<RevisionId>,
    /// The revisions that are applied, with the checksums of their files.
    pub(crate) applied: BTreeMap<RevisionId, String>,
    /// The steps that make a revision partly applied, and those that are running.
    pub(crate) steps: Vec<StepRecord>,
    pub(crate) holder: Option<Holder>,
    /// The token of the lease while nobody held it. Whoever changes anything raises it first: the one who takes the lease
    /// with the next token finds everything as it is here.
    pub(crate) free_token: Option<i64>,
    /// When the server was started, as it prints it. Another time is another server, or the same after a restart.
    pub(crate) server_started: Option<String>,
}

/// A step of a revision that is neither wholly applied nor wholly undone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepRecord {
    /// The revision.
    pub revision: RevisionId,
    /// Which way the step has gone last.
    pub direction: Direction,
    /// Its place in the revision, from 1.
    pub n: usize,
    /// Its name.
    pub name: String,
    /// The hash of what ran.
    pub sql_hash: String,
    /// Whether it has come to its end.
    pub state: StepState,
    /// How often it was begun.
    pub attempt: u32,
    /// What a step outside a transaction found before its first attempt.
    pub before: Option<serde_json::Value>,
}

/// How far a step has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepState {
    /// Outside a transaction, and begun; it runs, or died.
    Running,
    /// Outside a transaction, and the server reported an error.
    Failed,
    /// Committed.
    Done,
}

/// Who holds the lease.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// The token, which counts how often the lease was taken.
    pub token: i64,
    /// Who, in words.
    pub owner: String,
    /// The server process of its session.
    pub pid: Option<i32>,
    /// The last step that it has committed or begun outside a transaction: `8f3c2a91d0b4 plans`.
    pub last_step: Option<String>,
}

/// `ada@build-7 (limbeck 0.1.0), server process 4711, last at 8f3c2a91d0b4 plans`.
impl std::fmt::Display for Holder {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.owner)?;
        if let Some(pid) = self.pid {
            write!(formatter, ", server process {pid}")?;
        }
        if let Some(step) = &self.last_step {
            write!(formatter, ", last at {step}")?;
        }
        Ok(())
    }
}

impl Position {
    /// Reads where the database is. Missing tables are a database where nothing was ever run.
    pub(crate) async fn read(session: &Line<'_>, tables: &Tables) -> Result<Self, MigrateError> {
        // What there is in any case is asked in front, for that the rest fails where tables are missing.
        let all = format!(
            "SELECT {SERVER_STARTED};\n{};\n{}",
            Presence::query(tables),
            query(tables)
        );
        let (rows, end) = session.rows_before_end(&all).await;
        match end {
            Ok(()) => Self::of_row(tables, rows.into_iter().last().unwrap_or_default()),
            // undefined_table, invalid_schema_name; undefined_column in a newer format.
            Err(error) if matches!(error.sqlstate(), Some("42P01" | "3F000" | "42703")) => {
                // No row of a table follows that of the server.
                if let [server] = &rows[..] {
                    return Ok(Self::nothing(server.first().cloned().flatten()));
                }
                if !Presence::read(session, tables).await?.check(tables)? {
                    return Ok(Self::nothing(rows.into_iter().flatten().next().flatten()));
                }
                // Another runner has made them just now.
                let rows = session.query_text(&query(tables)).await;
                let rows = rows.map_err(|error| reading(tables, error))?;
                Self::of_row(tables, rows.into_iter().next().unwrap_or_default())
            }
            Err(error) => Err(reading(tables, error)),
        }
    }

    /// What the row of [`query`] says.
    fn of_row(tables: &Tables, row: Vec<Option<String>>) -> Result<Self, MigrateError> {
        let mut columns = row.into_iter();
        let mut next = || columns.next().flatten();
        let format = next().and_then(|format| format.parse().ok()).unwrap_or(FORMAT);
        check_format(tables, format)?;
        let heads = next().unwrap_or_default();
        let applied = next().unwrap_or_default();
        let position = Self {
            exists: true,
            heads: heads
                .lines()
                .map(|id| identifier(tables, id))
                .collect::<Result<_, _>>()?,
            applied: applied
                .lines()
                .filter_map(|line| line.split_once(' '))
                .map(|(id, checksum)| Ok((identifier(tables, id)?, checksum.to_owned())))
                .collect::<Result<_, MigrateError>>()?,
            steps: from_json(tables, next())?,
            holder: from_json(tables, next())?,
            free_token: next().and_then(|token| token.parse().ok()),
            server_started: next(),
        };
        Ok(position)
    }

    /// The same within a transaction, which a query of tables that are missing would fail.
    pub(crate) async fn read_in_transaction(
        session: &Line<'_>,
        tables: &Tables,
    ) -> Result<Self, MigrateError> {
        if Presence::read(session, tables).await?.check(tables)? {
            Self::read(session, tables).await
        } else {
            let server_started = value(session, &format!("SELECT {SERVER_STARTED}")).await;
            Ok(Self::nothing(
                server_started.map_err(|error| reading(tables, error))?,
            ))
        }
    }

    /// A database where nothing was ever run. The first to take its lease gets the token 1.
    fn nothing(server_started: Option<String>) -> Self {
        Self {
            free_token: Some(0),
            server_started,
            ..Self::default()
        }
    }

    /// The steps of a revision that are on record.
    pub(crate) fn steps_of<'a>(&'a self, revision: &'a str) -> impl Iterator<Item = &'a StepRecord> {
        self.steps
            .iter()
            .filter(move |step| step.revision.as_str() == revision)
    }

    /// Whether a step's up stands.
    pub(crate) fn stands(&self, revision: &RevisionId, number: usize) -> bool {
        let done = |direction| {
            self.steps_of(revision.as_str())
                .any(|step| step.n == number && step.direction == direction && step.state == StepState::Done)
        };
        if self.applied.contains_key(revision) {
            !done(Direction::Down)
        } else {
            done(Direction::Up)
        }
    }

    /// The record of a step outside a transaction that was begun in a direction and did not come to its end.
    pub(crate) fn unfinished(
        &self,
        revision: &RevisionId,
        number: usize,
        direction: Direction,
    ) -> Option<&StepRecord> {
        self.steps
            .iter()
            .filter(|step| step.revision == *revision)
            .find(|step| step.n == number && step.direction == direction && step.state != StepState::Done)
    }

    /// Revisions of which some steps stand, or were begun, and that are not applied.
    pub(crate) fn begun(&self) -> BTreeSet<&RevisionId> {
        self.steps
            .iter()
            .map(|step| &step.revision)
            .filter(|id| !self.applied.contains_key(*id))
            .collect()
    }

    /// Revisions that are applied, of which some steps are undone or were begun to be.
    pub(crate) fn receding(&self) -> BTreeSet<&RevisionId> {
        self.steps
            .iter()
            .map(|step| &step.revision)
            .filter(|id| self.applied.contains_key(*id))
            .collect()
    }
}

/// When the server was started, as an SQL expression.
const SERVER_STARTED: &str = "pg_catalog.pg_postmaster_start_time()::pg_catalog.text";

/// One row of seven columns: format, heads, revisions with checksums, unfinished steps, holder of the lease, its token
/// where there is none, start of the server.
fn query(tables: &Tables) -> String {
    let [meta, head, lease, revision, step] =
        ["meta", "head", "lease", "revision", "step"].map(|table| tables.name(table));
    let scope = tables.scope();
    format!(
        "SELECT
  (SELECT pg_catalog.max(format) FROM {meta}),
  (SELECT pg_catalog.string_agg(revision, E'\\n') FROM {head} WHERE scope = {scope}),
  (SELECT pg_catalog.string_agg(id || ' ' || checksum, E'\\n') FROM {revision} WHERE scope = {scope}),
  (SELECT pg_catalog.json_agg(s ORDER BY revision, n, direction) FROM
    (SELECT revision, direction, n, name, sql_hash, state, attempt, before FROM {step} AS step
      WHERE scope = {scope} AND NOT (direction = 'up' AND state = 'done' AND EXISTS
        (SELECT FROM {revision} AS r WHERE r.scope = step.scope AND r.id = step.revision))) AS s),
  (SELECT pg_catalog.row_to_json(h) FROM
    (SELECT token, owner, pid, {last_step} AS last_step FROM {lease} AS lease
      WHERE scope = {scope} AND owner IS NOT NULL) AS h),
  (SELECT token FROM {lease} WHERE scope = {scope} AND owner IS NULL),
  {SERVER_STARTED}",
        last_step = LAST_STEP.replace("{step}", &step),
    )
}

/// What there is of the own tables.
struct Presence {
    present: BTreeSet<String>,
    format: Option<i32>,
}

impl Presence {
    /// The names of the tables that are there.
    fn query(tables: &Tables) -> String {
        let values: Vec<_> = TABLES
            .iter()
            .map(|table| format!("('{table}', {})", limbeck_sql::quote_literal(&tables.name(table))))
            .collect();
        format!(
            "SELECT name FROM (VALUES {}) AS own (name, qualified) WHERE pg_catalog.to_regclass(qualified) IS NOT NULL",
            values.join(", ")
        )
    }

    async fn read(session: &Line<'_>, tables: &Tables) -> Result<Self, MigrateError> {
        let rows = session
            .query_text(&Self::query(tables))
            .await
            .map_err(|error| reading(tables, error))?;
        let present: BTreeSet<String> = rows
            .into_iter()
            .filter_map(|row| row.into_iter().next().flatten())
            .collect();
        let format = if present.contains("meta") {
            let query = format!("SELECT pg_catalog.max(format) FROM {}", tables.name("meta"));
            let rows = session
                .query_text(&query)
                .await
                .map_err(|error| reading(tables, error))?;
            rows.into_iter()
                .next()
                .and_then(|row| row.into_iter().next())
                .flatten()
                .and_then(|text| text.parse().ok())
        } else {
            None
        };
        Ok(Self { present, format })
    }

    /// Whether the tables are there: all of them or none, and in a format that is known.
    fn check(&self, tables: &Tables) -> Result<bool, MigrateError> {
        if let Some(format) = self.format {
            check_format(tables, format)?;
        }
        let missing: Vec<String> = TABLES
            .iter()
            .filter(|table| !self.present.contains(**table))
            .map(|&table| table.to_owned())
            .collect();
        if missing.len() == TABLES.len() {
            return Ok(false);
        }
        if missing.is_empty() {
            return Ok(true);
        }
        Err(ErrorKind::TablesMissing {
            schema: tables.schema().to_owned(),
            missing,
        }
        .into())
    }
}

fn check_format(tables: &Tables, found: i32) -> Result<(), MigrateError> {
    if found > FORMAT {
        let schema = tables.schema().to_owned();
        return Err(ErrorKind::NewerFormat {
            schema,
            found,
            known: FORMAT,
        }
        .into());
    }
    Ok(())
}

pub(crate) fn reading(tables: &Tables, error: limbeck_postgres::DatabaseError) -> MigrateError {
    ErrorKind::Database {
        doing: format!("reading the tables of the schema `{}`", tables.schema()),
        error,
    }
    .into()
}

pub(crate) fn identifier(tables: &Tables, text: &str) -> Result<RevisionId, MigrateError> {
    text.parse()
        .map_err(|error: limbeck_history::InvalidName| unreadable(tables, &error.to_string()))
}

pub(crate) fn from_json<T: serde::de::DeserializeOwned + Default>(
    tables: &Tables,
    json: Option<String>,
) -> Result<T, MigrateError> {
    json.map_or_else(
        || Ok(T::default()),
        |json| serde_json::from_str(&json).map_err(|error| unreadable(tables, &error.to_string())),
    )
}

fn unreadable(tables: &Tables, problem: &str) -> MigrateError {
    ErrorKind::Graph(format!(
        "the tables of the schema `{}` hold what no release writes: {problem}",
        tables.schema()
    ))
    .into()
}
