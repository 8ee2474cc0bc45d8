//! `ensure-version`.

use clap::Args;

use super::reference::examples;
use super::run::PoolerArguments;

const EXAMPLES: &[(&str, &str)] = &[
    ("limbeck ensure-version", ""),
    ("limbeck ensure-version --sql", "for whoever may make schemas"),
];

/// Make Limbeck's own tables, and nothing else
///
/// The first upgrade or stamp makes them anyhow. This is for a role that may, before one that may not.
#[derive(Debug, Args)]
#[command(after_help = examples(EXAMPLES))]
pub(crate) struct EnsureVersionArguments {
    /// Write it as a script for `psql` instead, without a database
    #[arg(long)]
    pub(crate) sql: bool,

    #[command(flatten)]
    pub(crate) pooler: PoolerArguments,
}
