//! `show`.

use clap::Args;

use super::reference::examples;
use super::target::TargetParser;

const EXAMPLES: &[(&str, &str)] = &[
    ("limbeck show head", "the newest revision"),
    ("limbeck show 8f3c", "the revision that begins so"),
];

/// Show one revision: its file, whole
#[derive(Debug, Args)]
#[command(after_help = examples(EXAMPLES))]
pub(crate) struct ShowArguments {
    /// The revision: `head`, its identifier or the beginning of it
    #[arg(allow_hyphen_values = true, value_parser = TargetParser)]
    pub(crate) revision: String,
}
