//! `upgrade` and `downgrade`, online and as a script.

use std::pin::pin;
use std::time::Duration;

use limbeck_history::History;
use limbeck_migrate::{Ask, CancelBlockers, OnApply, Report, RunOptions, Runner};

use crate::seen::{Listing, Seen};
use crate::{Diagnostic, Error, Event, Events, Failure, Interrupt, Project, error, live};

/// What a run is told.
#[derive(Debug, Clone)]
pub struct RunSettings {
    /// How long to wait for a lock (`--lock-timeout`); `None` for what `limbeck.toml` says, and else by the kind of step.
    pub lock_timeout: Option<Duration>,
    /// For how long a step that did not get its locks is sent again (`--lock-deadline`); `None` for what `limbeck.toml`
    /// says.
    pub lock_deadline: Option<Duration>,
    /// How long a statement may run (`--statement-timeout`); `None` for what `limbeck.toml` says.
    pub statement_timeout: Option<Duration>,
    /// Whether those are ended whom a step waits for (`--cancel-blockers`).
    pub cancel_blockers: CancelBlockers,
    /// Somebody to ask.
    pub ask: Option<Ask>,
    /// How long to wait for another runner (`--wait`).
    pub wait: Duration,
    /// How long the lease lasts without a heartbeat; `None` for its usual length.
    pub lease: Option<Duration>,
    /// Whether all steps commit together (`--single-transaction`); `None` for what `limbeck.toml` says.
    pub single_transaction: Option<bool>,
    /// Whether it may go through a pooler in transaction mode (`--allow-pooler`); `None` for what `limbeck.toml` says.
    pub allow_pooler: Option<bool>,
    /// What the run is tagged with (`--tag`).
    pub tag: Option<String>,
    /// What a program adds to each step.
    pub on_apply: Option<OnApply>,
}

impl Default for RunSettings {
    fn default() -> Self {
        Self {
            lock_timeout: None,
            lock_deadline: None,
            statement_timeout: None,
            cancel_blockers: CancelBlockers::Never,
            ask: None,
            wait: Duration::from_secs(60),
            lease: None,
            single_transaction: None,
            allow_pooler: None,
            tag: None,
            on_apply: None,
        }
    }
}

/// Moves the database up to a target.
///
/// # Errors
/// When the database cannot be reached, the target is unknown, or a step fails.
pub async fn upgrade(
    project: &Project,
    target: &str,
    settings: &RunSettings,
    interrupt: &Interrupt,
    events: Events<'_>,
) -> Result<Report, Error> {
    refuse_range("upgrade", target)?;
    let options = run_options(project, settings);
    let run_events = |event| events(Event::Run(event));
    let revisions = seen_or_read(project, target == "head");
    let connected = connect(project, &options, interrupt, &run_events, events);
    let (revisions, runner) = both(revisions, connected).await?;
    let history = match revisions {
        Revisions::Read(history) => history,
        Revisions::Seen(seen) => {
            if let Some(applied) = runner.applied()
                && seen.is_reached(runner.heads().iter(), applied)
            {
                return Ok(runner.nothing_to_do());
            }
            project.history()?
        }
    };
    let report = runner.upgrade(&history, target).await;
    report.map_err(|cause| error::from_migrate(project, cause))
}

/// Moves the database down to a target.
///
/// # Errors
/// As [`upgrade`], and when a revision on the way has no down.
pub async fn downgrade(
    project: &Project,
    target: &str,
    settings: &RunSettings,
    interrupt: &Interrupt,
    events: Events<'_>,
) -> Result<Report, Error> {
    refuse_range("downgrade", target)?;
    let options = run_options(project, settings);
    let run_events = |event| events(Event::Run(event));
    let connected = connect(project, &options, interrupt, &run_events, events);
    let (history, runner) = both(read_history(project), connected).await?;
    let report = runner.downgrade(&history, target).await;
    report.map_err(|cause| error::from_migrate(project, cause))
}

