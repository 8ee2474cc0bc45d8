//! `current`.

use clap::Args;

/// Show the revision that the database is at
#[derive(Debug, Args)]
pub(crate) struct CurrentArguments {}
