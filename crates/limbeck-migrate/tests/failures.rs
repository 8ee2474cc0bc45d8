//! Steps that fail: the error, its place, and what is left.

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

use limbeck_migrate::Event;
use support::{Fixture, file, history, show, table};

async fn fails(sections: &str) -> (Fixture, String) {
    let fixture = Fixture::new().await;
    let files = [file("a", "", sections)];
    let error = fixture.upgrade(&history(&files), "head").await.unwrap_err();
    let text = show(&error);
    (fixture, text)
}

#[tokio::test]
async fn an_error_with_a_position_is_shown_there() {
    let (fixture, text) = fails(
        "-- limbeck:up one
CREATE TABLE größe (id int); -- ü
SELECT nope
FROM größe;
-- limbeck:down one
DROP TABLE größe;
",
    )
    .await;
    insta::assert_snapshot!("undefined_column", text);
    assert_eq!(fixture.tables().await, "", "the step was not rolled back");
    assert_eq!(fixture.rows("SELECT count(*) FROM limbeck.step").await, "0");
    assert_eq!(
        fixture
            .rows("SELECT kind, revision, step, direction, outcome, sqlstate FROM limbeck.event")
            .await,
        "step|a|1|up|failed|42703"
    );
}

#[tokio::test]
async fn a_syntax_error_runs_nothing() {
    let (fixture, text) =
        fails("-- limbeck:up one\nCREATE TABLE a (id int);\nCREATE TABEL b (id int);\n").await;
    insta::assert_snapshot!("syntax_error", text);
    assert_eq!(fixture.tables().await, "");
    let (_, text) = fails("-- limbeck:up one\nCREATE TABLE a (id int\n").await;
    insta::assert_snapshot!("syntax_error_at_end", text);
    let (_, text) =
        fails("-- limbeck:require up one \"nothing\"\nSELECT count(*) FROM\n-- limbeck:up one\nSELECT 1;\n")
            .await;
    insta::assert_snapshot!("syntax_error_in_a_require", text);
}

#[tokio::test]
async fn an_error_without_a_position_is_shown_at_its_statement() {
    let (_, text) = fails(
        "-- limbeck:up one
CREATE TABLE a (id int UNIQUE);
INSERT INTO a VALUES (1);

-- again
INSERT INTO a VALUES (1);
INSERT INTO a VALUES (2);
",
    )
    .await;
    insta::assert_snapshot!("unique_violation", text);
    let (_, text) = fails(
        "-- limbeck:up one
CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN (SELECT x FROM missing); END $$;
SELECT f();
",
    )
    .await;
    insta::assert_snapshot!("inside_a_function", text);
}

#[tokio::test]
async fn a_deferred_constraint_is_checked_with_its_step() {
    let (fixture, text) = fails(
        "-- limbeck:up one
CREATE TABLE a (id int PRIMARY KEY, other int REFERENCES a DEFERRABLE INITIALLY DEFERRED);
INSERT INTO a VALUES (1, 2);
",
    )
    .await;
    insta::assert_snapshot!("deferred_constraint", text);
    assert_eq!(fixture.tables().await, "");
}

#[tokio::test]
async fn transaction_control_is_refused_before_anything_is_sent() {
    let fixture = Fixture::new().await;
    let files = [
        table("a", "", "a"),
        file("b", "a", "-- limbeck:up one\nCREATE TABLE b (id int);\nCOMMIT;\n"),
    ];
    let error = fixture.upgrade(&history(&files), "head").await.unwrap_err();
    insta::assert_snapshot!("commit_in_a_step", show(&error));
    assert_eq!(fixture.rows("SELECT to_regnamespace('limbeck')").await, "-");
}

#[tokio::test]
async fn a_reset_of_all_settings_is_refused_before_anything_is_sent() {
    let (fixture, text) =
        fails("-- limbeck:up one\nSET work_mem = '8MB';\nCREATE TABLE a (id int);\nRESET ALL;\n").await;
    insta::assert_snapshot!("reset_all_in_a_step", text);
    assert_eq!(fixture.rows("SELECT to_regnamespace('limbeck')").await, "-");
}

#[tokio::test]
async fn what_cannot_run_in_a_transaction_is_told_the_way_out() {
    let (_, text) = fails("-- limbeck:up one\nCREATE TABLE a (id int);\nVACUUM a;\n").await;
    insta::assert_snapshot!("vacuum_in_a_transaction", text);
}

