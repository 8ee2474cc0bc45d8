//! What broken revision files get: a clear error, its place, a hint, the exit code 8, and nothing changed.
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
use support::project::{path, project_without_database, revision};

const UP: &str = "CREATE TABLE users (id bigint PRIMARY KEY);";
const DOWN: &str = "DROP TABLE users;";

/// What `history` tells, which `upgrade --sql` tells as well.
fn refused(folder: &TestFolder) -> String {
    let before = folder.files();
    let listed = folder.run(&["history"]);
    let scripted = folder.run(&["upgrade", "--sql"]);
    assert_eq!(listed, scripted);
    assert_eq!(folder.files(), before, "{listed}");
    listed
}

fn with_first() -> TestFolder {
    let folder = project_without_database();
    revision(&folder, "27c6a30d7c24", "", UP, DOWN);
    folder
}

/// The first revision with something replaced.
fn with_first_but(from: &str, to: &str) -> TestFolder {
    let folder = with_first();
    let text = folder.read(&path("27c6a30d7c24"));
    assert!(text.contains(from));
    folder.write(&path("27c6a30d7c24"), text.replace(from, to));
    folder
}

#[test]
fn a_good_file() {
    let folder = with_first();
    assert_told!(folder.run(&["history"]), @"");
}

#[test]
fn without_an_id() {
    assert_told!(refused(&with_first_but("-- revision: 27c6a30d7c24\n", "")), @"");
}

#[test]
fn a_missing_parent() {
    assert_told!(refused(&with_first_but("-- revises: ", "-- revises: 5ab1c07f21e0")), @"");
}

#[test]
fn a_duplicate_id() {
    let folder = with_first();
    folder.write(
        "database/migrations/versions/20261122_copy.sql",
        folder.read(&path("27c6a30d7c24")),
    );
    assert_told!(refused(&folder), @"");
}

#[test]
fn a_cycle() {
    let folder = with_first_but("-- revises: ", "-- revises: 8f3c2a91d0b4");
    revision(&folder, "8f3c2a91d0b4", "27c6a30d7c24", UP, DOWN);
    assert_told!(refused(&folder), @"");
}

#[test]
fn not_utf8() {
    let folder = with_first();
    let mut bytes = folder.read(&path("27c6a30d7c24")).into_bytes();
    let at = bytes.windows(5).position(|five| five == b"users").unwrap();
    bytes[at] = 0xfc;
    folder.write(&path("27c6a30d7c24"), bytes);
    assert_told!(refused(&folder), @"");
}

#[test]
fn empty() {
    let folder = with_first();
    folder.write(&path("27c6a30d7c24"), "");
    assert_told!(refused(&folder), @"");
}

#[test]
fn an_unknown_option() {
    assert_told!(refused(&with_first_but("-- limbeck:down main", "-- limbeck:down main allow_drop=yes")), @"");
}

#[test]
fn an_unknown_key() {
    assert_told!(refused(&with_first_but("-- created:", "-- createt:")), @"");
}

#[test]
fn a_newer_format() {
    assert_told!(refused(&with_first_but("-- limbeck: 1", "-- limbeck: 2")), @"");
}

#[test]
fn an_unknown_target() {
    let folder = with_first();
    assert_told!(folder.run(&["show", "deadbeef"]), @"");
}

#[test]
fn an_ambiguous_target() {
    let folder = with_first();
    revision(&folder, "27c6b41e8d35", "27c6a30d7c24", UP, DOWN);
    assert_told!(folder.run(&["show", "27c6"]), @"");
}
