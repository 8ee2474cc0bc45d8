//! Casts (`pg_cast`).

use tokio_postgres::types::Oid;

use super::ReadError;
use super::address::{Address, FIRST_USER_OID, class};
use super::reader::Reader;
use super::routine::signature;
use crate::{Cast, CastContext, CastMethod, Definition, Kind, ObjectId};

/// Casts of types or functions in the schemas that are looked into, and those between PostgreSQL's own types. A range
/// type brings the cast to its multirange.
fn sql() -> String {
    format!(
        "
SELECT c.oid, format_type(c.castsource, NULL) || ' AS ' || format_type(c.casttarget, NULL),
       c.castmethod, c.castcontext,
       CASE WHEN n.nspname <> 'pg_catalog' THEN quote_ident(n.nspname) || '.' ELSE '' END || quote_ident(f.proname)
       || '(' || {} || ')'
FROM pg_cast c
     JOIN pg_type s ON s.oid = c.castsource
     JOIN pg_type t ON t.oid = c.casttarget
     LEFT JOIN (pg_proc f JOIN pg_namespace n ON n.oid = f.pronamespace) ON f.oid = c.castfunc
WHERE c.oid >= {FIRST_USER_OID}
      AND (s.typnamespace = ANY ($1) OR t.typnamespace = ANY ($1) OR f.pronamespace = ANY ($1)
           OR s.typnamespace = 'pg_catalog'::regnamespace AND t.typnamespace = 'pg_catalog'::regnamespace)
      AND NOT EXISTS (SELECT FROM pg_depend d
                      WHERE d.classid = 'pg_cast'::regclass AND d.objid = c.oid AND d.deptype = 'i')",
        signature("f"),
    )
}

/// Reads all casts.
pub(super) async fn read(reader: &mut Reader<'_>) -> Result<(), ReadError> {
    let mut rows = reader.rows("casts", &sql()).await?;
    while let Some(mut row) = rows.next().await? {
        let oid: Oid = row.take()?;
        if reader.is_member(class::CAST, oid) {
            continue;
        }
        let id = ObjectId {
            kind: Kind::Cast,
            path: Vec::new(),
            signature: Some(row.take()?),
        };
        let method = row.take_char()?;
        let context = match row.take_char()? {
            'i' => CastContext::Implicit,
            'a' => CastContext::Assignment,
            _ => CastContext::Explicit,
        };
        let function: Option<String> = row.take()?;
        let method = match (method, function) {
            ('f', Some(function)) => CastMethod::Function(function),
            ('i', _) => CastMethod::InOut,
            _ => CastMethod::Binary,
        };
        let definition = Definition::Cast(Cast { method, context });
        reader.insert(Address::whole(class::CAST, oid), &id, definition);
    }
    Ok(())
}
