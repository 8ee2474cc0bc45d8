//! Steps outside a transaction.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::print_stderr,
    missing_docs,
    reason = "tests"
)]

mod support;

use limbeck_history::History;
use limbeck_migrate::{ErrorClass, ErrorKind, Event, Found};
use support::{Fixture, file, history, show};

const STEPS: &str = "-- limbeck:up t
CREATE TABLE t (id int);
-- limbeck:down t
DROP TABLE t;
-- limbeck:up by_id transaction=no creates=\"index public.t_id\"
CREATE UNIQUE INDEX CONCURRENTLY t_id ON t (id);
-- limbeck:down by_id transaction=no drops=\"index public.t_id\"
DROP INDEX CONCURRENTLY t_id;
-- limbeck:up u
CREATE TABLE u (id int);
-- limbeck:down u
DROP TABLE u;
";

fn indexed() -> History {
    history(&[file("a", "", STEPS)])
}

const INDEX: &str = "SELECT indexrelid::regclass, indisvalid FROM pg_index WHERE indrelid = to_regclass('t')";

fn found(fixture: &Fixture, what: Found) -> bool {
    fixture.told(|event| matches!(event, Event::StepFound { found, .. } if *found == what)) > 0
}

#[tokio::test]
async fn an_index_is_built_and_dropped_concurrently() {
    let fixture = Fixture::new().await;
    fixture.upgrade(&indexed(), "head").await.unwrap();
    assert_eq!(fixture.rows(INDEX).await, "t_id|t");
    assert_eq!(
        fixture
            .rows("SELECT n, state, attempt, before, token > 0 FROM limbeck.step ORDER BY n")
            .await,
        "1|done|1|-|t\n2|done|1|{}|t\n3|done|1|-|t"
    );
    fixture.downgrade(&indexed(), "base").await.unwrap();
    assert_eq!(fixture.tables().await, "");
    assert_eq!(fixture.rows("SELECT count(*) FROM limbeck.step").await, "0");
}

#[tokio::test]
async fn an_invalid_index_left_behind_is_built_again() {
    let fixture = Fixture::new().await;
    fixture.upgrade(&indexed(), "head").await.unwrap();
    fixture.downgrade(&indexed(), "base").await.unwrap();

    // A step before it fills the table with what the index cannot hold.
    let files = [file(
        "a",
        "",
        &STEPS.replace(
            "(id int);\n-- limbeck:down t",
            "(id int);\nINSERT INTO t VALUES (1), (1);\n-- limbeck:down t",
        ),
    )];
    let error = fixture.upgrade(&history(&files), "head").await.unwrap_err();
    insta::assert_snapshot!("unique_index_over_duplicates", show(&error));
    assert_eq!(fixture.rows(INDEX).await, "t_id|f", "PostgreSQL leaves it behind");
    assert_eq!(
        fixture
            .rows("SELECT state, attempt FROM limbeck.step WHERE n = 2")
            .await,
        "failed|1"
    );

    fixture.execute("DELETE FROM t WHERE ctid = '(0,1)'").await;
    fixture.upgrade(&history(&files), "head").await.unwrap();
    assert!(found(&fixture, Found::InvalidIndex));
    assert_eq!(fixture.rows(INDEX).await, "t_id|t");
    assert_eq!(
        fixture
            .rows("SELECT state, attempt FROM limbeck.step WHERE n = 2")
            .await,
        "done|2"
    );
    assert_eq!(fixture.rows("SELECT revision FROM limbeck.head").await, "a");
}

/// As if the runner had died: the second step is `running`, and what it did is what `after` says.
async fn died_in_the_second_step(fixture: &Fixture, after: &str) {
    died_in_the_second_step_of(&indexed(), fixture, after).await;
}

async fn died_in_the_second_step_of(dying: &History, fixture: &Fixture, after: &str) {
    let files = [file(
        "a",
        "",
        &STEPS.replace(
            "CREATE UNIQUE INDEX CONCURRENTLY t_id ON t (id)",
            "SELECT missing",
        ),
    )];
    fixture.upgrade(&history(&files), "head").await.unwrap_err();
    // What is gone on with is the text that died.
    let hash = &dying.get("a").unwrap().steps[1].up.as_ref().unwrap().hash;
    fixture
        .execute(&format!(
            "UPDATE limbeck.step SET state = 'running', finished_at = NULL, sql_hash = '{hash}' WHERE n = 2"
        ))
        .await;
    if !after.is_empty() {
        fixture.execute(after).await;
    }
}

