//! What is told of a step that lasts.

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

use limbeck_migrate::{Event, Progress, Unit};
use support::{Fixture, file, history, table};

/// What was told of how far the steps have come.
fn told(fixture: &Fixture) -> Vec<(Option<String>, Progress)> {
    let events = fixture.events.lock().unwrap();
    let told = events.iter().filter_map(|event| match event {
        Event::Progress {
            statement, progress, ..
        } => Some((statement.clone(), progress.clone())),
        _ => None,
    });
    told.collect()
}

const WATCHERS: &str = "SELECT count(*) FROM pg_stat_activity
  WHERE datname = current_database() AND application_name = 'limbeck observer'";

async fn until(fixture: &Fixture, is_told: impl Fn(&Progress) -> bool) {
    while !told(fixture).iter().any(|(_, progress)| is_told(progress)) {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn a_build_that_waits_for_a_writer_says_so() {
    let fixture = Fixture::new().await;
    let history = history(&[
        table("a", "", "a"),
        file(
            "b",
            "a",
            "-- limbeck:up by_id transaction=no creates=\"index public.a_id\"\n-- The index\nCREATE INDEX CONCURRENTLY \
             a_id ON a (id);\n",
        ),
    ]);
    fixture.upgrade(&history, "a").await.unwrap();
    assert_eq!(told(&fixture), [], "a short run is not watched");
    let writer = fixture.session().await;
    writer.execute("BEGIN; INSERT INTO a VALUES (1)").await.unwrap();
    let release = async {
        until(&fixture, |progress| {
            progress.phase.as_deref() == Some("waiting for writers before build")
        })
        .await;
        assert_eq!(fixture.rows(WATCHERS).await, "1");
        writer.execute("COMMIT").await.unwrap();
    };
    let (result, ()) = tokio::join!(fixture.upgrade(&history, "head"), release);
    result.unwrap();
    let (statement, progress) = told(&fixture).remove(0);
    assert_eq!(
        statement.as_deref(),
        Some("CREATE INDEX CONCURRENTLY a_id ON a (id)")
    );
    assert_eq!(progress.command.as_deref(), Some("CREATE INDEX CONCURRENTLY"));
    assert_eq!(progress.table.as_deref(), Some("public.a"));
    assert_eq!(progress.lock.as_deref(), Some("virtualxid"));
    assert_eq!(
        (progress.done, progress.total, progress.unit),
        (Some(0), Some(1), Some(Unit::Transactions))
    );
    // It has gone with the run.
    while fixture.rows(WATCHERS).await != "0" {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn a_build_tells_how_much_of_the_table_it_has_read() {
    let fixture = Fixture::new().await;
    let history = history(&[
        file(
            "a",
            "",
            "-- limbeck:up t
CREATE TABLE t (id int, filler text);
INSERT INTO t SELECT n, repeat('x', 1500) FROM generate_series(1, 500) AS n;
CREATE FUNCTION slow(n int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  PERFORM pg_sleep(CASE WHEN current_setting('test.pause', true) = 'yes' THEN 0.01 ELSE 0 END);
  RETURN n;
END $$;
",
        ),
        // A step of several statements: the server's word for what it does tells which of them it is.
        file(
            "b",
            "a",
            "-- limbeck:up two\nSET LOCAL test.pause = 'yes';\nCREATE INDEX ON t (slow(id));\nCOMMENT ON TABLE t IS 'x';\n",
        ),
    ]);
    fixture.upgrade(&history, "head").await.unwrap();
    let told = told(&fixture);
    let part =
        |(_, progress): &&(_, Progress)| progress.per_cent.is_some_and(|share| (1..100).contains(&share));
    let (statement, progress) = told.iter().find(part).unwrap_or_else(|| panic!("{told:?}"));
    assert_eq!(statement.as_deref(), Some("CREATE INDEX ON t (slow(id))"));
    assert_eq!(progress.phase.as_deref(), Some("building index: scanning table"));
    assert_eq!(progress.unit, Some(Unit::Blocks));
}

#[tokio::test]
async fn a_watcher_that_is_ended_is_no_failure() {
    let fixture = Fixture::new().await;
    let history = history(&[file("a", "", "-- limbeck:up one\nSELECT pg_sleep(2);\n")]);
    let end = async {
        let session = fixture.session().await;
        let terminate = WATCHERS.replace("count(*)", "pg_terminate_backend(pid, 5000)");
        while session.query_text(&terminate).await.unwrap().is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let (result, ()) = tokio::join!(fixture.upgrade(&history, "head"), end);
    result.unwrap();
    assert_eq!(
        fixture.told(|event| matches!(event, Event::HeartbeatFailed { .. })),
        0
    );
}
