//! `plan`.

use clap::Args;

use super::reference::examples;
use super::target::TargetParser;

const EXAMPLES: &[(&str, &str)] = &[
    ("limbeck plan", "what `limbeck upgrade` would run"),
    (
        "limbeck plan +1 --count --locks",
        "one revision: rows in the way, tables that are locked",
    ),
    ("limbeck plan --down -1", "what `limbeck downgrade -1` would run"),
];

/// Show what `upgrade` or `downgrade` would run now, and run nothing
///
/// Prints the SQL of each step, from where the database is, and tells which steps lose data, cannot be taken
/// back, or run outside a transaction.
#[derive(Debug, Args)]
#[command(after_help = examples(EXAMPLES))]
pub(crate) struct PlanArguments {
    /// How far: as for `upgrade`, or for `downgrade` with `--down`
    #[arg(allow_hyphen_values = true, value_parser = TargetParser, required_if_eq("down", "true"))]
    pub(crate) target: Option<String>,

    /// Show what `downgrade` would run
    #[arg(long)]
    pub(crate) down: bool,

    /// Count now what has to be 0 before a step runs; the database is only read
    #[arg(long)]
    pub(crate) count: bool,

    /// Run the steps on a scratch server, and tell which tables they lock against others
    #[arg(long)]
    pub(crate) locks: bool,
}
