//! Columns (`pg_attribute`, `pg_attrdef`), and collations by name.

use std::collections::BTreeMap;

use limbeck_sql::QualifiedName;
use tokio_postgres::types::Oid;

use super::ReadError;
use super::address::{Address, class};
use super::reader::{Attribute, Reader};
use super::rows::Fields;
use crate::{Column, Definition, Generated, GeneratedKind, Kind, ObjectId};

const COLLATIONS: &str = "
SELECT c.oid, n.nspname, c.collname
FROM pg_collation c JOIN pg_namespace n ON n.oid = c.collnamespace
WHERE $1::oid[] IS NOT NULL";

/// The columns of whatever relation is read. `default_statistics` is how the server's major writes that a column
/// has no statistics target of its own.
fn sql(default_statistics: &str) -> String {
    format!(
        "
SELECT a.attrelid, a.attnum, a.attname, coalesce(nullif(t.typbasetype, 0), t.oid), a.attcollation,
       a.attcollation <> t.typcollation, d.oid, pg_get_expr(d.adbin, d.adrelid),
       format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attgenerated,
       a.attstorage <> t.typstorage, a.attcompression <> '', NOT (a.attstattarget {default_statistics}),
       a.attoptions IS NOT NULL
FROM pg_attribute a
     JOIN pg_class c ON c.oid = a.attrelid
     JOIN pg_type t ON t.oid = a.atttypid
     LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE c.relnamespace = ANY ($1) AND c.relkind IN ('r', 'v', 'm') AND NOT c.relispartition
      AND a.attnum > 0 AND NOT a.attisdropped"
    )
}

/// Reads the columns of tables, and the names of those of views.
pub(super) async fn read(reader: &mut Reader<'_>) -> Result<(), ReadError> {
    let mut rows = reader.rows("collations", COLLATIONS).await?;
    while let Some(mut row) = rows.next().await? {
        let oid: Oid = row.take()?;
        let name = QualifiedName {
            schema: row.take()?,
            name: row.take()?,
        };
        reader.collations.insert(oid, name);
    }
    let sql = sql(if reader.since(17) { "IS NULL" } else { "= -1" });
    let mut rows = reader.rows("columns", &sql).await?;
    while let Some(mut row) = rows.next().await? {
        let relation: Oid = row.take()?;
        let number: i16 = row.take()?;
        let attribute = Attribute {
            name: row.take()?,
            data_type: row.take()?,
            collation: row.take()?,
        };
        let name = attribute.name.clone();
        let collation = attribute.collation;
        let Some(relation_facts) = reader.relations.get_mut(&relation) else {
            continue;
        };
        relation_facts.columns.insert(number, attribute);
        if !relation_facts.is_ours() {
            continue;
        }
        let id = relation_facts.column_id(&name);
        let relation_id = relation_facts.id.clone();
        if relation_id.kind == Kind::Table {
            insert(
                reader,
                Address::column(relation, number),
                &id,
                collation,
                &mut row,
            )?;
            reader.depends(&id, &relation_id);
        } else {
            name_unread_of_view(reader, &id, &mut row)?;
        }
    }
    reader.catalog.column_order = reader
        .relations
        .values()
        .filter(|relation| relation.is_ours())
        .map(|relation| {
            let names = relation.columns.values().map(|column| column.name.clone());
            (relation.id.clone(), names.collect())
        })
        .collect::<BTreeMap<_, _>>();
    Ok(())
}

/// Adds a table's column.
fn insert(
    reader: &mut Reader<'_>,
    address: Address,
    id: &ObjectId,
    collation: Oid,
    row: &mut Fields,
) -> Result<(), ReadError> {
    let has_own_collation: bool = row.take()?;
    let expression_oid: Option<Oid> = row.take()?;
    let expression: Option<String> = row.take()?;
    let data_type: String = row.take()?;
    let not_null: bool = row.take()?;
    let generated = match row.take_char()? {
        's' => Some(GeneratedKind::Stored),
        'v' => Some(GeneratedKind::Virtual),
        _ => None,
    };
    let collation = if has_own_collation {
        Some(collation_name(reader, collation, || id.to_string())?)
    } else {
        None
    };
    let (default, generated) = match (generated, expression) {
        (Some(kind), Some(expression)) => (None, Some(Generated { kind, expression })),
        (_, default) => (default, None),
    };
    if let Some(oid) = expression_oid {
        reader
            .addresses
            .insert_part(Address::whole(class::ATTRDEF, oid), id.clone());
    }
    let column = Column {
        data_type,
        not_null,
        default,
        generated,
        // Filled in with its sequence.
        identity: None,
        collation,
    };
    reader.insert(address, id, Definition::Column(column));
    name_unread(reader, id, row)
}

/// What is not read of a view's column: all that can be set on it without changing the query.
fn name_unread_of_view(reader: &mut Reader<'_>, id: &ObjectId, row: &mut Fields) -> Result<(), ReadError> {
    let _has_own_collation: bool = row.take()?;
    let _expression_oid: Option<Oid> = row.take()?;
    let default: Option<String> = row.take()?;
    let _data_type: String = row.take()?;
    let _not_null: bool = row.take()?;
    let _generated = row.take_char()?;
    if default.is_some() {
        reader.unread("default of a view's column", &id.sql_name());
    }
    name_unread(reader, id, row)
}

/// Names the attributes of a column that are not read.
fn name_unread(reader: &mut Reader<'_>, id: &ObjectId, row: &mut Fields) -> Result<(), ReadError> {
    for attribute in [
        "storage of a column",
        "compression of a column",
        "statistics target of a column",
        "options of a column",
    ] {
        if row.take()? {
            reader.unread(attribute, &id.sql_name());
        }
    }
    Ok(())
}

/// A collation's name.
pub(super) fn collation_name(
    reader: &Reader<'_>,
    oid: Oid,
    object: impl Fn() -> String,
) -> Result<QualifiedName, ReadError> {
    reader
        .collations
        .get(&oid)
        .cloned()
        .ok_or_else(|| ReadError::Inconsistent {
            object: object(),
            missing: format!("collation {oid}"),
        })
}
