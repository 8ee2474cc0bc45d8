//! Versions of extensions: compared where they are declared, and nowhere else.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    missing_docs,
    reason = "tests"
)]

mod support;

use support::Bed;

const VERSION: &str = "SELECT extversion FROM pg_extension WHERE extname = 'citext'";

#[tokio::test]
async fn a_declared_version_is_written_kept_and_updated() {
    let bed = Bed::of_sql("CREATE EXTENSION citext VERSION '1.4'; CREATE TABLE t (a citext);").await;
    let text = bed.text(&bed.revision("First").await);
    assert!(
        text.contains("CREATE EXTENSION citext WITH SCHEMA public VERSION '1.4';"),
        "{text}"
    );
    bed.upgrade("head").await;
    assert_eq!(bed.query(VERSION).await, ["1.4"]);

    bed.schema("CREATE EXTENSION citext VERSION '1.5'; CREATE TABLE t (a citext, b citext);");
    assert!(bed.check().await.is_different());
    let text = bed.text(&bed.revision("Second").await);
    assert!(
        text.contains("-- the way back leaves the version as it is\nALTER EXTENSION citext UPDATE TO '1.5';"),
        "{text}"
    );
    bed.upgrade("head").await;
    assert_eq!(bed.query(VERSION).await, ["1.5"]);
    assert!(!bed.check().await.is_different());

    // Whoever says no version takes any.
    bed.schema("CREATE EXTENSION citext; CREATE TABLE t (a citext, b citext);");
    assert!(!bed.check().await.is_different());

    bed.downgrade("-1").await;
    assert_eq!(bed.query(VERSION).await, ["1.5"]);
    bed.upgrade("head").await;

    bed.schema("CREATE EXTENSION citext VERSION '1.4'; CREATE TABLE t (a citext, b citext);");
    let error = bed.try_revision(support::autogenerate("Back")).await.unwrap_err();
    assert!(
        format!("{error:?}").contains("extension citext cannot be taken from version 1.5 to 1.4"),
        "{error:?}"
    );
}
