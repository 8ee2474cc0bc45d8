//! Constraints: part of their new table where that is possible, added, validated, made deferrable, dropped.

use limbeck_catalog::{Constraint, ConstraintKind, Deferrable, Definition, KeyConstraint, Kind};
use limbeck_sql::{QualifiedName, quote_identifier};

use crate::build::{Body, Builder, Part, Piece};
use crate::fates::Fate;
use crate::place::Rank;
use crate::sides::ObjectNumber;
use crate::{Verb, render};

/// Whether PostgreSQL can turn one into the other: validate it, make a foreign key deferrable, set the storage of
/// the index behind it.
pub(super) fn is_alterable(before: &Constraint, after: &Constraint) -> bool {
    let is_foreign_key = matches!(before.definition, ConstraintKind::ForeignKey(_));
    if before.validated && !after.validated || before.deferrable != after.deferrable && !is_foreign_key {
        return false;
    }
    match (&before.definition, &after.definition) {
        (ConstraintKind::PrimaryKey(before), ConstraintKind::PrimaryKey(after))
        | (ConstraintKind::Unique(before), ConstraintKind::Unique(after)) => {
            let KeyConstraint { options, .. } = after;
            *after
                == KeyConstraint {
                    options: options.clone(),
                    ..before.clone()
                }
        }
        (ConstraintKind::Exclusion(before), ConstraintKind::Exclusion(after)) => {
            let mut before = before.clone();
            before.options.clone_from(&after.options);
            before == *after
        }
        (before, after) => before == after,
    }
}

pub(super) fn build(builder: &mut Builder<'_, '_>, number: ObjectNumber, fate: Fate) {
    let sides = builder.sides;
    let before = match sides.definition_before(number) {
        Some(Definition::Constraint(before)) => Some(before),
        _ => None,
    };
    let after = match sides.definition_after(number) {
        Some(Definition::Constraint(after)) => Some(after),
        _ => None,
    };
    if fate.goes()
        && let Some(before) = before
    {
        drop(builder, number, before);
    }
    if fate.comes()
        && let Some(after) = after
    {
        create(builder, number, after);
    }
    if fate == Fate::Altered
        && let (Some(before), Some(after)) = (before, after)
    {
        alter(builder, number, before, after);
    }
}

fn create(builder: &mut Builder<'_, '_>, number: ObjectNumber, after: &Constraint) {
    let id = builder.sides.ids[number];
    let place = builder.place(number, rank(after));
    let node = builder.node(
        number,
        Verb::Create,
        place,
        Body::Constraint(render::constraint(id, after)),
    );
    let is_merged = would_be_merged(builder, number, after);
    builder.nodes[node].alone = is_merged;
    // In a new table every constraint counts as validated.
    if after.validated
        && !is_merged
        && let Some(table) = builder.sides.home(number)
        && builder.fates.of(table).comes()
    {
        builder.nodes[node].vertex.host = builder.creation(table);
    }
    builder.nodes[node].vertex.firmness = firmness(after);
    builder.creates(number, node);
}

/// Whether PostgreSQL would take the constraint for the same as another one of the same statement, and make one index
/// for both: keys over the same columns. The primary key, or the first, stays in the statement.
fn would_be_merged(builder: &Builder<'_, '_>, number: ObjectNumber, after: &Constraint) -> bool {
    let sides = builder.sides;
    let (ConstraintKind::Unique(key), Some(table)) = (&after.definition, sides.home(number)) else {
        return false;
    };
    let is_same = |other: ObjectNumber| match sides.definition_after(other) {
        Some(Definition::Constraint(constraint)) => match &constraint.definition {
            ConstraintKind::PrimaryKey(primary) => primary.columns == key.columns,
            ConstraintKind::Unique(unique) => other < number && unique.columns == key.columns,
            _ => false,
        },
        _ => false,
    };
    sides.needed_after[table]
        .iter()
        .any(|&other| other != number && builder.fates.of(other).comes() && is_same(other))
}

