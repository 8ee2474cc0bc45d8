//! Which revisions to run to get from one state to another.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Revision, RevisionId};

use super::{History, SelectorError, Target};

/// Which way a revision is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// It is applied.
    Up,
    /// It is undone.
    Down,
}

impl fmt::Display for Direction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Up => "up",
            Self::Down => "down",
        })
    }
}

impl History {
    /// The revisions to apply, in order, to reach a target from a database with these heads: what the target needs
    /// and is not applied yet. Empty when the target is applied already, and for a target before a revision.
    ///
    /// # Errors
    ///
    /// A current head is unknown here.
    pub fn upgrade_path(
        &self,
        current: &BTreeSet<RevisionId>,
        target: &Target,
    ) -> Result<Vec<&Revision>, SelectorError> {
        self.refuse_unknown(current)?;
        let Target::At(wanted) = target else {
            return Ok(Vec::new());
        };
        if wanted.is_subset(current) {
            return Ok(Vec::new());
        }
        let applied = self.ancestors(current);
        let missing: BTreeSet<RevisionId> = self.ancestors(wanted).difference(&applied).cloned().collect();
        Ok(self.sort(&missing))
    }

    /// The revisions to undo, in order, to go back to a target from a database with these heads: the applied ones
    /// that need a revision of the target. Of several branches, those that have nothing to do with the target stay.
    /// Empty when nothing above the target is applied.
    ///
    /// # Errors
    ///
    /// A current head is unknown here.
    pub fn downgrade_path(
        &self,
        current: &BTreeSet<RevisionId>,
        target: &Target,
    ) -> Result<Vec<&Revision>, SelectorError> {
        self.refuse_unknown(current)?;
        let applied = self.ancestors(current);
        let undone = match target {
            Target::Before(first) => self.descendants(first),
            Target::At(ids) => {
                let above = ids.iter().flat_map(|id| self.needed_by(id.as_str()));
                self.descendants(above.map(|revision| &revision.id))
            }
        };
        let mut path = self.sort(&undone.intersection(&applied).cloned().collect());
        path.reverse();
        Ok(path)
    }

    /// The revisions that are applied in a database that is exactly at a target, from empty on.
    #[must_use]
    pub fn applied_at(&self, target: &Target) -> BTreeSet<RevisionId> {
        match target {
            Target::At(ids) => self.ancestors(ids),
            Target::Before(ids) => {
                let mut applied = self.ancestors(ids);
                for id in self.descendants(ids) {
                    applied.remove(&id);
                }
                applied
            }
        }
    }

    /// The applied revisions that no applied revision follows: what a database stores of a set of applied ones.
    #[must_use]
    pub fn heads_of(&self, applied: &BTreeSet<RevisionId>) -> BTreeSet<RevisionId> {
        let has_child = |id: &RevisionId| self.children(id).any(|child| applied.contains(&child.id));
        applied.iter().filter(|id| !has_child(id)).cloned().collect()
    }

    /// The heads of a database after one more revision has been applied or undone.
    #[must_use]
    pub fn heads_after(
        &self,
        current: &BTreeSet<RevisionId>,
        revision: &RevisionId,
        direction: Direction,
    ) -> BTreeSet<RevisionId> {
        let mut applied = self.ancestors(current);
        match direction {
            Direction::Up => applied.insert(revision.clone()),
            Direction::Down => applied.remove(revision),
        };
        self.heads_of(&applied)
    }

    pub(super) fn refuse_unknown(&self, current: &BTreeSet<RevisionId>) -> Result<(), SelectorError> {
        match current.iter().find(|id| self.get(id).is_none()) {
            Some(id) => Err(SelectorError::UnknownCurrent { id: id.clone() }),
            None => Ok(()),
        }
    }
}
