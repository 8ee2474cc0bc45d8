//! Range types (`pg_type`, `pg_range`).

use limbeck_sql::QualifiedName;
use tokio_postgres::types::Oid;

use super::ReadError;
use super::address::{Address, class};
use super::collation::optional_collation_name;
use super::reader::Reader;
use super::routine::{function_name, take_function_name};
use super::rows::Fields;
use crate::{Definition, Kind, ObjectId, RangeType};

/// Range types with the functions that they bring: the constructors of ranges and multiranges.
fn sql() -> String {
    format!(
        "
SELECT t.oid, t.typnamespace, t.typname, ARRAY[t.typarray, m.oid, m.typarray],
       ARRAY(SELECT d.objid FROM pg_depend d
             WHERE d.classid = 'pg_proc'::regclass AND d.refclassid = 'pg_type'::regclass
                   AND d.refobjid IN (t.oid, m.oid) AND d.deptype = 'i'),
       r.rngsubtype, format_type(r.rngsubtype, NULL), r.rngsubopc,
       CASE WHEN r.rngcollation <> s.typcollation THEN r.rngcollation END,
       {}, {}, mn.nspname, m.typname
FROM pg_range r
     JOIN pg_type t ON t.oid = r.rngtypid
     JOIN pg_type s ON s.oid = r.rngsubtype
     JOIN pg_type m ON m.oid = r.rngmultitypid
     JOIN pg_namespace mn ON mn.oid = m.typnamespace
WHERE t.typnamespace = ANY ($1)",
        function_name("r.rngcanonical"),
        function_name("r.rngsubdiff"),
    )
}

/// Reads all range types.
pub(super) async fn read(reader: &mut Reader<'_>) -> Result<(), ReadError> {
    let mut rows = reader.rows("range types", &sql()).await?;
    while let Some(mut row) = rows.next().await? {
        let oid: Oid = row.take()?;
        let schema: Oid = row.take()?;
        let name: String = row.take()?;
        let Some(name) = reader.qualified_name(schema, &name) else {
            continue;
        };
        if reader.is_member(class::TYPE, oid) {
            continue;
        }
        let id = ObjectId::in_schema(Kind::Type, name.schema, name.name);
        // Whoever uses the multirange, an array or a constructor needs the range type.
        let types = row.take::<Vec<Oid>>()?.into_iter();
        let functions = row.take::<Vec<Oid>>()?.into_iter();
        let parts = types
            .map(|data_type| Address::whole(class::TYPE, data_type))
            .chain(functions.map(|function| Address::whole(class::PROC, function)));
        for part in parts {
            reader.addresses.insert_part(part, id.clone());
        }
        let definition = Definition::Range(range_type(reader, &id, &mut row)?);
        reader.insert_in_schema(Address::whole(class::TYPE, oid), schema, &id, definition);
    }
    Ok(())
}

fn range_type(reader: &Reader<'_>, id: &ObjectId, row: &mut Fields) -> Result<RangeType, ReadError> {
    let object = || id.to_string();
    let subtype_oid: Oid = row.take()?;
    let subtype: String = row.take()?;
    let operator_class: Oid = row.take()?;
    let operator_class =
        reader
            .operator_classes
            .named(operator_class, Some(subtype_oid), None, false, object)?;
    let collation = optional_collation_name(reader, row.take()?, object)?;
    Ok(RangeType {
        subtype,
        operator_class,
        collation,
        canonical: take_function_name(row)?,
        subtype_diff: take_function_name(row)?,
        multirange: QualifiedName {
            schema: row.take()?,
            name: row.take()?,
        },
        // Comes with the other comments.
        multirange_comment: None,
    })
}
