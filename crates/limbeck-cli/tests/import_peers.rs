//! With the other tools themselves, which `.ci/peers` installs: migrate with one, import, go on, and back.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::print_stderr,
    missing_docs,
    reason = "tests"
)]

mod support;

use std::path::PathBuf;

use limbeck_postgres::Settings;
use support::TestFolder;
use support::database::TestDatabase;

/// Runs a tool's program in a folder; it succeeds.
fn run(folder: &TestFolder, program: &str, arguments: &[&str], variables: &[(&str, &str)]) -> String {
    let peers = PathBuf::from(std::env::var_os("LIMBECK_PEERS").expect("run `.ci/peers`"));
    let output = std::process::Command::new(peers.join(program))
        .args(arguments)
        .current_dir(folder.path())
        .envs(variables.iter().copied())
        .output()
        .unwrap();
    let told = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(output.status.success(), "{program} {arguments:?}\n{told}");
    told
}

/// A project whose revisions will come from elsewhere.
fn project(database: &TestDatabase) -> TestFolder {
    let folder = TestFolder::new();
    folder.write(
        "limbeck.toml",
        format!("[database]\nurl = \"{}\"\n", database.url()),
    );
    folder.write("database/migrations/versions/.gitkeep", "");
    folder
}

/// The URL as sqlx reads it: with a host, which another one overrules.
fn with_host(database: &TestDatabase) -> String {
    let settings = Settings::parse(&database.url()).unwrap();
    format!(
        "postgresql://{}@localhost:{}/{}?host={}",
        settings.user(),
        settings.port(),
        settings.database(),
        settings.host().replace('/', "%2F")
    )
}

/// Nothing is pending and nothing differs; then a revision of its own, back to `bottom`, and up again.
fn goes_on(folder: &TestFolder, database: &TestDatabase, bottom: &str) {
    let told = folder.run(&["upgrade", "heads"]);
    assert!(told.contains("nothing to upgrade"), "{told}");
    same(folder);
    let heads = folder.succeed(&["heads"]);
    let parent = heads
        .split("-> ")
        .last()
        .unwrap()
        .split_whitespace()
        .next()
        .unwrap();
    folder.write(
        "database/migrations/versions/next.sql",
        format!(
            "-- Next\n--\n-- limbeck: 1\n-- revision: aaaaaaaaaaaa\n-- revises: {parent}\n-- created: 2030-01-01T00:00:00Z\n\n\
             -- limbeck:up schema\nCREATE TABLE next_one (id integer);\n-- limbeck:down schema\nDROP TABLE next_one;\n"
        ),
    );
    folder.succeed(&["upgrade", "heads"]);
    same(folder);
    folder.succeed(&["downgrade", bottom]);
    same(folder);
    folder.succeed(&["upgrade", "heads"]);
    same(folder);
    assert!(database.relations().contains(&"public.next_one".to_owned()));
}

