//! `history`: the revisions, newest first.

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde::Serialize;

use limbeck_history::{History, Range, Revision, Target};

use crate::{Error, Project, error};

/// The revisions of a history.
#[derive(Debug, Clone, Serialize)]
pub struct HistoryReport {
    /// Newest first: children before parents.
    pub revisions: Vec<RevisionSummary>,
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
}

/// Lists the revisions; `range` is `from:to`, either side may be empty.
///
/// # Errors
/// When the history cannot be read, or the range names what is not there.
pub fn history(project: &Project, range: Option<&str>) -> Result<HistoryReport, Error> {
    let history = project.history()?;
    let mut revisions = match range {
        None => history.order_all(),
        Some(range) => between(&history, range)?,
    };
    revisions.reverse();
    let revisions = revisions
        .into_iter()
        .map(|revision| summary(project, &history, revision))
        .collect();
    Ok(HistoryReport { revisions })
}

/// The revisions of a range `from:to`; a side that is left out is the end of the history.
fn between<'a>(history: &'a History, range: &str) -> Result<Vec<&'a Revision>, Error> {
    let range = Range::parse(range).ok_or_else(|| {
        Error::usage(format!("`{range}` is no range of revisions"))
            .hint("write `FROM:TO`; either side may be left out, as in `:8f3c` or `base:`")
    })?;
    let nothing = BTreeSet::new();
    let resolve = |selector: &str| history.resolve(selector, &nothing).map_err(error::from_selector);
    let to = resolve(range.to.as_deref().unwrap_or("heads"))?;
    match range.from.as_deref() {
        None | Some("base") => match &to {
            Target::At(ids) => Ok(history.order(&history.ancestors(ids))),
            Target::Before(_) => Ok(Vec::new()),
        },
        Some(from) => Ok(history.between(&resolve(from)?, &to)),
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
    }
}
