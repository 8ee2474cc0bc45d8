//! `downgrade`.

use clap::Args;

use super::RunArguments;
use super::target::TargetParser;

/// Move the database down
#[derive(Debug, Args)]
pub(crate) struct DowngradeArguments {
    /// How far: `base`, a revision or the beginning of its identifier, `-N`; with `--sql` it is `FROM:TO`
    #[arg(allow_hyphen_values = true, value_parser = TargetParser)]
    pub(crate) target: String,

    #[command(flatten)]
    pub(crate) run: RunArguments,
}
