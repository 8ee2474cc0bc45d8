//! What is not read is named, whatever it is.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::print_stderr,
    missing_docs,
    reason = "tests"
)]

mod support;

use support::{catalog, objects, unread};

/// Runs SQL and says what was not read.
async fn unread_of(sql: &str) -> Vec<String> {
    unread(&catalog(sql).await)
}

#[tokio::test]
async fn relations_of_other_kinds_are_named_and_leave_nothing_behind() {
    let catalog = catalog(
        r#"CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
        CREATE TABLE "Parted" (id serial, day date CHECK (day > '2000-01-01'), PRIMARY KEY (id, day)) PARTITION BY RANGE (day);
        CREATE TABLE part PARTITION OF "Parted" FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
        CREATE INDEX ON "Parted" (day); CREATE TRIGGER tr AFTER INSERT ON "Parted" FOR EACH ROW EXECUTE FUNCTION f();
        COMMENT ON TABLE "Parted" IS 'x'; COMMENT ON COLUMN part.day IS 'y';
        CREATE TABLE plain (a int, id int, day date, FOREIGN KEY (id, day) REFERENCES "Parted");
        CREATE TABLE child (b int CHECK (b > 0)) INHERITS (plain); CREATE INDEX ON child (b);
        ALTER TABLE child ADD UNIQUE (b); ALTER TABLE plain ADD FOREIGN KEY (a) REFERENCES child (b);
        CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w;
        CREATE FOREIGN TABLE far_child (b int) INHERITS (plain) SERVER s;"#,
    )
    .await;
    assert_eq!(
        unread(&catalog),
        [
            "inheritance child: public.child",
            "inheritance child: public.far_child",
            "partition: public.part",
            r#"partitioned table: public."Parted""#,
            r#"sequence: public."Parted_id_seq""#,
        ]
    );
    assert_eq!(
        objects(&catalog),
        [
            "foreign data wrapper w",
            "server s",
            "table public.plain",
            "column public.plain.a",
            "column public.plain.day",
            "column public.plain.id",
            "constraint public.plain.plain_a_fkey",
            "constraint public.plain.plain_id_day_fkey",
            "function public.f()",
        ]
    );
}

#[tokio::test]
async fn types_programs_and_the_rest_are_named() {
    let unread = unread_of(
        r#"CREATE TYPE shell; CREATE TYPE "Base.x";
        CREATE FUNCTION base_in(cstring) RETURNS "Base.x" LANGUAGE internal IMMUTABLE STRICT AS 'int4in';
        CREATE FUNCTION base_out("Base.x") RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'int4out';
        CREATE TYPE "Base.x" (INPUT = base_in, OUTPUT = base_out, LIKE = int4);
        CREATE TEXT SEARCH PARSER pars (START = prsd_start, GETTOKEN = prsd_nexttoken, END = prsd_end,
            LEXTYPES = prsd_lextype);
        CREATE TEXT SEARCH TEMPLATE temp (LEXIZE = dsimple_lexize);
        CREATE CONVERSION conv FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8;
        CREATE FUNCTION sqrt_of(float8) RETURNS float8 LANGUAGE internal IMMUTABLE STRICT AS 'dsqrt';
        CREATE OPERATOR @#@ (RIGHTARG = float8, FUNCTION = sqrt_of);
        CREATE ACCESS METHOD heap2 TYPE TABLE HANDLER heap_tableam_handler;
        ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO PUBLIC;"#,
    )
    .await;
    assert_eq!(
        unread,
        [
            "access method: heap2",
            r#"base type: public."Base.x""#,
            "conversion: public.conv",
            "default privileges: FOR ROLE postgres IN SCHEMA public ON TABLES",
            "operator: public.@#@(NONE, double precision)",
            "shell type: public.shell",
            "text search parser: public.pars",
            "text search template: public.temp",
        ]
    );
}

#[tokio::test]
async fn attributes_that_are_not_read_are_named() {
    let unread = unread_of(
        r#"CREATE TYPE composite AS (a int);
        CREATE TABLE typed OF composite;
        CREATE TABLE t (c int NOT NULL, d int);
        CREATE VIEW v AS SELECT c, d FROM t; COMMENT ON COLUMN v.c IS 'x';
        CREATE TABLE w (id int); COMMENT ON TYPE w IS 'row type'; CREATE TYPE r AS RANGE (SUBTYPE = int);
        COMMENT ON TYPE r_multirange IS 'x';
        CREATE EXTENSION citext; CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';
        ALTER FUNCTION f() DEPENDS ON EXTENSION citext;"#,
    )
    .await;
    assert_eq!(
        unread,
        [
            "comment on a multirange type: public.r",
            "comment on a row type: public.w",
            "comment on a view's column: public.v",
            "dependency on an extension: function f() on citext",
            "type of a typed table: public.typed",
        ]
    );
}

#[tokio::test]
async fn privileges_are_named_where_they_are_not_the_default() {
    let unread = unread_of(
        r#"CREATE ROLE limbeck_reader; CREATE SCHEMA app; GRANT USAGE ON SCHEMA app TO limbeck_reader;
        CREATE TABLE t (a int, "B" int); GRANT SELECT ON t TO limbeck_reader; GRANT UPDATE ("B") ON t TO limbeck_reader;
        CREATE TABLE back (a int); GRANT SELECT ON back TO limbeck_reader; REVOKE SELECT ON back FROM limbeck_reader;
        CREATE VIEW v AS SELECT a AS x FROM t; GRANT SELECT (x) ON v TO limbeck_reader;
        CREATE SEQUENCE s; GRANT USAGE ON SEQUENCE s TO limbeck_reader;
        CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'; REVOKE EXECUTE ON FUNCTION f() FROM PUBLIC;
        CREATE TYPE e AS ENUM ('a'); REVOKE USAGE ON TYPE e FROM PUBLIC;"#,
    )
    .await;
    assert_eq!(
        unread,
        [
            r#"grant on column: public.t."B""#,
            "grant on column: public.v.x",
            "grant on function: public.f()",
            "grant on schema: app",
            "grant on sequence: public.s",
            "grant on table: public.t",
            "grant on type: public.e",
        ]
    );
}

#[tokio::test]
async fn a_grant_on_the_schema_public_is_named() {
    assert_eq!(
        unread_of("CREATE ROLE limbeck_writer; GRANT CREATE ON SCHEMA public TO limbeck_writer").await,
        ["grant on schema: public"]
    );
}
