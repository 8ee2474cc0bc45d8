//! Options that are called as Alembic's do what they do there.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    missing_docs,
    reason = "tests"
)]

mod support;

use support::TestFolder;
use support::database::TestDatabase;
use support::project::{project, project_without_database, revision};

/// One revision, at whose database is `url`.
fn with_first(url: &str) -> TestFolder {
    let folder = if url.is_empty() {
        project_without_database()
    } else {
        project(url)
    };
    revision(&folder, "a1a1", "", "CREATE TABLE a (id int);", "DROP TABLE a;");
    folder
}

/// The text of the one file of a revision.
fn file(folder: &TestFolder, id: &str) -> String {
    folder
        .files()
        .into_iter()
        .find(|(path, _)| {
            path.to_string_lossy().contains(&format!("_{id}_")) || path.ends_with(format!("{id}.sql"))
        })
        .map(|(_, bytes)| String::from_utf8(bytes).unwrap())
        .unwrap()
}

#[test]
fn a_merge_is_named_in_every_way() {
    let folder = with_first("");
    revision(
        &folder,
        "b2b2",
        "a1a1",
        "CREATE TABLE b (id int);",
        "DROP TABLE b;",
    );
    revision(
        &folder,
        "c3c3",
        "a1a1",
        "CREATE TABLE c (id int);",
        "DROP TABLE c;",
    );
    revision(
        &folder,
        "d4d4",
        "b2b2",
        "CREATE TABLE d (id int);",
        "DROP TABLE d;",
    );
    let refused = folder.run(&["merge", "b2b2", "c3c3"]);
    assert!(refused.contains("--splice"), "{refused}");
    let arguments = [
        "--message",
        "Both",
        "--branch-label",
        "joined",
        "--rev-id",
        "e5e5",
    ];
    folder.succeed(
        &["merge", "b2b2", "c3c3", "--splice"]
            .iter()
            .chain(&arguments)
            .copied()
            .collect::<Vec<_>>(),
    );
    let text = file(&folder, "e5e5");
    assert!(text.starts_with("-- Both\n"), "{text}");
    assert!(text.contains("\n-- revises: b2b2, c3c3\n"), "{text}");
    assert!(text.contains("\n-- branch_labels: joined\n"), "{text}");
    assert!(!text.contains("limbeck:up"), "{text}");
}

#[test]
fn a_database_is_checked_for_being_at_all_heads() {
    let database = TestDatabase::new();
    let folder = with_first(&database.url());
    assert_ne!(
        folder.output(&["current", "--check-heads"]).status.code(),
        Some(0)
    );
    folder.succeed(&["upgrade"]);
    assert_eq!(
        folder.output(&["current", "--check-heads"]).status.code(),
        Some(0)
    );
    let verbose = folder.succeed(&["current", "-v"]);
    assert!(verbose.contains("20261121_100000_a1a1.sql"), "{verbose}");
}
