//! `current`: where the database is.

use std::path::PathBuf;

use limbeck_history::{History, Revision, RevisionId};
use limbeck_migrate::{Heads, Origin};
use serde::Serialize;

use super::RunSettings;
use super::run::{Revisions, both, run_options, seen_or_read};
use crate::seen::SeenHead;
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
    let options = run_options(project, &RunSettings::default());
    let asked = async {
        let session = live::connect(
            &live::settings(project, events).await?,
            project.wait_for_server(),
            events,
        )
        .await?;
        let heads = limbeck_migrate::heads(&session, &options).await;
        heads.map_err(|cause| error::from_migrate(project, cause))
    };
    let (revisions, state) = both(seen_or_read(project, true), asked).await?;
    let history = match revisions {
        Revisions::Read(history) => history,
        Revisions::Seen(seen) => {
            let applied = state.applied.iter().map(|(id, checksum)| (id, checksum.as_str()));
            if state.steps.is_empty() && seen.is_reached(state.heads.keys(), applied) {
                return Ok(at_the_head(&state, seen.head()));
            }
            project.history()?
        }
    };
    Ok(compared(project, &state, &history))
}

/// The database is at the one head of files that are as they were when they were read.
fn at_the_head(state: &Heads, head: &SeenHead) -> CurrentReport {
    let told = |applied| {
        let here = Here {
            message: head.message.clone(),
            path: head.path.clone(),
            revises: strings(&head.parents),
            is_head: true,
            edited: false,
        };
        described(&head.id, applied, Some(here))
    };
    CurrentReport {
        heads: state.heads.values().map(told).collect(),
        unfinished: Vec::new(),
        pending: 0,
        is_at_heads: true,
    }
}

fn compared(project: &Project, state: &Heads, history: &History) -> CurrentReport {
    let heads_here = history.heads();
    let heads = state.heads.iter().map(|(id, applied)| {
        let here = history.get(id).map(|revision| Here {
            message: revision.message.clone(),
            path: project.relative(&revision.path),
            revises: strings(&revision.parents),
            is_head: heads_here.contains(id),
            edited: applied.checksum != revision.checksum,
        });
        described(id, applied, here)
    });
    let is_pending = |revision: &&Revision| !state.applied.contains_key(&revision.id);
    CurrentReport {
        heads: heads.collect(),
        unfinished: state.unfinished_in_words(),
        pending: history.order_all().into_iter().filter(is_pending).count(),
        is_at_heads: state.heads.keys().eq(&heads_here) && state.steps.is_empty(),
    }
}

/// What the file of a head says.
struct Here {
    message: String,
    path: PathBuf,
    revises: Vec<String>,
    is_head: bool,
    edited: bool,
}

fn described(
    id: &RevisionId,
    applied: &limbeck_migrate::AppliedRevision,
    here: Option<Here>,
) -> AppliedRevision {
    let known = here.is_some();
    let here = here.unwrap_or_else(|| Here {
        message: applied.message.clone(),
        path: PathBuf::from(&applied.file_name),
        revises: applied.parents.clone(),
        is_head: false,
        edited: false,
    });
    AppliedRevision {
        id: id.to_string(),
        message: here.message,
        is_head: here.is_head,
        known,
        edited: here.edited,
        path: here.path,
        revises: here.revises,
        origin: applied.origin,
        applied_at: applied.applied_at.clone(),
        applied_by: applied.applied_by.clone(),
    }
}

fn strings(ids: &[RevisionId]) -> Vec<String> {
    ids.iter().map(ToString::to_string).collect()
}
