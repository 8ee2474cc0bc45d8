//! `current`: where the database is.

use serde::Serialize;

use super::RunSettings;
use super::run::{database_and_history, run_options};
use crate::{Error, Events, Project, error, live};

/// Where the database is.
#[derive(Debug, Clone, Serialize)]
pub struct CurrentReport {
    /// The database's heads.
    pub heads: Vec<AppliedRevision>,
    /// Revisions that have begun but not ended: `8f3c2a91d0b4 (step 1 of 2)`.
    pub unfinished: Vec<String>,
    /// How many revisions of the history are not applied.
    pub pending: usize,
}

/// A revision that the database knows.
#[derive(Debug, Clone, Serialize)]
pub struct AppliedRevision {
    /// Its identifier.
    pub id: String,
    /// Its message, as applied.
    pub message: String,
    /// Whether it is a head of the history here.
    pub is_head: bool,
    /// Whether its file is here.
    pub known: bool,
    /// Whether its file was changed after it was applied.
    pub edited: bool,
}

/// Tells where the database is.
///
/// # Errors
/// When the database cannot be reached, or the history cannot be read.
pub async fn current(project: &Project, events: Events<'_>) -> Result<CurrentReport, Error> {
    let (settings, history) = database_and_history(project, events).await?;
    let session = live::connect(&settings).await?;
    let options = run_options(project, &RunSettings::default());
    let state = limbeck_migrate::state(&session, &options)
        .await
        .map_err(|cause| error::from_migrate(project, cause))?;
    let heads_here = history.heads();
    let heads = state
        .heads
        .iter()
        .map(|id| {
            let applied = state.revisions.get(id);
            let here = history.get(id);
            AppliedRevision {
                id: id.to_string(),
                message: here
                    .map(|revision| revision.message.clone())
                    .or_else(|| applied.map(|applied| applied.message.clone()))
                    .unwrap_or_default(),
                is_head: heads_here.contains(id),
                known: here.is_some(),
                edited: matches!((applied, here), (Some(applied), Some(here)) if applied.checksum != here.checksum),
            }
        })
        .collect();
    let pending = history
        .order_all()
        .iter()
        .filter(|revision| !state.revisions.contains_key(&revision.id))
        .count();
    Ok(CurrentReport {
        heads,
        unfinished: state.unfinished_in_words(),
        pending,
    })
}
