//! Walking the graph.

use std::collections::BTreeSet;

use sha2::{Digest, Sha256};

use crate::RevisionId;
use crate::revision::hexadecimal;

use super::{Edges, History};

impl History {
    /// These revisions and all that they need, directly or not. What is unknown here is left out.
    #[must_use]
    pub fn ancestors<'a>(&self, ids: impl IntoIterator<Item = &'a RevisionId>) -> BTreeSet<RevisionId> {
        self.closure(ids, |edges| &edges.needs)
    }

    /// These revisions and all that need them, directly or not. What is unknown here is left out.
    #[must_use]
    pub fn descendants<'a>(&self, ids: impl IntoIterator<Item = &'a RevisionId>) -> BTreeSet<RevisionId> {
        self.closure(ids, |edges| &edges.needed_by)
    }

    /// Whether a revision follows another, directly or not; dependencies are no way.
    #[must_use]
    pub fn follows(&self, id: &RevisionId, other: &RevisionId) -> bool {
        id != other && self.followers([other]).contains(id)
    }

    /// These revisions and all that follow them, directly or not; dependencies are no way.
    pub(super) fn followers<'a>(
        &self,
        ids: impl IntoIterator<Item = &'a RevisionId>,
    ) -> BTreeSet<RevisionId> {
        self.closure(ids, |edges| &edges.children)
    }

    fn closure<'a>(
        &self,
        ids: impl IntoIterator<Item = &'a RevisionId>,
        next: impl Fn(&Edges) -> &Vec<usize>,
    ) -> BTreeSet<RevisionId> {
        let mut is_found = vec![false; self.revisions.len()];
        let mut waiting: Vec<usize> = ids.into_iter().filter_map(|id| self.place(id.as_str())).collect();
        while let Some(place) = waiting.pop() {
            if let (Some(found), Some(edges)) = (is_found.get_mut(place), self.edges.get(place))
                && !*found
            {
                *found = true;
                waiting.extend(next(edges));
            }
        }
        let found = self.revisions.iter().zip(is_found).filter(|(_, found)| *found);
        found.map(|(revision, _)| revision.id.clone()).collect()
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
