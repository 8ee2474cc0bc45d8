//! Runs that are one transaction.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::print_stderr,
    missing_docs,
    reason = "tests"
)]

mod support;

use limbeck_history::{Direction, History};
use limbeck_migrate::{ErrorClass, Event, script};
use support::{Fixture, file, history, show, table, three};

async fn fixture() -> Fixture {
    let mut fixture = Fixture::new().await;
    fixture.options.single_transaction = true;
    fixture
}

/// `a`, then a step that fails.
fn failing() -> History {
    history(&[
        table("a", "", "a"),
        file(
            "b",
            "a",
            "-- limbeck:up one\nCREATE TABLE b (id int);\n-- limbeck:down one\nDROP TABLE b;\n\
             -- limbeck:up two\nINSERT INTO b VALUES (1);\nSELECT missing;\n-- limbeck:down two\n",
        ),
    ])
}

#[tokio::test]
async fn it_leaves_what_step_by_step_leaves() {
    let (one, many) = (fixture().await, Fixture::new().await);
    for (direction, target) in [
        (Direction::Up, "head"),
        (Direction::Down, "a"),
        (Direction::Up, "+1"),
        (Direction::Down, "base"),
    ] {
        for fixture in [&one, &many] {
            let report = match direction {
                Direction::Up => fixture.upgrade(&three(), target).await.unwrap(),
                Direction::Down => fixture.downgrade(&three(), target).await.unwrap(),
            };
            assert!(!report.is_empty());
        }
        assert_eq!(one.journal().await, many.journal().await, "{target}");
        assert_eq!(one.tables().await, many.tables().await, "{target}");
    }
    let transactions = "SELECT count(DISTINCT xmin::text) FROM limbeck.event";
    assert_eq!(one.rows(transactions).await, "4");
    assert_eq!(many.rows(transactions).await, "16");
    // Each step was timed by itself.
    let order = "SELECT bool_and(started_at >= before) FROM (SELECT started_at,
        lag(finished_at, 1, '-infinity') OVER (ORDER BY started_at) AS before FROM limbeck.step) AS s";
    one.upgrade(&three(), "head").await.unwrap();
    assert_eq!(one.rows(order).await, "t");
}

#[tokio::test]
async fn a_failure_leaves_nothing() {
    let fixture = fixture().await;
    let error = fixture.upgrade(&failing(), "head").await.unwrap_err();
    insta::assert_snapshot!("one_transaction_that_fails", show(&error));
    assert_eq!(fixture.tables().await, "");
    assert_eq!(
        fixture
            .rows("SELECT (SELECT count(*) FROM limbeck.revision), (SELECT count(*) FROM limbeck.step), (SELECT count(*) FROM limbeck.head)")
            .await,
        "0|0|0"
    );
    // That it failed is told, and the lease is free.
    assert_eq!(
        fixture
            .rows("SELECT kind, revision, step, outcome, sqlstate FROM limbeck.event")
            .await,
        "step|b|2|failed|42703"
    );
    assert_eq!(fixture.rows("SELECT owner FROM limbeck.lease").await, "-");
    // Nothing is said to be committed that was not.
    let finished =
        |event: &Event| matches!(event, Event::StepFinished { .. } | Event::RevisionFinished { .. });
    assert_eq!(fixture.told(finished), 0);
    fixture.upgrade(&three(), "head").await.unwrap();
    assert_eq!(fixture.told(finished), 8);
}

#[tokio::test]
async fn what_cannot_be_part_of_it_is_told_before_anything_runs() {
    for (name, step) in [
        (
            "outside_in_one_transaction",
            "-- limbeck:up index transaction=no\nCREATE INDEX CONCURRENTLY a_id ON a (id);\n-- limbeck:down index transaction=no\nDROP INDEX CONCURRENTLY a_id;\n",
        ),
        (
            "rust_in_one_transaction",
            "-- limbeck:up fill rust=fill\n-- limbeck:down fill rust=empty\n",
        ),
    ] {
        let fixture = fixture().await;
        let history = history(&[table("a", "", "a"), file("b", "a", step)]);
        let error = fixture.upgrade(&history, "head").await.unwrap_err();
        insta::assert_snapshot!(name, show(&error));
        assert_eq!(fixture.rows("SELECT to_regnamespace('limbeck')").await, "-");
        let error = script(&history, Direction::Up, "base", "head", &fixture.options).unwrap_err();
        assert_eq!(
            show(&error),
            show(&fixture.upgrade(&history, "head").await.unwrap_err())
        );
        // Up to there it runs.
        fixture.upgrade(&history, "a").await.unwrap();
        assert_eq!(fixture.tables().await, "a");
    }
}

