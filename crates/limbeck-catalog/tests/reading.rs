//! How a catalogue is read: the same facts whatever the session, in a fixed number of queries, of one moment.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::print_stderr,
    missing_docs,
    reason = "tests"
)]

mod support;

use std::collections::BTreeSet;
use std::time::Duration;

use limbeck_catalog::{
    Catalog, Definition, ExcludePredicate, Kind, ObjectId, ObjectPattern, ReadError, ReadOptions, fingerprint,
};
use limbeck_postgres::Session;
use support::{comment, database, definition, id, objects, read, unread};

/// Every kind of object, with what settings can change in print.
const EVERYTHING: &str = r#"
    CREATE SCHEMA app; CREATE EXTENSION pg_trgm SCHEMA app; CREATE TYPE app.mood AS ENUM ('sad', 'ok');
    CREATE SEQUENCE app.numbers;
    CREATE TABLE app.parent (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, mood app.mood DEFAULT 'ok',
        made timestamptz DEFAULT '2026-07-01 12:00:00+02', span interval DEFAULT '1 year 2 days 03:04:05',
        price money DEFAULT 1234.5::numeric::money, float float8 DEFAULT 0.1::float8, bits bytea DEFAULT '\xdeadbeef'::bytea,
        slash text DEFAULT E'a\\b''c', day date DEFAULT '2026-02-03', n int DEFAULT nextval('app.numbers'));
    CREATE TABLE public.child (id int REFERENCES app.parent, "Name" text CHECK ("Name" <> E'x\\y'),
        twice text GENERATED ALWAYS AS ("Name" || 'x') STORED);
    CREATE INDEX by_name ON public.child (lower("Name")) WHERE id > 1;
    CREATE INDEX by_trigram ON public.child USING gin ("Name" app.gin_trgm_ops);
    CREATE VIEW public.both AS SELECT p.made, c."Name" FROM app.parent p JOIN public.child c ON c.id = p.id
        WHERE p.made > '2026-01-01 00:00:00+00' AND c."Name" <> E'a\\b';
    CREATE MATERIALIZED VIEW app.counted AS SELECT count(*) AS n FROM public.both;
    CREATE FUNCTION app.touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
    CREATE FUNCTION app.atomic(a app.mood) RETURNS timestamptz LANGUAGE sql
        BEGIN ATOMIC SELECT made FROM app.parent WHERE mood = a AND made > '2026-01-01 00:00:00+00'; END;
    CREATE TRIGGER touch BEFORE INSERT ON public.child FOR EACH ROW WHEN (NEW."Name" <> E'a\\b')
        EXECUTE FUNCTION app.touch('a\b');
    COMMENT ON TABLE app.parent IS 'Parents';"#;

fn json(catalog: &Catalog) -> String {
    serde_json::to_string_pretty(catalog).unwrap()
}

fn options(patterns: &[&str]) -> ReadOptions {
    ReadOptions {
        exclude: patterns
            .iter()
            .map(|text| text.parse::<ObjectPattern>().unwrap())
            .collect(),
        ..ReadOptions::default()
    }
}

#[tokio::test]
async fn the_session_changes_nothing() {
    let scratch = limbeck_server::testing::scratch().await;
    let session = database(&scratch, EVERYTHING).await;
    let friendly = read(&session).await;
    let expected = fingerprint(session.client()).await.unwrap();
    let hostile = [
        ("search_path", "app, public, pg_catalog"),
        ("TimeZone", "Asia/Tokyo"),
        ("DateStyle", "German, DMY"),
        ("IntervalStyle", "sql_standard"),
        ("extra_float_digits", "-15"),
        ("bytea_output", "escape"),
        ("quote_all_identifiers", "on"),
        ("standard_conforming_strings", "off"),
        ("lc_monetary", "C"),
        ("enable_seqscan", "off"),
        ("enable_hashjoin", "off"),
        ("row_security", "off"),
        ("default_transaction_isolation", "serializable"),
        ("default_transaction_read_only", "on"),
        ("jit_above_cost", "0"),
    ];
    for (name, value) in hostile {
        session
            .execute(&format!(
                "SET \"{name}\" = {}",
                if name == "search_path" {
                    value.to_owned()
                } else {
                    format!("'{value}'")
                }
            ))
            .await
            .unwrap_or_else(|error| panic!("{name}: {error:?}"));
    }
    assert_eq!(json(&read(&session).await), json(&friendly));
    assert_eq!(fingerprint(session.client()).await.unwrap(), expected);
    let left = session.query_text("SHOW \"DateStyle\"").await.unwrap();
    assert_eq!(
        left,
        [[Some("German, DMY".to_owned())]],
        "the session keeps its settings"
    );
}

