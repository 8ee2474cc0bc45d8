//! Each kind of step outside a transaction is killed in the midst of its statement, and between its end and the journal,
//! up and down. Run again, or turned back, it comes to what an undisturbed run comes to.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::print_stderr,
    missing_docs,
    reason = "tests"
)]

mod support;

use std::time::Duration;

use limbeck_history::History;
use support::{Fixture, file, history};

/// A kind of step, and who holds it up half-way.
struct Kind {
    /// What is there before.
    made: &'static str,
    up: Side,
    down: Side,
}

#[derive(Clone, Copy)]
struct Side {
    options: &'static str,
    sql: &'static str,
    /// A transaction that the statement waits for half-way.
    held_by: &'static str,
}

const WRITER: &str = "BEGIN; INSERT INTO t VALUES (1000)";
const READER: &str = "BEGIN; SELECT FROM t";
const LOCK: &str = "BEGIN; LOCK TABLE t IN SHARE MODE";

const TABLE: &str = "CREATE TABLE t (id int);\nINSERT INTO t VALUES (1), (2);\n";
const INDEXED: &str = "CREATE TABLE t (id int PRIMARY KEY, filler text);\nINSERT INTO t VALUES (1), (2);\nCREATE INDEX t_id ON t (id);\n";
const PARTITIONED: &str = "CREATE TABLE t (id int) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (2000);
INSERT INTO t VALUES (1), (2);
";

const fn outside(options: &'static str, sql: &'static str, held_by: &'static str) -> Side {
    Side {
        options,
        sql,
        held_by,
    }
}

impl Kind {
    fn history(&self) -> History {
        let side = |word: &str, side: Side| format!("-- limbeck:{word} it {}\n{};\n", side.options, side.sql);
        history(&[
            file("a", "", &format!("-- limbeck:up t\n{}", self.made)),
            file(
                "b",
                "a",
                &format!("{}{}", side("up", self.up), side("down", self.down)),
            ),
        ])
    }

    async fn fixture(&self) -> Fixture {
        let fixture = Fixture::new().await;
        fixture.upgrade(&self.history(), "a").await.unwrap();
        fixture
    }

    /// Every state that a run may be killed in, and both ways on.
    async fn check(&self) {
        let history = self.history();
        let undisturbed = self.fixture().await;
        let before = state(&undisturbed).await;
        undisturbed.upgrade(&history, "head").await.unwrap();
        let after = state(&undisturbed).await;
        undisturbed.downgrade(&history, "a").await.unwrap();
        assert_eq!(state(&undisturbed).await, before, "there and back");
        for when in [When::Midst, When::Ended] {
            for is_turned in [false, true] {
                let fixture = self.fixture().await;
                killed(&fixture, &history, self.up, when, true).await;
                if is_turned {
                    fixture.downgrade(&history, "a").await.unwrap();
                    assert_eq!(state(&fixture).await, before, "up {when:?}, then down");
                    fixture.upgrade(&history, "head").await.unwrap();
                } else {
                    fixture.upgrade(&history, "head").await.unwrap();
                }
                assert_eq!(state(&fixture).await, after, "up {when:?}, turned: {is_turned}");
                if !self.down.options.contains("transaction=no") {
                    continue;
                }
                killed(&fixture, &history, self.down, when, false).await;
                if is_turned {
                    fixture.upgrade(&history, "head").await.unwrap();
                    assert_eq!(state(&fixture).await, after, "down {when:?}, then up");
                    fixture.downgrade(&history, "a").await.unwrap();
                } else {
                    fixture.downgrade(&history, "a").await.unwrap();
                }
                assert_eq!(
                    state(&fixture).await,
                    before,
                    "down {when:?}, turned: {is_turned}"
                );
            }
        }
    }
}

/// When a run is killed.
#[derive(Debug, Clone, Copy, PartialEq)]
enum When {
    /// While its statement runs.
    Midst,
    /// When its statement has ended, before that is on record.
    Ended,
}

/// Kills a run at a side of the step.
async fn killed(fixture: &Fixture, history: &History, side: Side, when: When, is_up: bool) {
    let holder = fixture.session().await;
    holder.execute(side.held_by).await.unwrap();
    let kill = async {
        let session = fixture.session().await;
        let waits = |beginning: &str| {
            format!(
                "FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
                   AND application_name = 'limbeck' AND ltrim(query, E'\\n') LIKE {}",
                limbeck_sql::quote_literal(&format!("{beginning}%"))
            )
        };
        let terminate =
            |beginning: &str| format!("SELECT pg_terminate_backend(pid, 5000) {}", waits(beginning));
        let beginning = side.sql.split(' ').next().unwrap();
        if when == When::Midst {
            until(&session, &terminate(beginning)).await;
        } else {
            until(&session, &format!("SELECT pid {}", waits(beginning))).await;
            let journal = fixture.session().await;
            journal
                .execute("BEGIN; LOCK TABLE limbeck.step IN SHARE MODE")
                .await
                .unwrap();
            holder.execute("ROLLBACK").await.unwrap();
            until(&session, &terminate("BEGIN")).await;
        }
    };
    let run = async {
        if is_up {
            fixture.upgrade(history, "head").await
        } else {
            fixture.downgrade(history, "a").await
        }
    };
    let (result, ()) = tokio::join!(run, kill);
    result.unwrap_err();
    assert_eq!(
        fixture
            .rows("SELECT state FROM limbeck.step WHERE revision = 'b' AND state <> 'done'")
            .await,
        "running"
    );
    drop(holder);
}

