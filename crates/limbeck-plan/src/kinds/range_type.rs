//! Range types: created; their multirange renamed.

use limbeck_catalog::{Definition, Kind, ObjectId, RangeType};
use limbeck_sql::{QualifiedName, quote_identifier};

use super::data_type::listed;
use crate::build::{Body, Builder, Part, Piece};
use crate::names::names;
use crate::place::Rank;
use crate::sides::{ObjectNumber, Sides};
use crate::{Verb, render};

/// `CREATE TYPE … AS RANGE`.
pub(super) fn creation(id: &ObjectId, range: &RangeType) -> String {
    let mut options = vec![format!("SUBTYPE = {}", range.subtype)];
    let names = [
        ("SUBTYPE_OPCLASS", &range.operator_class),
        ("COLLATION", &range.collation),
        ("CANONICAL", &range.canonical),
        ("SUBTYPE_DIFF", &range.subtype_diff),
    ];
    for (option, name) in names {
        if let Some(name) = name {
            options.push(format!("{option} = {}", render::name(name)));
        }
    }
    let is_default = Some(range.multirange.schema.as_str()) == id.schema()
        && range.multirange.name == default_multirange_name(id.name());
    if !is_default {
        options.push(format!("MULTIRANGE_TYPE_NAME = {}", range.multirange));
    }
    listed(&format!("CREATE TYPE {} AS RANGE", id.sql_name()), &options)
}

/// The name that PostgreSQL gives a multirange type by itself (`makeMultirangeTypeName`).
fn default_multirange_name(range: &str) -> String {
    let name = if range.contains("range") {
        range.replacen("range", "multirange", 1)
    } else {
        let room = limbeck_sql::MAXIMUM_IDENTIFIER_LENGTH - "_multirange".len();
        let end = range.floor_char_boundary(room);
        format!("{}_multirange", range.get(..end).unwrap_or(range))
    };
    limbeck_sql::truncate_identifier(&name).to_owned()
}

/// Whether they differ in nothing but the multirange's name and comment.
pub(crate) fn is_alterable(before: &RangeType, after: &RangeType) -> bool {
    let mut renamed = before.clone();
    renamed.multirange.name.clone_from(&after.multirange.name);
    renamed.multirange_comment.clone_from(&after.multirange_comment);
    renamed == *after
}

pub(super) fn alter(
    builder: &mut Builder<'_, '_>,
    number: ObjectNumber,
    before: &RangeType,
    after: &RangeType,
) {
    if before.multirange == after.multirange {
        return;
    }
    let statement = format!(
        "ALTER TYPE {} RENAME TO {}",
        before.multirange,
        quote_identifier(&after.multirange.name)
    );
    let place = builder.place(number, Rank::Rename);
    let body = Body::Pieces(vec![Piece::Statement(statement)]);
    let node = builder.node(number, Verb::Alter, place, body);
    builder.arrives(number, node, Part::Bare);
    builder.awaits(number, node);
    builder.changes(number, node);
    let (Some(old), Some(new)) = (
        builder.sides.definition_before(number),
        builder.sides.definition_after(number),
    ) else {
        return;
    };
    let id = builder.sides.ids[number];
    let (old, new) = (names(id, old), names(id, new));
    for name in old.iter().filter(|name| !new.contains(name)) {
        builder.frees(name.clone(), node);
    }
    for name in new.into_iter().filter(|name| !old.contains(name)) {
        builder.claims(name, node);
    }
}

/// Renames what comes with a range type that has another name, `spare`, already: its multirange and its constructors.
pub(super) fn make_room(
    builder: &Builder<'_, '_>,
    number: ObjectNumber,
    before: &RangeType,
    spare: &QualifiedName,
) -> Vec<Piece> {
    let sides = builder.sides;
    let id = sides.ids[number];
    let multirange = builder.spare_name(Kind::Type, &before.multirange);
    let mut statements = vec![format!(
        "ALTER TYPE {} RENAME TO {}",
        before.multirange,
        quote_identifier(&multirange.name)
    )];
    let Some(Definition::Range(after)) = sides.definition_after(number) else {
        return Vec::new();
    };
    // The constructors of a multirange lie in the schema of its range. One takes nothing.
    let constructor = QualifiedName::new(&spare.schema, &before.multirange.name);
    if before.multirange == after.multirange {
        statements.push(format!(
            "ALTER FUNCTION {constructor}() RENAME TO {}",
            quote_identifier(&multirange.name)
        ));
    }
    let subtype = &before.subtype;
    let is_exchanged = sides
        .type_number(subtype)
        .is_some_and(|subtype| builder.fates.is_exchanged(subtype));
    if *subtype == after.subtype && !is_exchanged {
        for arguments in [
            format!("{subtype}, {subtype}"),
            format!("{subtype}, {subtype}, text"),
        ] {
            statements.push(format!(
                "ALTER FUNCTION {}({arguments}) RENAME TO {}",
                id.sql_name(),
                quote_identifier(&spare.name)
            ));
        }
    }
    statements.into_iter().map(Piece::Statement).collect()
}

/// A canonical function takes the range type and is called by it: it is made between the mention of the type and its
/// definition, and goes with it.
pub(super) fn canonical(sides: &Sides<'_>, number: ObjectNumber, after: bool) -> Option<ObjectNumber> {
    let (definition, needs) = if after {
        (sides.definition_after(number)?, &sides.needs_after)
    } else {
        (sides.definition_before(number)?, &sides.needs_before)
    };
    let Definition::Range(RangeType {
        canonical: Some(name),
        ..
    }) = definition
    else {
        return None;
    };
    needs[number].iter().copied().find(|&function| {
        sides.ids[function].kind == Kind::Function
            && sides.ids[function].qualified_name().as_ref() == Some(name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn multiranges_are_named_after_their_range() {
        assert_eq!(default_multirange_name("span"), "span_multirange");
        assert_eq!(default_multirange_name("pricerange"), "pricemultirange");
        assert_eq!(default_multirange_name("range_of_ranges"), "multirange_of_ranges");
        assert_eq!(
            default_multirange_name(&"x".repeat(60)),
            format!("{}_multirange", "x".repeat(52))
        );
    }
}
