//! The state that a long history led to, kept as a cluster on disk, so that the next command replays only what came since.
//!
//! What is kept is the result of a replay from empty of the very same bytes, and every replay that goes on from it goes
//! on with the bytes that follow. Roles are the whole server's: a history that makes some is always replayed from empty.

use std::time::{Duration, Instant};

use limbeck_history::{History, Revision};
use limbeck_server::{Installation, Kept, Scratch, ScratchDatabase};
use serde::{Deserialize, Serialize};

use crate::cache::of_arguments;
use crate::{Error, Event, Events, Project, cache, error, roles};

/// Keeping copies a database to the disk and back. A replay must take longer than that.
const WORTH_KEEPING: Duration = Duration::from_millis(700);

/// What a kept database holds: the hashes of the revisions that were replayed, in their order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Note {
    revisions: Vec<String>,
}

/// A database that holds the first revisions of a history.
#[derive(Debug)]
pub(crate) struct Begun {
    pub(crate) database: ScratchDatabase,
    /// The hashes of the revisions that it holds.
    revisions: Vec<String>,
}

impl Begun {
    /// How many of these revisions it holds, if it holds no others.
    pub(crate) fn length(&self, revisions: &[&Revision]) -> Option<usize> {
        is_prefix(&self.revisions, revisions).then_some(self.revisions.len())
    }
}

/// How long the replay of which revisions took.
#[derive(Debug)]
pub(crate) struct Replay {
    revisions: Vec<String>,
    took: Duration,
}

impl Replay {
    /// Of revisions whose replay began at a time and has ended now.
    pub(crate) fn ended(revisions: &[&Revision], began: Instant) -> Option<Self> {
        (!roles::are_made_by_any(revisions.iter().copied())).then(|| Self {
            revisions: hashes(revisions),
            took: began.elapsed(),
        })
    }

    pub(crate) fn is_worth_keeping(&self) -> bool {
        self.took > WORTH_KEEPING
    }
}

/// Starts a server that goes on from what was kept, where the history begins with that.
pub(crate) async fn start(
    project: &Project,
    history: &History,
    installation: &Installation,
    events: Events<'_>,
) -> Result<Option<(Scratch, Begun)>, Error> {
    let directories = &project.host().directories;
    let Some(kept) = Kept::find(installation, directories, &key(project)) else {
        return Ok(None);
    };
    let Ok(Note { revisions }) = serde_json::from_str(kept.note()) else {
        return Ok(None);
    };
    let order = history.order_all();
    let is_known = order
        .iter()
        .filter(|revision| revisions.contains(&hash(revision)))
        .count()
        == revisions.len();
    if !is_known || roles::are_made_by_any(order.iter().copied()) {
        return Ok(None);
    }
    match Scratch::start_from(&kept, installation, directories, &|event| {
        events(Event::Server(event));
    })
    .await
    {
        Ok(Some((scratch, database))) => Ok(Some((scratch, Begun { database, revisions }))),
        Ok(None) => Ok(None),
        Err(error) => {
            tracing::debug!(%error, "what was kept could not be gone on from");
            Ok(None)
        }
    }
}

/// Keeps a database that holds what was replayed. That it cannot be kept is no error.
pub(crate) async fn keep(
    project: &Project,
    scratch: Scratch,
    installation: &Installation,
    database: &ScratchDatabase,
    replay: Replay,
) {
    let note = Note {
        revisions: replay.revisions,
    };
    let outcome = match serde_json::to_string(&note) {
        Ok(note) => scratch
            .keep(
                database,
                installation,
                &project.host().directories,
                &key(project),
                &note,
            )
            .await
            .map_err(error::from_server),
        Err(_) => Ok(()),
    };
    if let Err(error) = outcome {
        tracing::debug!(%error, "the history's state could not be kept");
    }
}

/// Everything that a replay follows from besides the revisions and the server's binaries.
fn key(project: &Project) -> String {
    let key = cache::key([
        env!("CARGO_PKG_VERSION"),
        &project.root().to_string_lossy(),
        &project.config().database.search_path,
        &of_arguments(&project.overrides().x),
    ]);
    key.chars().take(16).collect()
}

fn is_prefix(kept: &[String], revisions: &[&Revision]) -> bool {
    kept.len() <= revisions.len()
        && kept
            .iter()
            .zip(revisions)
            .all(|(kept, revision)| *kept == hash(revision))
}

fn hashes(revisions: &[&Revision]) -> Vec<String> {
    revisions.iter().map(|revision| hash(revision)).collect()
}

fn hash(revision: &Revision) -> String {
    cache::key([revision.id.as_str(), revision.text.as_str()])
}
