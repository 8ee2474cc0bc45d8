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

use support::{catalog, unread};

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
        CREATE EXTENSION citext; CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';
        ALTER FUNCTION f() DEPENDS ON EXTENSION citext;"#,
    )
    .await;
    assert_eq!(
        unread,
        ["dependency on an extension: function public.f() on citext",]
    );
}

#[tokio::test]
async fn privileges_on_what_is_not_read_are_named() {
    let unread = unread_of(
        r#"CREATE ROLE limbeck_reader; CREATE ROLE limbeck_other;
        REVOKE USAGE ON LANGUAGE plpgsql FROM PUBLIC;
        CREATE EXTENSION pg_stat_statements; GRANT SELECT ON pg_stat_statements TO limbeck_reader;
        CREATE TABLE t (a int); GRANT SELECT ON t TO limbeck_reader WITH GRANT OPTION;
        SET ROLE limbeck_reader; GRANT SELECT ON t TO limbeck_other; RESET ROLE;"#,
    )
    .await;
    assert_eq!(
        unread,
        [
            "grant: language plpgsql",
            "grant: view public.pg_stat_statements",
            "grant by another role than the owner on table: public.t",
        ]
    );
}
