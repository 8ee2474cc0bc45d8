mod build;
mod graph;
mod locations;
mod managed;
mod path;
mod place;
mod read;
mod selector;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use crate::{Revision, RevisionId};

pub use build::GraphError;
pub use locations::Locations;
pub use path::Direction;
pub use place::HeaderPlace;
pub use read::{Files, HistoryError};
pub use selector::{Range, SelectorError, Target, asks_database};

/// All revisions of a project: a graph that is whole (every parent and dependency is there) and without cycle.
#[derive(Debug, Clone, Default)]
pub struct History {
    /// Sorted by identifier. A place in here stands for a revision below.
    revisions: Vec<Revision>,
    /// The edges of each revision, in the same places.
    edges: Vec<Edges>,
    /// Every revision, after all that it needs; ties by identifier.
    order: Vec<usize>,
    /// The revision that carries each label.
    labels: BTreeMap<String, usize>,
}

/// The places of the revisions next to one, each once, in order.
#[derive(Debug, Clone, Default)]
struct Edges {
    /// Parents and dependencies.
    needs: Vec<usize>,
    /// Those that follow it.
    children: Vec<usize>,
    /// Those that follow or depend on it.
    needed_by: Vec<usize>,
}

impl History {
    /// The revision with this identifier.
    #[must_use]
    pub fn get(&self, id: impl AsRef<str>) -> Option<&Revision> {
        self.revisions.get(self.place(id.as_ref())?)
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
        let with_edges = self.revisions.iter().zip(&self.edges);
        with_edges
            .filter(|(_, edges)| edges.children.is_empty())
            .map(|(revision, _)| revision.id.clone())
            .collect()
    }

    /// The revisions that no other follows or depends on.
    #[must_use]
    pub fn unneeded(&self) -> BTreeSet<RevisionId> {
        let with_edges = self.revisions.iter().zip(&self.edges);
        with_edges
            .filter(|(_, edges)| edges.needed_by.is_empty())
            .map(|(revision, _)| revision.id.clone())
            .collect()
    }

    /// The revision that has this text as its identifier or as a branch label.
    #[must_use]
    pub fn with_name(&self, name: &str) -> Option<&Revision> {
        self.get(name).or_else(|| self.labelled(name))
    }

    /// The revisions that follow no other.
    #[must_use]
    pub fn bases(&self) -> BTreeSet<RevisionId> {
        let bases = self
            .revisions
            .iter()
            .filter(|revision| revision.parents.is_empty());
        bases.map(|revision| revision.id.clone()).collect()
    }

    /// The revisions that follow this one directly, by identifier.
    pub fn children(&self, id: &(impl AsRef<str> + ?Sized)) -> impl Iterator<Item = &Revision> {
        self.at(self.edges(id.as_ref()).map(|edges| edges.children.as_slice()))
    }

    /// Whether more than one revision follows this one.
    #[must_use]
    pub fn is_branch_point(&self, id: &(impl AsRef<str> + ?Sized)) -> bool {
        self.children(id).nth(1).is_some()
    }

    /// The revision that carries a branch label.
    #[must_use]
    pub fn labelled(&self, label: &str) -> Option<&Revision> {
        self.labels
            .get(label)
            .and_then(|place| self.revisions.get(*place))
    }

    /// Every revision, after all that it needs; ties by identifier.
    #[must_use]
    pub fn order_all(&self) -> Vec<&Revision> {
        self.at(Some(&self.order)).collect()
    }

    /// These revisions and all that they need, each after what it needs; ties by identifier. What is unknown here is
    /// left out.
    #[must_use]
    pub fn order(&self, ids: &BTreeSet<RevisionId>) -> Vec<&Revision> {
        self.sort(&self.ancestors(ids))
    }

    /// Exactly these revisions, each after what it needs.
    fn sort(&self, ids: &BTreeSet<RevisionId>) -> Vec<&Revision> {
        self.at(Some(&self.order))
            .filter(|revision| ids.contains(&revision.id))
            .collect()
    }

    /// The files, in order of their names.
    #[must_use]
    pub fn files(&self) -> Vec<PathBuf> {
        let mut files: Vec<PathBuf> = self
            .revisions
            .iter()
            .map(|revision| revision.path.clone())
            .collect();
        files.sort_by(|a, b| (a.file_name(), a).cmp(&(b.file_name(), b)));
        files
    }

    /// Where the revision with this identifier stands.
    fn place(&self, id: &str) -> Option<usize> {
        self.revisions
            .binary_search_by(|revision| revision.id.as_str().cmp(id))
            .ok()
    }

    fn edges(&self, id: &str) -> Option<&Edges> {
        self.edges.get(self.place(id)?)
    }

    /// The revisions at some places.
    fn at(&self, places: Option<&[usize]>) -> impl Iterator<Item = &Revision> {
        places
            .unwrap_or_default()
            .iter()
            .filter_map(|place| self.revisions.get(*place))
    }

    /// The revisions that follow this one or depend on it directly, by identifier.
    fn needed_by(&self, id: &str) -> impl Iterator<Item = &Revision> {
        self.at(self.edges(id).map(|edges| edges.needed_by.as_slice()))
    }
}

#[cfg(test)]
mod tests;