#[tokio::test]
async fn the_same_sql_gives_the_same_bytes() {
    let scratch = limbeck_server::testing::scratch().await;
    let first = database(&scratch, EVERYTHING).await;
    // Other OIDs, another physical order.
    let second = database(
        &scratch,
        "CREATE SCHEMA gone; CREATE TYPE gone.e AS ENUM ('a'); CREATE TABLE gone.t (a gone.e); DROP SCHEMA gone CASCADE",
    )
    .await;
    second.execute(EVERYTHING).await.unwrap();
    let (first, second) = (read(&first).await, read(&second).await);
    assert_eq!(json(&first), json(&second));
    assert_eq!(first.differences(&second), []);
    assert_eq!(serde_json::from_str::<Catalog>(&json(&first)).unwrap(), first);
    assert!(first.unread.is_empty(), "{:?}", first.unread);
}

#[tokio::test]
async fn what_uses_what() {
    let scratch = limbeck_server::testing::scratch().await;
    let session = database(&scratch, EVERYTHING).await;
    let edges: Vec<String> = read(&session)
        .await
        .dependencies
        .iter()
        .map(|edge| format!("{} -> {}", edge.dependent, edge.referenced))
        .collect();
    insta::assert_snapshot!(edges.join("\n"));
}

/// How many statements the server runs for one reading.
async fn statements(session: &Session) -> usize {
    session
        .execute("SET client_min_messages = log; SET log_statement = 'all'")
        .await
        .unwrap();
    session.take_notices();
    read(session).await;
    session
        .take_notices()
        .iter()
        .filter(|notice| notice.message.starts_with("statement: ") || notice.message.starts_with("execute "))
        .count()
}

#[tokio::test]
async fn the_number_of_queries_does_not_grow_with_the_schema() {
    let scratch = limbeck_server::testing::scratch().await;
    let tables = |count| {
        format!(
            "DO $$ BEGIN FOR n IN 1..{count} LOOP
                EXECUTE format('CREATE TABLE t%s (id serial PRIMARY KEY, a text UNIQUE CHECK (a > ''''), b int REFERENCES t%s)',
                               n, n);
                EXECUTE format('CREATE INDEX ON t%s (lower(a))', n);
                EXECUTE format('CREATE VIEW v%s AS SELECT a FROM t%s', n, n);
                EXECUTE format('CREATE TYPE e%s AS ENUM (''a'')', n);
                EXECUTE format('CREATE FUNCTION f%s() RETURNS int LANGUAGE sql AS ''SELECT 1''', n);
                EXECUTE format('COMMENT ON TABLE t%s IS ''x''', n);
                COMMIT;
            END LOOP; END $$"
        )
    };
    let small = statements(&database(&scratch, &tables(5)).await).await;
    let large = statements(&database(&scratch, &tables(500)).await).await;
    assert_eq!(small, large);
    // Queries, and the statements that begin, pin and end two transactions.
    assert!((20..60).contains(&small), "{small}");
}

