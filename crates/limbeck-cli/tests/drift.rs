//! What a database is not that its own history says it is.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::print_stderr,
    missing_docs,
    reason = "tests"
)]

mod support;

use serde_json::Value;
use support::TestFolder;
use support::database::TestDatabase;
use support::project::{path, project, revision};

const USERS: &str = "CREATE TABLE users (id bigint PRIMARY KEY, name text, age int NOT NULL DEFAULT 0);\n\
CREATE INDEX users_name_idx ON users (name);\n\
CREATE VIEW adults AS SELECT id, name FROM users WHERE age > 17;\n\
CREATE FUNCTION greet(name text) RETURNS text LANGUAGE plpgsql AS $$\nBEGIN\n  -- politely\n  RETURN 'Dear ' || name;\nEND\n$$;";
const NO_USERS: &str = "DROP FUNCTION greet(text);\nDROP VIEW adults;\nDROP TABLE users;";

/// A database with two revisions, the second of which is not applied.
fn applied() -> (TestDatabase, TestFolder) {
    let database = TestDatabase::new();
    let folder = project(&database.url());
    revision(&folder, "27c6a30d7c24", "", USERS, NO_USERS);
    revision(
        &folder,
        "8f3c2a91d0b4",
        "27c6a30d7c24",
        "CREATE TABLE plans (id bigint PRIMARY KEY);",
        "DROP TABLE plans;",
    );
    folder.succeed(&["upgrade", "27c6a30d7c24"]);
    (database, folder)
}

fn json(folder: &TestFolder) -> Value {
    let output = folder.output(&["drift", "--format", "json"]);
    serde_json::from_slice(&output.stdout).unwrap()
}

/// `kind name` of each of the objects of a list.
fn objects(list: &Value) -> Vec<&str> {
    let objects = list.as_array().unwrap().iter();
    objects.map(|one| one["object"].as_str().unwrap()).collect()
}

