//! Extensions (`pg_extension`), and which objects are theirs.

use tokio_postgres::types::Oid;

use super::ReadError;
use super::address::{Address, class};
use super::reader::Reader;
use crate::{Definition, Extension, Kind, ObjectId};

const EXTENSIONS: &str = "
SELECT e.oid, e.extname, n.nspname, e.extversion
FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
WHERE $1::oid[] IS NOT NULL";

/// `e` is the dependency of a member on its extension.
const MEMBERS: &str = "
SELECT classid, objid, refobjid FROM pg_depend
WHERE deptype = 'e' AND refclassid = 'pg_extension'::regclass AND $1::oid[] IS NOT NULL";

/// Reads all extensions of the database, whatever schemas are looked into, and their members.
pub(super) async fn read(reader: &mut Reader<'_>) -> Result<(), ReadError> {
    let mut rows = reader.rows("extensions", EXTENSIONS).await?;
    while let Some(mut row) = rows.next().await? {
        let oid: Oid = row.take()?;
        let name: String = row.take()?;
        let extension = Extension {
            schema: row.take()?,
            version: row.take()?,
            pinned: false,
        };
        if reader.is_excluded_by_itself(&name) {
            continue;
        }
        let id = ObjectId::global(Kind::Extension, name);
        reader.insert(
            Address::whole(class::EXTENSION, oid),
            &id,
            Definition::Extension(extension),
        );
    }
    let mut rows = reader.rows("members of extensions", MEMBERS).await?;
    while let Some(mut row) = rows.next().await? {
        let member: (Oid, Oid) = (row.take()?, row.take()?);
        let extension: Oid = row.take()?;
        // A member of an excluded extension is as little ours as any other member.
        let id = reader
            .addresses
            .get(Address::whole(class::EXTENSION, extension))
            .cloned();
        reader.members.insert(member, id);
    }
    Ok(())
}
