//! What states that cannot be read, run or proven get: a clear error, a hint, the exit code, and nothing written.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::print_stderr,
    missing_docs,
    reason = "tests"
)]

mod support;

use support::TestFolder;
use support::database::TestDatabase;
use support::project::{path, project};

#[test]
fn a_side_that_does_not_run() {
    let folder = TestFolder::new();
    folder.write(
        "schema.sql",
        "CREATE TABLE users (id bigint PRIMARY KEY);\n\nCREATE TABLE orders (\n    id bigint PRIMARY KEY,\n    total numeric(10,2) DEFUALT 0\n);\n",
    );
    assert_told!(folder.run(&["diff", "empty:", "schema.sql"]), @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: syntax error at or near "DEFUALT"
     --> schema.sql:5:25
      |
    5 |     total numeric(10,2) DEFUALT 0
      |                         ^^^^^^^
      |
      = SQLSTATE: 42601
    "#);
    folder.write(
        "schema.sql",
        "CREATE VIEW totals AS SELECT sum(total) FROM orders;\nCREATE TABLE users (id bigint REFERENCES people);\n",
    );
    assert_told!(folder.run(&["diff", "schema.sql", "empty:"]), @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: relation "orders" does not exist
     --> schema.sql:1:46
      |
    1 | CREATE VIEW totals AS SELECT sum(total) FROM orders;
      |                                              ^^^^^^
      |
      = SQLSTATE: 42P01

    error: relation "people" does not exist
     --> schema.sql:2:1
      |
    2 | CREATE TABLE users (id bigint REFERENCES people);
      | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      |
      = SQLSTATE: 42P01
    "#);
    assert_told!(folder.run_with_input(&["diff", "empty:", "-"], "CREATE TABLE a (b nothing);"), @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: type "nothing" does not exist
     --> -:1:19
      |
    1 | CREATE TABLE a (b nothing);
      |                   ^^^^^^^
      |
      = SQLSTATE: 42704
    "#);
}

#[test]
fn a_catalogue_that_may_not_be_read() {
    let database = TestDatabase::new();
    database.execute("CREATE ROLE limited LOGIN");
    database.execute("REVOKE SELECT ON pg_catalog.pg_class FROM PUBLIC");
    let url = database.url_as("limited");
    let folder = TestFolder::new();
    assert_told!(folder.run(&["diff", "empty:", &url]), @"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: reading schemas from the database failed: permission denied for table pg_class
      SQLSTATE: 42501

    hint: every role may read the system catalogues unless that right was revoked; connect as another role, or grant it
    ");
}

#[test]
fn a_catalogue_that_contradicts_itself() {
    let database = TestDatabase::new();
    database.execute(
        "CREATE TABLE public.t (a int PRIMARY KEY); SET allow_system_table_mods = on; \
         UPDATE pg_constraint SET conkey = '{7}' WHERE conname = 't_pkey'",
    );
    let folder = TestFolder::new();
    let oid = database.query("SELECT 'public.t'::regclass::oid").remove(0);
    assert_told!(folder.run(&["diff", "empty:", &database.url()]).replace(&oid, "[OID]"), @"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: the system catalogues are inconsistent: constraint public.t.t_pkey refers to column number 7 of relation [OID], which is not there

    hint: the database may be damaged; dump what can be dumped with `pg_dump` and restore it elsewhere
    ");
}

#[test]
fn an_index_that_was_never_finished() {
    let database = TestDatabase::new();
    database.execute(
        "CREATE TABLE public.t (a int); CREATE INDEX t_a ON public.t (a); \
         UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'public.t_a'::regclass",
    );
    let folder = TestFolder::new();
    folder.write("t.sql", "CREATE TABLE t (a int);\nCREATE INDEX t_a ON t (a);\n");
    assert_told!(folder.run(&["diff", &database.url(), "t.sql"]), @"
    exit code: 0
    ----- stdout -----
    -- index public.t_a is invalid, and built again
    DROP INDEX public.t_a;

    CREATE INDEX t_a ON public.t (a);
    ----- stderr -----
    warning: `index public.t_a` is invalid, as a failed `CREATE INDEX CONCURRENTLY` leaves one: PostgreSQL does not use it, and it counts as missing
    ");
}

/// What a revision made changes what later ones make: their proof fails.
#[test]
fn a_proof_that_fails() {
    let folder = project("");
    folder.succeed(&[
        "revision",
        "--autogenerate",
        "-m",
        "Initial schema",
        "--rev-id",
        "8f3c2a91d0b4",
    ]);
    // A function that does on the way up what nobody declared.
    folder.write(
        &path("27c6a30d7c24"),
        "-- Meddle\n--\n-- limbeck: 1\n-- revision: 27c6a30d7c24\n-- revises: [HEAD]\n-- created: 2026-11-21T10:00:00Z\n\n\
         -- limbeck:up main\n\
         CREATE FUNCTION meddle() RETURNS event_trigger LANGUAGE plpgsql AS $$\n\
         BEGIN\n  IF tg_tag = 'CREATE TABLE' THEN\n    ALTER TABLE public.users ALTER COLUMN name SET DEFAULT 'nobody', DROP CONSTRAINT users_pkey;\n    CREATE INDEX meddled ON public.users (name);\n  END IF;\nEND $$;\n\
         CREATE EVENT TRIGGER meddle ON ddl_command_end EXECUTE FUNCTION meddle();\n\
         -- limbeck:down main\nDROP EVENT TRIGGER meddle;\nDROP FUNCTION meddle();\n"
            .replace("[HEAD]", "8f3c2a91d0b4"),
    );
    folder.write(
        "src/user.rs",
        format!(
            "{}\n#[derive(Table)]\n#[table(name = \"notes\")]\npub struct Note {{\n    #[column(primary_key)]\n    pub id: i64,\n}}\n",
            support::project::USER
        ),
    );
    let before = folder.files();
    assert_told!(folder.run(&["revision", "--autogenerate", "-m", "Notes"]), @"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    note: a step of `[ID]` needs a superuser on the scratch server, and ran as one
    error: the revision does not lead to what is declared; it was not written
      column public.users.name
        is:        ALTER TABLE public.users ADD COLUMN name text NOT NULL DEFAULT 'nobody'::text;
        should be: ALTER TABLE public.users ADD COLUMN name text NOT NULL;
      constraint public.users.users_pkey
        is:        not there
        should be: ALTER TABLE public.users ADD CONSTRAINT users_pkey PRIMARY KEY (id);
      index public.meddled
        is:        CREATE INDEX meddled ON public.users (name);
        should be: not there

    hint: each object is told as it is and as it should be; if you changed nothing by hand, this is a defect of Limbeck
    ");
    assert_eq!(folder.files(), before);
}

/// Two servers of different majors, where this machine has the programs of both.
#[test]
fn servers_of_two_majors() {
    let Some([(older, _), (newer, bin)]) = support::database::of_two_majors() else {
        eprintln!("skipped: PostgreSQL of two majors is not at hand");
        return;
    };
    let sql = "CREATE TABLE public.t (a varchar(9) CHECK (a IN ('x', 'y')));";
    older.execute(sql);
    newer.execute(sql);
    newer.execute("ALTER TABLE public.t ADD COLUMN b integer");
    let mut folder = TestFolder::new();
    folder.set("LIMBECK_POSTGRES_BIN", bin.to_str().unwrap());
    let told = folder.run(&["diff", &older.url(), &newer.url()]);
    assert!(told.contains("exit code: 2"), "{told}");
    assert!(
        told.contains("which print the same definition differently"),
        "{told}"
    );
    assert!(told.contains("--force"), "{told}");
    assert_told!(folder.run(&["diff", "--force", &older.url(), &newer.url()]), @"
    exit code: 0
    ----- stdout -----
    ALTER TABLE public.t ADD COLUMN b integer;
    ----- stderr -----
    ");
}
