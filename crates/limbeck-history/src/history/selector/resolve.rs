//! From a selector to what it points at.

use std::collections::BTreeSet;

use crate::history::History;
use crate::nearest::nearest;
use crate::revision_id::RESERVED;
use crate::{Revision, RevisionId};

use super::parts::{Parts, Way};
use super::walk::Walk;
use super::{Range, SelectorError, Target};

impl History {
    /// What a selector points at, for a database with these heads.
    ///
    /// # Errors
    ///
    /// It points at nothing, or not at one thing; or a current head is unknown here and the selector asks about it.
    pub fn resolve(&self, selector: &str, current: &BTreeSet<RevisionId>) -> Result<Target, SelectorError> {
        let Some(parts) = Parts::parse(selector) else {
            return Err(SelectorError::Invalid {
                selector: selector.to_owned(),
            });
        };
        let branch = parts.branch.map(|label| self.branch(label)).transpose()?;
        let walk = Walk {
            history: self,
            selector,
            label: parts.branch,
            branch: branch.as_ref(),
        };
        match (parts.name, parts.relative) {
            ("", Some((way, count))) => self.relative(&walk, current, way, count),
            (name, None) => self.symbol(&walk, name, current),
            (name, Some((way, count))) => {
                let start = self.symbol(&walk, name, current)?;
                walk.go(start, way, count)
            }
        }
    }

    /// The one revision that a selector points at, without a database to ask about.
    ///
    /// # Errors
    ///
    /// As for [`resolve`](Self::resolve), and where it points at none or at several.
    pub fn resolve_one(&self, selector: &str) -> Result<&Revision, SelectorError> {
        let invalid = || SelectorError::Invalid {
            selector: selector.to_owned(),
        };
        let Target::At(ids) = self.resolve(selector, &BTreeSet::new())? else {
            return Err(invalid());
        };
        if ids.len() > 1 {
            return Err(SelectorError::SeveralWays {
                selector: selector.to_owned(),
                candidates: ids,
            });
        }
        ids.first().and_then(|id| self.get(id)).ok_or_else(invalid)
    }

    /// The revisions from one target to another, both included, in order: those that need the first and that the
    /// second needs.
    #[must_use]
    pub fn between(&self, from: &Target, to: &Target) -> Vec<&Revision> {
        let (Target::At(first) | Target::Before(first)) = from;
        let Target::At(last) = to else {
            return Vec::new();
        };
        let above = self.descendants(first);
        self.sort(&self.ancestors(last).intersection(&above).cloned().collect())
    }

    /// The revisions of a range `from:to`, in order, both ends included. A side that is left out is the base or the
    /// heads.
    ///
    /// # Errors
    ///
    /// The text is no range, or a side of it selects nothing.
    pub fn range(&self, text: &str) -> Result<Vec<&Revision>, SelectorError> {
        let Some(range) = Range::parse(text) else {
            return Err(SelectorError::Invalid {
                selector: text.to_owned(),
            });
        };
        let nowhere = BTreeSet::new();
        let from = self.resolve(range.from.as_deref().unwrap_or("base"), &nowhere)?;
        let to = self.resolve(range.to.as_deref().unwrap_or("heads"), &nowhere)?;
        Ok(self.between(&from, &to))
    }

    fn symbol(
        &self,
        walk: &Walk<'_>,
        name: &str,
        current: &BTreeSet<RevisionId>,
    ) -> Result<Target, SelectorError> {
        let on_branch = |ids: BTreeSet<RevisionId>| -> BTreeSet<RevisionId> {
            ids.into_iter().filter(|id| walk.is_on_branch(id)).collect()
        };
        Ok(match name {
            "head" | "heads" => {
                let heads = on_branch(self.heads());
                if name == "head" && heads.len() > 1 {
                    let branch = walk.label.map(str::to_owned);
                    return Err(SelectorError::SeveralHeads { heads, branch });
                }
                Target::At(heads)
            }
            "base" | "bases" => Target::Before(match walk.branch {
                Some(branch) => branch
                    .iter()
                    .filter(|id| walk.parents(id).is_empty())
                    .cloned()
                    .collect(),
                None => self.bases(),
            }),
            "current" => {
                self.refuse_unknown(current)?;
                let here = on_branch(current.clone());
                if here.is_empty() {
                    Target::Before(self.bases())
                } else {
                    Target::At(here)
                }
            }
            name => {
                let id = self.named(name)?;
                if !walk.is_on_branch(&id) {
                    let branch = walk.label.unwrap_or_default().to_owned();
                    return Err(SelectorError::NotOnBranch { id, branch });
                }
                Target::At(BTreeSet::from([id]))
            }
        })
    }

    /// The revision with this identifier, this label, or the only one whose identifier begins so.
    fn named(&self, name: &str) -> Result<RevisionId, SelectorError> {
        if let Some(revision) = self.get(name).or_else(|| self.labelled(name)) {
            return Ok(revision.id.clone());
        }
        let begins_so = |revision: &&Revision| revision.id.as_str().starts_with(name);
        let candidates: Vec<RevisionId> = self
            .revisions
            .iter()
            .filter(begins_so)
            .map(|revision| revision.id.clone())
            .collect();
        match candidates.as_slice() {
            [only] => Ok(only.clone()),
            [] => {
                let known = self.revisions.iter().map(|revision| revision.id.as_str());
                let labels = self.labels.keys().map(String::as_str);
                Err(SelectorError::Unknown {
                    selector: name.to_owned(),
                    nearest: nearest(name, known.chain(labels).chain(RESERVED)).map(str::to_owned),
                })
            }
            _ => Err(SelectorError::Ambiguous {
                selector: name.to_owned(),
                candidates,
            }),
        }
    }

    /// The revisions of a branch: the one that carries the label, those after it, and those before it down to where
    /// the branch leaves another one. Dependencies are no part of it.
    fn branch(&self, label: &str) -> Result<BTreeSet<RevisionId>, SelectorError> {
        let Some(mut first) = self.labelled(label) else {
            let labels = self.labels.keys().map(String::as_str);
            return Err(SelectorError::UnknownBranch {
                branch: label.to_owned(),
                nearest: nearest(label, labels).map(str::to_owned),
            });
        };
        let start = BTreeSet::from([first.id.clone()]);
        let mut members = self.followers(&start);
        while let [parent] = first.parents.as_slice() {
            let Some(parent) = self.get(parent) else {
                break;
            };
            if self.is_branch_point(&parent.id) || parent.parents.len() > 1 {
                break;
            }
            members.insert(parent.id.clone());
            first = parent;
        }
        Ok(members)
    }

    /// `+N` and `-N`: from what the database has.
    fn relative(
        &self,
        walk: &Walk<'_>,
        current: &BTreeSet<RevisionId>,
        way: Way,
        count: usize,
    ) -> Result<Target, SelectorError> {
        self.refuse_unknown(current)?;
        let here: BTreeSet<RevisionId> = current
            .iter()
            .filter(|id| walk.is_on_branch(id))
            .cloned()
            .collect();
        if way == Way::Down {
            return self.undo_last(walk, current, count);
        }
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
                walk.is_on_branch(id)
                    && !self
                        .needed_by(id.as_str())
                        .any(|above| applied.contains(&above.id))
            };
            let last: BTreeSet<RevisionId> = applied.iter().filter(is_last).cloned().collect();
            if last.len() > 1 {
                return Err(walk.several(last));
            }
            let Some(last) = last.into_iter().next() else {
                return Err(walk.past("base", done));
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
}
