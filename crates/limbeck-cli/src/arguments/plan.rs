//! `plan`.

use clap::Args;

use super::target::TargetParser;

/// Show what `upgrade` or `downgrade` would run now, and run nothing
///
/// Prints the SQL of each step, from where the database is.
#[derive(Debug, Args)]
pub(crate) struct PlanArguments {
    /// How far: as for `upgrade`, or for `downgrade` with `--down`
    #[arg(allow_hyphen_values = true, value_parser = TargetParser, required_if_eq("down", "true"))]
    pub(crate) target: Option<String>,

    /// Show what `downgrade` would run
    #[arg(long)]
    pub(crate) down: bool,
}
