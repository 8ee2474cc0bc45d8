//! What a partition has as its part of the partitioned table's: indexes, constraints, triggers.

use limbeck_catalog::{ConstraintKind, Definition, IndexKey, IndexSettings, Kind, ObjectId};
use limbeck_sql::{default_name, quote_identifier};

use super::inherited::is_dropped_alone;
use crate::Verb;
use crate::build::{Body, Builder, Piece};
use crate::kinds::index_settings;
use crate::names::Namespace;
use crate::place::Rank;
use crate::sides::ObjectNumber;

/// Whether an index belongs to one of the partitioned table, or a constraint to one.
pub(super) fn is_part(definition: Option<&Definition>) -> bool {
    matches!(definition, Some(Definition::Index(_) | Definition::Constraint(_)))
        && definition.is_some_and(|definition| definition.partition_of().is_some())
}

/// Whether an index or a constraint has the name that PostgreSQL gives to a partition's part of it.
pub(super) fn has_default_name(builder: &Builder<'_, '_>, number: ObjectNumber) -> bool {
    let sides = builder.sides;
    let given = given_columns(builder, number);
    let (Some(definition), Some(home)) = (sides.definition_after(number), sides.home(number)) else {
        return false;
    };
    let id = sides.ids[number];
    let table = sides.ids[home].name();
    let is_free = |_: &str| false;
    let expected = match definition {
        Definition::Index(index) => {
            let keys = given.map_or_else(|| names(&index.keys, &index.include), as_columns);
            default_name::index(table, &keys, &is_free)
        }
        Definition::Constraint(constraint) => match &constraint.definition {
            ConstraintKind::PrimaryKey(_) => default_name::primary_key(table, &is_free),
            ConstraintKind::Unique(key) => {
                let columns: Vec<&String> = match given {
                    Some(given) => given.iter().collect(),
                    None => key.columns.iter().chain(&key.include).collect(),
                };
                default_name::unique(table, &columns, &is_free)
            }
            ConstraintKind::Exclusion(exclusion) => {
                let keys = given.map_or_else(|| names(&exclusion.keys, &exclusion.include), as_columns);
                default_name::exclusion(table, &keys, &is_free)
            }
            _ => constraint
                .partition_of
                .as_ref()
                .map(|origin| origin.name().to_owned())
                .unwrap_or_default(),
        },
        _ => return false,
    };
    let is_taken = id.kind == Kind::Index
        && id.qualified_name().is_some_and(|name| {
            let owners = sides.name_owners().of(&(Namespace::Relation, name));
            owners.iter().any(|other| *other != id)
        });
    expected == id.name() && !is_taken
}

/// The names that the columns of the topmost index were given which a part is a part of: PostgreSQL names the new part
/// after them, whatever the table's columns are called by now. `None` where that index comes too.
fn given_columns<'b>(builder: &'b Builder<'_, '_>, part: ObjectNumber) -> Option<&'b [String]> {
    let sides = builder.sides;
    let mut top = part;
    let mut left = sides.ids.len();
    while let Some(&origin) = sides.origins_after(top).first().filter(|_| left > 0) {
        top = origin;
        left -= 1;
        if !builder.fates.of(top).comes() {
            break;
        }
    }
    let columns = sides.current.index_columns.get(sides.ids[top]);
    let columns = columns.filter(|_| top != part && !builder.fates.of(top).comes())?;
    Some(columns)
}

fn as_columns(names: &[String]) -> Vec<default_name::IndexKey<'_>> {
    names
        .iter()
        .map(|name| default_name::IndexKey::Column(name))
        .collect()
}

fn names<'a>(keys: &'a [IndexKey], include: &'a [String]) -> Vec<default_name::IndexKey<'a>> {
    let keys = keys.iter().map(|key| {
        if key.is_expression {
            default_name::IndexKey::Expression(&key.key)
        } else {
            default_name::IndexKey::Column(&key.key)
        }
    });
    keys.chain(
        include
            .iter()
            .map(|column| default_name::IndexKey::Column(column)),
    )
    .collect()
}

/// The action that brings an object of a child without being told: the one that makes the child, attaches it, or makes
/// what the object is inherited from or a part of.
pub(in crate::kinds) fn brought_by(builder: &Builder<'_, '_>, number: ObjectNumber) -> Option<usize> {
    let sides = builder.sides;
    if !sides.has_children() {
        return None;
    }
    let origins = sides.origins_after(number);
    let home = sides.home(number).filter(|_| !origins.is_empty())?;
    let id = sides.ids[number];
    let part = is_part(sides.definition_after(number));
    if comes_later(builder, number) {
        let origin = *origins.first()?;
        return builder.creation(origin).filter(|_| !part);
    }
    let attaching = builder.bonds.attaching(home);
    if builder.fates.of(home).comes() && attaching.is_none() {
        let is_inherited = part || id.kind == Kind::Trigger || sides.wanted.inherited.contains(id);
        return builder.creation(home).filter(|_| is_inherited);
    }
    let is_rebound = builder.bonds.unbinding(home).is_some();
    if let Some(attaching) = attaching.filter(|_| !is_rebound || id.kind == Kind::Trigger) {
        // Columns and checks are there before.
        let is_brought = id.kind == Kind::Trigger || part && has_default_name(builder, number);
        return Some(attaching).filter(|_| is_brought);
    }
    if part && !has_default_name(builder, number) {
        return None;
    }
    origins
        .iter()
        .copied()
        .filter(|&origin| builder.fates.of(origin).comes())
        .find_map(|origin| builder.creation(origin))
}

