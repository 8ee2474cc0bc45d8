//! `stamp`.

use clap::Args;

use super::reference::examples;
use super::run::{TagArguments, WaitingArguments};
use super::target::TargetParser;

const EXAMPLES: &[(&str, &str)] = &[
    ("limbeck stamp head", "the schema is all there already"),
    ("limbeck stamp base", "nothing of it is there"),
    (
        "limbeck stamp 8f3c billing@head",
        "a revision on each of two branches",
    ),
    (
        "limbeck stamp --purge head",
        "whatever was on record, known here or not",
    ),
    (
        "limbeck stamp --sql 27c6:head > stamp.sql",
        "from one revision to another, as a script",
    ),
];

/// Tell the database where it is, and run nothing
///
/// For a database whose schema is there already, made by other means. Each revision and all that it needs is on
/// record as applied afterwards, and what comes after it is not; other branches stay as they are.
#[derive(Debug, Args)]
#[command(after_help = examples(EXAMPLES))]
pub(crate) struct StampArguments {
    /// The revisions, on different branches: `head`, `base`, an identifier or the beginning of one; with
    /// `--sql` the first may be `FROM:TO`
    #[arg(required = true, value_name = "TARGET", allow_negative_numbers = true, value_parser = TargetParser)]
    pub(crate) targets: Vec<String>,

    /// Forget everything on record first, revisions that no file knows included
    #[arg(long)]
    pub(crate) purge: bool,

    /// Write the stamp as a script for `psql` instead, without a database
    #[arg(long)]
    pub(crate) sql: bool,

    #[command(flatten)]
    pub(crate) tag: TagArguments,

    #[command(flatten)]
    pub(crate) waiting: WaitingArguments,
}
