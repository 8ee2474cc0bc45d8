//! What a database is after a run, as far as two runs must come to the same: its catalogue, its rows, and what it says
//! of itself. Left out are events, times, processes, tokens, attempts, OIDs and the positions of sequences.

use std::fmt::Write as _;

use limbeck_catalog::{Catalog, ReadOptions};
use limbeck_postgres::{Session, Settings};

use crate::server::session;

#[derive(Debug, PartialEq)]
pub struct Outcome {
    catalog: Catalog,
    rows: Vec<String>,
    applied: Vec<String>,
}

/// What the own tables say, a query each. What a step found before it is compared without the OIDs, which have five digits
/// at least.
const APPLIED: [(&str, &str); 4] = [
    ("head", "SELECT scope, revision FROM limbeck.head ORDER BY 1, 2"),
    (
        "revision",
        "SELECT scope, id, parents, depends_on, labels, replaces, message, file_name, checksum, format, md5(body),
           origin, origin_detail
         FROM limbeck.revision ORDER BY 1, 2",
    ),
    (
        "step",
        "SELECT scope, revision, direction, n, name, sql_hash, state,
           regexp_replace(before::text, '[0-9]{5,}', 'OID', 'g'), cursor, finished_at IS NULL
         FROM limbeck.step ORDER BY 1, 2, 4, 3",
    ),
    ("lease", "SELECT scope FROM limbeck.lease ORDER BY 1"),
];

impl Outcome {
    pub async fn read(database: &Settings) -> Self {
        let session = session(database).await;
        let options = ReadOptions {
            undisturbed: true,
            version_schema: Some("limbeck".to_owned()),
            owners: true,
            ..ReadOptions::default()
        };
        let catalog = limbeck_catalog::read(session.client(), &options).await.unwrap();
        let outcome = Self {
            catalog,
            rows: rows(&session).await,
            applied: applied(&session).await,
        };
        session.close().await;
        outcome
    }

    /// In what the other differs; empty where it does not.
    pub fn difference(&self, other: &Self) -> String {
        let mut text = String::new();
        for difference in self.catalog.differences(&other.catalog) {
            let _ = writeln!(text, "    {difference:?}");
        }
        for (one, another) in [(&self.rows, &other.rows), (&self.applied, &other.applied)] {
            let mut missing = another.clone();
            for line in one {
                match missing.iter().position(|other| other == line) {
                    Some(at) => drop(missing.remove(at)),
                    None => {
                        let _ = writeln!(text, "    only undisturbed: {line}");
                    }
                }
            }
            for line in missing {
                let _ = writeln!(text, "    only disturbed:   {line}");
            }
        }
        if text.is_empty() && self != other {
            text.push_str("    the catalogues differ in what they hold besides objects\n");
        }
        text
    }
}

/// Every row of every table of the user's.
async fn rows(session: &Session) -> Vec<String> {
    let tables = lines(
        session,
        "SELECT c.oid::regclass FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
         WHERE c.relkind IN ('r', 'm') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'limbeck') ORDER BY 1",
    )
    .await;
    if tables.is_empty() {
        return Vec::new();
    }
    let each: Vec<String> = tables
        .iter()
        .map(|table| {
            format!(
                "SELECT '{}', x::text FROM {table} AS x",
                table.replace('\'', "''")
            )
        })
        .collect();
    lines(session, &format!("{} ORDER BY 1, 2", each.join(" UNION ALL "))).await
}

async fn applied(session: &Session) -> Vec<String> {
    if lines(session, "SELECT to_regclass('limbeck.meta')").await == ["-"] {
        return vec!["no tables of its own".to_owned()];
    }
    let mut all = Vec::new();
    for (table, query) in APPLIED {
        let found = lines(session, query).await;
        all.extend(found.into_iter().map(|line| format!("{table}: {line}")));
    }
    all
}

/// The rows of a query, columns separated by bars.
async fn lines(session: &Session, query: &str) -> Vec<String> {
    let rows = session.query_text(query).await.unwrap();
    rows.into_iter()
        .map(|row| {
            let columns = row
                .into_iter()
                .map(|value| value.unwrap_or_else(|| "-".to_owned()));
            columns.collect::<Vec<_>>().join("|")
        })
        .collect()
}
