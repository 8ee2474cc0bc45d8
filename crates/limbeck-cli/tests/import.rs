//! Histories of other migration tools. What lies in the folders and tables here was made by the tools themselves
//! (sqlx-cli 0.9, refinery_cli 0.10, diesel_cli 2.3, Alembic 1.20); `import_peers.rs` runs them.
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

const USERS: &str = "-- Users
CREATE TABLE users (id bigserial PRIMARY KEY, name text NOT NULL);
INSERT INTO users (name) VALUES ('ada');
";
const INDEX: &str = "-- no-transaction
CREATE INDEX CONCURRENTLY users_name_idx ON users (name);
";
const POSTS: &str = "CREATE TABLE posts (id bigint PRIMARY KEY, user_id bigint REFERENCES users);\n";

/// What sqlx has done: two of three migrations.
const SQLX: &str = "
SET search_path = public;
CREATE TABLE users (id bigserial PRIMARY KEY, name text NOT NULL);
INSERT INTO users (name) VALUES ('ada');
CREATE INDEX users_name_idx ON users (name);
CREATE TABLE _sqlx_migrations (
    version bigint PRIMARY KEY,
    description text NOT NULL,
    installed_on timestamptz DEFAULT now() NOT NULL,
    success boolean NOT NULL,
    checksum bytea NOT NULL,
    execution_time bigint NOT NULL
);
INSERT INTO _sqlx_migrations VALUES
  (20240101120000, 'create users', '2026-11-22 00:59:19.102892+00', true, '\\x371fab8e820bcc331afa37a06d0992cc832ec42b4fa7432040318445e6e1aa23363391fe1f5d22bc03a83b2338dd94b7', 1606206),
  (20240102120000, 'index', '2026-11-22 00:59:19.106455+00', true, '\\xf6abf86fa56f2d5ff0e3e222f4584d2f62673cec5052ea77f18fe9a08026a8ea22ea5ba104ed026a7468ed73a72e4ac4', 1814104);
";

/// A project of nothing but what another tool left.
fn of(url: &str) -> TestFolder {
    let folder = TestFolder::new();
    folder.write("limbeck.toml", format!("[database]\nurl = \"{url}\"\n"));
    folder.write("database/migrations/versions/.gitkeep", "");
    folder
}

/// The three migrations of sqlx, with ways down.
fn sqlx_files(folder: &TestFolder) {
    for (path, text) in [
        ("20240101120000_create_users.up.sql", USERS),
        ("20240101120000_create_users.down.sql", "DROP TABLE users;\n"),
        ("20240102120000_index.up.sql", INDEX),
        (
            "20240102120000_index.down.sql",
            "-- no-transaction\nDROP INDEX CONCURRENTLY users_name_idx;\n",
        ),
        ("20240103120000_posts.up.sql", POSTS),
        ("20240103120000_posts.down.sql", "DROP TABLE posts;\n"),
    ] {
        folder.write(&format!("migrations/{path}"), text);
    }
}

fn sqlx(url: &str) -> TestFolder {
    let folder = of(url);
    sqlx_files(&folder);
    folder
}

fn head(folder: &TestFolder) -> String {
    folder
        .succeed(&["current"])
        .split_whitespace()
        .next()
        .unwrap_or_default()
        .to_owned()
}

