//! `init` and `verify`: setting a project up.
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
use support::project::project;

#[test]
fn a_new_project() {
    let folder = TestFolder::new();
    folder.write(
        "Cargo.toml",
        "[package]\nname = \"backend\"\nversion = \"0.1.0\"\nedition = \"2024\"\n",
    );
    folder.write("src/lib.rs", "//! A backend.\n");
    folder.write(
        ".env",
        "NEON_DATABASE_URL=postgresql://anna:pa55-Wort@db.example/app\n",
    );
    assert_told!(folder.run(&["init"]), @r#"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    note: the database is that of the variable `NEON_DATABASE_URL`
      + limbeck.toml
      + .env.example
      + database/migrations/README.md
      + database/migrations/QUICK_REFERENCE.md
      + database/migrations/script.sql.jinja
      + .gitignore
      + src/models.rs
    hint: add `pub mod models;` to `src/lib.rs`, so that the model is found
    hint: run `cargo add limbeck`, so that the models compile
    hint: run `limbeck verify`, then `limbeck revision --autogenerate -m "Initial schema"`
    "#);
    assert!(
        folder
            .read("limbeck.toml")
            .contains("url = \"${NEON_DATABASE_URL}\"")
    );
    assert!(folder.read(".gitignore").lines().any(|line| line == ".env"));
    let before = folder.files();
    assert_told!(folder.run(&["init"]), @r#"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    note: the database is that of the variable `NEON_DATABASE_URL`
    Everything is there already; nothing was changed
    hint: add `pub mod models;` to `src/lib.rs`, so that the model is found
    hint: run `cargo add limbeck`, so that the models compile
    hint: run `limbeck verify`, then `limbeck revision --autogenerate -m "Initial schema"`
    "#);
    assert_eq!(folder.files(), before);
    assert_told!(folder.run(&["init", "--format", "json"]), @r#"
    exit code: 0
    ----- stdout -----
    {
      "created": [],
      "kept": [
        "limbeck.toml",
        ".env.example",
        "database/migrations/README.md",
        "database/migrations/QUICK_REFERENCE.md",
        "database/migrations/script.sql.jinja",
        ".gitignore"
      ],
      "next": [
        "add `pub mod models;` to `src/lib.rs`, so that the model is found",
        "run `cargo add limbeck`, so that the models compile",
        "run `limbeck verify`, then `limbeck revision --autogenerate -m \"Initial schema\"`"
      ]
    }
    ----- stderr -----
    "#);
}

#[test]
fn an_empty_folder_is_told_what_is_left_to_do() {
    let folder = TestFolder::new();
    assert_told!(folder.run(&["init"]), @r#"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
      + limbeck.toml
      + .env.example
      + database/migrations/README.md
      + database/migrations/QUICK_REFERENCE.md
      + database/migrations/script.sql.jinja
      + .gitignore
    hint: put a Rust crate here (`cargo init`), or `.sql` files into `database/schema`
    hint: write the database's URL into `.env`: `DATABASE_URL=postgresql://…`
    hint: without a database, set `url = "embedded:"` in limbeck.toml: Limbeck starts one
    hint: run `limbeck verify`, then `limbeck revision --autogenerate -m "Initial schema"`
    "#);
}

#[test]
fn a_url_with_a_password_is_not_written() {
    let folder = TestFolder::new();
    assert_told!(folder.run(&["init", "--url", "postgresql://anna:pa55-Wort@db.example/app"]), @"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: a URL with its password does not belong into limbeck.toml, which is committed

    hint: write it into `.env` as `DATABASE_URL=…`, and run `limbeck init` without `--url`
    ");
    assert_told!(folder.run(&["init", "--url", "embeded:"]), @"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: `embeded:` is neither `embedded:` nor a variable

    hint: `--url embedded:` is for a PostgreSQL of Limbeck's own, `--url '${DATABASE_URL}'` for a variable
    hint: write it into `.env` as `DATABASE_URL=…`, and run `limbeck init` without `--url`
    ");
    assert!(folder.files().is_empty());
}

#[test]
fn everything_is_right() {
    let folder = TestFolder::new();
    folder.write(
        "schema/users.sql",
        "CREATE TABLE users (id bigint PRIMARY KEY);\n",
    );
    folder.succeed(&["init", "--url", "embedded:"]);
    let told = folder.run(&["verify"]);
    folder.succeed(&["server", "stop"]);
    assert_told!(told, @"
    exit code: 0
    ----- stdout -----
    ✓ limbeck.toml is understood: [PROJECT]/limbeck.toml
    ✓ `.env` is there: not needed: the database is the embedded one
    ✓ the database's URL is set and well-formed: embedded:
    ✓ the folders are there: database/migrations/versions
    ✓ the files are there: script.sql.jinja, README.md, QUICK_REFERENCE.md
    ✓ the revisions can be read, and their graph is whole: none yet
    ✓ the models can be read: 1 statement from `.sql` files
    ✓ the database answers: PostgreSQL [VERSION], DDL in transactions, may create
    ✓ encryption: none; a unix socket needs none
    ✓ the server's identity: not checked; it is on this machine
    ✓ channel binding: not in force: there is no TLS to bind to
    ✓ authentication: without a password
    ✓ the way to the server: direct, told by the server process that answers
    ✓ the role: `postgres`: superuser, may make roles, may make databases, policies do not hold for it
    ✓ the role's rights: may make schemas, may create in `public`, Limbeck's own tables are not there yet, may end its own sessions, may end those of others, may see what they run
    ✓ writing: the server is a primary, and transactions may write
    ✓ settings of the role and the database: none that matters
    ✓ event triggers: none
    ✓ round trip: [DURATION]
    ✓ a scratch server can be started: PostgreSQL [VERSION]
    ✓ the database's revision is known here: the database has no revision yet
    21/21 checks passed
    ----- stderr -----
    Creating the embedded database in [FOLDER]/data/embedded/a-project-[ID]/data
    ");
}

#[test]
fn much_is_wrong() {
    let folder = project("${APP_DATABASE_URL}");
    folder.write(
        "src/user.rs",
        "#[derive(Table)]\n#[table(name = \"users\")]\npub struct User { pub id: Monney }\n",
    );
    folder.write("database/migrations/versions/1.sql", "");
    assert_told!(folder.run(&["verify"]), @r#"
    exit code: 1
    ----- stdout -----
    ✓ limbeck.toml is understood: [PROJECT]/limbeck.toml
    ✗ `.env` is there: there is no `.env` beside limbeck.toml
        hint: copy `.env.example` to `.env` and write the database's URL into it
    ✗ the database's URL is set and well-formed: the variable `APP_DATABASE_URL` in `[database] url` is not set (limbeck.toml:5:8)
        hint: write `APP_DATABASE_URL=postgresql://user:password@host/database` into `.env` beside limbeck.toml, or export it
    ✓ the folders are there: database/migrations/versions
    ✗ the files are there: `database/migrations/script.sql.jinja` is not there
        hint: run `limbeck init`: it makes what is missing and touches nothing else
    ✗ the revisions can be read, and their graph is whole: the file is empty (database/migrations/versions/1.sql:1:1)
        hint: write revisions with `limbeck revision`, or remove the file from the folder
    ✗ the models can be read: `Monney` is not found here (src/user.rs:3:27)
        hint: import it by name, or name its SQL type: `#[column(type = "…")]`
    ✗ the database answers: not looked at, because its URL is not known
        hint: put that right first
    ✓ a scratch server can be started: PostgreSQL [VERSION]
    ✗ the database's revision is known here: not looked at, because its URL is not known
        hint: put that right first
    3/10 checks passed
    ----- stderr -----
    "#);
    assert_told!(folder.run(&["verify", "--format", "json"]), @r#"
    exit code: 1
    ----- stdout -----
    {
      "checks": [
        {
          "detail": "[PROJECT]/limbeck.toml",
          "hint": null,
          "name": "limbeck.toml is understood",
          "passed": true
        },
        {
          "detail": "there is no `.env` beside limbeck.toml",
          "hint": "copy `.env.example` to `.env` and write the database's URL into it",
          "name": "`.env` is there",
          "passed": false
        },
        {
          "detail": "the variable `APP_DATABASE_URL` in `[database] url` is not set (limbeck.toml:5:8)",
          "hint": "write `APP_DATABASE_URL=postgresql://user:password@host/database` into `.env` beside limbeck.toml, or export it",
          "name": "the database's URL is set and well-formed",
          "passed": false
        },
        {
          "detail": "database/migrations/versions",
          "hint": null,
          "name": "the folders are there",
          "passed": true
        },
        {
          "detail": "`database/migrations/script.sql.jinja` is not there",
          "hint": "run `limbeck init`: it makes what is missing and touches nothing else",
          "name": "the files are there",
          "passed": false
        },
        {
          "detail": "the file is empty (database/migrations/versions/1.sql:1:1)",
          "hint": "write revisions with `limbeck revision`, or remove the file from the folder",
          "name": "the revisions can be read, and their graph is whole",
          "passed": false
        },
        {
          "detail": "`Monney` is not found here (src/user.rs:3:27)",
          "hint": "import it by name, or name its SQL type: `#[column(type = \"…\")]`",
          "name": "the models can be read",
          "passed": false
        },
        {
          "detail": "not looked at, because its URL is not known",
          "hint": "put that right first",
          "name": "the database answers",
          "passed": false
        },
        {
          "detail": "PostgreSQL [VERSION]",
          "hint": null,
          "name": "a scratch server can be started",
          "passed": true
        },
        {
          "detail": "not looked at, because its URL is not known",
          "hint": "put that right first",
          "name": "the database's revision is known here",
          "passed": false
        }
      ],
      "connection": null,
      "passed": 3,
      "total": 10
    }
    ----- stderr -----
    "#);
}

#[test]
fn no_project_at_all() {
    assert_told!(TestFolder::new().run(&["verify"]), @"
    exit code: 1
    ----- stdout -----
    ✗ limbeck.toml is understood: there is no `limbeck.toml` in `[PROJECT]` or above it
        hint: run `limbeck init` in the folder of the project
    ✗ `.env` is there: there is no `.env` beside limbeck.toml
        hint: copy `.env.example` to `.env` and write the database's URL into it
    ✗ the database's URL is set and well-formed: not looked at, because limbeck.toml is not understood
        hint: put that right first
    ✗ the folders are there: not looked at, because limbeck.toml is not understood
        hint: put that right first
    ✗ the files are there: not looked at, because limbeck.toml is not understood
        hint: put that right first
    ✗ the revisions can be read, and their graph is whole: not looked at, because limbeck.toml is not understood
        hint: put that right first
    ✗ the models can be read: not looked at, because limbeck.toml is not understood
        hint: put that right first
    ✗ the database answers: not looked at, because limbeck.toml is not understood
        hint: put that right first
    ✗ a scratch server can be started: not looked at, because limbeck.toml is not understood
        hint: put that right first
    ✗ the database's revision is known here: not looked at, because limbeck.toml is not understood
        hint: put that right first
    0/10 checks passed
    ----- stderr -----
    ");
}