#[tokio::test]
async fn every_step_finds_the_session_as_the_first_one_did() {
    let files = [file(
        "a",
        "",
        "-- limbeck:up one
CREATE ROLE limbeck_test_one;
GRANT CREATE ON SCHEMA public TO limbeck_test_one;
CREATE TABLE parent (id int PRIMARY KEY, next int REFERENCES parent (id) DEFERRABLE INITIALLY DEFERRED);
SET LOCAL search_path = pg_catalog;
SET check_function_bodies = off;
SET ROLE limbeck_test_one;
CREATE TABLE public.theirs (id int);
-- limbeck:up two lock_timeout=2s
CREATE TABLE seen AS SELECT current_user = session_user AS is_self, current_setting('search_path') AS path,
  current_setting('check_function_bodies') AS bodies, current_setting('lock_timeout') AS lock_timeout;
INSERT INTO parent VALUES (1, 2), (2, 1);
-- limbeck:up three
ALTER TABLE parent ADD COLUMN name text;
INSERT INTO seen SELECT false, '', '', current_setting('lock_timeout');
",
    )];
    let fixture = fixture().await;
    let result = fixture.upgrade(&history(&files), "head").await;
    let seen = fixture.rows("SELECT * FROM seen").await;
    fixture
        .execute("DROP OWNED BY limbeck_test_one; DROP ROLE limbeck_test_one")
        .await;
    result.unwrap();
    assert_eq!(seen, "t|public|on|2s\nf|||5s");
}

#[tokio::test]
async fn a_deferred_constraint_fails_the_step_that_broke_it() {
    let fixture = fixture().await;
    let history = history(&[
        file(
            "a",
            "",
            "-- limbeck:up one\nCREATE TABLE a (id int PRIMARY KEY, next int REFERENCES a (id) DEFERRABLE INITIALLY DEFERRED);\n",
        ),
        file("b", "a", "-- limbeck:up one\nINSERT INTO a VALUES (1, 2);\n"),
        file("c", "b", "-- limbeck:up one\nINSERT INTO a VALUES (2, 2);\n"),
    ]);
    let error = fixture.upgrade(&history, "head").await.unwrap_err();
    assert!(error.to_string().contains("revision `b`"), "{error}");
    assert_eq!(error.sqlstate(), Some("23503"));
    assert_eq!(error.class(), ErrorClass::Failed);
    assert_eq!(fixture.tables().await, "");
}

#[tokio::test]
async fn a_new_label_needs_a_commit() {
    let fixture = fixture().await;
    fixture.execute("CREATE TYPE mood AS ENUM ('happy')").await;
    let history = history(&[
        file("a", "", "-- limbeck:up one\nALTER TYPE mood ADD VALUE 'sad';\n"),
        file(
            "b",
            "a",
            "-- limbeck:up one\nCREATE TABLE b AS SELECT 'sad'::mood AS mood;\n",
        ),
    ]);
    let error = fixture.upgrade(&history, "head").await.unwrap_err();
    insta::assert_snapshot!("label_in_one_transaction", show(&error));
}

#[tokio::test]
async fn an_interrupt_undoes_all_of_it() {
    let fixture = fixture().await;
    let history = history(&[
        table("a", "", "a"),
        file("b", "a", "-- limbeck:up one\nSELECT pg_sleep(60);\n"),
    ]);
    let interrupt = async {
        let sleeping = "SELECT count(*) FROM pg_stat_activity
            WHERE datname = current_database() AND state = 'active' AND wait_event = 'PgSleep'";
        while fixture.rows(sleeping).await != "1" {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        fixture.interrupt.interrupt();
    };
    let (result, ()) = tokio::join!(fixture.upgrade(&history, "head"), interrupt);
    let error = result.unwrap_err();
    insta::assert_snapshot!("one_transaction_interrupted", show(&error));
    assert_eq!(fixture.tables().await, "");
    assert_eq!(fixture.rows("SELECT owner FROM limbeck.lease").await, "-");
}

#[tokio::test]
async fn another_runner_waits_for_all_of_it() {
    let fixture = fixture().await;
    let slow = history(&[
        table("a", "", "a"),
        file(
            "b",
            "a",
            "-- limbeck:up one\nSELECT pg_sleep(0.3);\n-- limbeck:down one\n",
        ),
        table("c", "b", "c"),
    ]);
    let (one, other) = (&fixture, fixture.another());
    let (first, second) = tokio::join!(one.upgrade(&slow, "head"), other.upgrade(&slow, "head"));
    let committed = [first.unwrap().committed.len(), second.unwrap().committed.len()];
    assert_eq!(committed.iter().sum::<usize>(), 3, "{committed:?}");
    assert_eq!(fixture.tables().await, "a\nc");
}
