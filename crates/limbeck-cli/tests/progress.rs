//! What is told while a run is at work: events as JSON, and how far a step is that lasts.
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
use support::project::{project, revision};

fn lasting(database: &TestDatabase) -> TestFolder {
    let folder = project(&database.url());
    revision(
        &folder,
        "aaaa",
        "",
        "CREATE TABLE aaaa (id int);\nSELECT pg_sleep(7);",
        "DROP TABLE aaaa;",
    );
    folder
}

#[test]
fn every_event_of_a_run_is_a_line_of_json() {
    let database = TestDatabase::new();
    let folder = lasting(&database);
    let output = folder.output(&["--format", "json", "upgrade"]);
    assert!(output.status.success());
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["to"], serde_json::json!(["aaaa"]));
    let told = String::from_utf8(output.stderr).unwrap();
    let events: Vec<Value> = told
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
        .collect();
    let kinds: Vec<&str> = events
        .iter()
        .map(|event| event["event"].as_str().unwrap())
        .collect();
    let steady: Vec<&str> = kinds.iter().copied().filter(|kind| *kind != "progress").collect();
    assert_eq!(
        steady,
        [
            "revision_started",
            "step_started",
            "step_finished",
            "revision_finished"
        ]
    );
    let progress = events.iter().find(|event| event["event"] == "progress").unwrap();
    assert_eq!(progress["step"], "main");
    assert_eq!(progress["statements"], 2);
    assert_eq!(
        progress["statement"],
        Value::Null,
        "nobody can tell which of them runs"
    );
    assert!(progress["elapsed"].as_f64().unwrap() >= 1.0);
    // Whoever wants to hear nothing hears nothing.
    let quiet = folder.output(&["--format", "json", "--quiet", "downgrade", "base"]);
    assert_eq!(String::from_utf8(quiet.stderr).unwrap(), "");
}

#[test]
fn without_a_terminal_a_step_that_lasts_is_a_line_now_and_then() {
    let database = TestDatabase::new();
    let folder = lasting(&database);
    let told = folder.run(&["upgrade"]);
    let lines: Vec<&str> = told.lines().filter(|line| line.ends_with(" so far")).collect();
    assert!(
        matches!(lines.as_slice(), [line, ..] if line.starts_with("  up aaaa main, ")),
        "{told}"
    );
}
