//! Types, domains and collations that change under what uses them.
//!
//! PostgreSQL does not alter a type of which rows hold values. So the type is exchanged: the old one makes room, a new
//! one is made, the columns move over, the old one goes. What is made of it (a domain over it, a composite type or a
//! range type of it) is exchanged along.

use limbeck_catalog::{Column, ConstraintKind, Definition, IndexKey, Kind, ObjectId};
use limbeck_sql::quote_identifier;

use super::conversion::{Conversion, base_conversion, converted};
use super::{Fate, Fates};
use crate::kinds::typed_table;
use crate::probe::Questions;
use crate::retype::Retype;
use crate::sides::{ObjectNumber, Sides};

impl Fates {
    /// Whether an object of the current state is there under another name until the end.
    pub(crate) fn exchanged(&self) -> impl Iterator<Item = ObjectNumber> {
        self.exchanged.iter().copied()
    }

    /// Whether a type is exchanged.
    pub(crate) fn is_exchanged(&self, number: ObjectNumber) -> bool {
        self.exchanged.contains(&number)
    }

    /// Whether columns hold values that a type's values are a part of.
    pub(crate) fn is_stored(&self, sides: &Sides<'_>, number: ObjectNumber) -> bool {
        let mut seen = vec![number];
        let mut open = vec![number];
        while let Some(data_type) = open.pop() {
            for &dependent in &sides.needed_before[data_type] {
                let next = match sides.definition_before(dependent) {
                    Some(Definition::Column(column)) if sides.is_of_type(&column.data_type, data_type) => {
                        return true;
                    }
                    Some(Definition::View(_)) if sides.ids[dependent].kind == Kind::MaterializedView => {
                        return true;
                    }
                    Some(Definition::Attribute(_)) => sides.composite_of(dependent),
                    Some(Definition::Domain(_) | Definition::Range(_)) => Some(dependent),
                    _ => None,
                };
                if let Some(next) = next
                    && !seen.contains(&next)
                {
                    seen.push(next);
                    open.push(next);
                }
            }
        }
        false
    }

    /// Whether values of a domain are stored as a part of others: then PostgreSQL cannot check them.
    fn is_stored_within(&self, sides: &Sides<'_>, domain: ObjectNumber) -> bool {
        let array = format!("{}[]", sides.ids[domain].sql_name());
        sides.needed_before[domain]
            .iter()
            .any(|&dependent| match sides.definition_before(dependent) {
                Some(Definition::Column(column)) => column.data_type == array,
                Some(Definition::Attribute(_)) => sides
                    .composite_of(dependent)
                    .is_some_and(|composite| self.is_stored(sides, composite)),
                Some(Definition::Range(_)) => self.is_stored(sides, dependent),
                Some(Definition::Domain(domain)) if domain.data_type == array => {
                    self.is_stored(sides, dependent)
                }
                Some(Definition::Domain(_)) => self.is_stored_within(sides, dependent),
                _ => false,
            })
    }

    /// What follows for a type from what differs of it or of its parts, beyond what becomes of that by itself; whether
    /// all is answered that has to be asked for it.
    pub(super) fn rate_data_type(
        &mut self,
        sides: &Sides<'_>,
        questions: &mut Questions<'_>,
        number: ObjectNumber,
    ) -> bool {
        let fate = self.of[number];
        match (sides.definition_before(number), sides.definition_after(number)) {
            (Some(Definition::Attribute(before)), Some(Definition::Attribute(after)))
                if fate == Fate::Altered && before != after =>
            {
                self.retype_attribute(sides, number);
            }
            (before, Some(Definition::DomainConstraint(after))) => {
                let is_checked = after.validated
                    && (fate.comes()
                        || before
                            .is_some_and(|before| *before != Definition::DomainConstraint(after.clone())));
                if is_checked
                    && let Some(domain) = sides.domain_of(number)
                    && sides.stays(domain)
                    && self.is_stored_within(sides, domain)
                {
                    self.exchange(domain);
                }
            }
            (Some(Definition::Domain(before)), Some(Definition::Domain(after))) => {
                if !before.not_null && after.not_null && self.is_stored_within(sides, number) {
                    self.exchange(number);
                }
                if before.data_type != after.data_type {
                    let Some(conversion) = base_conversion(questions, sides, number, before, after) else {
                        return false;
                    };
                    self.conversions.insert(number, conversion);
                }
            }
            _ => {}
        }
        true
    }

