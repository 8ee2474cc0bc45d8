//! `upgrade`.

use clap::Args;

use super::RunArguments;
use super::reference::examples;
use super::target::TargetParser;

const EXAMPLES: &[(&str, &str)] = &[
    ("limbeck upgrade", "all the way"),
    ("limbeck upgrade +1", "one revision"),
    ("limbeck upgrade 8f3c", "to the revision that begins so"),
    ("limbeck upgrade 27c6:head --sql > up.sql", "the same as a script"),
    ("limbeck upgrade --single-transaction", "all of it, or nothing"),
];

/// Move the database up
///
/// Each step commits with its journal row: whatever stops a run, running it again goes on where it stopped.
#[derive(Debug, Args)]
#[command(after_help = examples(EXAMPLES))]
pub(crate) struct UpgradeArguments {
    /// How far: `head`, a revision or the beginning of its identifier, `+N`; with `--sql` also `FROM:TO`
    #[arg(default_value = "head", allow_hyphen_values = true, value_parser = TargetParser)]
    pub(crate) target: String,

    #[command(flatten)]
    pub(crate) run: RunArguments,
}
