//! What becomes of an object by its own change, whatever it needs.

use limbeck_catalog::{Constraint, ConstraintKind, Definition, Kind, ObjectId, Table};

use super::Fate;
use crate::Labels;
use crate::kinds::{self, column, routine, view};
use crate::probe::Questions;
use crate::sides::{ObjectNumber, Sides};

/// What becomes of an object that differs, for its own sake; `None` while the question is open.
pub(super) fn by_itself(
    sides: &Sides<'_>,
    labels: Labels,
    questions: &mut Questions<'_>,
    number: ObjectNumber,
) -> Option<Fate> {
    Some(
        match (sides.definition_before(number), sides.definition_after(number)) {
            (None, None) => Fate::Stays,
            (None, Some(_)) => Fate::Created,
            (Some(_), None) => Fate::Dropped,
            (Some(Definition::Enum(before)), Some(Definition::Enum(after)))
                if labels == Labels::Rebuilt && before != after =>
            {
                Fate::Replaced
            }
            (Some(Definition::Column(before)), Some(Definition::Column(after)))
                if column::is_computed_otherwise(before, after) && keeps_expressions(sides, number) =>
            {
                Fate::Replaced
            }
            (Some(before), Some(after))
                if kinds::is_alterable(before, after, sides.server_version_num)
                    && !has_fixed_storage(sides, number, before, after) =>
            {
                Fate::Altered
            }
            (Some(Definition::View(_)), Some(_)) if view::keeps_columns(questions, sides.ids[number])? => {
                Fate::Altered
            }
            (Some(Definition::Routine(before)), Some(Definition::Routine(after)))
                if routine::takes_arguments(questions, sides, number, before, after)? =>
            {
                Fate::Altered
            }
            (Some(_), Some(_)) => Fate::Replaced,
        },
    )
}

/// Whether a column that decides over a row's partition takes another type, which PostgreSQL does not allow.
pub(super) fn has_retyped_partition_key(sides: &Sides<'_>, number: ObjectNumber, after: &Table) -> bool {
    let Some((key, name)) = after
        .partition_key
        .as_ref()
        .zip(sides.ids[number].qualified_name())
    else {
        return false;
    };
    let is_retyped = |column: &str| {
        let Some(column) = sides.number(&ObjectId::in_relation(Kind::Column, &name, column)) else {
            return false;
        };
        match (sides.column_before(column), sides.column_after(column)) {
            (Some(before), Some(after)) => {
                before.data_type != after.data_type || before.collation != after.collation
            }
            _ => false,
        }
    };
    key.keys
        .iter()
        .any(|part| !part.is_expression && is_retyped(&part.key))
}

/// Whether only the storage of an index differs that has none: one of a partitioned table.
fn has_fixed_storage(
    sides: &Sides<'_>,
    number: ObjectNumber,
    before: &Definition,
    after: &Definition,
) -> bool {
    let options = |constraint: &Constraint| {
        let index = constraint.definition.index();
        index.map(|index| index.settings.options.clone())
    };
    let is_partitioned = || {
        let table = sides
            .home(number)
            .and_then(|table| sides.definition_before(table));
        table.is_some_and(Definition::is_partitioned)
    };
    match (before, after) {
        (Definition::Index(before), Definition::Index(after)) => {
            before.settings.options != after.settings.options && is_partitioned()
        }
        (Definition::Constraint(before), Definition::Constraint(after)) => {
            options(before) != options(after) && is_partitioned()
        }
        _ => false,
    }
}

/// Whether a table lets the expression of a column that is computed on read stand: PostgreSQL changes none where a
/// check or a publication might look at it.
fn keeps_expressions(sides: &Sides<'_>, column: ObjectNumber) -> bool {
    let Some(table) = sides.home(column) else {
        return false;
    };
    [&sides.needed_before[table], &sides.needed_after[table]]
        .into_iter()
        .flatten()
        .any(|&other| match sides.ids[other].kind {
            Kind::Publication => true,
            Kind::Constraint => [sides.definition_before(other), sides.definition_after(other)]
                .into_iter()
                .flatten()
                .any(|definition| {
                    matches!(definition, Definition::Constraint(constraint)
                    if matches!(constraint.definition, ConstraintKind::Check(_)))
                }),
            _ => false,
        })
}
