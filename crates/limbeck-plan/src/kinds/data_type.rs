//! What types, domains, collations, casts and the objects of text search have in common: created and dropped as one
//! statement. Where rows hold values of what is replaced, the old object makes room under another name, all that uses
//! it moves over to the new one, and the old one goes.

use limbeck_catalog::{Definition, Kind, ObjectId};
use limbeck_sql::quote_identifier;

use super::{domain, enum_type, range_type, text_search};
use crate::build::{Body, Builder, Part, Piece};
use crate::fates::Fate;
use crate::place::{Chapter, Place, Rank};
use crate::precision;
use crate::sides::ObjectNumber;
use crate::{Loss, Verb, render};

/// How long a line of a definition may be before it is broken.
pub(super) const LINE: usize = 100;

pub(super) fn build(builder: &mut Builder<'_, '_>, number: ObjectNumber, fate: Fate) {
    let id = builder.sides.ids[number];
    match fate {
        Fate::Created => {
            create(builder, number, None);
        }
        Fate::Dropped => {
            let chapter = match id.kind {
                Kind::Cast => Chapter::RoutineDrops,
                _ => Chapter::TypeDrops,
            };
            remove(builder, number, id, chapter);
        }
        Fate::Replaced if builder.fates.is_exchanged(number) => exchange(builder, number, id),
        Fate::Replaced => {
            remove(builder, number, id, Chapter::Clearing);
            create(builder, number, None);
        }
        Fate::Altered => alter(builder, number),
        Fate::Stays => {}
    }
    comment_on_part(builder, number, fate);
}

/// The comment on what comes with an object and has none of its own: a domain's `NOT NULL`, the multirange of a range.
fn comment_on_part(builder: &mut Builder<'_, '_>, number: ObjectNumber, fate: Fate) {
    let sides = builder.sides;
    let id = sides.ids[number];
    let of = |definition: Option<&Definition>| match definition? {
        Definition::Domain(domain) => domain.not_null_comment.clone(),
        Definition::Range(range) => range.multirange_comment.clone(),
        _ => None,
    };
    let target = match sides.definition_after(number) {
        Some(Definition::Domain(domain)) if domain.not_null => format!(
            "CONSTRAINT {} ON DOMAIN {}",
            quote_identifier(&domain::not_null_name(id, domain)),
            id.sql_name()
        ),
        Some(Definition::Range(range)) => format!("TYPE {}", range.multirange),
        _ => return,
    };
    let before = of(sides.definition_before(number)).filter(|_| !fate.goes());
    let after = of(sides.definition_after(number));
    if before == after {
        return;
    }
    let text = render::comment(after.as_deref());
    let body = Body::Pieces(vec![Piece::Statement(format!("COMMENT ON {target} IS {text}"))]);
    let place = builder.place(number, Rank::Comment);
    let others: Vec<usize> = builder
        .nodes_of(number)
        .filter(|&other| builder.nodes[other].verb != Verb::Drop)
        .collect();
    let node = builder.node(number, Verb::Alter, place, body);
    builder.arrives(number, node, Part::Bare);
    for other in others {
        builder.edge(other, node);
    }
}

/// Adds the nodes that make the object; `moved` is the one that makes room for it.
fn create(builder: &mut Builder<'_, '_>, number: ObjectNumber, moved: Option<usize>) -> usize {
    let sides = builder.sides;
    let body = match sides.definition_after(number) {
        Some(Definition::Domain(_)) => Body::CreateDomain,
        _ => {
            let statements = super::creation(sides, number);
            Body::Pieces(statements.into_iter().map(Piece::Statement).collect())
        }
    };
    let place = builder.place(number, Rank::Table);
    let node = builder.node(number, Verb::Create, place, body);
    builder.creates(number, node);
    domain::set_default_apart(builder, number, node);
    if let Some(function) = range_type::canonical(sides, number, true) {
        let statement = format!("CREATE TYPE {}", sides.ids[number].sql_name());
        let place = builder.place(number, Rank::Sequence);
        let body = Body::Pieces(vec![Piece::Statement(statement)]);
        let mention = builder.node(number, Verb::Create, place, body);
        builder.is_mentioned(number, mention, function);
        builder.edge(mention, node);
        if let Some(moved) = moved {
            builder.edge(moved, mention);
        }
    }
    node
}

/// Drops the object.
fn remove(builder: &mut Builder<'_, '_>, number: ObjectNumber, id: &ObjectId, chapter: Chapter) {
    let node = drop(builder, number, id, chapter);
    builder.removes(number, node);
    domain::drop_default_apart(builder, number, node);
}

