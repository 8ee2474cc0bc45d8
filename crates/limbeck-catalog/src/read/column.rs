//! Columns (`pg_attribute`, `pg_attrdef`).

use std::collections::BTreeMap;

use tokio_postgres::types::Oid;

use super::ReadError;
use super::address::{Address, class};
use super::collation::collation_name;
use super::foreign::without_secrets;
use super::reader::{Attribute, Reader};
use super::relation::option_map;
use super::rows::Fields;
use crate::{
    Column, ColumnSettings, ColumnStorage, Compression, Definition, Generated, GeneratedKind, Kind, ObjectId,
    StorageStrategy,
};

/// The columns of whatever relation is read. No statistics target of its own is -1 until PostgreSQL 16, and then NULL.
/// A partition has its identity from its parent, whose sequence it shares.
const COLUMNS: &str = "
SELECT a.attrelid, a.attnum,
       CASE WHEN t.oid IS NULL THEN 'its type'
            WHEN a.atthasdef AND d.oid IS NULL THEN 'its default'
            WHEN a.attidentity <> '' AND a.attinhcount = 0
                 AND NOT EXISTS (SELECT FROM pg_depend s WHERE s.refclassid = 'pg_class'::regclass
                                 AND s.refobjid = a.attrelid AND s.refobjsubid = a.attnum AND s.deptype = 'i')
            THEN 'its sequence' END,
       a.attname, coalesce(nullif(t.typbasetype, 0), t.oid, 0), a.attcollation,
       a.attcollation <> coalesce(t.typcollation, 0), d.oid,
       CASE WHEN t.oid IS NOT NULL THEN pg_get_expr(d.adbin, d.adrelid) END,
       format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attgenerated,
       a.attislocal, a.attstorage, coalesce(t.typstorage, a.attstorage), a.attcompression,
       nullif(a.attstattarget, -1)::int2, a.attoptions, a.attfdwoptions
FROM pg_attribute a
     JOIN pg_class c ON c.oid = a.attrelid
     LEFT JOIN pg_type t ON t.oid = a.atttypid
     LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE c.relnamespace = ANY ($1) AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
      AND a.attnum > 0 AND NOT a.attisdropped";

/// Reads the columns of tables, and the names of those of views.
pub(super) async fn read(reader: &mut Reader<'_>) -> Result<(), ReadError> {
    let mut rows = reader.rows("columns", COLUMNS).await?;
    while let Some(mut row) = rows.next().await? {
        let relation: Oid = row.take()?;
        let number: i16 = row.take()?;
        let missing: Option<String> = row.take()?;
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
        if let Some(missing) = missing {
            return Err(ReadError::inconsistent(id, missing));
        }
        if matches!(relation_id.kind, Kind::Table | Kind::ForeignTable) {
            insert(
                reader,
                Address::column(relation, number),
                &id,
                collation,
                &mut row,
            )?;
            reader.depends(&id, &relation_id);
        } else {
            insert_of_view(reader, &relation_id, &id, &mut row)?;
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
    let is_local: bool = row.take()?;
    if !is_local {
        reader.catalog.inherited.insert(id.clone());
    }
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
    let settings = settings(row)?;
    let foreign_options: Option<Vec<String>> = row.take()?;
    let settings = ColumnSettings {
        foreign_options: without_secrets(reader, id, foreign_options),
        ..settings
    };
    let column = Column {
        data_type,
        not_null,
        // Filled in with the constraints.
        not_null_constraint: None,
        default,
        generated,
        // Filled in with its sequence.
        identity: None,
        collation,
        settings,
    };
    reader.insert(address, id, Definition::Column(column));
    Ok(())
}

/// What is set of a column's storage and statistics, without what a foreign-data wrapper is told.
fn settings(row: &mut Fields) -> Result<ColumnSettings, ReadError> {
    let (strategy, of_type) = (
        storage_strategy(row.take_char()?),
        storage_strategy(row.take_char()?),
    );
    let compression = match row.take_char()? {
        'p' => Some(Compression::Pglz),
        'l' => Some(Compression::Lz4),
        _ => None,
    };
    Ok(ColumnSettings {
        storage: (strategy != of_type).then_some(ColumnStorage { strategy, of_type }),
        compression,
        statistics_target: row.take()?,
        options: option_map(row.take()?, "").collect(),
        foreign_options: BTreeMap::new(),
    })
}

fn storage_strategy(letter: char) -> StorageStrategy {
    match letter {
        'e' => StorageStrategy::External,
        'x' => StorageStrategy::Extended,
        'm' => StorageStrategy::Main,
        _ => StorageStrategy::Plain,
    }
}

/// Adds what can be set on a view's column without changing the query, to the view.
fn insert_of_view(
    reader: &mut Reader<'_>,
    view: &ObjectId,
    id: &ObjectId,
    row: &mut Fields,
) -> Result<(), ReadError> {
    let _has_own_collation: bool = row.take()?;
    let expression_oid: Option<Oid> = row.take()?;
    let default: Option<String> = row.take()?;
    let _data_type: String = row.take()?;
    let _not_null: bool = row.take()?;
    let _generated = row.take_char()?;
    let _is_local: bool = row.take()?;
    if let (Some(oid), Some(default)) = (expression_oid, default) {
        reader
            .addresses
            .insert_part(Address::whole(class::ATTRDEF, oid), view.clone());
        if let Some(object) = reader.catalog.objects.get_mut(view)
            && let Definition::View(facts) = &mut object.definition
        {
            facts.column_defaults.insert(id.name().to_owned(), default);
        }
    }
    let settings = settings(row)?;
    if settings != ColumnSettings::default()
        && let Some(object) = reader.catalog.objects.get_mut(view)
        && let Definition::View(view) = &mut object.definition
    {
        view.column_settings.insert(id.name().to_owned(), settings);
    }
    Ok(())
}
