//! What `upgrade` and `downgrade` share.

use std::time::Duration;

use clap::Args;
use limbeck_project::commands::RunSettings;
use limbeck_project::{CancelBlockers, parse_duration};

/// How to run.
#[derive(Debug, Clone, Args)]
pub(crate) struct RunArguments {
    /// Write the run as a script for `psql` instead, without a database
    #[arg(long)]
    pub(crate) sql: bool,

    /// Commit all steps together, or none of them; `[run] single_transaction` in limbeck.toml sets it for
    /// good, and `--single-transaction=false` takes it back
    #[arg(
        long,
        value_name = "BOOLEAN",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "true",
        hide_possible_values = true
    )]
    pub(crate) single_transaction: Option<bool>,

    #[command(flatten)]
    pub(crate) tag: TagArguments,

    #[command(flatten)]
    pub(crate) waiting: WaitingArguments,

    /// For how long a step that does not get its locks is sent again, with growing pauses [default: 2min]
    #[arg(long, value_name = "TIME", value_parser = parse_duration)]
    pub(crate) lock_deadline: Option<Duration>,

    /// How long a statement may run, but in builds, validations, rewrites and backfills [default: as long as it takes]
    #[arg(long, value_name = "TIME", value_parser = parse_duration)]
    pub(crate) statement_timeout: Option<Duration>,

    /// End the sessions that a step waits for, asking first; never other runners, replication, or autovacuum that
    /// prevents wraparound
    #[arg(long, conflicts_with = "sql")]
    pub(crate) cancel_blockers: bool,

    /// End them without asking
    #[arg(long, requires = "cancel_blockers")]
    pub(crate) yes: bool,
}

/// What a run is tagged with.
#[derive(Debug, Clone, Args)]
pub(crate) struct TagArguments {
    /// A text for the journal, and for steps, which find it by `current_setting('limbeck.tag', true)`
    #[arg(long, value_name = "TEXT")]
    pub(crate) tag: Option<String>,
}

/// Whether a pooler may be in between.
#[derive(Debug, Clone, Args)]
pub(crate) struct PoolerArguments {
    /// Write through a pooler in transaction mode too, steps in transactions alone; `[run] allow_pooler` in
    /// limbeck.toml sets it for good
    #[arg(
        long,
        value_name = "BOOLEAN",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "true",
        hide_possible_values = true
    )]
    pub(crate) allow_pooler: Option<bool>,
}

/// How long to wait for others.
#[derive(Debug, Clone, Args)]
pub(crate) struct WaitingArguments {
    /// How long to wait for each lock: else 2s where others would wait behind it, as for ALTER TABLE, and as long as the
    /// deadline where not; 5s where nothing can be sent again (scripts, one transaction)
    #[arg(long, value_name = "TIME", value_parser = parse_duration)]
    pub(crate) lock_timeout: Option<Duration>,

    /// How long to wait for another runner
    #[arg(long, value_name = "TIME", default_value = "60s", value_parser = parse_duration)]
    pub(crate) wait: Duration,

    #[command(flatten)]
    pub(crate) pooler: PoolerArguments,

    /// How long the lease lasts without a heartbeat. For tests of the competition: what commits is fenced whatever it is
    #[arg(long, value_name = "TIME", hide = true, value_parser = parse_duration)]
    pub(crate) lease: Option<Duration>,
}

impl From<&WaitingArguments> for RunSettings {
    fn from(waiting: &WaitingArguments) -> Self {
        Self {
            lock_timeout: waiting.lock_timeout,
            wait: waiting.wait,
            allow_pooler: waiting.pooler.allow_pooler,
            lease: waiting.lease,
            ..Self::default()
        }
    }
}

impl From<&RunArguments> for RunSettings {
    fn from(run: &RunArguments) -> Self {
        Self {
            single_transaction: run.single_transaction,
            tag: run.tag.tag.clone(),
            lock_deadline: run.lock_deadline,
            statement_timeout: run.statement_timeout,
            cancel_blockers: match (run.cancel_blockers, run.yes) {
                (false, _) => CancelBlockers::Never,
                (true, false) => CancelBlockers::Ask,
                (true, true) => CancelBlockers::Always,
            },
            ..Self::from(&run.waiting)
        }
    }
}
