//! What is said here of PostgreSQL, asked of one.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::print_stderr,
    missing_docs,
    reason = "tests"
)]

use limbeck_postgres::{Session, SessionOptions, connect};
use limbeck_sql::default_name::{self, IndexKey};
use limbeck_sql::{
    is_reserved, must_be_quoted, quote_identifier, quote_literal, statements, tokens, truncate_identifier,
};

async fn session() -> Session {
    let scratch = limbeck_server::testing::shared_scratch().await;
    let database = scratch.create_database().await.unwrap();
    let options = SessionOptions::running("limbeck tests", "public");
    connect(database.settings(), &options).await.unwrap()
}

async fn column(session: &Session, sql: &str) -> Vec<String> {
    let rows = session
        .query_text(sql)
        .await
        .unwrap_or_else(|error| panic!("{error}\n{sql}"));
    rows.into_iter().map(|row| row[0].clone().unwrap()).collect()
}

async fn value(session: &Session, sql: &str) -> String {
    column(session, sql).await.remove(0)
}

#[tokio::test]
async fn the_keywords_are_those_of_the_server() {
    let session = session().await;
    let words = |condition: &str| format!("SELECT word FROM pg_get_keywords() WHERE catcode {condition} 'U'");
    let unreserved = column(&session, &words("=")).await;
    let other = column(&session, &words("<>")).await;
    assert!(unreserved.len() > 300 && other.len() > 140);
    assert_eq!(unreserved.iter().find(|word| must_be_quoted(word)), None);
    assert_eq!(other.iter().find(|word| !must_be_quoted(word)), None);
    let reserved = column(&session, &words("NOT IN ('C') AND catcode <>")).await;
    let columns = column(&session, &words("NOT IN ('R', 'T') AND catcode <>")).await;
    assert!(reserved.len() > 90 && columns.len() > 40);
    assert_eq!(reserved.iter().find(|word| !is_reserved(word)), None);
    assert_eq!(columns.iter().find(|word| is_reserved(word)), None);
}

#[tokio::test]
async fn quoting_is_that_of_the_server() {
    let session = session().await;
    for text in [
        "", "a", "A", "a b", "a$b", "_a1", "1a", "größe", "ü", "a\"b", "it's", "a\\b", "'\\", "user", "name",
        "order", "é\n\t", "select", "between", "begin", "x.y", "👍",
    ] {
        let literal = quote_literal(text);
        assert_eq!(value(&session, &format!("SELECT {literal}")).await, text);
        assert_eq!(
            value(&session, &format!("SELECT quote_literal({literal})")).await,
            literal
        );
        assert_eq!(
            value(&session, &format!("SELECT quote_ident({literal})")).await,
            quote_identifier(text)
        );
    }
}

#[tokio::test]
async fn identifiers_are_cut_where_the_server_cuts_them() {
    let session = session().await;
    for name in [
        "a".repeat(63),
        "a".repeat(64),
        "ü".repeat(40),
        "a".repeat(62) + "üb",
        "a".repeat(61) + "€",
    ] {
        session
            .execute(&format!("CREATE TABLE \"{name}\" ()"))
            .await
            .unwrap();
        let kept = value(
            &session,
            "SELECT max(relname) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace",
        )
        .await;
        assert_eq!(kept, truncate_identifier(&name));
        session.execute(&format!("DROP TABLE \"{kept}\"")).await.unwrap();
    }
}

const FREE: &dyn Fn(&str) -> bool = &|_| false;

