//! What a database that is not as it should be gets: a clear error, a hint, the exit code, and nothing changed.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::print_stderr,
    missing_docs,
    reason = "tests"
)]

mod support;

use std::net::TcpListener;

use support::database::TestDatabase;
use support::project::{path, project, revision};
use support::{PASSWORD, TestFolder};

const UP: &str = "CREATE TABLE users (id bigint PRIMARY KEY);";
const DOWN: &str = "DROP TABLE users;";

#[test]
fn a_host_that_refuses() {
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let folder = project(&format!("postgresql://anna:{PASSWORD}@127.0.0.1:{port}/app"));
    assert_told!(folder.run(&["current"]).replace(&port.to_string(), "[PORT]"), @"");
}

#[test]
fn a_host_that_does_not_answer() {
    // Connections are taken by the system and never looked at.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let folder = project(&format!(
        "postgresql://anna:{PASSWORD}@127.0.0.1:{port}/app?connect_timeout=1"
    ));
    assert_told!(folder.run(&["current"]).replace(&port.to_string(), "[PORT]"), @"");
}

#[test]
fn a_host_that_is_not_there() {
    let folder = project(&format!("postgresql://anna:{PASSWORD}@limbeck.invalid/app"));
    assert_told!(folder.run(&["current"]), @"");
}

#[test]
fn a_wrong_password() {
    let server = project("embedded:");
    server.succeed(&["server", "start"]);
    let status = server.output(&["server", "status", "--show-password", "--format", "json"]);
    let status = String::from_utf8(status.stdout).unwrap();
    let url = status
        .lines()
        .find_map(|line| line.trim().strip_prefix("\"url\": \"")?.strip_suffix('"'))
        .unwrap();
    let (user, rest) = url.split_once("://").unwrap().1.split_once(':').unwrap();
    let (right, host) = rest.split_once('@').unwrap();

    let folder = project(&format!("postgresql://{user}:{PASSWORD}@{host}"));
    let port = host.split(['/', '?']).next().unwrap().rsplit(':').next().unwrap();
    let told = folder.run(&["current"]);
    server.succeed(&["server", "stop"]);
    assert!(!told.contains(right), "{told}");
    assert_told!(told.replace(port, "[PORT]"), @"");
}

#[test]
fn a_database_that_does_not_exist() {
    let database = TestDatabase::new();
    let folder = project(&database.missing());
    assert_told!(folder.run(&["current"]), @"");
}

#[test]
fn nothing_is_applied_yet() {
    let database = TestDatabase::new();
    let folder = project(&database.url());
    assert_told!(folder.run(&["current"]), @"");
    assert_told!(folder.run(&["history"]), @"");
    assert_told!(folder.run(&["heads"]), @"");
    assert!(database.relations().is_empty());
}

#[test]
fn a_revision_whose_file_is_not_here() {
    let database = TestDatabase::new();
    let folder = project(&database.url());
    revision(&folder, "27c6a30d7c24", "", UP, DOWN);
    revision(
        &folder,
        "8f3c2a91d0b4",
        "27c6a30d7c24",
        "CREATE TABLE plans ();",
        "DROP TABLE plans;",
    );
    folder.succeed(&["upgrade"]);
    let relations = database.relations();
    folder.remove(&path("8f3c2a91d0b4"));
    assert_told!(folder.run(&["current"]), @"");
    assert_told!(folder.run(&["upgrade"]), @"");
    assert_eq!(database.relations(), relations);
}

#[test]
fn an_applied_revision_that_was_edited() {
    let database = TestDatabase::new();
    let folder = project(&database.url());
    revision(&folder, "27c6a30d7c24", "", UP, DOWN);
    folder.succeed(&["upgrade"]);
    let relations = database.relations();
    revision(
        &folder,
        "27c6a30d7c24",
        "",
        "CREATE TABLE users (id bigint PRIMARY KEY, name text);",
        DOWN,
    );
    assert_told!(folder.run(&["current"]), @"");
    assert_told!(folder.run(&["upgrade"]), @"");
    assert_eq!(database.relations(), relations);
}

#[test]
fn a_scratch_that_lacks_an_extension() {
    let folder: TestFolder = project("");
    folder.write("limbeck.toml", "models = [\"src\"]\nschema = [\"schema\"]\n");
    folder.write("schema/extensions.sql", "CREATE EXTENSION no_such_extension;\n");
    let before = folder.files();
    assert_told!(folder.run(&["revision", "--autogenerate", "-m", "Initial schema"]), @"");
    assert_eq!(folder.files(), before);
}
