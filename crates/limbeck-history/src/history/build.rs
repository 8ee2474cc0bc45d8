//! Building the graph.

use std::collections::{BTreeMap, BTreeSet};

use crate::nearest::nearest;
use crate::{Revision, RevisionId};

use super::{Edges, HeaderPlace, History};

/// Revisions that make no graph.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum GraphError {
    /// Two files have one identifier.
    #[error("two files have the revision `{id}`")]
    DuplicateId {
        /// The identifier.
        id: RevisionId,
        /// Where both stand.
        places: Vec<HeaderPlace>,
    },
    /// A parent is not there.
    #[error("revision `{id}` revises `{parent}`, and there is no such revision")]
    MissingParent {
        /// The revision that names it.
        id: RevisionId,
        /// Where it names it.
        place: HeaderPlace,
        /// The parent that is missing.
        parent: RevisionId,
        /// An identifier that may be meant.
        nearest: Option<String>,
    },
    /// A dependency is not there.
    #[error("revision `{id}` depends on `{dependency}`, and there is no such revision")]
    MissingDependency {
        /// The revision that names it.
        id: RevisionId,
        /// Where it names it.
        place: HeaderPlace,
        /// The dependency that is missing.
        dependency: RevisionId,
        /// An identifier that may be meant.
        nearest: Option<String>,
    },
    /// Revisions that need each other.
    #[error("{}", needing_each_other(members))]
    Cycle {
        /// The members of one cycle; each needs the next, and the last needs the first.
        members: Vec<RevisionId>,
        /// Where each of them needs the next.
        places: Vec<HeaderPlace>,
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
        /// Where both stand.
        places: Vec<HeaderPlace>,
    },
}

impl GraphError {
    /// Where in the files it stands, the most telling place first.
    #[must_use]
    pub fn places(&self) -> &[HeaderPlace] {
        match self {
            Self::DuplicateId { places, .. }
            | Self::Cycle { places, .. }
            | Self::LabelTaken { places, .. } => places,
            Self::MissingParent { place, .. } | Self::MissingDependency { place, .. } => {
                std::slice::from_ref(place)
            }
        }
    }

    /// What to do next.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::DuplicateId { places, .. } => match places.as_slice() {
                [first, second] if first.text == second.text => "the files are the same: remove one".to_owned(),
                _ => "remove the one that is a copy, or give it another identifier; those that revise it name it then"
                    .to_owned(),
            },
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

