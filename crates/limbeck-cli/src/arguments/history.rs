//! `history`.

use clap::Args;

use super::reference::examples;
use super::target::TargetParser;

const EXAMPLES: &[(&str, &str)] = &[
    ("limbeck history", "all of it"),
    ("limbeck history 8f3c:", "a revision, and what came after it"),
    ("limbeck history -r -3:", "the last, and the three before it"),
    (
        "limbeck history -r current:",
        "where the database is, and what it lacks",
    ),
    ("limbeck history -i", "all, and what the database has of it"),
];

/// List the revisions, newest first
///
/// A graph at a terminal, `PARENT -> REVISION, message` lines elsewhere. With `-v` each revision's file and date.
///
/// Each side of a range is any name of a revision, or is left out. `+N` and `-N` count from the other side.
#[derive(Debug, Args)]
#[command(after_help = examples(EXAMPLES))]
pub(crate) struct HistoryArguments {
    /// Only these: `FROM:TO`, either side may be left out
    #[arg(allow_hyphen_values = true, value_parser = TargetParser)]
    pub(crate) range: Option<String>,

    /// The same as an option
    #[arg(
        short = 'r',
        long = "rev-range",
        value_name = "RANGE",
        allow_hyphen_values = true,
        value_parser = TargetParser,
        conflicts_with = "range"
    )]
    pub(crate) rev_range: Option<String>,

    /// Ask the database, and mark what it has and where it is
    #[arg(short, long)]
    pub(crate) indicate_current: bool,
}
