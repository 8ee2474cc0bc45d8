//! System catalogues that somebody has damaged: what contradicts itself is named, and nothing panics.

#![allow(clippy::unwrap_used, clippy::print_stderr, missing_docs, reason = "tests")]

use limbeck_catalog::{ReadError, ReadOptions};
use limbeck_postgres::{Session, SessionOptions, connect};
use limbeck_server::Scratch;

/// A little of everything.
const SCHEMA: &str = "
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE SEQUENCE numbers;
CREATE TABLE parents (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, mood mood DEFAULT 'ok', g int GENERATED ALWAYS AS (1) STORED);
CREATE TABLE children (id serial PRIMARY KEY, parent int REFERENCES parents, name text COLLATE \"C\" CHECK (name <> ''));
CREATE INDEX by_name ON children (lower(name) text_pattern_ops) WHERE parent > 0;
CREATE VIEW everybody AS SELECT name FROM children;
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
CREATE TRIGGER touched BEFORE UPDATE ON children FOR EACH ROW EXECUTE FUNCTION touch();
CREATE POLICY careful ON children USING (name <> 'secret');
COMMENT ON TABLE children IS 'Small';
GRANT SELECT ON children TO PUBLIC;
";

/// What is broken, and what is said of it. Identifiers of rows differ from server to server.
const DAMAGES: [(&str, &str); 24] = [
    (
        "DELETE FROM pg_depend WHERE objid >= 16384",
        "column public.parents.id refers to its sequence",
    ),
    (
        "DELETE FROM pg_depend WHERE objid = 'by_name'::regclass",
        "index public.by_name refers to its rows in pg_depend",
    ),
    (
        "DELETE FROM pg_depend WHERE classid = 'pg_rewrite'::regclass AND objid >= 16384",
        "view public.everybody refers to its rows in pg_depend",
    ),
    ("DELETE FROM pg_attrdef", "refers to its default"),
    (
        "DELETE FROM pg_constraint WHERE conname = 'children_pkey'",
        "index public.children_pkey refers to its constraint",
    ),
    (
        "DELETE FROM pg_constraint WHERE conname = 'parents_pkey'",
        "index public.parents_pkey refers to its constraint",
    ),
    (
        "DELETE FROM pg_type WHERE typname = 'mood'",
        "column public.parents.mood refers to its type",
    ),
    (
        "DELETE FROM pg_type WHERE typname = 'children'",
        "table public.children refers to its row type",
    ),
    (
        "DELETE FROM pg_enum",
        "reading columns from the database failed: invalid internal value for enum: N",
    ),
    (
        "DELETE FROM pg_class WHERE relname = 'parents'",
        "constraint public.children.children_parent_fkey refers to table N",
    ),
    (
        "DELETE FROM pg_class WHERE relname = 'by_name'",
        "table public.children refers to index N",
    ),
    (
        "DELETE FROM pg_class WHERE relname = 'children_id_seq'",
        "column public.children.id refers to sequence N",
    ),
    (
        "DELETE FROM pg_attribute WHERE attrelid = 'children'::regclass AND attname = 'name'",
        "reading columns from the database failed: pg_attribute catalog is missing N attribute(s) for relation OID N",
    ),
    (
        "DELETE FROM pg_attribute WHERE attrelid = 'by_name'::regclass",
        "reading indexes from the database failed: cache lookup failed for attribute N of relation N",
    ),
    (
        "DELETE FROM pg_index WHERE indexrelid = 'by_name'::regclass",
        "index public.by_name refers to its row in pg_index",
    ),
    (
        "DELETE FROM pg_index WHERE indexrelid = 'parents_pkey'::regclass",
        "index public.parents_pkey refers to its row in pg_index",
    ),
    (
        "DELETE FROM pg_sequence",
        "sequence public.children_id_seq refers to its row in pg_sequence",
    ),
    (
        "DELETE FROM pg_rewrite WHERE ev_class = 'everybody'::regclass",
        "view public.everybody refers to its query",
    ),
    (
        "DELETE FROM pg_proc WHERE proname = 'touch'",
        "trigger public.children.touched refers to function N",
    ),
    (
        "DELETE FROM pg_namespace WHERE nspname = 'public'",
        "refers to schema N",
    ),
    (
        "DELETE FROM pg_opclass WHERE opcname = 'text_pattern_ops'",
        "reading indexes from the database failed: cache lookup failed for opclass N",
    ),
    (
        "DELETE FROM pg_collation WHERE collname = 'C'",
        "column public.children.name refers to collation N",
    ),
    (
        "UPDATE pg_index SET indkey = '99' WHERE indexrelid = 'children_pkey'::regclass",
        "index public.children_pkey refers to column number N of relation N",
    ),
    (
        "UPDATE pg_constraint SET confkey = '{9}' WHERE contype = 'f'",
        "constraint public.children.children_parent_fkey refers to column number N of relation N",
    ),
];

async fn damaged(scratch: &Scratch, damage: &str) -> Result<Session, String> {
    let database = scratch.create_database().await.unwrap();
    let options = SessionOptions::running("limbeck tests", "public");
    let session = connect(database.settings(), &options).await.unwrap();
    session.execute(SCHEMA).await.unwrap();
    let sql = format!("SET allow_system_table_mods = on; {damage}");
    session.execute(&sql).await.map_err(|error| error.to_string())?;
    session.close().await;
    // What one session remembers of the catalogues does not hide the damage.
    Ok(connect(database.settings(), &options).await.unwrap())
}

#[tokio::test]
async fn what_is_damaged_is_named() {
    let scratch = limbeck_server::testing::scratch().await;
    for (damage, expected) in DAMAGES {
        let session = match damaged(&scratch, damage).await {
            Ok(session) => session,
            Err(error) => panic!("{damage}: {error}"),
        };
        let told = match limbeck_catalog::read(session.client(), &ReadOptions::default()).await {
            Err(error @ (ReadError::Inconsistent { .. } | ReadError::Query { .. })) => {
                assert!(error.hint().is_some(), "{damage}: {error}");
                error.to_string()
            }
            other => panic!("{damage}: {other:?}"),
        };
        let told = without_numbers(&told);
        assert!(told.contains(expected), "{damage}: {told}");
    }
}

/// Each number as `N`.
fn without_numbers(text: &str) -> String {
    let mut told = String::new();
    for character in text.chars() {
        if !character.is_ascii_digit() {
            told.push(character);
        } else if !told.ends_with('N') {
            told.push('N');
        }
    }
    told
}

#[tokio::test]
async fn an_invalid_index_is_read_as_one() {
    let scratch = limbeck_server::testing::scratch().await;
    let session = damaged(
        &scratch,
        "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'by_name'::regclass",
    )
    .await
    .unwrap();
    let catalog = limbeck_catalog::read(session.client(), &ReadOptions::default())
        .await
        .unwrap();
    let id: limbeck_catalog::ObjectId = "index public.by_name".parse().unwrap();
    assert_eq!(catalog.invalid_indexes().collect::<Vec<_>>(), [&id]);
}
