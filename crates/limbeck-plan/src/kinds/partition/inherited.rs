//! What the columns of children are by what they inherit.

use limbeck_catalog::{Column, ColumnSettings, Kind};

use crate::build::Builder;
use crate::sides::{ObjectNumber, Sides};

/// Whether a column is dropped without those that inherit it, because one of them stays.
pub(in crate::kinds) fn is_dropped_alone(builder: &Builder<'_, '_>, column: ObjectNumber) -> bool {
    let sides = builder.sides;
    sides.has_children()
        && sides.ids[column].kind == Kind::Column
        && sides.needed_before[column].iter().any(|&heir| {
            sides.ids[heir].kind == Kind::Column
                && !builder.fates.of(heir).goes()
                && sides.current.inherited.contains(sides.ids[heir])
                && sides.origins_after(heir).is_empty()
                && sides.origins_before(heir).contains(&column)
                && sides
                    .home(heir)
                    .zip(sides.home(column))
                    .is_some_and(|(child, parent)| sides.keeps(child, parent))
        })
}

/// What a column is by what its table inherits, before anything is said of it.
pub(in crate::kinds) fn inherited_column(
    builder: &mut Builder<'_, '_>,
    number: ObjectNumber,
    with_table: bool,
) -> Option<Column> {
    let sides = builder.sides;
    let mut origins = sides
        .origins_after(number)
        .iter()
        .filter_map(|&origin| sides.column_after(origin));
    let mut column = origins.next()?.clone();
    let inherits = |column: &Column| {
        let constraint = column.not_null_constraint.as_ref();
        column.not_null && !constraint.is_some_and(|constraint| constraint.no_inherit)
    };
    if !inherits(&column) {
        column.not_null = false;
        column.not_null_constraint = None;
    }
    for origin in origins.filter(|origin| inherits(origin)) {
        column.not_null = true;
        if column.not_null_constraint.is_none() {
            column.not_null_constraint.clone_from(&origin.not_null_constraint);
        }
    }
    if let Some(constraint) = &mut column.not_null_constraint {
        constraint.comment = None;
    }
    column.identity = None;
    column.settings = ColumnSettings {
        storage: column.settings.storage,
        compression: column.settings.compression.filter(|_| with_table),
        statistics_target: column.settings.statistics_target.filter(|_| !with_table),
        ..ColumnSettings::default()
    };
    if with_table {
        builder.bonds.inherited.insert(number);
    }
    Some(column)
}

/// The name that the `NOT NULL` of a column has from the parents of its new table, if it has one from them: none before
/// PostgreSQL 18.
pub(in crate::kinds) fn inherited_not_null(
    builder: &Builder<'_, '_>,
    number: ObjectNumber,
) -> Option<Option<String>> {
    let sides = builder.sides;
    let home = sides.home(number).filter(|_| sides.has_children())?;
    if !builder.fates.of(home).comes() || builder.bonds.attaching(home).is_some() {
        return None;
    }
    sides.origins_after(number).iter().find_map(|&origin| {
        let origin = sides.column_after(origin).filter(|origin| origin.not_null)?;
        match &origin.not_null_constraint {
            Some(constraint) => (!constraint.no_inherit).then(|| Some(constraint.name.clone())),
            None => Some(None),
        }
    })
}

/// What a column is that a new child declares besides its parents.
pub(in crate::kinds) fn merged_column(
    builder: &Builder<'_, '_>,
    number: ObjectNumber,
    after: &Column,
) -> Option<Column> {
    let sides = builder.sides;
    let home = sides.home(number).filter(|_| sides.has_children())?;
    if !builder.fates.of(home).comes() || builder.bonds.attaching(home).is_some() {
        return None;
    }
    let origin = sides
        .origins_after(number)
        .iter()
        .find_map(|&origin| sides.column_after(origin))?;
    Some(Column {
        default: after.default.clone().or_else(|| origin.default.clone()),
        settings: ColumnSettings {
            storage: origin.settings.storage,
            compression: origin.settings.compression,
            ..ColumnSettings::default()
        },
        ..after.clone()
    })
}

/// Whether each `NOT NULL` of a table has the name that it inherits: PostgreSQL renames none that is inherited.
pub(super) fn has_inherited_names(sides: &Sides<'_>, table: ObjectNumber) -> bool {
    let name = |column: ObjectNumber| {
        let constraint = sides.column_after(column)?.not_null_constraint.as_ref()?;
        (!constraint.no_inherit).then_some(constraint.name.as_str())
    };
    sides.needed_after[table]
        .iter()
        .filter(|&&column| sides.ids[column].kind == Kind::Column && sides.home(column) == Some(table))
        .all(|&column| {
            let inherited = sides.origins_after(column).iter().copied().find_map(name);
            inherited.is_none_or(|inherited| name(column).is_none_or(|own| own == inherited))
        })
}
