//! Words that select revisions, as Alembic has them.
//!
//! - `8f3c2a91d0b4`, or any beginning of it that no other identifier shares; a branch label is the revision that
//!   carries it.
//! - `head`, `heads`, `base`, `current`.
//! - `+2`, `-1`: from the database's current revision; `8f3c+2`, `head-1`, `base+1`: from another one.
//! - `billing@head`, `billing@heads`, `billing@base`, `billing@8f3c`, `billing@+1`: the same within a branch.

use std::collections::BTreeSet;
use std::ops::Bound;

use crate::nearest::nearest;
use crate::revision_id::RESERVED;
use crate::{Revision, RevisionId};

use super::History;
use super::graph::names;

/// Where a selector points.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// At these revisions: they and all that they need are applied.
    At(BTreeSet<RevisionId>),
    /// Before these revisions: they and all that needs them are not applied.
    Before(BTreeSet<RevisionId>),
}

/// A selector that selects nothing, or not one thing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SelectorError {
    /// No revision or label has that name.
    #[error("there is no revision `{selector}`")]
    Unknown {
        /// What was asked for.
        selector: String,
        /// A name that may be meant.
        nearest: Option<String>,
    },
    /// Several identifiers begin so.
    #[error("`{selector}` is the beginning of several revisions: {}", names(candidates))]
    Ambiguous {
        /// What was asked for.
        selector: String,
        /// The revisions that begin so.
        candidates: Vec<RevisionId>,
    },
    /// `head` where there are several.
    #[error("there are several heads: {}", names(heads))]
    SeveralHeads {
        /// The heads.
        heads: BTreeSet<RevisionId>,
        /// The branch that was asked for.
        branch: Option<String>,
    },
    /// A relative selector that can go more than one way.
    #[error("`{selector}` can go several ways: {}", names(candidates))]
    SeveralWays {
        /// What was asked for.
        selector: String,
        /// The revisions between which it cannot choose.
        candidates: BTreeSet<RevisionId>,
    },
    /// A relative selector that leads out of the history.
    #[error("`{selector}` goes past the {end}: there {}", steps(*possible))]
    PastEnd {
        /// What was asked for.
        selector: String,
        /// `head` or `base`.
        end: &'static str,
        /// How many steps are possible.
        possible: usize,
    },
    /// A revision that is not on the branch that was named.
    #[error("revision `{id}` is not on the branch `{branch}`")]
    NotOnBranch {
        /// The revision.
        id: RevisionId,
        /// The branch.
        branch: String,
    },
    /// No such branch.
    #[error("there is no branch `{branch}`")]
    UnknownBranch {
        /// What was asked for.
        branch: String,
        /// A label that may be meant.
        nearest: Option<String>,
    },
    /// A text that is no selector.
    #[error("`{selector}` selects no revision")]
    Invalid {
        /// The text.
        selector: String,
    },
    /// The database has a revision that is not in this history.
    #[error("the database is at the revision `{id}`, which is not in this folder")]
    UnknownCurrent {
        /// The revision.
        id: RevisionId,
    },
}

fn steps(possible: usize) -> String {
    match possible {
        0 => "is no revision that way".to_owned(),
        1 => "is 1 revision that way".to_owned(),
        count => format!("are {count} revisions that way"),
    }
}

impl SelectorError {
    /// What to do next.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Unknown { nearest: Some(near), .. } | Self::UnknownBranch { nearest: Some(near), .. } => {
                format!("did you mean `{near}`?")
            }
            Self::Unknown { .. } => "`limbeck history` lists the revisions".to_owned(),
            Self::UnknownBranch { .. } => "`limbeck history` lists the branch labels".to_owned(),
            Self::Ambiguous { .. } => "write more of the identifier".to_owned(),
            Self::SeveralHeads { branch: None, .. } => {
                "say `heads` for all, or name one".to_owned()
            }
            Self::SeveralHeads { branch: Some(branch), .. } => format!("say `{branch}@heads` for all, or name one"),
            Self::SeveralWays { .. } => "name the revision to go to".to_owned(),
            Self::PastEnd { end, .. } => format!("say `{end}` to go all the way"),
            Self::NotOnBranch { .. } => "leave the branch out".to_owned(),
            Self::Invalid { .. } => {
                "write an identifier, `head`, `heads`, `base`, `current`, `+1`, `-1`, or a branch with `@head`".to_owned()
            }
            Self::UnknownCurrent { .. } => {
                "bring the folder up to date; the revision may be on a branch that is not merged yet".to_owned()
            }
        })
    }
}

/// Two selectors with a colon between, each of which may be left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Range {
    /// Where it begins.
    pub from: Option<String>,
    /// Where it ends.
    pub to: Option<String>,
}

impl Range {
    /// A range, if the text is one: it has exactly one colon.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (from, to) = text.split_once(':')?;
        let side = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        (!to.contains(':')).then(|| Self {
            from: side(from),
            to: side(to),
        })
    }
}

