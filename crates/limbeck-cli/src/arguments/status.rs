//! `status`.

use clap::Args;

use super::reference::examples;

const EXAMPLES: &[(&str, &str)] = &[
    ("limbeck status", "what there is to know, at once"),
    (
        "limbeck status --drift",
        "and compare the database with its history",
    ),
    ("limbeck -e production status --format json", "for a dashboard"),
];

/// Show on one screen where the database is and how it stands
///
/// Which server, which revisions, what is pending, edited or unknown, who is at work, what was done last.
/// Changes nothing. Whether the database has drifted is told from an earlier comparison while nobody has
/// changed the schema since; `--drift` compares now.
#[derive(Debug, Args)]
#[command(after_help = examples(EXAMPLES))]
pub(crate) struct StatusArguments {
    /// Compare the database with its history, as `drift` does
    #[arg(long)]
    pub(crate) drift: bool,
}
