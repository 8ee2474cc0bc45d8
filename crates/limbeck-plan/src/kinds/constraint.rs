//! Constraints: part of their new table where that is possible, added, validated, made deferrable, dropped.

use limbeck_catalog::{Constraint, ConstraintKind, Deferrable, Definition, Index, IndexSettings, Kind};
use limbeck_sql::{QualifiedName, quote_identifier};

use super::{index_settings, partition};
use crate::build::{Body, Builder, Part, Piece};
use crate::fates::Fate;
use crate::place::Rank;
use crate::requirement::Demand;
use crate::sides::ObjectNumber;
use crate::{Verb, render};

/// Whether PostgreSQL can turn one into the other: validate it, make a foreign key deferrable or enforce it, set what
/// is set of the index behind it.
pub(super) fn is_alterable(before: &Constraint, after: &Constraint) -> bool {
    let is_foreign_key = matches!(before.definition, ConstraintKind::ForeignKey(_));
    let is_state_in_reach = match (before.enforced, after.enforced) {
        (true, true) => !before.validated || after.validated,
        (false, false) => true,
        // What is enforced from now on is checked at once.
        (false, true) => is_foreign_key && after.validated,
        (true, false) => is_foreign_key,
    };
    if !is_state_in_reach || before.deferrable != after.deferrable && !is_foreign_key {
        return false;
    }
    // A part can come to the partitioned table's, and never leaves it.
    if before.partition_of.is_some() && before.partition_of != after.partition_of {
        return false;
    }
    let mut definition = before.definition.clone();
    if let (Some(index), Some(wanted)) = (definition.index_mut(), after.definition.index()) {
        index.clone_from(wanted);
    }
    definition == after.definition
}

/// Whether an index can become the one behind a new key: `ADD CONSTRAINT … USING INDEX` takes it as it is.
pub(crate) fn can_adopt(constraint: &Constraint, index: &Index) -> bool {
    let (ConstraintKind::PrimaryKey(key) | ConstraintKind::Unique(key)) = &constraint.definition else {
        return false;
    };
    let is_plain = |(column, of_index): (&String, &limbeck_catalog::IndexKey)| {
        *column == of_index.key
            && !of_index.is_expression
            && of_index.collation.is_none()
            && of_index.operator_class.is_none()
            && !of_index.order.descending
            && !of_index.order.nulls_first
    };
    index.valid
        && index.unique
        && index.method == "btree"
        && index.predicate.is_none()
        && !key.without_overlaps
        && index.nulls_not_distinct == key.nulls_not_distinct
        && index.include == key.include
        && index.keys.len() == key.columns.len()
        && key.columns.iter().zip(&index.keys).all(is_plain)
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
    if let Some(bringer) = partition::brought_by(builder, number) {
        builder.creates(number, bringer);
        let made = partition::settings_brought(builder, number);
        alter_index(builder, number, &made, None, after);
        let comes_unvalidated = builder.sides.origins_after(number).iter().any(|&origin| {
            builder.creation(origin) == Some(bringer)
                && matches!(builder.sides.definition_after(origin), Some(Definition::Constraint(origin))
                    if !origin.validated)
        });
        if comes_unvalidated && after.validated {
            let node = validate(builder, number, after);
            builder.edge(bringer, node);
        }
        return;
    }
    let id = builder.sides.ids[number];
    let place = builder.place(number, rank(after));
    if let Some(&index) = builder.fates.adopted.get(&number) {
        let text = render::constraint_using_index(id, after, builder.sides.ids[index].name());
        let body = Body::Pieces(vec![Piece::Alter {
            table: render::relation(id),
            subcommand: format!("ADD {text}"),
        }]);
        let node = builder.node(number, Verb::Create, place, body);
        builder.nodes[node].demands = no_nulls(builder, number, after);
        builder.creates(number, node);
        builder.adopts(index, node);
        let comment = builder.sides.before[index]
            .as_deref()
            .and_then(|object| object.comment.clone());
        if let Some(Definition::Index(before)) = builder.sides.definition_before(index) {
            alter_index(builder, number, &before.settings, comment.as_ref(), after);
        }
        return;
    }
    let node = builder.node(
        number,
        Verb::Create,
        place,
        Body::Constraint(render::constraint(id, after)),
    );
    let is_merged = would_be_merged(builder, number, after);
    builder.nodes[node].alone = is_merged;
    // In a new table every constraint that is enforced counts as validated.
    if (after.validated || !after.enforced)
        && !partition::comes_after_table(builder, number)
        && !is_merged
        && let Some(table) = builder.sides.home(number)
        && builder.fates.of(table).comes()
    {
        builder.nodes[node].vertex.host = builder.creation(table);
    }
    builder.nodes[node].vertex.firmness = firmness(after);
    if after.validated && after.enforced {
        let mut demands = no_nulls(builder, number, after);
        demands.push(Demand::Holds(number));
        builder.nodes[node].demands = demands;
    }
    builder.creates(number, node);
    partition::take_in(builder, number, node);
    if let Some(index) = after.definition.index() {
        let made = index_settings::when_made(&index.settings);
        alter_index(builder, number, &made, None, after);
    }
}

