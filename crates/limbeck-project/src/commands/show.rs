//! `show`: revisions, whole.

use limbeck_history::Revision;
use serde::Serialize;

use super::RevisionSummary;
use super::history::summary;
use super::position::history_for;
use crate::{Error, Events, Project, error};

/// A revision, whole.
#[derive(Debug, Clone, Serialize)]
pub struct ShowReport {
    /// Its summary.
    pub revision: RevisionSummary,
    /// The revisions that revise it.
    pub revised_by: Vec<String>,
    /// The checksum of its steps.
    pub checksum: String,
    /// The names of its steps.
    pub steps: Vec<String>,
    /// The file's text.
    pub text: String,
}

/// Shows the revisions that a name points at: one, or several for `heads`. A database is asked where the name depends
/// on it.
///
/// # Errors
/// When there is no such revision, or the database is asked and cannot be reached.
pub async fn show(project: &Project, name: &str, events: Events<'_>) -> Result<Vec<ShowReport>, Error> {
    let (history, current) = history_for(project, name, events).await?;
    let revisions = history.revisions(name, &current).map_err(error::from_selector)?;
    let whole = |revision: &Revision| ShowReport {
        revision: summary(project, &history, revision),
        revised_by: history
            .children(&revision.id)
            .map(|child| child.id.to_string())
            .collect(),
        checksum: revision.checksum.clone(),
        steps: revision.steps.iter().map(|step| step.name.clone()).collect(),
        text: revision.text.clone(),
    };
    Ok(revisions.into_iter().map(whole).collect())
}
