//! What becomes of each object, and of what needs it.
//!
//! PostgreSQL changes little under the eyes of other objects: a view over a column that takes another type, a check
//! over a function that is replaced, must go before and come back after. [`Fates::new`] follows the current state's
//! dependencies from everything that is taken away or retyped, until nothing more is affected.

mod conversion;
mod data_type;

use std::collections::{BTreeMap, BTreeSet};

use limbeck_catalog::{Column, Constraint, ConstraintKind, Definition, Kind, ObjectId, Table};

use crate::Labels;
use crate::addition;
use crate::kinds::{self, column, constraint, extension, index_settings, privileges, routine, view};
use crate::probe::Questions;
use crate::retype::{self, Retype};
use crate::sides::{ObjectNumber, Sides};
use conversion::Conversion;

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

    /// Draws the consequences for `dependent` of what becomes of `cause`.
    fn affect(&mut self, sides: &Sides<'_>, dependent: ObjectNumber, cause: ObjectNumber) {
        if !sides.stays(dependent) || self.of[dependent] == Fate::Replaced {
            return;
        }
        if !self.reaches(sides, dependent, cause) {
            return;
        }
        let retyped = !self.of[cause].goes();
        let Some(definition) = sides.definition_before(dependent) else {
            return;
        };
        let is_part_of_type = matches!(
            definition,
            Definition::Attribute(_) | Definition::DomainConstraint(_)
        );
        if !retyped && !is_part_of_type && sides.home_before(dependent) == Some(cause) {
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
            | Definition::UserMapping(_) => self.replace(dependent),
            // A child goes with the table that it is a partition of, and stays where it leaves it.
            Definition::ForeignTable(_)
                if !sides.parents_before(dependent).contains(&cause) || sides.keeps(dependent, cause) =>
            {
                self.replace(dependent);
            }
            Definition::Statistics(statistics) => {
                let root = self.retyped_with.get(&cause).unwrap_or(&cause);
                let clear = self.retypes.get(root).is_some_and(|retype| retype.clear);
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
            // What follows the collation of its columns is built anew when they take another.
            Definition::Constraint(_) | Definition::Index(_)
                if sides.ids[cause].kind == Kind::Collation
                    && !data_type::has_collation(definition, sides.ids[cause]) => {}
            Definition::Constraint(_) | Definition::Index(_) => {
                let root = self.retyped_with.get(&cause).unwrap_or(&cause);
                let clear = self.retypes.get(root).is_some_and(|retype| retype.clear);
                if !retyped
                    || clear && retype::is_rebuilt_by_expression(definition)
                    || self.differs_by_text(sides, dependent)
                {
                    self.replace(dependent);
                } else if index_settings::of(definition).is_some_and(|index| !index.statistics.is_empty())
                    || sides.before[dependent]
                        .as_deref()
                        .is_some_and(|object| !object.extensions.is_empty())
                {
                    // PostgreSQL builds the index anew, and forgets them, and with which extensions it goes.
                    self.alter(dependent);
                    self.forgotten_statistics.insert(dependent);
                }
            }
            Definition::Sequence(sequence)
                if !retyped
                    && sequence.owned_by.as_ref() == Some(sides.ids[cause])
                    && is_of_foreign_table(sides, cause) =>
            {
                self.alter(dependent);
            }
            Definition::Column(before) => self.affect_column(sides, dependent, cause, before),
            // What is made anew gets its privileges back.
            Definition::Privileges(_) if !retyped => self.replace(dependent),
            Definition::Attribute(_) => self.affect_attribute(sides, dependent, cause),
            Definition::Domain(_) => self.affect_domain(sides, dependent, cause),
            Definition::DomainConstraint(_) => self.affect_domain_constraint(sides, dependent),
            Definition::Range(_) | Definition::Cast(_) if !retyped => self.replace(dependent),
            Definition::TextSearchConfiguration(_) if !retyped => self.alter(dependent),
            // A partition goes with the table that it is a partition of.
            Definition::Table(_) if !retyped && sides.keeps(dependent, cause) => self.replace(dependent),
            // A key that calls a function cannot be changed.
            Definition::Table(table)
                if !retyped && table.partition_key.is_some() && sides.ids[cause].kind.is_routine() =>
            {
                self.replace(dependent);
            }
            // A sequence goes with the column that owns it.
            Definition::Sequence(sequence)
                if !retyped
                    && sequence.owned_by.as_ref() == Some(sides.ids[cause])
                    && self.of[cause] == Fate::Replaced =>
            {
                self.replace(dependent);
            }
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
        let is_heir = |of: ObjectNumber| {
            sides
                .home(number)
                .zip(sides.home(of))
                .is_some_and(|(child, parent)| sides.keeps(child, parent))
                && sides.origins_before(number).contains(&of)
        };
        if sides.home(number) == Some(cause) {
            if self.of[cause].goes() {
                self.replace(number);
            }
        } else if cause_id.kind == Kind::Column && is_heir(cause) {
            let root = *self.retyped_with.get(&cause).unwrap_or(&cause);
            if self.of[cause].goes() {
                self.replace(number);
            } else if let Some(retype) = self.retypes.get(&root) {
                // No value of a foreign table is converted, and PostgreSQL refuses to try.
                if retype.using.is_some()
                    && let Some(table) = sides.home(number).filter(|_| sides.is_foreign(number))
                {
                    self.replace(table);
                    return;
                }
                // Where all have the parent's default, they get it with the parent.
                let is_alike = sides
                    .column_after(cause)
                    .is_some_and(|cause| cause.default == after.default)
                    && !sides.only(cause).default;
                let is_reset = retype.drop_default && before.default.is_some() && !is_alike;
                self.retyped_with.insert(number, root);
                self.open.push(number);
                if is_reset && after.default.is_some() {
                    self.alter(number);
                    self.reset_defaults.insert(number);
                }
            }
        } else if matches!(cause_id.kind, Kind::Type | Kind::Domain)
            && sides.origins_before(number).iter().copied().any(is_heir)
        {
            // It takes the new type with the parent's column.
        } else if before.generated.is_some() {
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
            // A child that has the parent's default gets it with the parent.
            && !sides.origins_before(number).iter().any(|&origin| {
                let default = |column: Option<&Column>| column.and_then(|column| column.default.clone());
                is_heir(origin)
                    && default(sides.column_before(origin)) == before.default
                    && default(sides.column_after(origin)) == after.default
                    && !sides.only(origin).default
            })
        {
            self.alter(number);
            self.reset_defaults.insert(number);
        }
    }

    /// A partition that gets other bounds is detached and attached again: it loses the triggers of its parent, and is given
    /// them anew.
    fn rebind(&mut self, sides: &Sides<'_>) {
        for table in sides.children() {
            let is_left = |&parent: &ObjectNumber| !sides.keeps(table, parent);
            if sides.stays(table) && sides.parents_before(table).iter().any(is_left) {
                self.alter(table);
            }
            if !sides.is_rebound(table) {
                continue;
            }
            self.alter(table);
            for &dependent in &sides.needed_before[table] {
                if sides.stays(dependent)
                    && matches!(sides.definition_before(dependent),
                        Some(Definition::Trigger(trigger)) if trigger.partition_of.is_some())
                {
                    self.replace(dependent);
                }
            }
        }
    }

    /// A part of a partitioned table's index goes only with the whole, and so does a check with the one that it is
    /// inherited from.
    fn rebuild_whole(&mut self, sides: &Sides<'_>, number: ObjectNumber) {
        let is_part = match sides.definition_before(number) {
            Some(definition @ (Definition::Index(_) | Definition::Constraint(_))) => {
                definition.partition_of().is_some() || sides.current.inherited.contains(sides.ids[number])
            }
            _ => false,
        };
        if !is_part || !self.of[number].goes() {
            return;
        }
        let home = sides.home(number).filter(|&home| !self.of[home].goes());
        for &origin in sides.origins_before(number) {
            let is_kept = home
                .zip(sides.home(origin))
                .is_some_and(|(child, parent)| sides.keeps(child, parent));
            if is_kept && !self.of[origin].goes() && sides.stays(origin) {
                self.replace(origin);
            }
        }
    }

    /// Whether what becomes of an object reaches what is inherited from it, or a part of it: not where the child leaves
    /// its parent, nor where the child has declared the same itself.
    fn reaches(&self, sides: &Sides<'_>, dependent: ObjectNumber, cause: ObjectNumber) -> bool {
        if leaves_with_its_own(sides, dependent, cause) {
            return false;
        }
        if !sides.origins_before(dependent).contains(&cause) {
            return true;
        }
        let is_kept = sides
            .home(dependent)
            .zip(sides.home(cause))
            .is_some_and(|(child, parent)| sides.keeps(child, parent));
        let is_inherited = sides.current.inherited.contains(sides.ids[dependent])
            || sides
                .definition_before(dependent)
                .is_some_and(|definition| definition.partition_of().is_some());
        // Of a column that goes, a child may keep its own.
        let stays_alone = sides.ids[dependent].kind == Kind::Column && self.of[cause] == Fate::Dropped;
        is_kept && (is_inherited || !self.of[cause].goes()) && !stays_alone
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
            (Some(before), Some(after))
                if kinds::is_alterable(before, after, sides.server_version_num)
                    && !has_fixed_storage(sides, number, before, after) =>
            {
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

/// Whether an index or a key was a part of the cause, and stays with a table that is no child of the cause's any more.
fn leaves_with_its_own(sides: &Sides<'_>, dependent: ObjectNumber, cause: ObjectNumber) -> bool {
    let is_index = |number: ObjectNumber| match sides.definition_before(number) {
        Some(Definition::Index(_)) => true,
        Some(Definition::Constraint(constraint)) => constraint.definition.index().is_some(),
        _ => false,
    };
    let homes = sides.home(dependent).zip(sides.home(cause));
    is_index(dependent)
        && is_index(cause)
        && homes.is_some_and(|(child, parent)| {
            sides.parents_before(child).contains(&parent) && !sides.keeps(child, parent)
        })
}

/// Whether a column that decides over a row's partition takes another type, which PostgreSQL does not allow.
fn has_retyped_partition_key(sides: &Sides<'_>, number: ObjectNumber, after: &Table) -> bool {
    let Some((key, name)) = after
        .partition_key
        .as_ref()
        .zip(sides.ids[number].qualified_name())
    else {
        return false;
    };
    let is_retyped = |column: &str| {
        let Some(column) = sides.number(&ObjectId::in_relation(Kind::Column, &name, column)) else {
            return false;
        };
        match (sides.column_before(column), sides.column_after(column)) {
            (Some(before), Some(after)) => {
                before.data_type != after.data_type || before.collation != after.collation
            }
            _ => false,
        }
    };
    key.keys
        .iter()
        .any(|part| !part.is_expression && is_retyped(&part.key))
}

/// Whether only the storage of an index differs that has none: one of a partitioned table.
fn has_fixed_storage(
    sides: &Sides<'_>,
    number: ObjectNumber,
    before: &Definition,
    after: &Definition,
) -> bool {
    let options = |constraint: &Constraint| {
        let index = constraint.definition.index();
        index.map(|index| index.settings.options.clone())
    };
    let is_partitioned = || {
        let table = sides
            .home(number)
            .and_then(|table| sides.definition_before(table));
        table.is_some_and(Definition::is_partitioned)
    };
    match (before, after) {
        (Definition::Index(before), Definition::Index(after)) => {
            before.settings.options != after.settings.options && is_partitioned()
        }
        (Definition::Constraint(before), Definition::Constraint(after)) => {
            options(before) != options(after) && is_partitioned()
        }
        _ => false,
    }
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

/// Whether a column is one of a foreign table, whose rows are elsewhere.
fn is_of_foreign_table(sides: &Sides<'_>, column: ObjectNumber) -> bool {
    let home = sides.home_before(column);
    home.is_some_and(|home| sides.ids[home].kind == Kind::ForeignTable)
}
