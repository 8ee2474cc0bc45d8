//! What a step leaves behind in its session is found, named, and not there for the next one.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::print_stderr,
    missing_docs,
    reason = "tests"
)]

mod support;

use limbeck_migrate::{ErrorClass, Event};
use support::{Fixture, file, history};

/// Runs a step and one after it, and gives what was told of the first, and what the second has seen by its query.
async fn after(first: &str, query: &str) -> (Vec<String>, String) {
    let fixture = Fixture::new().await;
    after_on(&fixture, first, query).await
}

async fn after_on(fixture: &Fixture, first: &str, query: &str) -> (Vec<String>, String) {
    let sections = format!(
        "-- limbeck:up first\n{first};\n-- limbeck:up second\nCREATE TABLE seen AS SELECT ({query})::text AS it;\n"
    );
    let history = history(&[file("a", "", &sections)]);
    fixture.upgrade(&history, "head").await.unwrap();
    (told(fixture, "first"), fixture.rows("TABLE public.seen").await)
}

fn told(fixture: &Fixture, of: &str) -> Vec<String> {
    let events = fixture.events.lock().unwrap();
    events
        .iter()
        .filter_map(|event| match event {
            Event::SessionChanged { step, changed, .. } if step == of => Some(changed.clone()),
            _ => None,
        })
        .flatten()
        .collect()
}

#[tokio::test]
async fn settings() {
    for (step, name, usual) in [
        ("SET search_path = pg_catalog", "search_path", "public"),
        (
            "SELECT set_config('search_path', '', false)",
            "search_path",
            "public",
        ),
        (
            "DO $$ BEGIN PERFORM set_config('work_mem', '8MB', false); END $$",
            "work_mem",
            "4MB",
        ),
        ("SET row_security = off", "row_security", "on"),
        (
            "SET session_replication_role = replica",
            "session_replication_role",
            "origin",
        ),
        ("SET client_min_messages = error", "client_min_messages", "notice"),
        (
            "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
            "default_transaction_read_only",
            "off",
        ),
    ] {
        let (told, seen) = after(step, &format!("current_setting('{name}')")).await;
        assert_eq!((told.join(", ").as_str(), seen.as_str()), (name, usual), "{step}");
    }
}

#[tokio::test]
async fn settings_that_hide_in_a_function_of_the_database() {
    let fixture = Fixture::new().await;
    fixture
        .execute(
            "CREATE FUNCTION public.configure() RETURNS void LANGUAGE plpgsql AS $$
             BEGIN PERFORM pg_catalog.set_config('search_path', 'nowhere', false); END $$",
        )
        .await;
    let (told, seen) = after_on(&fixture, "SELECT configure()", "current_setting('search_path')").await;
    assert_eq!((told, seen.as_str()), (vec!["search_path".to_owned()], "public"));
}

#[tokio::test]
async fn what_ends_with_the_step_is_not_told() {
    for step in [
        "SET LOCAL search_path = pg_catalog",
        "SELECT set_config('work_mem', '8MB', true)",
        "SELECT 1",
        "CREATE TEMP TABLE t (id int) ON COMMIT DROP",
        "SELECT pg_advisory_xact_lock(42)",
    ] {
        let (told, _) = after(step, "1").await;
        assert!(told.is_empty(), "{step}: {told:?}");
    }
}

#[tokio::test]
async fn what_is_no_setting() {
    for (step, name, query, usual) in [
        (
            "CREATE TEMP TABLE kept (id int)",
            "temporary tables",
            "SELECT to_regclass('kept') IS NULL",
            "true",
        ),
        (
            "PREPARE kept AS SELECT 1",
            "prepared statements",
            "SELECT count(*) FROM pg_prepared_statements",
            "0",
        ),
        (
            // Ends with the transaction that ends it, so that only the step after that one sees it.
            "LISTEN kept;\n-- limbeck:up between\nCREATE TABLE other (id int)",
            "LISTEN",
            "SELECT count(*) FROM pg_listening_channels()",
            "0",
        ),
        (
            "DECLARE kept CURSOR WITH HOLD FOR SELECT 1",
            "cursors",
            "SELECT count(*) FROM pg_cursors WHERE is_holdable",
            "0",
        ),
        (
            "SELECT pg_advisory_lock(42), pg_advisory_lock(42), pg_advisory_lock_shared(1, -2)",
            "advisory locks",
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()",
            "1",
        ),
    ] {
        let (told, seen) = after(step, query).await;
        assert_eq!((told.join(", ").as_str(), seen.as_str()), (name, usual), "{step}");
    }
}

#[tokio::test]
async fn the_role() {
    let fixture = Fixture::new().await;
    fixture.execute("CREATE ROLE limbeck_test_hygiene").await;
    let mut results = Vec::new();
    for step in [
        "SET ROLE limbeck_test_hygiene",
        "SET SESSION AUTHORIZATION limbeck_test_hygiene",
    ] {
        results.push(
            after(
                step,
                "SELECT current_user = session_user AND current_user <> 'limbeck_test_hygiene'",
            )
            .await,
        );
    }
    fixture.execute("DROP ROLE limbeck_test_hygiene").await;
    for (told, seen) in results {
        assert_eq!((told, seen.as_str()), (vec!["role".to_owned()], "true"));
    }
}

#[tokio::test]
async fn the_lock_of_the_run_survives() {
    let (told, seen) = after(
        "SELECT pg_advisory_unlock_all()",
        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid() AND granted",
    )
    .await;
    assert_eq!(
        (told, seen.as_str()),
        (vec!["the advisory lock of the run".to_owned()], "1")
    );
}

#[tokio::test]
async fn the_last_step_is_looked_at_too() {
    let fixture = Fixture::new().await;
    let history = history(&[file("a", "", "-- limbeck:up only\nSET work_mem = '8MB';\n")]);
    fixture.upgrade(&history, "head").await.unwrap();
    assert_eq!(told(&fixture, "only"), ["work_mem"]);
}

#[tokio::test]
async fn a_transaction_that_a_step_makes_read_only_or_ends() {
    for (step, sqlstate) in [
        ("SET TRANSACTION READ ONLY", "25006"),
        ("DO $$ BEGIN COMMIT; END $$", "2D000"),
        (
            "CREATE PROCEDURE p() LANGUAGE plpgsql AS $$ BEGIN ROLLBACK; END $$; CALL p()",
            "2D000",
        ),
    ] {
        let fixture = Fixture::new().await;
        let sections = format!("-- limbeck:up one\nCREATE TABLE a (id int);\n{step};\n");
        let error = fixture
            .upgrade(&history(&[file("a", "", &sections)]), "head")
            .await
            .unwrap_err();
        assert_eq!(error.sqlstate(), Some(sqlstate), "{step}");
        assert_eq!(error.class(), ErrorClass::Failed, "{step}");
        assert!(
            error.to_string().contains("step `one`") && error.hint().is_some(),
            "{error}"
        );
        assert_eq!(fixture.tables().await, "", "{step}");
    }
}

#[tokio::test]
async fn the_next_transaction_begins_as_usual() {
    let (_, seen) = after(
        "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL SERIALIZABLE",
        "current_setting('transaction_isolation')",
    )
    .await;
    assert_eq!(seen, "read committed");
}