fn needing_each_other(members: &[RevisionId]) -> String {
    match members {
        [only] => format!("revision `{only}` needs itself"),
        [one, other] => format!("the revisions `{one}` and `{other}` need each other"),
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
    pub fn from_revisions(mut revisions: Vec<Revision>) -> Result<Self, GraphError> {
        revisions.sort_by(|a, b| a.id.cmp(&b.id));
        let mut history = Self {
            edges: vec![Edges::default(); revisions.len()],
            revisions,
            ..Self::default()
        };
        history.refuse_duplicates()?;
        history.link()?;
        history.take_labels()?;
        history.order = history.sorted()?;
        Ok(history)
    }

    fn refuse_duplicates(&self) -> Result<(), GraphError> {
        for pair in self.revisions.windows(2) {
            if let [first, second] = pair
                && first.id == second.id
            {
                return Err(GraphError::DuplicateId {
                    id: first.id.clone(),
                    places: [first, second]
                        .map(|revision| HeaderPlace::of(revision, &["revision"], revision.id.as_str()))
                        .into(),
                });
            }
        }
        Ok(())
    }

    fn link(&mut self) -> Result<(), GraphError> {
        let mut edges = std::mem::take(&mut self.edges);
        for (place, revision) in self.revisions.iter().enumerate() {
            let parents = revision.parents.iter().map(|id| (id, true));
            let dependencies = revision.depends_on.iter().map(|id| (id, false));
            for (id, is_parent) in parents.chain(dependencies) {
                let needed = self
                    .place(id.as_str())
                    .ok_or_else(|| self.missing(revision, id, is_parent))?;
                if let Some(own) = edges.get_mut(place) {
                    insert(&mut own.needs, needed);
                }
                if let Some(other) = edges.get_mut(needed) {
                    insert(&mut other.needed_by, place);
                    if is_parent {
                        insert(&mut other.children, place);
                    }
                }
            }
        }
        self.edges = edges;
        Ok(())
    }

    fn missing(&self, revision: &Revision, missing: &RevisionId, is_parent: bool) -> GraphError {
        let others = self.revisions.iter().filter(|other| other.id != revision.id);
        let nearest = nearest(missing.as_str(), others.map(|other| other.id.as_str())).map(str::to_owned);
        let id = revision.id.clone();
        let key = if is_parent { "revises" } else { "depends_on" };
        let place = HeaderPlace::of(revision, &[key], missing.as_str());
        if is_parent {
            GraphError::MissingParent {
                id,
                place,
                parent: missing.clone(),
                nearest,
            }
        } else {
            GraphError::MissingDependency {
                id,
                place,
                dependency: missing.clone(),
                nearest,
            }
        }
    }

    fn take_labels(&mut self) -> Result<(), GraphError> {
        let mut labels: BTreeMap<String, usize> = BTreeMap::new();
        for (place, revision) in self.revisions.iter().enumerate() {
            for label in &revision.branch_labels {
                let taken = self.place(label).or_else(|| labels.get(label).copied());
                if let Some(other) = taken.and_then(|other| self.revisions.get(other)) {
                    return Err(GraphError::LabelTaken {
                        label: label.clone(),
                        first: revision.id.clone(),
                        second: other.id.clone(),
                        places: vec![
                            HeaderPlace::of(revision, &["branch_labels"], label),
                            HeaderPlace::of(other, &["branch_labels", "revision"], label),
                        ],
                    });
                }
                labels.insert(label.clone(), place);
            }
        }
        self.labels = labels;
        Ok(())
    }

    /// Every revision after all that it needs, the least identifier first among those that can be next.
    fn sorted(&self) -> Result<Vec<usize>, GraphError> {
        let mut missing: Vec<usize> = self.edges.iter().map(|edges| edges.needs.len()).collect();
        let is_ready = |(place, count): (usize, &usize)| (*count == 0).then_some(place);
        let mut ready: BTreeSet<usize> = missing.iter().enumerate().filter_map(is_ready).collect();
        let mut order = Vec::with_capacity(self.revisions.len());
        while let Some(place) = ready.pop_first() {
            order.push(place);
            for other in self
                .edges
                .get(place)
                .map(|edges| edges.needed_by.as_slice())
                .unwrap_or_default()
            {
                if let Some(count) = missing.get_mut(*other) {
                    *count -= 1;
                    if *count == 0 {
                        ready.insert(*other);
                    }
                }
            }
        }
        match missing.iter().position(|count| *count > 0) {
            Some(start) => Err(self.cycle_from(start, &missing)),
            None => Ok(order),
        }
    }

    /// A cycle among the revisions that still miss something, its least identifier first.
    fn cycle_from(&self, start: usize, missing: &[usize]) -> GraphError {
        let is_stuck = |place: &&usize| missing.get(**place).is_some_and(|count| *count > 0);
        let mut walked: Vec<usize> = Vec::new();
        let mut next = Some(start);
        while let Some(place) = next {
            if let Some(begin) = walked.iter().position(|walked| *walked == place) {
                walked.drain(..begin);
                break;
            }
            walked.push(place);
            next = self
                .edges
                .get(place)
                .and_then(|edges| edges.needs.iter().find(is_stuck))
                .copied();
        }
        let least = walked
            .iter()
            .enumerate()
            .min_by_key(|(_, place)| **place)
            .map_or(0, |(n, _)| n);
        walked.rotate_left(least);
        let members: Vec<&Revision> = self.at(Some(&walked)).collect();
        let nexts = members.iter().cycle().skip(1);
        let needs = members.iter().zip(nexts);
        let keys = ["revises", "depends_on"];
        GraphError::Cycle {
            members: members.iter().map(|member| member.id.clone()).collect(),
            places: needs
                .map(|(member, next)| HeaderPlace::of(member, &keys, next.id.as_str()))
                .collect(),
        }
    }
}

/// Inserts into a sorted list what is not in it yet.
fn insert(places: &mut Vec<usize>, place: usize) {
    if let Err(at) = places.binary_search(&place) {
        places.insert(at, place);
    }
}
