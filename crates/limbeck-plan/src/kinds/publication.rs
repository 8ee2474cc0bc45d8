//! Publications: created, altered by what comes and goes, dropped.

use std::collections::BTreeSet;

use limbeck_catalog::{Definition, Kind, ObjectId, Publication, PublishedOperation, PublishedTable};
use limbeck_sql::quote_identifier;

use super::{drop, put_in_place};
use crate::build::{Body, Builder, Part, Piece};
use crate::fates::Fate;
use crate::place::{Chapter, Place, Rank};
use crate::sides::ObjectNumber;
use crate::{Verb, render};

/// Whether it stays one of all tables, or of named ones.
pub(super) fn is_alterable(before: &Publication, after: &Publication) -> bool {
    before.all_tables == after.all_tables
}

pub(super) fn build(builder: &mut Builder<'_, '_>, number: ObjectNumber, fate: Fate) {
    let sides = builder.sides;
    let id = sides.ids[number];
    if fate.goes() {
        let place = Place {
            chapter: Chapter::Clearing,
            group: number,
            rank: Rank::Drop,
        };
        drop(builder, number, place, None);
    }
    let Some(Definition::Publication(after)) = sides.definition_after(number) else {
        return;
    };
    match sides.definition_before(number) {
        Some(Definition::Publication(before)) if !fate.comes() => alter(builder, number, before, after),
        _ => {
            let statement = creation(builder, id, after);
            put_in_place(builder, number, fate, Rank::Table, statement);
        }
    }
}

/// `CREATE PUBLICATION`.
fn creation(builder: &Builder<'_, '_>, id: &ObjectId, publication: &Publication) -> String {
    let mut text = format!("CREATE PUBLICATION {}", id.sql_name());
    if publication.all_tables {
        text.push_str(" FOR ALL TABLES");
    } else {
        let tables: Vec<(&ObjectId, &PublishedTable)> = publication.tables.iter().collect();
        let members = members(builder, &tables, publication.schemas.iter());
        if !members.is_empty() {
            text.push_str(&format!(" FOR {members}"));
        }
    }
    let nothing_said = Publication {
        all_tables: publication.all_tables,
        tables: publication.tables.clone(),
        schemas: publication.schemas.clone(),
        operations: PublishedOperation::ALL.into(),
        via_partition_root: false,
        generated_columns: false,
    };
    let options = options(&nothing_said, publication);
    if !options.is_empty() {
        text.push_str(&format!(" WITH ({})", options.join(", ")));
    }
    text
}

