//! Steps outside a transaction: how one that was begun before is brought to its end.
//!
//! Such a step may die half-way and leave something behind. What it is for (by its marker's `creates=`, `drops=`,
//! `reindexes=` or `detaches=`, else by its one statement), what the catalogue showed before its first attempt, and what
//! it shows now together tell what is left to do. `IF NOT EXISTS` cannot: it takes an invalid index for the index.

mod observation;
mod statement;

use limbeck_history::{Direction, Step, StepOptions, StepSide};

pub(crate) use observation::Observation;
use statement::{Stated, stated};

use crate::event::Found;

/// What a step is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Aim {
    Creates,
    Drops,
    Reindexes,
    Detaches,
    Attaches,
    /// What may simply run again: `VACUUM`.
    Repeats,
}

impl Aim {
    /// What undoes it; `None` where nothing of this kind does.
    fn opposite(self) -> Option<Self> {
        match self {
            Self::Creates => Some(Self::Drops),
            Self::Drops => Some(Self::Creates),
            Self::Detaches => Some(Self::Attaches),
            // Nothing undoes them, but what one has left is to be cleared away.
            Self::Reindexes => Some(Self::Reindexes),
            Self::Repeats => Some(Self::Repeats),
            Self::Attaches => None,
        }
    }
}

/// What a step is about.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Target {
    /// A relation, as `to_regclass` takes its name.
    Relation(String),
    /// An index by the name that it gets, and the table that it is made on.
    IndexOf { index: String, table: String },
    /// All indexes of a schema.
    Schema(String),
    /// All indexes of the database.
    Database,
    /// Nothing that could be looked at.
    Nothing,
}

/// What a step is for, and what it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Goal {
    aim: Aim,
    target: Target,
    /// The table of an index that is built, where the statement tells.
    table: Option<String>,
    /// Whether the statement does nothing where something of that name is there.
    skips: bool,
    /// Whether the statement tells all this, and no marker.
    pub(crate) is_inferred: bool,
}

/// What has become of a step before.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Past<'a> {
    /// It was not begun.
    Nothing,
    /// It was begun, and did not end.
    Begun {
        /// What was seen before its first attempt.
        before: Option<&'a Observation>,
        /// Whether its text is another one since.
        is_edited: bool,
    },
    /// Its other direction was begun, and did not end.
    Reverse {
        /// What was seen before the first attempt at that.
        before: Option<&'a Observation>,
    },
}

/// What is left to do for a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Remedy {
    /// What was found.
    pub(crate) found: Found,
    /// The indexes that are dropped first, qualified and quoted.
    pub(crate) drops: Vec<String>,
    /// A statement that comes before the step's own: it brings the detaching of a partition to its end.
    pub(crate) finalize: Option<String>,
    /// Whether the step's statement runs.
    pub(crate) runs: bool,
}

impl Remedy {
    /// The step runs, as it would have the first time.
    pub(crate) const RUN: Self = Self {
        found: Found::Nothing,
        drops: Vec::new(),
        finalize: None,
        runs: true,
    };

    fn nothing_to_do(found: Found) -> Self {
        Self {
            found,
            runs: false,
            ..Self::RUN
        }
    }

    fn build_again(found: Found, now: &Observation) -> Self {
        Self {
            found,
            drops: now.name.iter().cloned().collect(),
            ..Self::RUN
        }
    }

    /// Whether the step runs as if for the first time.
    pub(crate) fn is_anew(&self) -> bool {
        *self == Self::RUN
    }
}

/// The kinds of objects that `to_regclass` finds, as a marker's options name them.
const RELATIONS: [&str; 5] = ["index", "table", "view", "materialized", "sequence"];

