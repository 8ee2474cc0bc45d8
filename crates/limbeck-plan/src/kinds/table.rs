//! Tables: created with what is folded into them, their storage and row security altered, dropped.

use limbeck_catalog::{Definition, ObjectId, Table};

use crate::build::{Body, Builder, Part, Piece};
use crate::fates::Fate;
use crate::place::{Chapter, Place, Rank};
use crate::sides::ObjectNumber;
use crate::{Loss, Verb, render};

/// `CREATE TABLE` with these lines: columns, then constraints.
pub(crate) fn creation(id: &ObjectId, table: &Table, lines: &[String]) -> String {
    let unlogged = if table.unlogged { "UNLOGGED " } else { "" };
    let name = id.sql_name();
    let mut text = if lines.is_empty() {
        format!("CREATE {unlogged}TABLE {name} ()")
    } else {
        format!(
            "CREATE {unlogged}TABLE {name} (\n    {}\n)",
            lines.join(",\n    ")
        )
    };
    if !table.options.is_empty() {
        text.push_str(&format!(" WITH ({})", options(table)));
    }
    text
}

fn options(table: &Table) -> String {
    let rendered: Vec<String> = table
        .options
        .iter()
        .map(|(name, value)| render::storage_option(name, value))
        .collect();
    rendered.join(", ")
}

pub(super) fn build(builder: &mut Builder<'_, '_>, number: ObjectNumber, fate: Fate) {
    let sides = builder.sides;
    let id = sides.ids[number];
    match (
        fate,
        sides.definition_before(number),
        sides.definition_after(number),
    ) {
        (Fate::Created, _, Some(Definition::Table(after))) => {
            let place = builder.place(number, Rank::Table);
            let node = builder.node(number, Verb::Create, place, Body::CreateTable);
            builder.creates(number, node);
            let plain = Table {
                row_security: false,
                force_row_security: false,
                ..after.clone()
            };
            alter(builder, number, &plain, after);
        }
        (Fate::Dropped, ..) => {
            let place = Place {
                chapter: Chapter::TableDrops,
                group: number,
                rank: Rank::Drop,
            };
            let statement = format!("DROP TABLE {}", id.sql_name());
            let node = builder.node(
                number,
                Verb::Drop,
                place,
                Body::Pieces(vec![Piece::Statement(statement)]),
            );
            builder.nodes[node].loses = Some(Loss::Rows { table: id.clone() });
            builder.removes(number, node);
        }
        (Fate::Altered, Some(Definition::Table(before)), Some(Definition::Table(after))) => {
            alter(builder, number, before, after);
        }
        _ => {}
    }
}

/// The subcommands that turn one into the other.
fn alter(builder: &mut Builder<'_, '_>, number: ObjectNumber, before: &Table, after: &Table) {
    if before.unlogged != after.unlogged {
        let subcommand = if after.unlogged {
            "SET UNLOGGED"
        } else {
            "SET LOGGED"
        };
        let node = subcommand_node(builder, number, subcommand.to_owned());
        builder.nodes[node].rewrites = true;
        builder.nodes[node].alone = true;
        // No permanent table refers to an unlogged one, not for a moment.
        builder.awaits(number, node);
        builder.changes(number, node);
        builder.persistence.insert(number, node);
    }
    let (set, reset) = render::option_changes(&before.options, &after.options);
    if !set.is_empty() {
        subcommand_node(builder, number, format!("SET ({})", set.join(", ")));
    }
    if !reset.is_empty() {
        subcommand_node(builder, number, format!("RESET ({})", reset.join(", ")));
    }
    if before.row_security != after.row_security {
        let verb = if after.row_security { "ENABLE" } else { "DISABLE" };
        subcommand_node(builder, number, format!("{verb} ROW LEVEL SECURITY"));
    }
    if before.force_row_security != after.force_row_security {
        let verb = if after.force_row_security {
            "FORCE"
        } else {
            "NO FORCE"
        };
        subcommand_node(builder, number, format!("{verb} ROW LEVEL SECURITY"));
    }
}

fn subcommand_node(builder: &mut Builder<'_, '_>, number: ObjectNumber, subcommand: String) -> usize {
    let table = builder.sides.ids[number].sql_name();
    let place = builder.place(number, Rank::TableOptions);
    let node = builder.node(
        number,
        Verb::Alter,
        place,
        Body::Pieces(vec![Piece::Alter { table, subcommand }]),
    );
    builder.arrives(number, node, Part::Bare);
    if let Some(creation) = builder.creation(number) {
        builder.edge(creation, node);
    }
    node
}
