//! How far a statement has come, as far as the server tells: `pg_stat_progress_*`
//! (<https://www.postgresql.org/docs/current/progress-reporting.html>) and `pg_stat_activity`.

use limbeck_postgres::{DatabaseError, Session};
use limbeck_sql::first_words;
use serde::{Deserialize, Serialize};

/// How far a statement has come.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Progress {
    /// The command, in PostgreSQL's words, where it tells how far that is: `CREATE INDEX CONCURRENTLY`, `VACUUM`.
    pub command: Option<String>,
    /// The table, qualified and quoted.
    pub table: Option<String>,
    /// The phase, in PostgreSQL's words: `building index: scanning table`.
    pub phase: Option<String>,
    /// What the statement waits for, where that is a lock: `relation`, `virtualxid`, `transactionid`
    /// (<https://www.postgresql.org/docs/current/monitoring-stats.html#WAIT-EVENT-LOCK-TABLE>).
    pub lock: Option<String>,
    /// How much of the phase is done, in units.
    pub done: Option<u64>,
    /// How much there is to do in the phase, in units.
    pub total: Option<u64>,
    /// What is counted.
    pub unit: Option<Unit>,
    /// How much of the phase is done, from 0 to 100.
    #[serde(skip_deserializing)]
    pub per_cent: Option<u8>,
}

/// What the progress of a statement is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Blocks of a table or an index, of 8 kB each.
    Blocks,
    /// Rows.
    Rows,
    /// Bytes.
    Bytes,
    /// Other transactions that have to end.
    Transactions,
    /// Partitions.
    Partitions,
    /// Samples of child tables.
    Tables,
}

impl Unit {
    /// The unit in words, as of several.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Blocks => "blocks",
            Self::Rows => "rows",
            Self::Bytes => "bytes",
            Self::Transactions => "transactions",
            Self::Partitions => "partitions",
            Self::Tables => "tables",
        }
    }
}

impl Progress {
    /// Which of a step's statements runs, from 1, where that can be told: the server says what the whole message is, not
    /// how far it has come in it.
    pub(crate) fn statement(&self, statements: &[&str]) -> Option<usize> {
        if statements.len() == 1 {
            return Some(1);
        }
        let command = self.command.as_deref()?;
        let word = command.split(' ').next()?;
        let mut alike = statements.iter().enumerate().filter(|(_, statement)| {
            let words = first_words(statement);
            let verb = words.first().map(String::as_str);
            // An index is built for a constraint, too.
            verb == Some(word) || (word == "CREATE" && verb == Some("ALTER"))
        });
        let (index, _) = alike.next()?;
        alike.next().is_none().then_some(index + 1)
    }
}

/// Looks at a server process once. `None` where it is not there, or does nothing.
pub(crate) async fn look(session: &Session, pid: i32) -> Result<Option<Progress>, DatabaseError> {
    let rows = session.query_text(&query(pid)).await?;
    let json = rows
        .into_iter()
        .next()
        .and_then(|row| row.into_iter().next())
        .flatten();
    Ok(json.as_deref().and_then(read))
}

fn read(json: &str) -> Option<Progress> {
    let mut progress: Progress = serde_json::from_str(json).ok()?;
    if let (Some(done), Some(total)) = (progress.done, progress.total) {
        // PostgreSQL estimates some totals.
        let done = done.min(total);
        let per_cent = done.saturating_mul(100).checked_div(total);
        progress.per_cent = per_cent.and_then(|per_cent| u8::try_from(per_cent).ok());
    } else {
        progress.per_cent = None;
    }
    Some(progress)
}

