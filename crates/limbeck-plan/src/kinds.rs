//! How each kind of object is created, altered, dropped, and what of it can change in place.

pub(crate) mod aggregate;
pub(crate) mod cast;
pub(crate) mod collation;
pub(crate) mod column;
pub(crate) mod column_settings;
pub(crate) mod composite_type;
pub(crate) mod constraint;
pub(crate) mod data_type;
pub(crate) mod default_privileges;
pub(crate) mod domain;
pub(crate) mod enum_type;
pub(crate) mod event_trigger;
pub(crate) mod extension;
pub(crate) mod foreign;
pub(crate) mod foreign_table;
pub(crate) mod index;
pub(crate) mod index_settings;
pub(crate) mod partition;
pub(crate) mod policy;
pub(crate) mod privileges;
pub(crate) mod publication;
pub(crate) mod range_type;
pub(crate) mod routine;
pub(crate) mod rule;
pub(crate) mod schema;
pub(crate) mod sequence;
pub(crate) mod sequence_options;
pub(crate) mod statistics;
pub(crate) mod table;
pub(crate) mod text_search;
pub(crate) mod trigger;
pub(crate) mod typed_table;
pub(crate) mod view;

use limbeck_catalog::{Definition, Domain, Kind, RangeType};

use crate::build::{Body, Builder, Part, Piece};
use crate::fates::Fate;
use crate::notes;
use crate::place::{Place, Rank};
use crate::sides::{ObjectNumber, Sides};
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
        (Definition::Table(before), Definition::Table(after)) => table::is_alterable(before, after),
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
        (Definition::Composite(before), Definition::Composite(after)) => {
            composite_type::is_alterable(before, after)
        }
        (Definition::Range(before), Definition::Range(after)) => range_type::is_alterable(before, after),
        (Definition::Domain(before), Definition::Domain(after)) => domain::is_alterable(before, after),
        (Definition::DomainConstraint(before), Definition::DomainConstraint(after)) => {
            domain::is_constraint_alterable(before, after)
        }
        (Definition::Collation(before), Definition::Collation(after)) => before == after,
        (Definition::Cast(before), Definition::Cast(after)) => before == after,
        (Definition::TextSearchDictionary(before), Definition::TextSearchDictionary(after)) => {
            text_search::is_dictionary_alterable(before, after)
        }
        (Definition::TextSearchConfiguration(before), Definition::TextSearchConfiguration(after)) => {
            text_search::is_configuration_alterable(before, after)
        }
        _ => std::mem::discriminant(before) == std::mem::discriminant(after),
    }
}

/// The statements that make an object which is made of nothing but itself: a schema, an extension, a type.
pub(crate) fn creation(sides: &Sides<'_>, number: ObjectNumber) -> Vec<String> {
    let id = sides.ids[number];
    let statement = match sides.definition_after(number) {
        Some(Definition::Schema(_)) => schema::creation(id),
        Some(Definition::Extension(extension)) => extension::creation(id, extension),
        Some(Definition::Collation(collation)) => collation::creation(id, collation),
        Some(Definition::Enum(enum_type)) => enum_type::creation(id, enum_type),
        Some(Definition::Composite(composite)) => composite_type::creation(sides, id, composite),
        Some(Definition::Range(range)) => range_type::creation(id, range),
        Some(Definition::Domain(domain)) => domain::creation(id, domain, &[]),
        Some(Definition::Cast(cast)) => cast::creation(id, cast),
        Some(Definition::TextSearchDictionary(dictionary)) => {
            text_search::dictionary_creation(id, dictionary)
        }
        Some(Definition::TextSearchConfiguration(configuration)) => {
            return text_search::configuration_creation(id, configuration);
        }
        _ => return Vec::new(),
    };
    vec![statement]
}

