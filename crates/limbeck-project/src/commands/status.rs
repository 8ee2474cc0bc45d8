//! `status`: one screen about a database.

use limbeck_migrate::{LogEntry, LogFilter, State};
use limbeck_postgres::Session;
use serde::Serialize;

use super::log;
use super::run::read_history;
use crate::drift::{self, Known};
use crate::project::DatabaseTarget;
use crate::recorded::Recorded;
use crate::{Diagnostic, Error, Events, Failure, Project, live};

/// How many entries of the journal are shown.
const LAST_EVENTS: u64 = 5;

/// What is to be found out.
#[derive(Debug, Clone, Copy, Default)]
pub struct StatusOptions {
    /// Whether the database is compared with its history, which takes a scratch server. Otherwise only what an
    /// earlier comparison found is told, for as long as nobody has changed the schema since.
    pub drift: bool,
}

/// One screen about a database.
#[derive(Debug, Clone, Serialize)]
pub struct StatusReport {
    /// Where the database is.
    pub database: DatabasePlace,
    /// Why it cannot be reached; then nothing below is known but what the files say.
    pub unreachable: Option<Diagnostic>,
    /// Whether any revision was ever run or stamped here.
    pub exists: bool,
    /// The heads of the files.
    pub history_heads: Vec<String>,
    /// Where the database is.
    pub heads: Vec<StatusHead>,
    /// The revisions of the files that are not applied, in the order in which they would be. All of them, where the
    /// database cannot be reached.
    pub pending: Vec<PendingRevision>,
    /// Applied revisions whose files were changed since.
    pub edited: Vec<StatusRevision>,
    /// Revisions of the database whose files are not here.
    pub unknown: Vec<StatusRevision>,
    /// Revisions that have begun but not ended, in words.
    pub unfinished: Vec<String>,
    /// Who is at work, in words, or was when it died.
    pub at_work: Option<String>,
    /// Whether the database is what its history says.
    pub drift: DriftState,
    /// What was done last, the newest first.
    pub last_events: Vec<LogEntry>,
}

/// Where a database is. Nothing here is secret.
#[derive(Debug, Clone, Serialize)]
pub struct DatabasePlace {
    /// The host, or the folder of its socket.
    pub host: String,
    /// The port.
    pub port: u16,
    /// The database's name.
    pub database: String,
    /// The role that connects.
    pub user: String,
    /// The server's version, where it answers.
    pub server_version: Option<String>,
    /// Whether the connection is encrypted, where there is one.
    pub tls: Option<bool>,
    /// Whether the configured host is a pooler. Limbeck goes to the direct host behind it, which is the one above.
    pub pooled: bool,
    /// Whether it is the project's embedded server.
    pub embedded: bool,
}

/// A head of the database.
#[derive(Debug, Clone, Serialize)]
pub struct StatusHead {
    /// Its identifier.
    pub id: String,
    /// Its message.
    pub message: String,
    /// Whether it is a head of the files.
    pub is_head: bool,
}

/// A revision that is not applied.
#[derive(Debug, Clone, Serialize)]
pub struct PendingRevision {
    /// Its identifier.
    pub id: String,
    /// Its message.
    pub message: String,
    /// The steps that lose data (`allow=drop`).
    pub destructive_steps: Vec<String>,
}

/// A revision that the files and the database do not agree on.
#[derive(Debug, Clone, Serialize)]
pub struct StatusRevision {
    /// Its identifier.
    pub id: String,
    /// The name of its file.
    pub file_name: String,
}

/// Whether the database is what its history says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum DriftState {
    /// It was not compared, or somebody has changed the schema since.
    Unknown,
    /// Nothing was ever run, so there is nothing to compare with.
    NoHistory,
    /// It is.
    None {
        /// When it was compared, by the server's clock.
        at: String,
    },
    /// It is not.
    Found {
        /// How many objects are not as the history says.
        differences: usize,
        /// How many were added to objects of the history.
        additions: usize,
        /// When it was compared, by the server's clock.
        at: String,
    },
}