/// The columns of a primary key that take NULL before.
fn no_nulls(builder: &Builder<'_, '_>, number: ObjectNumber, after: &Constraint) -> Vec<Demand> {
    let sides = builder.sides;
    let (ConstraintKind::PrimaryKey(key), Some(relation)) =
        (&after.definition, sides.ids[number].qualified_name())
    else {
        return Vec::new();
    };
    let columns = key.columns.iter().filter_map(|name| {
        let id = limbeck_catalog::ObjectId::in_relation(Kind::Column, &relation, name);
        sides.number(&id)
    });
    columns
        .filter(|&column| {
            sides.column_before(column).is_some_and(|before| !before.not_null) && !builder.has_fill(column)
        })
        .map(Demand::NotNull)
        .collect()
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
    if let Some(removal) = builder
        .removal(home)
        .or_else(|| partition::gone_with(builder, number))
    {
        return Some(removal);
    }
    // A key's own columns take it along; those of its own table that it refers to do not.
    let is_over = |column: ObjectNumber| match sides.definition_before(number) {
        Some(Definition::Constraint(constraint)) => match &constraint.definition {
            ConstraintKind::ForeignKey(key) => {
                key.columns.iter().any(|name| name == sides.ids[column].name())
            }
            _ => true,
        },
        _ => true,
    };
    sides.needs_before[number]
        .iter()
        .filter(|&&needed| sides.ids[needed].kind == Kind::Column && sides.home_before(needed) == Some(home))
        .filter(|&&needed| is_over(needed))
        .find_map(|&needed| builder.removal(needed))
}

fn alter(builder: &mut Builder<'_, '_>, number: ObjectNumber, before: &Constraint, after: &Constraint) {
    let id = builder.sides.ids[number];
    let name = quote_identifier(id.name());
    if before.partition_of != after.partition_of
        && let Some(origin) = builder.sides.origins_after(number).first().copied()
    {
        take_in(builder, number, origin, after);
    }
    let mut state = Vec::new();
    if before.deferrable != after.deferrable {
        state.push(match after.deferrable {
            Deferrable::No => "NOT DEFERRABLE",
            Deferrable::InitiallyImmediate => "DEFERRABLE INITIALLY IMMEDIATE",
            Deferrable::InitiallyDeferred => "DEFERRABLE INITIALLY DEFERRED",
        });
    }
    if before.enforced != after.enforced {
        state.push(if after.enforced {
            "ENFORCED"
        } else {
            "NOT ENFORCED"
        });
    }
    if !state.is_empty() {
        let subcommand = format!("ALTER CONSTRAINT {name} {}", state.join(" "));
        let node = subcommand_node(builder, number, after, subcommand);
        if !before.enforced && after.enforced {
            builder.nodes[node].demands.push(Demand::Holds(number));
        }
    }
    if before.enforced && !before.validated && after.enforced && after.validated {
        validate(builder, number, after);
    }
    if let Some(index) = before.definition.index() {
        alter_index(builder, number, &index.settings, index.comment.as_ref(), after);
    }
}

/// The action that validates a constraint. Alone it lets others write meanwhile.
fn validate(builder: &mut Builder<'_, '_>, number: ObjectNumber, after: &Constraint) -> usize {
    let name = quote_identifier(builder.sides.ids[number].name());
    let node = subcommand_node(builder, number, after, format!("VALIDATE CONSTRAINT {name}"));
    builder.nodes[node].alone = true;
    builder.nodes[node].demands.push(Demand::Holds(number));
    node
}

/// Turns what is set of the index behind a constraint, and its comment, into what is wanted.
fn alter_index(
    builder: &mut Builder<'_, '_>,
    number: ObjectNumber,
    before: &IndexSettings,
    comment: Option<&String>,
    after: &Constraint,
) {
    let Some(index) = after.definition.index() else {
        return;
    };
    index_settings::alter(builder, number, before, &index.settings);
    if comment == index.comment.as_ref() {
        return;
    }
    let id = builder.sides.ids[number];
    let statement = format!(
        "COMMENT ON INDEX {} IS {}",
        QualifiedName::new(id.schema().unwrap_or_default(), id.name()),
        render::comment(index.comment.as_deref())
    );
    let place = builder.place(number, Rank::Comment);
    let body = Body::Pieces(vec![Piece::Statement(statement)]);
    let node = builder.node(number, Verb::Alter, place, body);
    builder.arrives(number, node, Part::Bare);
    if let Some(creation) = builder.creation(number) {
        builder.edge(creation, node);
    }
}

/// A constraint of a partition becomes a part of the partitioned table's: when that is made, or by its index.
fn take_in(builder: &mut Builder<'_, '_>, number: ObjectNumber, origin: ObjectNumber, after: &Constraint) {
    if let Some(creation) = builder.creation(origin) {
        builder.arrives(number, creation, Part::Bare);
    } else if !matches!(after.definition, ConstraintKind::ForeignKey(_)) {
        partition::attach_index(builder, number, origin);
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
