//! Enum types: created, given new labels. Where labels go or change places, the type is replaced.

use limbeck_catalog::{EnumType, ObjectId};
use limbeck_sql::quote_literal;

use super::data_type::listed;
use crate::Verb;
use crate::build::{Body, Builder, Part, Piece};
use crate::place::{Chapter, Place, Rank};
use crate::sides::ObjectNumber;

/// `CREATE TYPE … AS ENUM`.
pub(super) fn creation(id: &ObjectId, enum_type: &EnumType) -> String {
    let labels: Vec<String> = enum_type
        .labels
        .iter()
        .map(|label| quote_literal(label))
        .collect();
    listed(&format!("CREATE TYPE {} AS ENUM", id.sql_name()), &labels)
}

/// Whether the old labels are among the new ones in the same order: PostgreSQL can add labels, no more.
pub(super) fn is_alterable(before: &EnumType, after: &EnumType) -> bool {
    let mut labels = after.labels.iter();
    before
        .labels
        .iter()
        .all(|label| labels.any(|other| other == label))
}

/// The labels that go.
pub(super) fn lost_labels(before: &EnumType, after: &EnumType) -> Vec<String> {
    let lost = before.labels.iter().filter(|label| !after.labels.contains(label));
    lost.cloned().collect()
}

pub(super) fn add_labels(
    builder: &mut Builder<'_, '_>,
    number: ObjectNumber,
    before: &EnumType,
    after: &EnumType,
) {
    let id = builder.sides.ids[number];
    let mut pieces = Vec::new();
    for (position, label) in after.labels.iter().enumerate() {
        if before.labels.contains(label) {
            continue;
        }
        let next = after
            .labels
            .iter()
            .skip(position)
            .find(|next| before.labels.contains(next));
        let place = next
            .map(|next| format!(" BEFORE {}", quote_literal(next)))
            .unwrap_or_default();
        pieces.push(Piece::Statement(format!(
            "ALTER TYPE {} ADD VALUE {}{place}",
            id.sql_name(),
            quote_literal(label)
        )));
    }
    if pieces.is_empty() {
        return;
    }
    let place = Place {
        chapter: Chapter::Labels,
        group: number,
        rank: Rank::Table,
    };
    let node = builder.node(number, Verb::Alter, place, Body::Pieces(pieces));
    builder.nodes[node].adds_labels = true;
    builder.arrives(number, node, Part::Whole);
    builder.awaits(number, node);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(labels: &[&str]) -> EnumType {
        EnumType {
            labels: labels.iter().map(|&label| label.to_owned()).collect(),
        }
    }

    #[test]
    fn labels_can_be_added_but_not_moved_or_removed() {
        assert!(is_alterable(
            &labels(&["a", "b"]),
            &labels(&["x", "a", "y", "b", "z"])
        ));
        assert!(!is_alterable(&labels(&["a", "b"]), &labels(&["b", "a"])));
        assert!(!is_alterable(&labels(&["a", "b"]), &labels(&["a"])));
    }
}
