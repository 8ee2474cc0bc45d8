//! `+N` and `-N`: from what the database has.

use std::collections::BTreeSet;

use crate::RevisionId;
use crate::history::History;

use super::parts::Way;
use super::walk::Walk;
use super::{SelectorError, Target};

impl History {
    pub(super) fn relative(
        &self,
        walk: &Walk<'_>,
        current: &BTreeSet<RevisionId>,
        way: Way,
        count: usize,
    ) -> Result<Target, SelectorError> {
        self.refuse_unknown(current)?;
        if way == Way::Down {
            return self.undo_last(walk, current, count);
        }
        let here: BTreeSet<RevisionId> = current
            .iter()
            .filter(|id| walk.is_on_branch(id))
            .cloned()
            .collect();
        let start = match here.len() {
            0 => walk.before_first(),
            1 => Target::At(here),
            _ => return Err(walk.several(here)),
        };
        walk.go(start, way, count)
    }

    /// The state without the last `count` applied revisions, where it is clear which those are.
    fn undo_last(
        &self,
        walk: &Walk<'_>,
        current: &BTreeSet<RevisionId>,
        count: usize,
    ) -> Result<Target, SelectorError> {
        let mut applied = self.ancestors(current);
        let mut undone = BTreeSet::new();
        for done in 0..count {
            let is_last = |id: &&RevisionId| {
                walk.is_on_branch(id) && self.applied_needing(id, &applied).next().is_none()
            };
            let last: BTreeSet<RevisionId> = applied.iter().filter(is_last).cloned().collect();
            if last.len() > 1 {
                return Err(walk.several(last));
            }
            let Some(last) = last.into_iter().next() else {
                return Err(self
                    .needed_elsewhere(walk, &applied)
                    .unwrap_or_else(|| walk.past("base", done)));
            };
            applied.remove(&last);
            undone.insert(last);
        }
        Ok(if undone.is_empty() {
            Target::At(current.clone())
        } else {
            Target::Before(undone)
        })
    }

    /// The applied revisions that need this one directly.
    fn applied_needing<'a>(
        &'a self,
        id: &RevisionId,
        applied: &'a BTreeSet<RevisionId>,
    ) -> impl Iterator<Item = &'a RevisionId> {
        self.needed_by(id.as_str())
            .map(|above| &above.id)
            .filter(|above| applied.contains(*above))
    }

    /// The last of the branch's applied revisions, where only what is on no way of the branch stands above it.
    fn needed_elsewhere(&self, walk: &Walk<'_>, applied: &BTreeSet<RevisionId>) -> Option<SelectorError> {
        applied.iter().filter(|id| walk.is_on_branch(id)).find_map(|id| {
            let needed_by: BTreeSet<RevisionId> = self.applied_needing(id, applied).cloned().collect();
            let is_elsewhere = needed_by.iter().all(|above| !walk.is_on_branch(above));
            is_elsewhere.then(|| SelectorError::NeededElsewhere {
                selector: walk.selector.to_owned(),
                id: id.clone(),
                needed_by,
            })
        })
    }
}
