//! The program through a pooler: Neon's by name, a real PgBouncer by behaviour.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    missing_docs,
    reason = "tests"
)]

mod support;

use limbeck_postgres::Settings;
use limbeck_server::testing::{PgBouncer, PoolMode};
use support::TestFolder;
use support::database::TestDatabase;
use tokio::runtime::{Builder, Runtime};

const SCHEMA: &str = "CREATE TABLE users (id bigint PRIMARY KEY, name text NOT NULL);\n";

/// A project with one revision, for a database.
fn project(url: &str) -> TestFolder {
    let folder = TestFolder::new();
    folder.write("database/schema/users.sql", SCHEMA);
    folder.write(
        "limbeck.toml",
        format!("schema = [\"database/schema\"]\n[database]\nurl = '{url}'\n"),
    );
    folder.write("database/migrations/versions/.keep", "");
    folder
}

/// A database behind a pooler in transaction mode, and the URL through it; `None` where there is no PgBouncer.
fn pooled(runtime: &Runtime, database: &TestDatabase, size: u32) -> Option<(PgBouncer, String)> {
    let settings = Settings::parse(&database.url()).unwrap();
    let pooler = runtime.block_on(PgBouncer::start(&settings, PoolMode::Transaction, size, ""))?;
    let url = pooler.settings().to_url_with_password();
    Some((pooler, url))
}

#[test]
fn neons_pooler_is_gone_round_by_all_that_connect() {
    for (host, direct, besides) in [
        ("ep-x-pooler.eu.neon.tech", "ep-x.eu.neon.tech", ""),
        (
            "ep-x-pooler.db.limbeck.invalid",
            "ep-x.db.limbeck.invalid",
            "neon_suffixes = [\".db.limbeck.invalid\"]\n",
        ),
    ] {
        // A port where nobody listens, so that nothing is sent to anyone.
        let url = format!("postgresql://u:p@{host}:1/d?connect_timeout=2&hostaddr=127.0.0.1");
        let folder = project(&url);
        folder.write(
            "limbeck.toml",
            format!(
                "schema = [\"database/schema\"]\n[database]\nurl = '{url}'\n{besides}[run]\nwait_for_server = '0s'\n"
            ),
        );
        for arguments in [
            &["upgrade"][..],
            &["downgrade", "base"],
            &["stamp", "head"],
            &["ensure-version"],
            &["accept"],
            &["current"],
            &["upgrade", "--allow-pooler"],
        ] {
            let told = folder.run(arguments);
            assert!(
                told.contains(&format!(
                    "`{host}` is a pooled host; the direct one is used, `{direct}`"
                )),
                "{arguments:?}: {told}"
            );
            assert!(told.starts_with("exit code: 6\n"), "{arguments:?}: {told}");
        }
        let told = folder.run(&["current", "--format", "json"]);
        let event = serde_json::json!({ "event": "direct_host", "pooled": host, "host": direct });
        assert_eq!(told.matches("direct_host").count(), 1, "{told}");
        let line = told.lines().find(|line| line.contains("direct_host")).unwrap();
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        assert_eq!(line, event);
    }
    // Without the suffix it is a name as any other.
    let folder = project("postgresql://u:p@ep-x-pooler.db.limbeck.invalid:1/d?hostaddr=127.0.0.1");
    let config = folder.read("limbeck.toml");
    folder.write("limbeck.toml", format!("{config}[run]\nwait_for_server = '0s'\n"));
    assert!(!folder.run(&["current"]).contains("pooled host"));
    folder.write("limbeck.toml", "[database]\nneon_suffixes = [\"com\"]\n");
    let told = folder.run(&["current"]);
    assert!(
        told.starts_with("exit code: 2\n")
            && told.contains(
                "`database.neon_suffixes`: `com` is no ending of host names: write it as `.db.example.com`"
            ),
        "{told}"
    );
}

