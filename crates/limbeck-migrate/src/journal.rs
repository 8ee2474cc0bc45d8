//! What goes before and after a step in its message, and the rows that a run leaves in the own tables.
//!
//! Online, the token of the lease is a number known to the runner; in a script it is the value of a setting of the
//! session. Everything else is the same text.

use limbeck_history::{Direction, Revision, RevisionId, Step, StepSide};
use limbeck_sql::quote_literal;
use serde_json::{Map, Value};

use crate::converge::Goal;
use crate::options::RunOptions;
use crate::sql::{block, list, literal_or_null, own_process, own_process_start, text_array};
use crate::tables::Tables;

/// SQLSTATEs that Limbeck's own statements raise. Class `LB` is used by nobody else.
pub mod sqlstate {
    /// Another runner has taken the lease.
    pub const LEASE_LOST: &str = "LB001";
    /// A `require` found something.
    pub const REQUIRE_FAILED: &str = "LB002";
    /// The step ended its own transaction.
    pub const TRANSACTION_ENDED: &str = "LB003";
    /// A script finds the database elsewhere than it starts from.
    pub const WRONG_START: &str = "LB004";
    /// A script finds another runner at work.
    pub const LEASE_HELD: &str = "LB005";
    /// The table of another tool has changed since an import read it.
    pub const IMPORT_MOVED: &str = "LB006";
    /// A step has left something behind in its session: no error, but a notice.
    pub const SESSION_CHANGED: &str = "LB007";
}

/// The setting that holds a step's nonce for the length of its transaction.
const NONCE: &str = "limbeck.step";
/// The setting that holds when a step began.
const BEGAN: &str = "limbeck.began";
/// The setting that holds the tag of a run.
const TAG: &str = "limbeck.tag";
/// The setting that holds the token of a script's lease.
const TOKEN: &str = "limbeck.token";

/// The token of the lease.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Token {
    /// Known to the runner.
    Known(i64),
    /// In the setting that a script keeps it in.
    Setting,
}

impl Token {
    fn expression(self) -> String {
        match self {
            Self::Known(token) => token.to_string(),
            Self::Setting => format!("pg_catalog.current_setting('{TOKEN}')::bigint"),
        }
    }
}

/// Which way, as the own tables write it.
pub(crate) fn word(direction: Direction) -> &'static str {
    match direction {
        Direction::Up => "up",
        Direction::Down => "down",
    }
}

/// How far a revision has come with one of its steps.
#[derive(Debug, Clone)]
pub(crate) enum Outcome {
    /// More steps follow.
    Going,
    /// It was the last: the revision is applied.
    Applied { heads: Heads },
    /// It was the last on the way down: the revision is gone. `was_applied` is false for one that had never been
    /// applied as a whole.
    Gone { was_applied: bool, heads: Heads },
}

/// How the heads change.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Heads {
    pub(crate) removed: Vec<RevisionId>,
    pub(crate) added: Vec<RevisionId>,
}

/// Writes the own tables' rows.
#[derive(Debug, Clone)]
pub(crate) struct Journal<'a> {
    pub(crate) tables: &'a Tables,
    pub(crate) options: &'a RunOptions,
    pub(crate) token: Token,
    /// What tells when a step began.
    pub(crate) clock: Clock,
    /// Whether the server process is the run's own, and goes on record.
    pub(crate) has_own_process: bool,
}

/// What tells when a step began that runs in a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Clock {
    /// Its transaction began with it.
    Transaction,
    /// The transaction is that of several steps, and each notes its beginning in a setting.
    Setting,
}

impl Clock {
    /// When the step began, as an SQL expression.
    fn began(self) -> String {
        match self {
            Self::Transaction => "pg_catalog.transaction_timestamp()".to_owned(),
            Self::Setting => format!("pg_catalog.current_setting('{BEGAN}')::pg_catalog.timestamptz"),
        }
    }

    /// How long the step has run, as an SQL expression.
    pub(crate) fn duration(self) -> String {
        format!("pg_catalog.clock_timestamp() - {}", self.began())
    }
}

