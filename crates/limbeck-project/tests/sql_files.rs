//! What `.sql` files may hold and what not, and bodies of functions, on a real PostgreSQL.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    missing_docs,
    reason = "tests"
)]

mod support;

use limbeck_project::Error;
use limbeck_project::commands::check;
use support::{Bed, autogenerate, ignore};

/// Each diagnostic of an error: where, what is pointed at, the message.
fn told(error: &Error) -> Vec<String> {
    let diagnostics = error.diagnostics().iter();
    diagnostics
        .map(|diagnostic| {
            let place = diagnostic.snippets.first().map_or_else(String::new, |snippet| {
                let at = &snippet.source[snippet.range.clone()];
                let path = snippet.path.display();
                format!(
                    "{path}:{}:{} {}: ",
                    snippet.line,
                    snippet.column,
                    at.escape_debug()
                )
            });
            format!("{place}{}", diagnostic.message)
        })
        .collect()
}

async fn refused(bed: &Bed) -> Vec<String> {
    let error = check(&bed.project(), &ignore).await.unwrap_err();
    let again = bed.try_revision(autogenerate("Refused")).await.unwrap_err();
    assert_eq!(told(&error), told(&again));
    assert!(bed.revision_files().is_empty());
    told(&error)
}

/// A revision goes up, leaves no difference, and goes down.
async fn lives(bed: &Bed) {
    bed.revision("All").await;
    assert_eq!(bed.upgrade("head").await, 1);
    assert!(!bed.check().await.is_different());
    assert_eq!(bed.downgrade("base").await, 1);
}

#[tokio::test]
async fn bodies_are_checked_when_everything_stands() {
    // Each names what stands behind it, or itself.
    let bed = Bed::of_sql(
        "CREATE FUNCTION first() RETURNS bigint LANGUAGE sql AS 'SELECT second() + count(*) FROM t';\n\
         CREATE OR REPLACE PROCEDURE noted() LANGUAGE sql AS $$ INSERT INTO t VALUES (1); $$;\n\
         CREATE FUNCTION second() RETURNS bigint LANGUAGE sql AS $$ SELECT count(*) FROM t $$;\n\
         CREATE FUNCTION later() RETURNS void LANGUAGE plpgsql AS $$ BEGIN CREATE TEMP TABLE x (); DELETE FROM x; END $$;\n\
         CREATE TABLE t (id int);\n",
    )
    .await;
    lives(&bed).await;
}

