//! Whatever ends a run, the next one brings it to the same end.

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
use limbeck_migrate::{ErrorClass, ErrorKind, Event};
use support::{Fixture, file, history, show, table};

/// Steps of both kinds; each announces itself in `application_name` and then rests, so that it can be met there.
fn resting(rest: &str) -> History {
    let step = |name: &str, table: &str| {
        format!(
            "-- limbeck:up {name}\nCREATE TABLE {table} (id int);\nSELECT {rest}('up {table}');\n\
             -- limbeck:down {name}\nSELECT {rest}('down {table}');\nDROP TABLE {table};\n"
        )
    };
    let index = "-- limbeck:up by_id transaction=no creates=\"index public.b1_id\"
CREATE INDEX CONCURRENTLY b1_id ON b1 (id);
-- limbeck:down by_id transaction=no drops=\"index public.b1_id\"
DROP INDEX CONCURRENTLY b1_id;
";
    history(&[
        file("a", "", &step("one", "a1")),
        file(
            "b",
            "a",
            &format!("{}{index}{}", step("one", "b1"), step("two", "b2")),
        ),
    ])
}

const FINAL: &str = "a1\nb1\nb2";

async fn rest_functions(fixture: &Fixture) {
    fixture
        .execute(
            "CREATE SCHEMA t;
             CREATE TABLE t.stop (place text);
             CREATE FUNCTION t.rest(place text) RETURNS void LANGUAGE plpgsql AS $$
             BEGIN
               IF EXISTS (SELECT FROM t.stop AS s WHERE s.place = rest.place) THEN PERFORM pg_sleep(30); END IF;
             END $$",
        )
        .await;
}

