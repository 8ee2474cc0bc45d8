//! `heads`.

use clap::Args;

/// List the revisions that no other revises
#[derive(Debug, Args)]
pub(crate) struct HeadsArguments {}