/// Whether what the object is inherited from, or a part of, must not be there when the table comes: an index `ON ONLY`
/// the partitioned table, and a check that is not validated, which would be in a new table.
pub(super) fn comes_later(builder: &Builder<'_, '_>, number: ObjectNumber) -> bool {
    let sides = builder.sides;
    sides.origins_after(number).first().is_some_and(|&origin| {
        let is_late = match (sides.definition_after(number), sides.definition_after(origin)) {
            (_, Some(Definition::Index(origin))) => origin.only,
            (Some(Definition::Constraint(own)), Some(Definition::Constraint(origin))) => {
                matches!(own.definition, ConstraintKind::Check(_)) && !own.validated && !origin.validated
            }
            _ => false,
        };
        is_late && builder.fates.of(origin).comes()
    })
}

/// Has an index or a constraint that was made on its own become a part of the partitioned table's.
pub(in crate::kinds) fn take_in(builder: &mut Builder<'_, '_>, number: ObjectNumber, node: usize) {
    let sides = builder.sides;
    let Some(home) = sides
        .home(number)
        .filter(|_| is_part(sides.definition_after(number)))
    else {
        return;
    };
    let Some(&origin) = sides.origins_after(number).first() else {
        return;
    };
    if builder.bonds.attaching(home).is_some() && builder.bonds.unbinding(home).is_none() {
        return;
    }
    let is_only = matches!(sides.definition_after(origin), Some(Definition::Index(index)) if index.only);
    if builder.fates.of(origin).comes() && !is_only {
        builder.bonds.made_first.insert(number, origin);
        if let Some(creation) = builder.creation(origin) {
            builder.edge(node, creation);
        }
    } else {
        let attaching = attach_index(builder, number, origin);
        builder.edge(node, attaching);
        if let Some(creation) = builder.creation(origin) {
            builder.edge(creation, attaching);
        }
    }
}

/// `ALTER INDEX … ATTACH PARTITION …`.
pub(in crate::kinds) fn attach_index(
    builder: &mut Builder<'_, '_>,
    number: ObjectNumber,
    origin: ObjectNumber,
) -> usize {
    let statement = format!(
        "ALTER INDEX {} ATTACH PARTITION {}",
        index_name(builder.sides.ids[origin]),
        index_name(builder.sides.ids[number])
    );
    let place = builder.place(number, Rank::Index);
    let body = Body::Pieces(vec![Piece::Statement(statement)]);
    builder.node(number, Verb::Alter, place, body)
}

/// The name of an index, or of the one that a constraint has.
fn index_name(id: &ObjectId) -> String {
    match (id.kind, id.schema()) {
        (Kind::Constraint, Some(schema)) => {
            format!("{}.{}", quote_identifier(schema), quote_identifier(id.name()))
        }
        _ => id.sql_name(),
    }
}

/// The action that takes an object of a child away without being told.
pub(in crate::kinds) fn gone_with(builder: &Builder<'_, '_>, number: ObjectNumber) -> Option<usize> {
    let sides = builder.sides;
    if !sides.has_children() {
        return None;
    }
    let origins = sides.origins_before(number);
    let home = sides.home(number).filter(|_| !origins.is_empty())?;
    if let Some(removal) = builder.removal(home) {
        return Some(removal);
    }
    let id = sides.ids[number];
    if let Some(detaching) = builder.bonds.detaching(home) {
        return Some(detaching).filter(|_| id.kind == Kind::Trigger);
    }
    if let Some(unbinding) = builder.bonds.unbinding(home)
        && id.kind == Kind::Trigger
    {
        return Some(unbinding);
    }
    let is_inherited = sides.current.inherited.contains(id)
        || sides
            .definition_before(number)
            .is_some_and(|definition| definition.partition_of().is_some());
    origins
        .iter()
        .copied()
        .filter(|&origin| {
            is_inherited && builder.fates.of(origin).goes() && !is_dropped_alone(builder, origin)
        })
        .filter_map(|origin| builder.removal(origin))
        .next_back()
}

/// What is set of an index that comes with its partition, or with the index of the partitioned table: it is stored as
/// that one is.
pub(in crate::kinds) fn settings_brought(builder: &Builder<'_, '_>, number: ObjectNumber) -> IndexSettings {
    let sides = builder.sides;
    let origin = sides.origins_after(number).first().copied();
    let origin = origin.and_then(|origin| sides.definition_after(origin));
    origin
        .and_then(index_settings::of)
        .map(index_settings::when_made)
        .unwrap_or_default()
}
