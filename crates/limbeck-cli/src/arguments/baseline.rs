//! `baseline`.

use clap::Args;

use super::reference::examples;
use super::run::WaitingArguments;

const EXAMPLES: &[(&str, &str)] = &[
    ("limbeck baseline", "the first revision, from the database"),
    (
        "limbeck baseline --schema",
        "and `.sql` files that declare the same",
    ),
];

/// Begin with a database that is there already
///
/// Writes the first revision from what the database holds, proves on a throwaway PostgreSQL that it leads to the very
/// same, up and down, and stamps the database with it. Nothing in the database is changed but that. The tables of
/// other migration tools are left out, and named.
///
/// Prints the path of the file.
#[derive(Debug, Args)]
#[command(after_help = examples(EXAMPLES))]
pub(crate) struct BaselineArguments {
    /// What the revision does, in a few words
    #[arg(short, long, default_value = "Baseline")]
    pub(crate) message: String,

    /// Write the schema as `.sql` files too, one for each table, which declare it from then on
    ///
    /// Without it, what the database holds is kept as made by hand until models declare it.
    #[arg(long)]
    pub(crate) schema: bool,

    /// The revision's identifier, instead of a random one
    #[arg(long, value_name = "ID")]
    pub(crate) rev_id: Option<String>,

    #[command(flatten)]
    pub(crate) waiting: WaitingArguments,
}
