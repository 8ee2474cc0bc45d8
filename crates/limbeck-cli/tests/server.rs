//! `server`: the embedded PostgreSQL of a project.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::print_stderr,
    missing_docs,
    reason = "tests"
)]

mod support;

use std::process::Output;

use support::TestFolder;
use support::project::project;

/// What is told, less the port and the folder of the cluster.
fn told(folder: &TestFolder, output: &Output) -> String {
    let told = folder.told(output);
    let mut lines: Vec<String> = Vec::new();
    for line in told.lines() {
        let line = match line.split_once("127.0.0.1:") {
            Some((before, after)) => {
                format!(
                    "{before}127.0.0.1:[PORT]{}",
                    after.trim_start_matches(|c: char| c.is_ascii_digit())
                )
            }
            None => line.to_owned(),
        };
        lines.push(match (line.find("[FOLDER]/data/"), line.rfind('/')) {
            (Some(start), Some(end)) if end > start + 14 => {
                format!("{}[FOLDER]/data/…{}", &line[..start], &line[end..])
            }
            _ => line,
        });
    }
    lines.join("\n")
}

#[test]
fn from_start_to_stop() {
    let folder = project("embedded:");
    let run = |arguments: &[&str]| told(&folder, &folder.output(arguments));
    let status = run(&["server", "status"]);
    let stop_before = run(&["server", "stop"]);
    let start = run(&["server", "start"]);
    let again = run(&["server", "start"]);
    let running = run(&["server", "status"]);
    let as_json = run(&["--format", "json", "server", "status"]);
    let psql = run(&["server", "psql", "--", "-XAtc", "SELECT 'Grüße'"]);
    let password = folder.succeed(&["server", "status", "--show-password"]);
    let stop = run(&["server", "stop"]);
    let stopped = run(&["server", "status"]);

    assert_told!(status, @"
    exit code: 0
    ----- stdout -----
    state  never started
    ----- stderr -----
    ");
    assert_told!(stop_before, @"
    exit code: 0
    ----- stdout -----
    state  never started
    ----- stderr -----
    ");
    assert_told!(start, @"
    exit code: 0
    ----- stdout -----
    state    running
    version  PostgreSQL [VERSION]
    data     [FOLDER]/data/…/data
    log      [FOLDER]/data/…/server.log
    url      postgresql://postgres:********@127.0.0.1:[PORT]/app
    ----- stderr -----
    Creating the embedded database in [FOLDER]/data/…/data
    hint: `limbeck server status --show-password` shows the URL whole, for the application
    ");
    assert_told!(again, @"
    exit code: 0
    ----- stdout -----
    state    running
    version  PostgreSQL [VERSION]
    data     [FOLDER]/data/…/data
    log      [FOLDER]/data/…/server.log
    url      postgresql://postgres:********@127.0.0.1:[PORT]/app
    ----- stderr -----
    hint: `limbeck server status --show-password` shows the URL whole, for the application
    ");
    assert_told!(running, @"
    exit code: 0
    ----- stdout -----
    state    running
    version  PostgreSQL [VERSION]
    data     [FOLDER]/data/…/data
    log      [FOLDER]/data/…/server.log
    url      postgresql://postgres:********@127.0.0.1:[PORT]/app
    ----- stderr -----
    hint: `limbeck server status --show-password` shows the URL whole, for the application
    ");
    assert_told!(as_json, @r#"
    exit code: 0
    ----- stdout -----
    {
      "data_directory": "[FOLDER]/data/…/data",
      "log_file": "[FOLDER]/data/…/server.log",
      "major": [MAJOR],
      "state": "running",
      "url": "postgresql://postgres:********@127.0.0.1:[PORT]/app"
    }
    ----- stderr -----
    "#);
    assert_told!(psql, @"
    exit code: 0
    ----- stdout -----
    Grüße
    ----- stderr -----
    ");
    assert_told!(stop, @"
    exit code: 0
    ----- stdout -----
    state    stopped
    version  PostgreSQL [VERSION]
    data     [FOLDER]/data/…/data
    ----- stderr -----
    ");
    assert_told!(stopped, @"
    exit code: 0
    ----- stdout -----
    state    stopped
    version  PostgreSQL [VERSION]
    data     [FOLDER]/data/…/data
    ----- stderr -----
    ");

    let url = password
        .lines()
        .find_map(|line| line.strip_prefix("url"))
        .unwrap()
        .trim();
    let (_, rest) = url.split_once("://").unwrap().1.split_once(':').unwrap();
    let (secret, _) = rest.split_once('@').unwrap();
    assert!(secret.len() >= 16 && secret != "********", "that is no password");
    for text in [
        status,
        stop_before,
        start,
        again,
        running,
        as_json,
        psql,
        stop,
        stopped,
    ] {
        assert!(!text.contains(secret), "a password is shown:\n{text}");
    }
}

#[test]
fn installations_are_listed() {
    let folder = TestFolder::new();
    let list = folder.output(&["server", "list"]);
    assert_eq!(list.status.code(), Some(0));
    let json = folder.succeed(&["--format", "json", "server", "list"]);
    assert!(json.contains("\"installations\""), "{json}");
}

#[test]
fn a_major_that_does_not_exist() {
    assert_told!(TestFolder::new().run(&["server", "install", "9"]), @"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: invalid value '9' for '<MAJOR>': 9 is not in 14..=18

    For more information, try '--help'.
    ");
    assert_told!(TestFolder::new().run(&["--offline", "server", "install", "77"]), @"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: invalid value '77' for '<MAJOR>': 77 is not in 14..=18

    For more information, try '--help'.
    ");
}
