//! What a run is told.

use std::time::Duration;

use limbeck_history::XArguments;
use limbeck_postgres::Patience;

use crate::ask::Ask;
use crate::on_apply::OnApply;

/// Whether those are ended whom a step waits for. Never ended are other runners of Limbeck, replication, and what
/// autovacuum does to prevent wraparound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CancelBlockers {
    /// They are waited for.
    #[default]
    Never,
    /// [`RunOptions::ask`] is asked first.
    Ask,
    /// As soon as they are seen.
    Always,
}

/// What a run is told, apart from its history and its target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunOptions {
    /// The schema of Limbeck's own tables.
    pub version_schema: String,
    /// Which of several histories in one database is meant.
    pub scope: String,
    /// The `search_path` that steps run with, as in `SET search_path`.
    pub search_path: String,
    /// How long a step in a transaction waits for each lock, unless the step says otherwise; zero is without limit.
    /// `None` goes by the kind of step: one that may take strong locks, behind which others wait, waits for
    /// [`LOCK_TIMEOUT`](Self::LOCK_TIMEOUT) and is sent again; one that takes none waits as long as
    /// [`lock_deadline`](Self::lock_deadline) says, since nobody waits behind it. What cannot be sent again, such as a step of
    /// a run in one transaction or of a script, waits for [`ONLY_LOCK_TIMEOUT`](Self::ONLY_LOCK_TIMEOUT).
    pub lock_timeout: Option<Duration>,
    /// For how long a step that did not get its locks, or was the victim of a deadlock, is sent again, as a whole and
    /// with growing pauses. Zero never sends again. `retry=` in the file says how often at most.
    pub lock_deadline: Duration,
    /// How long a statement may run, unless the step says otherwise; `None` for as long as it takes. It does not hold
    /// for steps that are known to take as long as there are rows: builds, validations, rewrites, backfills.
    pub statement_timeout: Option<Duration>,
    /// Whether those are ended whom a step waits for.
    pub cancel_blockers: CancelBlockers,
    /// Somebody to ask; without one, what would be asked is answered by no.
    pub ask: Option<Ask>,
    /// How long to wait for another runner.
    pub wait: Duration,
    /// How long the lease lasts without a heartbeat, which beats after each third of it. A shorter one is sooner taken
    /// from a runner that is paused or cut off, and sooner lost to a slow network; what commits is fenced either way.
    pub lease: Duration,
    /// How long to wait for a server that sleeps, starts or restarts, at the beginning and after the connection was
    /// lost; zero does not wait.
    pub wait_for_server: Duration,
    /// Values for steps, each as the setting `limbeck.x.KEY`. They are part of what a script holds, and of no journal.
    pub x: XArguments,
    /// The name under which sessions and events are known to the server.
    pub application: String,
    /// The version of that application.
    pub version: String,
    /// The operating system's name of who runs, for the journal.
    pub os_user: Option<String>,
    /// The name of the machine that runs, for the journal.
    pub host: Option<String>,
    /// Whether all steps of a run commit together, in one transaction, or each by itself. Steps outside transactions
    /// and steps in Rust are then refused before anything runs.
    pub single_transaction: bool,
    /// Whether a run may go through a pooler that gives a server process to others between two transactions. Only steps
    /// in transactions can; others are refused before anything runs.
    pub allow_pooler: bool,
    /// A text that goes with a run: into the detail of its events, and to its steps in transactions, which find it by
    /// `current_setting('limbeck.tag', true)`.
    pub tag: Option<String>,
    /// What an application adds to each step.
    pub on_apply: Option<OnApply>,
}

impl Default for RunOptions {
    fn default() -> Self {
        Self {
            version_schema: "limbeck".to_owned(),
            scope: "main".to_owned(),
            search_path: "public".to_owned(),
            lock_timeout: None,
            lock_deadline: Duration::from_mins(2),
            statement_timeout: None,
            cancel_blockers: CancelBlockers::Never,
            ask: None,
            wait: Duration::from_secs(60),
            lease: Duration::from_secs(30),
            wait_for_server: Patience::DEFAULT_LIMIT,
            x: XArguments::default(),
            application: "limbeck".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            os_user: None,
            host: None,
            single_transaction: false,
            allow_pooler: false,
            tag: None,
            on_apply: None,
        }
    }
}

impl RunOptions {
    /// How long a step that may take strong locks waits for each, where it can be sent again. Longer than
    /// PostgreSQL's `deadlock_timeout` (1 s), at which autovacuum makes way; and short, since everybody who comes after
    /// waits behind such a lock.
    pub const LOCK_TIMEOUT: Duration = Duration::from_secs(2);
    /// How long a step waits for each lock that cannot be sent again.
    pub const ONLY_LOCK_TIMEOUT: Duration = Duration::from_secs(5);

    /// Who holds the lease, in words for people: `ada@build-7 (limbeck 0.1.0)`.
    pub(crate) fn owner(&self) -> String {
        let who = match (&self.os_user, &self.host) {
            (Some(user), Some(host)) => format!("{user}@{host} "),
            (Some(user), None) => format!("{user} "),
            (None, Some(host)) => format!("{host} "),
            (None, None) => String::new(),
        };
        format!("{who}({} {})", self.application, self.version)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn owners_are_told_apart_as_far_as_known() {
        let mut options = RunOptions {
            version: "1.2.3".to_owned(),
            ..RunOptions::default()
        };
        assert_eq!(options.owner(), "(limbeck 1.2.3)");
        options.os_user = Some("ada".to_owned());
        options.host = Some("build-7".to_owned());
        assert_eq!(options.owner(), "ada@build-7 (limbeck 1.2.3)");
    }
}