/// Drops the object, which may have another name by then.
fn drop(builder: &mut Builder<'_, '_>, number: ObjectNumber, id: &ObjectId, chapter: Chapter) -> usize {
    let place = Place {
        chapter,
        group: number,
        rank: Rank::Drop,
    };
    let canonical = range_type::canonical(builder.sides, number, false);
    let statement = format!(
        "DROP {} {}{}",
        id.kind.as_str().to_uppercase(),
        id.sql_name(),
        if canonical.is_some() { " CASCADE" } else { "" }
    );
    let body = Body::Pieces(vec![Piece::Statement(statement)]);
    let node = builder.node(number, Verb::Drop, place, body);
    if let Some(function) = canonical {
        builder.takes_along(function, node);
    }
    node
}

/// The old object makes room for a new one, what uses it moves over, the old one goes.
fn exchange(builder: &mut Builder<'_, '_>, number: ObjectNumber, id: &ObjectId) {
    let sides = builder.sides;
    let (Some(name), Some(before)) = (id.qualified_name(), sides.definition_before(number)) else {
        return;
    };
    let spare = builder.spare_name(id.kind, &name);
    let mut pieces = vec![Piece::Statement(format!(
        "ALTER {} {} RENAME TO {}",
        id.kind.as_str().to_uppercase(),
        id.sql_name(),
        quote_identifier(&spare.name)
    ))];
    if let Definition::Range(range) = before {
        pieces.extend(range_type::make_room(builder, number, range, &spare));
    }
    let place = builder.place(number, Rank::Rename);
    let moved = builder.node(number, Verb::Alter, place, Body::Pieces(pieces));
    builder.changes(number, moved);
    builder.frees_names(number, id, moved);
    domain::release_default(builder, number, moved);
    let creation = create(builder, number, Some(moved));
    builder.edge(moved, creation);
    let old = ObjectId::in_schema(id.kind, &spare.schema, &spare.name);
    let removal = drop(builder, number, &old, Chapter::TypeDrops);
    builder.nodes[removal].loses = loss(builder, number, id);
    builder.removes_renamed(number, removal);
    builder.edge(creation, removal);
}

/// What the new object has no room for.
fn loss(builder: &Builder<'_, '_>, number: ObjectNumber, id: &ObjectId) -> Option<Loss> {
    let sides = builder.sides;
    match (sides.definition_before(number)?, sides.definition_after(number)?) {
        (Definition::Enum(before), Definition::Enum(after)) => {
            let mut labels = enum_type::lost_labels(before, after);
            let merged = sides.merged_labels(number);
            labels.retain(|label| !merged.iter().any(|(from, _)| from == label));
            let lost = (!labels.is_empty()).then(|| Loss::Labels {
                enum_type: id.clone(),
                labels,
            });
            let mixed = (!merged.is_empty()).then(|| Loss::MergedLabels {
                enum_type: id.clone(),
                labels: merged.to_vec(),
            });
            Loss::both(lost, mixed)
        }
        (Definition::Composite(before), Definition::Composite(after)) => {
            let lost = before
                .attributes
                .iter()
                .find(|name| !after.attributes.contains(name))?;
            Some(Loss::Values {
                column: ObjectId::in_relation(Kind::Column, &id.qualified_name()?, lost),
            })
        }
        (Definition::Domain(before), Definition::Domain(after)) => {
            precision::is_lost(&before.data_type, &after.data_type).then(|| Loss::Precision {
                column: id.clone(),
                from: before.data_type.clone(),
                to: after.data_type.clone(),
            })
        }
        _ => None,
    }
}

fn alter(builder: &mut Builder<'_, '_>, number: ObjectNumber) {
    let sides = builder.sides;
    let (Some(before), Some(after)) = (sides.definition_before(number), sides.definition_after(number))
    else {
        return;
    };
    match (before, after) {
        (Definition::Enum(before), Definition::Enum(after)) => {
            enum_type::add_labels(builder, number, before, after);
        }
        (Definition::Range(before), Definition::Range(after)) => {
            range_type::alter(builder, number, before, after);
        }
        (Definition::Domain(before), Definition::Domain(after)) => {
            domain::alter(builder, number, before, after);
        }
        (Definition::TextSearchDictionary(before), Definition::TextSearchDictionary(after)) => {
            text_search::alter_dictionary(builder, number, before, after);
        }
        (Definition::TextSearchConfiguration(before), Definition::TextSearchConfiguration(after)) => {
            text_search::alter_configuration(builder, number, before, after);
        }
        _ => {}
    }
}

/// A definition on one line, or with each of its parts on its own where that would be too long: `head (a, b)`.
pub(super) fn listed(head: &str, parts: &[String]) -> String {
    let line = format!("{head} ({})", parts.join(", "));
    if line.chars().count() <= LINE || parts.is_empty() {
        line
    } else {
        format!("{head} (\n    {}\n)", parts.join(",\n    "))
    }
}
