//! `current`: where the database is.

use std::path::PathBuf;

use limbeck_migrate::Origin;
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
    /// Whether the database is exactly at the heads of the history, with nothing begun.
    pub is_at_heads: bool,
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
    /// Its file, or the name of the one that was applied where none is here.
    pub path: PathBuf,
    /// The revisions that it follows.
    pub revises: Vec<String>,
    /// How it came to be there.
    pub origin: Origin,
    /// When, as `2026-11-21T10:00:00.123456+00:00`.
    pub applied_at: String,
    /// Who applied or stamped it, as far as the journal tells: `ada@build-7 as app (limbeck 0.1.0)`.
    pub applied_by: Option<String>,
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
                path: here.map_or_else(
                    || applied.map(|applied| applied.file_name.clone()).unwrap_or_default().into(),
                    |revision| project.relative(&revision.path),
                ),
                revises: here.map_or_else(
                    || applied.map(|applied| applied.parents.clone()).unwrap_or_default(),
                    |revision| revision.parents.iter().map(ToString::to_string).collect(),
                ),
                origin: applied.map_or(Origin::Applied, |applied| applied.origin),
                applied_at: applied.map(|applied| applied.applied_at.clone()).unwrap_or_default(),
                applied_by: applied.and_then(|applied| applied.applied_by.clone()),
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
        is_at_heads: state.heads == heads_here && state.steps.is_empty(),
        heads,
        unfinished: state.unfinished_in_words(),
        pending,
    })
}
