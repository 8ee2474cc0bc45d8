//! Partitions and inheritance children: how they come to their parents and leave them, and what they have from them
//! without being told.

mod bonds;
mod inherited;
mod order;
mod parts;

use std::borrow::Cow;

use limbeck_catalog::{ConstraintKind, Definition, PartitionKey, Table};

use crate::build::Builder;
use crate::render;
use crate::requirement::Demand;
use crate::sides::ObjectNumber;

pub(crate) use bonds::{Bonds, leavings};
pub(super) use bonds::{alter, before_drop};
pub(super) use inherited::{inherited_column, inherited_not_null, is_dropped_alone, merged_column};
pub(crate) use order::connect;
pub(super) use parts::{attach_index, brought_by, gone_with, settings_brought, take_in};

use bonds::attach;
use inherited::has_inherited_names;
use parts::{comes_later, has_default_name, is_part};

/// `PARTITION BY RANGE (id, lower(name))`.
pub(super) fn key_clause(key: &PartitionKey) -> String {
    let parts: Vec<String> = key
        .keys
        .iter()
        .map(|part| {
            render::key_part(
                &part.key,
                part.is_expression,
                part.collation.as_ref(),
                part.operator_class.as_ref(),
            )
        })
        .collect();
    format!("PARTITION BY {} ({})", key.strategy.as_str(), parts.join(", "))
}

/// Says how a table that is made comes to its parents: a partition by `PARTITION OF`, or made as a table and attached,
/// where its indexes do not have the names that PostgreSQL would give them.
pub(super) fn create(builder: &mut Builder<'_, '_>, number: ObjectNumber) {
    let sides = builder.sides;
    let after = sides.definition_after(number).map(Definition::parents);
    let Some(partition_of) = after.and_then(|after| after.partition_of) else {
        return;
    };
    let Some(parent) = sides.number(&partition_of.parent) else {
        return;
    };
    let are_named = sides.needed_after[number]
        .iter()
        .filter(|&&part| sides.home(part) == Some(number) && is_part(sides.definition_after(part)))
        .filter(|&&part| !comes_later(builder, part))
        .all(|&part| has_default_name(builder, part));
    if !are_named || !has_inherited_names(sides, number) {
        attach(builder, number, parent, partition_of);
    } else if let Some(creation) = builder.creation(number) {
        builder.nodes[creation].demands.push(Demand::OutOfDefault(number));
    }
}

/// The table with what has to be said of where and how it is stored, since a partition is stored as its parent is
/// unless told otherwise.
pub(crate) fn with_own_storage<'t>(builder: &Builder<'_, '_>, table: &'t Table) -> Cow<'t, Table> {
    let sides = builder.sides;
    let parent = table
        .partition_of
        .as_ref()
        .and_then(|of| sides.number(&of.parent));
    let Some(parent) = parent else {
        return Cow::Borrowed(table);
    };
    let parents: Vec<&Table> = [sides.definition_before(parent), sides.definition_after(parent)]
        .into_iter()
        .filter_map(|definition| match definition {
            Some(Definition::Table(table)) => Some(table),
            _ => None,
        })
        .collect();
    let mut own = table.clone();
    if parents.iter().any(|parent| parent.tablespace.is_some()) {
        own.tablespace.get_or_insert_with(|| "pg_default".to_owned());
    }
    if parents.iter().any(|parent| parent.access_method.is_some()) {
        own.access_method.get_or_insert_with(|| "heap".to_owned());
    }
    Cow::Owned(own)
}

/// From this version on a primary key of a new child names the `NOT NULL` of its columns anew.
const KEYS_NAME_NOT_NULL: u32 = 180_000;

/// Whether a key has to wait until its table has inherited what it inherits.
pub(super) fn comes_after_table(builder: &Builder<'_, '_>, number: ObjectNumber) -> bool {
    let sides = builder.sides;
    sides.server_version_num >= KEYS_NAME_NOT_NULL
        && matches!(sides.definition_after(number), Some(Definition::Constraint(constraint))
            if matches!(constraint.definition, ConstraintKind::PrimaryKey(_)))
        && sides.home(number).is_some_and(|table| {
            !sides.parents_after(table).is_empty() && builder.bonds.attaching(table).is_none()
        })
}

/// Whether a new table is made as a partition right away.
pub(crate) fn is_created_as_partition(builder: &Builder<'_, '_>, number: ObjectNumber) -> bool {
    builder.bonds.attaching(number).is_none()
}

fn is_partition(definition: Option<&Definition>) -> bool {
    definition.is_some_and(|definition| definition.parents().partition_of.is_some())
}
