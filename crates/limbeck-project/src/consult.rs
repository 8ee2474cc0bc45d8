//! Questions to a person, where there is one.

use limbeck_catalog::ObjectId;
use limbeck_plan::Rename;
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
    /// Which of these pairs, of something that is no longer there and something that is new, are one and the same? Never
    /// guessed. A thing may be in several pairs, and in one of the answer.
    fn renames(&self, candidates: &[Rename]) -> Vec<Rename>;

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
    fn renames(&self, _candidates: &[Rename]) -> Vec<Rename> {
        Vec::new()
    }

    fn fill(&self, _column: &ObjectId, _down: bool) -> Option<String> {
        None
    }

    fn allow_drops(&self, _drops: &[Drop]) -> bool {
        false
    }
}
