//! Enum types (`pg_type`, `pg_enum`).

use tokio_postgres::types::Oid;

use super::ReadError;
use super::address::{Address, class};
use super::reader::Reader;
use crate::{Definition, EnumType, Kind, ObjectId};

const SQL: &str = "
SELECT t.oid, t.typarray, t.typnamespace, t.typname,
       ARRAY(SELECT e.enumlabel FROM pg_enum e WHERE e.enumtypid = t.oid ORDER BY e.enumsortorder)
FROM pg_type t
WHERE t.typtype = 'e' AND t.typnamespace = ANY ($1)";

/// Reads all enum types.
pub(super) async fn read(reader: &mut Reader<'_>) -> Result<(), ReadError> {
    let mut rows = reader.rows("enum types", SQL).await?;
    while let Some(mut row) = rows.next().await? {
        let oid: Oid = row.take()?;
        let array: Oid = row.take()?;
        let schema: Oid = row.take()?;
        let name: String = row.take()?;
        let labels: Vec<String> = row.take()?;
        let Some(name) = reader.qualified_name(schema, &name) else {
            continue;
        };
        if reader.is_member(class::TYPE, oid) {
            continue;
        }
        let id = ObjectId::in_schema(Kind::Type, name.schema, name.name);
        // Whoever uses an array of the type needs the type.
        reader
            .addresses
            .insert_part(Address::whole(class::TYPE, array), id.clone());
        let definition = Definition::Enum(EnumType { labels });
        reader.insert_in_schema(Address::whole(class::TYPE, oid), schema, &id, definition);
    }
    Ok(())
}
