//! The crates and the edges between them, held against `cargo metadata`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "tests"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

/// Which crate of ours uses which: exactly, at build and at run time.
const EDGES: [(&str, &[&str]); 13] = [
    ("limbeck", &["limbeck-derive"]),
    ("limbeck-derive", &["limbeck-model"]),
    ("limbeck-model", &["limbeck-sql"]),
    ("limbeck-sql", &[]),
    ("limbeck-catalog", &["limbeck-sql"]),
    ("limbeck-plan", &["limbeck-catalog", "limbeck-sql"]),
    ("limbeck-history", &["limbeck-sql"]),
    ("limbeck-postgres", &[]),
    ("limbeck-server", &["limbeck-postgres"]),
    ("limbeck-embed", &["limbeck-history"]),
    (
        "limbeck-migrate",
        &[
            "limbeck-embed",
            "limbeck-history",
            "limbeck-postgres",
            "limbeck-sql",
        ],
    ),
    (
        "limbeck-project",
        &[
            "limbeck-catalog",
            "limbeck-history",
            "limbeck-migrate",
            "limbeck-model",
            "limbeck-plan",
            "limbeck-postgres",
            "limbeck-server",
            "limbeck-sql",
        ],
    ),
    ("limbeck-cli", &["limbeck-project"]),
];

fn metadata() -> serde_json::Value {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn the_crates_use_each_other_exactly_as_designed() {
    let metadata = metadata();
    let mut found = BTreeMap::new();
    for package in metadata["packages"].as_array().unwrap() {
        let name = package["name"].as_str().unwrap();
        if !name.starts_with("limbeck") {
            continue;
        }
        let edges: BTreeSet<&str> = package["dependencies"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|dependency| dependency["kind"].as_str() != Some("dev"))
            .map(|dependency| dependency["name"].as_str().unwrap())
            .filter(|name| name.starts_with("limbeck"))
            .collect();
        found.insert(name, edges);
    }
    let designed: BTreeMap<&str, BTreeSet<&str>> = EDGES
        .iter()
        .map(|(name, edges)| (*name, edges.iter().copied().collect()))
        .collect();
    assert_eq!(found, designed);
}

#[test]
fn a_crate_of_models_adds_only_limbeck_at_run_time() {
    let output = Command::new(env!("CARGO"))
        .args([
            "tree",
            "--offline",
            "-p",
            "limbeck",
            "-e",
            "normal,no-proc-macro",
            "--prefix",
            "none",
        ])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let tree = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<&str> = tree.lines().collect();
    assert!(
        matches!(lines.as_slice(), [only] if only.starts_with("limbeck v")),
        "{tree}"
    );
}

#[test]
fn every_crate_is_in_the_code_map() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
    let map = std::fs::read_to_string(format!("{root}/ARCHITECTURE.md")).unwrap();
    for (name, _) in EDGES {
        assert!(map.contains(&format!("| `{name}` |")), "{name}");
    }
}
