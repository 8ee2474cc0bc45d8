//! What becomes of an object by what becomes of those that it needs.

use limbeck_catalog::{Column, Definition, Kind};

use super::{Fate, Fates, data_type};
use crate::kinds::index_settings;
use crate::retype;
use crate::sides::{ObjectNumber, Sides};

impl Fates {
    /// The column with whose type that of a column changes: itself, or one that it inherits from.
    fn retyped_as(&self, column: ObjectNumber) -> ObjectNumber {
        self.retyped_with.get(&column).copied().unwrap_or(column)
    }

    /// Whether what is built by expressions over a retyped column has to be away meanwhile.
    fn is_cleared_for(&self, column: ObjectNumber) -> bool {
        let retype = self.retypes.get(&self.retyped_as(column));
        retype.is_some_and(|retype| retype.clear)
    }

    /// Draws the consequences for `dependent` of what becomes of `cause`.
    pub(super) fn affect(&mut self, sides: &Sides<'_>, dependent: ObjectNumber, cause: ObjectNumber) {
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
                if !retyped || self.is_cleared_for(cause) && retype::is_rebuilt_by_expression(definition) {
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
                if !retyped
                    || self.is_cleared_for(cause) && retype::is_rebuilt_by_expression(definition)
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
    pub(super) fn differs_by_text(&self, sides: &Sides<'_>, number: ObjectNumber) -> bool {
        let (Some(before), Some(after)) = (sides.definition_before(number), sides.definition_after(number))
        else {
            return false;
        };
        before != after
            && self.of[number] == Fate::Altered
            && retype::is_rebuilt_by_expression(before)
            && !index_settings::alone_differ(before, after)
    }

    pub(super) fn affect_column(
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
            let root = self.retyped_as(cause);
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
    pub(super) fn rebind(&mut self, sides: &Sides<'_>) {
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
    pub(super) fn rebuild_whole(&mut self, sides: &Sides<'_>, number: ObjectNumber) {
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
    pub(super) fn reaches(&self, sides: &Sides<'_>, dependent: ObjectNumber, cause: ObjectNumber) -> bool {
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

/// Whether a column is one of a foreign table, whose rows are elsewhere.
pub(super) fn is_of_foreign_table(sides: &Sides<'_>, column: ObjectNumber) -> bool {
    let home = sides.home_before(column);
    home.is_some_and(|home| sides.ids[home].kind == Kind::ForeignTable)
}
