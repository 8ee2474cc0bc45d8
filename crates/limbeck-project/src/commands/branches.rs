//! `branches`: the revisions that several revise.

use serde::Serialize;

use super::RevisionSummary;
use super::history::summary;
use crate::{Error, Project};

/// Where branches part.
#[derive(Debug, Clone, Serialize)]
pub struct BranchesReport {
    /// Newest first: children before parents.
    pub branches: Vec<BranchPoint>,
}

/// A revision that several revise.
#[derive(Debug, Clone, Serialize)]
pub struct BranchPoint {
    /// The revision.
    pub revision: RevisionSummary,
    /// Those that revise it, by identifier.
    pub children: Vec<RevisionSummary>,
}

/// Lists the branch points of the history.
///
/// # Errors
/// When the history cannot be read.
pub fn branches(project: &Project) -> Result<BranchesReport, Error> {
    let history = project.history()?;
    let branches = history
        .order_all()
        .into_iter()
        .rev()
        .filter(|revision| history.is_branch_point(&revision.id))
        .map(|revision| BranchPoint {
            revision: summary(project, &history, revision),
            children: history
                .children(&revision.id)
                .map(|child| summary(project, &history, child))
                .collect(),
        })
        .collect();
    Ok(BranchesReport { branches })
}
