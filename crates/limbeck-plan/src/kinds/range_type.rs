//! Range types: created; their multirange renamed.

use limbeck_catalog::{ObjectId, RangeType};
use limbeck_sql::quote_identifier;

use super::data_type::listed;
use crate::build::{Body, Builder, Part, Piece, names};
use crate::place::Rank;
use crate::sides::ObjectNumber;
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

/// Whether they differ in nothing but the multirange's name.
pub(super) fn is_alterable(before: &RangeType, after: &RangeType) -> bool {
    let mut renamed = before.clone();
    renamed.multirange.name.clone_from(&after.multirange.name);
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
