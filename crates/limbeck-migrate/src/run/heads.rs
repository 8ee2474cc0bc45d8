//! The heads of a database, as steps change them.

use std::collections::BTreeSet;

use limbeck_history::RevisionId;

use crate::journal::Outcome;
use crate::route::Leg;

/// The heads after the legs have run.
pub(crate) fn heads_after(before: &BTreeSet<RevisionId>, legs: &[Leg]) -> BTreeSet<RevisionId> {
    let mut after = before.clone();
    for leg in legs {
        apply(&mut after, &leg.outcome);
    }
    after
}

/// Changes heads as the outcome of a step does.
pub(crate) fn apply(heads: &mut BTreeSet<RevisionId>, outcome: &Outcome) {
    if let Outcome::Applied { heads: change } | Outcome::Gone { heads: change, .. } = outcome {
        for head in &change.removed {
            heads.remove(head);
        }
        heads.extend(change.added.iter().cloned());
    }
}
