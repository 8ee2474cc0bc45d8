//! What becomes of each object, and of what needs it.
//!
//! PostgreSQL changes little under the eyes of other objects: a view over a column that takes another type, a check
//! over a function that is replaced, must go before and come back after. [`Fates::new`] follows the current state's
//! dependencies from everything that is taken away or retyped, until nothing more is affected.

use std::collections::{BTreeMap, BTreeSet};

use limbeck_catalog::{Column, ConstraintKind, Definition, Kind};
use limbeck_sql::quote_identifier;

use crate::Labels;
use crate::addition;
use crate::kinds::{self, column, constraint, index_settings, routine, view};
use crate::probe::Questions;
use crate::retype::{self, Retype};
use crate::sides::{ObjectNumber, Sides};

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
    /// Columns whose default stays the same, but has to be dropped and set again.
    pub(crate) reset_defaults: BTreeSet<ObjectNumber>,
    /// Statistics that PostgreSQL makes anew with a column's type, and of which it forgets how much they learn.
    pub(crate) reset_statistics: BTreeSet<ObjectNumber>,
    /// Publications and tables in them that are taken out and come back: a column that they name is changed.
    pub(crate) republished: BTreeSet<(ObjectNumber, ObjectNumber)>,
    /// New columns of old tables that make PostgreSQL write the table anew.
    pub(crate) rewriting_additions: BTreeSet<ObjectNumber>,
    /// New keys that take over an index which would go.
    pub(crate) adopted: BTreeMap<ObjectNumber, ObjectNumber>,
    /// Objects whose dependents have still to be looked at.
    open: Vec<ObjectNumber>,
}

impl Fates {
    /// Decides over all objects; `None` while questions are open.
    pub(crate) fn new(sides: &Sides<'_>, labels: Labels, questions: &mut Questions<'_>) -> Option<Self> {
        let mut fates = Self {
            of: vec![Fate::Stays; sides.ids.len()],
            retypes: BTreeMap::new(),
            reset_defaults: BTreeSet::new(),
            reset_statistics: BTreeSet::new(),
            republished: BTreeSet::new(),
            rewriting_additions: BTreeSet::new(),
            adopted: BTreeMap::new(),
            open: Vec::new(),
        };
        let mut is_open = false;
        for number in (0..sides.ids.len()).filter(|&number| sides.differs[number]) {
            let Some(fate) = by_itself(sides, labels, questions, number) else {
                is_open = true;
                continue;
            };
            fates.of[number] = fate;
            if fate.goes() {
                fates.open.push(number);
            }
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
        Some(fates)
    }

    /// What becomes of an object.
    pub(crate) fn of(&self, number: ObjectNumber) -> Fate {
        self.of[number]
    }

    /// Finds indexes that go and are just what a new key of the same table needs.
    fn adopt_indexes(&mut self, sides: &Sides<'_>) {
        for number in (0..sides.ids.len()).filter(|&number| self.of[number] == Fate::Created) {
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
        let is_old = |table: ObjectNumber| {
            sides.before[table].is_some() && sides.ids[table].kind != Kind::ForeignTable
        };
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
        if !retyped && sides.home_before(dependent) == Some(cause) {
            // What lies in a relation goes and comes with it.
            self.replace(dependent);
            return;
        }
        match definition {
            // The new definition is in force before the cause goes.
            Definition::View(_)
            | Definition::Rule(_)
            | Definition::Policy(_)
            | Definition::Trigger(_)
            | Definition::Aggregate(_)
            | Definition::ForeignDataWrapper(_)
                if !retyped
                    && self.of[dependent] == Fate::Altered
                    && !sides.needs_after[dependent].contains(&cause) => {}
            Definition::View(_)
            | Definition::Routine(_)
            | Definition::Trigger(_)
            | Definition::Aggregate(_)
            | Definition::Rule(_)
            | Definition::Policy(_)
            | Definition::EventTrigger(_)
            | Definition::ForeignDataWrapper(_)
            | Definition::Server(_)
            | Definition::UserMapping(_)
            | Definition::ForeignTable(_) => self.replace(dependent),
            Definition::Statistics(statistics) => {
                let clear = self.retypes.get(&cause).is_some_and(|retype| retype.clear);
                if !retyped || clear && retype::is_rebuilt_by_expression(definition) {
                    self.replace(dependent);
                } else if statistics.target.is_some() {
                    self.alter(dependent);
                    self.reset_statistics.insert(dependent);
                }
            }
            Definition::Publication(_) => {
                let table = match sides.ids[cause].kind {
                    Kind::Column => sides.home_before(cause),
                    _ => Some(cause),
                };
                if let Some(table) = table.filter(|&table| sides.stays(table)) {
                    self.alter(dependent);
                    self.republished.insert((dependent, table));
                }
            }
            Definition::Constraint(_) | Definition::Index(_) => {
                let clear = self.retypes.get(&cause).is_some_and(|retype| retype.clear);
                if !retyped
                    || clear && retype::is_rebuilt_by_expression(definition)
                    || self.differs_by_text(sides, dependent)
                    // PostgreSQL builds the index anew, and forgets them.
                    || index_settings::of(definition).is_some_and(|index| !index.statistics.is_empty())
                {
                    self.replace(dependent);
                }
            }
            Definition::Sequence(sequence)
                if !retyped && sequence.owned_by.as_ref() == Some(sides.ids[cause]) =>
            {
                self.alter(dependent);
            }
            Definition::Column(before) => self.affect_column(sides, dependent, cause, before),
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
        let cause_id = sides.ids[cause];
        if before.generated.is_some() {
            if after.generated.is_some() {
                self.replace(number);
            }
        } else if cause_id.kind == Kind::Type
            && self.of[cause] == Fate::Replaced
            && before.data_type == after.data_type
            && is_of_type(&before.data_type, &cause_id.sql_name())
        {
            self.alter(number);
            let cast = if before.data_type.ends_with("[]") {
                "text[]"
            } else {
                "text"
            };
            let name = quote_identifier(sides.ids[number].name());
            // Of a foreign table no row is converted.
            let home = sides.home_before(number);
            let is_foreign = home.is_some_and(|home| sides.ids[home].kind == Kind::ForeignTable);
            self.retypes.insert(
                number,
                Retype {
                    using: (!is_foreign).then(|| format!("{name}::{cast}::{}", after.data_type)),
                    drop_default: before.default.is_some(),
                    clear: true,
                    rewrites: !is_foreign,
                    possible: true,
                },
            );
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
            (Some(Definition::Routine(before)), Some(Definition::Routine(after)))
                if routine::takes_arguments(questions, sides, number, before, after)? =>
            {
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

/// Whether a column's type is this type or an array of it.
fn is_of_type(data_type: &str, type_name: &str) -> bool {
    data_type
        .strip_prefix(type_name)
        .is_some_and(|rest| rest.is_empty() || rest == "[]")
}
