//! `show`.

use clap::Args;

use super::target::TargetParser;

/// Show one revision: its file, whole
#[derive(Debug, Args)]
pub(crate) struct ShowArguments {
    /// The revision: `head`, its identifier or the beginning of it
    #[arg(allow_hyphen_values = true, value_parser = TargetParser)]
    pub(crate) revision: String,
}