/// As [`creation`], without what a type can do without where only its values are asked about: defaults, and the
/// functions that they and a range call.
pub(crate) fn bare_creation(sides: &Sides<'_>, number: ObjectNumber) -> Vec<String> {
    let id = sides.ids[number];
    match sides.definition_after(number) {
        Some(Definition::Range(range)) => {
            let bare = RangeType {
                canonical: None,
                subtype_diff: None,
                ..range.clone()
            };
            vec![range_type::creation(id, &bare)]
        }
        Some(Definition::Domain(domain)) => {
            let bare = Domain {
                default: None,
                ..domain.clone()
            };
            vec![domain::creation(id, &bare, &[])]
        }
        _ => creation(sides, number),
    }
}

/// Adds the nodes for what becomes of an object.
pub(crate) fn build(builder: &mut Builder<'_, '_>, number: ObjectNumber) {
    let fate = builder.fates.of(number);
    if fate == Fate::Stays {
        return;
    }
    let sides = builder.sides;
    let first = builder.nodes.len();
    match (sides.definition_before(number), sides.definition_after(number)) {
        // One name, and something else: a composite type where a table was.
        (Some(before), Some(after))
            if std::mem::discriminant(before) != std::mem::discriminant(after)
                && sides.ids[number].kind != Kind::Type =>
        {
            build_as(builder, number, before, Fate::Dropped);
            build_as(builder, number, after, Fate::Created);
        }
        (before, after) => {
            if let Some(definition) = before.or(after) {
                build_as(builder, number, definition, fate);
            }
        }
    }
    notes::build(builder, number, first);
}

/// Adds the nodes for what becomes of an object, by what it is.
fn build_as(builder: &mut Builder<'_, '_>, number: ObjectNumber, definition: &Definition, fate: Fate) {
    match definition {
        Definition::Schema(_) => schema::build(builder, number, fate),
        Definition::Extension(_) => extension::build(builder, number, fate),
        Definition::Collation(_)
        | Definition::Enum(_)
        | Definition::Composite(_)
        | Definition::Range(_)
        | Definition::Domain(_)
        | Definition::Cast(_)
        | Definition::TextSearchDictionary(_)
        | Definition::TextSearchConfiguration(_) => data_type::build(builder, number, fate),
        Definition::Attribute(_) => composite_type::build_attribute(builder, number, fate),
        Definition::DomainConstraint(_) => domain::build_constraint(builder, number, fate),
        Definition::Sequence(_) => sequence::build(builder, number, fate),
        Definition::Table(_) => table::build(builder, number, fate),
        Definition::Column(_) => column::build(builder, number, fate),
        Definition::Constraint(_) => constraint::build(builder, number, fate),
        Definition::Index(_) => index::build(builder, number, fate),
        Definition::View(_) => view::build(builder, number, fate),
        Definition::Routine(_) => routine::build(builder, number, fate),
        Definition::Trigger(_) => trigger::build(builder, number, fate),
        Definition::Aggregate(_) => aggregate::build(builder, number, fate),
        Definition::Rule(_) => rule::build(builder, number, fate),
        Definition::Policy(_) => policy::build(builder, number, fate),
        Definition::EventTrigger(_) => event_trigger::build(builder, number, fate),
        Definition::Statistics(_) => statistics::build(builder, number, fate),
        Definition::Publication(_) => publication::build(builder, number, fate),
        Definition::ForeignDataWrapper(_) | Definition::Server(_) | Definition::UserMapping(_) => {
            foreign::build(builder, number, fate);
        }
        Definition::ForeignTable(_) => foreign_table::build(builder, number, fate),
        Definition::DefaultPrivileges(_) => default_privileges::build(builder, number, fate),
        Definition::Privileges(_) => privileges::build(builder, number, fate),
        // A kind that this version of the catalogue does not have.
        _ => {}
    }
}

/// Adds the node that drops an object by a plain `DROP`, unless a host takes it along.
fn drop(builder: &mut Builder<'_, '_>, number: ObjectNumber, place: Place, host: Option<usize>) -> usize {
    let sides = builder.sides;
    let target = render::target(sides.ids[number], sides.definition_before(number));
    let body = Body::Pieces(vec![Piece::Statement(format!("DROP {target}"))]);
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
