//! What broken models get: a clear error, its place, a hint, the exit code, and nothing changed.
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
use support::project::{USER, project_without_database};

/// `check` and `revision --autogenerate` tell the same, and neither changes anything.
fn refused(folder: &TestFolder) -> String {
    let before = folder.files();
    let checked = folder.run(&["check"]);
    let written = folder.run(&["revision", "--autogenerate", "-m", "Initial schema"]);
    assert_eq!(checked, written);
    assert_eq!(folder.files(), before, "{checked}");
    checked
}

fn with_user(model: &str) -> TestFolder {
    let folder = project_without_database();
    folder.write("src/user.rs", model);
    folder
}

#[test]
fn an_unknown_type() {
    let folder = with_user(&USER.replace("pub name: String", "pub name: acme::Money"));
    assert_told!(refused(&folder), @r#"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: the SQL type of `acme::Money` is not known
     --> src/user.rs:9:15
      |
    9 |     pub name: acme::Money,
      |               ^^^^^^^^^^^

    hint: name its SQL type: `#[column(type = "…")]`, or for all columns `"acme::Money" = "…"` under `[types]` in limbeck.toml
    "#);
}

#[test]
fn an_unknown_attribute() {
    let folder = with_user(&USER.replace("#[column(primary_key)]", "#[column(primary_kye)]"));
    assert_told!(refused(&folder), @"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: `primary_kye` is no argument of `column`
     --> src/user.rs:7:14
      |
    7 |     #[column(primary_kye)]
      |              ^^^^^^^^^^^

    hint: did you mean `primary_key`?
    ");
}

#[test]
fn a_reference_to_a_model_that_is_not_there() {
    let folder = with_user(&USER.replace(
        "pub name: String",
        "#[column(references = Team::id)]\n    pub team_id: i64",
    ));
    assert_told!(refused(&folder), @"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: no model `Team` is found here
     --> src/user.rs:9:27
      |
    9 |     #[column(references = Team::id)]
      |                           ^^^^

    hint: only structs with `#[derive(Table)]` can be referred to
    ");
}

#[test]
fn two_models_with_one_table_name() {
    let folder = with_user(USER);
    folder.write("src/lib.rs", "pub mod person;\npub mod user;\n");
    folder.write("src/person.rs", USER.replace("User", "Person"));
    assert_told!(refused(&folder), @r#"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: two tables are named `public.users`
     --> src/user.rs:5:16
      |
    5 | #[table(name = "users")]
      |                ^^^^^^^
      |
     ::: src/person.rs:5:16
      |
    5 | #[table(name = "users")]
      |                ^^^^^^^

    hint: rename one of them, or remove the model that is no longer meant
    "#);
}

#[test]
fn a_default_that_is_no_text() {
    let folder = with_user(&USER.replace(
        "pub name: String",
        "#[column(default = \"0\")]\n    pub logins: i32",
    ));
    assert_told!(refused(&folder), @r#"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: the default of `logins` is a string, and its type is `integer`
     --> src/user.rs:9:24
      |
    9 |     #[column(default = "0")]
      |                        ^^^

    hint: for an SQL expression write `default = sql("'0'")`
    "#);
}

/// PostgreSQL's words, at the very word of the attribute.
#[test]
fn a_default_that_postgresql_refuses() {
    let folder = with_user(&USER.replace(
        "pub name: String",
        "#[column(default = sql(\"\\\"char\\\"(65) || gen_nothing()\"))]\n    pub name: String",
    ));
    assert_told!(refused(&folder), @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: function gen_nothing() does not exist
     --> src/user.rs:9:45
      |
    9 |     #[column(default = sql("\"char\"(65) || gen_nothing()"))]
      |                                             ^^^^^^^^^^^
      |
      = SQLSTATE: 42883
      = hint of the server: No function matches the given name and argument types. You might need to add explicit type casts.
    "#);
}

/// A check and an index over columns that are not there; what only follows is not told.
#[test]
fn expressions_that_name_no_column() {
    let folder = with_user(&USER.replace(
        "name = \"users\"",
        "name = \"users\", check = \"id > 0 AND nmae <> ''\", index(\"lower(name)\")",
    ));
    assert_told!(refused(&folder), @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: column "nmae" does not exist
     --> src/user.rs:5:45
      |
    5 | #[table(name = "users", check = "id > 0 AND nmae <> ''", index("lower(name)"))]
      |                                             ^^^^
      |
      = SQLSTATE: 42703
      = hint of the server: Perhaps you meant to reference the column "users.name".
    "#);
    folder.write(
        "src/user.rs",
        USER.replace("name = \"users\"", "name = \"users\", index(\"lower(nmae)\")"),
    );
    assert_told!(refused(&folder), @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: column "nmae" does not exist
     --> src/user.rs:5:38
      |
    5 | #[table(name = "users", index("lower(nmae)"))]
      |                                      ^^^^
      |
      = SQLSTATE: 42703
      = hint of the server: Perhaps you meant to reference the column "users.name".
    "#);
    folder.write(
        "src/user.rs",
        USER.replace("name = \"users\"", "name = \"users\", check = \"nmae <> ''\""),
    );
    assert_told!(refused(&folder), @r#"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: this check names no column of `users`
     --> src/user.rs:5:33
      |
    5 | #[table(name = "users", check = "nmae <> ''")]
      |                                 ^^^^^^^^^^^^

    hint: did you mean `name`?
    "#);
}

/// Structs and `.sql` files, of which none hides what is wrong with another.
#[test]
fn mistakes_of_all_files_at_once() {
    let folder = with_user(&USER.replace("i64", "u64"));
    folder.write("src/lib.rs", "pub mod user;\npub mod torn;\n");
    folder.write("src/torn.rs", "pub struct Torn {\n");
    folder.write(
        "database/schema/a.sql",
        "CREATE VIEW a AS SELECT 1;\n\\connect other\n",
    );
    folder.write("database/schema/b.sql", "\\dt\n");
    assert_told!(refused(&folder), @r#"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: this bracket is never closed
     --> src/torn.rs:1:17
      |
    1 | pub struct Torn {
      |                 ^

    hint: correct the file: what follows in it cannot be read

    error: the Rust type `u64` has no SQL type
     --> src/user.rs:8:13
      |
    8 |     pub id: u64,
      |             ^^^

    hint: PostgreSQL has no unsigned integers: use `i64`, or name the type with `#[column(type = "…")]`

    error: `\connect` is a command of psql, not SQL
     --> database/schema/a.sql:2:1
      |
    2 | \connect other
      | ^^^^^^^^^^^^^^

    hint: leave it out, or write its effect as SQL

    error: `\dt` is a command of psql, not SQL
     --> database/schema/b.sql:1:1
      |
    1 | \dt
      | ^^^

    hint: leave it out, or write its effect as SQL
    "#);
}

/// The body of a function is a string to PostgreSQL, and the place is that of the word in it.
#[test]
fn a_body_that_names_no_table() {
    let folder = project_without_database();
    folder.write(
        "database/schema/functions.sql",
        "CREATE FUNCTION count_users() RETURNS bigint LANGUAGE sql AS $$\n    SELECT count(*) FROM user_s\n$$;\n",
    );
    assert_told!(refused(&folder), @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: relation "user_s" does not exist
     --> database/schema/functions.sql:2:26
      |
    2 |     SELECT count(*) FROM user_s
      |                          ^^^^^^
      |
      = SQLSTATE: 42P01

    hint: where the body shall not be checked, since what it names is made when it runs, begin the file with `SET check_function_bodies = off;`
    "#);
    // What is not checked is taken, and the revision tells whether it runs.
    let text = folder.read("database/schema/functions.sql");
    folder.write(
        "database/schema/functions.sql",
        format!("SET check_function_bodies = off;\n{text}"),
    );
    let told = folder.run(&["check"]);
    assert!(told.starts_with("exit code: 3\n"), "{told}");
}

/// Names that SQL must quote are quoted; only what SQL takes for a value is worth a word.
#[test]
fn a_table_of_the_name_of_a_value() {
    let folder = with_user(
        &USER
            .replace("\"users\"", "\"user\"")
            .replace("pub name", "pub order: i32,\n    pub größe"),
    );
    assert_told!(folder.run(&["check"]), @r#"
    exit code: 3
    ----- stdout -----
      + create table public."user"
    ----- stderr -----
    warning: src/user.rs:5:16: `SELECT * FROM user` gives the name of the role, not the rows of this table (write `"user"` in SQL, or choose another name)
    1 difference that no revision covers:
    hint: `limbeck revision --autogenerate -m "…"` writes the revision
    "#);
}

/// Tables that refer to each other take no first row, which is allowed.
#[test]
fn references_in_a_circle() {
    let folder = with_user(&USER.replace(
        "pub name: String",
        "#[column(references = Team::id)]\n    pub team: i64",
    ));
    let team = USER.replace("User", "Team").replace("users", "teams");
    let team = team.replace(
        "pub name: String",
        "#[column(references = User::id)]\n    pub lead: i64",
    );
    folder.write(
        "src/user.rs",
        folder.read("src/user.rs") + &team.replace("use limbeck::Table;", ""),
    );
    assert_told!(folder.run(&["check"]), @r#"
    exit code: 3
    ----- stdout -----
      + create table public.teams
      + create table public.users
      + create constraint public.teams.teams_lead_fkey
    ----- stderr -----
    warning: src/user.rs:9:27: `users` to `teams` to `users` refer to each other by keys that are never NULL and checked at once: none takes a first row alone (make one of the keys `deferrable = initially_deferred`, or its column an `Option`)
    3 differences that no revision covers:
    hint: `limbeck revision --autogenerate -m "…"` writes the revision
    "#);
}

#[test]
fn no_model_at_all() {
    let folder = project_without_database();
    folder.write("src/lib.rs", "pub fn nothing() {}\n");
    assert_told!(refused(&folder), @"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: no model was found in `src`

    hint: `src/user.rs` looks like models: is there a `mod` line that leads to it?
    hint: a model is a struct with `#[derive(Table)]`, reached by `mod` lines from the crate's root
    hint: set `models` (crate roots) or `schema` (folders of `.sql` files) in limbeck.toml
    ");
    folder.remove("src/user.rs");
    assert_told!(refused(&folder), @"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: no model was found in `src`

    hint: a model is a struct with `#[derive(Table)]`, reached by `mod` lines from the crate's root
    hint: set `models` (crate roots) or `schema` (folders of `.sql` files) in limbeck.toml
    ");
}

#[test]
fn a_file_that_declared_a_table_and_vanished() {
    let folder = project_without_database();
    folder.remove("src/user.rs");
    assert_told!(refused(&folder), @"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: the module `user` has no file
     --> src/lib.rs:1:1
      |
    1 | pub mod user;
      | ^^^^^^^^^^^^^

    hint: create `src/user.rs` or `src/user/mod.rs`, or remove the line: a model in it would be missed
    ");
}

#[test]
fn a_folder_of_models_that_is_not_there() {
    let folder = project_without_database();
    folder.write("limbeck.toml", "models = [\"backend\"]\n");
    assert_told!(refused(&folder), @"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: `backend`, named under `models`, does not exist

    hint: correct `models` in limbeck.toml: paths are relative to its folder
    ");
}

#[test]
fn rust_that_does_not_parse() {
    let folder = with_user(&USER.replace("pub id: i64,", "pub id i64,"));
    assert_told!(refused(&folder), @"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: expected `:`
     --> src/user.rs:8:12
      |
    8 |     pub id i64,
      |            ^^^

    hint: this does not parse as Rust; `cargo check` tells more
    ");
}

#[test]
fn several_mistakes_at_once() {
    let folder = with_user(
        &USER
            .replace("primary_key", "primary_kye")
            .replace("String", "Monney"),
    );
    assert_told!(refused(&folder), @r#"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: `primary_kye` is no argument of `column`
     --> src/user.rs:7:14
      |
    7 |     #[column(primary_kye)]
      |              ^^^^^^^^^^^

    hint: did you mean `primary_key`?

    error: `Monney` is not found here
     --> src/user.rs:9:15
      |
    9 |     pub name: Monney,
      |               ^^^^^^

    hint: import it by name, or name its SQL type: `#[column(type = "…")]`
    "#);
}