#[tokio::test]
async fn constraints_get_the_servers_default_names() {
    let session = session().await;
    let tables = ["t".to_owned(), "long_".repeat(11), "ü".repeat(30)];
    let columns = ["c".to_owned(), "column_".repeat(7), "ß".repeat(28)];
    for table in &tables {
        for (first, second) in columns.iter().zip(columns.iter().cycle().skip(1)) {
            let sql = format!(
                "CREATE TABLE \"{table}\" (
                    \"{first}\" bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY CHECK (\"{first}\" > 0),
                    \"{second}\" bigint UNIQUE REFERENCES \"{table}\",
                    UNIQUE (\"{first}\", \"{second}\"),
                    CHECK (\"{first}\" > \"{second}\"),
                    CHECK (\"{first}\" < 10),
                    EXCLUDE USING btree (\"{second}\" WITH =, (\"{first}\" + 1) WITH =)
                );
                CREATE INDEX ON \"{table}\" (\"{second}\", \"{first}\") INCLUDE (\"{second}\");"
            );
            session.execute(&sql).await.unwrap();
            let mut found = column(
                &session,
                "SELECT conname FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype <> 'n'
                 UNION SELECT relname FROM pg_class WHERE relkind IN ('S', 'i') AND relnamespace = 'public'::regnamespace",
            )
            .await;
            let mut expected: Vec<String> = Vec::new();
            let check = default_name::check(table, &[first], FREE);
            expected.push(default_name::check(table, &[first], &|name| name == check));
            expected.push(check);
            expected.push(default_name::check(table, &[first, second], FREE));
            expected.push(default_name::primary_key(table, FREE));
            expected.push(default_name::unique(table, &[second], FREE));
            let taken = expected.clone();
            expected.push(default_name::unique(table, &[first, second], &|name| {
                taken.iter().any(|taken| taken == name)
            }));
            expected.push(default_name::foreign_key(table, &[second], FREE));
            expected.push(default_name::sequence(table, first, FREE));
            let keys = [IndexKey::Column(second), IndexKey::Expression("x + 1")];
            expected.push(default_name::exclusion(table, &keys, FREE));
            let keys = [
                IndexKey::Column(second),
                IndexKey::Column(first),
                IndexKey::Column(second),
            ];
            expected.push(default_name::index(table, &keys, FREE));
            found.sort();
            expected.sort();
            assert_eq!(found, expected, "{table} {first} {second}");
            session.execute(&format!("DROP TABLE \"{table}\"")).await.unwrap();
        }
    }
}

#[tokio::test]
async fn not_null_constraints_get_the_servers_default_names() {
    let session = session().await;
    if session.server_version_num() < 180_000 {
        return;
    }
    session
        .execute("CREATE TABLE t (a bigint NOT NULL)")
        .await
        .unwrap();
    let name = value(
        &session,
        "SELECT conname FROM pg_constraint WHERE conrelid = 't'::regclass",
    )
    .await;
    assert_eq!(name, default_name::not_null("t", "a", FREE));
}

#[tokio::test]
async fn expressions_are_named_as_the_server_names_them() {
    let session = session().await;
    session
        .execute(
            "CREATE TABLE t (a text, b text, c boolean, n int, data jsonb, \"Odd\"\"\" int, ts timestamptz)",
        )
        .await
        .unwrap();
    for expression in [
        "lower(a)",
        "(lower(a))",
        "((lower(a)))",
        "(lower(a) COLLATE \"C\")",
        "pg_catalog.lower(a)",
        "(lower(a) || lower(b))",
        "(n + 1)",
        "(\"Odd\"\"\" + 0)",
        "(\"Odd\"\"\")",
        "coalesce(a, b)",
        "(CASE WHEN c THEN a ELSE b END)",
        "(CASE WHEN c THEN 'x' END)",
        "(CASE WHEN c THEN 1 ELSE 2 END)",
        "(CASE WHEN c THEN a ELSE CASE WHEN c THEN b ELSE lower(b) END END)",
        "((data ->> 'k')::int)",
        "(lower(a)::varchar(10))",
        "trim(a)",
        "trim(LEADING 'x' FROM a)",
        "((n + 1)::numeric(10,2))",
        "(ARRAY[a, b])",
        "(a IS NULL)",
        "(a::varchar)",
        "cast(n AS bigint)",
        "cast(n + 1 AS bigint)",
        "(ts AT TIME ZONE 'UTC')",
        "((ts AT TIME ZONE 'UTC')::date)",
        "date_trunc('day', ts AT TIME ZONE 'UTC')",
        "substring(a FROM 1 FOR 2)",
        "position('x' IN a)",
        "((data -> 'k')::text)",
        "nullif(a, b)",
        "greatest(a, b)",
        "(NOT c)",
        "((a)::text || b)",
        "((a || b)::double precision::text)",
        "(a COLLATE \"C\")",
        "overlay(a PLACING b FROM 1)",
        "('x'::text)",
        "(a || b COLLATE \"C\")",
        "(lower(a)::text COLLATE \"C\")",
        "(-n)",
        "(n::text::varchar)",
        "((a || b)::\"char\")",
        "((n + 1)::real)",
        "((a || b)::bit varying)",
        "((a || b)::character varying(3))",
        "((a || b)::char(3))",
        "(a IN ('x'))",
        "((c)::int)",
        "(a LIKE 'x%')",
        "(a BETWEEN b AND b)",
        "(/* why */ n)",
        "((data #>> '{a,b}') IS NOT NULL)",
    ] {
        session
            .execute(&format!("CREATE INDEX ON t ({expression}, {expression})"))
            .await
            .unwrap();
        let found = value(
            &session,
            "SELECT indexrelid::regclass::text FROM pg_index WHERE indrelid = 't'::regclass",
        )
        .await;
        let keys = [IndexKey::Expression(expression); 2];
        let expected = default_name::index("t", &keys, FREE);
        assert_eq!(found, quote_identifier(&expected), "{expression}");
        session.execute(&format!("DROP INDEX {found}")).await.unwrap();
    }
}

/// Each text is run as one message: the server says how many statements it finds in it.
#[tokio::test]
async fn statements_end_where_the_server_ends_them() {
    let session = session().await;
    session
        .execute("CREATE TABLE t (a int); CREATE TABLE u (a int)")
        .await
        .unwrap();
    for sql in [
        "SELECT 1; SELECT 2",
        ";; SELECT 1 ;; -- SELECT 2;\n; /* SELECT 3; /* ; */ ; */ SELECT 4;",
        "SELECT ';', 'a'';', \"a;\" FROM (SELECT 1 AS \"a;\") AS x; SELECT 2;",
        r"SELECT 'a\'; SELECT E'a\';', E'\\'; SELECT U&'\0041;', U&''';'; SELECT B'1', X'F', N';'",
        "SELECT E'a' -- it's;\n'b\\';' ; SELECT 'a'\n';'\n';'; SELECT 3",
        "SELECT $$;$$, $a$ $$;$b$ $a$, $ä$;$ä$; SELECT 2",
        "SELECT 1 AS a$$b; SELECT 2 AS c$$d",
        "SELECT 1+-- ;\n2; SELECT 3*/* ; */4; SELECT 5- -6",
        "SELECT 1.5e3, .5, 1::text, (ARRAY[1, 2])[1:1]; SELECT 2",
        "CREATE RULE r AS ON INSERT TO t DO ALSO (INSERT INTO u VALUES (1); DELETE FROM u;); DROP RULE r ON t",
        "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT CASE WHEN true THEN 2 END; END; DROP FUNCTION f()",
        "CREATE OR REPLACE PROCEDURE p() BEGIN ATOMIC INSERT INTO t VALUES (1); SELECT 1 AS end; END; DROP PROCEDURE p()",
        "CREATE FUNCTION f(\"end\" int, begin int) RETURNS int LANGUAGE sql RETURN CASE begin WHEN 1 THEN 2 END; DROP FUNCTION f(int, int)",
        "CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN NULL; END $$; DROP FUNCTION f()",
        "BEGIN; SELECT 1; END; BEGIN; COMMIT",
        "DO 'BEGIN NULL; END'; SELECT 1",
        "SELECT 1\r\n; SELECT 2 -- x\r; SELECT 3",
        "SELECT 1 AS \"ü;\" , 'ü' ; SELECT 2",
    ] {
        let counted = session
            .run_message(sql)
            .await
            .unwrap_or_else(|error| panic!("{}\n{sql}", error.error));
        assert_eq!(statements(sql).len(), counted, "{sql}");
        assert!(tokens(sql).iter().all(|token| token.is_closed), "{sql}");
    }
}

#[tokio::test]
async fn what_is_left_open_is_left_open_for_the_server() {
    let session = session().await;
    for sql in [
        "SELECT 'a",
        "SELECT \"a",
        "SELECT $$a",
        "SELECT 1 /* /* */",
        "SELECT E'a\\'",
        "SELECT E'a'\n'b\\'",
        "SELECT $a$ $A$",
    ] {
        assert!(tokens(sql).iter().any(|token| !token.is_closed), "{sql}");
        let error = session.execute(sql).await.expect_err(sql);
        assert!(error.message().starts_with("unterminated"), "{sql}: {error}");
    }
}