/// Ends the runner's server process once it rests.
async fn kill_when_resting(fixture: &Fixture) {
    let session = fixture.session().await;
    loop {
        let rows = session
            .query_text(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
                   WHERE datname = current_database() AND wait_event = 'PgSleep' AND pid <> pg_backend_pid()",
            )
            .await
            .unwrap();
        if !rows.is_empty() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn killed_at_each_step_and_run_again() {
    let history = resting("t.rest");
    for place in ["up a1", "up b1", "up b2"] {
        let fixture = Fixture::new().await;
        rest_functions(&fixture).await;
        fixture
            .execute(&format!("INSERT INTO t.stop VALUES ('{place}')"))
            .await;
        let (result, ()) = tokio::join!(fixture.upgrade(&history, "head"), kill_when_resting(&fixture));
        let error = result.unwrap_err();
        let expected = if place == "up a1" {
            ErrorClass::Unreachable
        } else {
            ErrorClass::Stopped
        };
        assert_eq!(error.class(), expected, "{place}: {error}");
        fixture.execute("DELETE FROM t.stop").await;
        fixture.upgrade(&history, "head").await.unwrap();
        assert_eq!(fixture.tables().await, FINAL, "{place}");
        assert_eq!(fixture.rows("SELECT revision FROM limbeck.head").await, "b");
        assert_eq!(
            fixture
                .rows("SELECT count(*) FROM limbeck.step WHERE state = 'done'")
                .await,
            "4"
        );
        // Somebody who ends the session of a server that goes on means it; the lease was given back all the same.
        let went_on = |event: &Event| matches!(event, Event::TakenOver { .. } | Event::GoingOn { .. });
        assert_eq!(fixture.told(went_on), 0, "{place}");
        assert!(error.hint().unwrap().contains("pg_terminate_backend"), "{error}");

        let place = place.replace("up", "down");
        fixture
            .execute(&format!("INSERT INTO t.stop VALUES ('{place}')"))
            .await;
        let (result, ()) = tokio::join!(fixture.downgrade(&history, "base"), kill_when_resting(&fixture));
        result.unwrap_err();
        fixture.execute("DELETE FROM t.stop").await;
        fixture.downgrade(&history, "base").await.unwrap();
        assert_eq!(fixture.tables().await, "", "{place}");
        assert_eq!(fixture.rows("SELECT count(*) FROM limbeck.revision").await, "0");
    }
}

#[tokio::test]
async fn killed_while_building_an_index_concurrently() {
    let fixture = Fixture::new().await;
    let history = history(&[
        table("a", "", "a"),
        file(
            "b",
            "a",
            "-- limbeck:up by_id transaction=no creates=\"index public.a_id\"\nCREATE INDEX CONCURRENTLY a_id ON a \
             (id);\n",
        ),
    ]);
    fixture.upgrade(&history, "a").await.unwrap();
    // A writer of the table holds the build up.
    let writer = fixture.session().await;
    writer.execute("BEGIN; INSERT INTO a VALUES (1)").await.unwrap();
    let kill = async {
        let session = fixture.session().await;
        // Before it waits, the index is not committed yet.
        let terminate = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_progress_create_index
          WHERE datname = current_database() AND phase LIKE 'waiting for writers%'";
        while session.query_text(terminate).await.unwrap().is_empty() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    let (result, ()) = tokio::join!(fixture.upgrade(&history, "head"), kill);
    assert_eq!(result.unwrap_err().class(), ErrorClass::Unreachable);
    writer.execute("COMMIT").await.unwrap();
    assert_eq!(
        fixture
            .rows("SELECT state FROM limbeck.step WHERE revision = 'b'")
            .await,
        "running"
    );
    assert_eq!(
        fixture
            .rows("SELECT indisvalid FROM pg_index WHERE indexrelid = 'a_id'::regclass")
            .await,
        "f"
    );
    fixture.upgrade(&history, "head").await.unwrap();
    assert_eq!(
        fixture
            .rows("SELECT state, attempt FROM limbeck.step WHERE revision = 'b'")
            .await,
        "done|2"
    );
    assert_eq!(
        fixture
            .rows("SELECT indisvalid FROM pg_index WHERE indexrelid = 'a_id'::regclass")
            .await,
        "t"
    );
}

async fn interrupt_when_resting(fixture: &Fixture) {
    let session = fixture.session().await;
    loop {
        let rows = session
            .query_text("SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'")
            .await
            .unwrap();
        if !rows.is_empty() {
            return fixture.interrupt.interrupt();
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn an_interrupted_step_is_cancelled_and_rolled_back() {
    let fixture = Fixture::new().await;
    let history = history(&[
        table("a", "", "a"),
        file(
            "b",
            "a",
            "-- limbeck:up one\nCREATE TABLE b (id int);\nSELECT pg_sleep(60);\n",
        ),
    ]);
    let (result, ()) = tokio::join!(
        fixture.upgrade(&history, "head"),
        interrupt_when_resting(&fixture)
    );
    let error = result.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Interrupted(_)));
    insta::assert_snapshot!("interrupted", show(&error));
    assert_eq!(fixture.tables().await, "a");
    assert_eq!(fixture.rows("SELECT owner FROM limbeck.lease").await, "-");
    assert_eq!(fixture.told(|event| matches!(event, Event::Interrupting)), 1);
    assert_eq!(
        fixture
            .rows("SELECT outcome FROM limbeck.event ORDER BY id DESC LIMIT 1")
            .await,
        "interrupted"
    );

    // Interrupted before it begins, a run does nothing at all.
    let error = fixture.upgrade(&history, "head").await.unwrap_err();
    assert_eq!(error.class(), ErrorClass::Interrupted);
    assert!(error.committed().is_empty());
}

#[tokio::test]
async fn an_interrupted_runner_waits_no_longer() {
    let fixture = Fixture::new().await;
    let history = history(&[table("a", "", "a"), table("b", "a", "b")]);
    fixture.upgrade(&history, "a").await.unwrap();
    let holder = fixture.session().await;
    holder
        .execute(
            "UPDATE limbeck.lease SET owner = 'bob', pid = pg_backend_pid(), expires_at = now() + '1 h',
               backend_start = (SELECT backend_start FROM pg_stat_activity WHERE pid = pg_backend_pid())",
        )
        .await
        .unwrap();
    let interrupt = async {
        while fixture.told(|event| matches!(event, Event::Waiting { .. })) == 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        fixture.interrupt.interrupt();
    };
    let (result, ()) = tokio::join!(fixture.upgrade(&history, "head"), interrupt);
    assert!(matches!(result.unwrap_err().kind(), ErrorKind::Interrupted(_)));
    assert_eq!(fixture.rows("SELECT owner FROM limbeck.lease").await, "bob");
}

#[tokio::test]
async fn a_seal_that_is_broken_stops_the_run() {
    // As `RESET ALL` in a function's body would, too: the nonce is gone.
    let fixture = Fixture::new().await;
    let history = history(&[file(
        "a",
        "",
        "-- limbeck:up one\nCREATE TABLE a (id int);\nSET LOCAL limbeck.step = '';\n",
    )]);
    let error = fixture.upgrade(&history, "head").await.unwrap_err();
    insta::assert_snapshot!("transaction_ended", show(&error));
    assert_eq!(error.class(), ErrorClass::Stopped);
    assert_eq!(fixture.tables().await, "");
}

#[tokio::test]
async fn an_interrupt_between_two_steps_keeps_the_first() {
    let fixture = Fixture::new().await;
    let history = resting("t.rest");
    rest_functions(&fixture).await;
    let events = |event| {
        if matches!(event, Event::StepFinished { .. }) {
            fixture.interrupt.interrupt();
        }
    };
    let result = limbeck_migrate::upgrade(
        &fixture.settings,
        &history,
        "head",
        &fixture.options,
        &fixture.interrupt,
        &events,
    )
    .await;
    let error = result.unwrap_err();
    assert!(
        matches!(
            error.kind(),
            ErrorKind::Interrupted(limbeck_migrate::Interruption::Before { .. })
        ),
        "{error}"
    );
    assert_eq!(error.committed().len(), 1);
    assert_eq!(fixture.tables().await, "a1");
    assert_eq!(fixture.rows("SELECT owner FROM limbeck.lease").await, "-");
}
