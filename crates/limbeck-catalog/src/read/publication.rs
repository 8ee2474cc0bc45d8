//! Publications (`pg_publication`, `pg_publication_rel`, `pg_publication_namespace`).

use std::collections::{BTreeMap, BTreeSet, HashMap};

use limbeck_sql::{QualifiedName, quote_identifier};
use tokio_postgres::types::Oid;

use super::ReadError;
use super::address::{Address, class};
use super::reader::Reader;
use crate::{Definition, Kind, ObjectId, Publication, PublishedOperation, PublishedTable};

fn sql(generated_columns: &str) -> String {
    format!(
        "
SELECT p.oid, p.pubname, p.puballtables, p.pubinsert, p.pubupdate, p.pubdelete, p.pubtruncate, p.pubviaroot,
       {generated_columns}
FROM pg_publication p
WHERE $1::oid[] IS NOT NULL"
    )
}

/// The tables that publications name.
fn tables_sql(columns: &str, filter: &str) -> String {
    format!(
        "
SELECT r.oid, r.prpubid, r.prrelid, n.nspname, c.relname, {columns}, {filter}
FROM pg_publication_rel r
     JOIN pg_class c ON c.oid = r.prrelid
     JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE $1::oid[] IS NOT NULL"
    )
}

/// The schemas that publications name.
const SCHEMAS: &str = "
SELECT s.oid, s.pnpubid, n.oid, n.nspname
FROM pg_publication_namespace s JOIN pg_namespace n ON n.oid = s.pnnspid
WHERE $1::oid[] IS NOT NULL";

/// Publications by OID, before they are whole.
type Publications = HashMap<Oid, (ObjectId, Publication)>;

/// Reads all publications. A table or schema in one that is not looked into is named.
pub(super) async fn read(reader: &mut Reader<'_>) -> Result<(), ReadError> {
    let mut publications = Publications::new();
    let sql = sql(if reader.since(18) {
        "p.pubgencols = 's'"
    } else {
        "false"
    });
    let mut rows = reader.rows("publications", &sql).await?;
    while let Some(mut row) = rows.next().await? {
        let oid: Oid = row.take()?;
        let name: String = row.take()?;
        if reader.is_member(class::PUBLICATION, oid) || reader.is_excluded_by_itself(&name) {
            continue;
        }
        let all_tables = row.take()?;
        let mut operations = BTreeSet::new();
        for operation in PublishedOperation::ALL {
            if row.take()? {
                operations.insert(operation);
            }
        }
        let publication = Publication {
            all_tables,
            tables: BTreeMap::new(),
            schemas: BTreeSet::new(),
            operations,
            via_partition_root: row.take()?,
            generated_columns: row.take()?,
        };
        let id = ObjectId::global(Kind::Publication, name);
        publications.insert(oid, (id, publication));
    }
    read_tables(reader, &mut publications).await?;
    if reader.since(15) {
        read_schemas(reader, &mut publications).await?;
    }
    for (oid, (id, publication)) in publications {
        reader.insert(
            Address::whole(class::PUBLICATION, oid),
            &id,
            Definition::Publication(publication),
        );
    }
    Ok(())
}

async fn read_tables(reader: &mut Reader<'_>, publications: &mut Publications) -> Result<(), ReadError> {
    let sql = if reader.since(15) {
        tables_sql(
            "ARRAY(SELECT a.attname::text FROM pg_attribute a
             WHERE a.attrelid = r.prrelid AND a.attnum = ANY (r.prattrs))",
            "pg_get_expr(r.prqual, r.prrelid)",
        )
    } else {
        tables_sql("ARRAY[]::text[]", "NULL::text")
    };
    let mut rows = reader.rows("tables of publications", &sql).await?;
    while let Some(mut row) = rows.next().await? {
        let oid: Oid = row.take()?;
        let publication: Oid = row.take()?;
        let relation: Oid = row.take()?;
        let name = QualifiedName {
            schema: row.take()?,
            name: row.take()?,
        };
        let table = PublishedTable {
            columns: row.take::<Vec<String>>()?.into_iter().collect(),
            filter: row.take()?,
        };
        let Some((id, publication)) = publications.get_mut(&publication) else {
            continue;
        };
        if reader.is_excluded(&name.schema, &name.name) {
            continue;
        }
        let Some(relation) = reader.relations.get(&relation) else {
            let what = format!("{}: {name}", id.sql_name());
            reader.unread("table of a publication", &what);
            continue;
        };
        publication.tables.insert(relation.id.clone(), table);
        reader
            .addresses
            .insert_part(Address::whole(class::PUBLICATION_REL, oid), id.clone());
    }
    Ok(())
}

async fn read_schemas(reader: &mut Reader<'_>, publications: &mut Publications) -> Result<(), ReadError> {
    let mut rows = reader.rows("schemas of publications", SCHEMAS).await?;
    while let Some(mut row) = rows.next().await? {
        let oid: Oid = row.take()?;
        let publication: Oid = row.take()?;
        let schema: Oid = row.take()?;
        let name: String = row.take()?;
        let Some((id, publication)) = publications.get_mut(&publication) else {
            continue;
        };
        if !reader.schemas.contains_key(&schema) {
            let what = format!("{}: {}", id.sql_name(), quote_identifier(&name));
            reader.unread("schema of a publication", &what);
            continue;
        }
        publication.schemas.insert(name);
        reader
            .addresses
            .insert_part(Address::whole(class::PUBLICATION_NAMESPACE, oid), id.clone());
    }
    Ok(())
}