/// One row of JSON, or none. Each kind of command has a view of its own; a process is in one of them at most.
fn query(pid: i32) -> String {
    format!(
        "SELECT pg_catalog.row_to_json(p) FROM (
  SELECT k.command, k.phase, k.relid::pg_catalog.regclass::pg_catalog.text AS \"table\",
    CASE WHEN a.wait_event_type = 'Lock' THEN a.wait_event END AS lock,
    CASE WHEN k.total > 0 THEN k.done END AS done, NULLIF(k.total, 0) AS total,
    CASE WHEN k.total > 0 THEN k.unit END AS unit
  FROM pg_catalog.pg_stat_activity AS a
  LEFT JOIN LATERAL (
    SELECT command, phase, relid, u.*
      FROM pg_catalog.pg_stat_progress_create_index AS i
      CROSS JOIN LATERAL (
        SELECT lockers_done, lockers_total, 'transactions' WHERE phase LIKE 'waiting%'
        UNION ALL SELECT tuples_done, tuples_total, 'rows' WHERE phase NOT LIKE 'waiting%' AND tuples_total > 0
        UNION ALL SELECT blocks_done, blocks_total, 'blocks'
          WHERE phase NOT LIKE 'waiting%' AND tuples_total = 0 AND (blocks_total > 0 OR partitions_total = 0)
        UNION ALL SELECT partitions_done, partitions_total, 'partitions'
          WHERE phase NOT LIKE 'waiting%' AND tuples_total = 0 AND blocks_total = 0 AND partitions_total > 0
      ) AS u (done, total, unit)
      WHERE i.pid = a.pid
    UNION ALL
    SELECT 'VACUUM', phase, relid,
        CASE phase WHEN 'vacuuming heap' THEN heap_blks_vacuumed ELSE heap_blks_scanned END, heap_blks_total, 'blocks'
      FROM pg_catalog.pg_stat_progress_vacuum AS v WHERE v.pid = a.pid
    UNION ALL
    SELECT command, phase, relid, heap_blks_scanned, heap_blks_total, 'blocks'
      FROM pg_catalog.pg_stat_progress_cluster AS c WHERE c.pid = a.pid
    UNION ALL
    SELECT 'ANALYZE', phase, relid,
        CASE WHEN phase LIKE '%inherited%' THEN child_tables_done ELSE sample_blks_scanned END,
        CASE WHEN phase LIKE '%inherited%' THEN child_tables_total ELSE sample_blks_total END,
        CASE WHEN phase LIKE '%inherited%' THEN 'tables' ELSE 'blocks' END
      FROM pg_catalog.pg_stat_progress_analyze AS n WHERE n.pid = a.pid
    UNION ALL
    SELECT 'COPY', NULL, relid, bytes_processed, bytes_total, 'bytes'
      FROM pg_catalog.pg_stat_progress_copy AS y WHERE y.pid = a.pid
  ) AS k (command, phase, relid, done, total, unit) ON true
  WHERE a.pid = {pid} AND a.datname = pg_catalog.current_database() AND a.state = 'active'
  LIMIT 1
) AS p"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn per_cent_are_of_the_phase_and_never_above_a_hundred() {
        let of = |json: &str| read(json).unwrap().per_cent;
        assert_eq!(of(r#"{"done": 0, "total": 8, "unit": "blocks"}"#), Some(0));
        assert_eq!(of(r#"{"done": 1, "total": 3, "unit": "rows"}"#), Some(33));
        assert_eq!(of(r#"{"done": 9, "total": 8, "unit": "blocks"}"#), Some(100));
        assert_eq!(of(r#"{"done": 9, "total": 0}"#), None);
        assert_eq!(
            of(r#"{"phase": "initializing", "done": null, "total": null, "unit": null}"#),
            None
        );
        assert_eq!(read("no JSON"), None);
    }

    #[test]
    fn the_statement_is_told_where_only_one_can_be_meant() {
        let building = Progress {
            command: Some("CREATE INDEX".to_owned()),
            ..Progress::default()
        };
        let one = ["UPDATE t SET a = 1"];
        assert_eq!(Progress::default().statement(&one), Some(1));
        let two = ["UPDATE t SET a = 1", "CREATE INDEX ON t (a)"];
        assert_eq!(Progress::default().statement(&two), None);
        assert_eq!(building.statement(&two), Some(2));
        let unclear = ["ALTER TABLE t ADD PRIMARY KEY (a)", "CREATE INDEX ON t (b)"];
        assert_eq!(building.statement(&unclear), None);
    }
}
