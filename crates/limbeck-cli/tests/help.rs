//! The help texts: one snapshot holds the whole reference.
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

/// The commands that a help text lists.
fn commands(help: &str) -> Vec<String> {
    help.lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .take_while(|line| !line.is_empty())
        .filter_map(|line| {
            line.strip_prefix("  ")?
                .split_whitespace()
                .next()
                .map(str::to_owned)
        })
        .collect()
}

/// The options that every command has are shown once.
fn without_global_options(help: &str) -> String {
    let (own, global) = help
        .split_once("\nGlobal options:\n")
        .expect("every command has the global options");
    assert!(global.contains("--database-url"));
    match global.split_once("\nExamples:\n") {
        Some((_, examples)) => format!("{own}\nExamples:\n{examples}"),
        None => own.to_owned(),
    }
}

fn reference(folder: &TestFolder, path: &[&str], reference: &mut String) {
    let arguments: Vec<&str> = path.iter().copied().chain(["--help"]).collect();
    let output = folder.output(&arguments);
    assert_eq!(output.status.code(), Some(0));
    assert!(output.stderr.is_empty());
    let help = String::from_utf8(output.stdout).unwrap();
    assert!(
        help.lines().all(|line| line.chars().count() <= 100),
        "a line is longer than 100 characters:\n{help}"
    );
    let shown = if path.is_empty() {
        help.clone()
    } else {
        without_global_options(&help)
    };
    reference.push_str(&format!("$ limbeck {}\n\n{shown}\n\n", arguments.join(" ")));
    for command in commands(&help) {
        let path: Vec<&str> = path.iter().copied().chain([command.as_str()]).collect();
        self::reference(folder, &path, reference);
    }
}

#[test]
fn the_whole_reference() {
    let mut text = String::new();
    reference(&TestFolder::new(), &[], &mut text);
    insta::assert_snapshot!("reference", text);
}

#[test]
fn the_short_help_fits_a_screen() {
    let output = TestFolder::new().output(&["-h"]);
    let help = String::from_utf8(output.stdout).unwrap();
    assert!(help.lines().count() <= 56, "{help}");
}

#[test]
fn without_a_command_the_help_is_shown_and_it_is_an_error() {
    let output = TestFolder::new().output(&[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty());
    assert!(String::from_utf8(output.stderr).unwrap().contains("Commands:"));
}

#[test]
fn the_version() {
    let folder = TestFolder::new();
    assert_eq!(
        folder.succeed(&["--version"]),
        format!("limbeck {}\n", env!("CARGO_PKG_VERSION"))
    );
}
