//! What a revision requires of rows: written into its file, run by its proof, and told before a step fails.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    missing_docs,
    reason = "tests"
)]

mod support;

use limbeck_project::commands::RevisionOptions;
use support::{Bed, autogenerate, required};

const USERS: &str = "CREATE TABLE users (id bigint PRIMARY KEY, name text, email varchar(40));\n";

#[tokio::test]
async fn rows_are_counted_before_a_step_and_told() {
    let bed = Bed::of_sql(USERS).await;
    bed.revision("First").await;
    bed.upgrade("head").await;
    bed.run("INSERT INTO users VALUES (1, NULL, 'a'), (2, 'b', 'a'), (3, 'c', 'a longer address')")
        .await;
    bed.schema("CREATE TABLE users (id bigint PRIMARY KEY, name text NOT NULL, email varchar(10) UNIQUE);\n");
    let written = bed.revision("Demands").await;
    let text = bed.text(&written);
    assert_eq!(
        required(&text),
        [
            "up schema \"rows of public.users where email is longer than 10 characters\"",
            "up schema \"rows of public.users where name is null\"",
            "up schema \"rows of public.users with the same email as another\"",
        ],
        "{text}"
    );
    assert_eq!(
        bed.refusal(false).await,
        "rows of public.users where email is longer than 10 characters: 1"
    );
    bed.run("UPDATE users SET email = 'c' WHERE id = 3").await;
    assert_eq!(
        bed.refusal(false).await,
        "rows of public.users where name is null: 1"
    );
    bed.run("UPDATE users SET name = '' WHERE name IS NULL").await;
    assert_eq!(
        bed.refusal(false).await,
        "rows of public.users with the same email as another: 1"
    );
    bed.run("UPDATE users SET email = NULL WHERE id = 2").await;
    assert_eq!(bed.upgrade("head").await, 1);
}

#[tokio::test]
async fn the_way_down_requires_too() {
    let bed = Bed::of_sql(
        "CREATE TYPE mood AS ENUM ('ok');\n\
         CREATE TABLE users (id bigint PRIMARY KEY, name text NOT NULL UNIQUE, mood mood);\n",
    )
    .await;
    bed.revision("First").await;
    bed.schema(
        "CREATE TYPE mood AS ENUM ('ok', 'sad');\n\
         CREATE TABLE users (id bigint PRIMARY KEY, name text, mood mood);\n",
    );
    let written = bed.revision("Fewer demands").await;
    let text = bed.text(&written);
    assert_eq!(
        required(&text),
        [
            "down schema \"rows of public.users where mood is 'sad'\"",
            "down schema \"rows of public.users where name is null\"",
            "down schema \"rows of public.users with the same name as another\"",
        ],
        "{text}"
    );
    bed.upgrade("head").await;
    bed.run("INSERT INTO users VALUES (1, 'a', 'sad')").await;
    assert_eq!(
        bed.refusal(true).await,
        "rows of public.users where mood is 'sad': 1"
    );
    bed.run("UPDATE users SET mood = 'ok'").await;
    assert_eq!(bed.downgrade("-1").await, 1);
    assert_eq!(bed.query("SELECT name || mood FROM users").await, ["aok"]);
}

#[tokio::test]
async fn a_step_outside_a_transaction_requires_under_the_new_names() {
    let bed = Bed::of_sql(USERS).await;
    bed.write(
        "limbeck.toml",
        "models = []\nschema = [\"schema\"]\n[autogenerate]\nconcurrently = true\n",
    );
    bed.revision("First").await;
    bed.upgrade("head").await;
    bed.run("INSERT INTO users VALUES (1, 'a'), (2, 'A')").await;
    bed.schema(
        "CREATE TABLE users (id bigint PRIMARY KEY, full_name text, email varchar(40));\n\
         CREATE UNIQUE INDEX by_name ON users (lower(full_name));\n",
    );
    let options = RevisionOptions {
        renames: vec!["column:users.name=full_name".to_owned()],
        ..autogenerate("Names")
    };
    let text = bed.text(&support::written(bed.try_revision(options).await.unwrap()));
    assert_eq!(
        required(&text),
        ["up index_by_name \"rows of public.users with the same lower(full_name) as another\""],
        "{text}"
    );
    assert_eq!(
        bed.refusal(false).await,
        "rows of public.users with the same lower(full_name) as another: 1"
    );
    bed.run("DELETE FROM users WHERE id = 2").await;
    bed.upgrade("head").await;
    assert_eq!(bed.query("SELECT full_name FROM users").await, ["a"]);
}

#[tokio::test]
async fn a_renamed_column_that_takes_no_null_is_proven_with_values() {
    let bed = Bed::of_sql(USERS).await;
    bed.revision("First").await;
    bed.schema("CREATE TABLE people (id bigint PRIMARY KEY, full_name text NOT NULL, email varchar(40));\n");
    let options = RevisionOptions {
        renames: vec![
            "table:users=people".to_owned(),
            "column:users.name=full_name".to_owned(),
        ],
        ..autogenerate("Names")
    };
    let written = support::written(bed.try_revision(options).await.unwrap());
    assert!(written.proven_empty.is_empty(), "{written:?}");
    let text = bed.text(&written);
    assert_eq!(
        required(&text),
        ["up schema \"rows of public.users where name is null\""],
        "{text}"
    );
}
