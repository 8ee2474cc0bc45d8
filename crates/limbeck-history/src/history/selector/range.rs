//! Ranges: two selectors with a colon between.

use std::collections::BTreeSet;

use crate::history::History;
use crate::{Revision, RevisionId};

use super::parts::{Parts, Way};
use super::{SelectorError, Target, asks_database};

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

    /// Whether it depends on where a database is: one side says `current`, or both are relative to nothing else.
    #[must_use]
    pub fn asks_database(&self) -> bool {
        let [from, to] = [self.from.as_deref(), self.to.as_deref()].map(Option::unwrap_or_default);
        let is_current = |side: &str| bare(side).is_none() && asks_database(side);
        is_current(from) || is_current(to) || (bare(from).is_some() && bare(to).is_some())
    }
}

/// Which way a selector goes that says nothing but a number of steps.
fn bare(selector: &str) -> Option<Way> {
    let parts = Parts::parse(selector)?;
    parts.relative.filter(|_| parts.is_bare()).map(|(way, _)| way)
}

impl History {
    /// The revisions of a range `from:to`, in order, both ends included, for a database with these heads. A side that
    /// is left out is the base or the heads.
    ///
    /// A number of steps counts from the other side: `-3:8f3c` begins three before `8f3c`, `8f3c:+2` ends two after
    /// it. Without anything to count from, a beginning `+N` counts from the base, an end `-N` from the heads, and
    /// where both sides are numbers they count from where the database is.
    ///
    /// # Errors
    ///
    /// The text is no range, or a side of it selects nothing.
    pub fn range(&self, text: &str, current: &BTreeSet<RevisionId>) -> Result<Vec<&Revision>, SelectorError> {
        let Some(range) = Range::parse(text) else {
            return Err(SelectorError::Invalid {
                selector: text.to_owned(),
            });
        };
        let from = range.from.as_deref().unwrap_or("base");
        let to = range.to.as_deref().unwrap_or("heads");
        let (begin, end) = match (bare(from), bare(to)) {
            (None, None) | (Some(_), Some(_)) => (self.resolve(from, current)?, self.resolve(to, current)?),
            (Some(Way::Down), None) => {
                let end = self.resolve(to, current)?;
                (self.resolve(from, &self.heads_at(&end))?, end)
            }
            (Some(Way::Up), None) => (self.resolve(from, &BTreeSet::new())?, self.resolve(to, current)?),
            (None, Some(Way::Up)) => {
                let begin = self.resolve(from, current)?;
                let end = self.resolve(to, &self.heads_at(&begin))?;
                (begin, end)
            }
            (None, Some(Way::Down)) => (self.resolve(from, current)?, self.resolve(to, &self.heads())?),
        };
        let begin = match bare(from) {
            // Three back is where one is then, not what was undone on the way.
            Some(Way::Down) => Some(self.heads_at(&begin))
                .filter(|heads| !heads.is_empty())
                .map_or(begin, Target::At),
            _ => begin,
        };
        Ok(self.between(&begin, &Target::At(self.heads_at(&end))))
    }

    /// What is applied where a script begins, and where it leads. A number of steps counts from the other side.
    ///
    /// # Errors
    ///
    /// A side selects nothing, or depends on where a database is: a script asks none.
    pub fn script_ends(&self, from: &str, to: &str) -> Result<(BTreeSet<RevisionId>, Target), SelectorError> {
        let nowhere = BTreeSet::new();
        let known = |selector: &str| {
            if asks_database(selector) {
                return Err(SelectorError::NeedsDatabase {
                    selector: selector.to_owned(),
                });
            }
            self.resolve(selector, &nowhere)
        };
        if bare(from).is_some() {
            let end = known(to)?;
            let begin = self.resolve(from, &self.heads_at(&end))?;
            return Ok((self.applied_at(&begin), end));
        }
        let begin = self.applied_at(&known(from)?);
        let end = match bare(to) {
            Some(_) => self.resolve(to, &self.heads_of(&begin))?,
            None => known(to)?,
        };
        Ok((begin, end))
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

    /// The heads of a database that is exactly at a target.
    fn heads_at(&self, target: &Target) -> BTreeSet<RevisionId> {
        self.heads_of(&self.applied_at(target))
    }
}
