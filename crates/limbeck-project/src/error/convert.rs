//! The errors of the other crates, as this crate's one.

use std::path::Path;

use limbeck_catalog::ReadError;
use limbeck_history::{GraphError, HeaderPlace, HistoryError, RevisionError, SelectorError, TemplateError};
use limbeck_migrate::{ErrorClass, ErrorKind, MigrateError};
use limbeck_plan::PlanError;
use limbeck_postgres::{ConnectError, DatabaseError, SettingsError};
use limbeck_server::{InstallationError, ServerError};

use crate::{Diagnostic, Error, Failure, Project, Snippet};

/// Every field that PostgreSQL gave besides the message, a line each.
pub(crate) fn database_notes(error: &DatabaseError) -> Vec<String> {
    let mut notes = Vec::new();
    if let Some(sqlstate) = error.sqlstate() {
        notes.push(format!("SQLSTATE: {sqlstate}"));
    }
    let fields = [
        ("detail", error.detail()),
        ("hint of the server", error.hint()),
        ("context", error.context()),
        ("schema", error.schema()),
        ("table", error.table()),
        ("column", error.column()),
        ("data type", error.data_type()),
        ("constraint", error.constraint()),
        ("internal query", error.internal_query()),
    ];
    for (name, value) in fields {
        if let Some(value) = value {
            notes.push(format!("{name}: {value}"));
        }
    }
    notes
}

/// What to do about `insufficient_privilege`.
fn right_that_is_missing(error: &DatabaseError) -> Option<String> {
    (error.sqlstate() == Some("42501")).then(|| {
        "the role lacks this right: have it granted, or connect as the role that owns the object".to_owned()
    })
}

/// What is said of something that is not compared.
pub(crate) fn not_looked_at(unread: &str) -> String {
    format!("`{unread}` is outside what Limbeck compares, and was not looked at")
}

pub(crate) fn from_database(error: DatabaseError) -> Error {
    let mut diagnostic = Diagnostic::new(error.message().to_owned());
    diagnostic.notes = database_notes(&error);
    diagnostic.hints.extend(right_that_is_missing(&error));
    let failure = if error.is_connection_lost() {
        Failure::Unreachable
    } else {
        Failure::Failed
    };
    Error::new(failure, diagnostic)
        .by_database(&error)
        .caused_by(error)
}

pub(crate) fn from_settings(error: SettingsError) -> Error {
    let hint = error.hint();
    hinted(Error::usage(error.to_string()).caused_by(error), hint)
}

pub(crate) fn from_connect(error: ConnectError) -> Error {
    let mut diagnostic = Diagnostic::new(error.to_string());
    if let Some(database) = error.database_error() {
        diagnostic.notes = database_notes(database);
        diagnostic.hints.extend(right_that_is_missing(database));
    }
    diagnostic.hints.extend(error.hint());
    Error::new(Failure::Unreachable, diagnostic).caused_by(error)
}

pub(crate) fn from_server(error: ServerError) -> Error {
    match error {
        ServerError::Connect(error) => from_connect(error),
        ServerError::Database(error) => from_database(error),
        error => {
            let hint = error.hint();
            hinted(Error::failed(error.to_string()).caused_by(error), hint)
        }
    }
}

pub(crate) fn from_installation(error: InstallationError) -> Error {
    match error {
        InstallationError::Server(error) => from_server(error),
        error => {
            let hint = error.hint();
            hinted(Error::failed(error.to_string()).caused_by(error), hint)
        }
    }
}

pub(crate) fn from_read(error: ReadError) -> Error {
    let mut diagnostic = Diagnostic::new(error.to_string());
    if let Some(sqlstate) = error.sqlstate() {
        diagnostic.notes.push(format!("SQLSTATE: {sqlstate}"));
    }
    diagnostic.hints.extend(error.hint());
    Error::new(Failure::Failed, diagnostic).caused_by(error)
}

pub(crate) fn from_plan(error: PlanError) -> Error {
    let hint = error.hint();
    hinted(Error::usage(error.to_string()).caused_by(error), hint)
}

