//! Questions to a person, where there is one.

use limbeck_catalog::ObjectId;
use serde::Serialize;

/// Something that a revision would destroy, and what goes with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Drop {
    /// The object that the step acts on.
    pub object: ObjectId,
    /// What is lost, in words: `the values of column …`.
    pub loses: String,
}

/// Answers what only a person can know. Each question is asked at most once a run.
pub trait Consult: Send + Sync {
    /// Is the object that is no longer there the one that is new? Never guessed.
    fn is_rename(&self, from: &ObjectId, to: &ObjectId) -> bool;

    /// The SQL expression that fills rows which are there before a NOT NULL column is. `down` tells that the
    /// column comes back on the way down. `None` when nobody knows.
    fn fill(&self, column: &ObjectId, down: bool) -> Option<String>;

    /// Whether these losses are wanted.
    fn allow_drops(&self, drops: &[Drop]) -> bool;
}

/// Nobody to ask: no rename, no fill, no loss.
#[derive(Debug, Clone, Copy, Default)]
pub struct NobodyToAsk;

impl Consult for NobodyToAsk {
    fn is_rename(&self, _from: &ObjectId, _to: &ObjectId) -> bool {
        false
    }

    fn fill(&self, _column: &ObjectId, _down: bool) -> Option<String> {
        None
    }

    fn allow_drops(&self, _drops: &[Drop]) -> bool {
        false
    }
}
