//! What `upgrade` and `downgrade` share.

use std::time::Duration;

use clap::Args;
use limbeck_project::commands::RunSettings;
use limbeck_project::parse_duration;

/// How to run.
#[derive(Debug, Clone, Args)]
pub(crate) struct RunArguments {
    /// Write the run as a script for `psql` instead, without a database
    #[arg(long)]
    pub(crate) sql: bool,

    #[command(flatten)]
    pub(crate) waiting: WaitingArguments,
}

/// How long to wait for others.
#[derive(Debug, Clone, Args)]
pub(crate) struct WaitingArguments {
    /// How long a step may wait for a lock
    #[arg(long, value_name = "TIME", default_value = "5s", value_parser = parse_duration)]
    pub(crate) lock_timeout: Duration,

    /// How long to wait for another runner
    #[arg(long, value_name = "TIME", default_value = "60s", value_parser = parse_duration)]
    pub(crate) wait: Duration,
}

impl From<&WaitingArguments> for RunSettings {
    fn from(waiting: &WaitingArguments) -> Self {
        Self {
            lock_timeout: waiting.lock_timeout,
            wait: waiting.wait,
        }
    }
}
