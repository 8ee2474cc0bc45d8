//! Sequences: created, altered, given to a column and taken from it, dropped.

use limbeck_catalog::{Definition, Kind, ObjectId, Sequence, SequenceOptions};
use limbeck_sql::quote_identifier;

use super::sequence_options;
use crate::build::{Body, Builder, Part, Piece};
use crate::fates::Fate;
use crate::place::{Chapter, Place, Rank};
use crate::render::{self, regclass};
use crate::sides::ObjectNumber;
use crate::{Loss, Verb};

/// `CREATE SEQUENCE`.
pub(crate) fn creation(id: &ObjectId, sequence: &Sequence) -> String {
    let unlogged = if sequence.unlogged { "UNLOGGED " } else { "" };
    let clauses = sequence_options::create(&sequence.options, "bigint");
    let mut text = format!("CREATE {unlogged}SEQUENCE {}", id.sql_name());
    for clause in clauses {
        text.push_str(&format!(" {clause}"));
    }
    text
}

/// Has a sequence go on after the greatest value that a column holds, where it holds one in the sequence's range.
pub(crate) fn continue_after_column(sequence: &str, column: &ObjectId, options: &SequenceOptions) -> String {
    let name = quote_identifier(column.name());
    let (last, low, high) = if options.increment > 0 {
        (format!("max({name})"), options.start, options.maximum)
    } else {
        (format!("min({name})"), options.minimum, options.start)
    };
    format!(
        "SELECT setval({}, {last}) FROM {} HAVING {last} BETWEEN {low} AND {high}",
        regclass(sequence),
        render::relation(column)
    )
}

/// Whether sequences can be unlogged, and follow their table when it becomes so.
pub(super) fn has_persistence(builder: &Builder<'_, '_>) -> bool {
    builder.sides.server_version_num >= 150_000
}

/// `ALTER SEQUENCE … SET UNLOGGED`, or the other way.
pub(super) fn set_persistence(sequence: &dyn std::fmt::Display, unlogged: bool) -> String {
    let how = if unlogged { "UNLOGGED" } else { "LOGGED" };
    format!("ALTER SEQUENCE {sequence} SET {how}")
}

pub(super) fn build(builder: &mut Builder<'_, '_>, number: ObjectNumber, fate: Fate) {
    let sides = builder.sides;
    let before = match sides.definition_before(number) {
        Some(Definition::Sequence(before)) => Some(before),
        _ => None,
    };
    let after = match sides.definition_after(number) {
        Some(Definition::Sequence(after)) => Some(after),
        _ => None,
    };
    if fate == Fate::Replaced
        && let Some(before) = before
    {
        drop(builder, number, before);
    }
    match (fate, before, after) {
        (Fate::Created | Fate::Replaced, _, Some(after)) => create(builder, number, after),
        (Fate::Dropped, Some(before), _) => drop(builder, number, before),
        (Fate::Altered, Some(before), Some(after)) => alter(builder, number, before, after),
        _ => {}
    }
}

fn create(builder: &mut Builder<'_, '_>, number: ObjectNumber, after: &Sequence) {
    let sides = builder.sides;
    let id = sides.ids[number];
    // A column that was an identity may have made it already.
    let is_made = builder.creation(number).is_some();
    if !is_made {
        let place = builder.place(number, Rank::Sequence);
        let body = Body::Pieces(vec![Piece::Statement(creation(id, after))]);
        let node = builder.node(number, Verb::Create, place, body);
        builder.creates(number, node);
    }
    let Some(owner) = &after.owned_by else {
        return;
    };
    let mut pieces = vec![owned_by(id, Some(owner))];
    let column_stays = sides.number(owner).is_some_and(|owner| {
        sides.stays(owner)
            && !matches!(builder.fates.of(owner), Fate::Replaced)
            // The rows of a foreign table are not for us to count.
            && !sides.is_foreign(owner)
    });
    if column_stays && !is_made {
        let statement = continue_after_column(&id.sql_name(), owner, &after.options);
        pieces.push(Piece::Statement(statement));
    }
    let place = builder.place(number, Rank::SequenceOwner);
    let node = builder.node(number, Verb::Alter, place, Body::Pieces(pieces));
    builder.arrives(number, node, Part::Owner);
    if let Some(creation) = builder.creation(number) {
        builder.edge(creation, node);
    }
}

fn drop(builder: &mut Builder<'_, '_>, number: ObjectNumber, before: &Sequence) {
    // A column that becomes an identity may have dropped it already.
    if builder.removal(number).is_some() {
        return;
    }
    let id = builder.sides.ids[number];
    let place = Place {
        chapter: Chapter::TableDrops,
        group: number,
        rank: Rank::Drop,
    };
    let body = Body::Pieces(vec![Piece::Statement(format!("DROP SEQUENCE {}", id.sql_name()))]);
    let node = builder.node(number, Verb::Drop, place, body);
    builder.nodes[node].loses = Some(Loss::Position { sequence: id.clone() });
    // An owned sequence goes with its column, and cannot go alone before it.
    builder.nodes[node].vertex.firmness = 2;
    builder.nodes[node].vertex.host = before
        .owned_by
        .as_ref()
        .and_then(|owner| builder.sides.number(owner))
        .and_then(|owner| builder.removal(owner));
    builder.removes(number, node);
}