/// A run begins where the database is; only a script must be told.
pub(super) fn refuse_range(command: &str, target: &str) -> Result<(), Error> {
    match target.split_once(':') {
        None => Ok(()),
        Some((_, to)) => Err(Error::usage(format!(
            "`{target}` is a range, and a run begins where the database is"
        ))
        .hint(format!(
            "write `limbeck {command} {}`; a range is for `--sql`",
            if to.is_empty() { "head" } else { to }
        ))),
    }
}

/// The same run as a script for `psql`. `range` is `from:to`, or `to` alone for a run from base.
///
/// # Errors
/// When the range is wrong, or a step cannot be written down.
pub fn upgrade_script(project: &Project, range: &str, settings: &RunSettings) -> Result<String, Error> {
    let (from, to) = range.split_once(':').unwrap_or(("base", range));
    let from = if from.is_empty() { "base" } else { from };
    let to = if to.is_empty() { "head" } else { to };
    script(project, limbeck_history::Direction::Up, from, to, settings)
}

/// The way down as a script for `psql`. `range` is `from:to`; without the first it begins at the heads, without the
/// second it ends at the base.
///
/// # Errors
/// When the range is wrong, or a step cannot be written down.
pub fn downgrade_script(project: &Project, range: &str, settings: &RunSettings) -> Result<String, Error> {
    let Some((from, to)) = range.split_once(':') else {
        return Err(Error::usage(
            "a script of the way down needs both ends, since it asks no database where it is",
        )
        .hint("write `limbeck downgrade --sql FROM:TO`, for example `head:base`"));
    };
    let from = if from.is_empty() { "heads" } else { from };
    let to = if to.is_empty() { "base" } else { to };
    script(project, limbeck_history::Direction::Down, from, to, settings)
}

fn script(
    project: &Project,
    direction: limbeck_history::Direction,
    from: &str,
    to: &str,
    settings: &RunSettings,
) -> Result<String, Error> {
    let history = project.history()?;
    refuse_wrong_way(&history, direction, from, to)?;
    limbeck_migrate::script(&history, direction, from, to, &run_options(project, settings))
        .map_err(|cause| error::from_migrate(project, cause))
}

/// Two things at once: what is read of the files, while the server answers. A fault of the files is told first: it is
/// there whatever the database says.
pub(super) async fn both<A, B>(
    files: impl Future<Output = Result<A, Error>>,
    database: impl Future<Output = Result<B, Error>>,
) -> Result<(A, B), Error> {
    let (mut files, mut database) = (pin!(files), pin!(database));
    tokio::select! {
        biased;
        files = &mut files => Ok((files?, database.await?)),
        database = &mut database => Ok((files.await?, database?)),
    }
}

/// What an interrupt ends at once, since nothing is written yet that would have to be ended.
pub(super) async fn unless_interrupted<T>(
    interrupt: &Interrupt,
    work: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    tokio::select! {
        biased;
        () = interrupt.interrupted() => Err(Error::new(
            Failure::Interrupted,
            Diagnostic::new("interrupted before anything was written"),
        )
        .hint("run again: nothing was changed")),
        done = work => done,
    }
}

async fn connect<'a>(
    project: &Project,
    options: &'a RunOptions,
    interrupt: &'a Interrupt,
    run_events: &'a (dyn Fn(limbeck_migrate::Event) + Send + Sync),
    events: Events<'_>,
) -> Result<Runner<'a>, Error> {
    let database = live::settings(project, events).await?;
    Runner::connect(&database, options, interrupt, run_events)
        .await
        .map_err(|cause| error::from_migrate(project, cause))
}

/// What is known of the revisions.
pub(super) enum Revisions {
    /// What they said when they were last read; the files are the same.
    Seen(Seen),
    Read(History),
}

