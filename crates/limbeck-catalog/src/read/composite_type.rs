//! Composite types (`pg_type`, `pg_class`) and their attributes (`pg_attribute`).

use tokio_postgres::types::Oid;

use super::ReadError;
use super::address::{Address, class};
use super::collation::optional_collation_name;
use super::reader::Reader;
use crate::{Attribute, CompositeType, Definition, Kind, ObjectId};

/// One row an attribute, in order; a type without attributes has one row too.
const SQL: &str = "
SELECT c.oid, t.oid, t.typarray, c.relnamespace, c.relname,
       a.attnum, a.attname, format_type(a.atttypid, a.atttypmod),
       CASE WHEN a.attcollation <> y.typcollation THEN a.attcollation END
FROM pg_class c
     JOIN pg_type t ON t.oid = c.reltype
     LEFT JOIN (pg_attribute a JOIN pg_type y ON y.oid = a.atttypid)
          ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relkind = 'c' AND c.relnamespace = ANY ($1)
ORDER BY c.oid, a.attnum";

/// Reads all composite types.
pub(super) async fn read(reader: &mut Reader<'_>) -> Result<(), ReadError> {
    let mut rows = reader.rows("composite types", SQL).await?;
    while let Some(mut row) = rows.next().await? {
        let relation: Oid = row.take()?;
        let oid: Oid = row.take()?;
        let array: Oid = row.take()?;
        let schema: Oid = row.take()?;
        let name: String = row.take()?;
        let Some(name) = reader.qualified_name(schema, &name) else {
            continue;
        };
        if reader.is_member(class::TYPE, oid) || reader.is_member(class::CLASS, relation) {
            continue;
        }
        let id = ObjectId::in_schema(Kind::Type, &name.schema, &name.name);
        if reader.catalog.definition(&id).is_none() {
            for address in [
                Address::whole(class::TYPE, array),
                Address::whole(class::CLASS, relation),
            ] {
                reader.addresses.insert_part(address, id.clone());
            }
            let definition = Definition::Composite(CompositeType {
                attributes: Vec::new(),
            });
            reader.insert_in_schema(Address::whole(class::TYPE, oid), schema, &id, definition);
        }
        let Some(number) = row.take::<Option<i16>>()? else {
            continue;
        };
        let attribute: String = row.take()?;
        let attribute_id = ObjectId::in_relation(Kind::Column, &name, &attribute);
        if let Some(object) = reader.catalog.objects.get_mut(&id)
            && let Definition::Composite(composite) = &mut object.definition
        {
            composite.attributes.push(attribute);
        }
        let data_type: String = row.take()?;
        let collation = optional_collation_name(reader, row.take()?, || attribute_id.to_string())?;
        let definition = Definition::Attribute(Attribute { data_type, collation });
        reader.insert(Address::column(relation, number), &attribute_id, definition);
        reader.depends(&attribute_id, &id);
    }
    Ok(())
}
