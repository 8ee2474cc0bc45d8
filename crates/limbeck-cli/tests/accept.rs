//! Edited files of applied revisions: accepted where the schema stays what it is, else refused.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::print_stderr,
    missing_docs,
    reason = "tests"
)]

mod support;

use serde_json::Value;
use support::TestFolder;
use support::database::TestDatabase;
use support::project::{file, path, project, revision};

const USERS: &str = "27c6a30d7c24";
const PLANS: &str = "8f3c2a91d0b4";

/// Two applied revisions.
fn applied() -> (TestDatabase, TestFolder) {
    let database = TestDatabase::new();
    let folder = project(&database.url());
    revision(
        &folder,
        USERS,
        "",
        "CREATE TABLE users (id bigint PRIMARY KEY, name text);",
        "DROP TABLE users;",
    );
    revision(
        &folder,
        PLANS,
        USERS,
        "CREATE TABLE plans (id bigint PRIMARY KEY, owner bigint REFERENCES users);",
        "DROP TABLE plans;",
    );
    folder.succeed(&["upgrade"]);
    (database, folder)
}

fn edit(folder: &TestFolder, id: &str, from: &str, to: &str) {
    let text = folder.read(&path(id));
    assert!(text.contains(from), "{text}");
    folder.write(&path(id), text.replace(from, to));
}

/// What the database keeps of revisions, to tell that nothing was changed.
fn kept(database: &TestDatabase) -> Vec<String> {
    database.query("SELECT id, checksum, body, origin, applied_at FROM limbeck.revision ORDER BY 1")
}

fn events(database: &TestDatabase) -> Vec<String> {
    database.query(
        "SELECT revision, outcome, detail ? 'from' AND detail ? 'to' FROM limbeck.event WHERE kind = 'accept' ORDER BY id",
    )
}