#[tokio::test]
async fn a_step_that_had_come_to_its_end_is_not_run_again() {
    let fixture = Fixture::new().await;
    died_in_the_second_step(&fixture, "CREATE UNIQUE INDEX t_id ON t (id)").await;
    let oid = fixture.rows("SELECT 't_id'::regclass::oid").await;
    fixture.upgrade(&indexed(), "head").await.unwrap();
    assert!(found(&fixture, Found::Done));
    assert_eq!(fixture.rows("SELECT 't_id'::regclass::oid").await, oid);
    assert_eq!(
        fixture
            .rows("SELECT state, attempt FROM limbeck.step WHERE n = 2")
            .await,
        "done|2"
    );
}

#[tokio::test]
async fn a_step_that_has_left_nothing_is_run_again() {
    let fixture = Fixture::new().await;
    died_in_the_second_step(&fixture, "").await;
    fixture.upgrade(&indexed(), "head").await.unwrap();
    assert!(found(&fixture, Found::Nothing));
    assert_eq!(fixture.rows(INDEX).await, "t_id|t");
}

#[tokio::test]
async fn a_step_that_died_is_taken_back_as_far_as_it_came() {
    for after in ["", "CREATE UNIQUE INDEX t_id ON t (id)"] {
        let fixture = Fixture::new().await;
        died_in_the_second_step(&fixture, after).await;
        fixture.downgrade(&indexed(), "base").await.unwrap();
        assert_eq!(fixture.tables().await, "");
        assert_eq!(fixture.rows("SELECT count(*) FROM limbeck.step").await, "0");
        fixture.upgrade(&indexed(), "head").await.unwrap();
        assert_eq!(fixture.rows(INDEX).await, "t_id|t");
    }
}

#[tokio::test]
async fn a_way_down_that_names_nothing_goes_on_by_what_the_way_up_creates() {
    let only = |direction: &str| {
        let other = if direction == "up" { "drops" } else { "creates" };
        let named = format!(" {other}=\"index public.t_id\"");
        assert!(STEPS.contains(&named));
        history(&[file("a", "", &STEPS.replace(&named, ""))])
    };
    // Killed before the index was dropped, and after; the way down names nothing.
    for (after, what) in [("SELECT", Found::Nothing), ("DROP INDEX t_id", Found::Done)] {
        let fixture = Fixture::new().await;
        let history = only("up");
        fixture.upgrade(&history, "head").await.unwrap();
        // The index cannot be dropped yet: the statement waits until it is killed.
        let blocker = fixture.session().await;
        blocker
            .execute("BEGIN; LOCK TABLE t IN SHARE MODE")
            .await
            .unwrap();
        let kill = async {
            let session = fixture.session().await;
            let terminate = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
              WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE 'DROP INDEX%'";
            while session.query_text(terminate).await.unwrap().is_empty() {
                tokio::time::sleep(std::time::Duration::from_millis(2)).await;
            }
        };
        let (result, ()) = tokio::join!(fixture.downgrade(&history, "base"), kill);
        assert_eq!(result.unwrap_err().class(), ErrorClass::Stopped);
        blocker.execute("ROLLBACK").await.unwrap();
        assert_eq!(
            fixture
                .rows("SELECT state, before->>'name' FROM limbeck.step WHERE n = 2 AND direction = 'down'")
                .await,
            "running|public.t_id"
        );
        fixture.execute(after).await;
        fixture.downgrade(&history, "base").await.unwrap();
        assert!(found(&fixture, what), "{after}");
        assert_eq!(fixture.tables().await, "");
    }
    // And the way up, by what the way down drops.
    let fixture = Fixture::new().await;
    died_in_the_second_step_of(&only("down"), &fixture, "CREATE UNIQUE INDEX t_id ON t (id)").await;
    fixture.upgrade(&only("down"), "head").await.unwrap();
    assert!(found(&fixture, Found::Done));
}