/// The statements that turn one into the other: what goes before what it needs does, what comes after.
fn alter(builder: &mut Builder<'_, '_>, number: ObjectNumber, before: &Publication, after: &Publication) {
    let sides = builder.sides;
    let id = sides.ids[number];
    let is_anew = |table: &ObjectId| {
        sides
            .number(table)
            .is_some_and(|table| builder.fates.republished.contains(&(number, table)))
    };
    // With its table, a table's publication goes by itself.
    let goes_by_itself = |table: &ObjectId| {
        sides
            .number(table)
            .is_some_and(|table| builder.removal(table).is_some())
    };
    let gone: Vec<String> = before
        .tables
        .iter()
        .filter(|&(table, published)| {
            (after.tables.get(table) != Some(published) || is_anew(table)) && !goes_by_itself(table)
        })
        .map(|(table, _)| table.sql_name())
        .collect();
    let come: Vec<(&ObjectId, &PublishedTable)> = after
        .tables
        .iter()
        .filter(|&(table, published)| {
            before.tables.get(table) != Some(published) || is_anew(table) || goes_by_itself(table)
        })
        .collect();
    let schemas_gone: Vec<String> = before
        .schemas
        .difference(&after.schemas)
        .filter(|schema| !goes_by_itself(&ObjectId::global(Kind::Schema, schema.as_str())))
        .map(|schema| quote_identifier(schema).into_owned())
        .collect();
    let schemas_come: BTreeSet<&String> = after.schemas.difference(&before.schemas).collect();
    let mut removed = Vec::new();
    if !gone.is_empty() {
        removed.push(format!("TABLE {}", gone.join(", ")));
    }
    if !schemas_gone.is_empty() {
        removed.push(format!("TABLES IN SCHEMA {}", schemas_gone.join(", ")));
    }
    let added = members(builder, &come, schemas_come.into_iter());
    let options = options(before, after);
    let mut last = None;
    if !removed.is_empty() {
        // Apart from the rest: what is taken out may stand in the way of a column.
        let place = Place {
            chapter: Chapter::Clearing,
            group: number,
            rank: Rank::Drop,
        };
        let statement = format!("ALTER PUBLICATION {} DROP {}", id.sql_name(), removed.join(", "));
        let body = Body::Pieces(vec![Piece::Statement(statement)]);
        let node = builder.node(number, Verb::Alter, place, body);
        builder.leaves(number, node, Part::Whole);
        last = Some(node);
    }
    let mut statements = Vec::new();
    if !added.is_empty() {
        statements.push(format!("ALTER PUBLICATION {} ADD {added}", id.sql_name()));
    }
    if !options.is_empty() {
        let options = options.join(", ");
        statements.push(format!("ALTER PUBLICATION {} SET ({options})", id.sql_name()));
    }
    if !statements.is_empty() {
        let place = builder.place(number, Rank::Table);
        let body = Body::Pieces(statements.into_iter().map(Piece::Statement).collect());
        let node = builder.node(number, Verb::Alter, place, body);
        builder.arrives(number, node, Part::Whole);
        if let Some(last) = last {
            builder.edge(last, node);
        }
    }
}

/// `TABLE public.a (x, y) WHERE (x > 0), public.b, TABLES IN SCHEMA app`.
fn members<'a>(
    builder: &Builder<'_, '_>,
    tables: &[(&ObjectId, &PublishedTable)],
    schemas: impl Iterator<Item = &'a String>,
) -> String {
    let tables: Vec<String> = tables
        .iter()
        .map(|&(id, table)| published(builder, id, table))
        .collect();
    let schemas: Vec<String> = schemas
        .map(|schema| quote_identifier(schema).into_owned())
        .collect();
    let mut members = Vec::new();
    if !tables.is_empty() {
        members.push(format!("TABLE {}", tables.join(", ")));
    }
    if !schemas.is_empty() {
        members.push(format!("TABLES IN SCHEMA {}", schemas.join(", ")));
    }
    members.join(", ")
}

/// One table; alone where others inherit from it, for those are named by themselves.
fn published(builder: &Builder<'_, '_>, id: &ObjectId, table: &PublishedTable) -> String {
    let sides = builder.sides;
    let has_children = sides.number(id).is_some_and(|number| {
        sides.needed_after[number]
            .iter()
            .any(|&other| matches!(sides.ids[other].kind, Kind::Table | Kind::ForeignTable))
    });
    let mut text = String::new();
    if has_children {
        text.push_str("ONLY ");
    }
    text.push_str(&id.sql_name());
    if !table.columns.is_empty() {
        let columns: Vec<String> = table.columns.iter().cloned().collect();
        text.push_str(&format!(" ({})", render::identifiers(&columns)));
    }
    if let Some(filter) = &table.filter {
        text.push_str(&format!(" WHERE {}", render::parenthesised(filter)));
    }
    text
}

/// The options that differ, as SQL.
fn options(before: &Publication, after: &Publication) -> Vec<String> {
    let mut options = Vec::new();
    if before.operations != after.operations {
        let operations: Vec<&str> = after
            .operations
            .iter()
            .map(|operation| operation.as_str())
            .collect();
        options.push(format!("publish = '{}'", operations.join(", ")));
    }
    if before.via_partition_root != after.via_partition_root {
        options.push(format!(
            "publish_via_partition_root = {}",
            after.via_partition_root
        ));
    }
    if before.generated_columns != after.generated_columns {
        let which = if after.generated_columns { "stored" } else { "none" };
        options.push(format!("publish_generated_columns = {which}"));
    }
    options
}