impl Goal {
    /// The goal of one side of a step: what its options or its statement tell, else the opposite of what those of the
    /// other side do. `None` where neither tells, or for an object that is no relation.
    pub(crate) fn of(step: &Step, direction: Direction) -> Option<Self> {
        let (own, other) = match direction {
            Direction::Up => (&step.up, &step.down),
            Direction::Down => (&step.down, &step.up),
        };
        own.as_ref().and_then(Self::of_side).or_else(|| {
            let goal = other.as_ref().and_then(Self::of_side)?;
            Some(Self {
                aim: goal.aim.opposite()?,
                table: None,
                skips: false,
                ..goal
            })
        })
    }

    fn of_side(side: &StepSide) -> Option<Self> {
        let by_statement = stated(&side.sql);
        if let Some((aim, object)) = by_marker(&side.options) {
            let said = by_statement.filter(|said| said.aim == aim);
            return Some(Self {
                aim,
                target: target(object)?,
                skips: said.as_ref().is_some_and(|said| said.skips),
                table: said.and_then(|said| said.table),
                is_inferred: false,
            });
        }
        let Stated {
            aim,
            target,
            table,
            skips,
        } = by_statement?;
        Some(Self {
            aim,
            target,
            table,
            skips,
            is_inferred: true,
        })
    }

    /// Whether the name that the step's statement would give is taken by an index of another table, and the statement
    /// would take that for its own.
    pub(crate) fn mistakes(&self, now: &Observation) -> bool {
        self.aim == Aim::Creates && self.skips && now.elsewhere == Some(true)
    }

    /// Whether an invalid index that is not the step's own has the name that its statement would give.
    pub(crate) fn is_barred(&self, past: Past<'_>, now: &Observation) -> bool {
        let is_ours = match past {
            Past::Nothing => false,
            Past::Begun { before, .. } => before.is_none_or(|before| before.oid.is_none()),
            Past::Reverse { .. } => true,
        };
        self.aim == Aim::Creates && !self.skips && !is_ours && now.is_invalid()
    }

    /// Whether what is there now is gone on with, rather than left to the statement.
    pub(crate) fn looks_before_the_first(&self, now: &Observation) -> bool {
        self.aim == Aim::Creates && self.skips && now.is_invalid()
    }

    /// What is left to do.
    pub(crate) fn remedy(&self, past: Past<'_>, now: &Observation) -> Remedy {
        match self.aim {
            Aim::Creates => self.creates(past, now),
            Aim::Drops => drops(past, now),
            Aim::Reindexes => reindexes(past, now),
            Aim::Detaches => detaches(past, now),
            Aim::Attaches => attaches(past, now),
            Aim::Repeats => Remedy::RUN,
        }
    }

    fn creates(&self, past: Past<'_>, now: &Observation) -> Remedy {
        if self.looks_before_the_first(now) {
            return Remedy::build_again(Found::InvalidIndex, now);
        }
        let is_edited = match past {
            Past::Nothing => return Remedy::RUN,
            // Somebody else's: the statement fails by itself, and says so.
            Past::Begun {
                before: Some(before), ..
            } if before.oid.is_some() => return Remedy::RUN,
            Past::Begun { is_edited, .. } => is_edited,
            Past::Reverse { .. } => false,
        };
        if now.oid.is_none() || now.elsewhere == Some(true) {
            Remedy::RUN
        } else if now.is_invalid() {
            Remedy::build_again(Found::InvalidIndex, now)
        } else if is_edited && now.valid.is_some() {
            Remedy::build_again(Found::FormerIndex, now)
        } else {
            Remedy::nothing_to_do(Found::Done)
        }
    }
}

fn drops(past: Past<'_>, now: &Observation) -> Remedy {
    match past {
        Past::Nothing => Remedy::RUN,
        Past::Begun { before, .. } => {
            let was_there = before.is_none_or(|before| before.oid.is_some());
            // One of that name on another table was made since, and is somebody else's.
            let is_another = before.is_some_and(|before| before.oid != now.oid && before.table != now.table);
            if was_there && (now.oid.is_none() || is_another) {
                Remedy::nothing_to_do(Found::Done)
            } else {
                Remedy::RUN
            }
        }
        Past::Reverse { before } => {
            let was_there = before.is_some_and(|before| before.oid.is_some() && before.oid == now.oid);
            if was_there {
                // What the way up found, and failed for, is not its own to drop.
                Remedy::nothing_to_do(Found::NotOurs)
            } else if now.oid.is_none() {
                Remedy::nothing_to_do(Found::Done)
            } else {
                Remedy::RUN
            }
        }
    }
}