fn drop(builder: &mut Builder<'_, '_>, number: ObjectNumber, before: &Constraint) {
    let id = builder.sides.ids[number];
    let rank = match before.definition {
        ConstraintKind::ForeignKey(_) => Rank::ForeignKeyDrop,
        _ => Rank::ConstraintDrop,
    };
    let place = builder.place(number, rank);
    let body = Body::Pieces(vec![Piece::Alter {
        table: render::relation(id),
        subcommand: format!("DROP CONSTRAINT {}", quote_identifier(id.name())),
    }]);
    let node = builder.node(number, Verb::Drop, place, body);
    builder.nodes[node].vertex.host = removal_of_home_or_column(builder, number);
    builder.nodes[node].vertex.firmness = firmness(before);
    builder.removes(number, node);
}

/// What takes away a constraint or an index without being told: the drop of its relation, or of one of the columns
/// that it is over.
pub(super) fn removal_of_home_or_column(builder: &Builder<'_, '_>, number: ObjectNumber) -> Option<usize> {
    let sides = builder.sides;
    let home = sides.home_before(number)?;
    if let Some(removal) = builder.removal(home) {
        return Some(removal);
    }
    sides.needs_before[number]
        .iter()
        .filter(|&&needed| sides.ids[needed].kind == Kind::Column && sides.home_before(needed) == Some(home))
        .find_map(|&needed| builder.removal(needed))
}

fn alter(builder: &mut Builder<'_, '_>, number: ObjectNumber, before: &Constraint, after: &Constraint) {
    let id = builder.sides.ids[number];
    let name = quote_identifier(id.name());
    if before.deferrable != after.deferrable {
        let deferrable = match after.deferrable {
            Deferrable::No => "NOT DEFERRABLE",
            Deferrable::InitiallyImmediate => "DEFERRABLE INITIALLY IMMEDIATE",
            Deferrable::InitiallyDeferred => "DEFERRABLE INITIALLY DEFERRED",
        };
        let subcommand = format!("ALTER CONSTRAINT {name} {deferrable}");
        subcommand_node(builder, number, after, subcommand);
    }
    if !before.validated && after.validated {
        let node = subcommand_node(builder, number, after, format!("VALIDATE CONSTRAINT {name}"));
        // Alone it lets others write meanwhile.
        builder.nodes[node].alone = true;
    }
    let (set, reset) = render::storage_changes(options(&before.definition), options(&after.definition));
    let index = QualifiedName::new(id.schema().unwrap_or_default(), id.name());
    let mut statements = Vec::new();
    if !set.is_empty() {
        statements.push(format!("ALTER INDEX {index} SET ({})", render::storage(&set)));
    }
    if !reset.is_empty() {
        statements.push(format!("ALTER INDEX {index} RESET ({})", reset.join(", ")));
    }
    if !statements.is_empty() {
        let place = builder.place(number, rank(after));
        let body = Body::Pieces(statements.into_iter().map(Piece::Statement).collect());
        let node = builder.node(number, Verb::Alter, place, body);
        builder.arrives(number, node, Part::Bare);
    }
}

fn subcommand_node(
    builder: &mut Builder<'_, '_>,
    number: ObjectNumber,
    constraint: &Constraint,
    subcommand: String,
) -> usize {
    let place = builder.place(number, rank(constraint));
    let table = render::relation(builder.sides.ids[number]);
    let node = builder.node(
        number,
        Verb::Alter,
        place,
        Body::Pieces(vec![Piece::Alter { table, subcommand }]),
    );
    builder.arrives(number, node, Part::Whole);
    node
}

fn options(definition: &ConstraintKind) -> &[String] {
    match definition {
        ConstraintKind::PrimaryKey(key) | ConstraintKind::Unique(key) => &key.options,
        ConstraintKind::Exclusion(exclusion) => &exclusion.options,
        _ => &[],
    }
}

fn rank(constraint: &Constraint) -> Rank {
    match constraint.definition {
        ConstraintKind::Check(_) => Rank::Check,
        ConstraintKind::ForeignKey(_) => Rank::ForeignKey,
        _ => Rank::Key,
    }
}

/// Foreign keys are what leads from table to table; they leave their table first.
fn firmness(constraint: &Constraint) -> u8 {
    u8::from(!matches!(constraint.definition, ConstraintKind::ForeignKey(_)))
}
