//! Building the graph, and walking it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use sha2::{Digest, Sha256};

use crate::nearest::nearest;
use crate::revision::hexadecimal;
use crate::{Revision, RevisionId};

use super::History;

/// Revisions that make no graph.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum GraphError {
    /// Two files have one identifier.
    #[error("two files have the revision `{id}`: `{}` and `{}`", first.display(), second.display())]
    DuplicateId {
        /// The identifier.
        id: RevisionId,
        /// One file.
        first: PathBuf,
        /// The other file.
        second: PathBuf,
    },
    /// A parent is not there.
    #[error("revision `{id}` follows `{parent}`, and there is no such revision (`{}`)", path.display())]
    MissingParent {
        /// The revision that names it.
        id: RevisionId,
        /// Its file.
        path: PathBuf,
        /// The parent that is missing.
        parent: RevisionId,
        /// An identifier that may be meant.
        nearest: Option<String>,
    },
    /// A dependency is not there.
    #[error("revision `{id}` depends on `{dependency}`, and there is no such revision (`{}`)", path.display())]
    MissingDependency {
        /// The revision that names it.
        id: RevisionId,
        /// Its file.
        path: PathBuf,
        /// The dependency that is missing.
        dependency: RevisionId,
        /// An identifier that may be meant.
        nearest: Option<String>,
    },
    /// Revisions that need each other.
    #[error("{}", cycle(members))]
    Cycle {
        /// The members of one cycle; each needs the next, and the last needs the first.
        members: Vec<RevisionId>,
    },
    /// A branch label stands in two revisions, or is an identifier.
    #[error("the branch label `{label}` of `{first}` is taken by `{second}`")]
    LabelTaken {
        /// The label.
        label: String,
        /// The revision that carries it.
        first: RevisionId,
        /// The revision that has it as a label or as its identifier.
        second: RevisionId,
    },
}

impl GraphError {
    /// What to do next.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::DuplicateId { .. } => "give one of them another identifier, or remove the copy".to_owned(),
            Self::MissingParent {
                nearest: Some(near), ..
            }
            | Self::MissingDependency {
                nearest: Some(near), ..
            } => {
                format!("did you mean `{near}`?")
            }
            Self::MissingParent { .. } | Self::MissingDependency { .. } => {
                "bring its file back, or change the header of the revision that names it".to_owned()
            }
            Self::Cycle { .. } => "change `revises` or `depends_on` of one of them".to_owned(),
            Self::LabelTaken { .. } => "choose another label".to_owned(),
        })
    }
}

fn cycle(members: &[RevisionId]) -> String {
    match members {
        [only] => format!("revision `{only}` needs itself"),
        _ => format!("the revisions {} need each other in a cycle", names(members)),
    }
}

/// Identifiers in backticks, separated by commas.
pub(super) fn names<'a>(ids: impl IntoIterator<Item = &'a RevisionId>) -> String {
    let quoted: Vec<String> = ids.into_iter().map(|id| format!("`{id}`")).collect();
    quoted.join(", ")
}

impl History {
    /// The graph of these revisions.
    ///
    /// # Errors
    ///
    /// An identifier or a label is there twice, a parent or a dependency is not there, or there is a cycle.
    pub fn from_revisions(revisions: Vec<Revision>) -> Result<Self, GraphError> {
        let mut history = Self::default();
        for revision in revisions {
            if let Some(first) = history.revisions.get(&revision.id) {
                return Err(GraphError::DuplicateId {
                    id: revision.id,
                    first: first.path.clone(),
                    second: revision.path,
                });
            }
            history.revisions.insert(revision.id.clone(), revision);
        }
        history.link()?;
        history.take_labels()?;
        history.order = history.sorted()?;
        Ok(history)
    }

    fn link(&mut self) -> Result<(), GraphError> {
        let mut children: BTreeMap<RevisionId, BTreeSet<RevisionId>> = BTreeMap::new();
        let mut dependents = children.clone();
        let near = |id: &RevisionId, except: &RevisionId| {
            let others = self.revisions.keys().filter(|other| *other != except);
            nearest(id.as_str(), others.map(RevisionId::as_str)).map(str::to_owned)
        };
        for revision in self.revisions.values() {
            let id = revision.id.clone();
            for parent in &revision.parents {
                if !self.revisions.contains_key(parent) {
                    return Err(GraphError::MissingParent {
                        nearest: near(parent, &id),
                        path: revision.path.clone(),
                        parent: parent.clone(),
                        id,
                    });
                }
                children.entry(parent.clone()).or_default().insert(id.clone());
            }
            for dependency in &revision.depends_on {
                if !self.revisions.contains_key(dependency) {
                    return Err(GraphError::MissingDependency {
                        nearest: near(dependency, &id),
                        path: revision.path.clone(),
                        dependency: dependency.clone(),
                        id,
                    });
                }
                dependents
                    .entry(dependency.clone())
                    .or_default()
                    .insert(id.clone());
            }
        }
        self.children = children;
        self.dependents = dependents;
        Ok(())
    }