fn reindexes(past: Past<'_>, now: &Observation) -> Remedy {
    let (before, is_own) = match past {
        Past::Nothing => return Remedy::RUN,
        Past::Begun { before, .. } => (before, true),
        Past::Reverse { before } => (before, false),
    };
    let Some(before) = before else {
        return Remedy::RUN;
    };
    // The new index has taken the old one's name.
    let is_done =
        is_own && before.oid.is_some() && now.oid.is_some() && before.oid != now.oid && !now.is_invalid();
    let known = before.leftovers.as_deref().unwrap_or_default();
    let left = now.leftovers.as_deref().unwrap_or_default().iter();
    let drops: Vec<String> = left
        .filter(|index| known.iter().all(|known| known.oid != index.oid))
        .map(|index| index.name.clone())
        .collect();
    Remedy {
        found: match (drops.is_empty(), is_done) {
            (false, _) => Found::Leftovers,
            (true, true) => Found::Done,
            (true, false) => Found::Nothing,
        },
        drops,
        finalize: None,
        runs: !is_done,
    }
}

fn detaches(past: Past<'_>, now: &Observation) -> Remedy {
    let Past::Begun { before, .. } = past else {
        return Remedy::RUN;
    };
    if before.is_some_and(|before| before.detach_pending.is_none()) {
        return Remedy::RUN;
    }
    match (finalize(now), now.detach_pending) {
        (Some(finalize), _) => Remedy {
            found: Found::PendingDetach,
            finalize: Some(finalize),
            runs: false,
            ..Remedy::RUN
        },
        (None, None) if now.oid.is_some() => Remedy::nothing_to_do(Found::Done),
        _ => Remedy::RUN,
    }
}

/// Only what was begun to be detached may be half-way.
fn attaches(past: Past<'_>, now: &Observation) -> Remedy {
    if !matches!(past, Past::Reverse { .. }) {
        return Remedy::RUN;
    }
    match (finalize(now), now.detach_pending) {
        (Some(finalize), _) => Remedy {
            found: Found::PendingDetach,
            finalize: Some(finalize),
            ..Remedy::RUN
        },
        (None, Some(false)) => Remedy::nothing_to_do(Found::Done),
        _ => Remedy::RUN,
    }
}

/// What ends the detaching of a partition that is half detached.
fn finalize(now: &Observation) -> Option<String> {
    match (now.detach_pending, &now.parent, &now.name) {
        (Some(true), Some(parent), Some(name)) => {
            Some(format!("ALTER TABLE {parent} DETACH PARTITION {name} FINALIZE"))
        }
        _ => None,
    }
}

/// What the options of one side of a step tell of it, with the object as they name it.
fn by_marker(options: &StepOptions) -> Option<(Aim, &str)> {
    let goals = [
        (Aim::Creates, &options.creates),
        (Aim::Drops, &options.drops),
        (Aim::Reindexes, &options.reindexes),
        (Aim::Detaches, &options.detaches),
    ];
    goals
        .into_iter()
        .find_map(|(aim, object)| Some((aim, object.as_deref()?)))
}

/// What a marker's option names.
fn target(object: &str) -> Option<Target> {
    let (kind, name) = object.split_once(' ')?;
    let name = name
        .strip_prefix("view ")
        .filter(|_| kind == "materialized")
        .unwrap_or(name)
        .trim();
    match kind {
        "schema" => Some(Target::Schema(name.to_owned())),
        "database" => Some(Target::Database),
        kind if RELATIONS.contains(&kind) => Some(Target::Relation(name.to_owned())),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
