//! What becomes of each object, and of what needs it.
//!
//! PostgreSQL changes little under the eyes of other objects: a view over a column that takes another type, a check
//! over a function that is replaced, must go before and come back after. [`Fates::new`] follows the current state's
//! dependencies from everything that is taken away or retyped, until nothing more is affected.

mod data_type;

use std::collections::{BTreeMap, BTreeSet};

use limbeck_catalog::{Column, ConstraintKind, Definition, Kind};

use crate::Labels;
use crate::addition;
use crate::kinds::{self, column, constraint, index_settings, view};
use crate::probe::Questions;
use crate::retype::{self, Retype};
use crate::sides::{ObjectNumber, Sides};
use data_type::Conversion;

/// What becomes of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// Nothing.
    Stays,
    /// It is created.
    Created,
    /// It is dropped.
    Dropped,
    /// It is changed where it stands.
    Altered,
    /// It is dropped and created.
    Replaced,
}

impl Fate {
    /// Whether the object of the current state goes.
    pub(crate) fn goes(self) -> bool {
        matches!(self, Self::Dropped | Self::Replaced)
    }

    /// Whether an object of the wanted state is made.
    pub(crate) fn comes(self) -> bool {
        matches!(self, Self::Created | Self::Replaced)
    }
}

/// What becomes of all objects.
pub(crate) struct Fates {
    of: Vec<Fate>,
    /// Columns that take another type.
    pub(crate) retypes: BTreeMap<ObjectNumber, Retype>,
    /// Attributes of composite types that take another type where they stand.
    pub(crate) retyped_attributes: BTreeSet<ObjectNumber>,
    /// Columns and domains whose default stays the same, but has to be dropped and set again.
    pub(crate) reset_defaults: BTreeSet<ObjectNumber>,
    /// New columns of old tables that make PostgreSQL write the table anew.
    pub(crate) rewriting_additions: BTreeSet<ObjectNumber>,
    /// How values of domains over another type are converted.
    conversions: BTreeMap<ObjectNumber, Conversion>,
    /// Types and their like that are replaced while something that stays uses them, with their parts: the old one has
    /// another name until the end.
    exchanged: BTreeSet<ObjectNumber>,
    /// New keys that take over an index which would go.
    pub(crate) adopted: BTreeMap<ObjectNumber, ObjectNumber>,
    /// Indexes and keys whose statistics targets go with a change of type under them.
    pub(crate) forgotten_statistics: BTreeSet<ObjectNumber>,
    /// Objects whose dependents have still to be looked at.
    open: Vec<ObjectNumber>,
}

impl Fates {
    /// Decides over all objects; `None` while questions are open.
    pub(crate) fn new(sides: &Sides<'_>, labels: Labels, questions: &mut Questions<'_>) -> Option<Self> {
        let mut fates = Self {
            of: vec![Fate::Stays; sides.ids.len()],
            retypes: BTreeMap::new(),
            retyped_attributes: BTreeSet::new(),
            reset_defaults: BTreeSet::new(),
            conversions: BTreeMap::new(),
            exchanged: BTreeSet::new(),
            rewriting_additions: BTreeSet::new(),
            adopted: BTreeMap::new(),
            forgotten_statistics: BTreeSet::new(),
            open: Vec::new(),
        };
        let mut is_open = false;
        for number in (0..sides.ids.len()).filter(|&number| sides.differs[number]) {
            let Some(fate) = by_itself(sides, labels, questions, number) else {
                is_open = true;
                continue;
            };
            // What it is a part of may have had it replaced.
            if fates.of[number] != Fate::Replaced {
                fates.of[number] = fate;
            }
            if fate.goes() {
                fates.open.push(number);
            }
            is_open |= !fates.rate_data_type(sides, questions, number);
            if fate == Fate::Created {
                is_open |= !fates.rate_creation(sides, questions, number);
            }
            if fate == Fate::Altered
                && let (Some(before), Some(after)) = (sides.column_before(number), sides.column_after(number))
                && (before.data_type != after.data_type || before.collation != after.collation)
            {
                match retype::find(questions, sides, number, before, after) {
                    Some(retype) => {
                        fates.retypes.insert(number, retype);
                        fates.open.push(number);
                    }
                    None => is_open = true,
                }
            }
        }
        if is_open {
            return None;
        }
        fates.adopt_indexes(sides);
        while let Some(number) = fates.open.pop() {
            for &dependent in &sides.needed_before[number] {
                fates.affect(sides, dependent, number);
            }
        }
        fates.find_exchanged(sides);
        Some(fates)
    }

