//! Branches: by a label, or by any revision on them.

use std::collections::BTreeSet;

use crate::RevisionId;
use crate::history::History;
use crate::nearest::nearest;

use super::SelectorError;

impl History {
    /// The revisions of a branch: the one that carries the label or the name, those after it, and those before it down
    /// to where the branch leaves another one. Dependencies are no part of it.
    pub(super) fn branch(&self, name: &str) -> Result<BTreeSet<RevisionId>, SelectorError> {
        let id = self.named(name).map_err(|error| match error {
            SelectorError::Unknown { selector: branch, .. } => SelectorError::UnknownBranch {
                nearest: nearest(&branch, self.labels.keys().map(String::as_str)).map(str::to_owned),
                branch,
            },
            error => error,
        })?;
        let mut members = self.followers(&BTreeSet::from([id.clone()]));
        let mut first = self.get(&id);
        while let Some([parent]) = first.map(|first| first.parents.as_slice()) {
            first = self
                .get(parent)
                .filter(|parent| !self.is_branch_point(&parent.id) && parent.parents.len() < 2);
            members.extend(first.map(|parent| parent.id.clone()));
        }
        Ok(members)
    }
}
