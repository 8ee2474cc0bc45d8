//! `stamp`.

use clap::Args;

use super::run::WaitingArguments;
use super::target::TargetParser;

/// Tell the database where it is, and run nothing
///
/// For a database whose schema is there already, made by other means.
#[derive(Debug, Args)]
pub(crate) struct StampArguments {
    /// The revision: `head`, `base`, an identifier or the beginning of one
    #[arg(allow_hyphen_values = true, value_parser = TargetParser)]
    pub(crate) target: String,

    #[command(flatten)]
    pub(crate) waiting: WaitingArguments,
}
