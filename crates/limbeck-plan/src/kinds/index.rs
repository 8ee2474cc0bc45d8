//! Indexes: created and dropped, also without a transaction; their storage altered.

use limbeck_catalog::{Definition, Index, ObjectId};
use limbeck_sql::quote_identifier;

use super::constraint::removal_of_home_or_column;
use super::{index_settings, partition};
use crate::build::{Body, Builder, Part, Piece};
use crate::fates::Fate;
use crate::place::{Chapter, Place, Rank};
use crate::requirement::Demand;
use crate::sides::ObjectNumber;
use crate::{Verb, render};

/// `CREATE INDEX`.
fn creation(id: &ObjectId, index: &Index, concurrently: bool) -> String {
    let unique = if index.unique { "UNIQUE " } else { "" };
    let concurrently = if concurrently { "CONCURRENTLY " } else { "" };
    let only = if index.only { "ONLY " } else { "" };
    let mut text = format!(
        "CREATE {unique}INDEX {concurrently}{} ON {only}{}",
        quote_identifier(id.name()),
        index.relation.sql_name()
    );
    if index.method != "btree" {
        text.push_str(&format!(" USING {}", quote_identifier(&index.method)));
    }
    let keys: Vec<String> = index.keys.iter().map(render::index_key).collect();
    text.push_str(&format!(" ({})", keys.join(", ")));
    render::push_include(&mut text, &index.include);
    if index.nulls_not_distinct {
        text.push_str(" NULLS NOT DISTINCT");
    }
    render::push_storage(&mut text, &index.settings.options);
    render::push_tablespace(&mut text, index.settings.tablespace.as_ref());
    if let Some(predicate) = &index.predicate {
        text.push_str(&format!(" WHERE {}", render::parenthesised(predicate)));
    }
    text
}

/// Whether nothing differs but what can be set, or what it is a part of: a part can come to the partitioned table's index,
/// which is whole with the last of them, and never leaves it. One that is half built is no good one, whatever it looks
/// like.
pub(super) fn is_alterable(before: &Index, after: &Index) -> bool {
    let mut before = before.clone();
    if before.partition_of.is_none() {
        before.partition_of.clone_from(&after.partition_of);
    }
    before.only &= after.only;
    before.settings.clone_from(&after.settings);
    // Nothing makes an index unusable on purpose.
    before.valid &= after.valid;
    before == *after
}

pub(super) fn build(builder: &mut Builder<'_, '_>, number: ObjectNumber, fate: Fate) {
    let sides = builder.sides;
    let id = sides.ids[number];
    if fate.goes() {
        drop(builder, number);
    }
    match (
        fate,
        sides.definition_before(number),
        sides.definition_after(number),
    ) {
        (Fate::Created | Fate::Replaced, _, Some(Definition::Index(after))) => {
            if let Some(bringer) = partition::brought_by(builder, number) {
                builder.creates(number, bringer);
                let made = partition::settings_brought(builder, number);
                index_settings::alter(builder, number, &made, &after.settings);
                return;
            }
            let concurrently = is_concurrent(builder, number);
            let place = if concurrently {
                Place {
                    chapter: Chapter::ConcurrentCreates,
                    group: number,
                    rank: Rank::Index,
                }
            } else {
                builder.place(number, Rank::Index)
            };
            let body = Body::Pieces(vec![Piece::Statement(creation(id, after, concurrently))]);
            let node = builder.node(number, Verb::Create, place, body);
            builder.nodes[node].transactional = !concurrently;
            if after.unique {
                builder.nodes[node].demands.push(Demand::Holds(number));
            }
            builder.creates(number, node);
            let made = index_settings::when_made(&after.settings);
            index_settings::alter(builder, number, &made, &after.settings);
            partition::take_in(builder, number, node);
        }
        (Fate::Altered, Some(Definition::Index(before)), Some(Definition::Index(after))) => {
            if before.partition_of != after.partition_of
                && let Some(origin) = sides.origins_after(number).first().copied()
            {
                match builder.creation(origin) {
                    Some(creation) => builder.arrives(number, creation, Part::Bare),
                    None => {
                        partition::attach_index(builder, number, origin);
                    }
                }
            }
            index_settings::alter(builder, number, &before.settings, &after.settings);
        }
        _ => {}
    }
}

fn drop(builder: &mut Builder<'_, '_>, number: ObjectNumber) {
    // A key may have taken it over.
    if builder.removal(number).is_some() {
        return;
    }
    let host = removal_of_home_or_column(builder, number);
    let concurrently = host.is_none() && is_concurrent(builder, number);
    let place = if concurrently {
        Place {
            chapter: Chapter::ConcurrentDrops,
            group: number,
            rank: Rank::IndexDrop,
        }
    } else {
        builder.place(number, Rank::IndexDrop)
    };
    let how = if concurrently { "CONCURRENTLY " } else { "" };
    let statement = format!("DROP INDEX {how}{}", builder.sides.ids[number].sql_name());
    let node = builder.node(
        number,
        Verb::Drop,
        place,
        Body::Pieces(vec![Piece::Statement(statement)]),
    );
    builder.nodes[node].vertex.host = host;
    builder.nodes[node].transactional = !concurrently;
    if let Some(Definition::Index(Index { valid: false, .. })) = builder.sides.definition_before(number) {
        let name = builder.sides.ids[number];
        builder.nodes[node].note = Some(match builder.fates.of(number) {
            Fate::Replaced => format!("{name} is invalid, and built again"),
            _ => format!("{name} is invalid"),
        });
    }
    builder.removes(number, node);
}

/// Whether the index is on a relation that stays, where others may be at work.
fn is_concurrent(builder: &Builder<'_, '_>, number: ObjectNumber) -> bool {
    let stays = |relation| matches!(builder.fates.of(relation), Fate::Stays | Fate::Altered);
    let is_of_partitions = |definition: Option<&Definition>| match definition {
        Some(Definition::Index(index)) => index.partition_of.is_some(),
        Some(Definition::Table(table)) => table.partition_key.is_some(),
        _ => false,
    };
    // PostgreSQL has no such way for all partitions at once.
    let sides = builder.sides;
    let objects = [Some(number), sides.home(number)].into_iter().flatten();
    let mut definitions =
        objects.flat_map(|number| [sides.definition_before(number), sides.definition_after(number)]);
    if definitions.any(is_of_partitions) {
        return false;
    }
    builder.options.concurrently
        && !builder.options.one_transaction
        && builder.sides.home(number).is_some_and(stays)
}
