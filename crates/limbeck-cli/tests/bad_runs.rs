//! What goes wrong while revisions are run: the place, the exit code, and the database as before.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::print_stderr,
    missing_docs,
    reason = "tests"
)]

mod support;

use std::process::Stdio;
use std::time::{Duration, Instant};

use support::database::TestDatabase;
use support::project::{project, revision};

const UP: &str = "CREATE TABLE users (id bigint PRIMARY KEY);";
const DOWN: &str = "DROP TABLE users;";

#[test]
fn a_commit_inside_a_step() {
    let database = TestDatabase::new();
    let folder = project(&database.url());
    revision(
        &folder,
        "27c6a30d7c24",
        "",
        &format!("{UP}\nCOMMIT;\nCREATE TABLE plans ();"),
        DOWN,
    );
    assert_told!(folder.run(&["upgrade"]), @"");
    assert!(!database.relations().contains(&"public.users".to_owned()));
}

#[test]
fn a_commit_inside_a_procedure() {
    let database = TestDatabase::new();
    let folder = project(&database.url());
    let up = "CREATE PROCEDURE sneak() LANGUAGE plpgsql AS $$ BEGIN COMMIT; END $$;\nCALL sneak();";
    revision(&folder, "27c6a30d7c24", "", up, "DROP PROCEDURE sneak();");
    assert_told!(folder.run(&["upgrade"]), @"");
}

#[test]
fn sql_that_fails_half_way_through_a_step() {
    let database = TestDatabase::new();
    let folder = project(&database.url());
    revision(&folder, "27c6a30d7c24", "", UP, DOWN);
    let up = "CREATE TABLE plans (id bigint PRIMARY KEY);\n\nALTER TABLE plans\n    ADD COLUMN owner bigint REFERENCES userss (id);";
    revision(&folder, "8f3c2a91d0b4", "27c6a30d7c24", up, "DROP TABLE plans;");
    folder.succeed(&["upgrade", "27c6a30d7c24"]);
    let before = database.relations();
    assert_told!(folder.run(&["upgrade"]), @"");
    assert_eq!(database.relations(), before);
    assert_told!(folder.run(&["current"]), @"");
}

#[test]
fn sql_that_fails_after_another_revision_was_committed() {
    let database = TestDatabase::new();
    let folder = project(&database.url());
    revision(&folder, "27c6a30d7c24", "", UP, DOWN);
    revision(
        &folder,
        "8f3c2a91d0b4",
        "27c6a30d7c24",
        "CREATE TABEL plans ();",
        "DROP TABLE plans;",
    );
    assert_told!(folder.run(&["upgrade"]), @"");
}

#[test]
fn as_json() {
    let database = TestDatabase::new();
    let folder = project(&database.url());
    revision(&folder, "27c6a30d7c24", "", "CREATE TABEL users ();", DOWN);
    assert_told!(folder.run(&["--format", "json", "upgrade"]), @"");
}

#[test]
fn a_revision_that_cannot_go_back() {
    let database = TestDatabase::new();
    let folder = project(&database.url());
    revision(&folder, "27c6a30d7c24", "", UP, "");
    let path = support::project::path("27c6a30d7c24");
    folder.write(&path, folder.read(&path).replace("-- limbeck:down main\n", ""));
    folder.succeed(&["upgrade"]);
    let before = database.relations();
    assert_told!(folder.run(&["downgrade", "base"]), @"");
    assert_eq!(database.relations(), before);
}

/// A run that is stopped by a signal while its step sleeps.
fn stopped_by(signal: &str) -> String {
    let database = TestDatabase::new();
    let folder = project(&database.url());
    revision(
        &folder,
        "27c6a30d7c24",
        "",
        &format!("{UP}\nSELECT pg_sleep(60);"),
        DOWN,
    );
    let mut command = folder.command(&["upgrade"]);
    let child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let sleeping = "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND wait_event = 'PgSleep'";
    let begun = Instant::now();
    while database.query(sleeping) != ["1"] {
        assert!(begun.elapsed() < Duration::from_secs(30), "the step never began");
        std::thread::sleep(Duration::from_millis(20));
    }
    let killed = std::process::Command::new("kill")
        .args([signal, &child.id().to_string()])
        .status()
        .unwrap();
    assert!(killed.success());
    let told = folder.told(&child.wait_with_output().unwrap());
    assert!(
        begun.elapsed() < Duration::from_secs(45),
        "the statement was not cancelled"
    );
    assert!(!database.relations().contains(&"public.users".to_owned()));
    // The lease was given back: the next run does not wait.
    revision(&folder, "27c6a30d7c24", "", UP, DOWN);
    folder.succeed(&["upgrade", "--wait", "0s"]);
    told
}

#[test]
fn interrupted_by_ctrl_c() {
    assert_told!(stopped_by("-INT"), @"");
}

#[test]
fn terminated() {
    assert_told!(stopped_by("-TERM"), @"");
}
