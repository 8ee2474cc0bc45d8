//! From a selector to what it points at.

use std::collections::BTreeSet;

use crate::history::History;
use crate::nearest::nearest;
use crate::revision_id::RESERVED;
use crate::{Revision, RevisionId};

use super::parts::Parts;
use super::walk::Walk;
use super::{SelectorError, Target, asks_database};

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

    /// The revisions that a selector points at, in order, for a database with these heads. There is at least one. A
    /// number of steps counts from where the database is.
    ///
    /// # Errors
    ///
    /// As for [`resolve`](Self::resolve), and where it points at none.
    pub fn revisions(
        &self,
        selector: &str,
        current: &BTreeSet<RevisionId>,
    ) -> Result<Vec<&Revision>, SelectorError> {
        let target = match Parts::parse(selector) {
            // As a target, `-1` is what to undo; as a revision, it is the one before.
            Some(parts) if parts.is_bare() => {
                let (branch, steps) = match selector.split_once('@') {
                    Some((branch, steps)) => (format!("{}@", branch.trim()), steps),
                    None => (String::new(), selector),
                };
                self.resolve(&format!("{branch}current{}", steps.trim()), current)?
            }
            _ => self.resolve(selector, current)?,
        };
        match target {
            Target::At(ids) if ids.is_empty() => Err(SelectorError::NoRevision),
            Target::At(ids) => Ok(self.sort(&ids)),
            Target::Before(_) => Err(SelectorError::BeforeFirst {
                selector: selector.to_owned(),
            }),
        }
    }

    /// The one revision that a selector points at, for a database with these heads.
    ///
    /// # Errors
    ///
    /// As for [`revisions`](Self::revisions), and where it points at several.
    pub fn revision(
        &self,
        selector: &str,
        current: &BTreeSet<RevisionId>,
    ) -> Result<&Revision, SelectorError> {
        match self.revisions(selector, current)?.as_slice() {
            [only] => Ok(only),
            several => Err(SelectorError::Several {
                selector: selector.to_owned(),
                candidates: several.iter().map(|revision| revision.id.clone()).collect(),
            }),
        }
    }

    /// The one revision that a selector points at, without a database to ask about.
    ///
    /// # Errors
    ///
    /// As for [`revision`](Self::revision), and where it depends on a database.
    pub fn resolve_one(&self, selector: &str) -> Result<&Revision, SelectorError> {
        if asks_database(selector) {
            return Err(SelectorError::NeedsDatabase {
                selector: selector.to_owned(),
            });
        }
        self.revision(selector, &BTreeSet::new())
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
            "base" | "bases" => walk.before_first(),
            "current" => {
                self.refuse_unknown(current)?;
                let here = on_branch(current.clone());
                if here.is_empty() {
                    walk.before_first()
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
    pub(super) fn named(&self, name: &str) -> Result<RevisionId, SelectorError> {
        if let Some(revision) = self.with_name(name) {
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
}
