//! Domains: created with their checks; default, `NOT NULL` and checks altered in place.

use limbeck_catalog::{Column, Definition, Domain, DomainConstraint, ObjectId};
use limbeck_sql::quote_identifier;

use super::column::{fill_pieces, has_default_needs};
use super::data_type::LINE;
use crate::build::{Body, Builder, Part, Piece, is_of_default};
use crate::fates::Fate;
use crate::place::Rank;
use crate::requirement::Demand;
use crate::sides::{ObjectNumber, Sides};
use crate::{Verb, render};

/// From this version on the `NOT NULL` of a domain has a name.
pub(crate) const NAMED_NOT_NULL: u32 = 170_000;

/// `CREATE DOMAIN`, with checks as [`constraint`] writes them.
pub(crate) fn creation(id: &ObjectId, domain: &Domain, constraints: &[String]) -> String {
    let mut head = format!("CREATE DOMAIN {} AS {}", id.sql_name(), domain.data_type);
    if let Some(collation) = &domain.collation {
        head.push_str(&format!(" COLLATE {}", render::name(collation)));
    }
    let mut parts = vec![head];
    if let Some(default) = &domain.default {
        parts.push(format!("DEFAULT {default}"));
    }
    if domain.not_null {
        parts.push(match &domain.not_null_name {
            Some(name) => format!("CONSTRAINT {} NOT NULL", quote_identifier(name)),
            None => "NOT NULL".to_owned(),
        });
    }
    parts.extend(constraints.iter().cloned());
    let line = parts.join(" ");
    if line.chars().count() <= LINE {
        line
    } else {
        parts.join("\n    ")
    }
}

/// Whether PostgreSQL can turn one into the other.
pub(super) fn is_alterable(before: &Domain, after: &Domain) -> bool {
    before.data_type == after.data_type && before.collation == after.collation
}

/// A check as `CREATE DOMAIN` and `ADD` take it.
fn constraint(id: &ObjectId, constraint: &DomainConstraint) -> String {
    let mut text = format!(
        "CONSTRAINT {} CHECK {}",
        quote_identifier(id.name()),
        render::parenthesised(&constraint.expression)
    );
    if !constraint.validated {
        text.push_str(" NOT VALID");
    }
    text
}

pub(super) fn alter(builder: &mut Builder<'_, '_>, number: ObjectNumber, before: &Domain, after: &Domain) {
    let is_reset = builder.fates.reset_defaults.contains(&number);
    let mut last = None;
    if before.default.is_some() && (after.default.is_none() || is_reset) {
        let node = statement(builder, number, "DROP DEFAULT");
        builder.releases(number, node, Part::Default);
        last = Some(node);
    }
    if let Some(default) = &after.default
        && (is_reset || before.default != after.default)
    {
        let node = statement(builder, number, &format!("SET DEFAULT {default}"));
        builder.arrives(number, node, Part::Default);
        match last {
            Some(last) => builder.edge(last, node),
            None => builder.releases(number, node, Part::Default),
        }
    }
    not_null(builder, number, before, after);
}

/// A default that calls a function is set by an action of its own where that cannot be done at once: the function may
/// be one of the domain's.
pub(super) fn set_default_apart(builder: &mut Builder<'_, '_>, number: ObjectNumber, creation: usize) {
    let Some(Definition::Domain(after)) = builder.sides.definition_after(number) else {
        return;
    };
    if let Some(default) = &after.default
        && has_default_needs(builder, number, Some(default), true)
    {
        let place = builder.place(number, Rank::TableOptions);
        let node = builder.node(number, Verb::Alter, place, Body::Default(default.clone()));
        builder.nodes[node].vertex.host = Some(creation);
        builder.nodes[node].vertex.firmness = 0;
        builder.arrives(number, node, Part::Default);
        builder.edge(creation, node);
    }
}

/// Likewise, a default that calls a function is dropped by an action of its own where the domain cannot go before it.
pub(super) fn drop_default_apart(builder: &mut Builder<'_, '_>, number: ObjectNumber, removal: usize) {
    let Some(Definition::Domain(before)) = builder.sides.definition_before(number) else {
        return;
    };
    if has_default_needs(builder, number, before.default.as_ref(), false) {
        let node = statement(builder, number, "DROP DEFAULT");
        builder.nodes[node].vertex.host = Some(removal);
        builder.nodes[node].vertex.firmness = 0;
        builder.leaves(number, node, Part::Default);
        builder.edge(node, removal);
    }
}

