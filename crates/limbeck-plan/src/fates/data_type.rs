//! Types, domains and collations that change under what uses them.
//!
//! PostgreSQL does not alter a type of which rows hold values. So the type is exchanged: the old one makes room, a new
//! one is made, the columns move over, the old one goes. What is made of it (a domain over it, a composite type or a
//! range type of it) is exchanged along.

use limbeck_catalog::{
    Attribute, Column, CompositeType, ConstraintKind, Definition, Domain, IndexKey, Kind, ObjectId,
};
use limbeck_sql::quote_identifier;

use super::{Fate, Fates};
use crate::kinds::typed_table;
use crate::probe::{Answer, Questions, Side};
use crate::retype::{self, Retype};
use crate::sides::{ObjectNumber, Sides};

/// How a value of an exchanged type becomes one of the new type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Conversion {
    /// By itself.
    Plain,
    /// By a cast.
    Cast,
    /// By way of its text.
    Text,
    /// As this expression says.
    Expression(String),
    /// No expression can: an array of composite values with other attributes.
    Impossible,
}

impl Fates {
    /// Whether an object of the current state is there under another name until the end.
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
            rewrites: conversion != Conversion::Plain || has_constraints(sides, cause),
            possible: conversion != Conversion::Impossible,
        })
    }

    /// How the value of an expression becomes one of the new type of the same name.
    fn conversion(&self, sides: &Sides<'_>, expression: &str, data_type: &str) -> Conversion {
        let Some(number) = sides.type_number(data_type) else {
            return Conversion::Plain;
        };
        if self.of[number] != Fate::Replaced {
            return Conversion::Plain;
        }
        let conversion = match (sides.definition_before(number), sides.definition_after(number)) {
            (Some(Definition::Domain(before)), Some(Definition::Domain(after))) => {
                match self.conversions.get(&number) {
                    Some(conversion) => conversion.clone(),
                    None => match self.conversion(sides, expression, &before.data_type) {
                        Conversion::Expression(text) => {
                            Conversion::Expression(format!("{text}::{}", sides.ids[number].sql_name()))
                        }
                        _ if before.data_type.ends_with("[]") && data_type.ends_with("[]") => {
                            Conversion::Text
                        }
                        conversion => {
                            debug_assert_eq!(before.data_type, after.data_type);
                            conversion
                        }
                    },
                }
            }
            (Some(Definition::Composite(before)), Some(Definition::Composite(after)))
                if self.has_another_shape(sides, number, 0) =>
            {
                self.row(sides, number, expression, before, after)
            }
            _ => Conversion::Text,
        };
        match conversion {
            Conversion::Expression(_) if data_type.ends_with("[]") => Conversion::Impossible,
            conversion => conversion,
        }
    }

    /// Whether the text of an old value is none of the new type: attributes come, go or change places.
    fn has_another_shape(&self, sides: &Sides<'_>, number: ObjectNumber, depth: u8) -> bool {
        if self.of[number] != Fate::Replaced || depth > 32 {
            return false;
        }
        match (sides.definition_before(number), sides.definition_after(number)) {
            (Some(Definition::Composite(before)), Some(Definition::Composite(after))) => {
                before.attributes != after.attributes
                    || before.attributes.iter().any(|name| {
                        sides
                            .attribute(number, name)
                            .and_then(|attribute| type_of_attribute(sides.definition_before(attribute)))
                            .and_then(|data_type| sides.type_number(data_type))
                            .is_some_and(|inner| self.has_another_shape(sides, inner, depth + 1))
                    })
            }
            (Some(Definition::Domain(before)), _) => sides
                .type_number(&before.data_type)
                .is_some_and(|inner| self.has_another_shape(sides, inner, depth + 1)),
            _ => false,
        }
    }

    /// A composite value made anew from its attributes.
    fn row(
        &self,
        sides: &Sides<'_>,
        number: ObjectNumber,
        expression: &str,
        before: &CompositeType,
        after: &CompositeType,
    ) -> Conversion {
        let mut fields = Vec::new();
        for name in &after.attributes {
            let field = format!("({expression}).{}", quote_identifier(name));
            let attribute = sides
                .attribute(number, name)
                .filter(|_| before.attributes.contains(name));
            let types = attribute.and_then(|attribute| {
                Some((
                    type_of_attribute(sides.definition_before(attribute))?,
                    type_of_attribute(sides.definition_after(attribute))?,
                ))
            });
            fields.push(match types {
                Some((old, new)) if old == new => match self.conversion(sides, &field, old) {
                    Conversion::Impossible => return Conversion::Impossible,
                    conversion => converted(&field, new, &conversion).unwrap_or(field),
                },
                Some(_) => field,
                None => "NULL".to_owned(),
            });
        }
        Conversion::Expression(format!(
            "CASE WHEN {expression} IS DISTINCT FROM NULL THEN ROW({})::{} END",
            fields.join(", "),
            sides.ids[number].sql_name()
        ))
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

fn type_of_attribute(definition: Option<&Definition>) -> Option<&str> {
    match definition? {
        Definition::Attribute(Attribute { data_type, .. }) => Some(data_type),
        _ => None,
    }
}

/// The expression of `USING`.
fn converted(expression: &str, data_type: &str, conversion: &Conversion) -> Option<String> {
    match conversion {
        Conversion::Plain => None,
        Conversion::Expression(text) => Some(text.clone()),
        Conversion::Cast => Some(format!("{expression}::{data_type}")),
        Conversion::Text | Conversion::Impossible => {
            let text = if data_type.ends_with("[]") {
                "text[]"
            } else {
                "text"
            };
            Some(format!("{expression}::{text}::{data_type}"))
        }
    }
}

/// How values of what a domain is over become values of what it will be over: tried on scratch. `None` while the
/// question is open.
fn base_conversion(
    questions: &mut Questions<'_>,
    sides: &Sides<'_>,
    number: ObjectNumber,
    before: &Domain,
    after: &Domain,
) -> Option<Conversion> {
    let id = sides.ids[number];
    let attempts = [
        (Conversion::Plain, String::new()),
        (Conversion::Cast, format!(" USING value::{}", after.data_type)),
    ];
    let mut open = false;
    for (conversion, using) in attempts {
        let mut setup = retype::wanted_types(sides, number);
        setup.push(format!(
            "CREATE TEMPORARY TABLE limbeck_probe (value {})",
            before.data_type
        ));
        setup.push(format!(
            "ALTER TABLE limbeck_probe ALTER COLUMN value TYPE {}{using}",
            after.data_type
        ));
        let topic = format!(
            "convert{using} {} of {id} to {}",
            before.data_type, after.data_type
        );
        match questions.ask(&topic, Side::Current, setup, "SELECT ''".to_owned()) {
            Some(Answer::Text(_)) if !open => return Some(conversion),
            Some(_) => {}
            None => open = true,
        }
    }
    (!open).then_some(Conversion::Text)
}
