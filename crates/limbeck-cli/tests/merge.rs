//! `merge`: several heads become one, where the order of the branches makes no difference.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::print_stderr,
    missing_docs,
    reason = "tests"
)]

mod support;

use support::TestFolder;
use support::database::TestDatabase;
use support::project::{file, forest, path, project, project_without_database, revision};

const BASE: (&str, &str) = (
    "CREATE TABLE t (id bigint PRIMARY KEY, name text);",
    "DROP TABLE t;",
);

/// Two branches that each do something.
fn branches(url: &str, one: (&str, &str), other: (&str, &str)) -> TestFolder {
    let folder = project(url);
    revision(&folder, "a", "", BASE.0, BASE.1);
    revision(&folder, "b", "a", one.0, one.1);
    revision(&folder, "c", "a", other.0, other.1);
    folder
}

fn with_columns(url: &str) -> TestFolder {
    branches(
        url,
        ("ALTER TABLE t ADD COLUMN b int;", "ALTER TABLE t DROP COLUMN b;"),
        ("ALTER TABLE t ADD COLUMN c int;", "ALTER TABLE t DROP COLUMN c;"),
    )
}

/// Nothing is written, and the error is told.
fn refused(folder: &TestFolder, arguments: &[&str]) -> String {
    let before = folder.files();
    let told = folder.run(arguments);
    assert_eq!(folder.files(), before, "{told}");
    told
}

