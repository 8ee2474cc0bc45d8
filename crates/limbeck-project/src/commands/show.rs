//! `show`: one revision, whole.

use serde::Serialize;

use super::RevisionSummary;
use super::history::summary;
use crate::{Error, Project, error};

/// A revision, whole.
#[derive(Debug, Clone, Serialize)]
pub struct ShowReport {
    /// Its summary.
    pub revision: RevisionSummary,
    /// The checksum of its steps.
    pub checksum: String,
    /// The names of its steps.
    pub steps: Vec<String>,
    /// The file's text.
    pub text: String,
}

/// Shows one revision: an identifier, a unique prefix, or `head`.
///
/// # Errors
/// When there is no such revision.
pub fn show(project: &Project, revision: &str) -> Result<ShowReport, Error> {
    let history = project.history()?;
    let revision = history.resolve_one(revision).map_err(error::from_selector)?;
    Ok(ShowReport {
        revision: summary(project, &history, revision),
        checksum: revision.checksum.clone(),
        steps: revision.steps.iter().map(|step| step.name.clone()).collect(),
        text: revision.text.clone(),
    })
}
