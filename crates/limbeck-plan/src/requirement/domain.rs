//! Values that a domain does not take.

use limbeck_catalog::{Definition, Kind};
use limbeck_sql::quote_identifier;

use super::{Requirement, Statement, fit, requirement, select};
use crate::render;
use crate::sides::ObjectNumber;

impl Statement<'_, '_, '_> {
    /// Values of a column that violate a check of its domain.
    pub(super) fn holds_in(&self, number: ObjectNumber, column: ObjectNumber) -> Option<Requirement> {
        let sides = self.builder.sides;
        let domain = sides.domain_of(number)?;
        let (Some(Definition::DomainConstraint(check)), Some(Definition::Domain(after))) =
            (sides.definition_after(number), sides.definition_after(domain))
        else {
            return None;
        };
        let is_there = sides.needs_after[number]
            .iter()
            .all(|&needed| self.is_ready() || needed == domain || self.is_as_before(needed));
        if !is_there || !self.keeps_base(domain) || !self.holds_same(column) {
            return None;
        }
        let (relation, name, is_array) = self.holder(column)?;
        let check_name = quote_identifier(sides.ids[number].name());
        let (message, values) = if is_array {
            (
                format!("elements of {relation}.{name} that violate {check_name}"),
                format!("unnest({name})"),
            )
        } else {
            (
                format!("rows of {relation} where {name} violates {check_name}"),
                name,
            )
        };
        Some(requirement(
            message,
            select(
                "count(*)",
                &format!(
                    "(SELECT {values}::{} AS value FROM {relation}) AS t",
                    after.data_type
                ),
                &format!("NOT {}", render::parenthesised(&check.expression)),
            ),
        ))
    }

    /// NULLs among the elements of a column of arrays.
    pub(super) fn no_null_in(&self, column: ObjectNumber) -> Option<Requirement> {
        if !self.holds_same(column) {
            return None;
        }
        let (relation, name, _) = self.holder(column)?;
        Some(requirement(
            format!("elements of {relation}.{name} that are null"),
            select(
                "count(*)",
                &format!("(SELECT unnest({name}) AS value FROM {relation}) AS t"),
                "value IS NULL",
            ),
        ))
    }

    /// A column's relation and name as they are called then, as SQL, and whether it holds arrays.
    fn holder(&self, column: ObjectNumber) -> Option<(String, String, bool)> {
        let sides = self.builder.sides;
        let id = self.done.before(sides.ids[column]);
        let is_array = sides.column_before(column)?.data_type.ends_with("[]");
        Some((
            render::relation(&id),
            quote_identifier(id.name()).into_owned(),
            is_array,
        ))
    }

    /// Whether the values of a domain are of one type, or of much the same one, before and after.
    fn keeps_base(&self, domain: ObjectNumber) -> bool {
        let sides = self.builder.sides;
        match (sides.definition_before(domain), sides.definition_after(domain)) {
            (Some(Definition::Domain(before)), Some(Definition::Domain(after))) => {
                before.data_type == after.data_type
                    || fit::is_same_family(&before.data_type, &after.data_type)
            }
            _ => false,
        }
    }

    /// Whether a column holds the same before and after, but for the domain that its values are of.
    fn holds_same(&self, column: ObjectNumber) -> bool {
        let sides = self.builder.sides;
        debug_assert!(sides.ids[column].kind == Kind::Column, "only columns hold values");
        let is_of_same_type = sides
            .column_before(column)
            .zip(sides.column_after(column))
            .is_some_and(|(before, after)| before.data_type == after.data_type);
        self.is_ready() || self.is_as_before(column) || is_of_same_type && self.is_there(column)
    }
}
