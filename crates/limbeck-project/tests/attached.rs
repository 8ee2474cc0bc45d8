//! Comparing and proving on a server of the user's, as an ordinary role with a password.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    missing_docs,
    reason = "tests"
)]

mod support;

use limbeck_postgres::{Password, SessionOptions, connect};
use limbeck_project::commands::{RevisionOptions, RevisionOutcome};
use limbeck_server::{embedded, testing};
use support::{Bed, autogenerate};

const SCHEMA: &str = "\
CREATE TABLE owners (id int PRIMARY KEY, name text NOT NULL);
CREATE TABLE animals (id int PRIMARY KEY, owner int NOT NULL REFERENCES owners, kind text);
";

#[tokio::test]
async fn an_ordinary_role_with_a_password_is_enough() {
    let bed = Bed::of_sql(SCHEMA).await;
    let folder = bed.folder.path();
    let server = embedded::ensure(&testing::search(), folder, &testing::directories(), &|_| ())
        .await
        .unwrap();
    let administrator = connect(&server.settings, &SessionOptions::running("test", "public"))
        .await
        .unwrap();
    administrator
        .execute("CREATE ROLE plain LOGIN CREATEDB PASSWORD 'secret'")
        .await
        .unwrap();
    let plain = server
        .tcp_settings
        .with_user("plain")
        .with_password(Some(Password::new("secret")))
        .with_database("postgres");
    bed.write(
        "limbeck.toml",
        &format!(
            "models = []\nschema = [\"schema\"]\n[scratch]\nurl = \"{}\"\n",
            plain.to_url_with_password()
        ),
    );

    let written = bed.revision("First").await;
    assert!(written.proven_empty.is_empty(), "{written:?}");
    bed.upgrade("head").await;
    bed.schema(&SCHEMA.replace("kind text", "kind varchar(9), born date"));
    let options = RevisionOptions {
        allow_drop: true,
        ..autogenerate("Second")
    };
    let written = support::written(bed.try_revision(options).await.unwrap());
    assert!(written.proven_empty.is_empty(), "{written:?}");
    let again = bed.try_revision(autogenerate("nothing")).await.unwrap();
    assert!(matches!(again, RevisionOutcome::Nothing), "{again:?}");

    let left = administrator
        .query_text("SELECT datname FROM pg_database WHERE datname LIKE 'limbeck%'")
        .await
        .unwrap();
    assert!(left.is_empty(), "{left:?}");
    administrator.close().await;
    embedded::stop(folder, &testing::directories(), &|_| ())
        .await
        .unwrap();
}
