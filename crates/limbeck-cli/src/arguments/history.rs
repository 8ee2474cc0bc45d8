//! `history`.

use clap::Args;

use super::reference::examples;
use super::target::TargetParser;

const EXAMPLES: &[(&str, &str)] = &[
    ("limbeck history", "all of it"),
    ("limbeck history 8f3c:", "what came after a revision"),
];

/// List the revisions, newest first
///
/// A graph at a terminal, `PARENT -> REVISION, message` lines elsewhere. With `-v` each revision's file and date.
#[derive(Debug, Args)]
#[command(after_help = examples(EXAMPLES))]
pub(crate) struct HistoryArguments {
    /// Only these: `FROM:TO`, either side may be left out
    #[arg(allow_hyphen_values = true, value_parser = TargetParser)]
    pub(crate) range: Option<String>,
}
