//! What a run has done.

use std::collections::BTreeSet;
use std::time::Duration;

use limbeck_history::{Direction, Revision, RevisionId};
use serde::Serialize;

use crate::event::seconds;

/// What a run has done.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// The heads before.
    pub from: BTreeSet<RevisionId>,
    /// The heads now.
    pub to: BTreeSet<RevisionId>,
    /// What was committed, in order; empty when there was nothing to do.
    pub committed: Vec<Committed>,
    /// How long another runner was waited for, in seconds.
    #[serde(serialize_with = "seconds")]
    pub waited: Duration,
}

impl Report {
    /// Whether there was nothing to do.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.committed.is_empty()
    }

    /// The revisions that were brought to their end, in order.
    pub fn revisions(&self) -> impl Iterator<Item = &Committed> {
        self.committed.iter().filter(|committed| committed.finished)
    }
}

/// One step that was committed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Committed {
    /// The revision.
    pub revision: RevisionId,
    /// The first line of its message.
    pub message: String,
    /// The step's name; `None` for a revision without steps, and for one that was stamped.
    pub step: Option<String>,
    /// Which way.
    pub direction: Direction,
    /// Whether the revision has come to its end by it.
    pub finished: bool,
    /// How long it took, in seconds.
    #[serde(serialize_with = "seconds")]
    pub duration: Duration,
}

impl Committed {
    /// A revision that was put on record, and of which nothing was run.
    pub(crate) fn recorded(revision: &Revision) -> Self {
        Self {
            revision: revision.id.clone(),
            message: revision.title().to_owned(),
            step: None,
            direction: Direction::Up,
            finished: true,
            duration: Duration::ZERO,
        }
    }
}
