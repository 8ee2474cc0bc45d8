//! Values that violate a check of their domain.

use limbeck_catalog::{Definition, DomainConstraint, Kind};
use limbeck_sql::quote_identifier;

use super::{Requirement, Statement, requirement, select};
use crate::fates::Fate;
use crate::render;
use crate::sides::ObjectNumber;

impl Statement<'_, '_, '_> {
    /// Each column of the domain with its violators.
    pub(super) fn holds_in_columns(&self, check: ObjectNumber) -> Vec<Requirement> {
        let sides = self.builder.sides;
        let (Some(Definition::DomainConstraint(constraint)), Some(domain)) =
            (sides.definition_after(check), sides.domain_of(check))
        else {
            return Vec::new();
        };
        let is_there = sides.needs_after[check]
            .iter()
            .all(|&needed| self.is_as_before(needed));
        if !is_there || !self.done.is_of_relations() || self.is_known(domain, constraint) {
            return Vec::new();
        }
        sides.needed_before[domain]
            .iter()
            .filter_map(|&column| self.violators(column, domain, check, constraint))
            .collect()
    }

    /// Whether the domain has the same check already.
    fn is_known(&self, domain: ObjectNumber, check: &DomainConstraint) -> bool {
        let sides = self.builder.sides;
        sides.needed_before[domain].iter().any(|&other| {
            matches!(sides.definition_before(other), Some(Definition::DomainConstraint(known))
                if known.validated && known.expression == check.expression)
        })
    }

    fn violators(
        &self,
        column: ObjectNumber,
        domain: ObjectNumber,
        check: ObjectNumber,
        constraint: &DomainConstraint,
    ) -> Option<Requirement> {
        let sides = self.builder.sides;
        let Some(Definition::Domain(before)) = sides.definition_before(domain) else {
            return None;
        };
        let is_of_table = sides
            .home(column)
            .is_some_and(|home| sides.ids[home].kind == Kind::Table);
        let is_of_domain = sides.column_before(column)?.data_type == sides.ids[domain].sql_name();
        let stays = matches!(self.builder.fates.of(domain), Fate::Stays | Fate::Altered);
        if !is_of_table || !is_of_domain || !stays || !self.is_as_before(column) {
            return None;
        }
        let id = self.done.before(sides.ids[column]);
        let (relation, name) = (render::relation(&id), quote_identifier(id.name()));
        let values = format!(
            "(SELECT {name}::{} AS value FROM {relation}) AS {}",
            before.data_type,
            quote_identifier(sides.ids[column].name())
        );
        Some(requirement(
            format!(
                "rows of {relation} where {name} violates {}",
                quote_identifier(sides.ids[check].name())
            ),
            select(
                "count(*)",
                &values,
                &format!("NOT {}", render::parenthesised(&constraint.expression)),
            ),
        ))
    }
}
