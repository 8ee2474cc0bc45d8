//! `edit`.

use clap::Args;

use super::reference::examples;
use super::target::TargetParser;

const EXAMPLES: &[(&str, &str)] = &[
    ("limbeck edit head", "the newest revision"),
    ("limbeck edit current", "the one that the database is at"),
];

/// Open a revision's file in your editor
///
/// The editor is that of `VISUAL`, else of `EDITOR`. Afterwards the file is read, and told what is wrong with it.
#[derive(Debug, Args)]
#[command(after_help = examples(EXAMPLES))]
pub(crate) struct EditArguments {
    /// The revision: any name, such as `head`, `current`, an identifier or the beginning of one
    #[arg(allow_hyphen_values = true, value_parser = TargetParser)]
    pub(crate) revision: String,
}
