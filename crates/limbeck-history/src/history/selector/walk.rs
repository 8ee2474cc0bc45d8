//! Steps through the graph, on one branch or on all.

use std::collections::BTreeSet;

use crate::RevisionId;
use crate::history::History;

use super::parts::Way;
use super::{SelectorError, Target};

/// A selector on its way through the graph.
pub(super) struct Walk<'a> {
    pub(super) history: &'a History,
    pub(super) selector: &'a str,
    pub(super) label: Option<&'a str>,
    pub(super) branch: Option<&'a BTreeSet<RevisionId>>,
}

impl Walk<'_> {
    pub(super) fn is_on_branch(&self, id: &RevisionId) -> bool {
        self.branch.is_none_or(|branch| branch.contains(id))
    }

    pub(super) fn parents(&self, id: &RevisionId) -> BTreeSet<RevisionId> {
        let parents = self
            .history
            .get(id.as_str())
            .map(|revision| revision.parents.as_slice())
            .unwrap_or_default();
        parents
            .iter()
            .filter(|id| self.is_on_branch(id))
            .cloned()
            .collect()
    }

    pub(super) fn children(&self, id: &RevisionId) -> BTreeSet<RevisionId> {
        let children = self.history.children(id).map(|child| &child.id);
        children.filter(|id| self.is_on_branch(id)).cloned().collect()
    }

    /// The state before the first revisions, of the branch or of all.
    pub(super) fn before_first(&self) -> Target {
        Target::Before(match self.branch {
            Some(branch) => branch
                .iter()
                .filter(|id| self.parents(id).is_empty())
                .cloned()
                .collect(),
            None => self.history.bases(),
        })
    }

    pub(super) fn several(&self, candidates: BTreeSet<RevisionId>) -> SelectorError {
        let selector = self.selector.trim();
        // Where only the branch is missing, each revision can name its own.
        let is_bare = self.label.is_none() && selector.starts_with(['+', '-']);
        let ways = candidates
            .iter()
            .filter(|_| is_bare)
            .map(|id| format!("{}@{selector}", self.branch_name(id)));
        SelectorError::SeveralWays {
            selector: self.selector.to_owned(),
            ways: ways.collect(),
            candidates,
        }
    }

    /// A revision's own label, else its identifier.
    fn branch_name(&self, id: &RevisionId) -> String {
        let labels = self
            .history
            .get(id)
            .map(|revision| revision.branch_labels.as_slice());
        let label = labels.and_then(<[String]>::first).cloned();
        label.unwrap_or_else(|| id.to_string())
    }

    pub(super) fn past(&self, end: &'static str, possible: usize) -> SelectorError {
        SelectorError::PastEnd {
            selector: self.selector.to_owned(),
            end,
            possible,
        }
    }

    /// The only one of some revisions.
    pub(super) fn only(&self, ids: BTreeSet<RevisionId>) -> Result<Option<RevisionId>, SelectorError> {
        if ids.len() > 1 {
            return Err(self.several(ids));
        }
        Ok(ids.into_iter().next())
    }

    pub(super) fn go(&self, start: Target, way: Way, count: usize) -> Result<Target, SelectorError> {
        let mut target = start;
        for done in 0..count {
            target = match (way, target) {
                (Way::Up, Target::Before(first)) => match self.only(first)? {
                    Some(first) => Target::At(BTreeSet::from([first])),
                    None => return Err(self.past("head", done)),
                },
                (Way::Up, Target::At(here)) => {
                    let next = match self.only(here)? {
                        Some(here) => self.only(self.children(&here))?,
                        None => None,
                    };
                    match next {
                        Some(next) => Target::At(BTreeSet::from([next])),
                        None => return Err(self.past("head", done)),
                    }
                }
                (Way::Down, Target::At(here)) => match self.only(here)? {
                    Some(here) => match self.only(self.parents(&here))? {
                        Some(parent) => Target::At(BTreeSet::from([parent])),
                        None => Target::Before(BTreeSet::from([here])),
                    },
                    None => return Err(self.past("base", done)),
                },
                (Way::Down, Target::Before(_)) => return Err(self.past("base", done)),
            };
        }
        Ok(target)
    }
}
