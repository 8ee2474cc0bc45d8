//! Words that select revisions, as Alembic has them.
//!
//! - `8f3c2a91d0b4`, or any beginning of it that no other identifier shares; a branch label is the revision that
//!   carries it.
//! - `head`, `heads`, `base`, `current`.
//! - `+2`, `-1`: from the database's current revision; `8f3c+2`, `head-1`, `base+1`: from another one.
//! - `billing@head`, `billing@heads`, `billing@base`, `billing@8f3c`, `billing@+1`: the same within a branch. Any
//!   revision of a branch names it as its label does: `8f3c@head`.
//! - Ranges `FROM:TO`; see [`History::range`](crate::History::range).

use std::collections::BTreeSet;

use crate::RevisionId;

use super::build::names;

mod branch;
mod parts;
mod range;
mod relative;
mod resolve;
mod walk;

pub use range::Range;

/// Whether what a selector points at depends on where a database is.
#[must_use]
pub fn asks_database(selector: &str) -> bool {
    parts::Parts::parse(selector).is_some_and(|parts| parts.name == "current" || parts.is_bare())
}

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
    #[error("`{selector}` is the beginning of several revisions: {}", some(candidates))]
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
        /// Selectors that choose one of them each, where the branch is all that is missing.
        ways: Vec<String>,
    },
    /// Several revisions where one was asked for.
    #[error("`{selector}` is several revisions: {}", names(candidates))]
    Several {
        /// What was asked for.
        selector: String,
        /// The revisions.
        candidates: BTreeSet<RevisionId>,
    },
    /// The state before the first revisions where a revision was asked for.
    #[error("`{selector}` is before the first revision, and no revision itself")]
    BeforeFirst {
        /// What was asked for.
        selector: String,
    },
    /// A revision was asked for, and there is none yet.
    #[error("there is no revision yet")]
    NoRevision,
    /// A selector that is relative to a database, where none is asked.
    #[error("`{selector}` depends on where a database is, and none is asked here")]
    NeedsDatabase {
        /// What was asked for.
        selector: String,
    },
    /// A way back on one branch that another branch stands in.
    #[error("`{selector}` would undo `{id}`, which {} {}", names(needed_by), need(needed_by.len()))]
    NeededElsewhere {
        /// What was asked for.
        selector: String,
        /// The revision that would be undone.
        id: RevisionId,
        /// The applied revisions that need it and are not on the branch.
        needed_by: BTreeSet<RevisionId>,
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

fn need(count: usize) -> &'static str {
    if count == 1 { "needs" } else { "need" }
}

/// As many of them as help to choose.
fn some(candidates: &[RevisionId]) -> String {
    const MOST: usize = 10;
    let first = names(candidates.iter().take(MOST));
    match candidates.len().saturating_sub(MOST) {
        0 => first,
        more => format!("{first} and {more} more"),
    }
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
                "say `heads` for all, name one, or join them: `limbeck merge heads`".to_owned()
            }
            Self::SeveralHeads { branch: Some(branch), .. } => format!("say `{branch}@heads` for all, or name one"),
            Self::SeveralWays { ways, .. } if ways.is_empty() => "name the revision to go to".to_owned(),
            Self::SeveralWays { ways, .. } => {
                let ways: Vec<String> = ways.iter().map(|way| format!("`{way}`")).collect();
                format!("name the revision to go to, or the branch: {}", ways.join(", "))
            }
            Self::Several { .. } => "name one of them".to_owned(),
            Self::BeforeFirst { .. } => "name a revision; `base+1` is the first".to_owned(),
            Self::NoRevision => "`limbeck revision -m \"…\"` writes the first one".to_owned(),
            Self::NeedsDatabase { .. } => {
                "name the revision, or say it relative to another one, as in `head-1` or `8f3c+1`".to_owned()
            }
            Self::NeededElsewhere { needed_by, .. } => {
                format!("undo {} first", names(needed_by))
            }
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
