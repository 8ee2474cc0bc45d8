//! How each kind of object is created, altered, dropped, and what of it can change in place.

pub(crate) mod aggregate;
pub(crate) mod column;
pub(crate) mod column_settings;
pub(crate) mod constraint;
pub(crate) mod enum_type;
pub(crate) mod event_trigger;
pub(crate) mod extension;
pub(crate) mod foreign;
pub(crate) mod foreign_table;
pub(crate) mod index;
pub(crate) mod index_settings;
pub(crate) mod policy;
pub(crate) mod publication;
pub(crate) mod routine;
pub(crate) mod rule;
pub(crate) mod schema;
pub(crate) mod sequence;
pub(crate) mod sequence_options;
pub(crate) mod statistics;
pub(crate) mod table;
pub(crate) mod trigger;
pub(crate) mod view;

use limbeck_catalog::{Definition, ObjectId};

use crate::build::{Body, Builder, Part, Piece};
use crate::fates::Fate;
use crate::place::{Place, Rank};
use crate::sides::ObjectNumber;
use crate::{Verb, render};

/// Whether one can be turned into the other where it stands.
pub(crate) fn is_alterable(before: &Definition, after: &Definition, server_version_num: u32) -> bool {
    match (before, after) {
        (Definition::Column(before), Definition::Column(after)) => {
            column::is_alterable(before, after, server_version_num)
        }
        (Definition::Constraint(before), Definition::Constraint(after)) => {
            constraint::is_alterable(before, after)
        }
        (Definition::Index(before), Definition::Index(after)) => index::is_alterable(before, after),
        (Definition::Enum(before), Definition::Enum(after)) => enum_type::is_alterable(before, after),
        (Definition::View(before), Definition::View(after)) => {
            view::is_alterable(before, after, server_version_num)
        }
        (Definition::Routine(before), Definition::Routine(after)) => routine::is_alterable(before, after),
        (Definition::Trigger(before), Definition::Trigger(after)) => trigger::is_alterable(before, after),
        (Definition::Aggregate(before), Definition::Aggregate(after)) => {
            aggregate::is_alterable(before, after)
        }
        (Definition::Policy(before), Definition::Policy(after)) => policy::is_alterable(before, after),
        (Definition::EventTrigger(before), Definition::EventTrigger(after)) => {
            event_trigger::is_alterable(before, after)
        }
        (Definition::Statistics(before), Definition::Statistics(after)) => {
            statistics::is_alterable(before, after)
        }
        (Definition::Publication(before), Definition::Publication(after)) => {
            publication::is_alterable(before, after)
        }
        (Definition::Server(before), Definition::Server(after)) => foreign::is_alterable(before, after),
        (Definition::ForeignTable(before), Definition::ForeignTable(after)) => {
            foreign_table::is_alterable(before, after)
        }
        _ => true,
    }
}

/// The statement that makes a schema, an extension or a type.
pub(crate) fn creation(id: &ObjectId, definition: &Definition) -> Option<String> {
    match definition {
        Definition::Schema(_) => Some(schema::creation(id)),
        Definition::Extension(extension) => Some(extension::creation(id, extension)),
        Definition::Enum(enum_type) => Some(enum_type::creation(id, enum_type)),
        _ => None,
    }
}

/// Adds the nodes for what becomes of an object.
pub(crate) fn build(builder: &mut Builder<'_, '_>, number: ObjectNumber) {
    let fate = builder.fates.of(number);
    if fate == Fate::Stays {
        return;
    }
    let sides = builder.sides;
    let (before, after) = (sides.definition_before(number), sides.definition_after(number));
    match before.or(after) {
        Some(Definition::Schema(_)) => schema::build(builder, number, fate),
        Some(Definition::Extension(_)) => extension::build(builder, number, fate),
        Some(Definition::Enum(_)) => enum_type::build(builder, number, fate),
        Some(Definition::Sequence(_)) => sequence::build(builder, number, fate),
        Some(Definition::Table(_)) => table::build(builder, number, fate),
        Some(Definition::Column(_)) => column::build(builder, number, fate),
        Some(Definition::Constraint(_)) => constraint::build(builder, number, fate),
        Some(Definition::Index(_)) => index::build(builder, number, fate),
        Some(Definition::View(_)) => view::build(builder, number, fate),
        Some(Definition::Routine(_)) => routine::build(builder, number, fate),
        Some(Definition::Trigger(_)) => trigger::build(builder, number, fate),
        Some(Definition::Aggregate(_)) => aggregate::build(builder, number, fate),
        Some(Definition::Rule(_)) => rule::build(builder, number, fate),
        Some(Definition::Policy(_)) => policy::build(builder, number, fate),
        Some(Definition::EventTrigger(_)) => event_trigger::build(builder, number, fate),
        Some(Definition::Statistics(_)) => statistics::build(builder, number, fate),
        Some(Definition::Publication(_)) => publication::build(builder, number, fate),
        Some(Definition::ForeignDataWrapper(_) | Definition::Server(_) | Definition::UserMapping(_)) => {
            foreign::build(builder, number, fate)
        }
        Some(Definition::ForeignTable(_)) => foreign_table::build(builder, number, fate),
        // A kind that this version of the catalogue does not have.
        _ => {}
    }
    if after.is_some() {
        builder.comment(number);
    }
}

/// Adds the node that drops an object by a plain `DROP`, unless a host takes it along.
fn drop(builder: &mut Builder<'_, '_>, number: ObjectNumber, place: Place, host: Option<usize>) -> usize {
    let statement = format!("DROP {}", render::target(builder.sides.ids[number]));
    let body = Body::Pieces(vec![Piece::Statement(statement)]);
    let node = builder.node(number, Verb::Drop, place, body);
    builder.nodes[node].vertex.host = host;
    builder.removes(number, node);
    node
}

/// Adds the node of a statement that creates an object, or puts another definition in the old one's place.
fn put_in_place(
    builder: &mut Builder<'_, '_>,
    number: ObjectNumber,
    fate: Fate,
    rank: Rank,
    statement: String,
) -> usize {
    let place = builder.place(number, rank);
    let body = Body::Pieces(vec![Piece::Statement(statement)]);
    if fate.comes() {
        let node = builder.node(number, Verb::Create, place, body);
        builder.creates(number, node);
        node
    } else {
        let node = builder.node(number, Verb::Alter, place, body);
        builder.arrives(number, node, Part::Whole);
        builder.releases(number, node, Part::Whole);
        node
    }
}