#[test]
fn a_database_that_is_what_its_history_says() {
    let (database, folder) = applied();
    let before = database.relations();
    // The second file is not the database's history yet.
    assert_told!(folder.run(&["drift"]), @"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    The database is what its history at [ID] says
    ");
    assert_told!(folder.run(&["drift", "--sql"]), @"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    ");
    assert_eq!(json(&folder)["different"], false);
    assert_eq!(database.relations(), before);
}

#[test]
fn object_by_object_and_the_sql_that_undoes_it() {
    let (database, folder) = applied();
    database.execute(
        "SET search_path = public; DROP VIEW adults; ALTER TABLE users ALTER COLUMN name TYPE varchar(20); \
         CREATE VIEW adults AS SELECT id, name FROM users WHERE age > 17; \
         CREATE OR REPLACE FUNCTION greet(name text) RETURNS text LANGUAGE plpgsql AS \
         $$\nBEGIN\n  -- politely\n  RETURN 'Hi ' || name;\nEND\n$$; \
         ALTER INDEX users_name_idx RENAME TO by_name; ALTER TABLE users ALTER COLUMN age DROP NOT NULL",
    );
    assert_told!(folder.run(&["drift"]), @"
    exit code: 3
    ----- stdout -----
      ~ column public.users.age differs
          - ALTER TABLE public.users ADD COLUMN age integer DEFAULT 0;
          + ALTER TABLE public.users ADD COLUMN age integer NOT NULL DEFAULT 0;
      ~ column public.users.name differs
          - ALTER TABLE public.users ADD COLUMN name character varying(20);
          + ALTER TABLE public.users ADD COLUMN name text;
      ~ index public.users_name_idx bears another name: index public.by_name
          - CREATE INDEX by_name ON public.users (name);
          + CREATE INDEX users_name_idx ON public.users (name);
      ~ function public.greet(text) differs
            BEGIN
              -- politely
          -   RETURN 'Hi ' || name;
          +   RETURN 'Dear ' || name;
            END
            $function$;
    ----- stderr -----
    4 objects are not as the history at [ID] says (- the database, + the history):
    hint: `limbeck drift --sql` prints the SQL that would undo it; what is not from the history stays
    hint: what should stay as it is belongs into a revision: write one, then `limbeck stamp` it here
    ");
    assert_told!(folder.run(&["drift", "--sql"]), @"
    exit code: 3
    ----- stdout -----
    DROP VIEW public.adults;
    ALTER INDEX public.by_name RENAME TO users_name_idx;

    -- fails on rows of public.users where age is null
    ALTER TABLE public.users
        ALTER COLUMN age SET NOT NULL,
        ALTER COLUMN name TYPE text;

    CREATE OR REPLACE FUNCTION public.greet(name text)
     RETURNS text
     LANGUAGE plpgsql
    AS $function$
    BEGIN
      -- politely
      RETURN 'Dear ' || name;
    END
    $function$;

    CREATE VIEW public.adults AS
     SELECT users.id,
        users.name
       FROM public.users
      WHERE (users.age > 17);
    ----- stderr -----
    ");
    let sql = String::from_utf8(folder.output(&["drift", "--sql"]).stdout).unwrap();
    database.execute(&sql);
    assert_eq!(json(&folder)["different"], false, "{}", json(&folder));
}

#[test]
fn what_is_not_from_the_history_is_never_dropped() {
    let (database, folder) = applied();
    database.execute(
        "SET search_path = public; CREATE ROLE drift_reader; CREATE TABLE by_hand (id int PRIMARY KEY, u bigint REFERENCES users); \
         CREATE VIEW names AS SELECT name FROM users; GRANT SELECT ON users, adults TO drift_reader; \
         CREATE EXTENSION IF NOT EXISTS plpgsql",
    );
    // Beside the history: told, and no drift.
    assert_told!(folder.run(&["drift"]), @"
    exit code: 0
    ----- stdout -----
      table public.by_hand
      view public.names
      privileges of drift_reader on 2 objects
    ----- stderr -----
    Not from the history, and no drift:
    The database is what its history at [ID] says
    ");
    // In what the history made: that is drift, and stays nevertheless. A view over a column that has to change back is
    // built again.
    database.execute(
        "SET search_path = public; DROP VIEW adults; ALTER TABLE users ALTER COLUMN age TYPE bigint; \
         CREATE VIEW adults AS SELECT id, name FROM users WHERE age > 17; ALTER TABLE users ADD COLUMN nickname text; \
         CREATE INDEX by_nickname ON users (nickname); CREATE VIEW nicknames AS SELECT nickname, age FROM users",
    );
    let report = json(&folder);
    assert_eq!(report["different"], true);
    assert_eq!(objects(&report["differences"]), ["column public.users.age"]);
    let strays = report["not_from_history"].as_array().unwrap();
    let additions: Vec<&str> = strays
        .iter()
        .filter(|stray| stray["added_to"] == "table public.users")
        .map(|stray| stray["object"].as_str().unwrap())
        .collect();
    assert_eq!(
        additions,
        ["column public.users.nickname", "index public.by_nickname"]
    );
    let sql = report["sql"].as_str().unwrap();
    assert!(
        !sql.contains("DROP TABLE") && !sql.contains("DROP COLUMN") && !sql.contains("DROP INDEX"),
        "{sql}"
    );
    let before = database.relations();
    database.execute(sql);
    assert_eq!(database.relations(), before, "{sql}");
    let report = json(&folder);
    assert_eq!(report["differences"].as_array().unwrap().len(), 0, "{report}");
    assert_eq!(objects(&report["not_from_history"]).len(), 6, "{report}");
    assert_eq!(report["different"], true);
}

#[test]
fn a_second_primary_key_gives_way() {
    let (database, folder) = applied();
    database.execute(
        "ALTER TABLE public.users DROP CONSTRAINT users_pkey; \
         ALTER TABLE public.users ADD CONSTRAINT users_key PRIMARY KEY (id, age)",
    );
    let report = json(&folder);
    let what: Vec<String> = report["differences"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            format!(
                "{} {}",
                one["object"].as_str().unwrap(),
                one["what"].as_str().unwrap()
            )
        })
        .collect();
    assert_eq!(
        what,
        [
            "constraint public.users.users_key in_the_way",
            "constraint public.users.users_pkey missing"
        ]
    );
    database.execute(report["sql"].as_str().unwrap());
    assert_eq!(json(&folder)["different"], false);
}

#[test]
fn what_is_excluded_and_what_is_our_own_is_not_looked_at() {
    let (database, folder) = applied();
    database.execute(
        "CREATE INDEX by_hand ON limbeck.event (at); CREATE TABLE public.spatial_ref (id int); DROP INDEX public.users_name_idx",
    );
    let configuration = folder.read("limbeck.toml");
    folder.write(
        "limbeck.toml",
        format!("{configuration}exclude = [\"public.spatial_*\", \"public.users_name_idx\"]\n"),
    );
    let report = json(&folder);
    assert_eq!(report["different"], false, "{report}");
    assert_eq!(objects(&report["not_from_history"]), Vec::<&str>::new());
}

/// The files are gone, or edited: what was applied counts.
#[test]
fn the_history_is_the_databases() {
    let (_database, folder) = applied();
    let file = folder.read(&path("27c6a30d7c24"));
    folder.write(
        &path("27c6a30d7c24"),
        file.replace("name text", "name varchar(9)"),
    );
    assert_eq!(json(&folder)["different"], false);
    folder.remove(&path("27c6a30d7c24"));
    folder.remove(&path("8f3c2a91d0b4"));
    let report = json(&folder);
    assert_eq!(report["different"], false, "{report}");
    assert_eq!(report["heads"][0], "27c6a30d7c24");
}

/// Of a revision that stopped half-way, the steps that stand count.
#[test]
fn half_a_revision() {
    let (_database, folder) = applied();
    folder.write(
        &path("0a0a0a0a0a0a"),
        "-- Half\n--\n-- limbeck: 1\n-- revision: 0a0a0a0a0a0a\n-- revises: 27c6a30d7c24\n-- created: 2026-11-21T10:00:00Z\n\n\
         -- limbeck:up one\nCREATE TABLE one (id int);\n-- limbeck:down one\nDROP TABLE one;\n\
         -- limbeck:up two\nSELECT missing;\n-- limbeck:down two\n",
    );
    assert_eq!(folder.output(&["upgrade", "0a0a0a0a0a0a"]).status.code(), Some(7));
    assert_told!(folder.run(&["drift"]), @"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    note: of the revision [ID] (up as far as step 1, one), the steps that stand count
    The database is what its history at [ID] says
    ");
    let told = folder.run(&["status"]);
    assert!(
        told.contains("unfinished  0a0a0a0a0a0a (up as far as step 1, one)"),
        "{told}"
    );
}

#[test]
fn a_history_that_makes_a_schema_of_its_own() {
    let database = TestDatabase::new();
    let folder = project(&database.url());
    revision(
        &folder,
        "27c6a30d7c24",
        "",
        "CREATE SCHEMA audit; CREATE TABLE audit.log (id int);",
        "DROP SCHEMA audit CASCADE;",
    );
    folder.succeed(&["upgrade"]);
    assert_eq!(json(&folder)["different"], false);
    database.execute("ALTER TABLE audit.log ALTER COLUMN id TYPE bigint");
    assert_eq!(objects(&json(&folder)["differences"]), ["column audit.log.id"]);
    let configuration = folder.read("limbeck.toml");
    folder.write("limbeck.toml", format!("{configuration}schemas = [\"audit\"]\n"));
    assert_eq!(objects(&json(&folder)["differences"]), ["column audit.log.id"]);
}

#[test]
fn a_database_without_a_history() {
    let database = TestDatabase::new();
    let folder = project(&database.url());
    database.execute("CREATE TABLE public.t (id int)");
    assert_told!(folder.run(&["drift"]), @"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    No revision was ever applied to this database: it has no history to compare with
    ");
    assert_eq!(json(&folder)["exists"], false);
    assert_eq!(database.relations(), ["public.t"]);
}

#[test]
fn copies_that_a_stranger_owns_are_not_run() {
    let (database, folder) = applied();
    folder.remove(&path("27c6a30d7c24"));
    folder.remove(&path("8f3c2a91d0b4"));
    database.execute("CREATE ROLE drift_stranger; ALTER TABLE limbeck.revision OWNER TO drift_stranger");
    assert_told!(folder.run(&["drift"]), @"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: the database's copy of revision `[ID]` belongs to `drift_stranger`, who is no superuser, and so is not run

    hint: get the revision's file from whoever applied it
    ");
}

#[test]
fn a_role_that_may_not_read_the_own_tables() {
    let (database, folder) = applied();
    database.execute("CREATE ROLE drift_guest LOGIN");
    let url = database.url_as("drift_guest");
    for command in ["drift", "status", "log", "accept", "plan"] {
        let told = folder.run(&[command, "-D", &url]);
        assert!(told.starts_with("exit code: 1\n"), "{command}: {told}");
        assert!(
            told.contains(
                "error: reading the tables of the schema `limbeck`: permission denied for schema limbeck"
            ) && told.contains("SQLSTATE: 42501")
                && told.contains(
                    "hint: have the right granted, or connect as the role that owns the object, and run again"
                ),
            "{command}: {told}"
        );
    }
    assert_told!(folder.run(&["drift", "-D", &url]), @"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: reading the tables of the schema `limbeck`: permission denied for schema limbeck
      SQLSTATE: 42501

    hint: have the right granted, or connect as the role that owns the object, and run again
    ");
}

#[test]
fn what_a_pattern_leaves_out_is_no_drift() {
    let (database, folder) = applied();
    database.execute("DROP INDEX public.users_name_idx");
    assert_eq!(folder.output(&["drift"]).status.code(), Some(3));
    let config = folder.read("limbeck.toml");
    folder.write(
        "limbeck.toml",
        format!("{config}exclude = [\"index public.*_name_idx\"]\n"),
    );
    folder.succeed(&["drift"]);
}

/// Several heads in one database, a stamp among them.
#[test]
fn several_heads() {
    let (database, folder) = applied();
    revision(
        &folder,
        "0a0a0a0a0a0a",
        "27c6a30d7c24",
        "CREATE TABLE notes (id int);",
        "DROP TABLE notes;",
    );
    folder.succeed(&["upgrade", "heads"]);
    let report = json(&folder);
    assert_eq!(report["heads"].as_array().unwrap().len(), 2);
    assert_eq!(report["different"], false, "{report}");
    database.execute("DROP TABLE public.notes");
    assert_eq!(objects(&json(&folder)["differences"]), ["table public.notes"]);
    revision(
        &folder,
        "0c0c0c0c0c0c",
        "0a0a0a0a0a0a",
        "DROP TABLE notes;",
        "CREATE TABLE notes (id int);",
    );
    folder.succeed(&["stamp", "heads"]);
    assert_eq!(json(&folder)["different"], false);
}

/// Partitions that are made at run time are nobody's difference.
#[test]
fn partitions_made_at_run_time() {
    let database = TestDatabase::new();
    let folder = project(&database.url());
    revision(
        &folder,
        "27c6a30d7c24",
        "",
        "CREATE TABLE measured (day date NOT NULL, value int) PARTITION BY RANGE (day);\nCREATE INDEX measured_day ON measured (day);",
        "DROP TABLE measured;",
    );
    folder.succeed(&["upgrade"]);
    database.execute(
        "CREATE TABLE public.measured_2026 PARTITION OF public.measured FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')",
    );
    let report = json(&folder);
    assert_eq!(
        objects(&report["not_from_history"]),
        ["table public.measured_2026"]
    );
    assert_eq!(report["different"], false, "{report}");
    // What the partition has from above changes back with it.
    database.execute("ALTER TABLE public.measured ALTER COLUMN value TYPE bigint");
    let report = json(&folder);
    assert_eq!(objects(&report["differences"]), ["column public.measured.value"]);
    database.execute(report["sql"].as_str().unwrap());
    let report = json(&folder);
    assert_eq!(report["different"], false, "{report}");
    assert_eq!(
        objects(&report["not_from_history"]),
        ["table public.measured_2026"]
    );
}