#[tokio::test]
async fn a_way_down_that_died_comes_back_up() {
    let fixture = Fixture::new().await;
    fixture.upgrade(&indexed(), "head").await.unwrap();
    let files = [file(
        "a",
        "",
        &STEPS.replace("DROP INDEX CONCURRENTLY t_id", "SELECT missing"),
    )];
    let broken = history(&files);
    // Another down is another checksum: the database's copy is what runs, so it is changed too.
    fixture.execute("UPDATE limbeck.revision SET checksum = 'x', body = replace(body, 'DROP INDEX CONCURRENTLY t_id', 'SELECT missing')").await;
    fixture.downgrade(&broken, "base").await.unwrap_err();
    assert_eq!(
        fixture
            .rows("SELECT n, direction, state FROM limbeck.step WHERE direction = 'down' ORDER BY n")
            .await,
        "2|down|failed\n3|down|done"
    );
    fixture.execute("DROP INDEX t_id").await;
    fixture.stamp_checksum(&indexed()).await;
    fixture.upgrade(&indexed(), "head").await.unwrap();
    assert_eq!(fixture.rows(INDEX).await, "t_id|t");
    assert_eq!(fixture.tables().await, "t\nu");
    assert_eq!(
        fixture
            .rows("SELECT n, direction, state FROM limbeck.step ORDER BY n")
            .await,
        "1|up|done\n2|up|done\n3|up|done"
    );
}

#[tokio::test]
async fn an_object_of_somebody_else_is_neither_taken_nor_dropped() {
    let fixture = Fixture::new().await;
    let first = history(&[file(
        "a",
        "",
        &STEPS.replace(
            "CREATE UNIQUE INDEX CONCURRENTLY t_id ON t (id)",
            "SELECT missing",
        ),
    )]);
    fixture.upgrade(&first, "head").await.unwrap_err();
    fixture
        .execute("DELETE FROM limbeck.step WHERE n = 2; CREATE INDEX t_id ON t (id)")
        .await;
    let error = fixture.upgrade(&indexed(), "head").await.unwrap_err();
    assert_eq!(error.sqlstate(), Some("42P07"));
    // Nor is it at the second attempt.
    let error = fixture.upgrade(&indexed(), "head").await.unwrap_err();
    assert_eq!(error.sqlstate(), Some("42P07"));
    fixture.execute("DROP INDEX t_id").await;
    fixture.upgrade(&indexed(), "head").await.unwrap();
    assert_eq!(
        fixture
            .rows("SELECT state, attempt, before FROM limbeck.step WHERE n = 2")
            .await,
        "done|3|{}"
    );
}

#[tokio::test]
async fn what_nobody_can_tell_stops_the_run() {
    let steps = "-- limbeck:up t\nCREATE TABLE t (id int);\n-- limbeck:up v transaction=no\nCLUSTER;\n";
    let fixture = Fixture::new().await;
    let files = [file("a", "", &steps.replace("CLUSTER", "CLUSTER missing"))];
    let error = fixture.upgrade(&history(&files), "head").await.unwrap_err();
    assert_eq!(error.class(), ErrorClass::Stopped);
    // It failed and the server said so: it may run again.
    fixture
        .execute("UPDATE limbeck.step SET state = 'running' WHERE n = 2")
        .await;
    let error = fixture
        .upgrade(&history(&[file("a", "", steps)]), "head")
        .await
        .unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Unfinished { .. }));
    insta::assert_snapshot!("unfinished", show(&error));
    let again = steps.replace("transaction=no", "transaction=no retry=safe");
    fixture
        .upgrade(&history(&[file("a", "", &again)]), "head")
        .await
        .unwrap();
    assert_eq!(fixture.rows("SELECT revision FROM limbeck.head").await, "a");
}

#[tokio::test]
async fn a_failed_statement_is_mended_and_run_again() {
    let steps = "-- limbeck:up v transaction=no\nVACUUM missing;\n";
    let fixture = Fixture::new().await;
    let error = fixture
        .upgrade(&history(&[file("a", "", steps)]), "head")
        .await
        .unwrap_err();
    insta::assert_snapshot!("vacuum_of_a_missing_table", show(&error));
    let mended = steps.replace("missing", "pg_class");
    fixture
        .upgrade(&history(&[file("a", "", &mended)]), "head")
        .await
        .unwrap();
}

