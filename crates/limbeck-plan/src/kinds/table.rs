//! Tables: created with what is folded into them, their storage and row security altered, dropped.

use std::collections::BTreeSet;

use limbeck_catalog::{Definition, Kind, ObjectId, ReplicaIdentity, Table};
use limbeck_sql::quote_identifier;

use super::sequence;

use super::partition;
use crate::build::{Body, Builder, Part, Piece};
use crate::fates::Fate;
use crate::place::{Chapter, Place, Rank};
use crate::sides::ObjectNumber;
use crate::{Loss, Verb, render};

/// From this version on a table can be given another access method.
pub(super) const SET_ACCESS_METHOD: u32 = 150_000;

/// `CREATE TABLE` with these lines: columns, then constraints. `as_partition` says whether a partition is made as one, or
/// attached later.
pub(crate) fn creation(id: &ObjectId, table: &Table, lines: &[String], as_partition: bool) -> String {
    let unlogged = if table.unlogged { "UNLOGGED " } else { "" };
    let name = id.sql_name();
    let list = format!(" (\n    {}\n)", lines.join(",\n    "));
    let partition_of = table.partition_of.as_ref().filter(|_| as_partition);
    let mut text = format!("CREATE {unlogged}TABLE {name}");
    if let Some(of) = partition_of {
        text.push_str(&format!(" PARTITION OF {}", of.parent.sql_name()));
    }
    if let Some(of_type) = &table.of_type {
        text.push_str(&format!(" OF {of_type}"));
    }
    if !lines.is_empty() {
        text.push_str(&list);
    } else if partition_of.is_none() && table.of_type.is_none() {
        text.push_str(" ()");
    }
    if let Some(of) = partition_of {
        text.push_str(&format!(" {}", of.bound));
    }
    if !table.inherits.is_empty() {
        let parents: Vec<String> = table.inherits.iter().map(ObjectId::sql_name).collect();
        text.push_str(&format!("\nINHERITS ({})", parents.join(", ")));
    }
    if let Some(key) = &table.partition_key {
        text.push_str(&format!("\n{}", partition::key_clause(key)));
    }
    if let Some(access_method) = &table.access_method {
        text.push_str(&format!(" USING {}", quote_identifier(access_method)));
    }
    render::push_storage(&mut text, &table.options);
    render::push_tablespace(&mut text, table.tablespace.as_ref());
    text
}

/// Whether one can be turned into the other: how a table is partitioned never changes.
pub(super) fn is_alterable(before: &Table, after: &Table) -> bool {
    before.partition_key == after.partition_key
}

pub(super) fn build(builder: &mut Builder<'_, '_>, number: ObjectNumber, fate: Fate) {
    let sides = builder.sides;
    if fate.goes() {
        drop(builder, number);
    }
    match (
        fate,
        sides.definition_before(number),
        sides.definition_after(number),
    ) {
        (Fate::Created | Fate::Replaced, _, Some(Definition::Table(after))) => {
            let place = builder.place(number, Rank::Table);
            let node = builder.node(number, Verb::Create, place, Body::CreateTable);
            builder.creates(number, node);
            let plain = Table {
                row_security: false,
                force_row_security: false,
                replica_identity: ReplicaIdentity::Default,
                ..after.clone()
            };
            partition::create(builder, number);
            alter(builder, number, &plain, after);
        }
        (Fate::Altered, Some(Definition::Table(before)), Some(Definition::Table(after))) => {
            partition::alter(builder, number);
            alter(builder, number, before, after);
        }
        _ => {}
    }
}

fn drop(builder: &mut Builder<'_, '_>, number: ObjectNumber) {
    let id = builder.sides.ids[number];
    let place = Place {
        chapter: Chapter::TableDrops,
        group: number,
        rank: Rank::Drop,
    };
    let mut statements: Vec<String> = partition::before_drop(builder.sides, number)
        .into_iter()
        .collect();
    statements.push(format!("DROP TABLE {}", id.sql_name()));
    let body = Body::Pieces(statements.into_iter().map(Piece::Statement).collect());
    let node = builder.node(number, Verb::Drop, place, body);
    builder.nodes[node].loses = Some(Loss::Rows { table: id.clone() });
    builder.removes(number, node);
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
        keep_persistence_of_sequences(builder, number, node, after.unlogged);
    }
    if before.access_method != after.access_method {
        let subcommand = render::set_access_method(after.access_method.as_deref());
        let node = subcommand_node(builder, number, subcommand);
        builder.nodes[node].rewrites = after.partition_key.is_none();
        if builder.sides.server_version_num < SET_ACCESS_METHOD {
            builder.unsupported.push(format!(
                "table {} cannot be given another access method before PostgreSQL 15",
                builder.sides.ids[number].sql_name()
            ));
        }
    }
    if before.tablespace != after.tablespace {
        let subcommand = render::set_tablespace(after.tablespace.as_deref());
        let node = subcommand_node(builder, number, subcommand);
        // A partitioned table holds no rows.
        builder.nodes[node].rewrites = after.partition_key.is_none();
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
    replica_identity(builder, number, before.replica_identity, after.replica_identity);
}

fn replica_identity(
    builder: &mut Builder<'_, '_>,
    number: ObjectNumber,
    before: ReplicaIdentity,
    after: ReplicaIdentity,
) {
    if before != after
        && let Some(how) = render::set_replica_identity(after)
    {
        subcommand_node(builder, number, how.to_owned());
    }
}

/// A table takes its sequences along when it becomes unlogged or permanent; those that are to differ are set back.
fn keep_persistence_of_sequences(
    builder: &mut Builder<'_, '_>,
    number: ObjectNumber,
    persistence: usize,
    unlogged: bool,
) {
    if !sequence::has_persistence(builder) {
        return;
    }
    let sides = builder.sides;
    let mut differing = Vec::new();
    let columns: BTreeSet<ObjectNumber> = sides.needed_before[number]
        .iter()
        .copied()
        .filter(|&column| sides.ids[column].kind == Kind::Column && sides.home(column) == Some(number))
        .collect();
    let sequences = columns.iter().flat_map(|&column| &sides.needed_before[column]);
    for other in sequences
        .copied()
        .chain(columns.iter().copied())
        .collect::<BTreeSet<_>>()
    {
        let sequence = match (sides.definition_before(other), sides.definition_after(other)) {
            (Some(Definition::Column(before)), Some(Definition::Column(after)))
                if columns.contains(&other) =>
            {
                let identities = before.identity.as_ref().zip(after.identity.as_ref());
                identities.map(|(_, after)| (after.sequence.clone(), after.unlogged))
            }
            (Some(Definition::Sequence(before)), Some(Definition::Sequence(after))) => {
                let owner = before.owned_by.as_ref().and_then(|owner| sides.number(owner));
                let is_own = owner.and_then(|owner| sides.home(owner)) == Some(number);
                sides.ids[other]
                    .qualified_name()
                    .filter(|_| is_own)
                    .map(|name| (name, after.unlogged))
            }
            _ => None,
        };
        if let Some((name, wanted)) = sequence
            && wanted != unlogged
        {
            differing.push((other, sequence::set_persistence(&name, wanted)));
        }
    }
    for (other, statement) in differing {
        let place = builder.place(number, Rank::SequenceOwner);
        let body = Body::Pieces(vec![Piece::Statement(statement)]);
        let node = builder.node(other, Verb::Alter, place, body);
        builder.arrives(other, node, Part::Bare);
        builder.edge(persistence, node);
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