/// Notes when a step begins, for [`Clock::Setting`].
pub(crate) fn note_beginning() -> String {
    format!("SELECT pg_catalog.set_config('{BEGAN}', pg_catalog.clock_timestamp()::text, true)")
}

/// Hands the tag of the run to its steps.
pub(crate) fn set_tag(tag: &str) -> String {
    format!(
        "SELECT pg_catalog.set_config('{TAG}', {}, true)",
        quote_literal(tag)
    )
}

/// An event, without what is the same in all of them.
#[derive(Debug, Default)]
pub(crate) struct EventRow<'a> {
    pub(crate) kind: &'a str,
    pub(crate) revision: Option<&'a str>,
    pub(crate) step: Option<usize>,
    pub(crate) direction: Option<Direction>,
    /// An SQL expression of type `interval`.
    pub(crate) duration: Option<&'a str>,
    pub(crate) outcome: &'a str,
    pub(crate) sqlstate: Option<&'a str>,
    pub(crate) detail: Option<Value>,
}

impl Journal<'_> {
    /// The fence: raises where the lease is no longer ours, else holds it until the transaction ends. `FOR KEY
    /// SHARE` lets the heartbeat pass and makes a take-over wait.
    fn fence(&self) -> String {
        format!(
            "  PERFORM FROM {lease} WHERE scope = {scope} AND token = {token} FOR KEY SHARE;
  IF NOT FOUND THEN
    RAISE EXCEPTION USING ERRCODE = '{code}', MESSAGE = 'another runner has taken the lease';
  END IF;",
            lease = self.tables.name("lease"),
            scope = self.tables.scope(),
            token = self.token.expression(),
            code = sqlstate::LEASE_LOST,
        )
    }

    /// What begins a step's transaction: the fence, and the nonce.
    pub(crate) fn guard(&self, nonce: &str) -> String {
        let body = format!("BEGIN\n{}\n{}\nEND", self.fence(), set_nonce(nonce));
        format!("DO {}", block(&body))
    }

    /// What begins a transaction of Limbeck's own: the fence alone.
    pub(crate) fn fenced(&self) -> String {
        format!("DO {}", block(&format!("BEGIN\n{}\nEND", self.fence())))
    }

    /// The row of a step that has run in the current transaction.
    pub(crate) fn step_done(
        &self,
        revision: &Revision,
        step: &Step,
        side: &StepSide,
        direction: Direction,
    ) -> Vec<String> {
        vec![
            self.forget_step(revision.id.as_str(), step.number),
            self.insert_step(
                revision.id.as_str(),
                step,
                side,
                direction,
                "done",
                "NULL",
                "pg_catalog.clock_timestamp()",
            ),
        ]
    }

    /// The row of a step outside a transaction that is about to run, with what the catalogue shows before it. Begun
    /// again, it counts the attempts; what was seen before stays, unless the step runs anew.
    pub(crate) fn step_running(
        &self,
        revision: &Revision,
        step: &Step,
        side: &StepSide,
        direction: Direction,
        is_anew: bool,
    ) -> String {
        let seen = Goal::of(step, direction).map_or_else(|| "NULL".to_owned(), |goal| goal.seen());
        let insert = self.insert_step(
            revision.id.as_str(),
            step,
            side,
            direction,
            "running",
            &seen,
            "NULL",
        );
        let before = if is_anew { "excluded" } else { "step" };
        format!(
            "{insert}
ON CONFLICT (scope, revision, direction, n) DO UPDATE SET state = excluded.state, attempt = step.attempt + 1,
  name = excluded.name, sql_hash = excluded.sql_hash, token = excluded.token, pid = excluded.pid,
  backend_start = excluded.backend_start, before = {before}.before, started_at = excluded.started_at,
  finished_at = NULL"
        )
    }

    /// A step outside a transaction has ended.
    pub(crate) fn step_ended(&self, revision: &Revision, step: &Step, direction: Direction) -> Vec<String> {
        let own = self.step_key(revision.id.as_str(), step.number);
        let table = self.tables.name("step");
        vec![
            format!(
                "DELETE FROM {table} WHERE {own} AND direction <> '{}'",
                word(direction)
            ),
            format!(
                "UPDATE {table} SET state = 'done', finished_at = pg_catalog.clock_timestamp()
WHERE {own} AND direction = '{}'",
                word(direction)
            ),
        ]
    }

    /// A step outside a transaction has failed, and the server lives to say so.
    pub(crate) fn step_failed(&self, revision: &Revision, step: &Step, direction: Direction) -> String {
        format!(
            "UPDATE {} SET state = 'failed', finished_at = pg_catalog.clock_timestamp()
WHERE {} AND direction = '{}' AND token = {}",
            self.tables.name("step"),
            self.step_key(revision.id.as_str(), step.number),
            word(direction),
            self.token.expression(),
        )
    }

    /// How long a step outside a transaction has run, as an SQL expression.
    pub(crate) fn step_duration(&self, revision: &Revision, step: &Step, direction: Direction) -> String {
        format!(
            "(SELECT finished_at - started_at FROM {} WHERE {} AND direction = '{}')",
            self.tables.name("step"),
            self.step_key(revision.id.as_str(), step.number),
            word(direction)
        )
    }

    fn step_key(&self, revision: &str, number: usize) -> String {
        format!(
            "scope = {} AND revision = {} AND n = {number}",
            self.tables.scope(),
            quote_literal(revision)
        )
    }

    fn forget_step(&self, revision: &str, number: usize) -> String {
        format!(
            "DELETE FROM {} WHERE {}",
            self.tables.name("step"),
            self.step_key(revision, number)
        )
    }

    #[expect(clippy::too_many_arguments, reason = "one for each column that differs")]
    fn insert_step(
        &self,
        revision: &str,
        step: &Step,
        side: &StepSide,
        direction: Direction,
        state: &str,
        before: &str,
        finished_at: &str,
    ) -> String {
        format!(
            "INSERT INTO {table} AS step
  (scope, revision, direction, n, name, sql_hash, state, attempt, token, pid, backend_start, before,
   started_at, finished_at)
VALUES
  ({scope}, {revision}, '{direction}', {n}, {name}, {hash}, '{state}', 1, {token}, {process},
   {process_start},
   {before}, {began}, {finished_at})",
            process = own_process(self.has_own_process),
            process_start = own_process_start(self.has_own_process),
            began = self.clock.began(),
            table = self.tables.name("step"),
            scope = self.tables.scope(),
            revision = quote_literal(revision),
            direction = word(direction),
            n = step.number,
            name = quote_literal(&step.name),
            hash = quote_literal(&side.hash),
            token = self.token.expression(),
        )
    }

    /// The rows that change because a revision has come to its end, one way or the other; none while more steps
    /// follow.
    pub(crate) fn outcome(&self, revision: &Revision, outcome: &Outcome) -> Vec<String> {
        match outcome {
            Outcome::Going => Vec::new(),
            Outcome::Applied { heads } => {
                let mut statements = vec![self.insert_revision(revision, "applied")];
                statements.extend(self.heads(heads));
                statements
            }
            Outcome::Gone { was_applied, heads } => {
                let id = [revision.id.as_str()];
                let mut statements = vec![self.forget_steps(id)];
                if *was_applied {
                    statements.push(self.forget_revisions(id));
                    statements.extend(self.heads(heads));
                }
                statements
            }
        }
    }

    /// The row of a revision; one that is there already is replaced.
    pub(crate) fn insert_revision(&self, revision: &Revision, origin: &str) -> String {
        let said = said_by_file(revision);
        let names: Vec<&str> = said.iter().map(|(column, _)| *column).collect();
        let values: Vec<&str> = said.iter().map(|(_, value)| value.as_str()).collect();
        let again: Vec<String> = names
            .iter()
            .chain(&["origin", "origin_detail", "applied_at"])
            .map(|column| format!("{column} = excluded.{column}"))
            .collect();
        format!(
            "INSERT INTO {table}
  (scope, id, {names}, origin, applied_at)
VALUES
  ({scope}, {id},
   {values},
   '{origin}', pg_catalog.clock_timestamp())
ON CONFLICT (scope, id) DO UPDATE SET {again}",
            table = self.tables.name("revision"),
            scope = self.tables.scope(),
            id = quote_literal(revision.id.as_str()),
            names = names.join(", "),
            values = values.join(",\n   "),
            again = again.join(",\n  "),
        )
    }

    /// Puts a file in the place of the one that was applied. How and when the revision came there stays.
    pub(crate) fn replace_revision(&self, revision: &Revision) -> String {
        let said: Vec<String> = said_by_file(revision)
            .iter()
            .map(|(column, value)| format!("{column} = {value}"))
            .collect();
        format!(
            "UPDATE {table} SET {said}
WHERE scope = {scope} AND id = {id}",
            table = self.tables.name("revision"),
            said = said.join(", "),
            scope = self.tables.scope(),
            id = quote_literal(revision.id.as_str()),
        )
    }

    /// What is known of how a revision came to be there, as JSON, and since when it is.
    pub(crate) fn tell_origin(&self, id: &RevisionId, detail: &str, applied_at: Option<&str>) -> String {
        let applied_at = applied_at.map_or_else(String::new, |at| {
            format!(", applied_at = {}::pg_catalog.timestamptz", quote_literal(at))
        });
        format!(
            "UPDATE {} SET origin_detail = {}::pg_catalog.jsonb{applied_at}
WHERE scope = {} AND id = {}",
            self.tables.name("revision"),
            quote_literal(detail),
            self.tables.scope(),
            quote_literal(id.as_str())
        )
    }

    pub(crate) fn forget_revisions<'i>(&self, ids: impl IntoIterator<Item = &'i str>) -> String {
        format!(
            "DELETE FROM {} WHERE scope = {} AND id IN {}",
            self.tables.name("revision"),
            self.tables.scope(),
            list(ids)
        )
    }

    pub(crate) fn forget_steps<'i>(&self, revisions: impl IntoIterator<Item = &'i str>) -> String {
        format!(
            "DELETE FROM {} WHERE scope = {} AND revision IN {}",
            self.tables.name("step"),
            self.tables.scope(),
            list(revisions)
        )
    }

    /// Forgets every revision of the scope. Its events stay.
    pub(crate) fn forget_all(&self) -> Vec<String> {
        let scope = self.tables.scope();
        ["head", "revision", "step"]
            .map(|table| format!("DELETE FROM {} WHERE scope = {scope}", self.tables.name(table)))
            .to_vec()
    }

    pub(crate) fn heads(&self, heads: &Heads) -> Vec<String> {
        let table = self.tables.name("head");
        let scope = self.tables.scope();
        let mut statements = Vec::new();
        if !heads.removed.is_empty() {
            statements.push(format!(
                "DELETE FROM {table} WHERE scope = {scope} AND revision IN {}",
                list(&heads.removed)
            ));
        }
        if !heads.added.is_empty() {
            let rows: Vec<_> = heads
                .added
                .iter()
                .map(|head| format!("({scope}, {})", quote_literal(head.as_str())))
                .collect();
            statements.push(format!(
                "INSERT INTO {table} (scope, revision) VALUES {}",
                rows.join(", ")
            ));
        }
        statements
    }

    pub(crate) fn event(&self, event: &EventRow<'_>) -> String {
        format!(
            "INSERT INTO {table}
  (scope, at, kind, revision, step, direction, database_user, os_user, host, application, version, duration,
   outcome, sqlstate, detail)
VALUES
  ({scope}, pg_catalog.clock_timestamp(), {kind}, {revision}, {step}, {direction}, session_user, {os_user}, {host},
   {application}, {version}, {duration}, {outcome}, {sqlstate}, {detail})",
            table = self.tables.name("event"),
            scope = self.tables.scope(),
            kind = quote_literal(event.kind),
            revision = literal_or_null(event.revision),
            step = event.step.map_or_else(|| "NULL".to_owned(), |step| step.to_string()),
            direction = literal_or_null(event.direction.map(word)),
            os_user = literal_or_null(self.options.os_user.as_deref()),
            host = literal_or_null(self.options.host.as_deref()),
            application = quote_literal(&self.options.application),
            version = quote_literal(&self.options.version),
            duration = event.duration.unwrap_or("NULL"),
            outcome = quote_literal(event.outcome),
            sqlstate = literal_or_null(event.sqlstate),
            detail = literal_or_null(self.detail(event).as_deref()),
        )
    }

    /// An event's detail as JSON, with the tag of the run.
    fn detail(&self, event: &EventRow<'_>) -> Option<String> {
        let mut detail = event.detail.clone();
        if let Some(tag) = &self.options.tag {
            let detail = detail.get_or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(fields) = detail {
                fields.insert("tag".to_owned(), Value::String(tag.clone()));
            }
        }
        detail.map(|detail| detail.to_string())
    }

    /// The event of a step that committed, or of a revision without steps.
    pub(crate) fn done_event(
        &self,
        revision: &Revision,
        step: Option<&Step>,
        direction: Direction,
        duration: &str,
    ) -> String {
        self.event(&EventRow {
            kind: if step.is_some() { "step" } else { "revision" },
            revision: Some(revision.id.as_str()),
            step: step.map(|step| step.number),
            direction: Some(direction),
            duration: Some(duration),
            outcome: "done",
            ..EventRow::default()
        })
    }
}