/// Two databases of different majors, before anything is compared.
pub(crate) fn same_majors(majors: [Option<u32>; 2]) -> Result<(), Error> {
    match majors {
        [Some(from), Some(to)] if from != to => Err(Error::usage(format!(
            "the databases are PostgreSQL {from} and PostgreSQL {to}, which print the same definition differently"
        ))
        .hint(format!(
            "to compare them nevertheless, add `--force`: both are rebuilt on PostgreSQL {}, and read back",
            from.max(to)
        ))),
        _ => Ok(()),
    }
}

/// States of two majors do not compare: printing differs between them.
pub(crate) fn same_major(database: u32, scratch: u32) -> Result<(), Error> {
    let (database, scratch) = (database / 10_000, scratch / 10_000);
    if database == scratch {
        return Ok(());
    }
    Err(Error::usage(format!(
        "the database is PostgreSQL {database}, and states are compared on {scratch}, which prints differently"
    ))
    .hint(format!("set `major = {database}` under `[server]` in limbeck.toml")))
}

pub(crate) fn from_revision(project: &Project, error: RevisionError) -> Error {
    Error::new(Failure::History, revision_diagnostic(project, &error)).caused_by(error)
}

fn revision_diagnostic(project: &Project, error: &RevisionError) -> Diagnostic {
    // The file may be no UTF-8; what can be shown of it is shown.
    let bytes = std::fs::read(&error.path).unwrap_or_default();
    let source = String::from_utf8_lossy(&bytes).into_owned();
    let start = offset_of(&source, error.line, error.column);
    let end = (start + error.length).min(source.len());
    let mut diagnostic = Diagnostic::new(error.kind.to_string());
    diagnostic.snippets.push(Snippet {
        path: project.relative(&error.path),
        line: error.line,
        column: error.column,
        range: start..end.max(start),
        source,
        label: String::new(),
    });
    diagnostic.hints.extend(error.hint());
    diagnostic
}

/// The byte at a line and column, both from 1.
fn offset_of(text: &str, line: usize, column: usize) -> usize {
    let start: usize = text
        .split_inclusive('\n')
        .take(line.saturating_sub(1))
        .map(str::len)
        .sum();
    let rest = text.get(start..).unwrap_or("");
    start
        + rest
            .char_indices()
            .nth(column.saturating_sub(1))
            .map_or(rest.len(), |(offset, _)| offset)
}

pub(crate) fn from_history(project: &Project, error: HistoryError) -> Error {
    match error {
        HistoryError::Revisions(errors) => {
            let diagnostics = errors
                .iter()
                .map(|error| revision_diagnostic(project, error))
                .collect();
            Error::several(Failure::History, diagnostics)
        }
        HistoryError::Graph(error) => from_graph(project, error),
        HistoryError::Unreadable { path, source } => {
            let message = format!("`{}` cannot be read: {source}", project.relative(&path).display());
            let error = HistoryError::Unreadable { path, source };
            let hint = error.hint();
            hinted(Error::failed(message).caused_by(error), hint)
        }
        error => {
            let hint = error.hint();
            hinted(
                Error::new(Failure::History, Diagnostic::new(error.to_string())).caused_by(error),
                hint,
            )
        }
    }
}

fn from_graph(project: &Project, error: GraphError) -> Error {
    let mut diagnostic = Diagnostic::new(error.to_string());
    let places = error.places().iter();
    diagnostic.snippets = places.map(|place| header_snippet(project, place)).collect();
    diagnostic.hints.extend(error.hint());
    Error::new(Failure::History, diagnostic).caused_by(error)
}

pub(crate) fn header_snippet(project: &Project, place: &HeaderPlace) -> Snippet {
    Snippet {
        path: project.relative(&place.path),
        source: place.text.clone(),
        line: place.line,
        column: place.column,
        range: place.span.clone(),
        label: String::new(),
    }
}

pub(crate) fn from_selector(error: SelectorError) -> Error {
    let hint = error.hint();
    let failure = match error {
        SelectorError::NeedsDatabase { .. } => Failure::Usage,
        _ => Failure::History,
    };
    hinted(
        Error::new(failure, Diagnostic::new(error.to_string())).caused_by(error),
        hint,
    )
}

