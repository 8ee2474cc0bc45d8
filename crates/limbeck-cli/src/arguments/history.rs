//! `history`.

use clap::Args;

use super::target::TargetParser;

/// List the revisions, newest first
///
/// A graph at a terminal, `PARENT -> REVISION, message` lines elsewhere. With `-v` each revision's file and date.
#[derive(Debug, Args)]
pub(crate) struct HistoryArguments {
    /// Only these: `FROM:TO`, either side may be left out
    #[arg(allow_hyphen_values = true, value_parser = TargetParser)]
    pub(crate) range: Option<String>,
}
