//! The revisions of an application, compiled into it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::print_stderr,
    missing_docs,
    reason = "tests"
)]

mod support;

use limbeck_migrate::Migrations;
use support::Fixture;

static MIGRATIONS: Migrations = limbeck_migrate::embed!("tests/versions");

#[tokio::test]
async fn a_static_migrates() {
    let fixture = Fixture::new().await;
    let report = MIGRATIONS.upgrade(&fixture.settings).await.unwrap();
    assert_eq!(report.committed.len(), 2);
    assert_eq!(fixture.tables().await, "notes\nusers");
    MIGRATIONS.check(&fixture.settings).await.unwrap();
    assert_eq!(MIGRATIONS.history().unwrap().len(), 2);
}

#[tokio::test]
async fn a_value_migrates_where_it_is_made() {
    let fixture = Fixture::new().await;
    let report = limbeck_migrate::embed!("tests/versions")
        .upgrade(&fixture.settings)
        .await
        .unwrap();
    assert_eq!(report.to.len(), 1);
    // A task of the running application.
    let settings = fixture.settings.clone();
    let down = tokio::spawn(async move { MIGRATIONS.downgrade_to(&settings, "base").await });
    assert_eq!(down.await.unwrap().unwrap().committed.len(), 2);
}
