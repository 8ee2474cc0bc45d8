//! Dependencies (`pg_depend`).

use std::collections::HashSet;

use tokio_postgres::types::Oid;

use super::ReadError;
use super::address::{Address, FIRST_USER_OID, Role, class};
use super::reader::Reader;
use crate::{Kind, ObjectId};

/// Left out is what is known otherwise (the schema that an object lies in), what only says that a row type or an
/// array type goes with its own, and members of extensions.
fn sql() -> String {
    format!(
        "
SELECT classid, objid, objsubid, refclassid, refobjid, refobjsubid, deptype = 'x'
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
    let mut dependents: HashSet<(Oid, Oid)> = HashSet::new();
    let mut rows = reader.rows("dependencies", &sql()).await?;
    while let Some(mut row) = rows.next().await? {
        let dependent = address(row.take()?, row.take()?, row.take()?);
        dependents.insert((dependent.class, dependent.object));
        let referenced = address(row.take()?, row.take()?, row.take()?);
        let goes_along: bool = row.take()?;
        let Some((dependent, role)) = reader.addresses.containing(dependent) else {
            continue;
        };
        let Some(referenced) = reader.resolve(referenced) else {
            continue;
        };
        if goes_along {
            let (dependent, extension) = (dependent.clone(), referenced.name().to_owned());
            go_with_extension(reader, &dependent, role, extension);
            continue;
        }
        if dependent.kind == Kind::Sequence {
            continue;
        }
        let (dependent, referenced) = (dependent.clone(), referenced.clone());
        reader.depends(&dependent, &referenced);
    }
    let without = reader.addresses.iter().filter(|(address, id)| {
        is_always_dependent(address.class, id.kind)
            && address.object >= FIRST_USER_OID
            && !dependents.contains(&(address.class, address.object))
    });
    match without.map(|(_, id)| id).min() {
        Some(id) => Err(ReadError::inconsistent(id, "its rows in pg_depend")),
        None => Ok(()),
    }
}

/// Notes with which extension an object goes. That is no need: the object does without it.
fn go_with_extension(reader: &mut Reader<'_>, id: &ObjectId, role: Role, extension: String) {
    match reader.catalog.objects.get_mut(id) {
        Some(object) if role == Role::Itself => {
            object.extensions.insert(extension);
        }
        _ => reader.unread(
            "dependency of a part of an object on an extension",
            &id.sql_name(),
        ),
    }
}

/// Whether PostgreSQL notes at least on which relation or type such an object is.
fn is_always_dependent(class: Oid, kind: Kind) -> bool {
    match class {
        class::CONSTRAINT | class::ATTRDEF | class::REWRITE | class::TRIGGER | class::POLICY => true,
        class::CLASS => matches!(kind, Kind::Index | Kind::Constraint),
        _ => false,
    }
}

fn address(class: Oid, object: Oid, part: i32) -> Address {
    Address { class, object, part }
}
