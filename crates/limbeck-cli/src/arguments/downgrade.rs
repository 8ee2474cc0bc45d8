//! `downgrade`.

use clap::Args;

use super::{RunArguments, target};

/// Move the database down
#[derive(Debug, Args)]
pub(crate) struct DowngradeArguments {
    /// How far: `base`, a revision or the beginning of its identifier, `-N`; with `--sql` it is `FROM:TO`
    #[arg(allow_hyphen_values = true, value_parser = target::parse)]
    pub(crate) target: String,

    #[command(flatten)]
    pub(crate) run: RunArguments,
}