#[test]
fn commands_that_read_work_through_a_pooler_and_those_that_write_are_refused() {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let database = TestDatabase::new();
    let Some((_pooler, pooled_url)) = pooled(&runtime, &database, 2) else {
        return;
    };
    let folder = project(&database.url());
    folder.succeed(&[
        "revision",
        "--autogenerate",
        "-m",
        "Users",
        "--rev-id",
        "8f3c2a91d0b4",
    ]);
    let through = |arguments: &[&str]| {
        let mut all = vec!["-D", pooled_url.as_str()];
        all.extend(arguments);
        folder.run(&all)
    };
    for arguments in [
        &["upgrade"][..],
        &["stamp", "head"],
        &["ensure-version"],
        &["upgrade", "--single-transaction"],
        &["upgrade", "--allow-pooler=false"],
    ] {
        let told = through(arguments);
        assert!(
            told.starts_with("exit code: 2\n")
                && told.contains("is a pooler in transaction mode")
                && told.contains("`DATABASE_URL_UNPOOLED`")
                && told.contains("`--allow-pooler`"),
            "{arguments:?}: {told}"
        );
    }
    assert_eq!(database.relations(), Vec::<String>::new());

    folder.succeed(&["upgrade"]);
    for (arguments, code) in [
        (&["current"][..], 0),
        (&["history", "-i"], 0),
        (&["status"], 0),
        (&["log"], 0),
        (&["check"], 0),
        (&["diff", "history:", "database:"], 0),
        (&["drift"], 0),
        (&["plan", "--down", "base"], 0),
        (&["upgrade"], 0),
        (&["downgrade", "base"], 2),
    ] {
        let told = through(arguments);
        assert!(
            told.starts_with(&format!("exit code: {code}\n")),
            "{arguments:?}: {told}"
        );
    }
    assert!(through(&["current"]).contains("8f3c2a91d0b4"));
    let told = through(&["verify"]);
    assert!(
        told.contains("✗ the way to the server: a pooler in transaction mode, told by a second connection beside the first")
            && told.contains("✓ the role: "),
        "{told}"
    );
    let told = through(&["verify", "--format", "json"]);
    assert!(told.contains("\"kind\": \"transaction\""), "{told}");
    // What PgBouncer refuses at the beginning is left out for reading, and not for writing.
    let with_options = |url: &str| format!("{url}&options=-c%20work_mem%3D7MB");
    let left_out = "does not take the `options` of the connection string";
    let told = folder.run(&["-D", &with_options(&pooled_url), "current"]);
    assert!(
        told.starts_with("exit code: 0\n") && told.contains(left_out),
        "{told}"
    );
    let told = folder.run(&["-D", &with_options(&database.url()), "current"]);
    assert!(
        told.starts_with("exit code: 0\n") && !told.contains(left_out),
        "{told}"
    );
    let told = folder.run(&[
        "-D",
        &with_options(&pooled_url),
        "downgrade",
        "base",
        "--allow-pooler",
    ]);
    assert!(
        told.starts_with("exit code: 2\n") && told.contains(left_out),
        "{told}"
    );
}

#[test]
fn a_pooler_is_allowed_by_the_option_or_the_file() {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let database = TestDatabase::new();
    let Some((_pooler, through)) = pooled(&runtime, &database, 2) else {
        return;
    };
    let folder = project(&through);
    folder.succeed(&[
        "revision",
        "--autogenerate",
        "-m",
        "Users",
        "--rev-id",
        "8f3c2a91d0b4",
    ]);
    folder.succeed(&["upgrade", "--allow-pooler"]);
    let tables = database.relations();
    assert!(tables.contains(&"public.users".to_owned()), "{tables:?}");
    let config = folder.read("limbeck.toml");
    folder.write("limbeck.toml", format!("{config}[run]\nallow_pooler = true\n"));
    folder.succeed(&["downgrade", "base"]);
    assert!(!database.relations().contains(&"public.users".to_owned()));

    folder.write(
        "database/migrations/versions/20270101T000000_aaaaaaaaaaaa_index.sql",
        "-- Index\n--\n-- limbeck: 1\n-- revision: aaaaaaaaaaaa\n-- revises: 8f3c2a91d0b4\n-- created: \
         2027-01-01T00:00:00Z\n\n-- limbeck:up by_name transaction=no creates=\"index public.by_name\"\n\
         CREATE INDEX CONCURRENTLY by_name ON users (name);\n-- limbeck:down by_name transaction=no \
         drops=\"index public.by_name\"\nDROP INDEX CONCURRENTLY by_name;\n",
    );
    let told = folder.run(&["upgrade"]);
    assert!(
        told.contains("step `by_name` of revision `aaaaaaaaaaaa` runs outside transactions, and the run goes through a pooler"),
        "{told}"
    );
    assert!(
        !database.relations().contains(&"public.users".to_owned()),
        "{told}"
    );
    // A plan tells it, and does not refuse.
    assert!(folder.run(&["plan"]).starts_with("exit code: 0\n"));
}
