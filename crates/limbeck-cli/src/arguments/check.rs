//! `check`.

use clap::Args;

use super::reference::examples;

const EXAMPLES: &[(&str, &str)] = &[
    ("limbeck check", "at your desk"),
    (
        "limbeck check --format json",
        "in CI: what differs, and the exit code 3",
    ),
];

/// Is there a difference between models and history that no revision covers?
///
/// Needs no database. Exits with 3 when there is a difference, so that CI can hold it.
#[derive(Debug, Args)]
#[command(after_help = examples(EXAMPLES))]
pub(crate) struct CheckArguments {}
