//! Dependencies (`pg_depend`).

use tokio_postgres::types::Oid;

use super::ReadError;
use super::address::{Address, FIRST_USER_OID, class};
use super::reader::Reader;
use crate::Kind;

/// Left out is what is known otherwise (the schema that an object lies in), what only says that a row type or an
/// array type goes with its own, and members of extensions.
fn sql() -> String {
    format!(
        "
SELECT classid, objid, objsubid, refclassid, refobjid, refobjsubid
FROM pg_depend
WHERE objid >= {FIRST_USER_OID} AND (classid <> {type_} OR deptype = 'n') AND refclassid <> {namespace} AND deptype <> 'e'
      AND $1::oid[] IS NOT NULL",
        type_ = class::TYPE,
        namespace = class::NAMESPACE
    )
}

/// Reads which object needs which. What a routine with a string body uses is not in it: PostgreSQL does not know.
///
/// A sequence does not need the column that owns it: `owned_by` tells that, and the column's default needs the
/// sequence.
pub(super) async fn read(reader: &mut Reader<'_>) -> Result<(), ReadError> {
    let mut rows = reader.rows("dependencies", &sql()).await?;
    while let Some(mut row) = rows.next().await? {
        let dependent = address(row.take()?, row.take()?, row.take()?);
        let referenced = address(row.take()?, row.take()?, row.take()?);
        let Some((dependent, _)) = reader.addresses.containing(dependent) else {
            continue;
        };
        let Some(referenced) = reader.resolve(referenced) else {
            continue;
        };
        if dependent.kind == Kind::Sequence {
            continue;
        }
        let (dependent, referenced) = (dependent.clone(), referenced.clone());
        reader.depends(&dependent, &referenced);
    }
    Ok(())
}

fn address(class: Oid, object: Oid, part: i32) -> Address {
    Address { class, object, part }
}