#[tokio::test]
async fn requires_stop_a_step() {
    let sections = "-- limbeck:require up mails \"users without an e-mail address\"
SELECT count(*) FROM users WHERE email IS NULL; -- and no more

-- limbeck:up mails
ALTER TABLE users ALTER email SET NOT NULL;
";
    let files = [
        file(
            "a",
            "",
            "-- limbeck:up users\nCREATE TABLE users (email text);\nINSERT INTO users VALUES (NULL), (NULL);\n",
        ),
        file("b", "a", sections),
    ];
    let fixture = Fixture::new().await;
    let error = fixture.upgrade(&history(&files), "head").await.unwrap_err();
    insta::assert_snapshot!("require", show(&error));
    fixture.execute("UPDATE users SET email = 'x'").await;
    fixture.upgrade(&history(&files), "head").await.unwrap();

    let (_, text) = fails(
        "-- limbeck:require up one \"nothing\"\nSELECT count(*) FROM missing;\n-- limbeck:up one\nSELECT 1;\n",
    )
    .await;
    insta::assert_snapshot!("require_that_fails", text);
}

#[tokio::test]
async fn a_lock_that_does_not_come() {
    let fixture = Fixture::new().await;
    let files = [
        table("a", "", "a"),
        file(
            "b",
            "a",
            "-- limbeck:up one lock_timeout=50ms retry=0\nCREATE TABLE b (id int);\nALTER TABLE a ADD x int;\n",
        ),
    ];
    fixture.upgrade(&history(&files), "a").await.unwrap();
    let blocker = fixture.session().await;
    blocker
        .execute("BEGIN; LOCK TABLE a IN ACCESS SHARE MODE")
        .await
        .unwrap();
    let error = fixture.upgrade(&history(&files), "head").await.unwrap_err();
    let pid = blocker.backend_pid().to_string();
    insta::assert_snapshot!("lock_timeout", show(&error).replace(&pid, "PID"));
    assert_eq!(fixture.tables().await, "a");
    blocker.execute("ROLLBACK").await.unwrap();
    fixture.upgrade(&history(&files), "head").await.unwrap();
}

#[tokio::test]
async fn a_lock_that_comes_later_is_waited_for_as_often_as_the_step_says() {
    let fixture = Fixture::new().await;
    let files = |retry: &str| {
        history(&[
            table("a", "", "a"),
            file(
                "b",
                "a",
                &format!(
                    "-- limbeck:up one lock_timeout=50ms retry={retry}\nCREATE TABLE b (id int);\nALTER TABLE a ADD x \
                     int;\n"
                ),
            ),
        ])
    };
    fixture.upgrade(&files("1"), "a").await.unwrap();
    let blocker = fixture.session().await;
    blocker
        .execute("BEGIN; LOCK TABLE a IN ACCESS SHARE MODE")
        .await
        .unwrap();
    let again = |event: &Event| matches!(event, Event::StepAgain { .. });
    let error = fixture.upgrade(&files("1"), "head").await.unwrap_err();
    assert_eq!(error.sqlstate(), Some("55P03"));
    assert_eq!(fixture.told(again), 1);
    assert_eq!(fixture.tables().await, "a");

    let other = fixture.another();
    let release = async {
        while other.told(again) == 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        blocker.execute("ROLLBACK").await.unwrap();
    };
    let history = files("9");
    let (result, ()) = tokio::join!(other.upgrade(&history, "head"), release);
    assert_eq!(result.unwrap().committed.len(), 1);
    assert!(other.told(again) < 9);
    assert_eq!(other.tables().await, "a\nb");
    assert_eq!(
        other
            .rows("SELECT state, attempt FROM limbeck.step WHERE revision = 'b'")
            .await,
        "done|1"
    );

    // Interrupted between two times, it has begun nothing.
    other.execute("DROP TABLE b; ALTER TABLE a DROP x").await;
    other.execute("DELETE FROM limbeck.revision WHERE id = 'b'; UPDATE limbeck.head SET revision = 'a'; DELETE FROM limbeck.step WHERE revision = 'b'").await;
    blocker
        .execute("BEGIN; LOCK TABLE a IN ACCESS SHARE MODE")
        .await
        .unwrap();
    let third = fixture.another();
    let interrupt = async {
        while third.told(again) == 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        third.interrupt.interrupt();
    };
    let (result, ()) = tokio::join!(third.upgrade(&history, "head"), interrupt);
    assert_eq!(
        result.unwrap_err().class(),
        limbeck_migrate::ErrorClass::Interrupted
    );
    assert_eq!(third.rows("SELECT owner FROM limbeck.lease").await, "-");
}

