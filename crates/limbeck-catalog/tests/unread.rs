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
        CREATE ACCESS METHOD heap2 TYPE TABLE HANDLER heap_tableam_handler;"#,
    )
    .await;
    assert_eq!(
        unread,
        [
            "access method: heap2",
            r#"base type: public."Base.x""#,
            "conversion: public.conv",
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
        CREATE TABLE u (c int PRIMARY KEY);
        CREATE EXTENSION citext; ALTER INDEX u_pkey DEPENDS ON EXTENSION citext;"#,
    )
    .await;
    assert_eq!(
        unread,
        ["dependency of a part of an object on an extension: public.u.u_pkey"]
    );
}

#[tokio::test]
async fn privileges_on_what_is_not_read_are_named() {
    let unread = unread_of(
        r#"CREATE ROLE limbeck_reader; CREATE ROLE limbeck_other;
        REVOKE USAGE ON LANGUAGE plpgsql FROM PUBLIC;
        CREATE EXTENSION pg_stat_statements; GRANT SELECT ON pg_stat_statements TO limbeck_reader;
        CREATE TABLE t (a int); GRANT SELECT ON t TO limbeck_reader WITH GRANT OPTION;
        SET ROLE limbeck_reader; GRANT SELECT ON t TO limbeck_other; RESET ROLE;
        GRANT SELECT (xmin) ON t TO limbeck_reader;
        GRANT EXECUTE ON FUNCTION pg_catalog.pg_ls_waldir() TO limbeck_reader;
        REVOKE SELECT ON information_schema.tables FROM PUBLIC;
        GRANT SELECT (rolpassword) ON pg_authid TO limbeck_reader;
        REVOKE EXECUTE ON FUNCTION plpgsql_call_handler() FROM PUBLIC;
        GRANT SELECT ON pg_statistic TO limbeck_reader;
        REVOKE USAGE ON TYPE int4 FROM PUBLIC; GRANT CREATE ON SCHEMA pg_catalog TO limbeck_other;
        GRANT SELECT ON pg_class TO limbeck_reader; REVOKE SELECT ON pg_class FROM limbeck_reader;"#,
    )
    .await;
    assert_eq!(
        unread,
        [
            "grant: function pg_catalog.pg_ls_waldir()",
            "grant: function pg_catalog.plpgsql_call_handler()",
            "grant: language plpgsql",
            "grant: schema pg_catalog",
            "grant: table column pg_catalog.pg_authid.rolpassword",
            "grant: table column public.t.xmin",
            "grant: table pg_catalog.pg_statistic",
            "grant: type integer",
            "grant: view information_schema.tables",
            "grant: view public.pg_stat_statements",
            "grant by another role than the owner on table: public.t",
        ]
    );
}

#[tokio::test]
async fn what_is_attached_to_an_extension_is_read_or_named() {
    let catalog = catalog(
        r#"CREATE EXTENSION citext;
        CREATE FUNCTION plain() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
        ALTER EXTENSION citext ADD FUNCTION plain();
        CREATE TABLE theirs (a int PRIMARY KEY, b int UNIQUE, c int CHECK (c > 0));
        CREATE INDEX theirs_b ON theirs (b);
        CREATE TRIGGER theirs BEFORE INSERT ON theirs FOR EACH ROW EXECUTE FUNCTION plain();
        COMMENT ON COLUMN theirs.a IS 'Theirs';
        COMMENT ON FUNCTION plain() IS 'Theirs';
        ALTER EXTENSION citext ADD TABLE theirs;
        CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
        BEGIN; COMMIT;
        CREATE INDEX "Ours" ON theirs (c);
        CREATE STATISTICS learnt ON a, b FROM theirs;
        ALTER TABLE theirs ADD CHECK (b > 0);
        CREATE TRIGGER ours BEFORE INSERT ON theirs FOR EACH ROW EXECUTE FUNCTION touch();
        CREATE TRIGGER half BEFORE INSERT ON theirs FOR EACH ROW EXECUTE FUNCTION plain();
        CREATE POLICY careful ON theirs USING (a > 0);
        CREATE RULE quiet AS ON DELETE TO theirs DO INSTEAD NOTHING;
        COMMENT ON COLUMN theirs.b IS 'Ours';
        COMMENT ON TABLE theirs IS 'Ours';
        COMMENT ON EXTENSION citext IS 'Ours';
        GRANT SELECT (a) ON theirs TO PUBLIC;"#,
    )
    .await;
    assert_eq!(
        unread(&catalog),
        [
            "comment on an extension's object: table column public.theirs.b",
            "comment on an extension's object: table public.theirs",
            "constraint on an extension's table: public.theirs.theirs_b_check",
            "grant: table column public.theirs.a",
            r#"index on an extension's table: public.theirs."Ours""#,
            "policy on an extension's table: public.theirs.careful",
            "rule on an extension's table: public.theirs.quiet",
            "trigger on an extension's table: public.theirs.half",
        ]
    );
    assert_eq!(
        objects(&catalog),
        [
            "extension citext",
            "statistics public.learnt",
            "function public.touch()",
            "trigger public.theirs.ours",
        ]
    );
}