/// A domain that makes room gives its default up before, where that calls a function which goes.
pub(super) fn release_default(builder: &mut Builder<'_, '_>, number: ObjectNumber, moved: usize) {
    let sides = builder.sides;
    let Some(Definition::Domain(before)) = sides.definition_before(number) else {
        return;
    };
    if before.default.is_some() && calls_what_goes(builder, number) {
        let node = statement(builder, number, "DROP DEFAULT");
        builder.releases(number, node, Part::Default);
        builder.edge(node, moved);
    }
}

/// Whether what a domain or a check of it calls goes.
fn calls_what_goes(builder: &Builder<'_, '_>, number: ObjectNumber) -> bool {
    let sides = builder.sides;
    let goes =
        |&needed: &ObjectNumber| is_of_default(sides.ids[needed].kind) && builder.fates.of(needed).goes();
    sides.needs_before[number].iter().any(goes)
}

fn not_null(builder: &mut Builder<'_, '_>, number: ObjectNumber, before: &Domain, after: &Domain) {
    let id = builder.sides.ids[number];
    match (before.not_null, after.not_null) {
        (true, false) => {
            statement(builder, number, "DROP NOT NULL");
        }
        (false, true) => {
            let mut demands = Vec::new();
            let fills = fills(builder, number, &mut demands);
            let node = match &after.not_null_name {
                Some(name) => {
                    let add = format!("ADD CONSTRAINT {} NOT NULL", quote_identifier(name));
                    statement(builder, number, &add)
                }
                None => statement(builder, number, "SET NOT NULL"),
            };
            builder.nodes[node].demands = demands;
            for fill in fills {
                builder.edge(fill, node);
            }
        }
        (true, true) if before.not_null_name != after.not_null_name => {
            let (from, to) = (not_null_name(id, before), not_null_name(id, after));
            statement(
                builder,
                number,
                &format!(
                    "RENAME CONSTRAINT {} TO {}",
                    quote_identifier(&from),
                    quote_identifier(&to)
                ),
            );
        }
        _ => {}
    }
}

/// The name that PostgreSQL gives the `NOT NULL` of a domain by itself, as long as it is free.
pub(crate) fn default_not_null_name(id: &ObjectId) -> String {
    limbeck_sql::default_name::domain_not_null(id.name(), &|_| false)
}

/// The name of the `NOT NULL` of a domain.
pub(crate) fn not_null_name(id: &ObjectId, domain: &Domain) -> String {
    let name = domain.not_null_name.clone();
    name.unwrap_or_else(|| default_not_null_name(id))
}

/// Gives the columns of a domain that becomes `NOT NULL` a value in the rows that are there before.
fn fills(builder: &mut Builder<'_, '_>, number: ObjectNumber, demands: &mut Vec<Demand>) -> Vec<usize> {
    let sides = builder.sides;
    let mut fills = Vec::new();
    for column in columns(sides, number) {
        let is_nullable = |definition: Option<&Column>| {
            definition.is_some_and(|column| !column.not_null && column.generated.is_none())
        };
        if !is_nullable(sides.column_before(column)) || !is_nullable(sides.column_after(column)) {
            continue;
        }
        let Some(fill) = builder.take_fill(column) else {
            builder.unfilled.push(column);
            demands.push(Demand::NotNull(column));
            continue;
        };
        let place = builder.place(number, Rank::TableOptions);
        let body = Body::Pieces(fill_pieces(builder, column, fill));
        fills.push(builder.node(column, Verb::Alter, place, body));
    }
    fills
}

/// The columns that hold values of a domain before and after.
fn columns(sides: &Sides<'_>, domain: ObjectNumber) -> Vec<ObjectNumber> {
    let data_type = sides.ids[domain].sql_name();
    let mut found = Vec::new();
    for &dependent in &sides.needed_before[domain] {
        match (
            sides.definition_before(dependent),
            sides.definition_after(dependent),
        ) {
            (Some(Definition::Column(before)), Some(Definition::Column(after)))
                if before.data_type == data_type && after.data_type == data_type =>
            {
                found.push(dependent);
            }
            (Some(Definition::Domain(over)), Some(_)) if over.data_type == data_type => {
                found.extend(columns(sides, dependent));
            }
            _ => {}
        }
    }
    found
}

/// What a check demands of the columns that hold values of its domain.
fn demands(sides: &Sides<'_>, number: ObjectNumber, domain: ObjectNumber) -> Vec<Demand> {
    columns(sides, domain)
        .into_iter()
        .map(|column| Demand::HoldsIn(number, column))
        .collect()
}

