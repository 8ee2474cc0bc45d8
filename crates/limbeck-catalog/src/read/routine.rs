//! Functions and procedures (`pg_proc`).

use tokio_postgres::types::Oid;

use super::ReadError;
use super::address::{Address, class};
use super::reader::Reader;
use crate::{Definition, Kind, ObjectId, Routine};

/// `proargtypes` are the types that a call is resolved by: those of `IN`, `INOUT` and `VARIADIC` arguments.
const SQL: &str = "
SELECT p.oid, p.pronamespace, p.proname, p.prokind,
       coalesce((SELECT string_agg(format_type(a.oid, NULL), ', ' ORDER BY a.n_th)
                 FROM unnest(p.proargtypes) WITH ORDINALITY AS a (oid, n_th)), ''),
       pg_get_functiondef(p.oid), pg_get_function_result(p.oid), pg_get_function_arguments(p.oid)
FROM pg_proc p
WHERE p.pronamespace = ANY ($1) AND p.prokind IN ('f', 'p')
      AND NOT EXISTS (SELECT FROM pg_depend d
                      WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype IN ('e', 'i'))";

/// Reads all functions and procedures. Those of extensions are left out by the server: an extension may bring
/// hundreds, and their definitions cost. So are the functions that a range type brings.
pub(super) async fn read(reader: &mut Reader<'_>) -> Result<(), ReadError> {
    let mut rows = reader.rows("functions", SQL).await?;
    while let Some(mut row) = rows.next().await? {
        let oid: Oid = row.take()?;
        let schema: Oid = row.take()?;
        let name: String = row.take()?;
        let Some(name) = reader.qualified_name(schema, &name) else {
            continue;
        };
        let kind = match row.take_char()? {
            'p' => Kind::Procedure,
            _ => Kind::Function,
        };
        let id = ObjectId::routine(kind, name.schema, name.name, row.take::<String>()?);
        let routine = Routine {
            definition: row.take::<String>()?.trim_end().to_owned(),
            result: row.take()?,
            arguments: row.take()?,
        };
        let address = Address::whole(class::PROC, oid);
        reader.insert_in_schema(address, schema, &id, Definition::Routine(routine));
    }
    Ok(())
}
