//! The main job, command by command, as people and as programs read it.
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
use support::project::{USER, path, project, revision};

fn add_a_column(folder: &TestFolder) {
    folder.write(
        "src/user.rs",
        USER.replace(
            "pub name: String,",
            "pub name: String,\n    pub email: Option<String>,",
        ),
    );
}

#[test]
fn for_people() {
    let database = TestDatabase::new();
    let folder = project(&database.url());
    assert_told!(folder.run(&["check"]), @"");
    assert_told!(folder.run(&["revision", "--autogenerate", "-m", "Initial schema"]), @"");
    assert_told!(folder.run(&["check"]), @"");
    assert_told!(folder.run(&["plan"]), @"");
    assert_told!(folder.run(&["upgrade"]), @"");
    assert_told!(folder.run(&["upgrade"]), @"");
    add_a_column(&folder);
    assert_told!(folder.run(&["check"]), @"");
    assert_told!(folder.run(&["revision", "--autogenerate", "-m", "Add e-mail addresses"]), @"");
    assert_told!(folder.run(&["upgrade", "-v"]), @"");
    assert_told!(folder.run(&["current"]), @"");
    assert_told!(folder.run(&["heads"]), @"");
    assert_told!(folder.run(&["history", "-v"]), @"");
    assert_told!(folder.run(&["plan", "-1", "--down"]), @"");
    assert_told!(folder.run(&["downgrade", "-1"]), @"");
    assert_told!(folder.run(&["-q", "downgrade", "base"]), @"");
    assert_told!(folder.run(&["downgrade", "base"]), @"");
    assert_told!(folder.run(&["stamp", "head"]), @"");
    assert_told!(folder.run(&["stamp", "head"]), @"");
    assert_told!(folder.run(&["revision", "--autogenerate", "-m", "Nothing"]), @"");
}

#[test]
fn for_programs() {
    let database = TestDatabase::new();
    let folder = project(&database.url());
    let run = |arguments: &[&str]| {
        let arguments: Vec<&str> = ["--format", "json"].iter().chain(arguments).copied().collect();
        folder.run(&arguments)
    };
    assert_told!(run(&["current"]), @"");
    assert_told!(run(&["check"]), @"");
    assert_told!(run(&["revision", "--autogenerate", "-m", "Initial schema"]), @"");
    assert_told!(run(&["plan"]), @"");
    assert_told!(run(&["upgrade"]), @"");
    assert_told!(run(&["upgrade"]), @"");
    assert_told!(run(&["current"]), @"");
    assert_told!(run(&["history"]), @"");
    assert_told!(run(&["heads"]), @"");
    assert_told!(run(&["show", "head"]), @"");
    assert_told!(run(&["diff", "empty:", "models:"]), @"");
    assert_told!(run(&["downgrade", "base"]), @"");
    assert_told!(run(&["stamp", "head"]), @"");
    assert_told!(run(&["revision", "--autogenerate"]), @"");
}

#[test]
fn the_path_of_a_new_revision_can_be_handed_to_an_editor() {
    let folder = project("");
    let path = folder.succeed(&["-C", "src", "revision", "-m", "By hand"]);
    assert!(
        folder.path().join("src").join(path.trim_end()).is_file(),
        "{path}"
    );
}

#[test]
fn a_revision_shown_is_its_file() {
    let folder = project("");
    let text = "-- By hand\n--\n-- limbeck: 1\n-- revision: 27c6a30d7c24\n-- revises: \n-- created: 2026-11-21T10:00:00Z\n\n\
                -- limbeck:up main\nSELECT '\u{1b}[31m';\n-- limbeck:down main\nSELECT 1;\n";
    folder.write(&path("27c6a30d7c24"), text);
    assert_eq!(folder.succeed(&["show", "head"]), text);
}

#[test]
fn a_diff_works_outside_a_project() {
    let folder = TestFolder::new();
    folder.write(
        "a.sql",
        "CREATE TABLE users (id bigint PRIMARY KEY, name text);\n",
    );
    let b = "CREATE TABLE users (id bigint PRIMARY KEY, full_name text NOT NULL);\n";
    assert_told!(folder.run_with_input(&["diff", "a.sql", "-"], b), @"");
    let renamed = [
        "diff",
        "a.sql",
        "-",
        "--rename",
        "column:users.name=full_name",
        "--exit-code",
    ];
    assert_told!(folder.run_with_input(&renamed, b), @"");
    assert_told!(folder.run(&["diff", "a.sql", "a.sql", "--exit-code"]), @"");
}

#[test]
fn a_loss_wants_consent() {
    let database = TestDatabase::new();
    let folder = project(&database.url());
    folder.succeed(&["revision", "--autogenerate", "-m", "Initial schema"]);
    folder.write("src/user.rs", USER.replace("    pub name: String,\n", ""));
    let before = folder.files();
    assert_told!(folder.run(&["revision", "--autogenerate", "-m", "Forget names"]), @"");
    assert_eq!(folder.files(), before);
    assert_told!(folder.run(&["revision", "--autogenerate", "-m", "Forget names", "--allow-drop"]), @"");
}

#[test]
fn a_column_that_takes_no_null_wants_a_fill() {
    let folder = project("");
    folder.succeed(&["revision", "--autogenerate", "-m", "Initial schema"]);
    folder.write(
        "src/user.rs",
        USER.replace("pub name: String,", "pub name: String,\n    pub email: String,"),
    );
    let before = folder.files();
    assert_told!(folder.run(&["revision", "--autogenerate", "-m", "E-mail"]), @"");
    assert_eq!(folder.files(), before);
    folder.succeed(&[
        "revision",
        "--autogenerate",
        "-m",
        "E-mail",
        "--fill",
        "public.users.email='?'",
    ]);
}

#[test]
fn several_heads() {
    let folder = project("");
    revision(&folder, "27c6a30d7c24", "", "CREATE TABLE a ();", "DROP TABLE a;");
    revision(
        &folder,
        "8f3c2a91d0b4",
        "27c6a30d7c24",
        "CREATE TABLE b ();",
        "DROP TABLE b;",
    );
    revision(
        &folder,
        "0b4d8f3c2a91",
        "27c6a30d7c24",
        "CREATE TABLE c ();",
        "DROP TABLE c;",
    );
    assert_told!(folder.run(&["heads"]), @"");
    assert_told!(folder.run(&["history"]), @"");
    assert_told!(folder.run(&["revision", "--autogenerate", "-m", "Initial schema"]), @"");
}
