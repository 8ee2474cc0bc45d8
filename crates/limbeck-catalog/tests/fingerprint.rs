//! The fingerprint tells a change of the schema, and nothing else.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::print_stderr,
    missing_docs,
    reason = "tests"
)]

mod support;

use limbeck_catalog::fingerprint;
use support::database;

const SCHEMA: &str = r#"
    CREATE SCHEMA app; CREATE TYPE mood AS ENUM ('a', 'b'); CREATE SEQUENCE s; CREATE DOMAIN d AS int;
    CREATE TABLE t (id int PRIMARY KEY, a text DEFAULT 'x', b int CHECK (b > 0), m mood);
    CREATE TABLE u (id int REFERENCES t); CREATE INDEX i ON t (lower(a)) WHERE b > 0;
    CREATE VIEW v AS SELECT a FROM t; CREATE MATERIALIZED VIEW mv AS SELECT a FROM t;
    CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
    CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f(); CREATE POLICY p ON t;
    CREATE EXTENSION citext; CREATE COLLATION coll FROM "C"; CREATE STATISTICS st ON a, b FROM t;
    CREATE TABLE parted (id int) PARTITION BY LIST (id); CREATE ROLE limbeck_role;
    CREATE FOREIGN DATA WRAPPER w; CREATE SERVER far FOREIGN DATA WRAPPER w; CREATE USER MAPPING FOR PUBLIC SERVER far;
    CREATE FOREIGN TABLE ft (a int) SERVER far; CREATE AGGREGATE total(int) (SFUNC = int4pl, STYPE = int);
    CREATE FUNCTION e() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN END $$;
    CREATE EVENT TRIGGER et ON sql_drop EXECUTE FUNCTION e();
    CREATE PUBLICATION pub FOR TABLE t; COMMENT ON TABLE t IS 'x';"#;

/// One small change each.
const CHANGES: &[&str] = &[
    "ALTER TABLE t ADD COLUMN c int",
    "ALTER TABLE t DROP COLUMN c",
    "ALTER TABLE t RENAME COLUMN a TO aa",
    "ALTER TABLE t ALTER b SET NOT NULL",
    "ALTER TABLE t ALTER b TYPE bigint",
    "ALTER TABLE t ALTER aa SET DEFAULT 'y'",
    "ALTER TABLE t ALTER aa SET STORAGE EXTERNAL",
    "ALTER TABLE t ALTER b SET STATISTICS 5",
    "ALTER TABLE t ALTER b SET (n_distinct = 3)",
    "ALTER TABLE t SET (fillfactor = 50)",
    "ALTER TABLE t SET (toast.autovacuum_enabled = off)",
    "ALTER TABLE t SET (toast.autovacuum_enabled = on)",
    "ALTER TABLE t ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE u SET UNLOGGED",
    "ALTER TABLE t REPLICA IDENTITY FULL",
    "ALTER TABLE u DROP CONSTRAINT u_id_fkey",
    "ALTER TABLE u ADD CONSTRAINT k FOREIGN KEY (id) REFERENCES t NOT VALID",
    "ALTER TABLE u VALIDATE CONSTRAINT k",
    "ALTER TABLE u ALTER CONSTRAINT k DEFERRABLE",
    "ALTER TABLE u RENAME CONSTRAINT k TO k2",
    "ALTER INDEX i RENAME TO j",
    "ALTER INDEX j SET (fillfactor = 60)",
    "ALTER TABLE t CLUSTER ON t_pkey",
    "ALTER TYPE mood ADD VALUE 'c'",
    "ALTER TYPE mood RENAME VALUE 'a' TO 'z'",
    "ALTER DOMAIN d ADD CHECK (VALUE > 0)",
    "ALTER SEQUENCE s INCREMENT 5",
    "ALTER SEQUENCE s OWNED BY t.id",
    "ALTER SEQUENCE s OWNED BY NONE",
    "CREATE OR REPLACE VIEW v AS SELECT aa || 'x' AS a FROM t",
    "ALTER VIEW v SET (security_barrier = true)",
    "ALTER VIEW v ALTER a SET DEFAULT 'q'",
    "CREATE OR REPLACE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$",
    "ALTER FUNCTION f() COST 7",
    "ALTER TABLE t DISABLE TRIGGER tr",
    "ALTER POLICY p ON t USING (b > 1)",
    "ALTER EXTENSION citext SET SCHEMA app",
    "ALTER COLLATION coll RENAME TO coll2",
    "ALTER STATISTICS st SET STATISTICS 9",
    "CREATE TABLE part PARTITION OF parted FOR VALUES IN (1)",
    "ALTER TABLE parted DETACH PARTITION part",
    "ALTER PUBLICATION pub SET (publish = 'insert')",
    "ALTER PUBLICATION pub DROP TABLE t",
    "ALTER FOREIGN DATA WRAPPER w OPTIONS (a '1')",
    "ALTER SERVER far VERSION '2'",
    "ALTER USER MAPPING FOR PUBLIC SERVER far OPTIONS (a '1')",
    "ALTER FOREIGN TABLE ft OPTIONS (a '1')",
    "ALTER FOREIGN TABLE ft ALTER a OPTIONS (a '1')",
    "CREATE OR REPLACE AGGREGATE total(int) (SFUNC = int4pl, STYPE = int, INITCOND = '1')",
    "ALTER EVENT TRIGGER et DISABLE",
    "COMMENT ON TABLE t IS 'y'",
    "COMMENT ON SCHEMA public IS 'ours'",
    "GRANT SELECT ON t TO limbeck_role",
    "GRANT SELECT (b) ON t TO limbeck_role",
    "GRANT SELECT (xmin) ON t TO limbeck_role",
    "GRANT SELECT ON pg_authid TO limbeck_role",
    "GRANT SELECT (rolpassword) ON pg_authid TO limbeck_role",
    "GRANT EXECUTE ON FUNCTION pg_ls_waldir() TO limbeck_role",
    "REVOKE USAGE ON TYPE int4 FROM PUBLIC",
    "ALTER ROLE limbeck_role RENAME TO limbeck_role2",
    "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO limbeck_role2",
    "ALTER TABLE t OWNER TO limbeck_role2",
    "ALTER TABLE t SET SCHEMA app",
    "ALTER SCHEMA app RENAME TO app2",
    "CREATE RULE quiet AS ON DELETE TO u DO INSTEAD NOTHING",
    "CREATE CAST (text AS box) WITH INOUT",
    "DROP TYPE mood CASCADE",
];

