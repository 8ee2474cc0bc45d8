//! Comments (`pg_description`).

use tokio_postgres::types::Oid;

use super::ReadError;
use super::address::{Address, FIRST_USER_OID, Role, class};
use super::reader::Reader;
use crate::{Definition, Kind};

/// The thousands of comments that `initdb` makes are left out, but for those of schemas and extensions: `public` and
/// `plpgsql` have theirs from `initdb` and are ours to comment on.
fn sql() -> String {
    format!(
        "
SELECT classoid, objoid, objsubid, description FROM pg_description
WHERE (objoid >= {FIRST_USER_OID} OR classoid IN ({}, {})) AND $1::oid[] IS NOT NULL",
        class::NAMESPACE,
        class::EXTENSION
    )
}

/// Reads the comments on all that was read.
pub(super) async fn read(reader: &mut Reader<'_>) -> Result<(), ReadError> {
    let mut rows = reader.rows("comments", &sql()).await?;
    while let Some(mut row) = rows.next().await? {
        let address = Address {
            class: row.take::<Oid>()?,
            object: row.take()?,
            part: row.take()?,
        };
        let comment: String = row.take()?;
        match reader.addresses.containing(address) {
            None => {}
            Some((id, Role::Itself)) => {
                let id = id.clone();
                if let Some(object) = reader.catalog.objects.get_mut(&id) {
                    object.comment = Some(comment);
                }
            }
            Some((id, Role::Part)) => {
                let id = id.clone();
                let definition = reader.catalog.objects.get_mut(&id);
                match definition.and_then(|object| of_part(address, &mut object.definition)) {
                    Some(of_part) => *of_part = Some(comment),
                    None => reader.unread(what(address, id.kind), &id.sql_name()),
                }
            }
        }
    }
    Ok(())
}

/// Where the comment on a part of an object belongs, when it is a fact of the object.
fn of_part(address: Address, definition: &mut Definition) -> Option<&mut Option<String>> {
    match (address.class, definition) {
        (class::CLASS, Definition::Column(column)) => Some(&mut column.identity.as_mut()?.comment),
        (class::CONSTRAINT, Definition::Column(column)) => {
            Some(&mut column.not_null_constraint.as_mut()?.comment)
        }
        (class::CLASS, Definition::Constraint(constraint)) => {
            Some(&mut constraint.definition.index_mut()?.comment)
        }
        _ => None,
    }
}

/// What part of an object bears a comment that is not read.
fn what(address: Address, kind: Kind) -> &'static str {
    match (address.class, kind) {
        (class::CLASS, _) => "comment on a view's column",
        (class::CONSTRAINT, Kind::Trigger) => "comment on a trigger's constraint",
        (class::CONSTRAINT, Kind::Domain) => "comment on a not-null constraint",
        (class::TYPE, Kind::Type) => "comment on a multirange type",
        (class::TYPE, _) => "comment on a row type",
        _ => "comment on a part of an object",
    }
}
