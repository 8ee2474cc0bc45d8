//! The first revision of a database that is there already.
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
use support::project::{project, revision};

const LEGACY: &str = "
SET search_path = public;
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE TABLE users (
    id bigserial PRIMARY KEY,
    email varchar(320) NOT NULL UNIQUE CHECK (email LIKE '%@%'),
    mood mood DEFAULT 'ok',
    invited_by bigint
);
ALTER TABLE users ADD FOREIGN KEY (invited_by) REFERENCES users;
COMMENT ON COLUMN users.email IS 'Checked by hand';
CREATE TABLE orders (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, user_id bigint REFERENCES users, total numeric(10,2));
CREATE INDEX ON orders (user_id) WHERE total > 0;
CREATE TABLE \"Odd name/1\" (a integer REFERENCES users, b text);
CREATE SEQUENCE numbers START 5;
CREATE VIEW totals AS SELECT user_id, sum(total) AS total FROM orders GROUP BY user_id;
CREATE VIEW large AS SELECT * FROM totals WHERE total > 100;
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN new; END $$;
CREATE TRIGGER touched BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION touch();
INSERT INTO users (email) VALUES ('a@example.org');
CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY);
INSERT INTO alembic_version VALUES ('27c6a30d7c24');
CREATE TABLE schema_migrations (version bigserial PRIMARY KEY);
CREATE SCHEMA audit;
CREATE TABLE audit.entries (id integer);
";

/// A project of nothing but `.sql` files.
fn of_sql(url: &str) -> TestFolder {
    let folder = TestFolder::new();
    folder.write("limbeck.toml", format!("[database]\nurl = \"{url}\"\n"));
    folder.write("database/migrations/versions/.gitkeep", "");
    folder
}

