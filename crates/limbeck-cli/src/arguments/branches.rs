//! `branches`.

use clap::Args;

/// List where branches part: the revisions that several others revise
///
/// With `-v` each one's file and date.
#[derive(Debug, Args)]
pub(crate) struct BranchesArguments {}
