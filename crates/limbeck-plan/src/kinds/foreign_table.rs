//! Foreign tables: created with what is folded into them, their options altered, dropped. No rows are theirs.

use limbeck_catalog::{Definition, ForeignTable, ObjectId};
use limbeck_sql::quote_identifier;

use super::{drop, foreign, partition};
use crate::Verb;
use crate::build::{Body, Builder, Part, Piece};
use crate::fates::Fate;
use crate::place::{Chapter, Place, Rank};
use crate::sides::ObjectNumber;

/// `CREATE FOREIGN TABLE` with these lines: columns, then constraints. `as_partition` says whether a partition is made as
/// one, or attached later.
pub(crate) fn creation(id: &ObjectId, table: &ForeignTable, lines: &[String], as_partition: bool) -> String {
    let partition_of = table.partition_of.as_ref().filter(|_| as_partition);
    let mut text = format!("CREATE FOREIGN TABLE {}", id.sql_name());
    if let Some(of) = partition_of {
        text.push_str(&format!(" PARTITION OF {}", of.parent.sql_name()));
    }
    if !lines.is_empty() {
        text.push_str(&format!(" (\n    {}\n)", lines.join(",\n    ")));
    } else if partition_of.is_none() {
        text.push_str(" ()");
    }
    if let Some(of) = partition_of {
        text.push_str(&format!(" {}", of.bound));
    }
    if !table.inherits.is_empty() {
        let parents: Vec<String> = table.inherits.iter().map(ObjectId::sql_name).collect();
        text.push_str(&format!("\nINHERITS ({})", parents.join(", ")));
    }
    let broken = text.contains('\n') && !text.ends_with("\n)");
    text.push_str(if broken { "\n" } else { " " });
    text.push_str(&format!(
        "SERVER {}{}",
        quote_identifier(&table.server),
        foreign::options(&table.options)
    ));
    text
}

/// Whether it stays with its server.
pub(super) fn is_alterable(before: &ForeignTable, after: &ForeignTable) -> bool {
    before.server == after.server
}

pub(super) fn build(builder: &mut Builder<'_, '_>, number: ObjectNumber, fate: Fate) {
    let sides = builder.sides;
    if fate.goes() {
        let chapter = match fate {
            Fate::Dropped => Chapter::TableDrops,
            _ => Chapter::Clearing,
        };
        let place = Place {
            chapter,
            group: number,
            rank: Rank::Drop,
        };
        drop(builder, number, place, None);
    }
    let Some(Definition::ForeignTable(after)) = sides.definition_after(number) else {
        return;
    };
    let place = builder.place(number, Rank::Table);
    if fate.comes() {
        let node = builder.node(number, Verb::Create, place, Body::CreateTable);
        builder.creates(number, node);
        partition::create(builder, number);
        return;
    }
    partition::alter(builder, number);
    if let Some(Definition::ForeignTable(before)) = sides.definition_before(number)
        && let Some(subcommand) = foreign::option_changes(&before.options, &after.options)
    {
        let table = sides.ids[number].sql_name();
        let body = Body::Pieces(vec![Piece::Alter { table, subcommand }]);
        let node = builder.node(number, Verb::Alter, place, body);
        builder.arrives(number, node, Part::Bare);
    }
}
