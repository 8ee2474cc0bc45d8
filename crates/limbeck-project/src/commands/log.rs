//! `log`: who did what when, and how it ended.

use limbeck_history::History;
use limbeck_migrate::{LogEntry, LogFilter, Since};
use limbeck_postgres::Session;
use serde::Serialize;

use super::RunSettings;
use super::run::run_options;
use crate::{Diagnostic, Error, Events, Failure, Project, error, live};

/// Which entries are wanted.
#[derive(Debug, Clone, Default)]
pub struct LogOptions {
    /// Of this revision alone: an identifier or the beginning of one, or what selects one among the files (`head`).
    pub revision: Option<String>,
    /// Not before this time: a span back from now (`2h`, `7d`), or a time (`2026-11-21`, `yesterday`), in UTC.
    pub since: Option<String>,
    /// Of these kinds alone.
    pub kinds: Vec<String>,
    /// Only what did not come to its end.
    pub failed: bool,
    /// At most so many, the newest ones.
    pub limit: Option<u64>,
}

/// The journal.
#[derive(Debug, Clone, Serialize)]
pub struct LogReport {
    /// Whether the database has a journal. Without one nothing was ever run.
    pub exists: bool,
    /// The entries, the newest first.
    pub events: Vec<LogEntry>,
}

/// Reads the journal of the database.
///
/// # Errors
/// When the database cannot be reached, the journal cannot be read, the revision is unknown, or the time is none.
pub async fn log(project: &Project, options: &LogOptions, events: Events<'_>) -> Result<LogReport, Error> {
    let settings = live::settings(project, events).await?;
    let session = live::connect(&settings, project.wait_for_server(), events).await?;
    // What the files say only helps to name things.
    let files = project.history();
    let revision = match &options.revision {
        Some(given) => Some(revision(project, &session, &files, given).await?),
        None => None,
    };
    let filter = LogFilter {
        revision,
        since: options.since.as_deref().map(since),
        kinds: options.kinds.clone(),
        failed: options.failed,
        limit: options.limit,
    };
    read(project, &session, files.as_ref().ok(), &filter).await
}

/// Reads entries, and names from the files what the database has no name for.
pub(super) async fn read(
    project: &Project,
    session: &Session,
    files: Option<&History>,
    filter: &LogFilter,
) -> Result<LogReport, Error> {
    let run_options = run_options(project, &RunSettings::default());
    let entries = limbeck_migrate::log(session, &run_options, filter)
        .await
        .map_err(|cause| match (cause.sqlstate(), &filter.since) {
            (Some(code), Some(Since::At(given) | Since::Ago(given))) if code.starts_with("22") => {
                Error::usage(format!("`{given}` is no time"))
                    .hint("write a span back from now, such as `2h` or `7d`, or a time, such as `2026-11-21` or `2026-11-21 10:00`, which is in UTC")
            }
            _ => error::from_migrate(project, cause),
        })?;
    let exists = entries.is_some();
    let mut entries = entries.unwrap_or_default();
    if let Some(files) = files {
        for entry in &mut entries {
            name(entry, files);
        }
    }
    Ok(LogReport {
        exists,
        events: entries,
    })
}

/// What is undone, or was never done, has no name in the database.
fn name(entry: &mut LogEntry, files: &History) {
    let Some(revision) = entry.revision.as_deref().and_then(|id| files.get(id)) else {
        return;
    };
    if entry.message.is_none() {
        entry.message = Some(revision.message.clone());
    }
    if entry.step_name.is_none() {
        let number = entry.step.and_then(|number| usize::try_from(number).ok());
        let step = revision.steps.iter().find(|step| Some(step.number) == number);
        entry.step_name = step.map(|step| step.name.clone());
    }
}

/// The revision that is meant: of those that the database speaks of, else of the files.
async fn revision(
    project: &Project,
    session: &Session,
    files: &Result<History, Error>,
    given: &str,
) -> Result<String, Error> {
    let options = run_options(project, &RunSettings::default());
    let known = limbeck_migrate::logged_revisions(session, &options)
        .await
        .map_err(|cause| error::from_migrate(project, cause))?;
    if known.iter().any(|id| id == given) {
        return Ok(given.to_owned());
    }
    let candidates: Vec<&String> = known.iter().filter(|id| id.starts_with(given)).collect();
    match candidates.as_slice() {
        [only] => Ok((*only).clone()),
        [] => match files {
            Ok(files) => files
                .resolve_one(given)
                .map(|revision| revision.id.to_string())
                .map_err(error::from_selector),
            Err(_) => Err(Error::new(
                Failure::History,
                Diagnostic::new(format!("the journal knows no revision `{given}`")),
            )),
        },
        several => {
            let names: Vec<String> = several.iter().map(|id| format!("`{id}`")).collect();
            Err(Error::new(
                Failure::History,
                Diagnostic::new(format!(
                    "`{given}` is the beginning of several revisions: {}",
                    names.join(", ")
                )),
            )
            .hint("write more of the identifier"))
        }
    }
}

/// A number with a unit is a span back from now; everything else is a time.
fn since(given: &str) -> Since {
    let given = given.trim();
    let unit = given.trim_start_matches(|character: char| character.is_ascii_digit());
    let is_span = unit.len() < given.len()
        && !unit.trim().is_empty()
        && unit
            .trim()
            .chars()
            .all(|character| character.is_ascii_alphabetic());
    if is_span {
        Since::Ago(given.to_owned())
    } else {
        Since::At(given.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_told_from_times() {
        for span in ["2h", "7d", "30 min", " 1w ", "90 minutes"] {
            assert_eq!(since(span), Since::Ago(span.trim().to_owned()));
        }
        for time in [
            "2026-11-21",
            "2026-11-21T10:00:00Z",
            "yesterday",
            "10:00",
            "2026",
            "",
        ] {
            assert_eq!(since(time), Since::At(time.to_owned()));
        }
    }
}
