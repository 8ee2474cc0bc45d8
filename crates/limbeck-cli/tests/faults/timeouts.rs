//! Timeouts that somebody has set, locks, and other transactions.

use crate::page::holds;
use crate::site::Site;
use crate::support::project::file;

/// A run that lasts longer than all timeouts that a role can be given, none of which ends it.
fn survives(test: &str, site: &Site, settings: &[&str]) {
    site.second("SELECT pg_sleep(0.5);\nCREATE TABLE plans ();");
    for setting in settings {
        site.execute(&format!("ALTER ROLE postgres SET {setting} = '200ms'"));
    }
    holds(test, &site.upgrade());
    site.ends_well();
}

#[test]
fn set_on_the_role() {
    let site = Site::new();
    survives(
        "timeouts::set_on_the_role",
        &site,
        &[
            "statement_timeout",
            "lock_timeout",
            "idle_in_transaction_session_timeout",
            "idle_session_timeout",
        ],
    );
}

#[test]
fn for_transactions_set_on_the_role() {
    let site = Site::of_major(17);
    survives(
        "timeouts::for_transactions_set_on_the_role",
        &site,
        &["transaction_timeout"],
    );
}

#[test]
fn of_the_statement_in_the_step() {
    let site = Site::new();
    site.second_with("statement_timeout=200ms", "SELECT pg_sleep(60);");
    site.applied();
    holds("timeouts::of_the_statement_in_the_step", &site.upgrade());
    site.only_first();
    site.second("SELECT 1;");
    site.ends_well();
}

#[test]
fn a_statement_that_somebody_cancels() {
    let site = Site::new();
    site.second("SELECT pg_sleep(60);");
    site.applied();
    let run = site.begin(&["upgrade"]);
    site.wait_for_sleep();
    site.execute("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'PgSleep'");
    holds(
        "timeouts::a_statement_that_somebody_cancels",
        &run.wait_with_output().unwrap(),
    );
    site.only_first();
    site.second("SELECT 1;");
    site.ends_well();
}

#[test]
fn a_lock_that_does_not_come() {
    let site = Site::new();
    site.second_with("lock_timeout=100ms", "ALTER TABLE users ADD nick text;");
    site.applied();
    let reader = site.hold("BEGIN; SELECT FROM users");
    holds(
        "timeouts::a_lock_that_does_not_come",
        &site.folder.output(&["upgrade", "--lock-deadline", "2s"]),
    );
    site.only_first();
    site.close(reader);
    site.ends_well();
}

/// Two tables in one order here, in the other one in the application.
#[test]
fn a_deadlock_with_an_application() {
    let site = Site::with(&["deadlock_timeout=200ms"]);
    file(
        &site.folder,
        "bbbb",
        "-- revises: aaaa\n",
        "ALTER TABLE users ADD nick text;\nSELECT pg_sleep(1);\nALTER TABLE plans ADD nick text;",
        "SELECT 1;",
    );
    site.applied();
    site.execute("CREATE TABLE plans ()");
    let run = site.begin(&["upgrade"]);
    site.wait_for_sleep();
    // Waits longer before it looks for a deadlock, so that the run is its victim.
    site.execute(
        "SET deadlock_timeout = '1h'; BEGIN; LOCK TABLE plans IN ACCESS EXCLUSIVE MODE; SELECT FROM users; COMMIT",
    );
    holds(
        "timeouts::a_deadlock_with_an_application",
        &run.wait_with_output().unwrap(),
    );
    site.ends_well();
}

#[test]
fn another_runner_that_is_busy() {
    let site = Site::new();
    site.second("SELECT pg_sleep(3);");
    site.applied();
    let run = site.begin(&["upgrade"]);
    site.wait_for_sleep();
    holds(
        "timeouts::another_runner_that_is_busy",
        &site.folder.output(&["upgrade", "--wait", "500ms"]),
    );
    assert!(run.wait_with_output().unwrap().status.success());
    site.ends_well();
}

#[test]
fn another_runner_that_is_waited_for() {
    let site = Site::new();
    site.second("SELECT pg_sleep(2);");
    site.applied();
    let run = site.begin(&["upgrade"]);
    site.wait_for_sleep();
    holds("timeouts::another_runner_that_is_waited_for", &site.upgrade());
    assert!(run.wait_with_output().unwrap().status.success());
    site.ends_well();
}