/// Goes on with a revision of its own, back past everything, and up again.
fn goes_on(folder: &TestFolder, database: &TestDatabase, head: &str) {
    folder.succeed(&["upgrade"]);
    assert_told!(folder.run(&["diff", "history:", "database:", "--exit-code"]), @"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    There is no difference
    ");
    folder.write(
        "database/migrations/versions/next.sql",
        format!(
            "-- Next\n--\n-- limbeck: 1\n-- revision: aaaaaaaaaaaa\n-- revises: {head}\n-- created: 2027-01-01T00:00:00Z\n\n\
             -- limbeck:up schema\nCREATE TABLE next_one (id integer);\n-- limbeck:down schema\nDROP TABLE next_one;\n"
        ),
    );
    folder.succeed(&["upgrade"]);
    assert_eq!(self::head(folder), "aaaaaaaaaaaa");
    folder.succeed(&["downgrade", "base"]);
    let left = database.relations();
    assert!(
        left.iter()
            .filter(|name| name.starts_with("public."))
            .all(|name| name.contains("_migrations")
                || name.contains("schema_history")
                || name.contains("alembic")),
        "{left:?}"
    );
    folder.succeed(&["upgrade"]);
    assert_eq!(self::head(folder), "aaaaaaaaaaaa");
}

#[test]
fn sqlx_goes_on_where_it_stopped() {
    let database = TestDatabase::new();
    database.execute(SQLX);
    let folder = sqlx(&database.url());
    assert_told!(folder.run(&["import"]), @"
    exit code: 0
    ----- stdout -----
    database/migrations/versions/20240101T120000_20240101120000_create_users.sql
    database/migrations/versions/20240102T120000_20240102120000_index.sql
    database/migrations/versions/20240103T120000_20240103120000_posts.sql
    ----- stderr -----
    Wrote 3 revisions from sqlx in migrations, run up and down on scratch
      + 20240101120000 create users (applied)
      + 20240102120000 index (applied)
      + 20240103120000 posts
    The database is at 20240102120000, as sqlx left it; 1 revision pending
    note: `table public._sqlx_migrations` stays as it is; once nobody runs sqlx any more, `DROP TABLE public._sqlx_migrations` removes it
    note: it is left out of comparisons from now on: `exclude` in limbeck.toml
    ");
    assert_told!(folder.read("database/migrations/versions/20240102T120000_20240102120000_index.sql"), @"
    -- index
    --
    -- Imported from sqlx, version 20240102120000, `migrations/[TIME]_index.up.sql`
    -- checksum f6abf86fa56f2d5ff0e3e222f4584d2f62673cec5052ea77f18fe9a08026a8ea22ea5ba104ed026a7468ed73a72e4ac4
    --
    -- limbeck: 1
    -- revision: 20240102120000
    -- revises: 20240101120000
    -- created: [TIME]

    -- limbeck:up migration transaction=no
    -- no-transaction
    CREATE INDEX CONCURRENTLY users_name_idx ON users (name);
    -- limbeck:down migration transaction=no
    -- no-transaction
    DROP INDEX CONCURRENTLY users_name_idx;
    ");
    assert_eq!(
        folder.read("limbeck.toml").lines().last(),
        Some("exclude = [\"public._sqlx_migrations\"]")
    );
    assert_eq!(
        database.query(
            "SELECT id, origin, origin_detail->>'tool', left(origin_detail->>'checksum', 4), \
             origin_detail->>'duration_nanoseconds', applied_at AT TIME ZONE 'UTC' FROM limbeck.revision ORDER BY 1"
        ),
        [
            "20240101120000|imported|sqlx|371f|1606206|2026-11-22 00:59:19.102892",
            "20240102120000|imported|sqlx|f6ab|1814104|2026-11-22 00:59:19.106455"
        ]
    );
    assert_eq!(
        database.query("SELECT kind, outcome, detail->>'tool', jsonb_array_length(detail->'revisions') FROM limbeck.event"),
        ["import|done|sqlx|2"]
    );
    assert_eq!(
        database.query("SELECT count(*) FROM public._sqlx_migrations"),
        ["2"]
    );
    assert_told!(folder.run(&["import"]), @"
    exit code: 8
    ----- stdout -----
    ----- stderr -----
    error: the history of sqlx was imported already
      revision 20240101120000: create users

    hint: for another database that it has migrated, run `limbeck import --record`
    ");
    goes_on(&folder, &database, "20240103120000");
}

#[test]
fn files_and_table_must_agree() {
    type Fault = dyn Fn(&TestFolder, &TestDatabase);
    let faults: [(&str, &Fault); 5] = [
        ("edited", &|folder, _| {
            folder.write(
                "migrations/20240101120000_create_users.up.sql",
                USERS.replace('\n', "\r\n"),
            );
        }),
        ("without a file", &|folder, _| {
            folder.remove("migrations/20240102120000_index.up.sql");
            folder.remove("migrations/20240102120000_index.down.sql");
        }),
        ("failed", &|_, database| {
            database
                .execute("UPDATE public._sqlx_migrations SET success = false WHERE version = 20240102120000");
        }),
        ("passed over", &|_, database| {
            database.execute("DELETE FROM public._sqlx_migrations WHERE version = 20240101120000");
        }),
        ("another table", &|_, database| {
            database.execute("ALTER TABLE public._sqlx_migrations DROP COLUMN success");
        }),
    ];
    let mut told = String::new();
    for (name, make) in faults {
        let database = TestDatabase::new();
        database.execute(SQLX);
        let folder = sqlx(&database.url());
        make(&folder, &database);
        let (files, relations) = (folder.files(), database.relations());
        told.push_str(&format!("== {name}\n{}\n", folder.run(&["import"])));
        assert_eq!(folder.files(), files, "{name}");
        assert_eq!(database.relations(), relations, "{name}");
    }
    assert_told!(told, @r#"
    == edited
    exit code: 8
    ----- stdout -----
    ----- stderr -----
    error: `migrations/[TIME]_create_users.up.sql` was changed after sqlx had applied it
      applied: 371fab8e820bcc331afa37a06d0992cc832ec42b4fa7432040318445e6e1aa23363391fe1f5d22bc03a83b2338dd94b7
      here:    a53c429dfc586e1ad02d78bbc613c3a290ce882376520babd3b9c9dcaadd9f826490c90154a9e52f4a0d3c072909ed7a

    hint: restore the file as it was applied (line ends count too), and make the change in a revision of its own

    == without a file
    exit code: 8
    ----- stdout -----
    ----- stderr -----
    error: sqlx's migration `20240102120000` (index) is applied, and there is no file of it

    hint: restore its file, or check out the commit that the database was migrated from
    hint: if it is gone for good, begin with the database as it is: `limbeck baseline`

    == failed
    exit code: 8
    ----- stdout -----
    ----- stderr -----
    error: sqlx's migration `20240102120000` (index) did not come to its end

    hint: undo what it has left behind, delete its row from the table, and apply it again with the other tool

    == passed over
    exit code: 8
    ----- stdout -----
    ----- stderr -----
    error: `migrations/[TIME]_create_users.up.sql` is not applied, though `migrations/[TIME]_index.up.sql` is, which comes after it

    hint: apply it first, with `sqlx migrate run`, or take the file out

    == another table
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: `table public._sqlx_migrations` is no table as sqlx makes it: column "success" does not exist
      SQLSTATE: 42703

    hint: name the right one with `--table`, or the right tool
    "#);
}

#[test]
fn refinery_goes_on_where_it_stopped() {
    let database = TestDatabase::new();
    database.execute(
        "SET search_path = public;
         CREATE TABLE a (id integer, b text);
         CREATE TABLE refinery_schema_history (version integer PRIMARY KEY, name varchar(255), applied_on varchar(255), checksum varchar(255));
         INSERT INTO refinery_schema_history VALUES
           (1, 'init', '2026-11-22T01:01:05.673490297Z', '18252311952000727213'),
           (2, 'add_b', '2026-11-22T01:01:05.673494954Z', '12822307028846828760')",
    );
    let mut folder = of(&database.url());
    folder.set("SOURCE_DATE_EPOCH", "1700000000");
    folder.write("migrations/V1__init.sql", "CREATE TABLE a (id integer);\n");
    folder.write("migrations/V2__add_b.sql", "ALTER TABLE a ADD COLUMN b text;\n");
    folder.write("migrations/late/U3__late.sql", "CREATE TABLE c ();\n");
    folder.write("migrations/mod.rs", "refinery::embed_migrations!();\n");
    assert_told!(folder.run(&["import"]), @"
    exit code: 0
    ----- stdout -----
    database/migrations/versions/20231114T221318_V1_init.sql
    database/migrations/versions/20231114T221319_V2_add_b.sql
    database/migrations/versions/20231114T221320_U3_late.sql
    ----- stderr -----
    Wrote 3 revisions from refinery in migrations, run up and down on scratch
      + V1 init (applied)
      + V2 add b (applied)
      + U3 late
    The database is at V2, as refinery left it; 1 revision pending
    note: `table public.refinery_schema_history` stays as it is; once nobody runs refinery any more, `DROP TABLE public.refinery_schema_history` removes it
    note: it is left out of comparisons from now on: `exclude` in limbeck.toml
    ");
    assert_eq!(
        database.query("SELECT id, origin_detail->>'name', applied_at AT TIME ZONE 'UTC' FROM limbeck.revision ORDER BY 1"),
        ["V1|init|2026-11-22 01:01:05.67349", "V2|add_b|2026-11-22 01:01:05.673495"]
    );
    folder.succeed(&["upgrade"]);
    assert_eq!(head(&folder), "U3");
    // There is no way back in refinery's own files.
    let told = folder.run(&["downgrade", "-1"]);
    assert!(told.contains("has no way down"), "{told}");
}

#[test]
fn refinery_and_its_files_must_agree() {
    let database = TestDatabase::new();
    database.execute(
        "SET search_path = public;
         CREATE TABLE refinery_schema_history (version integer PRIMARY KEY, name varchar(255), applied_on varchar(255), checksum varchar(255));
         INSERT INTO refinery_schema_history VALUES (1, 'init', '2026-11-22T01:01:05.673490297Z', '18252311952000727213')",
    );
    let folder = of(&database.url());
    // The name is a part of the checksum.
    folder.write("migrations/V1__first.sql", "CREATE TABLE a (id integer);\n");
    let told = folder.run(&["import"]);
    assert!(
        told.contains("exit code: 8")
            && told.contains("`migrations/V1__first.sql` was changed after refinery had applied it"),
        "{told}"
    );
    // With `int8-versions`, the version is a wider number.
    folder.remove("migrations/V1__first.sql");
    folder.write("migrations/V1__init.sql", "CREATE TABLE a (id integer);\n");
    database.execute("UPDATE public.refinery_schema_history SET checksum = '10574226746222835654'");
    let told = folder.run(&["import"]);
    assert!(told.contains("exit code: 0"), "{told}");
}

#[test]
fn diesel_goes_on_where_it_stopped() {
    let database = TestDatabase::new();
    database.execute(
        "SET search_path = public;
         CREATE TABLE users (id serial PRIMARY KEY);
         CREATE INDEX ix ON users (id);
         CREATE TABLE __diesel_schema_migrations (version varchar(50) PRIMARY KEY, run_on timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP);
         INSERT INTO __diesel_schema_migrations VALUES
           ('20240101120000', '2026-11-22 01:01:06.530732'), ('20240102120000', '2026-11-22 01:01:06.532605')",
    );
    let folder = of(&database.url());
    folder.write("diesel.toml", "[migrations_directory]\ndir = \"db/changes\"\n");
    let write = |path: &str, text: &str| folder.write(&format!("db/changes/{path}"), text);
    write(".keep", "");
    write(
        "2024-01-01-120000_users/up.sql",
        "CREATE TABLE users (id serial primary key);\n",
    );
    write("2024-01-01-120000_users/down.sql", "DROP TABLE users;\n");
    write(
        "2024-01-02-120000_ix/up.sql",
        "CREATE INDEX CONCURRENTLY ix ON users (id);\n",
    );
    write("2024-01-02-120000_ix/down.sql", "DROP INDEX CONCURRENTLY ix;\n");
    write(
        "2024-01-02-120000_ix/metadata.toml",
        "run_in_transaction = false\n",
    );
    assert_told!(folder.run(&["import"]), @"
    exit code: 0
    ----- stdout -----
    database/migrations/versions/20240101T120000_20240101120000_users.sql
    database/migrations/versions/20240102T120000_20240102120000_ix.sql
    ----- stderr -----
    Wrote 2 revisions from diesel in db/changes, run up and down on scratch
      + 20240101120000 users (applied)
      + 20240102120000 ix (applied)
    The database is at 20240102120000, as diesel left it; nothing is pending
    note: `table public.__diesel_schema_migrations` stays as it is; once nobody runs diesel any more, `DROP TABLE public.__diesel_schema_migrations` removes it
    note: it is left out of comparisons from now on: `exclude` in limbeck.toml
    ");
    assert_eq!(
        database.query("SELECT id, applied_at AT TIME ZONE 'UTC' FROM limbeck.revision ORDER BY 1"),
        [
            "20240101120000|2026-11-22 01:01:06.530732",
            "20240102120000|2026-11-22 01:01:06.532605"
        ]
    );
    goes_on(&folder, &database, "20240102120000");
}

/// A program that prints what Alembic printed.
fn alembic(folder: &TestFolder, upgrade: &str, exit: i32) {
    use std::os::unix::fs::PermissionsExt;
    folder.write("alembic.ini", "[alembic]\nscript_location = alembic\n");
    folder.write("alembic/versions/ddd4_two.py", "branch_labels = ('feat',)\ndef upgrade() -> None:\n    op.get_bind().execute(sa.text(\"SELECT 1\")).fetchall()\n");
    let versions = folder.path().join("alembic/versions");
    let history =
        include_str!("import/alembic_history.txt").replace("{versions}", &versions.display().to_string());
    folder.write("printed/history", history);
    folder.write("printed/upgrade", upgrade);
    folder.write("printed/eee5", include_str!("import/alembic_downgrade_eee5.sql"));
    folder.write("printed/ddd4", include_str!("import/alembic_downgrade_ddd4.sql"));
    folder.write(
        "printed/errors",
        include_str!("import/alembic_errors.txt").replace("{versions}", &versions.display().to_string()),
    );
    folder.write(
        ".venv/bin/alembic",
        format!(
            "#!/bin/sh\nhere=$(dirname \"$0\")/../../printed\ncase \"$1 $2\" in\n  'history --verbose') cat \"$here/history\" ;;\n  \
             'upgrade heads') cat \"$here/upgrade\"; cat \"$here/errors\" >&2; exit {exit} ;;\n  \
             'downgrade eee5:base') cat \"$here/eee5\"; echo 'NotImplementedError: no way back' >&2; exit 1 ;;\n  \
             'downgrade ddd4:base') cat \"$here/ddd4\" ;;\n  *) echo \"FAILED: $*\" >&2; exit 2 ;;\nesac\n"
        ),
    );
    let program = folder.path().join(".venv/bin/alembic");
    std::fs::set_permissions(program, std::fs::Permissions::from_mode(0o755)).unwrap();
}

const ALEMBIC: &str = include_str!("import/alembic_upgrade.sql");

#[test]
fn alembic_goes_on_where_it_stopped() {
    let database = TestDatabase::new();
    database.execute(
        "SET search_path = public;
         CREATE TABLE t_aaa1 (id serial PRIMARY KEY); CREATE TABLE t_bbb2 (id serial PRIMARY KEY);
         CREATE TABLE t_ccc3 (id serial PRIMARY KEY); CREATE INDEX ix ON t_bbb2 (id);
         CREATE TABLE alembic_version (version_num varchar(32) NOT NULL CONSTRAINT alembic_version_pkc PRIMARY KEY);
         INSERT INTO alembic_version VALUES ('ccc3')",
    );
    let folder = of(&database.url());
    alembic(&folder, ALEMBIC, 0);
    assert_told!(folder.run(&["import"]), @"
    exit code: 0
    ----- stdout -----
    database/migrations/versions/20261122T003304_aaa1_first.sql
    database/migrations/versions/20261122T003305_bbb2_second_thing.sql
    database/migrations/versions/20261122T003306_ccc3_branch_one.sql
    database/migrations/versions/20261122T003307_ddd4_branch_two.sql
    database/migrations/versions/20261122T003308_eee5_merge.sql
    ----- stderr -----
    Wrote 5 revisions from alembic in ., run up and down on scratch
      + aaa1 first (applied)
      + bbb2 second thing (applied)
      + ccc3 branch one (applied)
      + ddd4 branch two
      + eee5 merge
    warning: the way down of ccc3 (`alembic/versions/ccc3_branch_one.py`) was left out:
    NotImplementedError: no way back
    The database is at ccc3, as alembic left it; 2 revisions pending
    note: `table public.alembic_version` stays as it is; once nobody runs alembic any more, `DROP TABLE public.alembic_version` removes it
    note: it is left out of comparisons from now on: `exclude` in limbeck.toml
    ");
    assert_told!(folder.succeed(&["history"]), @"
    ccc3, ddd4 -> eee5 (head) (merge point), merge
    bbb2 -> ddd4 (feat), branch two
    bbb2 -> ccc3, branch one
    aaa1 -> bbb2 (branch point), second thing
    <base> -> aaa1, first
    ");
    assert_eq!(
        database.query("SELECT id, origin FROM limbeck.revision ORDER BY 1"),
        ["aaa1|imported", "bbb2|imported", "ccc3|imported"]
    );
    folder.succeed(&["upgrade"]);
    assert_eq!(head(&folder), "eee5");
    folder.succeed(&["downgrade", "ddd4"]);
    let told = folder.run(&["downgrade", "base"]);
    assert!(told.contains("has no way down"), "{told}");
}

#[test]
fn what_alembic_cannot_write_down_is_told_by_name() {
    let database = TestDatabase::new();
    let folder = of(&database.url());
    let (begun, _) = ALEMBIC.split_once("CREATE TABLE t_ddd4").unwrap();
    alembic(&folder, begun, 1);
    let files = folder.files();
    assert_told!(folder.run(&["import"]), @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: Alembic cannot write the SQL of its revision `ddd4`: AttributeError: 'NoneType' object has no attribute 'fetchall'
     --> alembic/versions/ddd4_two.py:3:5
      |
    3 |     op.get_bind().execute(sa.text("SELECT 1")).fetchall()
      |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

    hint: a revision that reads from the database has no SQL of its own: pass that part over with `if not context.is_offline_mode():` (from `alembic import context`), and import then
    hint: or begin with the database as it is: `limbeck baseline`
    "#);
    database.execute("CREATE TABLE public.alembic_version (version_num text); INSERT INTO public.alembic_version VALUES ('0000')");
    alembic(&folder, ALEMBIC, 0);
    assert_told!(folder.run(&["import", "alembic"]), @"
    exit code: 8
    ----- stdout -----
    ----- stderr -----
    error: alembic's revision `0000` is applied, and there is no file of it

    hint: restore its file, or check out the commit that the database was migrated from
    hint: if it is gone for good, begin with the database as it is: `limbeck baseline`
    ");
    alembic(&folder, begun, 1);
    assert_eq!(folder.files(), files);
    let told = folder.run(&["import", "alembic", "--alembic", "no/such/program"]);
    assert!(told.contains("cannot be run"), "{told}");
    folder.remove(".venv/bin/alembic");
    let mut folder = folder;
    folder.set("PATH", "/usr/bin:/bin");
    assert_told!(folder.run(&["import"]), @"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: there is no program `alembic`, which writes the SQL of its revisions

    hint: activate the virtual environment that it is installed in, or name it with `--alembic PATH`
    ");
}

#[test]
fn files_first_and_databases_later() {
    let database = TestDatabase::new();
    database.execute(SQLX);
    let folder = sqlx(&database.url());
    assert_told!(folder.run(&["import", "migrations", "--no-database"]), @"
    exit code: 0
    ----- stdout -----
    database/migrations/versions/20240101T120000_20240101120000_create_users.sql
    database/migrations/versions/20240102T120000_20240102120000_index.sql
    database/migrations/versions/20240103T120000_20240103120000_posts.sql
    ----- stderr -----
    Wrote 3 revisions from sqlx in migrations, run up and down on scratch
      + 20240101120000 create users
      + 20240102120000 index
      + 20240103120000 posts
    hint: to record what is applied in a database, run `limbeck import --record`
    ");
    assert_eq!(database.relations().len(), 3);
    // The folder is not needed any more.
    std::fs::remove_dir_all(folder.path().join("migrations")).unwrap();
    database.execute("UPDATE public._sqlx_migrations SET checksum = '\\x00' WHERE version = 20240102120000");
    let refused = folder.run(&["import", "--record"]);
    assert!(
        refused.contains("exit code: 8") && refused.contains("revision `20240102120000`"),
        "{refused}"
    );
    assert_eq!(database.relations().len(), 3);
    database.execute("UPDATE public._sqlx_migrations SET checksum = '\\xf6abf86fa56f2d5ff0e3e222f4584d2f62673cec5052ea77f18fe9a08026a8ea22ea5ba104ed026a7468ed73a72e4ac4' WHERE version = 20240102120000");
    assert_told!(folder.run(&["import", "--record"]), @r#"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    Recorded 2 revisions that sqlx has applied
    note: `table public._sqlx_migrations` stays as it is; once nobody runs sqlx any more, `DROP TABLE public._sqlx_migrations` removes it
    hint: to leave it out of comparisons, write `exclude = ["public._sqlx_migrations"]` under `[database]` in limbeck.toml
    "#);
    folder.succeed(&["upgrade"]);
    assert_told!(folder.run(&["import", "--record"]), @r#"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    The database is on record already; nothing was changed
    note: `table public._sqlx_migrations` stays as it is; once nobody runs sqlx any more, `DROP TABLE public._sqlx_migrations` removes it
    hint: to leave it out of comparisons, write `exclude = ["public._sqlx_migrations"]` under `[database]` in limbeck.toml
    "#);
    assert_eq!(head(&folder), "20240103120000");
    let empty = TestDatabase::new();
    assert_told!(folder.run(&["import", "--record", "-D", &empty.url()]), @"
    exit code: 8
    ----- stdout -----
    ----- stderr -----
    error: the database has no table `_sqlx_migrations`

    hint: only the usual name of sqlx's table is looked for: if another one is configured, say it with `--table`
    hint: a database where nothing is applied needs no import
    ");
    let told = folder.run(&["import", "--record", "--table", "a.b", "-D", &empty.url()]);
    assert!(
        told.contains("the database has no table `a.b`: sqlx has applied nothing there"),
        "{told}"
    );
    assert!(told.contains("run `limbeck upgrade`"), "{told}");
    assert!(empty.relations().is_empty());
}

#[test]
fn a_database_where_nothing_is_applied() {
    let database = TestDatabase::new();
    let folder = sqlx(&database.url());
    assert_told!(folder.run(&["import", "--format", "json"]), @r#"
    exit code: 0
    ----- stdout -----
    {
      "tool": "sqlx",
      "folder": "migrations",
      "revisions": [
        {
          "id": "20240101120000",
          "version": "20240101120000",
          "message": "create users",
          "path": "database/migrations/versions/20240101T120000_20240101120000_create_users.sql",
          "applied": false
        },
        {
          "id": "20240102120000",
          "version": "20240102120000",
          "message": "index",
          "path": "database/migrations/versions/20240102T120000_20240102120000_index.sql",
          "applied": false
        },
        {
          "id": "20240103120000",
          "version": "20240103120000",
          "message": "posts",
          "path": "database/migrations/versions/20240103T120000_20240103120000_posts.sql",
          "applied": false
        }
      ],
      "has_database": true,
      "recorded": false,
      "heads": [],
      "table": null,
      "exclude": null,
      "without_down": [],
      "drift": []
    }
    ----- stderr -----
    "#);
    assert!(database.relations().is_empty());
    folder.succeed(&["upgrade"]);
    assert_eq!(head(&folder), "20240103120000");
}

#[test]
fn a_database_that_was_changed_by_hand_is_told() {
    let database = TestDatabase::new();
    database.execute(SQLX);
    database.execute(
        "ALTER TABLE public.users ADD COLUMN email text; CREATE TABLE public.schema_migrations (v text)",
    );
    let folder = sqlx(&database.url());
    assert_told!(folder.run(&["import", "-q"]), @"
    exit code: 0
    ----- stdout -----
    database/migrations/versions/20240101T120000_20240101120000_create_users.sql
    database/migrations/versions/20240102T120000_20240102120000_index.sql
    database/migrations/versions/20240103T120000_20240103120000_posts.sql
    ----- stderr -----
    warning: the database is not what the history makes; it is on record nevertheless:
    column public.users.email
      is:        ALTER TABLE public.users ADD COLUMN email text;
      should be: not there
    ");
    assert_eq!(head(&folder), "20240102120000");
}

#[test]
fn a_way_down_that_does_not_lead_back_is_left_out() {
    let wrong = |arguments: &[&str]| {
        let database = TestDatabase::new();
        let folder = sqlx(&database.url());
        folder.write(
            "migrations/20240101120000_create_users.down.sql",
            "DROP TABLE user;\n",
        );
        folder.write("migrations/20240103120000_posts.down.sql", "-- later\n");
        let told = folder.run(arguments);
        (told, folder, database)
    };
    let (told, folder, _database) = wrong(&["import", "-q"]);
    assert_told!(told, @r#"
    exit code: 0
    ----- stdout -----
    database/migrations/versions/20240101T120000_20240101120000_create_users.sql
    database/migrations/versions/20240102T120000_20240102120000_index.sql
    database/migrations/versions/20240103T120000_20240103120000_posts.sql
    ----- stderr -----
    warning: the way down of 20240101120000 (`migrations/[TIME]_create_users.up.sql`) was left out:
    step `migration` of revision `20240101120000` failed on the way down: syntax error at or near "user"
    warning: the way down of 20240103120000 (`migrations/[TIME]_posts.up.sql`) was left out:
    it does not lead back to where the revision began
    table public.posts
      is:        CREATE TABLE public.posts (
                     id bigint,
                     user_id bigint,
                     CONSTRAINT posts_pkey PRIMARY KEY (id),
                     CONSTRAINT posts_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users (id)
                 );
      should be: not there
    "#);
    let posts = "database/migrations/versions/20240103T120000_20240103120000_posts.sql";
    assert!(!folder.read(posts).contains("limbeck:down"));
    folder.succeed(&["upgrade"]);
    let (told, folder, _database) = wrong(&["import", "--keep-downs"]);
    assert!(told.contains("was kept nevertheless"), "{told}");
    assert!(
        folder.read(posts).contains("-- limbeck:down migration\n-- later"),
        "{}",
        folder.read(posts)
    );
}

#[test]
fn what_does_not_run_from_empty_is_told_with_its_file() {
    let database = TestDatabase::new();
    let folder = sqlx(&database.url());
    folder.write(
        "migrations/20240103120000_posts.up.sql",
        "CREATE TABLE posts (id bigint REFERENCES people);\n",
    );
    let files = folder.files();
    assert_told!(folder.run(&["import"]), @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: step `migration` of revision `20240103120000` failed: relation "people" does not exist
      --> database/migrations/versions/20240103T120000_20240103120000_posts.sql:12:1
       |
    12 | CREATE TABLE posts (id bigint REFERENCES people);
       | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
       |
       = SQLSTATE: 42P01

    hint: nothing of this step was kept: correct it and run again
    hint: the revision would be made from `migrations/[TIME]_posts.up.sql`, which does not run from empty on this server; nothing was written
    "#);
    folder.write(
        "migrations/20240103120000_posts.up.sql",
        "-- limbeck:up other\nSELECT 1;\n",
    );
    assert_told!(folder.run(&["import"]), @"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: `migrations/[TIME]_posts.up.sql` has a line that begins with `-- limbeck:`, which marks a step in a revision file
    --> migrations/[TIME]_posts.up.sql

    hint: put two spaces after the `--`; where that changes a checksum, import a copy with `--no-database`
    ");
    folder.write(
        "migrations/20240103120000_posts.up.sql",
        "CREATE TABLE posts (id bigint REFERENCES people);\n",
    );
    assert_eq!(folder.files(), files);
    assert!(database.relations().is_empty());
}

#[test]
fn files_that_the_database_has_on_record_stay() {
    let database = TestDatabase::new();
    database.execute(SQLX);
    let folder = sqlx(&database.url());
    folder.succeed(&["ensure-version"]);
    // That the lease cannot be given back is known only once what is recorded has committed.
    database.execute(
        "CREATE FUNCTION limbeck.keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'kept'; END $$;
         CREATE TRIGGER keep BEFORE UPDATE ON limbeck.lease FOR EACH ROW
           WHEN (old.owner IS NOT NULL AND new.owner IS NULL) EXECUTE FUNCTION limbeck.keep()",
    );
    let before = folder.files();
    let told = folder.run(&["import"]);
    assert!(told.starts_with("exit code: 7"), "{told}");
    assert!(told.contains("hint: the files were written and stay"), "{told}");
    assert_eq!(folder.files().len(), before.len() + 3, "{told}");
    assert_ne!(head(&folder), "");
    database.execute("DROP TRIGGER keep ON limbeck.lease");
    folder.succeed(&["upgrade"]);
}

#[test]
fn an_import_makes_the_first_revisions() {
    let database = TestDatabase::new();
    database.execute(SQLX);
    let folder = sqlx(&database.url());
    folder.write(
        "database/migrations/versions/one.sql",
        "-- One\n--\n-- limbeck: 1\n-- revision: aaaaaaaaaaaa\n-- revises:\n-- created: 2024-01-01T00:00:00Z\n",
    );
    assert_told!(folder.run(&["import"]), @"
    exit code: 8
    ----- stdout -----
    ----- stderr -----
    error: there are revisions already, and an import makes the first ones
      revision [ID]: One

    hint: import into a project without revisions, or set `migrations` in limbeck.toml to another folder
    ");
    assert_told!(folder.run(&["import", "--record"]), @"
    exit code: 8
    ----- stdout -----
    ----- stderr -----
    error: no revision here was imported from another tool

    hint: bring its history first: `limbeck import`
    ");
    folder.succeed(&["stamp", "head"]);
    folder.remove("database/migrations/versions/one.sql");
    assert_told!(folder.run(&["import"]), @"
    exit code: 8
    ----- stdout -----
    ----- stderr -----
    error: the database is at revision `[ID]` already, and no file has it

    hint: get the revision files that it was made with
    hint: to bring the files alone, run `limbeck import --no-database`
    ");
}

#[test]
fn wrong_words_and_folders() {
    let database = TestDatabase::new();
    let folder = of(&database.url());
    let mut told = String::new();
    let mut run = |name: &str, arguments: &[&str]| {
        let files = folder.files();
        told.push_str(&format!("== {name}\n{}\n", folder.run(arguments)));
        assert_eq!(folder.files(), files, "{name}");
    };
    run("nothing here", &["import"]);
    run("an unknown tool", &["import", "flyway"]);
    run("no such folder", &["import", "sqlx", "nowhere"]);
    run("a folder without any", &["import", "database"]);
    run("record and folder", &["import", "sqlx", "migrations", "--record"]);
    folder.write("migrations/1_a.sql", "SELECT 1;");
    run("no such table", &["import", "--table", "a.b"]);
    folder.write("migrations/01_b.sql", "SELECT 1;");
    run("two of one version", &["import"]);
    folder.remove("migrations/01_b.sql");
    folder.write("migrations/2_b.down.sql", "SELECT 1;");
    run("no way up", &["import"]);
    folder.remove("migrations/2_b.down.sql");
    folder.write("migrations/V1__a.rs", "");
    run("two tools", &["import"]);
    run("in Rust", &["import", "refinery"]);
    run("unreachable", &["import", "sqlx", "-D", &database.missing()]);
    assert_told!(told, @"
    == nothing here
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: there is no history of another migration tool here

    hint: name tool and folder: `limbeck import sqlx path/to/migrations` (the tools are sqlx, refinery, diesel and alembic)

    == an unknown tool
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: `flyway` is neither a tool that can be imported nor a folder here

    hint: write `sqlx`, `refinery`, `diesel` or `alembic`, and the folder after it

    == no such folder
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: the folder `nowhere` cannot be read: No such file or directory (os error 2)

    hint: name the folder of the migrations: `limbeck import TOOL FOLDER`

    == a folder without any
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: there is no history of another migration tool in `database`

    hint: it is the folder of the `.sql` files (sqlx, refinery), of the folders with `up.sql` (diesel), or of `alembic.ini`

    == record and folder
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: the argument '[FOLDER]' cannot be used with '--record'

    Usage: limbeck import <TOOL> <FOLDER>

    For more information, try '--help'.

    == no such table
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: there is no table `a.b` in the database

    hint: leave out `--table` where nothing is applied yet

    == two of one version
    exit code: 8
    ----- stdout -----
    ----- stderr -----
    error: two files have the version `1`
    --> migrations/01_b.sql
    ::: migrations/1_a.sql

    hint: give one of them another version

    == no way up
    exit code: 8
    ----- stdout -----
    ----- stderr -----
    error: `migrations/2_b.down.sql` has no way up beside it
    --> migrations/2_b.down.sql

    hint: restore the file that ends with `.up.sql`, or remove this one

    == two tools
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: there are histories of several tools here

    hint: say which one: `limbeck import sqlx migrations` or `limbeck import refinery migrations`

    == in Rust
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: `migrations/V1__a.rs` is a migration in Rust, and its SQL is known only when it is run
    --> migrations/V1__a.rs

    hint: write what its `migration()` returns into a `.sql` file of the same name, and import then
    hint: or begin with the database as it is: `limbeck baseline`

    == unreachable
    exit code: 6
    ----- stdout -----
    ----- stderr -----
    error: the database `no_such_database` does not exist on the server at `[SERVER]/.s.PGSQL.5432`
      SQLSTATE: 3D000

    hint: create it, for example with `createdb no_such_database`, or check the name
    hint: to bring the files alone, run `limbeck import --no-database`
    ");
}

#[test]
fn init_suggests_it() {
    let folder = TestFolder::new();
    sqlx_files(&folder);
    let told = folder.run(&["init"]);
    assert!(
        told.contains(
            "hint: run `limbeck import sqlx migrations`: it brings the history of sqlx, and what is applied"
        ),
        "{told}"
    );
    assert!(!told.contains("Initial schema"), "{told}");
}
