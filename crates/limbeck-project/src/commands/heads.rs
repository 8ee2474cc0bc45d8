//! `heads`: the revisions that nothing revises.

use super::RevisionSummary;
use super::history::summary;
use crate::{Error, Project};

/// Lists the heads of the history; without those that another revision depends on, where dependencies are to be
/// resolved.
///
/// # Errors
/// When the history cannot be read.
pub fn heads(project: &Project, resolve_dependencies: bool) -> Result<Vec<RevisionSummary>, Error> {
    let history = project.history()?;
    let heads = if resolve_dependencies {
        history.unneeded()
    } else {
        history.heads()
    };
    Ok(heads
        .iter()
        .filter_map(|id| history.get(id.as_str()))
        .map(|revision| summary(project, &history, revision))
        .collect())
}
