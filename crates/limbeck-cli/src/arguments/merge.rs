//! `merge`.

use std::path::PathBuf;

use clap::Args;

use super::reference::examples;

const EXAMPLES: &[(&str, &str)] = &[
    ("limbeck merge heads -m \"Merge billing\"", "all heads"),
    ("limbeck merge 8f3c 27c6", "two of them"),
];

/// Join several heads by a revision that has no steps
///
/// The branches are replayed on a throwaway PostgreSQL in each order. Where the order makes a difference, the objects
/// that differ are named, and nothing is written.
///
/// Prints the path of the file.
#[derive(Debug, Args)]
#[command(after_help = examples(EXAMPLES))]
pub(crate) struct MergeArguments {
    /// What to merge: any names of revisions; all heads where none is given
    #[arg(value_name = "REVISION")]
    pub(crate) revisions: Vec<String>,

    /// What the merge is for, in a few words
    #[arg(short, long, default_value = "", hide_default_value = true)]
    pub(crate) message: String,

    /// Name the branch that begins here. Repeatable
    #[arg(long = "branch-label", value_name = "LABEL")]
    pub(crate) branch_labels: Vec<String>,

    /// The revision's identifier, instead of a random one
    #[arg(long, value_name = "ID")]
    pub(crate) rev_id: Option<String>,

    /// Allow revisions that are no heads
    #[arg(long)]
    pub(crate) splice: bool,

    /// The folder to write the file into, of those that revisions are read from
    #[arg(long, value_name = "FOLDER")]
    pub(crate) version_path: Option<PathBuf>,
}
