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
    assert_told!(folder.run(&["current", "--wait-for-server", "0s"]).replace(&port.to_string(), "[PORT]"), @"
    exit code: 6
    ----- stdout -----
    ----- stderr -----
    error: cannot reach the server at `127.0.0.1:[PORT]`: Connection refused

    hint: check that the server runs and listens on this host and port, and that no firewall is between
    ");
}

/// It may start any moment: that is told at once, so that a wrong port is seen.
#[test]
fn a_host_that_refuses_is_waited_for() {
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let folder = project(&format!("postgresql://anna:{PASSWORD}@127.0.0.1:{port}/app"));
    let configuration = folder.read("limbeck.toml");
    folder.write(
        "limbeck.toml",
        format!("{configuration}\n[run]\nwait_for_server = '200ms'\n"),
    );
    for command in ["current", "status", "upgrade"] {
        let told = folder.run(&[command]).replace(&port.to_string(), "[PORT]");
        assert!(told.starts_with("exit code: 6\n"), "{told}");
        let (waiting, ended) = told.split_once("error: ").unwrap();
        assert!(
            waiting.contains(
                "note: waiting for the server for up to 200ms: cannot reach the server at `127.0.0.1:[PORT]`: Connection refused"
            ),
            "{told}"
        );
        assert!(
            ended.starts_with("cannot reach the server at `127.0.0.1:[PORT]`: Connection refused"),
            "{told}"
        );
    }
    // A name that is nobody's will not be anybody's a little later, and a wrong time is told with its place.
    folder.write(
        "limbeck.toml",
        format!("{configuration}\n[run]\nwait_for_server = 'soon'\n"),
    );
    let told = folder.run(&["current"]);
    assert!(told.starts_with("exit code: 2\n"), "{told}");
    assert!(
        told.contains("`run.wait_for_server` is no time: it begins with a whole number"),
        "{told}"
    );
}

#[test]
fn a_host_that_does_not_answer() {
    // Connections are taken by the system and never looked at.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let folder = project(&format!(
        "postgresql://anna:{PASSWORD}@127.0.0.1:{port}/app?connect_timeout=1"
    ));
    assert_told!(folder.run(&["current", "--wait-for-server", "0s"]).replace(&port.to_string(), "[PORT]"), @"
    exit code: 6
    ----- stdout -----
    ----- stderr -----
    error: the server at `127.0.0.1:[PORT]` did not answer within 1s

    hint: check host, port and firewall; a sleeping server may need more: connect_timeout=30 in the connection string
    ");
}

#[test]
fn a_host_that_is_not_there() {
    let folder = project(&format!("postgresql://anna:{PASSWORD}@limbeck.invalid/app"));
    assert_told!(folder.run(&["current"]), @"
    exit code: 6
    ----- stdout -----
    ----- stderr -----
    error: the host `limbeck.invalid` was not found: [WHY]

    hint: check the host's name in the connection string
    ");
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
    assert_told!(told.replace(port, "[PORT]"), @r#"
    exit code: 6
    ----- stdout -----
    ----- stderr -----
    error: the server at `127.0.0.1:[PORT]` did not let `postgres` in: password authentication failed for user "postgres"
      SQLSTATE: 28P01

    hint: check user and password in the connection string
    "#);
}

#[test]
fn a_database_that_does_not_exist() {
    let database = TestDatabase::new();
    let folder = project(&database.missing());
    assert_told!(folder.run(&["current"]), @"
    exit code: 6
    ----- stdout -----
    ----- stderr -----
    error: the database `no_such_database` does not exist on the server at `[SERVER]/.s.PGSQL.5432`
      SQLSTATE: 3D000

    hint: create it, for example with `createdb no_such_database`, or check the name
    ");
}

#[test]
fn nothing_is_applied_yet() {
    let database = TestDatabase::new();
    let folder = project(&database.url());
    assert_told!(folder.run(&["current"]), @"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    No revision is applied to this database
    ");
    assert_told!(folder.run(&["history"]), @r#"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    There is no revision yet
    hint: `limbeck revision --autogenerate -m "Initial schema"` writes the first one
    "#);
    assert_told!(folder.run(&["heads"]), @"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    There is no revision yet
    ");
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
    assert_told!(folder.run(&["current"]), @"
    exit code: 0
    ----- stdout -----
    [ID] Revision [ID]
    ----- stderr -----
    warning: the file of the revision `[ID]` is not here
    ");
    assert_told!(folder.run(&["upgrade"]), @"
    exit code: 8
    ----- stdout -----
    ----- stderr -----
    error: the database has revision `[ID]` (`[TIME]_8f3c2a91d0b4.sql`), which is not among the files here

    hint: get the files from whoever applied them, or downgrade, which uses the database's copies; if they are gone for good, `limbeck stamp --purge REVISION` forgets them
    ");
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
    assert_told!(folder.run(&["current"]), @"
    exit code: 0
    ----- stdout -----
    [ID] (head) Revision [ID]
    ----- stderr -----
    warning: the file of the revision `[ID]` was changed after it was applied
    ");
    assert_told!(folder.run(&["upgrade"]), @"
    exit code: 8
    ----- stdout -----
    ----- stderr -----
    error: revision `[ID]` (`[TIME]_27c6a30d7c24.sql`) was changed after it was applied
    --> database/migrations/versions/[TIME]_27c6a30d7c24.sql

    hint: restore the files as they were applied and write the change as a new revision; where an edit leaves the schema as it is, `limbeck accept` shows that and records it
    ");
    assert_eq!(database.relations(), relations);
    // As the hint says, a stamp accepts the file as it is.
    folder.succeed(&["stamp", "head"]);
    folder.succeed(&["upgrade"]);
    assert_eq!(database.relations(), relations);
}

#[test]
fn a_scratch_that_lacks_an_extension() {
    let folder: TestFolder = project("");
    folder.write("limbeck.toml", "models = [\"src\"]\nschema = [\"schema\"]\n");
    folder.write("schema/extensions.sql", "CREATE EXTENSION no_such_extension;\n");
    let before = folder.files();
    assert_told!(folder.run(&["revision", "--autogenerate", "-m", "Initial schema"]), @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: extension "no_such_extension" is not available
     --> schema/extensions.sql:1:1
      |
    1 | CREATE EXTENSION no_such_extension;
      | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      |
      = SQLSTATE: 0A000
      = hint of the server: The extension must first be installed on the system where PostgreSQL is running.

    hint: the scratch server lacks it: install it there, or name a server that has it by `url` under `[scratch]` in limbeck.toml
    "#);
    assert_eq!(folder.files(), before);
}
