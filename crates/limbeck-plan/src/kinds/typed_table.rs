//! Tables of a composite type. PostgreSQL changes nothing of their columns, and their type only together with them: so
//! they are untied from it, changed as any table, and tied again.

use std::collections::BTreeSet;

use limbeck_catalog::{Definition, Kind, ObjectId, Table};

use super::composite_type;
use crate::Verb;
use crate::build::{Body, Builder, Part, Piece};
use crate::fates::Fate;
use crate::place::Rank;
use crate::render;
use crate::sides::{ObjectNumber, Sides};

/// Adds the nodes that untie the tables whose type or columns change, and tie them again.
pub(crate) fn build(builder: &mut Builder<'_, '_>) {
    let sides = builder.sides;
    for number in 0..sides.ids.len() {
        if builder.fates.of(number) != Fate::Altered {
            continue;
        }
        if let (Some(Definition::Table(before)), Some(Definition::Table(after))) =
            (sides.definition_before(number), sides.definition_after(number))
            && (before.of_type != after.of_type || builder.fates.untied.contains(&number))
        {
            retie(builder, number, before, after);
        }
    }
}

fn retie(builder: &mut Builder<'_, '_>, number: ObjectNumber, before: &Table, after: &Table) {
    let sides = builder.sides;
    let composites: BTreeSet<ObjectNumber> = [type_of(sides, before), type_of(sides, after)]
        .into_iter()
        .flatten()
        .collect();
    let needing = |object: ObjectNumber| {
        let needing = sides.needed_before[object]
            .iter()
            .chain(&sides.needed_after[object]);
        needing.copied()
    };
    let columns = needing(number)
        .filter(|&column| sides.ids[column].kind == Kind::Column && sides.home(column) == Some(number));
    let types = composites.iter().flat_map(|&composite| {
        let attributes = needing(composite).filter(move |&part| sides.composite_of(part) == Some(composite));
        attributes.chain([composite])
    });
    let of_type: BTreeSet<usize> = types.flat_map(|object| builder.nodes_of(object)).collect();
    let mut changes: BTreeSet<usize> = columns.flat_map(|column| builder.nodes_of(column)).collect();
    changes.extend(&of_type);
    if let Some(composite) = type_of(sides, after)
        && let Some(Definition::Composite(old)) = sides.definition_before(composite)
        && let Some(Definition::Composite(new)) = sides.definition_after(composite)
        && !composite_type::is_alterable(old, new)
    {
        builder.unsupported.push(format!(
            "the columns of {} cannot take the order that the attributes of {} get: make the table anew by hand",
            sides.ids[number].sql_name(),
            sides.ids[composite].sql_name()
        ));
    }
    if before.of_type.is_some() {
        let node = subcommand(builder, number, "NOT OF", Rank::ConstraintDrop);
        builder.releases(number, node, Part::Whole);
        for &change in &changes {
            builder.edge(node, change);
        }
    }
    if let Some(name) = &after.of_type {
        let node = subcommand(builder, number, &format!("OF {name}"), Rank::ColumnDrop);
        builder.arrives(number, node, Part::Whole);
        for change in changes {
            // The old type may go last.
            if builder.nodes[change].verb != Verb::Drop || !of_type.contains(&change) {
                builder.edge(change, node);
            }
        }
    }
}

fn subcommand(builder: &mut Builder<'_, '_>, number: ObjectNumber, text: &str, rank: Rank) -> usize {
    let piece = Piece::Alter {
        table: render::relation(builder.sides.ids[number]),
        subcommand: text.to_owned(),
    };
    let place = builder.place(number, rank);
    let node = builder.node(number, Verb::Alter, place, Body::Pieces(vec![piece]));
    builder.nodes[node].alone = true;
    node
}

/// The composite type that a table is of.
pub(crate) fn type_of(sides: &Sides<'_>, table: &Table) -> Option<ObjectNumber> {
    let name = table.of_type.as_ref()?;
    sides.number(&ObjectId::in_schema(Kind::Type, &name.schema, &name.name))
}

/// The statement without which PostgreSQL changes no column of a table of the current state.
pub(crate) fn untie(sides: &Sides<'_>, column: ObjectNumber) -> Option<String> {
    match sides.definition_before(sides.home(column)?)? {
        Definition::Table(table) if table.of_type.is_some() => Some(format!(
            "ALTER TABLE {} NOT OF",
            render::relation(sides.ids[column])
        )),
        _ => None,
    }
}