fn alter(builder: &mut Builder<'_, '_>, number: ObjectNumber, before: &Sequence, after: &Sequence) {
    let id = builder.sides.ids[number];
    let name = id.sql_name();
    let mut pieces = Vec::new();
    let clauses = sequence_options::alter(&before.options, &after.options);
    if !clauses.is_empty() {
        pieces.extend(keep_within_bounds(&name, &before.options, &after.options).map(Piece::Statement));
        pieces.push(Piece::Statement(format!(
            "ALTER SEQUENCE {name} {}",
            clauses.join(" ")
        )));
    }
    if before.unlogged != after.unlogged && !follows_table(builder, before) {
        pieces.push(Piece::Statement(set_persistence(&name, after.unlogged)));
    }
    if !pieces.is_empty() {
        let place = builder.place(number, Rank::Sequence);
        let node = builder.node(number, Verb::Alter, place, Body::Pieces(pieces));
        builder.arrives(number, node, Part::Bare);
        builder.awaits(number, node);
    }
    let owner_is_replaced = before
        .owned_by
        .as_ref()
        .and_then(|owner| builder.sides.number(owner))
        .is_some_and(|owner| builder.fates.of(owner) == Fate::Replaced);
    if before.owned_by == after.owned_by && owner_is_replaced {
        // It outlives the column that it belongs to, and belongs to the next one.
        let place = builder.place(number, Rank::OwnerDrop);
        let node = builder.node(number, Verb::Alter, place, Body::Pieces(vec![owned_by(id, None)]));
        builder.releases(number, node, Part::Owner);
        let place = builder.place(number, Rank::SequenceOwner);
        let body = Body::Pieces(vec![owned_by(id, after.owned_by.as_ref())]);
        let again = builder.node(number, Verb::Alter, place, body);
        builder.arrives(number, again, Part::Owner);
        builder.edge(node, again);
    } else if before.owned_by != after.owned_by {
        let rank = if after.owned_by.is_some() {
            Rank::SequenceOwner
        } else {
            Rank::OwnerDrop
        };
        let place = builder.place(number, rank);
        let body = Body::Pieces(vec![owned_by(id, after.owned_by.as_ref())]);
        let node = builder.node(number, Verb::Alter, place, body);
        builder.arrives(number, node, Part::Owner);
        builder.releases(number, node, Part::Owner);
    }
}

/// Whether the table that owns the sequence changes its persistence, and takes the sequence along.
fn follows_table(builder: &Builder<'_, '_>, before: &Sequence) -> bool {
    let owner = before
        .owned_by
        .as_ref()
        .and_then(|owner| builder.sides.number(owner));
    owner
        .and_then(|owner| builder.sides.home(owner))
        .is_some_and(|table| builder.persistence.contains_key(&table))
}

fn owned_by(id: &ObjectId, owner: Option<&ObjectId>) -> Piece {
    let owner = owner.map_or_else(|| "NONE".to_owned(), ObjectId::sql_name);
    Piece::Statement(format!("ALTER SEQUENCE {} OWNED BY {owner}", id.sql_name()))
}

/// Moves a sequence into its new bounds where it may stand outside: PostgreSQL refuses bounds that exclude it.
pub(crate) fn keep_within_bounds(
    name: &str,
    before: &SequenceOptions,
    after: &SequenceOptions,
) -> Option<String> {
    let (low, high) = (
        after.minimum.max(before.minimum),
        after.maximum.min(before.maximum),
    );
    (sequence_options::may_leave_bounds(before, after) && low <= high).then(|| {
        format!(
            "SELECT setval({}, least(greatest(last_value, {low}), {high}), \
             is_called AND last_value BETWEEN {low} AND {high}) FROM {name}",
            regclass(name)
        )
    })
}

/// The sequence behind a `serial` column: owned by it, and used by its default.
pub(super) fn of_column(builder: &Builder<'_, '_>, column: ObjectNumber, fate: Fate) -> Option<ObjectNumber> {
    let sides = builder.sides;
    let needs = match fate {
        Fate::Dropped => &sides.needs_before[column],
        _ => &sides.needs_after[column],
    };
    needs.iter().copied().find(|&needed| {
        let definition = match fate {
            Fate::Dropped => sides.definition_before(needed),
            _ => sides.definition_after(needed),
        };
        sides.ids[needed].kind == Kind::Sequence
            && builder.fates.of(needed) == fate
            && matches!(definition, Some(Definition::Sequence(sequence))
                if sequence.owned_by.as_ref() == Some(sides.ids[column]))
    })
}