/// Looks whether the files are as they were, where that is enough; else reads them.
pub(super) async fn seen_or_read(project: &Project, may_be_seen: bool) -> Result<Revisions, Error> {
    if !may_be_seen {
        return read_history(project).await.map(Revisions::Read);
    }
    let looker = project.clone();
    let looked = tokio::task::spawn_blocking(move || {
        let listing = Listing::read(&looker.locations());
        let seen = listing
            .as_ref()
            .and_then(|listing| Seen::recall(&looker, listing));
        (listing, seen)
    });
    let (listing, seen) = looked.await.map_err(thread_failed)?;
    if let Some(seen) = seen {
        return Ok(Revisions::Seen(seen));
    }
    let history = read_history(project).await?;
    if let Some(listing) = listing {
        Seen::keep(project, &listing, &history);
    }
    Ok(Revisions::Read(history))
}

/// Reads the revision files on a thread of their own, and understands them on this one.
pub(super) async fn read_history(project: &Project) -> Result<History, Error> {
    let reader = project.clone();
    let files = tokio::task::spawn_blocking(move || reader.revision_files());
    project.history_of(&files.await.map_err(thread_failed)??)
}

fn thread_failed(cause: tokio::task::JoinError) -> Error {
    Error::failed("the revisions could not be read: the reading thread failed").caused_by(cause)
}

/// Reads the revisions while the database's settings are found, since an embedded server may have to start.
pub(crate) async fn database_and_history(
    project: &Project,
    events: Events<'_>,
) -> Result<(limbeck_postgres::Settings, History), Error> {
    let (history, database) = tokio::join!(read_history(project), live::settings(project, events));
    Ok((database?, history?))
}

/// A range that leads the other way would make a script that does nothing.
fn refuse_wrong_way(
    history: &History,
    direction: limbeck_history::Direction,
    from: &str,
    to: &str,
) -> Result<(), Error> {
    let (begin, end) = history.script_ends(from, to).map_err(error::from_selector)?;
    let end = history.applied_at(&end);
    let (is_wrong, right) = match direction {
        limbeck_history::Direction::Up => (end.is_subset(&begin) && end != begin, "downgrade"),
        limbeck_history::Direction::Down => (begin.is_subset(&end) && end != begin, "upgrade"),
    };
    if !is_wrong {
        return Ok(());
    }
    Err(
        Error::usage(format!("the way from `{from}` to `{to}` is the other direction"))
            .hint(format!("write `limbeck {right} --sql {from}:{to}`")),
    )
}

/// What a run is told of the project and of who runs it.
pub(crate) fn run_options(project: &Project, settings: &RunSettings) -> RunOptions {
    let config = &project.config().database;
    let run = &project.config().run;
    RunOptions {
        version_schema: config.version_schema.clone(),
        scope: config.scope.clone(),
        search_path: config.search_path.clone(),
        lock_timeout: settings.lock_timeout.or(run.lock_timeout),
        lock_deadline: settings
            .lock_deadline
            .or(run.lock_deadline)
            .unwrap_or(RunOptions::default().lock_deadline),
        statement_timeout: settings.statement_timeout.or(run.statement_timeout),
        cancel_blockers: settings.cancel_blockers,
        ask: settings.ask.clone(),
        wait: settings.wait,
        lease: settings.lease.unwrap_or(RunOptions::default().lease),
        wait_for_server: project.wait_for_server(),
        x: project.overrides().x.clone(),
        application: "limbeck".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        os_user: project.host().os_user.clone(),
        host: project.host().host_name.clone(),
        single_transaction: settings
            .single_transaction
            .unwrap_or(project.config().run.single_transaction),
        allow_pooler: settings.allow_pooler.unwrap_or(project.config().run.allow_pooler),
        tag: settings.tag.clone(),
        on_apply: settings.on_apply.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_interrupt_ends_what_would_go_on() {
        let interrupt = Interrupt::new();
        let done = unless_interrupted(&interrupt, std::future::ready(Ok(1))).await;
        assert_eq!(done.unwrap(), 1);
        interrupt.interrupt();
        let error = unless_interrupted(&interrupt, std::future::pending::<Result<(), Error>>())
            .await
            .unwrap_err();
        assert_eq!(error.failure(), Failure::Interrupted);
    }
}
