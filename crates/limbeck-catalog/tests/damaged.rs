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

/// What is broken, and whether anything is left that can be read.
const DAMAGES: [&str; 22] = [
    "DELETE FROM pg_depend WHERE objid >= 16384",
    "DELETE FROM pg_attrdef",
    "DELETE FROM pg_constraint WHERE conname = 'children_pkey'",
    "DELETE FROM pg_constraint WHERE conname = 'parents_pkey'",
    "DELETE FROM pg_type WHERE typname = 'mood'",
    "DELETE FROM pg_type WHERE typname = 'children'",
    "DELETE FROM pg_enum",
    "DELETE FROM pg_class WHERE relname = 'parents'",
    "DELETE FROM pg_class WHERE relname = 'by_name'",
    "DELETE FROM pg_class WHERE relname = 'children_id_seq'",
    "DELETE FROM pg_attribute WHERE attrelid = 'children'::regclass AND attname = 'name'",
    "DELETE FROM pg_attribute WHERE attrelid = 'by_name'::regclass",
    "DELETE FROM pg_index WHERE indexrelid = 'by_name'::regclass",
    "DELETE FROM pg_index WHERE indexrelid = 'parents_pkey'::regclass",
    "DELETE FROM pg_sequence",
    "DELETE FROM pg_rewrite WHERE ev_class = 'everybody'::regclass",
    "DELETE FROM pg_proc WHERE proname = 'touch'",
    "DELETE FROM pg_namespace WHERE nspname = 'public'",
    "DELETE FROM pg_opclass WHERE opcname = 'text_pattern_ops'",
    "DELETE FROM pg_collation WHERE collname = 'C'",
    "UPDATE pg_index SET indkey = '99' WHERE indexrelid = 'children_pkey'::regclass",
    "UPDATE pg_constraint SET confkey = '{9}' WHERE contype = 'f'",
];

/// What is named of these.
const NAMED: [(&str, &str); 5] = [
    (
        "DELETE FROM pg_depend WHERE objid >= NNNNN",
        "column public.parents.id refers to its sequence",
    ),
    ("DELETE FROM pg_attrdef", "refers to its default"),
    (
        "DELETE FROM pg_class WHERE relname = 'parents'",
        "constraint public.children.children_parent_fkey refers to table NNNNN",
    ),
    (
        "DELETE FROM pg_index WHERE indexrelid = 'parents_pkey'::regclass",
        "constraint public.parents.parents_pkey refers to its index",
    ),
    (
        "DELETE FROM pg_collation WHERE collname = 'C'",
        "column public.children.name refers to collation NNN",
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
    let mut told = String::new();
    for damage in DAMAGES {
        let session = match damaged(&scratch, damage).await {
            Ok(session) => session,
            Err(error) => panic!("{damage}: {error}"),
        };
        let read = limbeck_catalog::read(session.client(), &ReadOptions::default()).await;
        let what = match &read {
            Ok(_) => "read".to_owned(),
            Err(error @ (ReadError::Inconsistent { .. } | ReadError::Query { .. })) => {
                assert!(error.hint().is_some(), "{damage}: {error}");
                error.to_string()
            }
            Err(error) => panic!("{damage}: {error:?}"),
        };
        // Identifiers of rows differ from server to server.
        let what: String = what
            .chars()
            .map(|c| if c.is_ascii_digit() { 'N' } else { c })
            .collect();
        let line: String = damage
            .chars()
            .map(|c| if c.is_ascii_digit() { 'N' } else { c })
            .collect();
        told.push_str(&format!("{line}\n    {what}\n"));
    }
    for (damage, what) in NAMED {
        let rest = told.split_once(damage).map(|(_, rest)| rest).unwrap();
        let line = rest.lines().nth(1).unwrap();
        assert!(
            line.contains("inconsistent") && line.contains(what),
            "{damage}\nin\n{told}"
        );
    }
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
    let id = "index public.by_name".parse().unwrap();
    assert!(
        matches!(catalog.definition(&id), Some(limbeck_catalog::Definition::Index(index)) if !index.valid),
        "{:?}",
        catalog.definition(&id)
    );
}
