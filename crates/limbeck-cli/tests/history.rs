//! `history`, `heads`, `branches`, `show` and `edit`: what the graph is, and what a database has of it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::print_stderr,
    missing_docs,
    reason = "tests"
)]

mod support;

use std::os::unix::fs::PermissionsExt;

use support::TestFolder;
use support::database::TestDatabase;
use support::project::{forest, path, project, project_without_database};

/// A project with a forest, and no database.
fn with_forest() -> TestFolder {
    let folder = project_without_database();
    forest(&folder);
    folder
}

/// A project with a forest, and a database that is at some of it.
fn applied(target: &str) -> (TestFolder, TestDatabase) {
    let database = TestDatabase::new();
    let folder = project(&database.url());
    forest(&folder);
    folder.succeed(&["upgrade", target]);
    (folder, database)
}

#[test]
fn heads_of_a_forest() {
    let folder = with_forest();
    assert_told!(folder.run(&["heads"]), @"
    exit code: 0
    ----- stdout -----
    c1, b2 -> m0 (head) (merge point), Merge
    x1 -> x2 (head), Revision x2
    ----- stderr -----
    ");
    // `other` depends on `b2`, which is no head; nothing depends on a head.
    assert_told!(folder.run(&["heads", "--resolve-dependencies", "-v"]), @"
    exit code: 0
    ----- stdout -----
    c1, b2 -> m0 (head) (merge point), Merge
        file: database/migrations/versions/[TIME]_m0.sql
        created: [TIME]
    x1 -> x2 (head), Revision x2
        file: database/migrations/versions/[TIME]_x2.sql
        created: [TIME]
    ----- stderr -----
    ");
}

#[test]
fn a_head_that_another_depends_on() {
    let folder = project_without_database();
    support::project::file(&folder, "a", "-- revises:\n", "SELECT 1;", "SELECT 2;");
    support::project::file(
        &folder,
        "b",
        "-- revises:\n-- depends_on: a\n",
        "SELECT 1;",
        "SELECT 2;",
    );
    assert_told!(folder.run(&["heads"]), @"
    exit code: 0
    ----- stdout -----
    <base> -> a (head), Revision a
    <base> -> b (head), Revision b
    ----- stderr -----
    ");
    assert_told!(folder.run(&["heads", "--resolve-dependencies"]), @"
    exit code: 0
    ----- stdout -----
    <base> -> b (head), Revision b
    ----- stderr -----
    ");
}

#[test]
fn branches_of_a_forest() {
    let folder = with_forest();
    assert_told!(folder.run(&["branches"]), @"
    exit code: 0
    ----- stdout -----
    a1 (branch point), Revision a1
       -> b1 (left), Revision b1
       -> b2 (right), Revision b2
    ----- stderr -----
    ");
    assert_told!(folder.run(&["branches", "-v"]), @"
    exit code: 0
    ----- stdout -----
    a1 (branch point), Revision a1
        file: database/migrations/versions/[TIME]_a1.sql
        created: [TIME]
       -> b1 (left), Revision b1
          file: database/migrations/versions/[TIME]_b1.sql
          created: [TIME]
       -> b2 (right), Revision b2
          file: database/migrations/versions/[TIME]_b2.sql
          created: [TIME]
    ----- stderr -----
    ");
    assert_told!(folder.run(&["branches", "--format", "json"]), @r#"
    exit code: 0
    ----- stdout -----
    {
      "branches": [
        {
          "revision": {
            "id": "a1",
            "revises": [],
            "depends_on": [],
            "branch_labels": [],
            "message": "Revision a1",
            "created": "[TIME]",
            "path": "database/migrations/versions/[TIME]_a1.sql",
            "is_head": false,
            "is_branch_point": true
          },
          "children": [
            {
              "id": "b1",
              "revises": [
                "a1"
              ],
              "depends_on": [],
              "branch_labels": [
                "left"
              ],
              "message": "Revision b1",
              "created": "[TIME]",
              "path": "database/migrations/versions/[TIME]_b1.sql",
              "is_head": false,
              "is_branch_point": false
            },
            {
              "id": "b2",
              "revises": [
                "a1"
              ],
              "depends_on": [],
              "branch_labels": [
                "right"
              ],
              "message": "Revision b2",
              "created": "[TIME]",
              "path": "database/migrations/versions/[TIME]_b2.sql",
              "is_head": false,
              "is_branch_point": false
            }
          ]
        }
      ]
    }
    ----- stderr -----
    "#);
}

#[test]
fn no_branches() {
    assert_told!(project_without_database().run(&["branches"]), @"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    No two revisions revise the same one
    ");
}

/// What a range lists, the identifiers alone.
fn listed(folder: &TestFolder, arguments: &[&str]) -> String {
    let all: Vec<&str> = ["history", "--format", "json"]
        .iter()
        .chain(arguments)
        .copied()
        .collect();
    let output = folder.succeed(&all);
    let report: serde_json::Value = serde_json::from_str(&output).unwrap();
    let ids = report["revisions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["id"].as_str().unwrap());
    ids.collect::<Vec<_>>().join(" ")
}

#[test]
fn ranges_need_no_database() {
    let folder = with_forest();
    for (range, expected) in [
        (":", "x2 x1 m0 c1 b2 b1 a1"),
        ("b1:", "m0 c1 b1"),
        (":c1", "c1 b1 a1"),
        ("left@base:left@head", "m0 c1 b1"),
        ("-1:c1", "c1 b1"),
        ("b1:+1", "c1 b1"),
        ("base:other@head-1", "x1 b2 a1"),
        ("c1:b1", ""),
    ] {
        assert_eq!(listed(&folder, &["-r", range]), expected, "{range}");
        assert_eq!(listed(&folder, &[range]), expected, "{range}");
    }
}

#[test]
fn ranges_with_current_ask_the_database() {
    let (folder, _database) = applied("c1");
    for (range, expected) in [
        ("current:", "m0 c1"),
        (":current", "c1 b1 a1"),
        ("-1:current", "c1 b1"),
        ("-1:+1", "m0 c1 b1"),
        ("current+1:", "m0"),
        ("left@current:", "m0 c1"),
    ] {
        assert_eq!(listed(&folder, &["-r", range]), expected, "{range}");
    }
}

#[test]
fn what_the_database_has_is_marked() {
    let (folder, database) = applied("c1");
    folder.succeed(&["upgrade", "x1"]);
    assert_told!(folder.run(&["history", "-i"]), @"
    exit code: 0
    ----- stdout -----
    x1 -> x2 (head), Revision x2
    <base> -> x1 (other) (current), Revision x1
    c1, b2 -> m0 (head) (merge point), Merge
    b1 -> c1 (current), Revision c1
    a1 -> b2 (right) (current), Revision b2
    a1 -> b1 (left), Revision b1
    <base> -> a1 (branch point), Revision a1
    ----- stderr -----
    ");
    let text = folder.succeed(&["history", "-i", "--format", "json", "-r", "c1:"]);
    let report: serde_json::Value = serde_json::from_str(&text).unwrap();
    let marks = |n: usize| {
        (
            report["revisions"][n]["is_applied"].clone(),
            report["revisions"][n]["is_current"].clone(),
        )
    };
    assert_eq!(marks(0), (false.into(), false.into()));
    assert_eq!(marks(1), (true.into(), true.into()));
    // A head whose file is gone is named, and marks nothing.
    folder.remove(&path("x2"));
    folder.remove(&path("x1"));
    assert_told!(folder.run(&["history", "--indicate-current"]), @"
    exit code: 0
    ----- stdout -----
    c1, b2 -> m0 (head) (merge point), Merge
    b1 -> c1 (current), Revision c1
    a1 -> b2 (right) (current), Revision b2
    a1 -> b1 (left), Revision b1
    <base> -> a1 (branch point), Revision a1
    ----- stderr -----
    warning: the database is at `x1`, and no file here has it
    ");
    assert_told!(folder.run(&["history", "-r", "current:"]), @"
    exit code: 8
    ----- stdout -----
    ----- stderr -----
    error: the database is at the revision `x1`, which is not in this folder

    hint: bring the folder up to date; the revision may be on a branch that is not merged yet
    ");
    drop(database);
}

#[test]
fn revisions_are_shown() {
    let folder = with_forest();
    assert_told!(folder.run(&["show", "left", "-v"]), @"
    exit code: 0
    ----- stdout -----
    -- Revision b1
    --
    -- limbeck: 1
    -- revision: b1
    -- revises: a1
    -- branch_labels: left
    -- created: [TIME]

    -- limbeck:up main
    CREATE TABLE b1 ();
    SELECT 'b1';
    -- limbeck:down main
    DROP TABLE b1;
    ----- stderr -----
    a1 -> b1 (left), Revision b1
        file: database/migrations/versions/[TIME]_b1.sql
        created: [TIME]
        revised by: c1
        steps: main
        checksum: 54260f8ee4b9f0f6e1693a979a374d37d0ae8c1d75efb65b6339378f51e1ac19
    ");
    assert_told!(folder.run(&["show", "x1", "-v"]), @"
    exit code: 0
    ----- stdout -----
    -- Revision x1
    --
    -- limbeck: 1
    -- revision: x1
    -- revises:
    -- depends_on: b2
    -- branch_labels: other
    -- created: [TIME]

    -- limbeck:up main
    CREATE TABLE x1 ();
    SELECT 'x1';
    -- limbeck:down main
    DROP TABLE x1;
    ----- stderr -----
    <base> -> x1 (other), Revision x1
        file: database/migrations/versions/[TIME]_x1.sql
        created: [TIME]
        depends on: b2
        revised by: x2
        steps: main
        checksum: 4d41ecf289581a1f7729949074e16789ce8bc7dbabee8dcea21245639acb3fef
    ");
    let both = folder.succeed(&["show", "heads"]);
    assert!(
        both.contains("-- revision: m0") && both.contains("-- revision: x2"),
        "{both}"
    );
    let both = folder.succeed(&["show", "heads", "--format", "json"]);
    let both: serde_json::Value = serde_json::from_str(&both).unwrap();
    assert_eq!(both["revisions"][1]["revision"]["id"], "x2");
}

#[test]
fn the_current_revision_is_shown() {
    let (folder, _database) = applied("c1");
    for (name, expected) in [("current", "c1"), ("-1", "b1"), ("+1", "m0"), ("current-2", "a1")] {
        let text = folder.succeed(&["show", name, "--format", "json"]);
        let report: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(report["revision"]["id"], expected, "{name}");
    }
}

/// An editor that does something to the file.
fn editor(folder: &TestFolder, script: &str) -> String {
    folder.write("an editor", format!("#!/bin/sh\n{script}\n"));
    let path = folder.path().join("an editor");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    format!("'{}'", path.display())
}

#[test]
fn a_revision_is_edited() {
    let mut folder = with_forest();
    let command = editor(
        &folder,
        "test \"$1\" = --wait || exit 9\nsed -i \"s/SELECT 'b1'/SELECT 'b7'/\" \"$2\"",
    );
    folder.set("VISUAL", &format!("{command} --wait"));
    folder.set("EDITOR", "false");
    assert_told!(folder.run(&["edit", "left"]), @"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    `database/migrations/versions/[TIME]_b1.sql` is a revision, and its steps changed
    note: a database that has it applied tells that it was edited; `limbeck accept` takes it where the schema stays what it is
    ");
    assert!(folder.read(&path("b1")).contains("SELECT 'b7'"));
    assert_told!(folder.run(&["edit", "left"]), @"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    `database/migrations/versions/[TIME]_b1.sql` is as it was
    ");
}

#[test]
fn what_an_edit_breaks_is_told() {
    let mut folder = with_forest();
    let command = editor(&folder, "sed -i 's/limbeck:down/limbeck:dwon/' \"$1\"");
    folder.set("EDITOR", &command);
    assert_told!(folder.run(&["edit", "b1"]), @"
    exit code: 8
    ----- stdout -----
    ----- stderr -----
    error: unknown marker `limbeck:dwon`
      --> database/migrations/versions/[TIME]_b1.sql:12:12
       |
    12 | -- limbeck:dwon main
       |            ^^^^

    hint: did you mean `down`?
    ");
}

#[test]
fn an_edit_of_words_alone() {
    let mut folder = with_forest();
    let command = editor(&folder, "sed -i 's/Revision b1/Better words/' \"$1\"");
    folder.set("EDITOR", &command);
    assert_told!(folder.run(&["edit", "b1"]), @"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    `database/migrations/versions/[TIME]_b1.sql` is a revision, and its steps are as they were
    ");
}

#[test]
fn an_edit_that_cannot_be() {
    let mut folder = with_forest();
    assert_told!(folder.run(&["edit", "b1"]), @"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: neither `VISUAL` nor `EDITOR` is set, so there is no editor to open

    hint: set one of them, or open `database/migrations/versions/[TIME]_b1.sql` yourself
    ");
    folder.set("EDITOR", "false");
    assert_told!(folder.run(&["edit", "b1"]), @"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: the editor `false` failed: exit status: 1

    hint: `VISUAL`, else `EDITOR`, says which editor is opened
    ");
    assert_told!(folder.run(&["edit", "heads"]), @"
    exit code: 8
    ----- stdout -----
    ----- stderr -----
    error: `heads` is several revisions: `m0`, `x2`

    hint: name one of them
    ");
    assert_told!(folder.run(&["edit", "base"]), @"
    exit code: 8
    ----- stdout -----
    ----- stderr -----
    error: `base` is before the first revision, and no revision itself

    hint: name a revision; `base+1` is the first
    ");
}

#[test]
fn the_current_revision_is_edited() {
    let (mut folder, _database) = applied("c1");
    folder.set("EDITOR", "test -f");
    assert_told!(folder.run(&["edit", "current"]), @"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    `database/migrations/versions/[TIME]_c1.sql` is as it was
    ");
}
