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
    assert_told!(refused(&folder), @"");
}

#[test]
fn an_unknown_attribute() {
    let folder = with_user(&USER.replace("#[column(primary_key)]", "#[column(primary_kye)]"));
    assert_told!(refused(&folder), @"");
}

#[test]
fn a_reference_to_a_model_that_is_not_there() {
    let folder = with_user(&USER.replace(
        "pub name: String",
        "#[column(references = Team::id)]\n    pub team_id: i64",
    ));
    assert_told!(refused(&folder), @"");
}

#[test]
fn two_models_with_one_table_name() {
    let folder = with_user(USER);
    folder.write("src/lib.rs", "pub mod person;\npub mod user;\n");
    folder.write("src/person.rs", USER.replace("User", "Person"));
    assert_told!(refused(&folder), @"");
}

#[test]
fn a_default_that_is_no_text() {
    let folder = with_user(&USER.replace(
        "pub name: String",
        "#[column(default = \"0\")]\n    pub logins: i32",
    ));
    assert_told!(refused(&folder), @"");
}

#[test]
fn no_model_at_all() {
    let folder = project_without_database();
    folder.write("src/lib.rs", "pub fn nothing() {}\n");
    folder.remove("src/user.rs");
    assert_told!(refused(&folder), @"");
}

#[test]
fn a_file_that_declared_a_table_and_vanished() {
    let folder = project_without_database();
    folder.remove("src/user.rs");
    assert_told!(refused(&folder), @"");
}

#[test]
fn a_folder_of_models_that_is_not_there() {
    let folder = project_without_database();
    folder.write("limbeck.toml", "models = [\"backend\"]\n");
    assert_told!(refused(&folder), @"");
}

#[test]
fn rust_that_does_not_parse() {
    let folder = with_user(&USER.replace("pub id: i64,", "pub id i64,"));
    assert_told!(refused(&folder), @"");
}

#[test]
fn several_mistakes_at_once() {
    let folder = with_user(
        &USER
            .replace("primary_key", "primary_kye")
            .replace("String", "Monney"),
    );
    assert_told!(refused(&folder), @"");
}