#[test]
fn nothing_was_edited() {
    let (database, folder) = applied();
    let before = kept(&database);
    assert_told!(folder.run(&["accept"]), @"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    There is nothing to accept
    ");
    assert_told!(folder.run(&["accept", USERS]), @"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    note: the file of revision `[ID]` is as it was applied
    There is nothing to accept
    ");
    assert_eq!(kept(&database), before);
}

#[test]
fn comments_and_blanks() {
    let (database, folder) = applied();
    edit(
        &folder,
        USERS,
        "CREATE TABLE users (id bigint PRIMARY KEY, name text);",
        "-- Everybody who can sign in.\nCREATE TABLE users (\n    id   bigint PRIMARY KEY,\n    name text\n);",
    );
    assert_eq!(folder.output(&["upgrade"]).status.code(), Some(8));
    assert_told!(folder.run(&["accept"]), @"
    exit code: 0
    ----- stdout -----
    [ID] Revision [ID]
    database/migrations/versions/[TIME]_27c6a30d7c24.sql

        -- limbeck:up main
      - CREATE TABLE users (id bigint PRIMARY KEY, name text);
      + -- Everybody who can sign in.
      + CREATE TABLE users (
      +     id   bigint PRIMARY KEY,
      +     name text
      + );
        -- limbeck:down main
        DROP TABLE users;
    ----- stderr -----
    The schema stays what it is: 1 edit accepted
    ");
    assert_eq!(events(&database), [format!("{USERS}|done|t")]);
    folder.succeed(&["upgrade"]);
    // The way down is that of the accepted text, also where its file is gone.
    let body = database.query(&format!("SELECT body FROM limbeck.revision WHERE id = '{USERS}'"));
    assert_eq!(body, [folder.read(&path(USERS))]);
    folder.remove(&path(PLANS));
    folder.remove(&path(USERS));
    folder.succeed(&["downgrade", "base"]);
    assert!(!database.relations().contains(&"public.users".to_owned()));
}

#[test]
fn other_sql_for_the_same_schema() {
    let (database, folder) = applied();
    edit(
        &folder,
        USERS,
        "CREATE TABLE users (id bigint PRIMARY KEY, name text);",
        "CREATE TABLE users (id bigint, name text);\nALTER TABLE users ADD PRIMARY KEY (id);",
    );
    assert_told!(folder.run(&["accept", "27c6"]), @"
    exit code: 0
    ----- stdout -----
    [ID] Revision [ID]
    database/migrations/versions/[TIME]_27c6a30d7c24.sql

        -- limbeck:up main
      - CREATE TABLE users (id bigint PRIMARY KEY, name text);
      + CREATE TABLE users (id bigint, name text);
      + ALTER TABLE users ADD PRIMARY KEY (id);
        -- limbeck:down main
        DROP TABLE users;
    ----- stderr -----
    note: `[ID]`: schemas are compared, and not what statements do to rows
    The schema stays what it is: 1 edit accepted
    ");
    folder.succeed(&["upgrade"]);
    assert_eq!(events(&database).len(), 1);
}

#[test]
fn another_schema_is_refused() {
    let (database, folder) = applied();
    edit(&folder, USERS, "name text", "name varchar(20) NOT NULL");
    let before = kept(&database);
    assert_told!(folder.run(&["accept"]), @r#"
    exit code: 8
    ----- stdout -----
    [ID] Revision [ID]
    database/migrations/versions/[TIME]_27c6a30d7c24.sql

        -- limbeck:up main
      - CREATE TABLE users (id bigint PRIMARY KEY, name text);
      + CREATE TABLE users (id bigint PRIMARY KEY, name varchar(20) NOT NULL);
        -- limbeck:down main
        DROP TABLE users;
    ----- stderr -----
    error: the edit of revision `[ID]` changes the schema
    --> database/migrations/versions/[TIME]_27c6a30d7c24.sql
     = column public.users.name
         is:        ALTER TABLE public.users ADD COLUMN name character varying(20) NOT NULL;
         should be: ALTER TABLE public.users ADD COLUMN name text;

    hint: undo the edit, or undo it and write the change as a new revision: `limbeck revision -m "…"`
    "#);
    assert_eq!(kept(&database), before);
    assert_eq!(events(&database), Vec::<String>::new());
    // As JSON, the report and the error.
    let output = folder.output(&["accept", "--format", "json"]);
    assert_eq!(output.status.code(), Some(8));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["accepted"], false);
    assert_eq!(report["revisions"][0]["id"], USERS);
    assert_eq!(report["refusals"].as_array().unwrap().len(), 1);
    let error: Value = serde_json::from_slice(&output.stderr).unwrap();
    assert_eq!(error["error"]["exit_code"], 8);
}

/// The schema is the same after the revision, and another one at the heads.
#[test]
fn a_difference_that_shows_later_is_refused() {
    let (database, folder) = applied();
    revision(
        &folder,
        "0a0a0a0a0a0a",
        PLANS,
        "DO $$ BEGIN IF EXISTS (SELECT FROM users WHERE id = 7) THEN CREATE TABLE seven (id int); END IF; END $$;",
        "DROP TABLE IF EXISTS seven;",
    );
    folder.succeed(&["upgrade"]);
    edit(
        &folder,
        USERS,
        "name text);",
        "name text);\nINSERT INTO users VALUES (7, 'Seven');",
    );
    let before = kept(&database);
    assert_told!(folder.run(&["accept"]), @r#"
    exit code: 8
    ----- stdout -----
    [ID] Revision [ID]
    database/migrations/versions/[TIME]_27c6a30d7c24.sql
        -- limbeck:up main
        CREATE TABLE users (id bigint PRIMARY KEY, name text);
      + INSERT INTO users VALUES (7, 'Seven');
        -- limbeck:down main
        DROP TABLE users;
    ----- stderr -----
    error: with the edit, the revisions that follow lead to another schema
      table public.seven
        is:        CREATE TABLE public.seven (
                       id integer
                   );
        should be: not there

    hint: undo the edit, or undo it and write the change as a new revision: `limbeck revision -m "…"`
    "#);
    assert_eq!(kept(&database), before);
}

/// What a revision follows, needs and is labelled is in the database too, and others count on it.
#[test]
fn another_header_is_refused() {
    let (database, folder) = applied();
    let other = "0a0a0a0a0a0a";
    file(
        &folder,
        other,
        &format!("-- revises: {USERS}\n-- branch_labels: other\n"),
        "SELECT 1;",
        "SELECT 1;",
    );
    folder.succeed(&["upgrade", "heads"]);
    let before = kept(&database);
    let original = folder.read(&path(other));
    for (from, to, told) in [
        (
            format!("-- revises: {USERS}\n"),
            format!("-- revises: {PLANS}\n"),
            format!("make the header as it was applied: `-- revises: {USERS}`"),
        ),
        (
            format!("-- revises: {USERS}\n"),
            "-- revises:\n".to_owned(),
            format!("make the header as it was applied: `-- revises: {USERS}`"),
        ),
        (
            "-- branch_labels: other\n".to_owned(),
            format!("-- branch_labels: other\n-- depends_on: {PLANS}\n"),
            "make the header as it was applied: without `-- depends_on`".to_owned(),
        ),
        (
            "-- branch_labels: other\n".to_owned(),
            "-- branch_labels: another\n".to_owned(),
            "make the header as it was applied: `-- branch_labels: other`".to_owned(),
        ),
    ] {
        folder.write(&path(other), &original);
        edit(&folder, other, "SELECT 1;", "SELECT  1;");
        edit(&folder, other, &from, &to);
        let output = folder.output(&["accept"]);
        assert_eq!(output.status.code(), Some(8));
        let text = String::from_utf8(output.stderr).unwrap();
        assert!(text.contains("in its header"), "{text}");
        assert!(text.contains(&told), "{text}");
        assert_eq!(kept(&database), before);
    }
    // With the header as it was, the edit is accepted.
    folder.write(&path(other), &original);
    edit(&folder, other, "SELECT 1;", "SELECT  1;");
    folder.succeed(&["accept"]);
}

#[test]
fn sql_that_does_not_run_is_refused() {
    let (database, folder) = applied();
    edit(&folder, USERS, "CREATE TABLE users", "CREATE TABEL users");
    let before = kept(&database);
    assert_told!(folder.run(&["accept"]), @r#"
    exit code: 8
    ----- stdout -----
    [ID] Revision [ID]
    database/migrations/versions/[TIME]_27c6a30d7c24.sql

        -- limbeck:up main
      - CREATE TABLE users (id bigint PRIMARY KEY, name text);
      + CREATE TABEL users (id bigint PRIMARY KEY, name text);
        -- limbeck:down main
        DROP TABLE users;
    ----- stderr -----
    error: the edited file does not run: step `main` of revision `[ID]` failed: syntax error at or near "TABEL"
     --> database/migrations/versions/[TIME]_27c6a30d7c24.sql:9:8
      |
    9 | CREATE TABEL users (id bigint PRIMARY KEY, name text);
      |        ^^^^^
      |
      = SQLSTATE: 42601

    hint: undo the edit, or undo it and write the change as a new revision: `limbeck revision -m "…"`
    "#);
    assert_eq!(kept(&database), before);
}

#[test]
fn a_way_down_that_was_edited() {
    let (database, folder) = applied();
    edit(&folder, PLANS, "DROP TABLE plans;", "DROP TABLE plans CASCADE;");
    assert_told!(folder.run(&["accept"]), @"
    exit code: 0
    ----- stdout -----
    [ID] Revision [ID]
    database/migrations/versions/[TIME]_8f3c2a91d0b4.sql
        CREATE TABLE plans (id bigint PRIMARY KEY, owner bigint REFERENCES users);
        -- limbeck:down main
      - DROP TABLE plans;
      + DROP TABLE plans CASCADE;
    ----- stderr -----
    The schema stays what it is: 1 edit accepted
    ");
    let before = kept(&database);
    edit(
        &folder,
        PLANS,
        "DROP TABLE plans CASCADE;",
        "ALTER TABLE plans DROP COLUMN owner;",
    );
    assert_told!(folder.run(&["accept"]), @r#"
    exit code: 8
    ----- stdout -----
    [ID] Revision [ID]
    database/migrations/versions/[TIME]_8f3c2a91d0b4.sql
        CREATE TABLE plans (id bigint PRIMARY KEY, owner bigint REFERENCES users);
        -- limbeck:down main
      - DROP TABLE plans CASCADE;
      + ALTER TABLE plans DROP COLUMN owner;
    ----- stderr -----
    error: the edited way down of revision `[ID]` does not lead back
    --> database/migrations/versions/[TIME]_8f3c2a91d0b4.sql
     = table public.plans
         is:        CREATE TABLE public.plans (
                        id bigint,
                        CONSTRAINT plans_pkey PRIMARY KEY (id)
                    );
         should be: not there

    hint: undo the edit, or undo it and write the change as a new revision: `limbeck revision -m "…"`
    "#);
    edit(
        &folder,
        PLANS,
        "ALTER TABLE plans DROP COLUMN owner;",
        "DROP TABLE plan;",
    );
    let told = folder.run(&["accept"]);
    assert!(told.starts_with("exit code: 8\n"), "{told}");
    assert!(told.contains("the edited way down does not run: "), "{told}");
    edit(&folder, PLANS, "-- limbeck:down main\nDROP TABLE plan;\n", "");
    let told = folder.run(&["accept"]);
    assert!(told.starts_with("exit code: 8\n"), "{told}");
    assert!(told.contains("the edit takes the way down"), "{told}");
    assert_eq!(kept(&database), before);
}

/// A way down that never led back is no worse for a comment.
#[test]
fn a_way_down_that_never_led_back() {
    let database = TestDatabase::new();
    let folder = project(&database.url());
    revision(&folder, USERS, "", "CREATE TABLE users (id bigint);", "SELECT 1;");
    folder.succeed(&["upgrade"]);
    edit(&folder, USERS, "SELECT 1;", "-- stays\nSELECT 1;");
    let told = folder.run(&["accept"]);
    assert!(told.starts_with("exit code: 0\n"), "{told}");
    assert!(
        told.contains("its way down does not lead back to where it came from; neither did the applied one"),
        "{told}"
    );
}

#[test]
fn several_at_once() {
    let (database, folder) = applied();
    edit(&folder, USERS, "name text", "name TEXT");
    edit(&folder, PLANS, "owner bigint", "owner  bigint");
    // One of them alone: the other one stays edited.
    folder.succeed(&["accept", PLANS]);
    assert_eq!(events(&database), [format!("{PLANS}|done|t")]);
    assert_eq!(folder.output(&["upgrade"]).status.code(), Some(8));
    edit(&folder, PLANS, "owner  bigint", "owner   bigint");
    folder.succeed(&["accept"]);
    assert_eq!(events(&database).len(), 3);
    folder.succeed(&["upgrade"]);
    // All or none.
    edit(&folder, USERS, "name TEXT", "name  TEXT");
    edit(&folder, PLANS, "owner   bigint", "owner int");
    let before = kept(&database);
    let told = folder.run(&["accept"]);
    assert!(told.starts_with("exit code: 8\n"), "{told}");
    assert!(told.contains("accept") || told.contains(PLANS), "{told}");
    assert_eq!(kept(&database), before);
}

/// A `require` counts as well as a statement.
#[test]
fn a_require_that_was_added() {
    let (_database, folder) = applied();
    edit(
        &folder,
        PLANS,
        "-- limbeck:up main\n",
        "-- limbeck:require up main \"users\"\nSELECT count(*) FROM users;\n-- limbeck:up main\n",
    );
    assert_eq!(folder.output(&["upgrade"]).status.code(), Some(8));
    folder.succeed(&["accept"]);
    folder.succeed(&["upgrade"]);
}

#[test]
fn a_history_that_makes_roles() {
    let database = TestDatabase::new();
    let folder = project(&database.url());
    revision(
        &folder,
        USERS,
        "",
        "CREATE ROLE accept_reader;\nCREATE TABLE users (id bigint);\nGRANT SELECT ON users TO accept_reader;",
        "DROP TABLE users;\nDROP ROLE accept_reader;",
    );
    folder.succeed(&["upgrade"]);
    edit(&folder, USERS, "CREATE TABLE users", "CREATE  TABLE users");
    folder.succeed(&["accept"]);
    folder.succeed(&["upgrade"]);
}

#[test]
fn what_cannot_be_accepted() {
    let (database, folder) = applied();
    revision(&folder, "0a0a0a0a0a0a", PLANS, "SELECT 1;", "SELECT 1;");
    assert_told!(folder.run(&["accept", "0a0a"]), @"
    exit code: 8
    ----- stdout -----
    ----- stderr -----
    error: revision `[ID]` is not applied to this database
    --> database/migrations/versions/[TIME]_0a0a0a0a0a0a.sql

    hint: what is not applied can be edited as you like; `limbeck upgrade` applies it as it is then
    ");
    assert_told!(folder.run(&["accept", "nobody"]), @"
    exit code: 8
    ----- stdout -----
    ----- stderr -----
    error: there is no revision `nobody`

    hint: `limbeck history` lists the revisions
    ");
    // Half of a revision.
    folder.write(
        &path("0a0a0a0a0a0a"),
        "-- Half\n--\n-- limbeck: 1\n-- revision: 0a0a0a0a0a0a\n-- revises: 8f3c2a91d0b4\n-- created: 2026-11-21T10:00:00Z\n\n\
         -- limbeck:up one\nSELECT 1;\n-- limbeck:down one\nSELECT missing;\n-- limbeck:up two\nSELECT 1;\n-- limbeck:down two\nSELECT 2;\n",
    );
    folder.succeed(&["upgrade"]);
    assert_eq!(folder.output(&["downgrade", "-1"]).status.code(), Some(7));
    edit(&folder, "0a0a0a0a0a0a", "SELECT missing", "SELECT 3");
    let before = kept(&database);
    assert_told!(folder.run(&["accept"]), @"
    exit code: 8
    ----- stdout -----
    ----- stderr -----
    error: revision `[ID]` is applied in part only
    --> database/migrations/versions/[TIME]_0a0a0a0a0a0a.sql

    hint: finish what was begun with the file as it was applied, then edit and accept
    ");
    assert_eq!(kept(&database), before);
    // On an empty database.
    let empty = TestDatabase::new();
    assert_told!(folder.run(&["accept", "-D", &empty.url()]), @"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    There is nothing to accept
    ");
    assert_eq!(empty.relations(), Vec::<String>::new());
}

#[test]
fn as_json() {
    let (_database, folder) = applied();
    edit(&folder, USERS, "name text", "name  text");
    let report: Value = serde_json::from_str(&folder.succeed(&["accept", "--format", "json"])).unwrap();
    assert_eq!(report["accepted"], true);
    let lines: Vec<String> = report["revisions"][0]["lines"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|line| line["side"] != "both")
        .map(|line| {
            format!(
                "{} {}",
                line["side"].as_str().unwrap(),
                line["text"].as_str().unwrap()
            )
        })
        .collect();
    assert_eq!(
        lines,
        [
            "first CREATE TABLE users (id bigint PRIMARY KEY, name text);",
            "second CREATE TABLE users (id bigint PRIMARY KEY, name  text);"
        ]
    );
}

#[test]
fn another_runner_is_at_work() {
    let (database, folder) = applied();
    edit(&folder, USERS, "name text", "name  text");
    database.execute(
        "UPDATE limbeck.lease SET owner = 'somebody', pid = NULL, backend_start = NULL, \
         heartbeat_at = now(), expires_at = now() + interval '1 hour'",
    );
    let before = kept(&database);
    let told = folder.run(&["accept", "--wait", "0s"]);
    assert!(told.starts_with("exit code: 5\n"), "{told}");
    assert_eq!(kept(&database), before);
    let status = folder.run(&["status"]);
    assert!(status.contains("at work     somebody"), "{status}");
}

/// What holds on empty tables may fail on rows.
#[test]
fn a_way_back_that_fails_on_rows_is_refused() {
    let database = TestDatabase::new();
    let folder = project(&database.url());
    revision(
        &folder,
        USERS,
        "",
        "CREATE TABLE users (id bigint PRIMARY KEY, code int NOT NULL);",
        "DROP TABLE users;",
    );
    revision(
        &folder,
        PLANS,
        USERS,
        "ALTER TABLE users DROP COLUMN code;",
        "ALTER TABLE users ADD COLUMN code int NOT NULL DEFAULT 0;\nALTER TABLE users ALTER COLUMN code DROP DEFAULT;",
    );
    folder.succeed(&["upgrade"]);
    edit(&folder, PLANS, " DEFAULT 0;", ";");
    let before = kept(&database);
    let told = folder.run(&["accept"]);
    assert!(told.starts_with("exit code: 8\n"), "{told}");
    assert!(
        told.contains("with rows in the tables, the edited file does not go there and back: "),
        "{told}"
    );
    assert_eq!(kept(&database), before);
    edit(&folder, PLANS, "NOT NULL;", "NOT NULL DEFAULT 1;");
    folder.succeed(&["accept"]);
    folder.succeed(&["downgrade", "-1"]);
}

/// Steps outside a transaction, several steps, and a merge.
#[test]
fn steps_outside_a_transaction() {
    let (database, folder) = applied();
    folder.write(
        &path("0a0a0a0a0a0a"),
        "-- Index\n--\n-- limbeck: 1\n-- revision: 0a0a0a0a0a0a\n-- revises: 27c6a30d7c24\n-- created: 2026-11-21T10:00:00Z\n\n\
         -- limbeck:up one\nALTER TABLE users ADD COLUMN one int;\n-- limbeck:down one\nALTER TABLE users DROP COLUMN one;\n\
         -- limbeck:up two transaction=no creates=\"index public.users_one\"\nCREATE INDEX CONCURRENTLY users_one ON users (one);\n\
         -- limbeck:down two transaction=no\nDROP INDEX CONCURRENTLY users_one;\n",
    );
    folder.write(
        &path("0b0b0b0b0b0b"),
        "-- Merge\n--\n-- limbeck: 1\n-- revision: 0b0b0b0b0b0b\n-- revises: 0a0a0a0a0a0a, 8f3c2a91d0b4\n-- created: 2026-11-21T10:00:00Z\n",
    );
    folder.succeed(&["upgrade"]);
    edit(
        &folder,
        "0a0a0a0a0a0a",
        "ON users (one)",
        "ON users USING btree (one)",
    );
    folder.succeed(&["accept"]);
    folder.succeed(&["upgrade"]);
    edit(&folder, "0a0a0a0a0a0a", "USING btree (one)", "USING hash (one)");
    let told = folder.run(&["accept"]);
    assert!(told.starts_with("exit code: 8\n"), "{told}");
    assert_eq!(events(&database).len(), 1);
    edit(&folder, "0a0a0a0a0a0a", "USING hash (one)", "USING btree (one)");
    folder.succeed(&["downgrade", "base"]);
}