#[tokio::test]
async fn a_body_that_names_nothing_is_told_at_its_place() {
    let bed = Bed::of_sql("CREATE TABLE t (id int);\n").await;
    bed.write(
        "schema/functions.sql",
        "-- Größen\nCREATE FUNCTION f() RETURNS bigint LANGUAGE sql AS $body$\n  SELECT count(*)\n    FROM missing\n$body$;\n\
         CREATE OR REPLACE FUNCTION g(a int) RETURNS int LANGUAGE sql AS 'SELECT ''ü'', idd FROM t';\n\
         CREATE FUNCTION fine() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM t';\n\
         CREATE PROCEDURE p() LANGUAGE plpgsql AS $$\nBEGIN\n  DELETE FRM t;\nEND $$;\n",
    );
    bed.write(
        "schema/other.sql",
        "SET search_path = app;\nCREATE SCHEMA app;\nCREATE FUNCTION here() RETURNS int LANGUAGE sql AS 'SELECT app_only()';\n",
    );
    insta::assert_snapshot!(refused(&bed).await.join("\n"), @r#"
    schema/functions.sql:4:10 missing: relation "missing" does not exist
    schema/functions.sql:6:80 idd: column "idd" does not exist
    schema/functions.sql:10:10 FRM: syntax error at or near "FRM"
    schema/other.sql:3:60 app_only: function app_only() does not exist
    "#);
    let error = check(&bed.project(), &ignore).await.unwrap_err();
    let hints = &error.diagnostics()[0].hints;
    assert!(
        hints
            .iter()
            .any(|hint| hint.contains("SET check_function_bodies = off;")),
        "{hints:?}"
    );
    // A statement of another kind is told as ever, and alone: what needs it may be fine.
    bed.schema("CREATE VIEW v AS SELECT * FROM gone;\n");
    assert_eq!(
        refused(&bed).await,
        ["schema/schema.sql:1:32 gone: relation \"gone\" does not exist"]
    );
}

/// A dump says so itself, since it makes functions before what they name.
#[tokio::test]
async fn a_file_that_turns_the_check_off_means_it() {
    let function =
        "CREATE FUNCTION f() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM made_when_run';\n";
    for setting in [
        "SET check_function_bodies = false;\n",
        "SET check_function_bodies TO 'off';\n",
        "SELECT pg_catalog.set_config('check_function_bodies', 'off', false);\n",
    ] {
        let bed = Bed::of_sql(&format!("{setting}{function}")).await;
        assert!(bed.check().await.is_different(), "{setting}");
        // A revision is run as any SQL, and by hand it can say so as well.
        let error = bed.try_revision(autogenerate("Refused")).await.unwrap_err();
        let hints = error.diagnostics()[0].hints.concat();
        assert!(
            hints.contains("SET LOCAL check_function_bodies = off;"),
            "{error:?}"
        );
        bed.by_hand(
            &format!("SET LOCAL check_function_bodies = off;\n{function}"),
            "DROP FUNCTION f()",
        )
        .await;
        assert_eq!(bed.upgrade("head").await, 1);
        let report = bed.check().await;
        assert_eq!(report.differences.len(), 0, "{:?}", report.differences);
        std::fs::remove_file(&bed.revision_files()[0]).unwrap();
        // That of another file is not this one's.
        bed.write("schema/a.sql", setting);
        bed.schema(function);
        assert_eq!(refused(&bed).await.len(), 1, "{setting}");
    }
}

#[tokio::test]
async fn what_editors_and_other_systems_write_is_read() {
    let bed = Bed::of_sql("").await;
    bed.write("schema/comments.sql", "-- nothing yet\r\n/* nor here */\r\n");
    bed.write(
        "schema/with_mark.sql",
        "\u{feff}CREATE TABLE marked (id int);\r\n",
    );
    bed.write(
        "schema/lines.sql",
        "BEGIN;\r\nCREATE TABLE lines (\r\n  id int -- the key\r\n);\r\n\r\n\
         CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$\r\n  SELECT 1\r\n$$;\r\nCOMMIT;\r\n",
    );
    bed.write(
        "schema/outside.sql",
        "CREATE INDEX CONCURRENTLY lines_idx ON lines (id);\nVACUUM lines;\n",
    );
    lives(&bed).await;
}

#[tokio::test]
async fn a_long_body_is_one() {
    let long = "-- nothing but a comment, in a long line\n".repeat(25_000);
    let bed = Bed::of_sql(&format!(
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$\n{long}SELECT 1 $$;\n"
    ))
    .await;
    lives(&bed).await;
}

#[tokio::test]
async fn what_is_no_schema_is_told_at_its_place() {
    let bed = Bed::of_sql("CREATE TABLE t (id int);\n").await;
    bed.write(
        "schema/a.sql",
        "INSERT INTO t VALUES (1);\nCREATE VIEW v AS SELECT 1;\nROLLBACK;\n\\i b.sql\nDROP DATABASE app;\n",
    );
    bed.write("schema/b.sql", "CREATE TABLE torn (id int\n");
    bed.write(
        "schema/c.sql",
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $f$\nSELECT 1;\n",
    );
    bed.write("schema/d.sql", "CREATE TABLE z\0 ();\n");
    insta::assert_snapshot!(refused(&bed).await.join("\n"), @r"
    schema/a.sql:1:1 INSERT INTO t VALUES (1): `INSERT` is about rows, and a schema has none: no revision would be made of it
    schema/a.sql:3:1 ROLLBACK: this would take back what stands before it, and each statement of a schema is run by itself
    schema/a.sql:4:1 \\i b.sql: `\i` is a command of psql, not SQL
    schema/a.sql:5:1 DROP DATABASE app: `DROP DATABASE` is about the whole server, and no part of a schema
    schema/c.sql:1:49 $f$: this dollar quote is never closed
    schema/d.sql:1:15 \0: a byte here is zero, which SQL cannot hold
    ");
    for file in ["a", "c", "d"] {
        bed.write(&format!("schema/{file}.sql"), "");
    }
    insta::assert_snapshot!(refused(&bed).await.join("\n"), @r"schema/b.sql:1:26 \n: syntax error at end of input");
    // No text at all, in two ways.
    let utf16: Vec<u8> = "\u{feff}SELECT 1;"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let path = bed.folder.path().join("schema/b.sql");
    std::fs::write(&path, utf16).unwrap();
    insta::assert_snapshot!(refused(&bed).await.join("\n"), @"`schema/b.sql` cannot be read: it is UTF-16");
    std::fs::write(&path, b"SELECT 1;\n-- \xe4\n").unwrap();
    insta::assert_snapshot!(refused(&bed).await.join("\n"), @"`schema/b.sql` cannot be read: it is not UTF-8 (line 2)");
}
