//! Ways down that are not the way up read backwards.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    missing_docs,
    reason = "tests"
)]

mod support;

use limbeck_project::commands::{RevisionOptions, RunSettings, downgrade_script};
use support::{Bed, autogenerate, written};

const LABELS: &str = "SELECT unnest(enum_range(NULL::mood))::text";

#[tokio::test]
async fn a_label_that_a_default_used_comes_back_before_the_default() {
    let bed = Bed::of_sql(
        "CREATE TYPE mood AS ENUM ('sad', 'meh', 'ok');\nCREATE TABLE t (id int PRIMARY KEY, m mood DEFAULT 'meh');\n",
    )
    .await;
    bed.revision("First").await;
    bed.upgrade("head").await;
    bed.run("INSERT INTO t VALUES (1, 'sad')").await;
    bed.schema(
        "CREATE TYPE mood AS ENUM ('sad', 'ok');\nCREATE TABLE t (id int PRIMARY KEY, m mood DEFAULT 'ok');\n",
    );
    let options = RevisionOptions {
        allow_drop: true,
        ..autogenerate("No meh")
    };
    let result = bed.try_revision(options).await;
    result.unwrap_or_else(|error| panic!("{error:#?}"));
    bed.upgrade("head").await;
    assert_eq!(bed.query(LABELS).await, ["sad", "ok"]);
    bed.downgrade("-1").await;
    assert_eq!(bed.query(LABELS).await, ["sad", "meh", "ok"]);
    bed.run("INSERT INTO t VALUES (2)").await;
    assert_eq!(bed.query("SELECT m FROM t ORDER BY id").await, ["sad", "meh"]);
}

#[tokio::test]
async fn a_type_and_its_label_are_renamed_together() {
    let bed = Bed::of_sql("CREATE TYPE mood AS ENUM ('sad', 'ok');\nCREATE TABLE t (m mood);\n").await;
    bed.revision("First").await;
    bed.upgrade("head").await;
    bed.run("INSERT INTO t VALUES ('sad')").await;
    bed.schema("CREATE TYPE feeling AS ENUM ('gloomy', 'ok');\nCREATE TABLE t (m feeling);\n");
    let options = RevisionOptions {
        renames: vec!["type:mood=feeling".to_owned(), "label:mood.sad=gloomy".to_owned()],
        ..autogenerate("Feelings")
    };
    let written = written(bed.try_revision(options).await.unwrap());
    let text = bed.text(&written);
    assert!(!text.contains("DROP") && !text.contains("CREATE"), "{text}");
    bed.upgrade("head").await;
    assert_eq!(bed.query("SELECT m FROM t").await, ["gloomy"]);
    bed.downgrade("-1").await;
    assert_eq!(bed.query("SELECT m FROM t").await, ["sad"]);
}

#[tokio::test]
async fn a_table_and_its_column_are_renamed_together() {
    let bed = Bed::of_sql("CREATE TABLE users (id int PRIMARY KEY, name text NOT NULL);\n").await;
    bed.revision("First").await;
    bed.upgrade("head").await;
    bed.run("INSERT INTO users VALUES (1, 'Ada')").await;
    bed.schema("CREATE TABLE people (id int PRIMARY KEY, full_name text NOT NULL);\n");
    let options = RevisionOptions {
        renames: vec![
            "table:users=people".to_owned(),
            "column:users.name=full_name".to_owned(),
        ],
        ..autogenerate("People")
    };
    let result = bed.try_revision(options).await;
    let written = written(result.unwrap_or_else(|error| panic!("{error:#?}")));
    let text = bed.text(&written);
    assert!(!text.contains("DROP") && !text.contains("CREATE"), "{text}");
    bed.upgrade("head").await;
    assert_eq!(bed.query("SELECT full_name FROM people").await, ["Ada"]);
    bed.downgrade("-1").await;
    assert_eq!(bed.query("SELECT name FROM users").await, ["Ada"]);
}

#[tokio::test]
async fn indexes_are_built_and_dropped_without_a_lock() {
    let table = "CREATE TABLE t (a int, b int);\n";
    let bed = Bed::of_sql(&format!("{table}CREATE INDEX t_a_idx ON t (a);\n")).await;
    bed.write(
        "limbeck.toml",
        "models = []\nschema = [\"schema\"]\n[autogenerate]\nconcurrently = true\n",
    );
    bed.revision("First").await;
    bed.upgrade("head").await;
    bed.schema(&format!(
        "{table}CREATE INDEX t_b_idx ON t (b);\nCREATE UNIQUE INDEX t_a_b_idx ON t (a, b) WHERE b > 0;\n"
    ));
    let options = RevisionOptions {
        allow_drop: true,
        ..autogenerate("Indexes")
    };
    let written = written(bed.try_revision(options).await.unwrap());
    let text = bed.text(&written);
    assert_eq!(text.matches("INDEX CONCURRENTLY").count(), 6, "{text}");
    // Either way tells what it is about, so that a run that dies in it can be gone on with.
    for marker in [
        "-- limbeck:up drop_index_t_a_idx transaction=no drops=\"index public.t_a_idx\"",
        "-- limbeck:down drop_index_t_a_idx transaction=no creates=\"index public.t_a_idx\"",
        "-- limbeck:up index_t_b_idx transaction=no creates=\"index public.t_b_idx\"",
        "-- limbeck:down index_t_b_idx transaction=no drops=\"index public.t_b_idx\"",
    ] {
        assert!(text.contains(marker), "{marker}\n{text}");
    }
    let indexes = "SELECT indexname FROM pg_indexes WHERE tablename = 't' ORDER BY 1";
    bed.upgrade("head").await;
    assert_eq!(bed.query(indexes).await, ["t_a_b_idx", "t_b_idx"]);
    bed.downgrade("-1").await;
    assert_eq!(bed.query(indexes).await, ["t_a_idx"]);
}

#[tokio::test]
async fn a_script_goes_back_from_where_it_begins() {
    let bed = Bed::of_sql("CREATE TABLE one (a int);\n").await;
    bed.revision("One").await;
    bed.schema("CREATE TABLE one (a int);\nCREATE TABLE two (a int);\n");
    bed.revision("Two").await;
    let project = bed.project();
    let script = |range| downgrade_script(&project, range, &RunSettings::default());
    let last = script("head:-1").unwrap();
    assert!(
        last.contains("DROP TABLE public.two") && !last.contains("DROP TABLE public.one"),
        "{last}"
    );
    assert!(script("head:-2").unwrap().contains("DROP TABLE public.one"));
    assert!(script("head:-3").is_err());
}
