//! `history`: the revisions, newest first.

use std::collections::BTreeSet;
use std::path::PathBuf;

use limbeck_history::{History, Range, Revision};
use limbeck_migrate::State;
use serde::Serialize;

use crate::recorded::Recorded;
use crate::{Error, Events, Project, error};

/// What `history` is told.
#[derive(Debug, Clone, Default)]
pub struct HistoryOptions {
    /// `FROM:TO`, either side may be left out (`-r`).
    pub range: Option<String>,
    /// Whether the database is asked which revisions it has (`-i`).
    pub indicate_current: bool,
}

/// The revisions of a history.
#[derive(Debug, Clone, Serialize)]
pub struct HistoryReport {
    /// Newest first: children before parents.
    pub revisions: Vec<RevisionSummary>,
    /// The database's heads that no file here has, where the database was asked.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unknown: Vec<String>,
}

/// A revision, in a line.
#[derive(Debug, Clone, Serialize)]
pub struct RevisionSummary {
    /// Its identifier.
    pub id: String,
    /// Its parents.
    pub revises: Vec<String>,
    /// What it needs on other branches.
    pub depends_on: Vec<String>,
    /// Its branch labels.
    pub branch_labels: Vec<String>,
    /// Its message.
    pub message: String,
    /// When it was made (RFC 3339).
    pub created: String,
    /// Its file, relative to the project.
    pub path: PathBuf,
    /// Whether nothing revises it.
    pub is_head: bool,
    /// Whether several revise it.
    pub is_branch_point: bool,
    /// Whether the database has it; `None` where none was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_applied: Option<bool>,
    /// Whether it is one of the database's heads; `None` where none was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_current: Option<bool>,
}

/// Lists the revisions. A database is asked where the range says `current`, and on request.
///
/// # Errors
/// When the history cannot be read, the range names what is not there, or the database is asked and cannot be reached.
pub async fn history(
    project: &Project,
    options: &HistoryOptions,
    events: Events<'_>,
) -> Result<HistoryReport, Error> {
    let range = match &options.range {
        Some(text) => Some(Range::parse(text).ok_or_else(|| no_range(text))?),
        None => None,
    };
    let asks = options.indicate_current || range.as_ref().is_some_and(Range::asks_database);
    let (history, state) = if asks {
        let Recorded { files, state, .. } = Recorded::read(project, events).await?;
        (files, Some(state))
    } else {
        (project.history()?, None)
    };
    let nowhere = BTreeSet::new();
    let heads = state.as_ref().map_or(&nowhere, |state| &state.heads);
    let mut revisions = match &options.range {
        None => history.order_all(),
        Some(range) => history.range(range, heads).map_err(error::from_selector)?,
    };
    revisions.reverse();
    let marked = state.as_ref().filter(|_| options.indicate_current);
    Ok(HistoryReport {
        revisions: revisions
            .into_iter()
            .map(|revision| with_state(summary(project, &history, revision), revision, marked))
            .collect(),
        unknown: heads
            .iter()
            .filter(|id| history.get(id).is_none())
            .map(ToString::to_string)
            .collect(),
    })
}

fn no_range(text: &str) -> Error {
    Error::usage(format!("`{text}` is no range of revisions"))
        .hint("write `FROM:TO`; either side may be left out, as in `:8f3c`, `base:` or `-3:`")
}

fn with_state(summary: RevisionSummary, revision: &Revision, state: Option<&State>) -> RevisionSummary {
    RevisionSummary {
        is_applied: state.map(|state| state.revisions.contains_key(&revision.id)),
        is_current: state.map(|state| state.heads.contains(&revision.id)),
        ..summary
    }
}

pub(super) fn summary(project: &Project, history: &History, revision: &Revision) -> RevisionSummary {
    let children = history.children(&revision.id).count();
    let strings = |ids: &[limbeck_history::RevisionId]| ids.iter().map(ToString::to_string).collect();
    RevisionSummary {
        id: revision.id.to_string(),
        revises: strings(&revision.parents),
        depends_on: strings(&revision.depends_on),
        branch_labels: revision.branch_labels.clone(),
        message: revision.message.clone(),
        created: revision.created.clone(),
        path: project.relative(&revision.path),
        is_head: children == 0,
        is_branch_point: children > 1,
        is_applied: None,
        is_current: None,
    }
}
