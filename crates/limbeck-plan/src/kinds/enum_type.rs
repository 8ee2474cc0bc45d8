//! Enum types: created, given new labels, rebuilt where labels go or change places, dropped.

use limbeck_catalog::{Definition, EnumType, ObjectId};
use limbeck_sql::{quote_identifier, quote_literal};

use crate::build::{Body, Builder, Namespace, Part, Piece};
use crate::fates::Fate;
use crate::place::{Chapter, Place, Rank};
use crate::sides::ObjectNumber;
use crate::{Loss, Verb};

/// How long a line of labels may be before each gets its own.
const LINE: usize = 100;

/// `CREATE TYPE … AS ENUM`.
pub(crate) fn creation(id: &ObjectId, enum_type: &EnumType) -> String {
    let labels: Vec<String> = enum_type
        .labels
        .iter()
        .map(|label| quote_literal(label))
        .collect();
    let line = format!("CREATE TYPE {} AS ENUM ({})", id.sql_name(), labels.join(", "));
    if line.chars().count() <= LINE {
        line
    } else {
        format!(
            "CREATE TYPE {} AS ENUM (\n    {}\n)",
            id.sql_name(),
            labels.join(",\n    ")
        )
    }
}

/// Whether the old labels are among the new ones in the same order: PostgreSQL can add labels, no more.
pub(super) fn is_alterable(before: &EnumType, after: &EnumType) -> bool {
    let mut labels = after.labels.iter();
    before
        .labels
        .iter()
        .all(|label| labels.any(|other| other == label))
}

pub(super) fn build(builder: &mut Builder<'_, '_>, number: ObjectNumber, fate: Fate) {
    let sides = builder.sides;
    let id = sides.ids[number];
    let before = match sides.definition_before(number) {
        Some(Definition::Enum(before)) => Some(before),
        _ => None,
    };
    let after = match sides.definition_after(number) {
        Some(Definition::Enum(after)) => Some(after),
        _ => None,
    };
    match (fate, before, after) {
        (Fate::Created, _, Some(after)) => {
            create(builder, number, after);
        }
        (Fate::Dropped, ..) => {
            let node = drop(builder, number, id, None);
            builder.removes(number, node);
        }
        (Fate::Altered, Some(before), Some(after)) => add_labels(builder, number, id, before, after),
        (Fate::Replaced, Some(before), Some(after)) => rebuild(builder, number, id, before, after),
        _ => {}
    }
}

fn create(builder: &mut Builder<'_, '_>, number: ObjectNumber, after: &EnumType) -> usize {
    let body = Body::Pieces(vec![Piece::Statement(creation(builder.sides.ids[number], after))]);
    let place = builder.place(number, Rank::Table);
    let node = builder.node(number, Verb::Create, place, body);
    builder.creates(number, node);
    node
}

/// Drops the type, which may have another name by then.
fn drop(builder: &mut Builder<'_, '_>, number: ObjectNumber, id: &ObjectId, loses: Option<Loss>) -> usize {
    let place = Place {
        chapter: Chapter::TypeDrops,
        group: number,
        rank: Rank::Drop,
    };
    let statement = format!("DROP TYPE {}", id.sql_name());
    let node = builder.node(
        number,
        Verb::Drop,
        place,
        Body::Pieces(vec![Piece::Statement(statement)]),
    );
    builder.nodes[node].loses = loses;
    node
}

fn add_labels(
    builder: &mut Builder<'_, '_>,
    number: ObjectNumber,
    id: &ObjectId,
    before: &EnumType,
    after: &EnumType,
) {
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

/// The old type makes room for a new one, the columns move over, the old type goes.
fn rebuild(
    builder: &mut Builder<'_, '_>,
    number: ObjectNumber,
    id: &ObjectId,
    before: &EnumType,
    after: &EnumType,
) {
    let Some(name) = id.qualified_name() else {
        return;
    };
    let spare = builder.spare_name(&name);
    let statement = format!(
        "ALTER TYPE {} RENAME TO {}",
        id.sql_name(),
        quote_identifier(&spare.name)
    );
    let place = builder.place(number, Rank::Rename);
    let rename = builder.node(
        number,
        Verb::Alter,
        place,
        Body::Pieces(vec![Piece::Statement(statement)]),
    );
    builder.changes(number, rename);
    builder.frees((Namespace::Type, name), rename);
    let creation = create(builder, number, after);
    builder.edge(rename, creation);
    let labels: Vec<String> = before
        .labels
        .iter()
        .filter(|label| !after.labels.contains(label))
        .cloned()
        .collect();
    let loses = (!labels.is_empty()).then(|| Loss::Labels {
        enum_type: id.clone(),
        labels,
    });
    let old = ObjectId::in_schema(id.kind, &spare.schema, &spare.name);
    let removal = drop(builder, number, &old, loses);
    builder.removes_renamed(number, removal);
    builder.edge(creation, removal);
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