#[tokio::test]
async fn a_step_that_is_the_victim_of_a_deadlock_is_sent_again() {
    let fixture = Fixture::new().await;
    let history = history(&[
        table("a", "", "a"),
        table("b", "a", "b"),
        file(
            "c",
            "b",
            "-- limbeck:up one lock_timeout=0 retry=1\nALTER TABLE a ADD x int;\nALTER TABLE b ADD x int;\n",
        ),
    ]);
    fixture.upgrade(&history, "b").await.unwrap();
    let other = fixture.session().await;
    // The other never looks for a deadlock, so the step is the one that finds it.
    other
        .execute("SET deadlock_timeout = '1h'; BEGIN; LOCK TABLE b")
        .await
        .unwrap();
    let cross = async {
        let waiting = "SELECT 1 FROM pg_locks WHERE relation = 'b'::regclass AND NOT granted";
        while fixture.rows(waiting).await.is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        other.execute("LOCK TABLE a; COMMIT").await.unwrap();
    };
    let (result, ()) = tokio::join!(fixture.upgrade(&history, "head"), cross);
    assert_eq!(result.unwrap().committed.len(), 1);
    assert_eq!(
        fixture.told(|event| matches!(event, Event::StepAgain { reason, remaining: Some(0), .. } if reason == "deadlock detected")),
        1
    );
}

#[tokio::test]
async fn a_statement_that_takes_too_long() {
    let mut fixture = Fixture::new().await;
    fixture.options.statement_timeout = Some(Duration::from_millis(50));
    let files = [file("a", "", "-- limbeck:up one\nSELECT pg_sleep(30);\n")];
    let error = fixture.upgrade(&history(&files), "head").await.unwrap_err();
    insta::assert_snapshot!("statement_timeout", show(&error));
}

#[tokio::test]
async fn a_step_of_the_application_stops_the_run() {
    let fixture = Fixture::new().await;
    let files = [
        table("a", "", "a"),
        file("b", "a", "-- limbeck:up slugs rust=fill_slugs\n"),
    ];
    let error = fixture.upgrade(&history(&files), "head").await.unwrap_err();
    insta::assert_snapshot!("rust_step_after_a_commit", show(&error));
    let error = fixture.upgrade(&history(&files), "head").await.unwrap_err();
    insta::assert_snapshot!("rust_step_at_once", show(&error));
    assert_eq!(fixture.rows("SELECT owner FROM limbeck.lease").await, "-");
}

#[tokio::test]
async fn a_server_that_does_not_answer() {
    let fixture = Fixture::new().await;
    let mut gone = fixture.another();
    gone.settings = gone.settings.with_database("nowhere");
    let error = gone
        .upgrade(&history(&[table("a", "", "a")]), "head")
        .await
        .unwrap_err();
    assert_eq!(error.class(), limbeck_migrate::ErrorClass::Unreachable);
}

#[tokio::test]
async fn a_target_that_is_not_there() {
    let fixture = Fixture::new().await;
    let error = fixture
        .upgrade(&history(&[table("abc", "", "a")]), "abd")
        .await
        .unwrap_err();
    insta::assert_snapshot!("unknown_target", show(&error));
    let two = history(&[table("a", "", "a"), table("b", "", "b")]);
    let error = fixture.upgrade(&two, "head").await.unwrap_err();
    insta::assert_snapshot!("several_heads", show(&error));
}

#[tokio::test]
async fn own_tables_of_another_format_or_half_there() {
    let fixture = Fixture::new().await;
    let one = history(&[table("a", "", "a")]);
    fixture.upgrade(&one, "head").await.unwrap();
    fixture
        .execute("UPDATE limbeck.meta SET format = 2; ALTER TABLE limbeck.step RENAME attempt TO tries")
        .await;
    let error = fixture.upgrade(&one, "head").await.unwrap_err();
    insta::assert_snapshot!("newer_format", show(&error));
    fixture.execute("DROP TABLE limbeck.step").await;
    let error = fixture.upgrade(&one, "head").await.unwrap_err();
    insta::assert_snapshot!("newer_format_without_step", show(&error));
    fixture.execute("UPDATE limbeck.meta SET format = 1").await;
    let error = fixture.upgrade(&one, "head").await.unwrap_err();
    insta::assert_snapshot!("tables_missing", show(&error));
}
