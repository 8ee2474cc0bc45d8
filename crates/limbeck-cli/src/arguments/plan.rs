//! `plan`.

use clap::Args;

use super::reference::examples;
use super::target::TargetParser;

const EXAMPLES: &[(&str, &str)] = &[
    ("limbeck plan", "what `limbeck upgrade` would run"),
    ("limbeck plan --down -1", "what `limbeck downgrade -1` would run"),
];

/// Show what `upgrade` or `downgrade` would run now, and run nothing
///
/// Prints the SQL of each step, from where the database is.
#[derive(Debug, Args)]
#[command(after_help = examples(EXAMPLES))]
pub(crate) struct PlanArguments {
    /// How far: as for `upgrade`, or for `downgrade` with `--down`
    #[arg(allow_hyphen_values = true, value_parser = TargetParser, required_if_eq("down", "true"))]
    pub(crate) target: Option<String>,

    /// Show what `downgrade` would run
    #[arg(long)]
    pub(crate) down: bool,
}