async fn until(session: &limbeck_postgres::Session, query: &str) {
    while session.query_text(query).await.unwrap().is_empty() {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

/// Everything that the steps of these tests can change.
async fn state(fixture: &Fixture) -> String {
    let queries = [
        "SELECT pg_get_indexdef(i.indexrelid), i.indisvalid, i.indisready, i.indislive FROM pg_index AS i
           JOIN pg_class AS c ON c.oid = i.indrelid
           WHERE c.relnamespace = 'public'::regnamespace OR c.oid IN (SELECT reltoastrelid FROM pg_class
             WHERE relnamespace = 'public'::regnamespace) ORDER BY 2, replace(pg_get_indexdef(i.indexrelid), c.oid::text, ''), 1",
        "SELECT inhrelid::regclass, inhparent::regclass, inhdetachpending FROM pg_inherits ORDER BY 1",
        "SELECT conrelid::regclass, conname, pg_get_constraintdef(oid) FROM pg_constraint
           WHERE conrelid <> 0 AND connamespace = 'public'::regnamespace ORDER BY 1, 2",
        "SELECT id FROM t ORDER BY 1",
        "SELECT revision FROM limbeck.head",
        "SELECT revision, n, direction, state FROM limbeck.step ORDER BY 1, 2, 3",
    ];
    let mut state = Vec::new();
    for query in queries {
        // The number of a table that lies beside another differs between two databases.
        let rows = fixture.rows(query).await;
        let rows: String = rows
            .split("pg_toast_")
            .enumerate()
            .map(|(n, part)| {
                if n == 0 {
                    part
                } else {
                    part.trim_start_matches(|c: char| c.is_ascii_digit())
                }
            })
            .collect::<Vec<_>>()
            .join("pg_toast_");
        state.push(rows);
    }
    state.join("\n\n")
}

#[tokio::test]
async fn an_index_is_built() {
    Kind {
        made: TABLE,
        up: outside(
            "transaction=no creates=\"index public.t_id\"",
            "CREATE UNIQUE INDEX CONCURRENTLY t_id ON t (id)",
            WRITER,
        ),
        down: outside("transaction=no", "DROP INDEX CONCURRENTLY t_id", READER),
    }
    .check()
    .await;
}

#[tokio::test]
async fn an_index_is_built_that_no_marker_names() {
    Kind {
        made: TABLE,
        up: outside(
            "transaction=no",
            "CREATE INDEX CONCURRENTLY IF NOT EXISTS \"T id\" ON ONLY public.t (id)",
            WRITER,
        ),
        down: outside(
            "transaction=no",
            "DROP INDEX CONCURRENTLY IF EXISTS \"T id\"",
            READER,
        ),
    }
    .check()
    .await;
}

#[tokio::test]
async fn an_index_is_built_whose_way_down_is_a_transaction() {
    Kind {
        made: TABLE,
        up: outside(
            "transaction=no",
            "CREATE INDEX CONCURRENTLY t_id ON t (id)",
            WRITER,
        ),
        down: outside("", "DROP INDEX t_id", ""),
    }
    .check()
    .await;
}

#[tokio::test]
async fn an_index_is_dropped() {
    Kind {
        made: INDEXED,
        up: outside(
            "transaction=no drops=\"index public.t_id\"",
            "DROP INDEX CONCURRENTLY t_id",
            READER,
        ),
        down: outside(
            "transaction=no creates=\"index public.t_id\"",
            "CREATE INDEX CONCURRENTLY t_id ON t (id)",
            WRITER,
        ),
    }
    .check()
    .await;
}

#[tokio::test]
async fn an_index_is_built_anew() {
    // Killed before the new one is in use, and after.
    for held_by in [WRITER, READER] {
        Kind {
            made: INDEXED,
            up: outside(
                "transaction=no reindexes=\"index public.t_pkey\"",
                "REINDEX INDEX CONCURRENTLY t_pkey",
                held_by,
            ),
            down: outside(
                "transaction=no",
                "REINDEX (CONCURRENTLY) INDEX public.t_id",
                held_by,
            ),
        }
        .check()
        .await;
    }
}

#[tokio::test]
async fn all_indexes_of_a_table_are_built_anew() {
    for held_by in [WRITER, READER] {
        Kind {
            made: INDEXED,
            up: outside("transaction=no", "REINDEX TABLE CONCURRENTLY t", held_by),
            down: outside(
                "transaction=no reindexes=\"table public.t\"",
                "REINDEX TABLE CONCURRENTLY public.t",
                held_by,
            ),
        }
        .check()
        .await;
    }
}

#[tokio::test]
async fn all_indexes_of_a_schema_are_built_anew() {
    Kind {
        made: INDEXED,
        up: outside("transaction=no", "REINDEX SCHEMA CONCURRENTLY public", WRITER),
        down: outside("transaction=no", "REINDEX SCHEMA CONCURRENTLY public", READER),
    }
    .check()
    .await;
}

#[tokio::test]
async fn a_partition_is_detached() {
    Kind {
        made: PARTITIONED,
        up: outside(
            "transaction=no detaches=\"table public.t1\"",
            "ALTER TABLE t DETACH PARTITION t1 CONCURRENTLY",
            READER,
        ),
        down: outside(
            "",
            // Detaching leaves a constraint.
            "ALTER TABLE t ATTACH PARTITION t1 FOR VALUES FROM (0) TO (2000);\nALTER TABLE t1 DROP CONSTRAINT t1_id_check",
            "",
        ),
    }
    .check()
    .await;
}

#[tokio::test]
async fn a_table_is_vacuumed() {
    for verb in ["VACUUM t", "ANALYZE t"] {
        Kind {
            made: TABLE,
            up: outside("transaction=no", verb, LOCK),
            down: outside("transaction=no", verb, LOCK),
        }
        .check()
        .await;
    }
}