    /// What becomes of an object.
    pub(crate) fn of(&self, number: ObjectNumber) -> Fate {
        self.of[number]
    }

    /// Finds indexes that go and are just what a new key of the same table needs.
    fn adopt_indexes(&mut self, sides: &Sides<'_>) {
        for number in (0..sides.ids.len()).filter(|&number| self.of[number].comes()) {
            let (Some(Definition::Constraint(constraint)), Some(table)) =
                (sides.definition_after(number), sides.home(number))
            else {
                continue;
            };
            let found = sides.needed_before[table].iter().copied().find(|&index| {
                self.of[index] == Fate::Dropped
                    && !self.adopted.values().any(|adopted| *adopted == index)
                    && matches!(sides.definition_before(index), Some(Definition::Index(index))
                        if constraint::can_adopt(constraint, index))
                    && sides.needs_before[index]
                        .iter()
                        .all(|&needed| sides.stays(needed))
            });
            if let Some(index) = found {
                self.adopted.insert(number, index);
                self.open.retain(|&open| open != index);
            }
        }
    }

    /// Asks what there is to know of something new; whether that is answered.
    fn rate_creation(
        &mut self,
        sides: &Sides<'_>,
        questions: &mut Questions<'_>,
        number: ObjectNumber,
    ) -> bool {
        let is_old = |table: ObjectNumber| sides.before[table].is_some();
        if sides.ids[number].kind != Kind::Column || !sides.home(number).is_some_and(is_old) {
            return true;
        }
        let rewrites = addition::rewrites(questions, sides, number);
        if rewrites == Some(true) {
            self.rewriting_additions.insert(number);
        }
        rewrites.is_some()
    }

    /// Draws the consequences for `dependent` of what becomes of `cause`.
    fn affect(&mut self, sides: &Sides<'_>, dependent: ObjectNumber, cause: ObjectNumber) {
        if !sides.stays(dependent) || self.of[dependent] == Fate::Replaced {
            return;
        }
        let retyped = !self.of[cause].goes();
        let Some(definition) = sides.definition_before(dependent) else {
            return;
        };
        match definition {
            // The new query is in force before the cause goes.
            Definition::View(_)
                if !retyped
                    && self.of[dependent] == Fate::Altered
                    && !sides.needs_after[dependent].contains(&cause) => {}
            Definition::Trigger(_)
                if !retyped
                    && self.of[dependent] == Fate::Altered
                    && sides.definition_before(dependent) != sides.definition_after(dependent)
                    && !sides.needs_after[dependent].contains(&cause) => {}
            Definition::View(_) | Definition::Routine(_) | Definition::Trigger(_) => self.replace(dependent),
            // What follows the collation of its columns is built anew when they take another.
            Definition::Constraint(_) | Definition::Index(_)
                if sides.ids[cause].kind == Kind::Collation
                    && !data_type::has_collation(definition, sides.ids[cause]) => {}
            Definition::Constraint(_) | Definition::Index(_) => {
                let clear = self.retypes.get(&cause).is_some_and(|retype| retype.clear);
                if !retyped
                    || clear && retype::is_rebuilt_by_expression(definition)
                    || self.differs_by_text(sides, dependent)
                {
                    self.replace(dependent);
                } else if index_settings::of(definition).is_some_and(|index| !index.statistics.is_empty()) {
                    // PostgreSQL builds the index anew, and forgets them.
                    self.alter(dependent);
                    self.forgotten_statistics.insert(dependent);
                }
            }
            Definition::Column(before) => self.affect_column(sides, dependent, cause, before),
            Definition::Attribute(_) => self.affect_attribute(sides, dependent, cause),
            Definition::Domain(_) => self.affect_domain(sides, dependent, cause),
            Definition::DomainConstraint(_) => self.affect_domain_constraint(sides, dependent),
            Definition::Range(_) | Definition::Cast(_) if !retyped => self.replace(dependent),
            Definition::TextSearchConfiguration(_) if !retyped => self.alter(dependent),
            _ => {}
        }
    }