#[test]
fn a_database_gets_its_first_revision() {
    let database = TestDatabase::new();
    database.execute(LEGACY);
    let folder = of_sql(&database.url());
    assert_told!(folder.run(&["baseline"]), @r#"
    exit code: 0
    ----- stdout -----
    database/migrations/versions/[TIME]_[ID]_baseline.sql
    ----- stderr -----
    Wrote revision [ID], which makes what the database holds
      + create type public.mood
      + create sequence public.numbers
      + create table public."Odd name/1"
      + create table public.orders
      + create table public.users
      + create index public.orders_user_id_idx
      + create view public.large
      + create view public.totals
      + create function public.touch()
    The database is stamped as being at [ID]
    note: `table public.alembic_version` belongs to another migration tool and was left out
    note: `table public.schema_migrations` belongs to another migration tool and was left out
    note: the schema `audit` was not looked at, since `schemas` under `[database]` does not name it
    hint: to leave that out from now on too, write `exclude = ["public.alembic_version", "public.schema_migrations"]` under `[database]` in limbeck.toml
    "#);
    assert_eq!(
        database.query("SELECT email FROM public.users"),
        ["a@example.org"]
    );
    assert_told!(folder.run(&["current"]), @"
    exit code: 0
    ----- stdout -----
    [ID] (head) Baseline
    ----- stderr -----
    ");
    assert_told!(folder.run(&["upgrade"]), @"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    The database is there already; there is nothing to upgrade
    ");
    assert_told!(folder.run(&["diff", "history:", "database:", "--exit-code"]), @"
    exit code: 3
    ----- stdout -----
    CREATE SCHEMA audit;

    CREATE TABLE audit.entries (
        id integer
    );

    CREATE TABLE public.alembic_version (
        version_num character varying(32),
        CONSTRAINT alembic_version_pkey PRIMARY KEY (version_num)
    );

    CREATE SEQUENCE public.schema_migrations_version_seq;

    CREATE TABLE public.schema_migrations (
        version bigint DEFAULT nextval('public.schema_migrations_version_seq'::regclass),
        CONSTRAINT schema_migrations_pkey PRIMARY KEY (version)
    );

    ALTER SEQUENCE public.schema_migrations_version_seq OWNED BY public.schema_migrations.version;
    ----- stderr -----
    ");
    assert_told!(folder.run(&["baseline"]), @"
    exit code: 8
    ----- stdout -----
    ----- stderr -----
    error: there are revisions already, and a baseline is the first one
      revision [ID]: Baseline

    hint: for what the history lacks, run `limbeck revision --autogenerate --against database`
    hint: to tell the database where it is, run `limbeck stamp REVISION`
    ");
}

#[test]
fn and_files_that_declare_the_same() {
    let database = TestDatabase::new();
    database.execute(LEGACY);
    let folder = of_sql(&database.url());
    assert_told!(folder.run(&["baseline", "--schema", "--format", "json", "--rev-id", "27c6a30d7c24"]), @r#"
    exit code: 0
    ----- stdout -----
    {
      "id": "[ID]",
      "path": "database/migrations/versions/[TIME]_[ID]_baseline.sql",
      "schema": [
        "database/schema/types.sql",
        "database/schema/sequences.sql",
        "database/schema/functions.sql",
        "database/schema/Odd_name_1.sql",
        "database/schema/large.sql",
        "database/schema/orders.sql",
        "database/schema/totals.sql",
        "database/schema/users.sql"
      ],
      "objects": [
        "type public.mood",
        "sequence public.numbers",
        "table public.\"Odd name/1\"",
        "table public.orders",
        "table public.users",
        "constraint public.\"Odd name/1\".\"Odd name/1_a_fkey\"",
        "constraint public.orders.orders_pkey",
        "constraint public.orders.orders_user_id_fkey",
        "constraint public.users.users_email_check",
        "constraint public.users.users_email_key",
        "constraint public.users.users_invited_by_fkey",
        "constraint public.users.users_pkey",
        "index public.orders_user_id_idx",
        "view public.large",
        "view public.totals",
        "function public.touch()",
        "trigger public.users.touched"
      ],
      "left_out": [
        "table public.alembic_version",
        "table public.schema_migrations"
      ],
      "exclude": "exclude = [\"public.alembic_version\", \"public.schema_migrations\"]",
      "other_schemas": [
        "audit"
      ],
      "unread": [],
      "proven_empty": []
    }
    ----- stderr -----
    "#);
    insta::assert_snapshot!(folder.read("database/schema/users.sql"), @"
    CREATE SEQUENCE public.users_id_seq;

    CREATE TABLE public.users (
        id bigint DEFAULT nextval('public.users_id_seq'::regclass),
        email character varying(320) NOT NULL,
        mood public.mood DEFAULT 'ok'::public.mood,
        invited_by bigint,
        CONSTRAINT users_email_key UNIQUE (email),
        CONSTRAINT users_pkey PRIMARY KEY (id),
        CONSTRAINT users_email_check CHECK ((email)::text ~~ '%@%'::text),
        CONSTRAINT users_invited_by_fkey FOREIGN KEY (invited_by) REFERENCES public.users (id)
    );

    ALTER SEQUENCE public.users_id_seq OWNED BY public.users.id;
    COMMENT ON COLUMN public.users.email IS 'Checked by hand';
    CREATE TRIGGER touched BEFORE UPDATE ON public.users FOR EACH ROW EXECUTE FUNCTION public.touch();
    ");
    insta::assert_snapshot!(folder.read("database/schema/totals.sql"), @"
    CREATE VIEW public.totals AS
     SELECT orders.user_id,
        sum(orders.total) AS total
       FROM public.orders
      GROUP BY orders.user_id;
    ");
    assert_told!(folder.run(&["check"]), @"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    Models and history agree
    ");
    folder.write(
        "limbeck.toml",
        format!(
            "[database]\nurl = \"{}\"\nexclude = [\"public.alembic_version\", \"public.schema_migrations\"]\n",
            database.url()
        ),
    );
    assert_told!(folder.run(&["diff", "models:", "database:", "--exit-code"]), @"
    exit code: 3
    ----- stdout -----
    CREATE SCHEMA audit;

    CREATE TABLE audit.entries (
        id integer
    );
    ----- stderr -----
    ");
    assert_told!(folder.run(&["diff", "history:", "models:", "--exit-code"]), @"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    There is no difference
    ");
    // From here on it goes as everywhere.
    folder.write(
        "database/schema/notes.sql",
        "CREATE TABLE notes (id bigint PRIMARY KEY, text text);\n",
    );
    folder.succeed(&["revision", "--autogenerate", "-m", "Notes"]);
    folder.succeed(&["upgrade"]);
    folder.succeed(&["downgrade", "-1"]);
    assert_told!(folder.run(&["downgrade", "base"]), @"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
      down [ID] Baseline ([DURATION])
    ");
    assert_eq!(
        database.query("SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v') ORDER BY 1"),
        ["alembic_version", "schema_migrations"]
    );
}

#[test]
fn a_baseline_is_the_first_revision() {
    let database = TestDatabase::new();
    database.execute(LEGACY);
    let folder = of_sql(&database.url());
    revision(&folder, "27c6a30d7c24", "", "CREATE TABLE a ();", "DROP TABLE a;");
    let before = folder.files();
    assert_told!(folder.run(&["baseline"]), @"
    exit code: 8
    ----- stdout -----
    ----- stderr -----
    error: there are revisions already, and a baseline is the first one
      revision [ID]: Revision [ID]

    hint: for what the history lacks, run `limbeck revision --autogenerate --against database`
    hint: to tell the database where it is, run `limbeck stamp REVISION`
    ");
    assert_eq!(folder.files(), before);
}

#[test]
fn a_stamped_database_has_its_revisions() {
    let database = TestDatabase::new();
    let other = of_sql(&database.url());
    revision(&other, "27c6a30d7c24", "", "CREATE TABLE a ();", "DROP TABLE a;");
    other.succeed(&["upgrade"]);
    let folder = of_sql(&database.url());
    let before = folder.files();
    assert_told!(folder.run(&["baseline"]), @"
    exit code: 8
    ----- stdout -----
    ----- stderr -----
    error: the database is at revision `[ID]` already, and no file has it

    hint: get the revision files that it was made with
    hint: if they are gone for good, forget them with `limbeck stamp --purge base`, and take the baseline then
    ");
    assert_eq!(folder.files(), before);
}

#[test]
fn files_that_the_database_has_on_record_stay() {
    let database = TestDatabase::new();
    database.execute(LEGACY);
    let folder = of_sql(&database.url());
    folder.succeed(&["ensure-version"]);
    // That the lease cannot be given back is known only once what is recorded has committed.
    database.execute(
        "CREATE FUNCTION limbeck.keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'kept'; END $$;
         CREATE TRIGGER keep BEFORE UPDATE ON limbeck.lease FOR EACH ROW
           WHEN (old.owner IS NOT NULL AND new.owner IS NULL) EXECUTE FUNCTION limbeck.keep()",
    );
    let before = folder.files();
    let told = folder.run(&["baseline"]);
    assert!(told.starts_with("exit code: 7"), "{told}");
    assert!(told.contains("hint: the files were written and stay"), "{told}");
    assert_eq!(folder.files().len(), before.len() + 1, "{told}");
    folder.succeed(&["current", "--check-heads"]);
}

#[test]
fn an_empty_database_has_none() {
    let database = TestDatabase::new();
    let folder = of_sql(&database.url());
    let before = folder.files();
    assert_told!(folder.run(&["baseline"]), @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: the database is empty: there is nothing to begin with

    hint: only the schemas `public` are looked at: set `schemas` under `[database]`
    hint: for a new database, begin with `limbeck revision --autogenerate -m "Initial schema"`
    "#);
    assert_eq!(folder.files(), before);
    assert!(database.relations().is_empty());
}

#[test]
fn models_declare_already() {
    let database = TestDatabase::new();
    database.execute("CREATE TABLE public.users (id bigint PRIMARY KEY, name text NOT NULL)");
    let folder = project(&database.url());
    let before = folder.files();
    assert_told!(folder.run(&["baseline", "--schema"]), @"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: the project declares tables already, and `--schema` would declare them twice
     --> src/user.rs:6:12
      |
    6 | pub struct User {
      |            ^^^^

    hint: leave out `--schema`; then `limbeck revision --autogenerate` tells what models and database differ in
    ");
    assert_eq!(folder.files(), before);
    folder.succeed(&["baseline"]);
    // What the models declare is there: it is adopted, and nothing is done.
    assert_told!(folder.run(&["revision", "--autogenerate", "-m", "Adopt"]), @"
    exit code: 0
    ----- stdout -----
    database/migrations/versions/[TIME]_[ID]_adopt.sql
    ----- stderr -----
    Wrote revision [ID], which revises [ID]
    ");
    assert_told!(folder.run(&["check"]), @"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    Models and history agree
    ");
}

#[test]
fn roles_that_only_the_database_has_are_no_hindrance() {
    let database = TestDatabase::new();
    database.execute(
        "CREATE ROLE webapp; CREATE TABLE public.t (id integer PRIMARY KEY); GRANT SELECT ON public.t TO webapp;
         ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO webapp;
         CREATE POLICY readers ON public.t FOR SELECT TO webapp USING (true)",
    );
    let folder = of_sql(&database.url());
    folder.succeed(&["baseline"]);
    assert_told!(folder.run(&["diff", "history:", "database:", "--exit-code"]), @"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    There is no difference
    ");
}

#[test]
fn what_refers_to_another_schema_is_told_with_the_way_out() {
    let database = TestDatabase::new();
    database.execute(
        "CREATE SCHEMA other; CREATE TABLE other.o (id integer PRIMARY KEY);
         CREATE TABLE public.t (id integer REFERENCES other.o)",
    );
    let folder = of_sql(&database.url());
    let before = folder.files();
    assert_told!(folder.run(&["baseline"]), @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: the plan for table public.t does not run on the scratch server: schema "other" does not exist
      statement: CREATE TABLE public.t (
          id integer,
          CONSTRAINT t_id_fkey FOREIGN KEY (id) REFERENCES other.o (id)
      )
      SQLSTATE: 3F000

    hint: what is missing may lie in a schema that is not looked at: name it in `schemas` under `[database]`
    "#);
    assert_eq!(folder.files(), before);
}

#[test]
fn what_is_not_compared_is_told_each_time() {
    let database = TestDatabase::new();
    let folder = of_sql(&database.url());
    revision(
        &folder,
        "1111aaaa",
        "",
        "CREATE OPERATOR public.=== (LEFTARG = integer, RIGHTARG = integer, FUNCTION = int4eq);",
        "DROP OPERATOR public.=== (integer, integer);",
    );
    folder.write("schema/t.sql", "CREATE TABLE public.t (id integer);");
    folder.write(
        "limbeck.toml",
        format!(
            "schema = [\"schema\"]\n[database]\nurl = \"{}\"\n",
            database.url()
        ),
    );
    folder.succeed(&["revision", "--autogenerate", "-m", "Table"]);
    for _ in 0..2 {
        let told = folder.run(&["check"]);
        let warning = "`operator public.===(integer, integer)` is outside what Limbeck compares";
        assert!(told.contains(warning), "{told}");
    }
}
