//! Holds the rows of the page against what happens, and the page against the tests.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn page() -> String {
    fs::read_to_string(root().join("docs/when-things-go-wrong.md")).unwrap()
}

/// A row of the page: what is seen (each in backticks, the message first), the exit code, what it means, what is kept,
/// what to do, and the test.
struct Row {
    cells: Vec<String>,
}

impl Row {
    fn all() -> Vec<Self> {
        page()
            .lines()
            .filter(|line| line.starts_with("| `") || line.starts_with("| *nothing* "))
            .map(|line| Self {
                cells: line
                    .trim_matches('|')
                    .split(" | ")
                    .map(|cell| cell.trim().to_owned())
                    .collect(),
            })
            .collect()
    }

    fn test(&self) -> &str {
        self.cells.last().unwrap().trim_matches('`')
    }

    /// What stands in backticks in the first cell.
    fn seen(&self) -> Vec<&str> {
        self.cells[0].split('`').skip(1).step_by(2).collect()
    }
}

/// Holds what a command told against the row of a test.
pub fn holds(test: &str, output: &Output) {
    // As JSON, what is going on is told by lines of its own.
    let said: String = String::from_utf8_lossy(&output.stderr)
        .lines()
        .filter(|line| !line.starts_with("{\"event\":"))
        .map(in_words)
        .collect();
    let code = output
        .status
        .code()
        .map_or_else(|| output.status.to_string(), |code| code.to_string());
    let told = format!("exit code: {code}\n{said}");
    let rows = Row::all();
    let Some(row) = rows.iter().find(|row| row.test() == test) else {
        panic!("no row of docs/when-things-go-wrong.md names the test `{test}`\n{told}");
    };
    assert_eq!(row.cells[1], code, "the exit code of the row of `{test}`\n{told}");
    let seen = row.seen();
    let (states, messages): (Vec<&str>, Vec<&str>) = seen.iter().partition(|seen| is_sqlstate(seen));
    for message in &messages {
        let is_told = said.lines().any(|line| {
            let line = ["error: ", "warning: ", "note: ", "hint: "]
                .iter()
                .find_map(|before| line.strip_prefix(before))
                .unwrap_or(line);
            fits(message, line.trim())
        });
        assert!(is_told, "the row of `{test}` shows `{message}`\n{told}");
    }
    if messages.is_empty() {
        // What a run does is no message of a fault.
        let is_event = |line: &&str| line.starts_with('{') && line.contains("\"event\":");
        let said: Vec<&str> = said.lines().filter(|line| !is_event(line)).collect();
        assert_eq!(said, Vec::<&str>::new(), "the row of `{test}` shows nothing");
    }
    let error = said.lines().find_map(|line| line.strip_prefix("error: "));
    if let Some(error) = error {
        assert!(
            messages.iter().any(|message| fits(message, error)),
            "the row of `{test}` does not show the error\n{told}"
        );
    }
    let told_states: BTreeSet<&str> = said
        .lines()
        .filter_map(|line| line.split_once("SQLSTATE: ").map(|(_, state)| state.trim()))
        .collect();
    assert_eq!(
        states.into_iter().collect::<BTreeSet<_>>(),
        told_states,
        "the SQLSTATE of the row of `{test}`\n{told}"
    );
}

/// A line of JSON as a person would be told it.
fn in_words(line: &str) -> String {
    let error = serde_json::from_str::<serde_json::Value>(line).ok();
    match error
        .as_ref()
        .and_then(|error| error["error"]["message"].as_str())
    {
        Some(message) => format!("error: {message}\n"),
        None => format!("{line}\n"),
    }
}

fn is_sqlstate(text: &str) -> bool {
    text.len() == 5 && text.chars().all(|c| c.is_ascii_digit() || c.is_ascii_uppercase())
}

/// Whether a text is what a pattern says, in which `…` is anything.
fn fits(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('…');
    let Some(mut rest) = parts.next().and_then(|first| text.strip_prefix(first)) else {
        return false;
    };
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    false
}

#[test]
fn patterns_fit_what_they_show() {
    assert!(fits("disk full", "disk full"));
    assert!(!fits("disk full", "disk full now"));
    assert!(fits(
        "could not extend file …: No space",
        "could not extend file \"base/1\": No space"
    ));
    assert!(fits("step … of … failed…", "step `a` of `b` failed"));
    assert!(!fits("step … of … failed: …", "step `a` failed: of course"));
}

/// The tests of this folder, as a row names them.
fn tests() -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/faults");
    let mut tests = BTreeSet::new();
    for file in fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let module = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let mut is_test = false;
        for line in fs::read_to_string(&path).unwrap().lines() {
            if let Some(rest) = line.strip_prefix("fn ").filter(|_| is_test && module != "page") {
                tests.insert(format!("{module}::{}", rest.split('(').next().unwrap()));
            }
            is_test = line == "#[test]";
        }
    }
    tests
}

#[test]
fn each_row_has_its_test_and_each_test_its_row() {
    let rows = Row::all();
    assert!(
        rows.iter().all(|row| row.cells.len() == 6),
        "{:?}",
        rows.iter().map(|row| &row.cells).find(|cells| cells.len() != 6)
    );
    let named: Vec<&str> = rows.iter().map(Row::test).collect();
    let unique: BTreeSet<String> = named.iter().map(|&name| name.to_owned()).collect();
    assert_eq!(unique.len(), named.len(), "a test is named by two rows");
    // Rows about the network are held by the tests that cut it.
    let elsewhere = |name: &String| !name.contains("::");
    assert_eq!(
        unique
            .into_iter()
            .filter(|name| !elsewhere(name))
            .collect::<BTreeSet<_>>(),
        tests()
    );
}
