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
    assert_told!(folder.run(&["upgrade"]), @"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: `COMMIT` in a step, which Limbeck runs in a transaction of its own
      --> database/migrations/versions/[TIME]_27c6a30d7c24.sql:10:1
       |
    10 | COMMIT;
       | ^^^^^^

    hint: take it out; to commit in between, begin another step with a marker `-- limbeck:up NAME`
    ");
    assert!(!database.relations().contains(&"public.users".to_owned()));
}

#[test]
fn a_commit_inside_a_procedure() {
    let database = TestDatabase::new();
    let folder = project(&database.url());
    let up = "CREATE PROCEDURE sneak() LANGUAGE plpgsql AS $$ BEGIN COMMIT; END $$;\nCALL sneak();";
    revision(&folder, "27c6a30d7c24", "", up, "DROP PROCEDURE sneak();");
    assert_told!(folder.run(&["upgrade"]), @"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: step `main` of revision `[ID]` failed: invalid transaction termination
      --> database/migrations/versions/[TIME]_27c6a30d7c24.sql:10:1
       |
    10 | CALL sneak();
       | ^^^^^^^^^^^^
       |
       = SQLSTATE: 2D000
       = context: PL/pgSQL function sneak() line 1 at COMMIT

    hint: a step cannot commit: take the COMMIT or ROLLBACK out of what it calls, or make the call a step of its own with `transaction=no`
    ");
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
    assert_told!(folder.run(&["upgrade"]), @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: step `main` of revision `[ID]` failed: relation "userss" does not exist
      --> database/migrations/versions/[TIME]_8f3c2a91d0b4.sql:11:1
       |
    11 | / ALTER TABLE plans
    12 | |     ADD COLUMN owner bigint REFERENCES userss (id);
       | |__________________________________________________^
       |
       = SQLSTATE: 42P01

    hint: nothing of this step was kept: correct it and run again
    "#);
    assert_eq!(database.relations(), before);
    assert_told!(folder.run(&["current"]), @"
    exit code: 0
    ----- stdout -----
    [ID] Revision [ID]
    ----- stderr -----
    1 revision is not applied
    hint: `limbeck plan` shows what `limbeck upgrade` would run
    ");
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
    assert_told!(folder.run(&["upgrade"]), @r#"
    exit code: 7
    ----- stdout -----
    ----- stderr -----
      up [ID] Revision [ID] ([DURATION])
    error: step `main` of revision `[ID]` failed: syntax error at or near "TABEL"
     --> database/migrations/versions/[TIME]_8f3c2a91d0b4.sql:9:8
      |
    9 | CREATE TABEL plans ();
      |        ^^^^^
      |
      = SQLSTATE: 42601

    hint: nothing of this step was kept, the steps before it stay: correct it and run again, which goes on there
    "#);
}

#[test]
fn as_json() {
    let database = TestDatabase::new();
    let folder = project(&database.url());
    revision(&folder, "27c6a30d7c24", "", "CREATE TABEL users ();", DOWN);
    assert_told!(folder.run(&["--format", "json", "upgrade"]), @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    {"direction":"up","event":"revision_started","message":"Revision [ID]","revision":"[ID]","steps":1}
    {"direction":"up","event":"step_started","number":1,"revision":"[ID]","step":"main","transaction":true}
    {"error":{"diagnostics":[{"hints":["nothing of this step was kept: correct it and run again"],"message":"step `main` of revision `[ID]` failed: syntax error at or near \"TABEL\"","notes":["SQLSTATE: 42601"],"snippets":[{"column":8,"label":"","line":9,"path":"database/migrations/versions/[TIME]_27c6a30d7c24.sql","range":{"end":146,"start":141}}]}],"exit_code":1,"kind":"failed","message":"step `main` of revision `[ID]` failed: syntax error at or near \"TABEL\""}}
    "#);
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
    assert_told!(folder.run(&["downgrade", "base"]), @"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: step `main` of revision `[ID]` has no way down
     --> database/migrations/versions/[TIME]_27c6a30d7c24.sql:8:1
      |
    8 | -- limbeck:up main
      | ^^^^^^^^^^^^^^^^^^

    hint: write the step's `-- limbeck:down`, or restore a backup: nothing was run
    ");
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
    assert_told!(stopped_by("-INT"), @"
    exit code: 130
    ----- stdout -----
    ----- stderr -----
    Stopping as soon as the database is in a known state; once more leaves at once
    error: interrupted in step `main` of revision `[ID]`, of which nothing was kept

    hint: run again to go on
    ");
}

#[test]
fn terminated() {
    assert_told!(stopped_by("-TERM"), @"
    exit code: 143
    ----- stdout -----
    ----- stderr -----
    Stopping as soon as the database is in a known state; once more leaves at once
    error: interrupted in step `main` of revision `[ID]`, of which nothing was kept

    hint: run again to go on
    ");
}