pub(crate) fn from_template(path: &Path, template: &str, error: &TemplateError) -> Error {
    let mut diagnostic = Diagnostic::new(error.to_string());
    if let Some(line) = error.line() {
        let range = error.range().unwrap_or_else(|| {
            let start = offset_of(template, line, 1);
            let rest = template.get(start..).unwrap_or_default();
            start..rest.find('\n').map_or(template.len(), |n| start + n)
        });
        let (line, column) = limbeck_sql::line_column(template, range.start);
        diagnostic.snippets.push(Snippet {
            path: path.to_owned(),
            source: template.to_owned(),
            line,
            column,
            range,
            label: String::new(),
        });
    }
    diagnostic.hints.extend(error.hint());
    Error::new(Failure::Usage, diagnostic)
}

pub(crate) fn from_migrate(project: &Project, error: MigrateError) -> Error {
    let failure = match error.class() {
        ErrorClass::Failed => Failure::Failed,
        ErrorClass::Busy => Failure::Busy,
        ErrorClass::Unreachable => Failure::Unreachable,
        ErrorClass::Stopped => Failure::Stopped,
        ErrorClass::HistoryConflict => Failure::History,
        ErrorClass::Configuration => Failure::Usage,
        ErrorClass::Interrupted => Failure::Interrupted,
    };
    let mut diagnostic = Diagnostic::new(error.to_string());
    if let Some(place) = error.place() {
        diagnostic.snippets.push(Snippet {
            path: project.relative(&place.path),
            source: place.text.clone(),
            line: place.line,
            column: place.column,
            range: place.span.clone(),
            label: String::new(),
        });
    }
    if let ErrorKind::Edited { revisions } = error.kind() {
        let files = revisions
            .iter()
            .map(|revision| Snippet::file(project.relative(&revision.path)));
        diagnostic.snippets.extend(files);
    }
    let database = error.database_error().or_else(|| match error.kind() {
        ErrorKind::Connect(error) | ErrorKind::NotReachedAgain { error, .. } => error.database_error(),
        _ => None,
    });
    let database = database.cloned();
    if let Some(database) = &database {
        diagnostic.notes = database_notes(database);
    }
    if let Some(blocked) = error.blocked() {
        diagnostic
            .notes
            .push(format!("waited for: {}", blocked.waiting_for));
        let blockers = blocked.blockers.iter();
        diagnostic
            .notes
            .extend(blockers.map(|blocker| format!("held by: {blocker}")));
    }
    diagnostic.hints.extend(error.hint());
    let error = Error::new(failure, diagnostic).caused_by(error);
    match database {
        Some(database) => error.by_database(&database),
        None => error,
    }
}

/// Whether a run that failed may have left something on record: it says so, or the connection was lost, after which
/// nothing tells.
pub(crate) fn may_have_committed(error: &Error) -> bool {
    let cause = std::error::Error::source(error).and_then(|source| source.downcast_ref::<MigrateError>());
    cause.is_some_and(|cause| {
        !cause.committed().is_empty()
            || cause
                .database_error()
                .is_some_and(DatabaseError::is_connection_lost)
    })
}

fn hinted(error: Error, hint: Option<String>) -> Error {
    match hint {
        Some(hint) => error.hint(hint),
        None => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_majors_are_compared_only_when_forced() {
        for fine in [[None, None], [Some(15), None], [Some(15), Some(15)]] {
            assert!(same_majors(fine).is_ok(), "{fine:?}");
        }
        let error = same_majors([Some(17), Some(15)]).unwrap_err();
        assert_eq!(error.failure(), Failure::Usage);
        assert_eq!(
            error.to_string(),
            "the databases are PostgreSQL 17 and PostgreSQL 15, which print the same definition differently"
        );
        assert!(error.diagnostics()[0].hints[0].contains("--force"), "{error:?}");
        assert!(
            error.diagnostics()[0].hints[0].contains("on PostgreSQL 17"),
            "{error:?}"
        );
    }
}