/// Tells where a database is and how it stands. Nothing is changed. A database that cannot be reached is a report
/// that says so.
///
/// # Errors
/// When the configuration or the files are wrong, the own tables cannot be read, or the comparison fails.
pub async fn status(
    project: &Project,
    options: StatusOptions,
    events: Events<'_>,
) -> Result<StatusReport, Error> {
    let files = read_history(project).await?;
    let (target, _) = project.database_target()?;
    let settings = live::settings(project, events).await?;
    let place = DatabasePlace {
        host: settings.host().into_owned(),
        port: settings.port(),
        database: settings.database().to_owned(),
        user: settings.user().to_owned(),
        server_version: None,
        tls: None,
        pooled: matches!(&target, DatabaseTarget::Url(settings) if settings.is_pooled()),
        embedded: matches!(target, DatabaseTarget::Embedded),
    };
    let mut report = StatusReport {
        database: place,
        unreachable: None,
        exists: false,
        history_heads: files.heads().iter().map(ToString::to_string).collect(),
        heads: Vec::new(),
        pending: pending(&State::default(), &files),
        edited: Vec::new(),
        unknown: Vec::new(),
        unfinished: Vec::new(),
        at_work: None,
        drift: DriftState::Unknown,
        last_events: Vec::new(),
    };
    let session = match live::connect(&settings, project.wait_for_server(), events).await {
        Ok(session) => session,
        Err(error) if error.failure() == Failure::Unreachable => {
            report.unreachable = error.diagnostics().first().cloned();
            return Ok(report);
        }
        Err(error) => return Err(error),
    };
    report.database.server_version = Some(version(&session));
    report.database.tls = Some(session.tls().is_some());
    let recorded = Recorded::on(project, settings, session, files).await?;
    fill(&mut report, &recorded);
    let filter = LogFilter {
        limit: Some(LAST_EVENTS),
        ..LogFilter::default()
    };
    report.last_events = log::read(project, &recorded.session, Some(&recorded.files), &filter)
        .await?
        .events;
    report.drift = drift_state(project, options, &recorded, events).await?;
    Ok(report)
}

/// `PostgreSQL 17.5`, without what a distribution adds.
fn version(session: &Session) -> String {
    let version = session.server_version();
    version.split_whitespace().next().unwrap_or(version).to_owned()
}

fn fill(report: &mut StatusReport, recorded: &Recorded) {
    let Recorded { files, state, .. } = recorded;
    let heads_here = files.heads();
    report.exists = state.exists;
    report.heads = state
        .heads
        .iter()
        .map(|id| StatusHead {
            id: id.to_string(),
            message: files
                .get(id)
                .map(|revision| revision.message.clone())
                .or_else(|| state.revisions.get(id).map(|applied| applied.message.clone()))
                .unwrap_or_default(),
            is_head: heads_here.contains(id),
        })
        .collect();
    report.pending = pending(state, files);
    report.edited = state
        .edited(files)
        .into_iter()
        .map(|edited| StatusRevision {
            id: edited.id.to_string(),
            file_name: edited
                .path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned(),
        })
        .collect();
    report.unknown = state
        .unknown(files)
        .into_iter()
        .map(|unknown| StatusRevision {
            id: unknown.id.to_string(),
            file_name: unknown.file_name,
        })
        .collect();
    report.unfinished = state.unfinished_in_words();
    report.at_work = state.holder.as_ref().map(ToString::to_string);
}

fn pending(state: &State, files: &limbeck_history::History) -> Vec<PendingRevision> {
    state
        .unapplied(files)
        .into_iter()
        .map(|revision| PendingRevision {
            id: revision.id.to_string(),
            message: revision.message.clone(),
            destructive_steps: revision
                .steps
                .iter()
                .filter(|step| step.up.as_ref().is_some_and(|up| up.options.allow_drop))
                .map(|step| step.name.clone())
                .collect(),
        })
        .collect()
}

async fn drift_state(
    project: &Project,
    options: StatusOptions,
    recorded: &Recorded,
    events: Events<'_>,
) -> Result<DriftState, Error> {
    if !recorded.state.exists {
        return Ok(DriftState::NoHistory);
    }
    let known = if options.drift {
        let drift = Box::pin(drift::compare(project, recorded, events)).await?;
        Some(drift.told(&recorded.session).await?)
    } else {
        let fingerprint = live::fingerprint(&recorded.session).await?;
        Known::recall(project, recorded, &fingerprint)
    };
    Ok(match known {
        None => DriftState::Unknown,
        Some(Known {
            differences: 0,
            additions: 0,
            at,
        }) => DriftState::None { at },
        Some(Known {
            differences,
            additions,
            at,
        }) => DriftState::Found {
            differences,
            additions,
            at,
        },
    })
}
