//! What a broken configuration gets: a clear error, its place, a hint, the exit code 2, and nothing changed.
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
use support::project::{configuration, project, project_without_database};

/// Runs a command that leaves the folder as it is.
fn refused(folder: &TestFolder, arguments: &[&str]) -> String {
    let before = folder.files();
    let told = folder.run(arguments);
    assert_eq!(folder.files(), before, "{told}");
    told
}

#[test]
fn no_project() {
    assert_told!(refused(&TestFolder::new(), &["heads"]), @"");
}

#[test]
fn broken_toml() {
    let folder = project_without_database();
    folder.write(
        "limbeck.toml",
        "migrations = \"database/migrations\"\nmodels = [\"src\"\n\n[database]\nurl = 1\n",
    );
    assert_told!(refused(&folder, &["heads"]), @"");
}

#[test]
fn an_unknown_key() {
    let folder = project_without_database();
    folder.write(
        "limbeck.toml",
        "migration = \"database/migrations\"\n\n[database]\nserch_path = \"public\"\n",
    );
    assert_told!(refused(&folder, &["heads"]), @"");
}

#[test]
fn a_value_of_the_wrong_type() {
    let folder = project_without_database();
    folder.write(
        "limbeck.toml",
        "models = \"src\"\n\n[server]\nmajor = \"seventeen\"\n",
    );
    assert_told!(refused(&folder, &["heads"]), @"");
}

#[test]
fn an_unknown_environment() {
    let folder = project_without_database();
    folder.write(
        "limbeck.toml",
        format!("{}\n[environments.production]\n", configuration("")),
    );
    assert_told!(refused(&folder, &["-e", "prodution", "heads"]), @"");
}

#[test]
fn an_unset_variable_in_the_url() {
    assert_told!(refused(&project("${APP_DATABASE_URL}"), &["current"]), @"");
}

#[test]
fn no_url_at_all() {
    assert_told!(refused(&project_without_database(), &["current"]), @"");
}

#[test]
fn a_url_that_is_none() {
    assert_told!(refused(&project("mysql://db.example/app"), &["current"]), @"");
}

#[test]
fn as_json() {
    let folder = project_without_database();
    folder.write("limbeck.toml", "migration = \"database/migrations\"\n");
    assert_told!(refused(&folder, &["--format", "json", "heads"]), @"");
}