/// What domains that are exchanged demand of a column which moves over to the new ones.
pub(super) fn demands_of_exchange(builder: &Builder<'_, '_>, column: ObjectNumber) -> Vec<Demand> {
    let sides = builder.sides;
    let (Some(before), Some(after)) = (sides.column_before(column), sides.column_after(column)) else {
        return Vec::new();
    };
    let is_array = after.data_type.ends_with("[]");
    let mut demands = Vec::new();
    let mut data_type = after.data_type.as_str();
    // A domain over a domain takes what both take.
    while let Some(number) = sides.type_number(data_type) {
        let (Some(Definition::Domain(old)), Some(Definition::Domain(new))) =
            (sides.definition_before(number), sides.definition_after(number))
        else {
            break;
        };
        if before.data_type != after.data_type || !builder.fates.is_exchanged(number) {
            break;
        }
        if new.not_null && !old.not_null {
            demands.push(match is_array {
                true => Demand::NoNullIn(column),
                false => Demand::NotNull(column),
            });
        }
        let checks = sides.needed_after[number].iter().copied().filter(|&check| {
            let Some(Definition::DomainConstraint(after)) = sides.definition_after(check) else {
                return false;
            };
            let is_known = matches!(sides.definition_before(check), Some(Definition::DomainConstraint(before))
                if before.validated && before.expression == after.expression);
            sides.domain_of(check) == Some(number) && !is_known
        });
        demands.extend(checks.map(|check| Demand::HoldsIn(check, column)));
        data_type = &new.data_type;
    }
    demands
}

/// `ALTER DOMAIN …`.
fn statement(builder: &mut Builder<'_, '_>, number: ObjectNumber, text: &str) -> usize {
    let statement = format!("ALTER DOMAIN {} {text}", builder.sides.ids[number].sql_name());
    let place = builder.place(number, Rank::TableOptions);
    builder.node(
        number,
        Verb::Alter,
        place,
        Body::Pieces(vec![Piece::Statement(statement)]),
    )
}

/// Adds the nodes for what becomes of a check.
pub(super) fn build_constraint(builder: &mut Builder<'_, '_>, number: ObjectNumber, fate: Fate) {
    let sides = builder.sides;
    let id = sides.ids[number];
    let Some(domain) = sides.domain_of(number) else {
        return;
    };
    let alter = |text: &str| {
        let text = format!("ALTER DOMAIN {} {text}", sides.ids[domain].sql_name());
        Body::Pieces(vec![Piece::Statement(text)])
    };
    let name = quote_identifier(id.name());
    if fate.goes() {
        match builder.removal(domain) {
            Some(removal) if builder.fates.is_exchanged(domain) && !calls_what_goes(builder, number) => {
                builder.removes_renamed(number, removal);
            }
            removal => {
                let place = builder.place(number, Rank::ConstraintDrop);
                let body = alter(&format!("DROP CONSTRAINT {name}"));
                let node = builder.node(number, Verb::Drop, place, body);
                if builder.fates.is_exchanged(domain) {
                    // The domain has its name still.
                    builder.removes_renamed(number, node);
                    builder.precedes_changes(domain, node);
                } else {
                    builder.nodes[node].vertex.host = removal;
                    builder.removes(number, node);
                }
            }
        }
    }
    let Some(Definition::DomainConstraint(after)) = sides.definition_after(number) else {
        return;
    };
    if fate.comes() {
        let place = builder.place(number, Rank::Check);
        let body = Body::Constraint(constraint(id, after));
        let node = builder.node(number, Verb::Create, place, body);
        if after.validated {
            builder.nodes[node].vertex.host = builder.creation(domain);
            if builder.creation(domain).is_none() {
                builder.nodes[node].demands = demands(sides, number, domain);
            }
        }
        builder.creates(number, node);
    } else if let Some(Definition::DomainConstraint(before)) = sides.definition_before(number)
        && !before.validated
        && after.validated
    {
        let place = builder.place(number, Rank::Check);
        let body = alter(&format!("VALIDATE CONSTRAINT {name}"));
        let node = builder.node(number, Verb::Alter, place, body);
        builder.nodes[node].demands = demands(sides, number, domain);
        builder.arrives(number, node, Part::Whole);
    }
}

/// Whether PostgreSQL can turn one check into the other: it can validate it.
pub(super) fn is_constraint_alterable(before: &DomainConstraint, after: &DomainConstraint) -> bool {
    before.expression == after.expression && (after.validated || !before.validated)
}
