//! `heads`.

use clap::Args;

/// List the revisions that no other revises
///
/// With `-v` each one's file and date.
#[derive(Debug, Args)]
pub(crate) struct HeadsArguments {
    /// Leave out those that another revision depends on
    #[arg(long)]
    pub(crate) resolve_dependencies: bool,
}