#[tokio::test]
async fn a_half_detached_partition_is_finished() {
    let steps = "-- limbeck:up t
CREATE TABLE t (id int) PARTITION BY LIST (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES IN (1);
-- limbeck:up detach transaction=no detaches=\"table public.t1\" statement_timeout=100ms
ALTER TABLE t DETACH PARTITION t1 CONCURRENTLY;
";
    let fixture = Fixture::new().await;
    let detach = "ALTER TABLE t DETACH PARTITION t1 CONCURRENTLY";
    let first = history(&[file("a", "", &steps.replace(detach, "SELECT missing"))]);
    fixture.upgrade(&first, "head").await.unwrap_err();
    // A reader lets the first half of the command pass, and holds up the second.
    let reader = fixture.session().await;
    reader
        .execute("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT FROM t1")
        .await
        .unwrap();
    let history = history(&[file("a", "", steps)]);
    let error = fixture.upgrade(&history, "head").await.unwrap_err();
    assert_eq!(error.class(), ErrorClass::Stopped, "{error}");
    assert_eq!(
        fixture.rows("SELECT inhdetachpending FROM pg_inherits").await,
        "t"
    );
    reader.execute("ROLLBACK").await.unwrap();
    fixture.upgrade(&history, "head").await.unwrap();
    assert!(found(&fixture, Found::PendingDetach));
    assert_eq!(fixture.rows("SELECT count(*) FROM pg_inherits").await, "0");
}

/// What an earlier attempt has left, and what is told of it.
fn findings(fixture: &Fixture) -> Vec<(Found, Vec<String>, bool)> {
    let events = fixture.events.lock().unwrap();
    let findings = events.iter().filter_map(|event| match event {
        Event::StepFound {
            found,
            objects,
            inferred,
            ..
        } => Some((*found, objects.clone(), *inferred)),
        _ => None,
    });
    findings.collect()
}

/// One step that builds an index, in a history after the tables.
fn building(statement: &str) -> History {
    history(&[
        file(
            "a",
            "",
            "-- limbeck:up t\nCREATE TABLE t (id int);\nCREATE TABLE u (id int);\n",
        ),
        file(
            "b",
            "a",
            &format!(
                "-- limbeck:up by_id transaction=no\n{statement};\n-- limbeck:down by_id transaction=no\nDROP INDEX CONCURRENTLY t_id;\n"
            ),
        ),
    ])
}

/// Leaves `t_id` invalid on a table, as a build that failed does.
async fn leave_invalid(fixture: &Fixture, table: &str) {
    fixture
        .execute(&format!("INSERT INTO {table} VALUES (1), (1)"))
        .await;
    let session = fixture.session().await;
    let build = format!("CREATE UNIQUE INDEX CONCURRENTLY t_id ON {table} (id)");
    session.execute(&build).await.unwrap_err();
    fixture.execute(&format!("TRUNCATE {table}")).await;
}

#[tokio::test]
async fn if_not_exists_does_not_take_an_invalid_index_for_the_index() {
    let fixture = Fixture::new().await;
    let history = building("CREATE INDEX CONCURRENTLY IF NOT EXISTS t_id ON t (id)");
    fixture.upgrade(&history, "a").await.unwrap();
    leave_invalid(&fixture, "t").await;
    fixture.upgrade(&history, "head").await.unwrap();
    assert_eq!(fixture.rows(INDEX).await, "t_id|t");
    assert_eq!(
        findings(&fixture),
        [(Found::InvalidIndex, vec!["public.t_id".to_owned()], true)]
    );
    // A valid one is what was wanted.
    fixture.downgrade(&history, "a").await.unwrap();
    fixture.execute("CREATE INDEX t_id ON t (id)").await;
    fixture.upgrade(&history, "head").await.unwrap();
    assert_eq!(fixture.rows(INDEX).await, "t_id|t");
}

#[tokio::test]
async fn if_not_exists_does_not_take_the_index_of_another_table() {
    let fixture = Fixture::new().await;
    let history = building("CREATE INDEX CONCURRENTLY IF NOT EXISTS t_id ON t (id)");
    fixture.upgrade(&history, "a").await.unwrap();
    fixture.execute("CREATE INDEX t_id ON u (id)").await;
    let error = fixture.upgrade(&history, "head").await.unwrap_err();
    insta::assert_snapshot!("index_elsewhere", show(&error));
    assert_eq!(fixture.rows("SELECT 't_id'::regclass").await, "t_id");
}

#[tokio::test]
async fn an_invalid_index_of_somebody_else_is_named() {
    let fixture = Fixture::new().await;
    let history = building("CREATE INDEX CONCURRENTLY t_id ON t (id)");
    fixture.upgrade(&history, "a").await.unwrap();
    leave_invalid(&fixture, "t").await;
    let error = fixture.upgrade(&history, "head").await.unwrap_err();
    insta::assert_snapshot!("invalid_index_in_the_way", show(&error));
    assert_eq!(fixture.rows(INDEX).await, "t_id|f");
    fixture.execute("DROP INDEX t_id").await;
    fixture.upgrade(&history, "head").await.unwrap();
    assert_eq!(fixture.rows(INDEX).await, "t_id|t");
}

#[tokio::test]
async fn an_index_that_was_there_before_is_not_dropped_on_the_way_back() {
    let fixture = Fixture::new().await;
    let history = building("CREATE INDEX CONCURRENTLY t_id ON t (id)");
    fixture.upgrade(&history, "a").await.unwrap();
    fixture.execute("CREATE INDEX t_id ON t (id)").await;
    let error = fixture.upgrade(&history, "head").await.unwrap_err();
    assert_eq!(error.sqlstate(), Some("42P07"));
    fixture.downgrade(&history, "a").await.unwrap();
    assert!(found(&fixture, Found::NotOurs));
    assert_eq!(fixture.rows(INDEX).await, "t_id|t");
}

#[tokio::test]
async fn an_index_that_another_session_made_on_another_table_is_not_ours() {
    let fixture = Fixture::new().await;
    let building = building("CREATE INDEX CONCURRENTLY t_id ON t (id)");
    fixture.upgrade(&building, "a").await.unwrap();
    // Failed for want of the table's lock, with nothing left behind; then somebody takes the name.
    let impatient = history(&[
        file(
            "a",
            "",
            "-- limbeck:up t\nCREATE TABLE t (id int);\nCREATE TABLE u (id int);\n",
        ),
        file(
            "b",
            "a",
            "-- limbeck:up by_id transaction=no lock_timeout=50ms\nCREATE INDEX CONCURRENTLY t_id ON t (id);\n",
        ),
    ]);
    let blocker = fixture.session().await;
    blocker
        .execute("BEGIN; LOCK TABLE t IN SHARE MODE")
        .await
        .unwrap();
    fixture.upgrade(&impatient, "head").await.unwrap_err();
    blocker.execute("ROLLBACK").await.unwrap();
    fixture.execute("CREATE INDEX t_id ON u (id)").await;
    let error = fixture.upgrade(&impatient, "head").await.unwrap_err();
    assert_eq!(error.sqlstate(), Some("42P07"));
    assert_eq!(
        fixture
            .rows("SELECT count(*) FROM pg_index WHERE indrelid = 'u'::regclass")
            .await,
        "1"
    );
}

#[tokio::test]
async fn an_index_of_the_former_text_is_built_again() {
    let fixture = Fixture::new().await;
    let history = building("CREATE INDEX CONCURRENTLY t_id ON t (id)");
    fixture.upgrade(&history, "a").await.unwrap();
    let blocker = fixture.session().await;
    blocker.execute("BEGIN; INSERT INTO t VALUES (1)").await.unwrap();
    let kill = async {
        let session = fixture.session().await;
        let waits = "FROM pg_stat_progress_create_index WHERE datname = current_database() AND phase LIKE 'waiting for writers%'";
        while session
            .query_text(&format!("SELECT pid {waits}"))
            .await
            .unwrap()
            .is_empty()
        {
            tokio::time::sleep(std::time::Duration::from_millis(2)).await;
        }
        session
            .execute(&format!("SELECT pg_terminate_backend(pid, 5000) {waits}"))
            .await
            .unwrap();
    };
    let (result, ()) = tokio::join!(fixture.upgrade(&history, "head"), kill);
    result.unwrap_err();
    blocker.execute("ROLLBACK").await.unwrap();
    // As if it had come to its end after all.
    fixture
        .execute("DROP INDEX t_id; CREATE INDEX t_id ON t (id)")
        .await;
    let edited = building("CREATE INDEX CONCURRENTLY t_id ON t ((id + 1))");
    fixture.upgrade(&edited, "head").await.unwrap();
    assert!(found(&fixture, Found::FormerIndex));
    assert_eq!(
        fixture.rows("SELECT pg_get_indexdef('t_id'::regclass)").await,
        "CREATE INDEX t_id ON public.t USING btree (((id + 1)))"
    );
}

#[tokio::test]
async fn an_index_that_somebody_builds_is_waited_for_by_whoever_reads_the_message() {
    let fixture = Fixture::new().await;
    let history = building("CREATE INDEX CONCURRENTLY IF NOT EXISTS t_id ON t (id)");
    fixture.upgrade(&history, "a").await.unwrap();
    // Another role's: this one sees its lock, and not what it builds.
    fixture
        .execute(
            "CREATE ROLE outside_runner LOGIN;
             ALTER TABLE t OWNER TO outside_runner; GRANT ALL ON SCHEMA public, limbeck TO outside_runner;
             GRANT ALL ON ALL TABLES IN SCHEMA limbeck TO outside_runner; GRANT ALL ON ALL SEQUENCES IN SCHEMA limbeck TO outside_runner",
        )
        .await;
    let writer = fixture.session().await;
    writer.execute("BEGIN; INSERT INTO t VALUES (1)").await.unwrap();
    let build = async {
        let session = fixture.session().await;
        session
            .execute("CREATE INDEX CONCURRENTLY t_id ON t (id)")
            .await
            .unwrap();
    };
    let run = async {
        while fixture.rows(INDEX).await.is_empty() {
            tokio::time::sleep(std::time::Duration::from_millis(2)).await;
        }
        let visible = fixture.upgrade(&history, "head").await.unwrap_err();
        let mut hidden = fixture.another();
        hidden.settings = fixture.settings.with_user("outside_runner");
        let hidden = hidden.upgrade(&history, "head").await.unwrap_err();
        writer.execute("ROLLBACK").await.unwrap();
        (visible, hidden)
    };
    let ((), (visible, hidden)) = tokio::join!(build, run);
    for (error, expected) in [(visible, false), (hidden, true)] {
        assert!(
            matches!(error.kind(), ErrorKind::IndexInProgress { is_hidden, .. } if *is_hidden == expected),
            "{error}"
        );
    }
    fixture.upgrade(&history, "head").await.unwrap();
    assert_eq!(fixture.rows(INDEX).await, "t_id|t");
}

#[tokio::test]
async fn a_label_of_an_enum_is_used_in_a_later_step() {
    let fixture = Fixture::new().await;
    let sections = |between: &str| {
        history(&[
            file(
                "a",
                "",
                "-- limbeck:up t\nCREATE TYPE e AS ENUM ('x');\nCREATE TABLE t (v e);\n",
            ),
            file(
                "b",
                "a",
                &format!(
                    "-- limbeck:up label\nALTER TYPE e ADD VALUE 'y';\n{between}INSERT INTO t VALUES ('y');\n"
                ),
            ),
        ])
    };
    let error = fixture.upgrade(&sections(""), "head").await.unwrap_err();
    insta::assert_snapshot!("label_used_at_once", show(&error));
    fixture
        .upgrade(&sections("-- limbeck:up use\n"), "head")
        .await
        .unwrap();
    assert_eq!(fixture.rows("SELECT v FROM t").await, "y");
}

#[tokio::test]
async fn what_cannot_be_looked_at_runs_again_only_where_its_marker_says_so() {
    for statement in [
        "CREATE DATABASE outside_made",
        "ALTER SYSTEM SET work_mem = '5MB'",
        "CREATE SUBSCRIPTION outside_made CONNECTION 'dbname=nowhere' PUBLICATION p WITH (connect = false)",
    ] {
        let fixture = Fixture::new().await;
        let histories = |options: &str| {
            history(&[file(
                "a",
                "",
                &format!(
                    "-- limbeck:up one\nSELECT 1;\n-- limbeck:up two transaction=no{options}\n{statement};\n"
                ),
            )])
        };
        let missing = history(&[file(
            "a",
            "",
            "-- limbeck:up one\nSELECT 1;\n-- limbeck:up two transaction=no\nSELECT missing;\n",
        )]);
        fixture.upgrade(&missing, "head").await.unwrap_err();
        fixture
            .execute("UPDATE limbeck.step SET state = 'running' WHERE n = 2")
            .await;
        let error = fixture.upgrade(&histories(""), "head").await.unwrap_err();
        assert!(
            matches!(error.kind(), ErrorKind::Unfinished { .. }),
            "{statement}: {error}"
        );
        fixture.upgrade(&histories(" retry=0"), "head").await.unwrap();
        for undo in [
            "DROP DATABASE IF EXISTS outside_made",
            "ALTER SYSTEM RESET work_mem",
            "DO $$ BEGIN IF EXISTS (SELECT FROM pg_subscription WHERE subname = 'outside_made') THEN
               ALTER SUBSCRIPTION outside_made SET (slot_name = NONE); END IF; END $$",
            "DROP SUBSCRIPTION IF EXISTS outside_made",
        ] {
            fixture.execute(undo).await;
        }
    }
}