/// The columns of a revision's row that its file says, with their values.
fn said_by_file(revision: &Revision) -> [(&'static str, String); 9] {
    [
        ("parents", text_array(&revision.parents)),
        ("depends_on", text_array(&revision.depends_on)),
        ("labels", text_array(&revision.branch_labels)),
        ("replaces", text_array(&revision.replaces)),
        ("message", quote_literal(&revision.message)),
        ("file_name", quote_literal(&revision.file_name())),
        ("checksum", quote_literal(&revision.checksum)),
        ("format", revision.format.to_string()),
        ("body", quote_literal(&revision.text)),
    ]
}

fn set_nonce(nonce: &str) -> String {
    format!(
        "  PERFORM pg_catalog.set_config('{NONCE}', {}, true);",
        quote_literal(nonce)
    )
}

/// Sets the nonce alone, where there is no lease to check.
pub(crate) fn nonce(nonce: &str) -> String {
    format!(
        "SELECT pg_catalog.set_config('{NONCE}', {}, true)",
        quote_literal(nonce)
    )
}

/// Raises unless the transaction is still the one that the guard began. `COMMIT` and `ROLLBACK` end the nonce, which
/// lives as long as its transaction.
pub(crate) fn seal(nonce: &str) -> String {
    let body = format!(
        "BEGIN
  IF pg_catalog.current_setting('{NONCE}', true) IS DISTINCT FROM {} THEN
    RAISE EXCEPTION USING ERRCODE = '{}', MESSAGE = 'the step ended its own transaction';
  END IF;
END",
        quote_literal(nonce),
        sqlstate::TRANSACTION_ENDED,
    );
    format!("DO {}", block(&body))
}

/// The setting that hands the count of a `require` to its check.
const COUNT: &str = "limbeck.count";

/// The statement around a `require`'s query: what stands before it, and after it.
pub(crate) fn count_query() -> (String, String) {
    (
        format!("SELECT pg_catalog.set_config('{COUNT}', ("),
        "\n)::pg_catalog.text, true)".to_owned(),
    )
}

/// Raises unless the count was 0.
pub(crate) fn count_check(message: &str) -> String {
    let body = format!(
        "BEGIN
  IF pg_catalog.current_setting('{COUNT}') <> '0' THEN
    RAISE EXCEPTION USING ERRCODE = '{}', MESSAGE = {}, DETAIL = pg_catalog.current_setting('{COUNT}');
  END IF;
END",
        sqlstate::REQUIRE_FAILED,
        quote_literal(message),
    );
    format!("DO {}", block(&body))
}
