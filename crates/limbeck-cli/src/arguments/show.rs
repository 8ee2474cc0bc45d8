//! `show`.

use clap::Args;

use super::reference::examples;
use super::target::TargetParser;

const EXAMPLES: &[(&str, &str)] = &[
    ("limbeck show head", "the newest revision"),
    ("limbeck show 8f3c", "the revision that begins so"),
    ("limbeck show current", "the one that the database is at"),
];

/// Show a revision: its file, whole
///
/// With `-v` also where it stands in the history.
#[derive(Debug, Args)]
#[command(after_help = examples(EXAMPLES))]
pub(crate) struct ShowArguments {
    /// The revision: any name, such as `head`, `heads`, `current`, `billing@head`, `8f3c-1`
    #[arg(allow_hyphen_values = true, value_parser = TargetParser)]
    pub(crate) revision: String,
}
