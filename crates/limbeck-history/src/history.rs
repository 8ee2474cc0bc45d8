//! All revisions of a project, as a graph.
//!
//! A revision *needs* its parents and the revisions that it depends on; the set of applied revisions of a database
//! always holds, with a revision, all that it needs. A database stores the *heads* of that set: the revisions without
//! an applied child.

mod graph;
mod managed;
mod path;
mod read;
mod selector;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use crate::{Revision, RevisionId};

pub use graph::GraphError;
pub use path::Direction;
pub use read::HistoryError;
pub use selector::{Range, SelectorError, Target};

/// All revisions of a project: a graph that is whole (every parent and dependency is there) and without cycle.
#[derive(Debug, Clone, Default)]
pub struct History {
    revisions: BTreeMap<RevisionId, Revision>,
    children: BTreeMap<RevisionId, BTreeSet<RevisionId>>,
    /// The revisions that name this one under `depends_on`.
    dependents: BTreeMap<RevisionId, BTreeSet<RevisionId>>,
    /// Every revision, after all that it needs; ties by identifier.
    order: Vec<RevisionId>,
    /// The revision that carries each label.
    labels: BTreeMap<String, RevisionId>,
}

impl History {
    /// The revision with this identifier.
    #[must_use]
    pub fn get(&self, id: impl AsRef<str>) -> Option<&Revision> {
        self.revisions.get(id.as_ref())
    }

    /// How many revisions there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.revisions.len()
    }

    /// Whether there is no revision.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.revisions.is_empty()
    }

    /// The revisions that no other follows.
    #[must_use]
    pub fn heads(&self) -> BTreeSet<RevisionId> {
        let is_head = |id: &&RevisionId| self.children_of(id.as_str()).next().is_none();
        self.revisions.keys().filter(is_head).cloned().collect()
    }

    /// The revisions that follow no other.
    #[must_use]
    pub fn bases(&self) -> BTreeSet<RevisionId> {
        let is_base = |revision: &&Revision| revision.parents.is_empty();
        self.revisions
            .values()
            .filter(is_base)
            .map(|revision| revision.id.clone())
            .collect()
    }

    /// The revisions that follow this one directly.
    pub fn children(&self, id: &(impl AsRef<str> + ?Sized)) -> impl Iterator<Item = &Revision> {
        let children = self.children.get(id.as_ref());
        children.into_iter().flatten().filter_map(|child| self.get(child))
    }

    /// Whether more than one revision follows this one.
    #[must_use]
    pub fn is_branch_point(&self, id: &(impl AsRef<str> + ?Sized)) -> bool {
        self.children(id).nth(1).is_some()
    }

    /// The revision that carries a branch label.
    #[must_use]
    pub fn labelled(&self, label: &str) -> Option<&Revision> {
        self.labels.get(label).and_then(|id| self.get(id))
    }

    /// Every revision, after all that it needs; ties by identifier.
    #[must_use]
    pub fn order_all(&self) -> Vec<&Revision> {
        self.order.iter().filter_map(|id| self.get(id)).collect()
    }

    /// These revisions and all that they need, each after what it needs; ties by identifier. What is unknown here is
    /// left out.
    #[must_use]
    pub fn order(&self, ids: &BTreeSet<RevisionId>) -> Vec<&Revision> {
        self.sort(&self.ancestors(ids))
    }

    /// Exactly these revisions, each after what it needs.
    fn sort(&self, ids: &BTreeSet<RevisionId>) -> Vec<&Revision> {
        self.order
            .iter()
            .filter(|id| ids.contains(*id))
            .filter_map(|id| self.get(id))
            .collect()
    }

    /// The files, in order of their names.
    #[must_use]
    pub fn files(&self) -> Vec<PathBuf> {
        let mut files: Vec<PathBuf> = self
            .revisions
            .values()
            .map(|revision| revision.path.clone())
            .collect();
        files.sort();
        files
    }

    fn children_of(&self, id: &str) -> impl Iterator<Item = &RevisionId> {
        self.children.get(id).into_iter().flatten()
    }

    /// The revisions that need this one directly, each once.
    fn dependents_of<'a>(&'a self, id: &'a str) -> impl Iterator<Item = &'a RevisionId> {
        let children = self.children.get(id);
        let is_child = move |other: &RevisionId| children.is_some_and(|children| children.contains(other));
        let others = self.dependents.get(id).into_iter().flatten();
        self.children_of(id)
            .chain(others.filter(move |other| !is_child(other)))
    }
}

#[cfg(test)]
mod tests;
