//! The demo, from its first command to what one can do with the folder afterwards.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    clippy::print_stderr,
    missing_docs,
    reason = "tests"
)]

mod support;

use std::collections::BTreeMap;
use std::path::Path;

use limbeck_model::source::{Inputs, SourceOptions, read};
use limbeck_postgres::{SessionOptions, Settings};
use limbeck_server::testing;
use support::TestFolder;

/// The commands that the demo echoes, in order.
const COMMANDS: [&str; 17] = [
    "cd limbeck-demo",
    "limbeck init --url embedded:",
    "limbeck verify",
    "limbeck current",
    "limbeck revision --autogenerate -m \"Initial schema\"",
    "limbeck upgrade",
    "limbeck check",
    "limbeck revision --autogenerate -m \"…\"",
    "limbeck plan",
    "limbeck upgrade",
    "limbeck history",
    "limbeck downgrade -1",
    "limbeck upgrade",
    "limbeck downgrade base",
    "limbeck upgrade",
    "limbeck upgrade base:head --sql > upgrade.sql",
    "head -n … upgrade.sql",
];

#[tokio::test]
async fn the_demo_does_what_it_says() {
    let folder = TestFolder::new();
    let told = folder.succeed(&["demo"]);
    let echoed: Vec<&str> = told.lines().filter_map(|line| line.strip_prefix("$ ")).collect();
    assert_eq!(echoed.len(), COMMANDS.len(), "{echoed:#?}");
    for (echoed, command) in echoed.iter().zip(COMMANDS) {
        let (start, end) = command.split_once('…').unwrap_or((command, ""));
        assert!(
            echoed.starts_with(start) && echoed.ends_with(end),
            "{echoed} is not {command}"
        );
    }
    assert!(told.contains("21/21 checks passed"), "{told}");

    // Nothing is left to write.
    let again = folder.run(&[
        "-C",
        "limbeck-demo",
        "revision",
        "--autogenerate",
        "-m",
        "Nothing",
    ]);
    assert!(again.starts_with("exit code: 0\n"), "{again}");
    let versions = folder.path().join("limbeck-demo/database/migrations/versions");
    let is_revision =
        |path: &std::path::PathBuf| path.extension().is_some_and(|extension| extension == "sql");
    let files = std::fs::read_dir(versions)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    assert_eq!(files.filter(is_revision).count(), 2);

    // All three on one server: another major prints the same schema in other words.
    let demo = Settings::parse(&url_of_demo(&folder)).unwrap();
    let declared = new_database(&demo, "declared").await;
    execute(&declared, &declared_sql(&folder.path().join("limbeck-demo"))).await;
    let scripted = new_database(&demo, "scripted").await;
    let script = folder.path().join("limbeck-demo/upgrade.sql");
    match testing::psql(&scripted, &script).await {
        Some(output) => assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        ),
        None => eprintln!("not looked at, for want of psql: the script"),
    }
    match (
        entries(&demo).await,
        entries(&declared).await,
        entries(&scripted).await,
    ) {
        (Some(demo), Some(declared), Some(scripted)) => {
            assert!(demo.len() > 100, "{demo:#?}");
            assert_eq!(demo, declared);
            assert_eq!(demo, scripted);
        }
        _ => eprintln!("not looked at, for want of pg_dump: whether the schemas are the same"),
    }

    folder.succeed(&["-C", "limbeck-demo", "downgrade", "base"]);
    assert_eq!(left(&demo).await, ["schema limbeck", "schema public"]);
    folder.succeed(&["-C", "limbeck-demo", "server", "stop"]);
}

/// The URL of the demo's database, password and all.
fn url_of_demo(folder: &TestFolder) -> String {
    let status = folder.succeed(&[
        "-C",
        "limbeck-demo",
        "server",
        "status",
        "--show-password",
        "--format",
        "json",
    ]);
    let status: BTreeMap<String, serde_json::Value> = serde_json::from_str(&status).unwrap();
    status["url"].as_str().unwrap().to_owned()
}

/// Another database on the same server.
async fn new_database(server: &Settings, name: &str) -> Settings {
    execute(server, &format!("CREATE DATABASE {name}")).await;
    server.with_database(name)
}

/// What the models declare, as SQL in an order that runs.
fn declared_sql(project: &Path) -> String {
    let models = read(
        project,
        &["src".to_owned()],
        &SourceOptions::default(),
        &Inputs::default(),
    )
    .unwrap();
    let statements: Vec<&str> = models
        .statements
        .iter()
        .map(|statement| statement.sql.as_str())
        .collect();
    assert!(statements.len() > 50, "{statements:#?}");
    let file = |name: &str| std::fs::read_to_string(project.join("database/schema").join(name)).unwrap();
    // A default calls a function; triggers and views are of tables.
    format!(
        "{};{};\n{}{}",
        file("functions.sql"),
        statements.join(";\n"),
        file("triggers.sql"),
        file("views.sql")
    )
}

async fn execute(settings: &Settings, sql: &str) {
    let options = SessionOptions::running("test", "public");
    let session = limbeck_postgres::connect(settings, &options).await.unwrap();
    session.execute(sql).await.unwrap();
    session.close().await;
}

/// What `pg_dump` prints of everything but Limbeck's own tables.
async fn entries(settings: &Settings) -> Option<Vec<String>> {
    let dump = testing::pg_dump(settings).await?;
    let entries = testing::entries(&dump).into_iter();
    let is_own =
        |entry: &String| entry.contains("Schema: limbeck;") || entry.starts_with("limbeck; Type: SCHEMA");
    Some(entries.filter(|entry| !is_own(entry)).collect())
}

/// Every schema, and every relation, type and function outside of Limbeck's and PostgreSQL's own.
async fn left(settings: &Settings) -> Vec<String> {
    let options = SessionOptions::reading("test");
    let session = limbeck_postgres::connect(settings, &options).await.unwrap();
    let rows = session
        .query_text(
            "SELECT 'schema ' || nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
             UNION ALL SELECT 'relation ' || oid::regclass FROM pg_class WHERE relnamespace = 'public'::regnamespace
             UNION ALL SELECT 'type ' || oid::regtype FROM pg_type WHERE typnamespace = 'public'::regnamespace
             UNION ALL SELECT 'function ' || oid::regproc FROM pg_proc WHERE pronamespace = 'public'::regnamespace
             ORDER BY 1",
        )
        .await
        .unwrap();
    session.close().await;
    rows.into_iter()
        .filter_map(|row| row.into_iter().next().flatten())
        .collect()
}
