//! What becomes of each object, and of what needs it.
//!
//! PostgreSQL changes little under the eyes of other objects: a view over a column that takes another type, a check
//! over a function that is replaced, must go before and come back after. [`Fates::new`] follows the current state's
//! dependencies from everything that is taken away or retyped, until nothing more is affected.

mod affect;
mod by_itself;
mod conversion;
mod data_type;

use std::collections::{BTreeMap, BTreeSet};

use limbeck_catalog::{Definition, Kind};

use crate::Labels;
use crate::addition;
use crate::kinds::{constraint, extension, privileges};
use crate::probe::Questions;
use crate::retype::{self, Retype};
use crate::sides::{ObjectNumber, Sides};
use affect::is_of_foreign_table;
use by_itself::{by_itself, has_retyped_partition_key};
use conversion::Conversion;
pub(crate) use conversion::{Within, relabelling};

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
    /// Statistics that PostgreSQL makes anew with a column's type, and of which it forgets how much they learn.
    pub(crate) reset_statistics: BTreeSet<ObjectNumber>,
    /// Publications and tables in them that are taken out and come back: a column that they name is changed.
    pub(crate) republished: BTreeSet<(ObjectNumber, ObjectNumber)>,
    /// New columns of old tables that make PostgreSQL write the table anew.
    pub(crate) rewriting_additions: BTreeSet<ObjectNumber>,
    /// Tables of a composite type that changes.
    pub(crate) untied: BTreeSet<ObjectNumber>,
    /// How values of domains over another type are converted.
    conversions: BTreeMap<ObjectNumber, Conversion>,
    /// Types and their like that are replaced while something that stays uses them, with their parts: the old one has
    /// another name until the end.
    exchanged: BTreeSet<ObjectNumber>,
    /// Columns that take another type with a column of a parent, and that column.
    pub(crate) retyped_with: BTreeMap<ObjectNumber, ObjectNumber>,
    /// New keys that take over an index which would go.
    pub(crate) adopted: BTreeMap<ObjectNumber, ObjectNumber>,
    /// Indexes and keys whose statistics targets go with a change of type under them.
    pub(crate) forgotten_statistics: BTreeSet<ObjectNumber>,
    /// Extensions that the server cannot take to the version that is wanted.
    pub(crate) stuck_extensions: BTreeSet<ObjectNumber>,
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
            reset_statistics: BTreeSet::new(),
            republished: BTreeSet::new(),
            untied: BTreeSet::new(),
            conversions: BTreeMap::new(),
            exchanged: BTreeSet::new(),
            rewriting_additions: BTreeSet::new(),
            retyped_with: BTreeMap::new(),
            adopted: BTreeMap::new(),
            forgotten_statistics: BTreeSet::new(),
            stuck_extensions: BTreeSet::new(),
            open: Vec::new(),
        };
        let mut is_open = false;
        for number in 0..sides.ids.len() {
            if let Some(Definition::Table(after)) = sides.definition_after(number)
                && sides.stays(number)
                && has_retyped_partition_key(sides, number, after)
            {
                fates.replace(number);
            }
        }
        for number in (0..sides.ids.len()).filter(|&number| sides.differs[number]) {
            if fates.of[number] == Fate::Replaced {
                continue;
            }
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
            if let (Some(Definition::Extension(before)), Some(Definition::Extension(after))) =
                (sides.definition_before(number), sides.definition_after(number))
            {
                match extension::has_update_path(questions, sides.ids[number], before, after) {
                    Some(true) => {}
                    Some(false) => {
                        fates.stuck_extensions.insert(number);
                    }
                    None => is_open = true,
                }
            }
            let is_of_replaced = sides.ids[number].kind == Kind::Column
                && sides
                    .home(number)
                    .is_some_and(|table| fates.of[table] == Fate::Replaced);
            if fate == Fate::Altered
                && !is_of_replaced
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
        fates.rebind(sides);
        for number in privileges::of_columns_to_restore(sides) {
            fates.alter(number);
        }
        for number in privileges::of_another_object(sides) {
            fates.replace(number);
        }
        fates.adopt_indexes(sides);
        while let Some(number) = fates.open.pop() {
            fates.rebuild_whole(sides, number);
            for &dependent in &sides.needed_before[number] {
                fates.affect(sides, dependent, number);
            }
        }
        fates.find_untied(sides);
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
            // A partitioned table cannot take an index over.
            let is_partitioned = sides
                .definition_after(table)
                .is_some_and(Definition::is_partitioned);
            if is_partitioned || constraint.partition_of.is_some() {
                continue;
            }
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
            sides.before[table].is_some()
                && self.of[table] != Fate::Replaced
                && sides.ids[table].kind != Kind::ForeignTable
        };
        // A child's column comes with the parent's.
        let mut origins = sides.origins_after(number).iter();
        let comes_with_another = origins.any(|&origin| sides.before[origin].is_none());
        if comes_with_another
            || sides.ids[number].kind != Kind::Column
            || !sides.home(number).is_some_and(is_old)
        {
            return true;
        }
        let rewrites = addition::rewrites(questions, sides, number);
        if rewrites == Some(true) {
            self.rewriting_additions.insert(number);
        }
        rewrites.is_some()
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
