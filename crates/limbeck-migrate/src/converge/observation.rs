//! What the catalogue shows of what a step is about.

use limbeck_postgres::DatabaseError;
use limbeck_sql::quote_literal;
use serde::Deserialize;

use super::{Aim, Goal, Target};
use crate::line::Line;

/// What the catalogue shows of what a step is about.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(crate) struct Observation {
    /// The relation; none when it is not there.
    pub(super) oid: Option<u32>,
    /// Its qualified name, quoted.
    pub(crate) name: Option<String>,
    /// For an index that is no partitioned one: `pg_index.indisvalid`.
    pub(super) valid: Option<bool>,
    /// For an index: its table.
    pub(super) table: Option<u32>,
    /// The same, qualified and quoted.
    pub(crate) table_name: Option<String>,
    /// For an index: whether it is on another table than the step's statement names.
    pub(super) elsewhere: Option<bool>,
    /// For a partition: the qualified name of the table that it belongs to, quoted.
    pub(super) parent: Option<String>,
    /// For a partition: `pg_inherits.inhdetachpending`.
    pub(super) detach_pending: Option<bool>,
    /// The invalid indexes beside those that are built anew, as `REINDEX … CONCURRENTLY` leaves them.
    pub(super) leftovers: Option<Vec<Leftover>>,
    /// Who builds it now.
    pub(crate) builder: Option<Builder>,
}

/// An invalid index that is left over.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(super) struct Leftover {
    pub(super) oid: u32,
    /// Qualified and quoted.
    pub(super) name: String,
}

/// A server process that builds an index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(crate) struct Builder {
    pub(crate) pid: i32,
    /// Whether only its lock on the table can be seen, and not what it builds.
    pub(crate) is_hidden: bool,
}

/// How much is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Extent {
    /// What is kept in the journal.
    Lasting,
    /// The same, and what matters at the moment only.
    Whole,
}

impl Observation {
    /// Whether it is an index that queries do not use.
    pub(super) fn is_invalid(&self) -> bool {
        self.valid == Some(false)
    }
}

impl Goal {
    /// What the catalogue shows now. `first` is what gives the session its settings again, where a step may have changed
    /// them.
    pub(crate) async fn observe(
        &self,
        session: &Line<'_>,
        first: &[String],
    ) -> Result<Observation, DatabaseError> {
        let Some(query) = self.query(Extent::Whole) else {
            return Ok(Observation::default());
        };
        let mut message = first.to_vec();
        message.push(format!("SELECT pg_catalog.to_json(o) FROM ({query}) AS o"));
        // What comes first may give rows too.
        let rows = session.query_text(&message.join(";\n")).await?;
        let json = rows
            .into_iter()
            .next_back()
            .and_then(|row| row.into_iter().next());
        let json = json.flatten().unwrap_or_default();
        // Taking what cannot be read for nothing there would drop or skip what is.
        serde_json::from_str(&json).map_err(|error| {
            DatabaseError::local(format!("what the catalogue shows cannot be read: {error}"))
        })
    }

