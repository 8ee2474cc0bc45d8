//! `verify`.

use clap::Args;

use super::reference::examples;

const EXAMPLES: &[(&str, &str)] = &[
    ("limbeck verify", "the database of limbeck.toml"),
    ("limbeck verify -e production", "that of an environment"),
];

/// Look at everything that Limbeck needs, and tell what to do about what is wrong
///
/// Settings, folders, revisions, models, the database and one's rights on it, the throwaway server. Exits with 1
/// when a check fails.
#[derive(Debug, Args)]
#[command(after_help = examples(EXAMPLES))]
pub(crate) struct VerifyArguments {}