    fn take_labels(&mut self) -> Result<(), GraphError> {
        for revision in self.revisions.values() {
            for label in &revision.branch_labels {
                let by_id = self.revisions.get(label.as_str()).map(|other| other.id.clone());
                let taken = by_id.or_else(|| self.labels.get(label).cloned());
                if let Some(second) = taken {
                    return Err(GraphError::LabelTaken {
                        label: label.clone(),
                        first: revision.id.clone(),
                        second,
                    });
                }
                self.labels.insert(label.clone(), revision.id.clone());
            }
        }
        Ok(())
    }

    /// Every revision after all that it needs, the least identifier first among those that can be next.
    fn sorted(&self) -> Result<Vec<RevisionId>, GraphError> {
        // A parent may be named under `depends_on` as well.
        let needs = |revision: &Revision| {
            let others = revision
                .depends_on
                .iter()
                .filter(|id| !revision.parents.contains(id));
            revision.parents.len() + others.count()
        };
        let mut missing: BTreeMap<&RevisionId, usize> = BTreeMap::new();
        let mut ready: BTreeSet<&RevisionId> = BTreeSet::new();
        for (id, revision) in &self.revisions {
            match needs(revision) {
                0 => {
                    ready.insert(id);
                }
                count => {
                    missing.insert(id, count);
                }
            }
        }
        let mut order = Vec::with_capacity(self.revisions.len());
        while let Some(id) = ready.pop_first() {
            order.push(id.clone());
            for dependent in self.dependents_of(id.as_str()) {
                if let Some(count) = missing.get_mut(dependent) {
                    *count -= 1;
                    if *count == 0 {
                        missing.remove(dependent);
                        ready.insert(dependent);
                    }
                }
            }
        }
        match missing.keys().next() {
            Some(start) => Err(GraphError::Cycle {
                members: self.cycle_from(start, &missing),
            }),
            None => Ok(order),
        }
    }

    /// A cycle among revisions that each need another of them.
    fn cycle_from(&self, start: &RevisionId, among: &BTreeMap<&RevisionId, usize>) -> Vec<RevisionId> {
        let mut walked: Vec<&RevisionId> = Vec::new();
        let mut next = Some(start);
        while let Some(id) = next {
            if let Some(begin) = walked.iter().position(|walked| *walked == id) {
                let members = walked.get(begin..).unwrap_or_default();
                let least = members
                    .iter()
                    .enumerate()
                    .min_by_key(|(_, id)| **id)
                    .map_or(0, |(n, _)| n);
                return members
                    .iter()
                    .cycle()
                    .skip(least)
                    .take(members.len())
                    .map(|id| (*id).clone())
                    .collect();
            }
            walked.push(id);
            next = self
                .get(id.as_str())
                .and_then(|revision| revision.needs().filter(|id| among.contains_key(id)).min());
        }
        walked.into_iter().cloned().collect()
    }

    /// These revisions and all that they need, directly or not. What is unknown here is left out.
    #[must_use]
    pub fn ancestors<'a>(&self, ids: impl IntoIterator<Item = &'a RevisionId>) -> BTreeSet<RevisionId> {
        self.closure(ids, |id| self.get(id).into_iter().flat_map(Revision::needs))
    }

    /// These revisions and all that need them, directly or not. What is unknown here is left out.
    #[must_use]
    pub fn descendants<'a>(&self, ids: impl IntoIterator<Item = &'a RevisionId>) -> BTreeSet<RevisionId> {
        self.closure(ids, |id| self.dependents_of(id))
    }

    pub(super) fn closure<'a, 'b, I>(
        &'a self,
        ids: impl IntoIterator<Item = &'b RevisionId>,
        next: impl Fn(&'a str) -> I,
    ) -> BTreeSet<RevisionId>
    where
        I: Iterator<Item = &'a RevisionId>,
    {
        let known = |id: &RevisionId| self.revisions.get_key_value(id).map(|(id, _)| id);
        let mut found: BTreeSet<&RevisionId> = BTreeSet::new();
        let mut waiting: Vec<&RevisionId> = ids.into_iter().filter_map(known).collect();
        while let Some(id) = waiting.pop() {
            if found.insert(id) {
                waiting.extend(next(id.as_str()).filter(|id| !found.contains(id)));
            }
        }
        found.into_iter().cloned().collect()
    }

    /// SHA-256, in hexadecimal, of these revisions and all that they need: identifiers and checksums in the order in
    /// which they are applied. Equal for equal schemas, as far as revisions make them.
    #[must_use]
    pub fn chain_hash(&self, ids: &BTreeSet<RevisionId>) -> String {
        let mut digest = Sha256::new();
        for revision in self.order(ids) {
            digest.update(revision.id.as_str());
            digest.update(" ");
            digest.update(&revision.checksum);
            digest.update("\n");
        }
        hexadecimal(digest)
    }
}
