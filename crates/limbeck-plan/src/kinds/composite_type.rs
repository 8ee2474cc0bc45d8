//! Composite types: created with their attributes; attributes added, given another type, dropped.

use limbeck_catalog::{Attribute, CompositeType, Definition, Kind, ObjectId};
use limbeck_sql::quote_identifier;

use super::data_type::listed;
use crate::build::{Body, Builder, Part, Piece};
use crate::fates::Fate;
use crate::place::{Chapter, Place, Rank};
use crate::sides::{ObjectNumber, Sides};
use crate::{Loss, Verb, render};

/// `CREATE TYPE … AS (…)`.
pub(super) fn creation(sides: &Sides<'_>, id: &ObjectId, composite: &CompositeType) -> String {
    let attributes: Vec<String> = composite
        .attributes
        .iter()
        .filter_map(|name| {
            let number = sides.number(&ObjectId::in_relation(Kind::Column, &id.qualified_name()?, name))?;
            match sides.definition_after(number)? {
                Definition::Attribute(definition) => Some(attribute(name, definition, "")),
                _ => None,
            }
        })
        .collect();
    listed(&format!("CREATE TYPE {} AS", id.sql_name()), &attributes)
}

/// Whether PostgreSQL can turn one into the other: it adds attributes at the end and drops any, but moves none.
pub(super) fn is_alterable(before: &CompositeType, after: &CompositeType) -> bool {
    let kept = before
        .attributes
        .iter()
        .filter(|name| after.attributes.contains(name));
    kept.zip(&after.attributes).all(|(kept, name)| kept == name)
}

/// An attribute as `CREATE TYPE` takes it, or with a word before its type.
fn attribute(name: &str, attribute: &Attribute, word: &str) -> String {
    let mut text = format!("{} {word}{}", quote_identifier(name), attribute.data_type);
    if let Some(collation) = &attribute.collation {
        text.push_str(&format!(" COLLATE {}", render::name(collation)));
    }
    text
}

/// Adds the nodes for what becomes of an attribute.
pub(super) fn build_attribute(builder: &mut Builder<'_, '_>, number: ObjectNumber, fate: Fate) {
    let sides = builder.sides;
    let id = sides.ids[number];
    let Some(composite) = sides.composite_of(number) else {
        return;
    };
    let name = quote_identifier(id.name());
    if fate.goes() {
        match builder.removal(composite) {
            Some(removal) if builder.fates.is_exchanged(composite) => {
                builder.removes_renamed(number, removal);
            }
            Some(removal) => builder.removes(number, removal),
            None => {
                let node = subcommand(
                    builder,
                    number,
                    composite,
                    (Verb::Drop, Rank::ColumnDrop),
                    &format!("DROP ATTRIBUTE {name}"),
                );
                builder.nodes[node].loses = builder
                    .fates
                    .is_stored(sides, composite)
                    .then(|| Loss::Values { column: id.clone() });
                builder.removes(number, node);
            }
        }
    }
    let Some(Definition::Attribute(after)) = sides.definition_after(number) else {
        return;
    };
    if fate.comes() {
        match builder.creation(composite) {
            Some(creation) => builder.creates(number, creation),
            None => {
                let node = subcommand(
                    builder,
                    number,
                    composite,
                    (Verb::Create, Rank::Column),
                    &format!("ADD ATTRIBUTE {}", attribute(id.name(), after, "")),
                );
                builder.creates(number, node);
                // A row of the type has as many values as it has attributes.
                builder.awaits(composite, node);
                order_additions(builder, number, composite, node);
            }
        }
    } else if builder.fates.retyped_attributes.contains(&number) {
        let node = subcommand(
            builder,
            number,
            composite,
            (Verb::Alter, Rank::Column),
            &format!("ALTER ATTRIBUTE {}", attribute(id.name(), after, "TYPE ")),
        );
        builder.arrives(number, node, Part::Type);
        builder.releases(number, node, Part::Type);
        builder.awaits(number, node);
        builder.awaits(composite, node);
        builder.changes(number, node);
    }
}

