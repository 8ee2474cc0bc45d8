//! `import`.

use std::path::PathBuf;

use clap::Args;

use super::reference::examples;
use super::run::WaitingArguments;

const EXAMPLES: &[(&str, &str)] = &[
    ("limbeck import", "what lies in the usual folders"),
    ("limbeck import sqlx migrations", "this tool's, from this folder"),
    ("limbeck import --no-database", "the files alone"),
    (
        "limbeck -e production import --record",
        "the state of a further database",
    ),
];

/// Bring the history of sqlx, refinery, Diesel or Alembic
///
/// Writes a revision for each migration of the other tool, runs all of them up and down on a throwaway PostgreSQL, and
/// records in the database which are applied, so that the next `upgrade` goes on where the other tool stopped. Nothing
/// is run on the database itself, and the other tool's table stays as it is.
///
/// Files and table must agree: a file that was edited after it was applied, an applied migration without a file, one
/// that failed or was passed over refuse the import, and nothing is written.
///
/// Prints the paths of the files.
#[derive(Debug, Args)]
#[command(after_help = examples(EXAMPLES))]
pub(crate) struct ImportArguments {
    /// sqlx, refinery, diesel or alembic; told by what lies there otherwise
    #[arg(value_name = "TOOL")]
    pub(crate) tool: Option<String>,

    /// The folder of its migrations; for Alembic that of `alembic.ini`
    pub(crate) folder: Option<PathBuf>,

    /// Bring the files alone, and ask no database
    #[arg(long)]
    pub(crate) no_database: bool,

    /// Record what is applied in a further database, of a history that was imported before
    #[arg(long, conflicts_with_all = ["no_database", "folder", "keep_downs", "alembic"])]
    pub(crate) record: bool,

    /// The table that the tool keeps what it did in, where it is not the usual one
    #[arg(long, value_name = "[SCHEMA.]TABLE")]
    pub(crate) table: Option<String>,

    /// Keep ways down that do not lead back, instead of leaving them out
    #[arg(long)]
    pub(crate) keep_downs: bool,

    /// The program `alembic`, where it is neither in a `.venv` here nor on the search path
    #[arg(long, value_name = "PATH")]
    pub(crate) alembic: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) waiting: WaitingArguments,
}
