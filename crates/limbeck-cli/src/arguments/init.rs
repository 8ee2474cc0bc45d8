//! `init`.

use std::path::PathBuf;

use clap::Args;

use super::reference::examples;

const EXAMPLES: &[(&str, &str)] = &[
    ("limbeck init", "with the variable that `.env` has"),
    ("limbeck init --url embedded:", "with a PostgreSQL of its own"),
];

/// Make a project's files; what is there stays as it is
///
/// Writes `limbeck.toml`, the folder of the revisions with a README for the team, `.env.example`, and a first
/// model where there is none. Run again, it changes nothing.
#[derive(Debug, Args)]
#[command(after_help = examples(EXAMPLES))]
pub(crate) struct InitArguments {
    /// The project's folder
    #[arg(default_value = ".")]
    pub(crate) folder: PathBuf,

    /// The database's URL for limbeck.toml: a variable such as '${DATABASE_URL}', or `embedded:`
    ///
    /// Without it, the variable that is found in `.env` is written.
    #[arg(long)]
    pub(crate) url: Option<String>,
}