#[tokio::test]
async fn every_change_of_the_schema_changes_it() {
    let scratch = limbeck_server::testing::scratch().await;
    let session = database(&scratch, SCHEMA).await;
    let mut before = fingerprint(session.client()).await.unwrap();
    for change in CHANGES {
        session
            .execute(change)
            .await
            .unwrap_or_else(|error| panic!("{change}: {error:?}"));
        let after = fingerprint(session.client()).await.unwrap();
        assert_ne!(before, after, "{change}");
        before = after;
    }
}

#[tokio::test]
async fn nothing_else_changes_it() {
    let scratch = limbeck_server::testing::scratch().await;
    let session = database(&scratch, SCHEMA).await;
    let before = fingerprint(session.client()).await.unwrap();
    for sql in [
        "INSERT INTO t SELECT n, repeat('x', 5000), n, 'a' FROM generate_series(1, 500) AS n",
        "UPDATE t SET b = b + 1",
        "SELECT nextval('s')",
        "ANALYZE",
        "VACUUM t",
        "VACUUM FULL t",
        "TRUNCATE u",
        "REINDEX TABLE t",
        "REFRESH MATERIALIZED VIEW mv",
        "CREATE TEMPORARY TABLE temporary (id serial PRIMARY KEY, a text DEFAULT 'x' CHECK (a <> ''), e mood)",
        "CREATE INDEX ON temporary (lower(a))",
        "CREATE TEMPORARY VIEW temporary_view AS SELECT a FROM temporary",
        "CREATE FUNCTION pg_temp.f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "COMMENT ON TABLE temporary IS 'x'",
        "CREATE TABLE gone (a int)",
        "DROP TABLE gone",
        "SET search_path = app",
    ] {
        session
            .execute(sql)
            .await
            .unwrap_or_else(|error| panic!("{sql}: {error:?}"));
        if sql.starts_with("CREATE TABLE gone") {
            continue;
        }
        assert_eq!(fingerprint(session.client()).await.unwrap(), before, "{sql}");
    }
}
