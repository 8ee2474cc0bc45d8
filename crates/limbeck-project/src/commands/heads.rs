//! `heads`: the revisions that nothing revises.

use super::RevisionSummary;
use super::history::summary;
use crate::{Error, Project};

/// Lists the heads of the history.
///
/// # Errors
/// When the history cannot be read.
pub fn heads(project: &Project) -> Result<Vec<RevisionSummary>, Error> {
    let history = project.history()?;
    Ok(history
        .heads()
        .iter()
        .filter_map(|id| history.get(id.as_str()))
        .map(|revision| summary(project, &history, revision))
        .collect())
}
