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
    assert_told!(refused(&TestFolder::new(), &["heads"]), @"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: there is no `limbeck.toml` in `[PROJECT]` or above it

    hint: run `limbeck init` in the folder of the project
    ");
}

#[test]
fn broken_toml() {
    let folder = project_without_database();
    folder.write(
        "limbeck.toml",
        "migrations = \"database/migrations\"\nmodels = [\"src\"\n\n[database]\nurl = 1\n",
    );
    assert_told!(refused(&folder, &["heads"]), @r#"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: the file is no valid TOML: missing comma between array elements, expected `,`
     --> limbeck.toml:4:1
      |
    4 | [database]
      | ^

    hint: look at this line and the one above it: a list ends with `]`, a string with `"`, and a section begins with its name in `[` and `]`
    "#);
}

#[test]
fn an_unknown_key() {
    let folder = project_without_database();
    folder.write(
        "limbeck.toml",
        "migration = \"database/migrations\"\n\n[database]\nserch_path = \"public\"\n",
    );
    assert_told!(refused(&folder, &["heads"]), @r#"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: unknown key `migration`
     --> limbeck.toml:1:1
      |
    1 | migration = "database/migrations"
      | ^^^^^^^^^

    hint: did you mean `migrations`?

    error: unknown key `database.serch_path`
     --> limbeck.toml:4:1
      |
    4 | serch_path = "public"
      | ^^^^^^^^^^

    hint: did you mean `search_path`?
    "#);
}

#[test]
fn a_value_of_the_wrong_type() {
    let folder = project_without_database();
    folder.write(
        "limbeck.toml",
        "models = \"src\"\n\n[server]\nmajor = \"seventeen\"\n",
    );
    assert_told!(refused(&folder, &["heads"]), @r#"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: `models` must be a list of strings, as in `["a", "b"]`, not a string
     --> limbeck.toml:1:10
      |
    1 | models = "src"
      |          ^^^^^

    error: `server.major` must be a number, not a string
     --> limbeck.toml:4:9
      |
    4 | major = "seventeen"
      |         ^^^^^^^^^^^
    "#);
}

#[test]
fn an_unknown_environment() {
    let folder = project_without_database();
    folder.write(
        "limbeck.toml",
        format!("{}\n[environments.production]\n", configuration("")),
    );
    assert_told!(refused(&folder, &["-e", "prodution", "heads"]), @"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: there is no environment `prodution`
     --> limbeck.toml:4:15
      |
    4 | [environments.production]
      |               ^^^^^^^^^^

    hint: did you mean `production`?
    ");
}

#[test]
fn an_unset_variable_in_the_url() {
    assert_told!(refused(&project("${APP_DATABASE_URL}"), &["current"]), @r#"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: the variable `APP_DATABASE_URL` in `[database] url` is not set
     --> limbeck.toml:5:8
      |
    5 | url = "${APP_DATABASE_URL}"
      |        ^^^^^^^^^^^^^^^^^^^

    hint: write `APP_DATABASE_URL=postgresql://user:password@host/database` into `.env` beside limbeck.toml, or export it
    "#);
}

#[test]
fn no_url_at_all() {
    assert_told!(refused(&project_without_database(), &["current"]), @r#"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: no database is configured

    hint: set `url` under `[database]` in limbeck.toml, for example `url = "${DATABASE_URL}"` with the variable in `.env`
    hint: or set `url = "embedded:"`: Limbeck then starts a PostgreSQL of its own for this project
    "#);
}

#[test]
fn a_url_that_is_none() {
    assert_told!(refused(&project("mysql://db.example/app"), &["current"]), @"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: the URL begins with `mysql://`, not with `postgresql://`

    hint: Limbeck works with PostgreSQL only; write postgresql://USER:PASSWORD@HOST:5432/DATABASE
    ");
}

#[test]
fn as_json() {
    let folder = project_without_database();
    folder.write("limbeck.toml", "migration = \"database/migrations\"\n");
    assert_told!(refused(&folder, &["--format", "json", "heads"]), @r#"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    {"error":{"diagnostics":[{"hints":["did you mean `migrations`?"],"message":"unknown key `migration`","notes":[],"snippets":[{"column":1,"label":"","line":1,"path":"limbeck.toml","range":{"end":9,"start":0}}]}],"exit_code":2,"kind":"usage","message":"unknown key `migration`"}}
    "#);
}
