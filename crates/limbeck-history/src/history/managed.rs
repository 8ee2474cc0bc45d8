//! The managed set: what models declared, folded along the graph.

use std::collections::{BTreeMap, BTreeSet};

use crate::RevisionId;

use super::History;

impl History {
    /// The objects that the whole history declares. A declaration stands unless a descendant of its revision takes
    /// the object back; so where branches meet, what either has taken back is gone.
    #[must_use]
    pub fn managed(&self) -> BTreeSet<String> {
        self.managed_at(&self.heads())
    }

    /// The objects that these revisions and all that they need declare; see [`managed`](Self::managed).
    #[must_use]
    pub fn managed_at(&self, heads: &BTreeSet<RevisionId>) -> BTreeSet<String> {
        let mut added: BTreeMap<&str, Vec<&RevisionId>> = BTreeMap::new();
        let mut removed: BTreeMap<&str, Vec<&RevisionId>> = BTreeMap::new();
        for revision in self.order(heads) {
            for declaration in &revision.declares {
                let side = if declaration.added {
                    &mut added
                } else {
                    &mut removed
                };
                side.entry(&declaration.object).or_default().push(&revision.id);
            }
        }
        let mut ancestors: BTreeMap<&RevisionId, BTreeSet<RevisionId>> = BTreeMap::new();
        let mut stands = |object: &str, adder: &RevisionId| {
            let removers = removed.get(object).map(Vec::as_slice).unwrap_or_default();
            !removers.iter().any(|remover| {
                ancestors
                    .entry(remover)
                    .or_insert_with(|| self.ancestors([*remover]))
                    .contains(adder)
            })
        };
        added
            .into_iter()
            .filter(|(object, adders)| adders.iter().any(|adder| stands(object, adder)))
            .map(|(object, _)| object.to_owned())
            .collect()
    }
}
