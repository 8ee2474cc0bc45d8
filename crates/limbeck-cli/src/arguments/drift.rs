//! `drift`.

use clap::Args;

use super::reference::examples;

const EXAMPLES: &[(&str, &str)] = &[
    ("limbeck drift", "object by object"),
    ("limbeck drift --sql", "the SQL that would undo it, for review"),
    (
        "limbeck -e production drift --format json",
        "in a nightly job: exits with 3 on drift",
    ),
];

/// Is the database what its own history says it is?
///
/// The revisions that the database says it has are replayed on a scratch server, as they were applied, and
/// compared with what is there. The database is only read. What the history did not make is listed apart and
/// never dropped; it counts as drift where it was added to an object of the history, such as a column or an
/// index of its tables. Exits with 3 on drift.
#[derive(Debug, Args)]
#[command(after_help = examples(EXAMPLES))]
pub(crate) struct DriftArguments {
    /// Print the SQL that would make the database what its history says, and nothing else
    #[arg(long)]
    pub(crate) sql: bool,
}
