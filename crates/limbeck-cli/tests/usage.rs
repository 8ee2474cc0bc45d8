//! What wrong arguments get.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::print_stderr,
    missing_docs,
    reason = "tests"
)]

mod support;

use support::project::{project, revision};
use support::{PASSWORD, TestFolder};

#[test]
fn an_unknown_command() {
    assert_told!(TestFolder::new().run(&["upgrad"]), @"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: unrecognized subcommand 'upgrad'

      tip: some similar subcommands exist: 'downgrade', 'upgrade'

    Usage: limbeck [OPTIONS] <COMMAND>

    For more information, try '--help'.
    ");
}

#[test]
fn an_unknown_option() {
    assert_told!(TestFolder::new().run(&["upgrade", "--force"]), @"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: unexpected argument '--force' found

    Usage: limbeck upgrade [OPTIONS] [TARGET]

    For more information, try '--help'.
    ");
}

#[test]
fn a_missing_target() {
    assert_told!(TestFolder::new().run(&["downgrade"]), @"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: the following required arguments were not provided:
      <TARGET>

    Usage: limbeck downgrade <TARGET>

    For more information, try '--help'.
    ");
}

#[test]
fn a_plan_downwards_wants_a_target() {
    assert_told!(TestFolder::new().run(&["plan", "--down"]), @"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: the following required arguments were not provided:
      <TARGET>

    Usage: limbeck plan --down <TARGET>

    For more information, try '--help'.
    ");
}

#[test]
fn one_side_of_a_diff() {
    assert_told!(TestFolder::new().run(&["diff", "empty:"]), @"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: the following required arguments were not provided:
      <TO>

    Usage: limbeck diff <FROM> <TO>

    For more information, try '--help'.
    ");
}

#[test]
fn standard_input_on_both_sides() {
    assert_told!(TestFolder::new().run(&["diff", "-", "-"]), @"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: standard input can be one side only

    hint: write one side to a `.sql` file
    ");
}

#[test]
fn autogenerate_is_missing() {
    assert_told!(TestFolder::new().run(&["revision", "-m", "x", "--allow-drop"]), @"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: the following required arguments were not provided:
      --autogenerate

    Usage: limbeck revision --autogenerate --message <MESSAGE> --allow-drop

    For more information, try '--help'.
    ");
}

#[test]
fn a_wrong_duration() {
    assert_told!(TestFolder::new().run(&["upgrade", "--wait", "5 hours"]), @"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: invalid value '5 hours' for '--wait <TIME>': the unit is `ms`, `s` or `min`

    For more information, try '--help'.
    ");
}

#[test]
fn verbose_and_quiet() {
    assert_told!(TestFolder::new().run(&["-v", "-q", "heads"]), @"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: the argument '--verbose...' cannot be used with '--quiet'

    Usage: limbeck --verbose... <COMMAND>

    For more information, try '--help'.
    ");
}

#[test]
fn a_folder_that_is_not_there() {
    assert_told!(TestFolder::new().run(&["-C", "nowhere", "heads"]), @"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: there is no folder `nowhere`

    hint: `-C` names a folder that exists
    ");
}

#[test]
fn a_log_filter_that_is_none() {
    let mut folder = TestFolder::new();
    folder.set("LIMBECK_LOG", "limbeck=loud");
    assert_told!(folder.run(&["completions", "bash"]), @r#"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: `LIMBECK_LOG` is no filter
      error parsing level filter: expected one of "off", "error", "warn", "info", "debug", "trace", or a number 0-5

    hint: `LIMBECK_LOG=limbeck=debug` shows what Limbeck does
    "#);
}

#[test]
fn a_url_where_none_belongs_is_shown_without_its_password() {
    let url = format!("postgresql://anna:{PASSWORD}@db.example/app");
    assert_told!(TestFolder::new().run(&["current", &url]), @"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: unexpected argument 'postgresql://anna:********@db.example/app' found

    Usage: limbeck current [OPTIONS]

    For more information, try '--help'.
    ");
}

#[test]
fn errors_as_json() {
    assert_told!(TestFolder::new().run(&["--format", "json", "downgrade"]), @r#"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    {"error":{"diagnostics":[{"hints":[],"message":"the following required arguments were not provided:\n  <TARGET>","notes":["Usage: limbeck downgrade <TARGET>"],"snippets":[]}],"exit_code":2,"kind":"usage","message":"the following required arguments were not provided:\n  <TARGET>"}}
    "#);
    let url = format!("postgresql://anna:{PASSWORD}@db.example/app");
    assert_told!(TestFolder::new().run(&["--format=json", "current", &url]), @r#"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    {"error":{"diagnostics":[{"hints":[],"message":"unexpected argument 'postgresql://anna:********@db.example/app' found","notes":["Usage: limbeck current [OPTIONS]"],"snippets":[]}],"exit_code":2,"kind":"usage","message":"unexpected argument 'postgresql://anna:********@db.example/app' found"}}
    "#);
    assert_told!(TestFolder::new().run(&["--format=json", "diff", "-", "-"]), @r#"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    {"error":{"diagnostics":[{"hints":["write one side to a `.sql` file"],"message":"standard input can be one side only","notes":[],"snippets":[]}],"exit_code":2,"kind":"usage","message":"standard input can be one side only"}}
    "#);
}

#[test]
fn colours_only_where_they_are_wanted() {
    let mut folder = TestFolder::new();
    let has_colours = |folder: &TestFolder, arguments: &[&str]| {
        folder
            .output(arguments)
            .stderr
            .windows(2)
            .any(|two| two == b"\x1b[")
    };
    assert!(!has_colours(&folder, &["diff", "-", "-"]));
    assert!(has_colours(&folder, &["--color", "always", "diff", "-", "-"]));
    assert!(has_colours(&folder, &["--color=always", "downgrade"]));
    folder.set("CLICOLOR_FORCE", "1");
    assert!(has_colours(&folder, &["diff", "-", "-"]));
    assert!(!has_colours(&folder, &["--color", "never", "diff", "-", "-"]));
    folder.set("NO_COLOR", "1");
    assert!(!has_colours(&folder, &["diff", "-", "-"]));
    assert!(!has_colours(&folder, &["downgrade"]));
}

#[test]
fn the_demo_overwrites_nothing() {
    let folder = TestFolder::new();
    folder.write("limbeck-demo/notes.txt", "mine");
    let before = folder.files();
    assert_told!(folder.run(&["demo"]), @"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: `limbeck-demo` exists already, and the demo overwrites nothing

    hint: name another folder: `limbeck demo another-folder`
    ");
    assert_eq!(folder.files(), before);
}

#[test]
fn the_demo_takes_no_database() {
    let folder = TestFolder::new();
    assert_told!(folder.run(&["demo", "-D", "postgresql://db.example/app"]), @"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: the demo has a database of its own, and takes none

    hint: leave `--database-url` out
    ");
    assert!(folder.files().is_empty());
}

/// Two revisions.
fn with_a_history() -> TestFolder {
    let folder = project("embedded:");
    revision(&folder, "27c6a30d7c24", "", "SELECT 1;", "SELECT 2;");
    revision(&folder, "8f3c2a91d0b4", "27c6a30d7c24", "SELECT 1;", "SELECT 2;");
    folder
}

#[test]
fn a_range_for_a_run() {
    let folder = with_a_history();
    assert_told!(folder.run(&["upgrade", "27c6:head"]), @"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: `27c6:head` is a range, and a run begins where the database is

    hint: write `limbeck upgrade head`; a range is for `--sql`
    ");
    assert_told!(folder.run(&["downgrade", "head:base"]), @"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: `head:base` is a range, and a run begins where the database is

    hint: write `limbeck downgrade base`; a range is for `--sql`
    ");
}

#[test]
fn a_script_the_wrong_way() {
    let folder = with_a_history();
    assert_told!(folder.run(&["upgrade", "head:base", "--sql"]), @"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: the way from `head` to `base` is the other direction

    hint: write `limbeck downgrade --sql head:base`
    ");
    assert_told!(folder.run(&["downgrade", "27c6:head", "--sql"]), @"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: the way from `27c6` to `head` is the other direction

    hint: write `limbeck upgrade --sql 27c6:head`
    ");
    assert_told!(folder.run(&["downgrade", "base", "--sql"]), @"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: a script of the way down needs both ends, since it asks no database where it is

    hint: write `limbeck downgrade --sql FROM:TO`, for example `head:base`
    ");
}

#[test]
fn a_log_is_written_for_those_who_ask() {
    let mut folder = with_a_history();
    folder.set("LIMBECK_LOG", "limbeck=debug");
    let logged = folder.output(&["diff", "empty:", "history:"]);
    let logged = String::from_utf8(logged.stderr).unwrap();
    assert!(logged.contains("DEBUG limbeck"), "{logged}");
}
