//! Where output goes, and what becomes of it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::print_stderr,
    missing_docs,
    reason = "tests"
)]

mod support;

use std::process::Stdio;

use support::TestFolder;

#[test]
fn completions_for_each_shell() {
    let folder = TestFolder::new();
    for (shell, part) in [
        ("bash", "complete -F _limbeck"),
        ("zsh", "#compdef limbeck"),
        ("fish", "complete -c limbeck"),
        ("elvish", "edit:completion:arg-completer[limbeck]"),
        ("powershell", "Register-ArgumentCompleter"),
    ] {
        let script = folder.succeed(&["completions", shell]);
        assert!(script.contains(part), "{shell}");
        assert!(script.contains("autogenerate"), "{shell}");
    }
}

#[test]
fn whoever_reads_no_further_is_content() {
    let folder = TestFolder::new();
    let mut command = folder.command(&["completions", "zsh"]);
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
}

#[test]
fn a_full_disk_is_an_error() {
    let full = std::path::Path::new("/dev/full");
    if !full.exists() {
        return;
    }
    let folder = TestFolder::new();
    let mut command = folder.command(&["completions", "zsh"]);
    command.stdout(std::fs::OpenOptions::new().write(true).open(full).unwrap());
    assert_told!(folder.told(&command.output().unwrap()), @"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: the result cannot be written
      No space left on device (os error 28)
    ");
}
