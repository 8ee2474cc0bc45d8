//! `downgrade`.

use clap::Args;

use super::RunArguments;
use super::reference::examples;
use super::target::TargetParser;

const EXAMPLES: &[(&str, &str)] = &[
    ("limbeck downgrade -1", "one revision"),
    ("limbeck downgrade base", "all the way"),
    (
        "limbeck downgrade head:27c6 --sql > down.sql",
        "the same as a script",
    ),
];

/// Move the database down
#[derive(Debug, Args)]
#[command(after_help = examples(EXAMPLES))]
pub(crate) struct DowngradeArguments {
    /// How far: `base`, a revision or the beginning of its identifier, `-N`; with `--sql` it is `FROM:TO`
    #[arg(allow_hyphen_values = true, value_parser = TargetParser)]
    pub(crate) target: String,

    #[command(flatten)]
    pub(crate) run: RunArguments,
}