#[tokio::test]
async fn only_the_wanted_schemas_are_read() {
    let scratch = limbeck_server::testing::scratch().await;
    let session = database(
        &scratch,
        "CREATE SCHEMA a; CREATE SCHEMA b; CREATE SCHEMA limbeck; CREATE TABLE a.t (id int PRIMARY KEY);
         CREATE TABLE b.t (id int REFERENCES a.t); CREATE TYPE a.d; CREATE TABLE limbeck.head (id int);
         CREATE TEMPORARY TABLE temporary (id int); CREATE EXTENSION pg_trgm SCHEMA a",
    )
    .await;
    let mut options = ReadOptions {
        schemas: Some(BTreeSet::from(["b".to_owned(), "missing".to_owned()])),
        ..ReadOptions::default()
    };
    let only_b = limbeck_catalog::read(session.client(), &options).await.unwrap();
    assert_eq!(
        objects(&only_b),
        [
            "schema b",
            "extension pg_trgm",
            "table b.t",
            "column b.t.id",
            "constraint b.t.t_id_fkey"
        ]
    );
    assert_eq!(unread(&only_b), Vec::<String>::new());
    let Definition::Constraint(constraint) = definition(&only_b, "constraint b.t.t_id_fkey") else {
        panic!()
    };
    assert!(
        format!("{constraint:?}").contains(r#"referenced_columns: ["id"]"#),
        "{constraint:?}"
    );

    options.schemas = None;
    options.version_schema = Some("limbeck".to_owned());
    let all = limbeck_catalog::read(session.client(), &options).await.unwrap();
    assert!(all.objects.contains_key(&id("table a.t")));
    assert!(
        !all.objects.keys().any(|id| id.schema() == Some("limbeck")),
        "{:?}",
        objects(&all)
    );
    assert!(
        !all.objects.keys().any(|id| id.name() == "temporary"),
        "{:?}",
        objects(&all)
    );
    assert_eq!(unread(&all), ["shell type: a.d"]);
}

#[tokio::test]
async fn what_is_excluded_is_neither_read_nor_named() {
    let scratch = limbeck_server::testing::scratch().await;
    let session = database(
        &scratch,
        "CREATE SCHEMA audit; CREATE TABLE audit.log (id int); CREATE EXTENSION pg_trgm;
         CREATE TABLE spatial (id serial PRIMARY KEY, a text); CREATE INDEX spatial_a ON spatial (a);
         CREATE TABLE ours (id int REFERENCES spatial, a text CONSTRAINT not_excluded UNIQUE); CREATE INDEX not_this ON ours (a);
         CREATE INDEX ours_a ON ours (a); CREATE DOMAIN no_domain AS int; CREATE TYPE our_shell;
         CREATE POLICY p ON spatial; CREATE TYPE not_that AS ENUM ('a'); CREATE FUNCTION no_f() RETURNS int LANGUAGE sql
         AS 'SELECT 1'",
    )
    .await;
    let options = options(&[
        "audit",
        "pg_trgm",
        "public.spatial*",
        "public.not_*",
        "public.no_*",
    ]);
    let catalog = limbeck_catalog::read(session.client(), &options).await.unwrap();
    assert_eq!(
        objects(&catalog),
        [
            "table public.ours",
            "column public.ours.a",
            "column public.ours.id",
            "constraint public.ours.not_excluded",
            "constraint public.ours.ours_id_fkey",
            "index public.ours_a"
        ]
    );
    assert_eq!(unread(&catalog), ["shell type: public.our_shell"]);
}

#[tokio::test]
async fn members_of_extensions_are_theirs() {
    let scratch = limbeck_server::testing::scratch().await;
    let session = database(
        &scratch,
        "CREATE TABLE brought (id serial PRIMARY KEY, a text CHECK (a > '')); CREATE INDEX brought_a ON brought (a);
         CREATE FUNCTION brought_f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
         CREATE TRIGGER brought BEFORE INSERT ON brought FOR EACH ROW EXECUTE FUNCTION brought_f();
         CREATE TYPE brought_e AS ENUM ('a'); CREATE VIEW brought_v AS SELECT a FROM brought; CREATE SEQUENCE brought_s;
         CREATE SCHEMA brought_schema; CREATE EXTENSION citext;
         ALTER EXTENSION citext ADD TABLE brought; ALTER EXTENSION citext ADD FUNCTION brought_f();
         ALTER EXTENSION citext ADD TYPE brought_e; ALTER EXTENSION citext ADD VIEW brought_v;
         ALTER EXTENSION citext ADD SEQUENCE brought_s; ALTER EXTENSION citext ADD SEQUENCE brought_id_seq;
         ALTER EXTENSION citext ADD SCHEMA brought_schema;
         CREATE FUNCTION ours_f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
         CREATE TRIGGER ours BEFORE INSERT ON brought FOR EACH ROW EXECUTE FUNCTION ours_f();
         CREATE FUNCTION ours_b() RETURNS boolean LANGUAGE sql AS 'SELECT true';
         CREATE POLICY theirs ON brought USING (id > 0); CREATE POLICY ours ON brought USING (ours_b());
         CREATE RULE theirs AS ON UPDATE TO brought DO INSTEAD NOTHING;
         CREATE RULE ours AS ON DELETE TO brought WHERE ours_b() DO INSTEAD NOTHING;
         CREATE TABLE brought_schema.ours (mail citext, e brought_e);
         CREATE TABLE ours (id int REFERENCES brought);",
    )
    .await;
    let catalog = read(&session).await;
    assert_eq!(
        objects(&catalog),
        [
            "extension citext",
            "table brought_schema.ours",
            "table public.ours",
            "column brought_schema.ours.e",
            "column brought_schema.ours.mail",
            "column public.ours.id",
            "constraint public.ours.ours_id_fkey",
            "function public.ours_b()",
            "function public.ours_f()",
            "trigger public.brought.ours",
            "rule public.brought.ours",
            "policy public.brought.ours"
        ]
    );
    for dependent in [
        "column brought_schema.ours.mail",
        "column brought_schema.ours.e",
        "table brought_schema.ours",
        "constraint public.ours.ours_id_fkey",
        "trigger public.brought.ours",
        "rule public.brought.ours",
        "policy public.brought.ours",
    ] {
        let needs = support::needs(&catalog, dependent);
        assert!(
            needs.contains(&"extension citext".to_owned()),
            "{dependent}: {needs:?}"
        );
    }
    assert_eq!(
        unread(&catalog),
        [
            "policy on an extension's table: public.brought.theirs",
            "rule on an extension's table: public.brought.theirs"
        ]
    );
}

/// Waits until another session waits for a lock.
async fn wait_for_blocked(session: &Session) {
    loop {
        let blocked = session
            .query_text("SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'public.t'::regclass")
            .await
            .unwrap();
        if blocked != [[Some("0".to_owned())]] {
            return;
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

/// Reads a database in which another session changes the schema during the first `changes` readings. PostgreSQL's
/// deparsing of the view waits for the table that the other session has locked.
async fn read_during_changes(changes: usize) -> Result<Catalog, ReadError> {
    let scratch = limbeck_server::testing::scratch().await;
    let sql = "CREATE TABLE t (a int); CREATE VIEW v AS SELECT a FROM t";
    let scratch_database = scratch.create_database().await.unwrap();
    let connect = async || {
        limbeck_postgres::connect(
            scratch_database.settings(),
            &limbeck_postgres::SessionOptions::running("limbeck tests", "public"),
        )
        .await
        .unwrap()
    };
    let (reader, writer, watcher) = (connect().await, connect().await, connect().await);
    writer.execute(sql).await.unwrap();
    writer
        .execute("BEGIN; ALTER TABLE t ADD COLUMN c0 int")
        .await
        .unwrap();
    let write = async {
        for n in 1..=changes {
            wait_for_blocked(&watcher).await;
            writer.execute("COMMIT").await.unwrap();
            if n < changes {
                // Waits in turn until the reader's transaction has ended.
                writer
                    .execute(&format!("BEGIN; ALTER TABLE t ADD COLUMN c{n} int"))
                    .await
                    .unwrap();
            }
        }
    };
    let options = ReadOptions::default();
    let (result, ()) = tokio::join!(limbeck_catalog::read(reader.client(), &options), write);
    result
}

#[tokio::test]
async fn a_schema_that_changes_meanwhile_is_read_again() {
    let catalog = read_during_changes(2).await.unwrap();
    assert_eq!(catalog.column_order[&id("table public.t")], ["a", "c0", "c1"]);
}

#[tokio::test]
async fn a_schema_that_never_rests_is_given_up() {
    let error = read_during_changes(4).await.unwrap_err();
    assert!(
        matches!(error, ReadError::ConcurrentChange { tries: 3 }),
        "{error:?}"
    );
    assert_eq!(
        error.to_string(),
        "the schema was changed by another session while it was read, 3 times in a row"
    );
    assert!(error.hint().is_some());
}

#[tokio::test]
async fn a_role_without_rights_hears_which() {
    let scratch = limbeck_server::testing::scratch().await;
    let session = database(
        &scratch,
        "REVOKE SELECT ON pg_catalog.pg_constraint FROM PUBLIC; CREATE ROLE limited; SET ROLE limited",
    )
    .await;
    let error = limbeck_catalog::read(session.client(), &ReadOptions::default())
        .await
        .unwrap_err();
    assert_eq!(error.sqlstate(), Some("42501"));
    assert!(
        error
            .to_string()
            .contains("permission denied for table pg_constraint"),
        "{error}"
    );
    assert!(error.hint().is_some());
    // The session is usable, its transaction over.
    session
        .execute("RESET ROLE; CREATE TABLE t (a int)")
        .await
        .unwrap();
    session.execute("DROP ROLE limited").await.unwrap();
}

#[tokio::test]
async fn damaged_catalogues_are_named() {
    let scratch = limbeck_server::testing::scratch().await;
    let session = database(
        &scratch,
        "CREATE TABLE t (a int PRIMARY KEY); SET allow_system_table_mods = on;
         UPDATE pg_constraint SET conkey = '{7}' WHERE conname = 't_pkey'",
    )
    .await;
    let error = limbeck_catalog::read(session.client(), &ReadOptions::default())
        .await
        .unwrap_err();
    assert!(
        matches!(&error, ReadError::Inconsistent { object, .. } if object == "constraint public.t.t_pkey"),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_comment_belongs_to_its_object_only() {
    let scratch = limbeck_server::testing::scratch().await;
    let session = database(
        &scratch,
        "CREATE TABLE t (a int PRIMARY KEY); COMMENT ON COLUMN t.a IS 'the column'; COMMENT ON TABLE t IS 'gone';
         COMMENT ON TABLE t IS NULL",
    )
    .await;
    let catalog = read(&session).await;
    assert_eq!(comment(&catalog, "column public.t.a"), Some("the column"));
    assert_eq!(comment(&catalog, "table public.t"), None);
    assert_eq!(comment(&catalog, "constraint public.t.t_pkey"), None);
}

#[tokio::test]
async fn code_may_leave_out_what_patterns_cannot_say() {
    let scratch = limbeck_server::testing::scratch().await;
    let session = database(
        &scratch,
        "CREATE SCHEMA a; CREATE TABLE a.t (id serial PRIMARY KEY, n int CHECK (n > 0)); CREATE INDEX t_n ON a.t (n);
         CREATE TABLE a.u (id int PRIMARY KEY, t int REFERENCES a.t); CREATE VIEW a.v AS SELECT id FROM a.u",
    )
    .await;
    let without = async |predicate: fn(&ObjectId) -> bool| {
        let options = ReadOptions {
            schemas: Some(BTreeSet::from(["a".to_owned()])),
            exclude_if: Some(ExcludePredicate::new(predicate)),
            ..ReadOptions::default()
        };
        limbeck_catalog::read(session.client(), &options).await.unwrap()
    };
    let catalog = without(|id| id.name() == "t" && id.kind == Kind::Table).await;
    assert_eq!(
        objects(&catalog),
        [
            "schema a",
            "table a.u",
            "column a.u.id",
            "column a.u.t",
            "constraint a.u.u_pkey",
            "constraint a.u.u_t_fkey",
            "view a.v",
        ]
    );
    assert!(catalog.dependencies.iter().all(|edge| {
        catalog.objects.contains_key(&edge.dependent) && catalog.objects.contains_key(&edge.referenced)
    }));
    assert_eq!(catalog.column_order.len(), 2);
    assert!(catalog.unread.is_empty(), "{:?}", catalog.unread);
    let catalog = without(|id| id.kind == Kind::Schema).await;
    assert_eq!(objects(&catalog), Vec::<String>::new());
    let catalog = without(|id| id.kind == Kind::Constraint).await;
    assert!(
        objects(&catalog)
            .iter()
            .all(|object| !object.starts_with("constraint"))
    );
}

#[tokio::test]
async fn what_belongs_to_what_code_leaves_out_goes_with_it() {
    let scratch = limbeck_server::testing::scratch().await;
    scratch.ensure_role("reader").await.unwrap();
    let session = database(
        &scratch,
        "CREATE SCHEMA a; CREATE TABLE a.t (id int, n int); CREATE STATISTICS a.s ON id, n FROM a.t;
         GRANT SELECT ON a.t TO reader; GRANT UPDATE (n) ON a.t TO reader; GRANT USAGE ON SCHEMA a TO reader;
         CREATE DOMAIN a.d AS int CONSTRAINT positive CHECK (value > 0);
         CREATE TYPE a.pair AS (one int, other int);
         CREATE TABLE a.kept (id int);
         CREATE PUBLICATION p FOR TABLE a.t, a.kept;
         CREATE FOREIGN DATA WRAPPER w; CREATE SERVER far FOREIGN DATA WRAPPER w;
         CREATE USER MAPPING FOR PUBLIC SERVER far;
         ALTER DEFAULT PRIVILEGES IN SCHEMA a GRANT SELECT ON TABLES TO reader",
    )
    .await;
    let without = async |predicate: fn(&ObjectId) -> bool| {
        let options = ReadOptions {
            schemas: Some(BTreeSet::from(["a".to_owned()])),
            exclude_if: Some(ExcludePredicate::new(predicate)),
            ..ReadOptions::default()
        };
        limbeck_catalog::read(session.client(), &options).await.unwrap()
    };
    let catalog = without(|id| ["t", "d", "pair", "far"].contains(&id.name())).await;
    assert_eq!(
        objects(&catalog),
        [
            "schema a",
            "foreign data wrapper w",
            "table a.kept",
            "column a.kept.id",
            "publication p",
            "default privileges reader(in schema a on tables)",
            "privileges reader(schema a)",
        ]
    );
    let published: ObjectId = "publication p".parse().unwrap();
    assert!(
        matches!(catalog.definition(&published), Some(Definition::Publication(publication))
        if publication.tables.len() == 1)
    );
    let catalog = without(|id| id.kind == Kind::Schema).await;
    assert_eq!(
        objects(&catalog),
        [
            "foreign data wrapper w",
            "server far",
            "user mapping far.public",
            "publication p"
        ]
    );
}

#[tokio::test]
async fn what_belongs_to_an_excluded_table_is_left_out_with_it() {
    let scratch = limbeck_server::testing::scratch().await;
    let session = database(
        &scratch,
        "CREATE SCHEMA a; CREATE TABLE a.t (id serial PRIMARY KEY); CREATE TABLE a.u (id int GENERATED ALWAYS AS IDENTITY)",
    )
    .await;
    let mut options = options(&["a.t", "a.u"]);
    options.schemas = Some(BTreeSet::from(["a".to_owned()]));
    let catalog = limbeck_catalog::read(session.client(), &options).await.unwrap();
    assert_eq!(objects(&catalog), ["schema a"]);
    assert_eq!(unread(&catalog), Vec::<String>::new());
}
