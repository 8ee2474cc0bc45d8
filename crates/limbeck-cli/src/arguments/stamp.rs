//! `stamp`.

use clap::Args;

use super::reference::examples;
use super::run::WaitingArguments;
use super::target::TargetParser;

const EXAMPLES: &[(&str, &str)] = &[
    ("limbeck stamp head", "the schema is all there already"),
    ("limbeck stamp base", "nothing of it is there"),
];

/// Tell the database where it is, and run nothing
///
/// For a database whose schema is there already, made by other means.
#[derive(Debug, Args)]
#[command(after_help = examples(EXAMPLES))]
pub(crate) struct StampArguments {
    /// The revision: `head`, `base`, an identifier or the beginning of one
    #[arg(allow_hyphen_values = true, value_parser = TargetParser)]
    pub(crate) target: String,

    #[command(flatten)]
    pub(crate) waiting: WaitingArguments,
}