/// `ALTER TYPE …`. The tables of the type are untied from it meanwhile.
fn subcommand(
    builder: &mut Builder<'_, '_>,
    number: ObjectNumber,
    composite: ObjectNumber,
    (verb, rank): (Verb, Rank),
    text: &str,
) -> usize {
    let sides = builder.sides;
    let statement = format!("ALTER TYPE {} {text}", sides.ids[composite].sql_name());
    let place = builder.place(number, rank);
    builder.node(
        number,
        verb,
        place,
        Body::Pieces(vec![Piece::Statement(statement)]),
    )
}

/// New attributes are added in their order.
fn order_additions(
    builder: &mut Builder<'_, '_>,
    number: ObjectNumber,
    composite: ObjectNumber,
    node: usize,
) {
    let sides = builder.sides;
    let Some(Definition::Composite(definition)) = sides.definition_after(composite) else {
        return;
    };
    let own = sides.ids[number].name();
    let mut is_before = true;
    for name in &definition.attributes {
        if name == own {
            is_before = false;
            continue;
        }
        let other = sides
            .attribute(composite, name)
            .and_then(|other| builder.creation(other));
        if let Some(other) = other {
            let (first, then) = if is_before { (other, node) } else { (node, other) };
            builder.edge(first, then);
        }
    }
}

/// Adds the nodes for the functions by which arrays move over to an exchanged type with other attributes.
pub(crate) fn convert_arrays(builder: &mut Builder<'_, '_>) {
    let (sides, fates) = (builder.sides, builder.fates);
    for number in fates.exchanged() {
        let (Some(Definition::Composite(_)), Some(name)) = (
            sides.definition_before(number),
            sides.ids[number].qualified_name(),
        ) else {
            continue;
        };
        let old = builder.spare_name(Kind::Type, &name);
        let Some(conversion) = fates.array_conversion(sides, number, &old) else {
            continue;
        };
        let calls: Vec<usize> = (0..builder.nodes.len())
            .filter(|&node| match &builder.nodes[node].body {
                Body::Pieces(pieces) => pieces.iter().any(|piece| {
                    matches!(piece, Piece::Alter { subcommand: text, .. } | Piece::Statement(text)
                        if text.contains(&conversion.call))
                }),
                _ => false,
            })
            .collect();
        let place = builder.place(number, Rank::Comment);
        let body = Body::Pieces(vec![Piece::Statement(conversion.creation)]);
        let creation = builder.node(number, Verb::Alter, place, body);
        let place = Place {
            chapter: Chapter::TypeDrops,
            group: number,
            rank: Rank::Column,
        };
        let body = Body::Pieces(vec![Piece::Statement(conversion.removal)]);
        let removal = builder.node(number, Verb::Alter, place, body);
        for exchanged in fates.exchanged() {
            if let Some(first) = builder.creation(exchanged) {
                builder.edge(first, creation);
            }
            if let Some(last) = builder.removal(exchanged) {
                builder.edge(removal, last);
            }
        }
        builder.edge(creation, removal);
        for call in calls {
            builder.edge(creation, call);
            builder.edge(call, removal);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn composite(names: &[&str]) -> CompositeType {
        CompositeType {
            attributes: names.iter().map(|&name| name.to_owned()).collect(),
        }
    }

    #[test]
    fn attributes_are_added_at_the_end_and_dropped_anywhere() {
        let before = composite(&["a", "b", "c"]);
        assert!(is_alterable(&before, &composite(&["a", "c", "d"])));
        assert!(is_alterable(&before, &composite(&["d"])));
        assert!(!is_alterable(&before, &composite(&["a", "d", "b", "c"])));
        assert!(!is_alterable(&before, &composite(&["b", "a", "c"])));
    }
}