#[test]
fn two_heads_become_one_and_several_again() {
    let database = TestDatabase::new();
    let mut folder = with_columns(&database.url());
    folder.set("SOURCE_DATE_EPOCH", "1795255200");
    folder.succeed(&["upgrade", "heads"]);
    assert_told!(folder.run(&["merge", "heads", "-m", "Both", "--rev-id", "d", "--branch-label", "joined"]), @"
    exit code: 0
    ----- stdout -----
    database/migrations/versions/20261121T100000_d_both.sql
    ----- stderr -----
    Wrote revision d, which merges b, c; they lead to the same in 2 orders
    ");
    let written = folder.succeed(&["history", "--format", "json", "-r", "d:"]);
    let report: serde_json::Value = serde_json::from_str(&written).unwrap();
    insta::with_settings!({ filters => support::filters() }, {
        insta::assert_snapshot!(folder.read(report["revisions"][0]["path"].as_str().unwrap()), @"
        -- Both
        --
        -- limbeck: 1
        -- revision: d
        -- revises: b, c
        -- created: [TIME]
        -- branch_labels: joined
        ");
    });
    folder.succeed(&["upgrade"]);
    assert_eq!(database.query("SELECT revision FROM limbeck.head"), ["d"]);
    folder.succeed(&["downgrade", "-1"]);
    assert_eq!(
        database.query("SELECT revision FROM limbeck.head ORDER BY 1"),
        ["b", "c"]
    );
    folder.succeed(&["downgrade", "c@-1"]);
    assert_eq!(database.query("SELECT revision FROM limbeck.head"), ["b"]);
    folder.succeed(&["upgrade"]);
    assert_eq!(database.query("SELECT revision FROM limbeck.head"), ["d"]);
    folder.succeed(&["downgrade", "base"]);
    assert!(database.query("SELECT revision FROM limbeck.head").is_empty());
}

#[test]
fn without_names_all_heads_are_merged() {
    let folder = with_columns("");
    revision(&folder, "e", "", "CREATE TABLE e ();", "DROP TABLE e;");
    let text = folder.succeed(&["merge", "--format", "json", "--rev-id", "m"]);
    let report: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(report["revises"], serde_json::json!(["b", "c", "e"]));
    assert_eq!(report["orders"], 6);
    assert_eq!(
        folder.succeed(&["heads"]),
        "b, c, e -> m (head) (merge point), Merge b, c, e\n"
    );
}

#[test]
fn an_order_that_makes_a_difference() {
    let folder = branches(
        "",
        (
            "ALTER TABLE t ALTER COLUMN name SET DEFAULT 'b';",
            "ALTER TABLE t ALTER COLUMN name DROP DEFAULT;",
        ),
        (
            "ALTER TABLE t ALTER COLUMN name SET DEFAULT 'c';",
            "ALTER TABLE t ALTER COLUMN name DROP DEFAULT;",
        ),
    );
    assert_told!(refused(&folder, &["merge", "heads"]), @"
    exit code: 8
    ----- stdout -----
    ----- stderr -----
    error: the branches cannot be merged: which one is applied first makes a difference; nothing was written
      column public.t.name
        `b`, then `c`: ALTER TABLE public.t ADD COLUMN name text DEFAULT 'c'::text;
        `c`, then `b`: ALTER TABLE public.t ADD COLUMN name text DEFAULT 'b'::text;

    hint: change the branch that is applied nowhere yet so that it does the same on top of the other, or give it the other as its parent
    ");
}

#[test]
fn a_branch_that_does_not_run_after_the_other() {
    let folder = branches(
        "",
        (
            "ALTER TABLE t RENAME COLUMN name TO title;",
            "ALTER TABLE t RENAME COLUMN title TO name;",
        ),
        ("CREATE INDEX t_name ON t (name);", "DROP INDEX t_name;"),
    );
    assert_told!(refused(&folder, &["merge"]), @r#"
    exit code: 8
    ----- stdout -----
    ----- stderr -----
    error: the branches cannot be merged: `c` does not run after `b`; nothing was written

    hint: change the branch that is applied nowhere yet so that both can run, or give it the other as its parent

    error: step `main` of revision `c` failed: column "name" does not exist
     --> database/migrations/versions/[TIME]_c.sql:9:1
      |
    9 | CREATE INDEX t_name ON t (name);
      | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      |
      = SQLSTATE: 42703

    hint: nothing of this step was kept: correct it and run again
    "#);
}

/// Roles are the whole server's: the second order must not find those of the first.
#[test]
fn branches_that_make_roles() {
    let folder = branches(
        "",
        (
            "CREATE ROLE reader; GRANT SELECT ON t TO reader;",
            "DROP OWNED BY reader; DROP ROLE reader;",
        ),
        ("ALTER TABLE t ADD COLUMN c int;", "ALTER TABLE t DROP COLUMN c;"),
    );
    let told = folder.run(&["merge", "heads", "--rev-id", "d"]);
    assert!(told.contains("exit code: 0"), "{told}");
}

#[test]
fn what_cannot_be_merged() {
    let folder = project_without_database();
    assert_told!(refused(&folder, &["merge", "heads"]), @r#"
    exit code: 8
    ----- stdout -----
    ----- stderr -----
    error: there is no revision yet

    hint: `limbeck revision -m "…"` writes the first one
    "#);
    forest(&folder);
    assert_told!(refused(&folder, &["merge", "m0"]), @"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: a merge joins two revisions or more

    hint: `limbeck heads` lists what can be merged
    ");
    assert_told!(refused(&folder, &["merge", "m0", "b1"]), @"
    exit code: 8
    ----- stdout -----
    ----- stderr -----
    error: `m0` follows `b1` already, so there is nothing to merge

    hint: merge revisions of which neither follows the other
    ");
    assert_told!(refused(&folder, &["merge", "b1", "b2"]), @"
    exit code: 8
    ----- stdout -----
    ----- stderr -----
    error: `b1` is no head: `c1` revises it

    hint: add `--splice` to begin a new branch there, or name a head: `limbeck heads` lists them
    ");
    assert_told!(refused(&folder, &["merge", "m0", "nowhere"]), @"
    exit code: 8
    ----- stdout -----
    ----- stderr -----
    error: there is no revision `nowhere`

    hint: `limbeck history` lists the revisions
    ");
    assert_told!(refused(&folder, &["merge", "heads", "--branch-label", "left"]), @"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: the branch label `left` is taken by `b1`
    --> database/migrations/versions/[TIME]_b1.sql

    hint: choose another label
    ");
    folder.succeed(&["merge", "b1", "b2", "--splice", "--rev-id", "m1"]);
    assert_eq!(
        folder
            .succeed(&["show", "m1", "--format", "json"])
            .matches("\"b1\"")
            .count(),
        1
    );
}

/// What a branch depends on comes before it, in whichever order.
#[test]
fn a_branch_that_depends_on_the_other() {
    let folder = project_without_database();
    revision(&folder, "a", "", BASE.0, BASE.1);
    revision(
        &folder,
        "b",
        "a",
        "ALTER TABLE t ADD COLUMN b int;",
        "ALTER TABLE t DROP COLUMN b;",
    );
    file(
        &folder,
        "c",
        "-- revises: a\n-- depends_on: b\n",
        "CREATE INDEX t_b ON t (b);",
        "DROP INDEX t_b;",
    );
    folder.succeed(&["merge", "b", "c", "--splice", "--rev-id", "m"]);
    assert!(!folder.read(&path("c")).is_empty());
}
