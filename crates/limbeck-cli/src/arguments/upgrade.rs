//! `upgrade`.

use clap::Args;

use super::RunArguments;
use super::target::TargetParser;

/// Move the database up
///
/// Each step commits with its journal row: whatever stops a run, running it again goes on where it stopped.
#[derive(Debug, Args)]
pub(crate) struct UpgradeArguments {
    /// How far: `head`, a revision or the beginning of its identifier, `+N`; with `--sql` also `FROM:TO`
    #[arg(default_value = "head", allow_hyphen_values = true, value_parser = TargetParser)]
    pub(crate) target: String,

    #[command(flatten)]
    pub(crate) run: RunArguments,
}
