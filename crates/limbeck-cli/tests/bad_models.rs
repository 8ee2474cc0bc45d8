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
    error: two tables are named `public.users`: the other is at src/person.rs:5:16
     --> src/user.rs:5:16
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

#[test]
fn no_model_at_all() {
    let folder = project_without_database();
    folder.write("src/lib.rs", "pub fn nothing() {}\n");
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