/// A selector, taken apart.
struct Parts<'a> {
    branch: Option<&'a str>,
    name: &'a str,
    /// The number with its sign.
    relative: Option<(Way, usize)>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Up,
    Down,
}

impl<'a> Parts<'a> {
    fn parse(selector: &'a str) -> Option<Self> {
        let text = selector.trim();
        let (branch, rest) = match text.split_once('@') {
            Some((branch, rest)) => (Some(branch), rest),
            None => (None, text),
        };
        let (name, relative) = match rest.find(['+', '-']) {
            Some(position) => {
                let (name, number) = rest.split_at_checked(position)?;
                let way = if number.starts_with('+') {
                    Way::Up
                } else {
                    Way::Down
                };
                let digits = number.get(1..)?;
                let is_number = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
                (name, Some((way, is_number.then(|| digits.parse().ok())??)))
            }
            None => (rest, None),
        };
        let is_word = |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        let is_valid = is_word(name)
            && (!name.is_empty() || relative.is_some())
            && branch.is_none_or(|branch| is_word(branch) && !branch.is_empty());
        is_valid.then_some(Self {
            branch,
            name,
            relative,
        })
    }
}

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
            ("", Some((way, count))) => self.from_current(&walk, current, way, count),
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
        let candidates: Vec<RevisionId> = self
            .revisions
            .range::<str, _>((Bound::Included(name), Bound::Unbounded))
            .map(|(id, _)| id)
            .take_while(|id| id.as_str().starts_with(name))
            .cloned()
            .collect();
        match candidates.as_slice() {
            [only] => Ok(only.clone()),
            [] => {
                let known = self.revisions.keys().map(RevisionId::as_str);
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
        let mut members = self.closure(&start, |id| self.children_of(id));
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
    fn from_current(
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
                        .dependents_of(id.as_str())
                        .any(|above| applied.contains(above))
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

/// A selector on its way through the graph.
struct Walk<'a> {
    history: &'a History,
    selector: &'a str,
    label: Option<&'a str>,
    branch: Option<&'a BTreeSet<RevisionId>>,
}

impl Walk<'_> {
    fn is_on_branch(&self, id: &RevisionId) -> bool {
        self.branch.is_none_or(|branch| branch.contains(id))
    }

    fn parents(&self, id: &RevisionId) -> BTreeSet<RevisionId> {
        let parents = self
            .history
            .get(id.as_str())
            .map(|revision| revision.parents.as_slice())
            .unwrap_or_default();
        parents
            .iter()
            .filter(|id| self.is_on_branch(id))
            .cloned()
            .collect()
    }

    fn children(&self, id: &RevisionId) -> BTreeSet<RevisionId> {
        self.history
            .children_of(id.as_str())
            .filter(|id| self.is_on_branch(id))
            .cloned()
            .collect()
    }

    /// The state before the first revisions, of the branch or of all.
    fn before_first(&self) -> Target {
        Target::Before(match self.branch {
            Some(branch) => branch
                .iter()
                .filter(|id| self.parents(id).is_empty())
                .cloned()
                .collect(),
            None => self.history.bases(),
        })
    }

    fn several(&self, candidates: BTreeSet<RevisionId>) -> SelectorError {
        SelectorError::SeveralWays {
            selector: self.selector.to_owned(),
            candidates,
        }
    }

    fn past(&self, end: &'static str, possible: usize) -> SelectorError {
        SelectorError::PastEnd {
            selector: self.selector.to_owned(),
            end,
            possible,
        }
    }

    /// The only one of some revisions.
    fn only(&self, ids: BTreeSet<RevisionId>) -> Result<Option<RevisionId>, SelectorError> {
        if ids.len() > 1 {
            return Err(self.several(ids));
        }
        Ok(ids.into_iter().next())
    }

    fn go(&self, start: Target, way: Way, count: usize) -> Result<Target, SelectorError> {
        let mut target = start;
        for done in 0..count {
            target = match (way, target) {
                (Way::Up, Target::Before(first)) => match self.only(first)? {
                    Some(first) => Target::At(BTreeSet::from([first])),
                    None => return Err(self.past("head", done)),
                },
                (Way::Up, Target::At(here)) => {
                    let next = match self.only(here)? {
                        Some(here) => self.only(self.children(&here))?,
                        None => None,
                    };
                    match next {
                        Some(next) => Target::At(BTreeSet::from([next])),
                        None => return Err(self.past("head", done)),
                    }
                }
                (Way::Down, Target::At(here)) => match self.only(here)? {
                    Some(here) => match self.only(self.parents(&here))? {
                        Some(parent) => Target::At(BTreeSet::from([parent])),
                        None => Target::Before(BTreeSet::from([here])),
                    },
                    None => return Err(self.past("base", done)),
                },
                (Way::Down, Target::Before(_)) => return Err(self.past("base", done)),
            };
        }
        Ok(target)
    }
}