    /// What the catalogue shows when a statement runs, as an SQL expression of type `jsonb`; `{}` for nothing there.
    pub(crate) fn seen(&self) -> String {
        let Some(query) = self.query(Extent::Lasting) else {
            return "NULL".to_owned();
        };
        format!(
            "(SELECT pg_catalog.jsonb_strip_nulls(pg_catalog.to_jsonb(o)) FROM (
{query}
) AS o)"
        )
    }

    /// One row, of nulls where nothing is there; `None` where there is nothing to look at.
    fn query(&self, extent: Extent) -> Option<String> {
        let relation = match &self.target {
            Target::Relation(name) => regclass(name),
            // The name of an index that is built has no schema: it is that of its table.
            Target::IndexOf { index, table } => format!(
                "(SELECT x.oid FROM pg_catalog.pg_class AS x JOIN pg_catalog.pg_class AS t ON t.relnamespace = x.relnamespace
      WHERE t.oid = {} AND x.relname = (pg_catalog.parse_ident({}))[1]::pg_catalog.name)",
                regclass(table),
                quote_literal(index),
            ),
            Target::Schema(_) | Target::Database => "NULL::pg_catalog.oid".to_owned(),
            Target::Nothing => return None,
        };
        let (mut columns, mut joins) = (String::new(), "");
        let tables = self.tables(&relation);
        let mut beside = String::new();
        if self.aim == Aim::Reindexes {
            beside = format!(", {} AS leftovers", leftovers(tables.as_deref()));
        }
        if extent == Extent::Whole {
            beside.push_str(&format!(", {} AS builder", self.builder(tables.as_deref())));
            let elsewhere = match &self.table {
                Some(table) => format!("i.indrelid <> {}", regclass(table)),
                None => "NULL".to_owned(),
            };
            columns = format!(
                ",
      {elsewhere} AS elsewhere,
      CASE WHEN t.oid IS NOT NULL THEN pg_catalog.format('%I.%I', tn.nspname, t.relname) END AS table_name"
            );
            joins = "
    LEFT JOIN pg_catalog.pg_class AS t ON t.oid = i.indrelid
    LEFT JOIN pg_catalog.pg_namespace AS tn ON tn.oid = t.relnamespace";
        }
        Some(format!(
            "  SELECT r.*{beside}
  FROM (VALUES (1)) AS always (n) LEFT JOIN (
    SELECT c.oid::pg_catalog.int8 AS oid, pg_catalog.format('%I.%I', n.nspname, c.relname) AS name,
      CASE c.relkind WHEN 'i' THEN i.indisvalid END AS valid, i.indrelid::pg_catalog.int8 AS \"table\",
      h.inhdetachpending AS detach_pending,
      CASE WHEN p.oid IS NOT NULL THEN pg_catalog.format('%I.%I', pn.nspname, p.relname) END AS parent{columns}
    FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    LEFT JOIN pg_catalog.pg_index AS i ON i.indexrelid = c.oid{joins}
    LEFT JOIN pg_catalog.pg_inherits AS h ON h.inhrelid = c.oid AND c.relispartition
    LEFT JOIN pg_catalog.pg_class AS p ON p.oid = h.inhparent
    LEFT JOIN pg_catalog.pg_namespace AS pn ON pn.oid = p.relnamespace
    WHERE c.oid = {relation}
  ) AS r ON true"
        ))
    }

    /// Who builds what the goal is about, as an SQL expression of type `json`. A role that may not see what a process
    /// builds sees its lock on the table: none but one builder has it at a time.
    fn builder(&self, tables: Option<&str>) -> String {
        let (is_builder, tables) = match (self.aim, tables) {
            (Aim::Reindexes, Some(tables)) => (format!("b.relid IN ({tables})"), tables),
            (Aim::Reindexes, None) => (
                "b.command LIKE 'REINDEX%'".to_owned(),
                "SELECT x.indrelid FROM pg_catalog.pg_index AS x WHERE NOT x.indisvalid",
            ),
            _ => ("b.index_relid = r.oid".to_owned(), "SELECT r.\"table\""),
        };
        format!(
            "(SELECT pg_catalog.json_build_object('pid', b.pid, 'is_hidden', b.relid IS NULL)
      FROM pg_catalog.pg_stat_progress_create_index AS b
      WHERE b.datname = pg_catalog.current_database() AND b.pid <> pg_catalog.pg_backend_pid()
        AND ({is_builder} OR b.relid IS NULL AND EXISTS (
          SELECT FROM pg_catalog.pg_locks AS k WHERE k.pid = b.pid AND k.locktype = 'relation' AND k.granted
            AND k.mode = 'ShareUpdateExclusiveLock' AND k.relation IN ({tables})))
      LIMIT 1)"
        )
    }

    /// The tables whose indexes are built anew, with their partitions and what is stored beside them, as a query; `None`
    /// for those of the whole database.
    fn tables(&self, relation: &str) -> Option<String> {
        let first = match &self.target {
            Target::Schema(schema) => format!(
                "SELECT c.oid FROM pg_catalog.pg_class AS c
          WHERE c.relkind IN ('r', 'p', 'm') AND c.relnamespace = pg_catalog.to_regnamespace({})",
                quote_literal(schema)
            ),
            Target::Database | Target::Nothing => return None,
            Target::Relation(_) | Target::IndexOf { .. } => format!(
                "SELECT coalesce(i.indrelid, c.oid) FROM pg_catalog.pg_class AS c
          LEFT JOIN pg_catalog.pg_index AS i ON i.indexrelid = c.oid WHERE c.oid = {relation}"
            ),
        };
        Some(format!(
            "WITH first (oid) AS ({first}),
        every (oid) AS (SELECT oid FROM first UNION
          SELECT p.relid::pg_catalog.oid FROM first
            CROSS JOIN LATERAL pg_catalog.pg_partition_tree(first.oid::pg_catalog.regclass) AS p)
        SELECT oid FROM every UNION
        SELECT c.reltoastrelid FROM pg_catalog.pg_class AS c JOIN every ON every.oid = c.oid WHERE c.reltoastrelid <> 0"
        ))
    }
}

fn regclass(name: &str) -> String {
    format!("pg_catalog.to_regclass({})::pg_catalog.oid", quote_literal(name))
}

/// The invalid indexes that bear the names by which `REINDEX … CONCURRENTLY` calls the old and the new one of each pair.
fn leftovers(tables: Option<&str>) -> String {
    let of_tables = tables.map_or_else(String::new, |tables| format!(" AND x.indrelid IN ({tables})"));
    format!(
        "(SELECT pg_catalog.json_agg(pg_catalog.json_build_object('oid', x.indexrelid::pg_catalog.int8,
        'name', pg_catalog.format('%I.%I', xn.nspname, xc.relname)) ORDER BY xn.nspname, xc.relname)
      FROM pg_catalog.pg_index AS x JOIN pg_catalog.pg_class AS xc ON xc.oid = x.indexrelid
      JOIN pg_catalog.pg_namespace AS xn ON xn.oid = xc.relnamespace
      WHERE NOT x.indisvalid AND xc.relkind = 'i' AND xc.relname ~ '_cc(new|old)[0-9]*$'{of_tables})"
    )
}
