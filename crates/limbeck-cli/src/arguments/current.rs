//! `current`.

use clap::Args;

use super::reference::examples;

const EXAMPLES: &[(&str, &str)] = &[
    ("limbeck current", ""),
    ("limbeck current -v", "with files, parents, when and by whom"),
    (
        "limbeck current --check-heads",
        "fails (3) unless the database is at all heads",
    ),
];

/// Show the revision that the database is at
#[derive(Debug, Args)]
#[command(after_help = examples(EXAMPLES))]
pub(crate) struct CurrentArguments {
    /// Exit with 3 unless the database is at all heads, and nothing is begun
    #[arg(short = 'c', long)]
    pub(crate) check_heads: bool,
}
