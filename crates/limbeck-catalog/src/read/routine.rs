//! Functions and procedures (`pg_proc`).

use limbeck_sql::QualifiedName;
use tokio_postgres::types::Oid;

use super::ReadError;
use super::address::{Address, class};
use super::reader::Reader;
use super::rows::Fields;
use crate::{Definition, Kind, ObjectId, Routine};

/// SQL for the types that a call of a routine, a row of `pg_proc`, is resolved by: `proargtypes` has those of `IN`,
/// `INOUT` and `VARIADIC` arguments.
pub(super) fn signature(routine: &str) -> String {
    format!(
        "coalesce((SELECT string_agg(format_type(a.oid, NULL), ', ' ORDER BY a.n_th)
                 FROM unnest({routine}.proargtypes) WITH ORDINALITY AS a (oid, n_th)), '')"
    )
}

/// Functions, window functions and procedures.
fn sql() -> String {
    format!(
        "
SELECT p.oid, p.pronamespace, p.proname, p.prokind, {},
       pg_get_functiondef(p.oid), pg_get_function_result(p.oid), pg_get_function_arguments(p.oid)
FROM pg_proc p
WHERE p.pronamespace = ANY ($1) AND p.prokind IN ('f', 'p', 'w')
      AND NOT EXISTS (SELECT FROM pg_depend d
                      WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype IN ('e', 'i'))",
        signature("p"),
    )
}

/// Reads all functions and procedures. Those of extensions are left out by the server: an extension may bring
/// hundreds, and their definitions cost. So are the functions that a range type brings.
pub(super) async fn read(reader: &mut Reader<'_>) -> Result<(), ReadError> {
    let mut rows = reader.rows("functions", &sql()).await?;
    while let Some(mut row) = rows.next().await? {
        let oid: Oid = row.take()?;
        let schema: Oid = row.take()?;
        let name: String = row.take()?;
        let Some(name) = reader.qualified_name(schema, &name) else {
            continue;
        };
        let prokind = row.take_char()?;
        let kind = match prokind {
            'p' => Kind::Procedure,
            _ => Kind::Function,
        };
        let id = ObjectId::routine(kind, name.schema, name.name, row.take::<String>()?);
        let routine = Routine {
            definition: definition(&row.take::<String>()?),
            result: row.take()?,
            arguments: row.take()?,
            window: prokind == 'w',
        };
        let address = Address::whole(class::PROC, oid);
        reader.insert_in_schema(address, schema, &id, Definition::Routine(routine));
    }
    Ok(())
}

/// What is compared of a definition. Where its lines ended as Windows ends them, that is no difference: it depends on who
/// wrote it last, and files of revisions have lines of one kind.
fn definition(text: &str) -> String {
    text.trim_end().replace("\r\n", "\n")
}

/// SQL for the name of the function that a column (a `regproc` or an OID) points at: its schema and its own.
pub(super) fn function_name(column: &str) -> String {
    format!(
        "(SELECT ARRAY[n.nspname, f.proname]::text[] FROM pg_proc f JOIN pg_namespace n ON n.oid = f.pronamespace \
         WHERE f.oid = {column})"
    )
}

/// The next field, got by [`function_name`]; `None` where the column is 0.
pub(super) fn take_function_name(row: &mut Fields) -> Result<Option<QualifiedName>, ReadError> {
    let name: Option<Vec<String>> = row.take()?;
    Ok(match name.as_deref() {
        Some([schema, name]) => Some(QualifiedName::new(schema, name)),
        _ => None,
    })
}
