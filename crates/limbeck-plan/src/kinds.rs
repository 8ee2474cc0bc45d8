//! How each kind of object is created, altered, dropped, and what of it can change in place.

pub(crate) mod column;
pub(crate) mod column_settings;
pub(crate) mod constraint;
pub(crate) mod default_privileges;
pub(crate) mod enum_type;
pub(crate) mod extension;
pub(crate) mod index;
pub(crate) mod index_settings;
pub(crate) mod privileges;
pub(crate) mod routine;
pub(crate) mod schema;
pub(crate) mod sequence;
pub(crate) mod sequence_options;
pub(crate) mod table;
pub(crate) mod trigger;
pub(crate) mod view;

use limbeck_catalog::{Definition, ObjectId};

use crate::build::Builder;
use crate::fates::Fate;
use crate::notes;
use crate::sides::ObjectNumber;

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
    let first = builder.nodes.len();
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
        Some(Definition::DefaultPrivileges(_)) => default_privileges::build(builder, number, fate),
        Some(Definition::Privileges(_)) => privileges::build(builder, number, fate),
        // A kind that this version of the catalogue does not have.
        _ => {}
    }
    notes::build(builder, number, first);
}
