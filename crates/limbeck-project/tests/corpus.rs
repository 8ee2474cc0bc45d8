//! The main job on real schemas of others, where they lie beside this repository.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    missing_docs,
    reason = "tests"
)]

mod support;

use limbeck_project::commands::{DiffOptions, diff};
use limbeck_project::{Overrides, commands::RevisionOutcome};
use limbeck_server::testing;
use support::{Bed, autogenerate, corpus};

async fn sql_between(folder: &std::path::Path, from: &str, to: &str) -> String {
    let options = DiffOptions {
        sides: Some((from.to_owned(), to.to_owned())),
        ..DiffOptions::default()
    };
    let report = diff(
        folder,
        &Overrides::default(),
        &Bed::host(),
        &options,
        &support::ignore,
    )
    .await;
    report.unwrap_or_else(|error| panic!("{error:#?}")).sql
}

#[tokio::test]
async fn diff_from_empty_gives_the_schema_back() {
    let Some(text) = corpus("real/synapse.sql") else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("synapse.sql"), &text).unwrap();
    let sql = sql_between(folder.path(), "empty:", "synapse.sql").await;
    assert_eq!(sql_between(folder.path(), "synapse.sql", "synapse.sql").await, "");
    // Run what was printed, and compare what PostgreSQL dumps of both.
    let scratch = testing::shared_scratch().await;
    let (ours, theirs) = (
        scratch.create_database().await.unwrap(),
        scratch.create_database().await.unwrap(),
    );
    run(&ours, &sql).await;
    run(&theirs, &without_meta_commands(&text)).await;
    let (Some(ours), Some(theirs)) = (
        testing::pg_dump(ours.settings()).await,
        testing::pg_dump(theirs.settings()).await,
    ) else {
        eprintln!("skipped: this PostgreSQL has no pg_dump");
        return;
    };
    let (ours, theirs) = (testing::entries(&ours), testing::entries(&theirs));
    let missing: Vec<&String> = theirs
        .iter()
        .filter(|statement| !ours.contains(statement))
        .collect();
    let added: Vec<&String> = ours
        .iter()
        .filter(|statement| !theirs.contains(statement))
        .collect();
    assert!(
        missing.is_empty() && added.is_empty(),
        "missing: {missing:#?}\nadded: {added:#?}"
    );
}

#[tokio::test]
async fn the_main_job_on_a_schema_of_sql_files() {
    let Some(text) = corpus("real/synapse.sql") else {
        return;
    };
    let bed = Bed::of_sql(&text).await;
    let written = bed.revision("Initial schema").await;
    assert!(written.differences.len() > 138);
    assert_eq!(bed.upgrade("head").await, 1);
    assert_eq!(
        bed.query("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
            .await,
        ["138"]
    );
    let again = bed.try_revision(autogenerate("nothing")).await.unwrap();
    assert!(matches!(again, RevisionOutcome::Nothing), "{again:?}");
    assert_eq!(bed.downgrade("base").await, 1);
    assert_eq!(
        bed.query("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
            .await,
        ["0"]
    );
}

async fn run(database: &limbeck_server::ScratchDatabase, sql: &str) {
    let options = limbeck_postgres::SessionOptions::running("test", "public");
    let session = limbeck_postgres::connect(database.settings(), &options)
        .await
        .unwrap();
    session.execute(sql).await.unwrap();
}

fn without_meta_commands(sql: &str) -> String {
    sql.lines()
        .filter(|line| !line.starts_with('\\'))
        .collect::<Vec<_>>()
        .join("\n")
}
