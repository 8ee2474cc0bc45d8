//! Runs as a whole: one transaction, tags, stamps of branches, older deploys, and databases that no file knows.
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
use support::project::{path, project, revision};

/// `a`, then `b` and `c` beside each other; each makes a table of its name.
fn branches(url: &str) -> TestFolder {
    let folder = project(url);
    for (id, revises) in [("aaaa", ""), ("bbbb", "aaaa"), ("cccc", "aaaa")] {
        revision(
            &folder,
            id,
            revises,
            &format!("CREATE TABLE {id} (id int);"),
            &format!("DROP TABLE {id};"),
        );
    }
    folder
}

/// The exit code and what stands on stderr.
fn code(folder: &TestFolder, arguments: &[&str]) -> (Option<i32>, String) {
    let output = folder.output(arguments);
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

fn tables(database: &TestDatabase) -> Vec<String> {
    let relations = database.relations().into_iter();
    relations.filter(|name| name.starts_with("public.")).collect()
}

#[test]
fn all_or_nothing() {
    let database = TestDatabase::new();
    let folder = project(&database.url());
    revision(
        &folder,
        "aaaa",
        "",
        "CREATE TABLE aaaa (id int);",
        "DROP TABLE aaaa;",
    );
    revision(&folder, "bbbb", "aaaa", "CREATE TABEL bbbb ();", "");
    assert_told!(folder.run(&["upgrade", "--single-transaction"]), @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: step `main` of revision `bbbb` failed: syntax error at or near "TABEL"
     --> database/migrations/versions/[TIME]_bbbb.sql:9:8
      |
    9 | CREATE TABEL bbbb ();
      |        ^^^^^
      |
      = SQLSTATE: 42601

    hint: nothing of the run was kept: correct it and run again
    "#);
    assert!(tables(&database).is_empty());
    // The same for good, and taken back for one run.
    let configuration = folder.read("limbeck.toml");
    folder.write(
        "limbeck.toml",
        format!("{configuration}\n[run]\nsingle_transaction = true\n"),
    );
    assert_eq!(code(&folder, &["upgrade"]).0, Some(1));
    assert!(tables(&database).is_empty());
    assert_eq!(
        code(&folder, &["upgrade", "--single-transaction=false"]).0,
        Some(7)
    );
    assert_eq!(tables(&database), ["public.aaaa"]);
    // What cannot be part of it is told with its place, before anything runs; as a script, too.
    folder.write(
        &path("bbbb"),
        folder
            .read(&path("bbbb"))
            .replace("up main", "up main transaction=no")
            .replace("CREATE TABEL bbbb ()", "VACUUM aaaa"),
    );
    for arguments in [["upgrade", "head"].as_slice(), &["upgrade", "aaaa:head", "--sql"]] {
        let (exit, told) = code(&folder, arguments);
        assert_eq!(exit, Some(1), "{told}");
        assert!(told.contains("runs outside transactions"), "{told}");
        assert!(told.contains("`--single-transaction=false`"), "{told}");
        assert!(told.contains("bbbb.sql:8:1"), "{told}");
    }
    let script = folder.succeed(&["downgrade", "--sql", "aaaa:"]);
    assert_eq!(script.matches("\nBEGIN;").count(), 1, "{script}");
}

#[test]
fn stamps_of_branches_purges_and_the_own_tables() {
    let database = TestDatabase::new();
    let folder = branches(&database.url());
    assert_told!(folder.run(&["ensure-version"]), @"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    The tables of the schema `limbeck` are made
    ");
    assert!(folder.run(&["ensure_version"]).contains("are there already"));
    assert!(
        folder
            .succeed(&["ensure-version", "--sql"])
            .contains("CREATE TABLE limbeck.meta")
    );
    assert_told!(folder.run(&["stamp", "bbbb", "cccc", "--tag", "by hand"]), @"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    The database is stamped as being at bbbb, cccc
    ");
    folder.succeed(&["current", "--check-heads"]);
    assert_eq!(
        database.query("SELECT detail->>'tag' FROM limbeck.event WHERE kind = 'stamp'"),
        ["by hand"]
    );
    let verbose = folder.succeed(&["current", "-v"]);
    assert!(
        verbose.contains("file: database/migrations/versions/20261121_100000_bbbb.sql"),
        "{verbose}"
    );
    assert!(verbose.contains("revises: aaaa"), "{verbose}");
    assert!(verbose.contains("stamped: 2"), "{verbose}");
    assert!(verbose.contains("as postgres (limbeck "), "{verbose}");

    // A database that no file knows: told by every command that needs it, and nothing changes.
    for id in ["bbbb", "cccc"] {
        folder.remove(&path(id));
    }
    revision(
        &folder,
        "dddd",
        "aaaa",
        "CREATE TABLE dddd (id int);",
        "DROP TABLE dddd;",
    );
    let events = "SELECT count(*) FROM limbeck.event";
    let before = database.query(events);
    for arguments in [["upgrade", "head"], ["stamp", "dddd"]] {
        let (exit, told) = code(&folder, &arguments);
        assert_eq!(exit, Some(8), "{told}");
        assert!(
            told.contains("revision `bbbb` (`20261121_100000_bbbb.sql`)"),
            "{told}"
        );
        assert!(told.contains("limbeck stamp --purge"), "{told}");
    }
    assert_eq!(code(&folder, &["current", "--check-heads"]).0, Some(3));
    assert_eq!(database.query(events), before);
    assert_told!(folder.run(&["stamp", "--purge", "dddd"]), @"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    Forgotten: 2 revisions
      bbbb Revision bbbb ([TIME]_bbbb.sql)
      cccc Revision cccc ([TIME]_cccc.sql)
    The database is stamped as being at dddd
    ");
    folder.succeed(&["current", "-c"]);
    assert!(tables(&database).is_empty());
}

#[test]
fn scripts_of_every_range() {
    let folder = branches("");
    for (arguments, has, lacks) in [
        (["upgrade", ":bbbb"], "CREATE TABLE bbbb", "cccc"),
        (
            ["upgrade", "aaaa:heads"],
            "CREATE TABLE cccc",
            "CREATE TABLE aaaa",
        ),
        (["upgrade", "aaaa:bbbb"], "CREATE TABLE bbbb", "cccc"),
        (["upgrade", "base:+1"], "CREATE TABLE aaaa", "bbbb"),
        (["downgrade", "heads:aaaa"], "DROP TABLE cccc", "DROP TABLE aaaa"),
        (["downgrade", ":aaaa"], "DROP TABLE bbbb", "DROP TABLE aaaa"),
        (["downgrade", "bbbb:"], "DROP TABLE aaaa", "cccc"),
        (["downgrade", "bbbb:-1"], "DROP TABLE bbbb", "DROP TABLE aaaa"),
        (["stamp", "bbbb"], "'stamped'", "'cccc'"),
        (["stamp", "aaaa:heads"], "'cccc'", "'aaaa', ARRAY"),
        (
            ["stamp", "bbbb:base"],
            "DELETE FROM limbeck.revision",
            "'stamped'",
        ),
    ] {
        let script = folder.succeed(&[arguments[0], arguments[1], "--sql"]);
        assert!(script.contains(has), "{arguments:?}: {script}");
        assert!(!script.contains(lacks), "{arguments:?}: {script}");
    }
    for (arguments, exit) in [
        (["downgrade", "bbbb", "--sql"].as_slice(), 2),
        (&["upgrade", "aaaa:", "--sql"], 8),
        (&["upgrade", "base:+9", "--sql"], 8),
        (&["upgrade", "nothing:head", "--sql"], 8),
        (&["stamp", "--sql", "--purge", "aaaa:bbbb"], 2),
        (&["stamp", "--sql", "aaaa", "aaaa:bbbb"], 2),
        (&["stamp", "--sql", "current:bbbb"], 8),
        (&["stamp", "--sql", "aaaa:current"], 8),
        (&["stamp", "--sql", "--purge", "+1"], 8),
        (&["stamp", "aaaa:bbbb"], 2),
    ] {
        let (found, told) = code(&folder, arguments);
        assert_eq!(found, Some(exit), "{arguments:?}: {told}");
        assert!(told.contains("hint: "), "{arguments:?}: {told}");
    }
}

#[test]
fn targets_that_lead_nowhere() {
    let database = TestDatabase::new();
    let folder = branches(&database.url());
    folder.succeed(&["upgrade", "heads"]);
    let before = database.relations();
    for target in ["-1", "-9", "+1", "nothing"] {
        let (exit, told) = code(&folder, &["downgrade", target]);
        assert_eq!(exit, Some(8), "{target}: {told}");
        assert!(told.contains("hint: "), "{target}: {told}");
    }
    assert!(code(&folder, &["downgrade", "-1"]).1.contains("`bbbb`, `cccc`"));
    assert_eq!(database.relations(), before);
    assert_eq!(code(&folder, &["upgrade", "head"]).0, Some(8));
}

/// A newer checkout upgrades; an older one, which has seen none of it, downgrades.
#[test]
fn an_older_deploy_steps_back() {
    let database = TestDatabase::new();
    let newer = branches(&database.url());
    let older = project(&database.url());
    older.write(&path("aaaa"), newer.read(&path("aaaa")));
    newer.write(
        &path("mmmm"),
        "-- Merge\n--\n-- limbeck: 1\n-- revision: mmmm\n-- revises: bbbb, cccc\n-- created: 2026-11-21T10:00:00Z\n",
    );
    newer.write(
        &path("nnnn"),
        "-- Index\n--\n-- limbeck: 1\n-- revision: nnnn\n-- revises: mmmm\n-- created: 2026-11-21T10:00:00Z\n\n\
         -- limbeck:up one transaction=no creates=\"index public.bbbb_id\"\nCREATE INDEX CONCURRENTLY bbbb_id ON bbbb (id);\n\
         -- limbeck:down one transaction=no\nDROP INDEX CONCURRENTLY bbbb_id;\n",
    );
    newer.succeed(&["upgrade"]);
    // The older one knows `aaaa` in another form, too: the database's wins.
    let edited = older
        .read(&path("aaaa"))
        .replace("DROP TABLE aaaa", "SELECT missing");
    older.write(&path("aaaa"), edited);
    assert_eq!(code(&older, &["upgrade"]).0, Some(8));
    let (exit, told) = code(&older, &["downgrade", "-1"]);
    assert_eq!(exit, Some(0), "{told}");
    assert!(
        told.contains("`nnnn` is undone by what the database keeps of `20261121_100000_nnnn.sql`"),
        "{told}"
    );
    assert_eq!(database.query("SELECT revision FROM limbeck.head"), ["mmmm"]);
    let (exit, told) = code(&older, &["downgrade", "base"]);
    assert_eq!(exit, Some(0), "{told}");
    for id in ["aaaa", "bbbb", "cccc", "mmmm"] {
        assert!(told.contains(&format!("`{id}` is undone by what")), "{told}");
    }
    assert!(tables(&database).is_empty());
    // What belongs to somebody else is not run.
    newer.succeed(&["upgrade"]);
    let before = database.relations();
    database.execute("CREATE ROLE stranger; ALTER TABLE limbeck.revision OWNER TO stranger");
    let (exit, told) = code(&older, &["downgrade", "aaaa"]);
    assert_eq!(exit, Some(1), "{told}");
    assert!(told.contains("belongs to `stranger`"), "{told}");
    assert_eq!(database.relations(), before);
}

#[test]
fn names_that_need_quotes() {
    let database = TestDatabase::new();
    let folder = branches(&database.url());
    let configuration = folder.read("limbeck.toml");
    folder.write(
        "limbeck.toml",
        format!("{configuration}version_schema = 'Own \"tables\"'\nscope = \"it's mine\"\n"),
    );
    folder.succeed(&["upgrade", "heads", "--single-transaction", "--tag", "a'b"]);
    folder.succeed(&["downgrade", "aaaa"]);
    folder.succeed(&["stamp", "--purge", "heads"]);
    folder.succeed(&["current", "--check-heads"]);
    assert_eq!(
        database.query("SELECT DISTINCT scope FROM \"Own \"\"tables\"\"\".head"),
        ["it's mine"]
    );
    let script = folder.succeed(&["ensure-version", "--sql"]);
    assert!(
        script.contains("CREATE SCHEMA \"Own \"\"tables\"\"\""),
        "{script}"
    );
}
