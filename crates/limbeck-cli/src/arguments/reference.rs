//! What `limbeck --help` tells beyond commands and options.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};

use crate::environment;
use crate::exit::Exit;

const HEADER: Style = AnsiColor::Green.on_default().bold();
const LITERAL: Style = AnsiColor::Cyan.on_default().bold();

const LOOKING: [(&str, &str, &str); 6] = [
    (
        "check",
        "models and history",
        "what `revision --autogenerate` would write; exits with 3 for CI",
    ),
    (
        "drift",
        "history and database",
        "where the database is not what its own history says; exits with 3",
    ),
    (
        "diff",
        "any two states",
        "the SQL from one to the other, and everything is compared",
    ),
    (
        "plan",
        "database and history",
        "what `upgrade` or `downgrade` would run now",
    ),
    (
        "status",
        "database and files",
        "one screen: where it is, what is pending, edited, running",
    ),
    (
        "verify",
        "the set-up",
        "settings, folders, server and rights: what is wrong, what to do",
    ),
];

/// Examples of a command, each with what it does.
pub(crate) fn examples(examples: &[(&str, &str)]) -> String {
    let width = examples
        .iter()
        .map(|(command, _)| command.chars().count())
        .max()
        .unwrap_or(0);
    let mut text = format!("{HEADER}Examples:{HEADER:#}");
    for (command, tells) in examples {
        if tells.is_empty() {
            let _ = write!(text, "\n  {LITERAL}{command}{LITERAL:#}");
        } else {
            let _ = write!(text, "\n  {LITERAL}{command:<width$}{LITERAL:#}  {tells}");
        }
    }
    text
}

/// The tables below the options.
pub(crate) fn after_help() -> String {
    let mut text = String::new();
    let _ = writeln!(text, "{HEADER}Six commands look, and change nothing:{HEADER:#}");
    for (command, compares, tells) in LOOKING {
        let _ = writeln!(text, "  {LITERAL}{command:<7}{LITERAL:#} {compares:<21} {tells}");
    }
    let _ = writeln!(text, "\n{HEADER}Exit codes:{HEADER:#}");
    for exit in Exit::ALL {
        let _ = writeln!(
            text,
            "  {LITERAL}{:>3}{LITERAL:#}  {}",
            exit.code(),
            exit.meaning()
        );
    }
    let _ = writeln!(text, "\n{HEADER}Environment variables:{HEADER:#}");
    for (name, meaning) in environment::DOCUMENTED {
        let _ = writeln!(text, "  {LITERAL}{name:<20}{LITERAL:#}  {meaning}");
    }
    text.push_str("\nResults go to stdout, all else to stderr; with `--format json` both are JSON.");
    text
}