    fn exchange(&mut self, number: ObjectNumber) {
        if self.of[number] != Fate::Replaced {
            self.replace(number);
        }
    }

    /// An attribute takes another type: where it stands, unless rows hold values of the composite type.
    fn retype_attribute(&mut self, sides: &Sides<'_>, number: ObjectNumber) {
        let Some(composite) = sides.composite_of(number) else {
            return;
        };
        if self.is_stored(sides, composite) {
            self.exchange(composite);
        } else if self.retyped_attributes.insert(number) {
            self.alter(number);
            self.open.push(number);
        }
    }

    /// Draws the consequences for an attribute of what becomes of `cause`.
    pub(super) fn affect_attribute(&mut self, sides: &Sides<'_>, number: ObjectNumber, cause: ObjectNumber) {
        if sides.composite_of(number) == Some(cause) {
            self.replace(number);
        } else {
            self.retype_attribute(sides, number);
        }
    }

    /// Draws the consequences for a domain of what becomes of `cause`.
    pub(super) fn affect_domain(&mut self, sides: &Sides<'_>, number: ObjectNumber, cause: ObjectNumber) {
        if is_data_type(sides.ids[cause].kind) {
            self.replace(number);
        } else if let (Some(Definition::Domain(before)), Some(Definition::Domain(after))) =
            (sides.definition_before(number), sides.definition_after(number))
            && before.default.is_some()
            && before.default == after.default
        {
            self.alter(number);
            self.reset_defaults.insert(number);
        }
    }

    /// Draws the consequences for a check of a domain of what becomes of `cause`.
    pub(super) fn affect_domain_constraint(&mut self, sides: &Sides<'_>, number: ObjectNumber) {
        self.replace(number);
        if let Some(domain) = sides.domain_of(number)
            && self.is_stored_within(sides, domain)
        {
            self.exchange(domain);
        }
    }

    /// How a column moves over to what takes the place of its type or its collation.
    pub(super) fn exchanged_retype(
        &self,
        sides: &Sides<'_>,
        number: ObjectNumber,
        cause: ObjectNumber,
        before: &Column,
        after: &Column,
    ) -> Option<Retype> {
        if self.of[cause] != Fate::Replaced
            || before.data_type != after.data_type
            || self.retypes.contains_key(&number)
        {
            return None;
        }
        if sides.ids[cause].kind == Kind::Collation {
            let is_own = before.collation == sides.ids[cause].qualified_name();
            return (is_own && before.collation == after.collation).then_some(Retype {
                using: None,
                drop_default: false,
                // Values of one key may differ in the eyes of two of them.
                clear: !is_deterministic(sides, cause),
                rewrites: false,
                possible: true,
            });
        }
        if !is_data_type(sides.ids[cause].kind) || !sides.is_of_type(&before.data_type, cause) {
            return None;
        }
        if super::is_of_foreign_table(sides, number) {
            // No row is converted.
            return Some(Retype {
                using: None,
                drop_default: before.default.is_some(),
                clear: true,
                rewrites: false,
                possible: true,
            });
        }
        let name = quote_identifier(sides.ids[number].name());
        let conversion = self.conversion(sides, &name, &before.data_type);
        Some(Retype {
            using: converted(&name, &after.data_type, &conversion),
            drop_default: before.default.is_some(),
            clear: true,
            rewrites: conversion != Conversion::Plain
                || has_constraints(sides, cause)
                || self.is_over_another_type(sides, cause),
            possible: conversion != Conversion::Impossible,
        })
    }

    /// Which tables of a composite type have to be untied from it, because it changes.
    pub(super) fn find_untied(&mut self, sides: &Sides<'_>) {
        for number in 0..sides.ids.len() {
            let Some(Definition::Table(table)) = sides.definition_after(number) else {
                continue;
            };
            let Some(composite) = typed_table::type_of(sides, table).filter(|_| sides.stays(number)) else {
                continue;
            };
            let changes = self.of[composite] == Fate::Replaced
                || sides.definition_before(composite) != sides.definition_after(composite)
                || self
                    .retyped_attributes
                    .iter()
                    .any(|&attribute| sides.composite_of(attribute) == Some(composite));
            if changes {
                self.alter(number);
                self.untied.insert(number);
            }
        }
    }

