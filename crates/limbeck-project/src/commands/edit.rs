//! `edit`: finding a revision's file, and looking at it afterwards. Who edits it is the caller's matter.

use std::path::PathBuf;

use limbeck_history::Revision;

use super::position::history_for;
use crate::{Error, Events, Project, error};

/// A revision's file that is about to be edited.
#[derive(Debug, Clone)]
pub struct Editable {
    /// The file.
    pub path: PathBuf,
    /// The revision, as it was before.
    before: Revision,
}

/// What became of a file that was edited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edited {
    /// Its text is the same.
    Unchanged,
    /// What it does is the same: its header, its message or its comments changed.
    InWords,
    /// Its steps changed. A database that has the revision will notice.
    InSteps,
}

/// Finds the file of the one revision that a name points at. A database is asked where the name depends on it.
///
/// # Errors
/// When there is no such revision, or several, or the database is asked and cannot be reached.
pub async fn editable(project: &Project, name: &str, events: Events<'_>) -> Result<Editable, Error> {
    let (history, current) = history_for(project, name, events).await?;
    let revision = history.revision(name, &current).map_err(error::from_selector)?;
    Ok(Editable {
        path: revision.path.clone(),
        before: revision.clone(),
    })
}

/// Looks at a file that was edited, and at the history that it is part of.
///
/// # Errors
/// When the file is no revision any more, or the graph is no longer whole. The file stays as it is.
pub fn edited(project: &Project, editable: &Editable) -> Result<Edited, Error> {
    let history = project.history()?;
    let order = history.order_all();
    let after = order.into_iter().find(|revision| revision.path == editable.path);
    Ok(match after {
        Some(after) if after.text == editable.before.text => Edited::Unchanged,
        Some(after) if after.checksum == editable.before.checksum && after.id == editable.before.id => {
            Edited::InWords
        }
        _ => Edited::InSteps,
    })
}