    /// Whether an object over a retyped column differs: then it is not worth being rebuilt by PostgreSQL first.
    fn differs_by_text(&self, sides: &Sides<'_>, number: ObjectNumber) -> bool {
        let (Some(before), Some(after)) = (sides.definition_before(number), sides.definition_after(number))
        else {
            return false;
        };
        before != after
            && self.of[number] == Fate::Altered
            && retype::is_rebuilt_by_expression(before)
            && !index_settings::alone_differ(before, after)
    }

    fn affect_column(
        &mut self,
        sides: &Sides<'_>,
        number: ObjectNumber,
        cause: ObjectNumber,
        before: &Column,
    ) {
        let Some(after) = sides.column_after(number) else {
            return;
        };
        if before.generated.is_some() {
            if after.generated.is_some() {
                self.replace(number);
            }
        } else if let Some(retype) = self.exchanged_retype(sides, number, cause, before, after) {
            self.alter(number);
            self.retypes.insert(number, retype);
            self.open.push(number);
        } else if sides.ids[cause].kind != Kind::Column
            && before.default.is_some()
            && before.default == after.default
        {
            self.alter(number);
            self.reset_defaults.insert(number);
        }
    }

    fn alter(&mut self, number: ObjectNumber) {
        if self.of[number] == Fate::Stays {
            self.of[number] = Fate::Altered;
        }
    }

    fn replace(&mut self, number: ObjectNumber) {
        self.of[number] = Fate::Replaced;
        self.open.push(number);
    }
}

/// What becomes of an object that differs, for its own sake; `None` while the question is open.
fn by_itself(
    sides: &Sides<'_>,
    labels: Labels,
    questions: &mut Questions<'_>,
    number: ObjectNumber,
) -> Option<Fate> {
    Some(
        match (sides.definition_before(number), sides.definition_after(number)) {
            (None, None) => Fate::Stays,
            (None, Some(_)) => Fate::Created,
            (Some(_), None) => Fate::Dropped,
            (Some(Definition::Enum(before)), Some(Definition::Enum(after)))
                if labels == Labels::Rebuilt && before != after =>
            {
                Fate::Replaced
            }
            (Some(Definition::Column(before)), Some(Definition::Column(after)))
                if column::is_computed_otherwise(before, after) && keeps_expressions(sides, number) =>
            {
                Fate::Replaced
            }
            (Some(before), Some(after)) if kinds::is_alterable(before, after, sides.server_version_num) => {
                Fate::Altered
            }
            (Some(Definition::View(_)), Some(_)) if view::keeps_columns(questions, sides.ids[number])? => {
                Fate::Altered
            }
            (Some(_), Some(_)) => Fate::Replaced,
        },
    )
}

/// Whether a table lets the expression of a column that is computed on read stand: PostgreSQL changes none where a
/// check or a publication might look at it.
fn keeps_expressions(sides: &Sides<'_>, column: ObjectNumber) -> bool {
    let Some(table) = sides.home(column) else {
        return false;
    };
    [&sides.needed_before[table], &sides.needed_after[table]]
        .into_iter()
        .flatten()
        .any(|&other| match sides.ids[other].kind {
            Kind::Publication => true,
            Kind::Constraint => [sides.definition_before(other), sides.definition_after(other)]
                .into_iter()
                .flatten()
                .any(|definition| {
                    matches!(definition, Definition::Constraint(constraint)
                    if matches!(constraint.definition, ConstraintKind::Check(_)))
                }),
            _ => false,
        })
}