    /// Which of the types that are replaced are exchanged, because something that stays uses them meanwhile. The others
    /// are dropped and created.
    pub(super) fn find_exchanged(&mut self, sides: &Sides<'_>) {
        let is_exchangeable = |number: &ObjectNumber| {
            self.of[*number] == Fate::Replaced
                && (is_data_type(sides.ids[*number].kind)
                    || sides.ids[*number].kind == Kind::TextSearchDictionary)
        };
        let mut open: Vec<ObjectNumber> = (0..sides.ids.len())
            .filter(is_exchangeable)
            .filter(|&number| {
                sides.needed_before[number].iter().any(|&dependent| {
                    let stays = sides.stays(dependent) && self.of[dependent] != Fate::Replaced;
                    stays
                        && (self.retypes.contains_key(&dependent)
                            || self.retyped_attributes.contains(&dependent)
                            || sides.ids[dependent].kind == Kind::TextSearchConfiguration)
                })
            })
            .collect();
        while let Some(number) = open.pop() {
            if !self.exchanged.insert(number) {
                continue;
            }
            // The parts of an exchanged type are there under its other name.
            let parts = sides.needed_before[number].iter().copied().filter(|&part| {
                sides.composite_of(part) == Some(number) || sides.domain_of(part) == Some(number)
            });
            self.exchanged
                .extend(parts.filter(|&part| self.of[part].goes()).collect::<Vec<_>>());
            self.exchange_functions(sides, number);
            let made_of = sides.needs_before[number].iter().copied().chain(
                sides.needed_before[number]
                    .iter()
                    .filter(|&&part| sides.composite_of(part) == Some(number))
                    .flat_map(|&part| sides.needs_before[part].iter().copied()),
            );
            open.extend(made_of.filter(|needed| {
                self.of[*needed] == Fate::Replaced && is_data_type(sides.ids[*needed].kind)
            }));
        }
    }
}

impl Fates {
    /// The functions that an exchanged range type calls are there as long as it is. The old canonical function takes the
    /// old type, and so is no other's namesake; one that tells how far values are apart may be.
    fn exchange_functions(&mut self, sides: &Sides<'_>, number: ObjectNumber) {
        if !matches!(sides.definition_before(number), Some(Definition::Range(_))) {
            return;
        }
        for &function in &sides.needs_before[number] {
            let takes_range = sides.needs_before[function].contains(&number);
            if sides.ids[function].kind.is_routine()
                && (self.of[function] == Fate::Replaced || takes_range && self.of[function].goes())
            {
                self.exchanged.insert(function);
            }
        }
    }
}

/// Whether rows can hold values of what such an object is, or be ordered by it.
fn is_data_type(kind: Kind) -> bool {
    matches!(kind, Kind::Type | Kind::Domain | Kind::Collation)
}

/// Whether strings are equal to a collation only when their bytes are, before and after.
fn is_deterministic(sides: &Sides<'_>, number: ObjectNumber) -> bool {
    [sides.definition_before(number), sides.definition_after(number)]
        .into_iter()
        .flatten()
        .all(|definition| matches!(definition, Definition::Collation(collation) if collation.deterministic))
}

/// Whether values of a domain are checked when they move over.
fn has_constraints(sides: &Sides<'_>, number: ObjectNumber) -> bool {
    matches!(sides.definition_after(number), Some(Definition::Domain(domain)) if domain.not_null)
        || sides.needed_after[number]
            .iter()
            .any(|&dependent| sides.domain_of(dependent) == Some(number))
}

/// Whether an index, or what has one, is ordered by a collation for its own sake, and not by that of its columns.
pub(super) fn has_collation(definition: &Definition, collation: &ObjectId) -> bool {
    let collation = collation.qualified_name();
    let is_own = |keys: &[IndexKey]| {
        keys.iter()
            .any(|key| key.is_expression || key.collation == collation)
    };
    match definition {
        Definition::Index(index) => index.predicate.is_some() || is_own(&index.keys),
        Definition::Constraint(constraint) => match &constraint.definition {
            ConstraintKind::PrimaryKey(_) | ConstraintKind::Unique(_) => false,
            ConstraintKind::Exclusion(exclusion) => exclusion.predicate.is_some() || is_own(&exclusion.keys),
            _ => true,
        },
        _ => true,
    }
}