/// The database is what the history makes.
fn same(folder: &TestFolder) {
    let current = folder.succeed(&["current", "--format", "json"]);
    let current: serde_json::Value = serde_json::from_str(&current).unwrap();
    let heads: Vec<&str> = current["heads"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(serde_json::Value::as_str)
        .collect();
    if heads.is_empty() {
        return;
    }
    let from = format!("history:{}", heads[0]);
    let told = folder.run(&[
        "diff",
        if heads.len() == 1 { &from } else { "history:" },
        "database:",
        "--exit-code",
    ]);
    assert!(told.contains("There is no difference"), "{told}");
}

/// The migrations of a small service, as three scripts up and down.
const SCRIPTS: [(&str, &str, &str, bool); 3] = [
    (
        "create users",
        "CREATE TYPE mood AS ENUM ('sad', 'ok');\nCREATE TABLE users (id bigserial PRIMARY KEY, name text NOT NULL, mood mood);\n\
         CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN new; END; $$;\n\
         INSERT INTO users (name, mood) VALUES ('ada; -- not a comment', 'ok');\n",
        "DROP FUNCTION touch();\nDROP TABLE users;\nDROP TYPE mood;\n",
        true,
    ),
    (
        "index names",
        "CREATE INDEX CONCURRENTLY users_name_idx ON users (name);\n",
        "DROP INDEX CONCURRENTLY users_name_idx;\n",
        false,
    ),
    (
        "posts",
        "CREATE TABLE posts (id bigint PRIMARY KEY, user_id bigint REFERENCES users);\nCREATE VIEW authors AS SELECT DISTINCT user_id FROM posts;\n",
        "DROP VIEW authors;\nDROP TABLE posts;\n",
        true,
    ),
];

#[test]
#[ignore = "needs the other tools; run `.ci/peers`"]
fn sqlx_reversible() {
    let database = TestDatabase::new();
    let folder = project(&database);
    for (n, (name, up, down, transaction)) in SCRIPTS.iter().enumerate() {
        let first = if *transaction { "" } else { "-- no-transaction\n" };
        let path = format!("migrations/{}_{}", 20_240_101_120_000 + n, name.replace(' ', "_"));
        folder.write(&format!("{path}.up.sql"), format!("{first}{up}"));
        folder.write(&format!("{path}.down.sql"), format!("{first}{down}"));
    }
    run(
        &folder,
        "bin/sqlx",
        &["migrate", "run", "--database-url", &with_host(&database)],
        &[],
    );
    folder.succeed(&["import"]);
    goes_on(&folder, &database, "base");
    // To sqlx, nothing has happened.
    let told = run(
        &folder,
        "bin/sqlx",
        &["migrate", "info", "--database-url", &with_host(&database)],
        &[],
    );
    assert_eq!(told.matches("installed").count(), 3, "{told}");
}

#[test]
#[ignore = "needs the other tools; run `.ci/peers`"]
fn sqlx_simple_and_partly_applied() {
    let database = TestDatabase::new();
    let folder = project(&database);
    for (n, (name, up, _, transaction)) in SCRIPTS.iter().enumerate() {
        let first = if *transaction { "" } else { "-- no-transaction\n" };
        folder.write(
            &format!("migrations/{}_{}.sql", n + 1, name.replace(' ', "_")),
            format!("{first}{up}"),
        );
    }
    let url = with_host(&database);
    run(
        &folder,
        "bin/sqlx",
        &["migrate", "run", "--target-version", "2", "--database-url", &url],
        &[],
    );
    folder.succeed(&["import"]);
    let told = folder.run(&["upgrade"]);
    assert!(told.contains("up 3 posts"), "{told}");
    goes_on(&folder, &database, "3");
}

#[test]
#[ignore = "needs the other tools; run `.ci/peers`"]
fn refinery_versioned_and_unversioned() {
    let database = TestDatabase::new();
    let folder = project(&database);
    for (n, (name, up, _, _)) in SCRIPTS.iter().enumerate() {
        // refinery runs everything in a transaction.
        let up = up.replace(" CONCURRENTLY", "");
        let prefix = if n == 2 { "U" } else { "V" };
        folder.write(
            &format!("migrations/{prefix}{}__{}.sql", n + 1, name.replace(' ', "_")),
            up,
        );
    }
    let settings = Settings::parse(&database.url()).unwrap();
    let host = settings
        .host()
        .replace('%', "%25")
        .replace('/', "%2F")
        .replace(' ', "%20");
    folder.write(
        "refinery.toml",
        format!(
            "[main]\ndb_type = \"Postgres\"\ndb_host = \"{host}\"\ndb_port = \"{}\"\ndb_user = \"{}\"\ndb_pass = \"\"\ndb_name = \"{}\"\n",
            settings.port(),
            settings.user(),
            settings.database()
        ),
    );
    run(
        &folder,
        "bin/refinery",
        &["migrate", "-c", "refinery.toml", "-p", "migrations"],
        &[],
    );
    folder.succeed(&["import"]);
    goes_on(&folder, &database, "U3");
}

#[test]
#[ignore = "needs the other tools; run `.ci/peers`"]
fn diesel_folders() {
    let database = TestDatabase::new();
    let folder = project(&database);
    folder.write("diesel.toml", "[migrations_directory]\ndir = \"db/changes\"\n");
    folder.write("db/changes/.keep", "");
    let url = database.url();
    // Its own first migration, with functions for triggers.
    run(&folder, "bin/diesel", &["setup", "--database-url", &url], &[]);
    for (n, (name, up, down, transaction)) in SCRIPTS.iter().enumerate() {
        let path = format!("db/changes/2024-01-01-12000{n}_{}", name.replace(' ', "_"));
        folder.write(&format!("{path}/up.sql"), up);
        folder.write(&format!("{path}/down.sql"), down);
        if !transaction {
            folder.write(&format!("{path}/metadata.toml"), "run_in_transaction = false\n");
        }
    }
    run(
        &folder,
        "bin/diesel",
        &["migration", "run", "--database-url", &url],
        &[],
    );
    folder.succeed(&["import"]);
    goes_on(&folder, &database, "base");
    let told = run(
        &folder,
        "bin/diesel",
        &["migration", "list", "--database-url", &url],
        &[],
    );
    assert_eq!(told.matches("[X]").count(), 4, "{told}");
}

#[test]
#[ignore = "needs the other tools; run `.ci/peers`"]
fn alembic_with_branches() {
    let database = TestDatabase::new();
    let folder = project(&database);
    let alembic = |arguments: &[&str]| run(&folder, "venv/bin/alembic", arguments, &[]);
    alembic(&["init", "alembic"]);
    let settings = Settings::parse(&database.url()).unwrap();
    let url = format!(
        "postgresql+psycopg://{}@/{}?host={}&port={}",
        settings.user(),
        settings.database(),
        settings.host(),
        settings.port()
    );
    let ini: String = folder
        .read("alembic.ini")
        .lines()
        .map(|line| {
            let line = if line.starts_with("sqlalchemy.url") {
                format!("sqlalchemy.url = {}", url.replace('%', "%%"))
            } else {
                line.to_owned()
            };
            line + "\n"
        })
        .collect();
    folder.write("alembic.ini", ini);
    // Another name and schema for its table.
    database.execute("CREATE SCHEMA bookkeeping");
    let env = folder.read("alembic/env.py");
    let named =
        "version_table=\"done\", version_table_schema=\"bookkeeping\", target_metadata=target_metadata";
    folder.write(
        "alembic/env.py",
        env.replace("target_metadata=target_metadata", named),
    );
    let write = |id: &str, options: &[&str], up: &str, down: &str| {
        let mut arguments = vec!["revision", "-m", id, "--rev-id", id];
        arguments.extend(options);
        alembic(&arguments);
        let path = format!("alembic/versions/{id}_{id}.py");
        let text = folder.read(&path);
        let text = text.replacen("    pass", &format!("    {up}"), 1).replacen(
            "    pass",
            &format!("    {down}"),
            1,
        );
        folder.write(&path, text);
    };
    let table = |name: &str| {
        (
            format!(
                "op.create_table(\"{name}\", sa.Column(\"id\", sa.Integer, primary_key=True), sa.Column(\"a\", sa.Text))"
            ),
            format!("op.drop_table(\"{name}\")"),
        )
    };
    let (up, down) = table("users");
    write("a1", &[], &up, &down);
    write(
        "b2",
        &[],
        "with op.get_context().autocommit_block():\n        op.create_index(\"ix\", \"users\", [\"a\"], postgresql_concurrently=True)",
        "with op.get_context().autocommit_block():\n        op.drop_index(\"ix\", postgresql_concurrently=True)",
    );
    let (up, down) = table("posts");
    write("c3", &[], &up, &down);
    let (up, down) = table("likes");
    write(
        "d4",
        &["--head", "b2", "--splice", "--branch-label", "likes"],
        &up,
        &down,
    );
    alembic(&["merge", "heads", "-m", "merged", "--rev-id", "e5"]);
    let (up, down) = table("other");
    write(
        "f6",
        &["--head", "base", "--branch-label", "other", "--depends-on", "b2"],
        &up,
        &down,
    );
    alembic(&["upgrade", "heads"]);
    let program = PathBuf::from(std::env::var_os("LIMBECK_PEERS").unwrap()).join("venv/bin/alembic");
    let told = folder.run(&["import", "--alembic", program.to_str().unwrap()]);
    assert!(
        told.contains("exit code: 0") && told.contains("at e5, f6") && !told.contains("warning"),
        "{told}"
    );
    let history = folder.succeed(&["history"]);
    for line in ["c3, d4 -> e5", "b2 -> d4 (likes)", "<base> -> f6 (other)"] {
        assert!(history.contains(line), "{history}");
    }
    assert!(folder.read("limbeck.toml").contains("bookkeeping.done"));
    goes_on(&folder, &database, "base");
}
