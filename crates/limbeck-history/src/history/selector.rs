//! Words that select revisions, as Alembic has them.
//!
//! - `8f3c2a91d0b4`, or any beginning of it that no other identifier shares; a branch label is the revision that
//!   carries it.
//! - `head`, `heads`, `base`, `current`.
//! - `+2`, `-1`: from the database's current revision; `8f3c+2`, `head-1`, `base+1`: from another one.
//! - `billing@head`, `billing@heads`, `billing@base`, `billing@8f3c`, `billing@+1`: the same within a branch.

use std::collections::BTreeSet;

use crate::RevisionId;

use super::build::names;

mod parts;
mod resolve;
mod walk;

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
