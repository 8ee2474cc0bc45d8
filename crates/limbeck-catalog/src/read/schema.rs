//! Schemas (`pg_namespace`).

use tokio_postgres::types::Oid;

use super::ReadError;
use super::address::{Address, class};
use super::reader::Reader;
use crate::{Definition, Kind, ObjectId, Schema};

/// PostgreSQL keeps the prefix `pg_` for itself: `pg_catalog`, `pg_toast`, `pg_temp_3`.
/// What lies in a schema that is not there is not looked into, and named.
const SQL: &str = "
SELECT n.oid, n.nspname::text, NULL::text
FROM pg_namespace n
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND $1::oid[] IS NOT NULL
UNION ALL
SELECT c.relnamespace, NULL, 'relation ' || quote_ident(min(c.relname::text))
FROM pg_class c WHERE c.relnamespace NOT IN (SELECT oid FROM pg_namespace) GROUP BY c.relnamespace
UNION ALL
SELECT p.pronamespace, NULL, 'function ' || quote_ident(min(p.proname::text))
FROM pg_proc p WHERE p.pronamespace NOT IN (SELECT oid FROM pg_namespace) GROUP BY p.pronamespace";

/// Reads the schemas that are looked into. One that an extension made is looked into, but is not ours.
pub(super) async fn read(reader: &mut Reader<'_>) -> Result<(), ReadError> {
    let mut rows = reader.rows("schemas", SQL).await?;
    while let Some(mut row) = rows.next().await? {
        let oid: Oid = row.take()?;
        let name: Option<String> = row.take()?;
        let Some(name) = name else {
            return Err(ReadError::inconsistent(
                row.take::<String>()?,
                format!("schema {oid}"),
            ));
        };
        if !is_read(reader, &name) {
            continue;
        }
        if !reader.is_member(class::NAMESPACE, oid) {
            let id = ObjectId::global(Kind::Schema, &name);
            reader.insert(
                Address::whole(class::NAMESPACE, oid),
                &id,
                Definition::Schema(Schema {}),
            );
        }
        reader.schemas.insert(oid, name);
    }
    depend_on_schemas(reader);
    Ok(())
}

/// Whether a schema is looked into.
fn is_read(reader: &Reader<'_>, name: &str) -> bool {
    let options = reader.options;
    options.version_schema.as_deref() != Some(name)
        && options
            .schemas
            .as_ref()
            .is_none_or(|schemas| schemas.contains(name))
        && !reader.is_excluded_by_itself(name)
}

/// Notes which schema each extension lies in. One that it made itself is its member, and comes with it.
fn depend_on_schemas(reader: &mut Reader<'_>) {
    let extensions: Vec<(ObjectId, ObjectId)> = reader
        .catalog
        .objects
        .iter()
        .filter_map(|(id, object)| match &object.definition {
            Definition::Extension(extension) => {
                Some((id.clone(), ObjectId::global(Kind::Schema, &extension.schema)))
            }
            _ => None,
        })
        .filter(|(_, schema)| reader.catalog.objects.contains_key(schema))
        .collect();
    for (extension, schema) in extensions {
        reader.depends(&extension, &schema);
    }
}
