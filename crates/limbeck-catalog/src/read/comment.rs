//! Comments (`pg_description`) and security labels (`pg_seclabel`).

use tokio_postgres::types::Oid;

use super::ReadError;
use super::address::{Address, FIRST_USER_OID, Role, class};
use super::reader::Reader;
use crate::{Definition, Kind, ObjectId, Part};

/// The thousands of comments that `initdb` makes are left out, but for those of schemas and extensions: `public` and
/// `plpgsql` have theirs from `initdb` and are ours to comment on. With them, the names of what may be a part of an
/// object. A comment has no provider.
fn sql() -> String {
    format!(
        "
SELECT n.classoid, n.objoid, n.objsubid, n.provider, n.note,
       CASE n.classoid WHEN {constraint} THEN (SELECT conname FROM pg_constraint WHERE oid = n.objoid)
                       WHEN {type_} THEN (SELECT typname FROM pg_type WHERE oid = n.objoid) END
FROM (SELECT classoid, objoid, objsubid, NULL, description FROM pg_description
      WHERE objoid >= {FIRST_USER_OID} OR classoid IN ({namespace}, {extension})
      UNION ALL
      SELECT classoid, objoid, objsubid, provider, label FROM pg_seclabel)
     AS n (classoid, objoid, objsubid, provider, note)
WHERE $1::oid[] IS NOT NULL",
        constraint = class::CONSTRAINT,
        type_ = class::TYPE,
        namespace = class::NAMESPACE,
        extension = class::EXTENSION
    )
}

/// Reads what is said about all that was read.
pub(super) async fn read(reader: &mut Reader<'_>) -> Result<(), ReadError> {
    let mut rows = reader.rows("comments", &sql()).await?;
    while let Some(mut row) = rows.next().await? {
        let address = Address {
            class: row.take::<Oid>()?,
            object: row.take()?,
            part: row.take()?,
        };
        let provider: Option<String> = row.take()?;
        let note: String = row.take()?;
        let name: Option<String> = row.take()?;
        let Some((id, role)) = reader.addresses.containing(address) else {
            continue;
        };
        let id = id.clone();
        if role == Role::Part
            && provider.is_none()
            && let Some(object) = reader.catalog.objects.get_mut(&id)
            && let Some(of_part) = of_part(address, name.as_deref(), &mut object.definition)
        {
            *of_part = Some(note);
            continue;
        }
        let part = match role {
            Role::Itself => None,
            Role::Part => match part(reader, address, &id, name.as_deref()) {
                Some(part) => Some(part),
                None => {
                    let what = provider.map_or("comment", |_| "security label");
                    let name =
                        name.map_or_else(|| id.sql_name(), |name| format!("{} ({name})", id.sql_name()));
                    reader.unread(format!("{what} on a part of an object"), &name);
                    continue;
                }
            },
        };
        let Some(object) = reader.catalog.objects.get_mut(&id) else {
            continue;
        };
        let (comment, labels) = match part {
            None => (&mut object.comment, &mut object.labels),
            Some(part) => {
                let notes = object.parts.entry(part).or_default();
                (&mut notes.comment, &mut notes.labels)
            }
        };
        match provider {
            None => *comment = Some(note),
            Some(provider) => {
                labels.insert(provider, note);
            }
        }
    }
    Ok(())
}

/// Which part of an object stands at an address.
fn part(reader: &Reader<'_>, address: Address, id: &ObjectId, name: Option<&str>) -> Option<Part> {
    match (address.class, id.kind) {
        (class::CLASS, _) if address.part > 0 => {
            let number = i16::try_from(address.part).ok()?;
            let column = reader.relations.get(&address.object)?.columns.get(&number)?;
            Some(Part::Column(column.name.clone()))
        }
        (class::CLASS, Kind::Column) => Some(Part::Sequence),
        (class::CONSTRAINT, Kind::Trigger) => Some(Part::Constraint),
        (class::CONSTRAINT, Kind::Domain) => Some(Part::DomainConstraint(name?.to_owned())),
        (class::TYPE, Kind::Type) => match reader.catalog.definition(id)? {
            Definition::Range(range) if name == Some(&range.multirange.name) => Some(Part::Multirange),
            _ => None,
        },
        // Not its array type, whose name is another.
        (class::TYPE, kind) if kind.is_relation() && name == Some(id.name()) => Some(Part::RowType),
        _ => None,
    }
}

/// Where the comment on a part of an object belongs, when it is a fact of the object.
fn of_part<'a>(
    address: Address,
    name: Option<&str>,
    definition: &'a mut Definition,
) -> Option<&'a mut Option<String>> {
    match (address.class, definition) {
        (class::CLASS, Definition::Column(column)) => Some(&mut column.identity.as_mut()?.comment),
        (class::CONSTRAINT, Definition::Column(column)) => {
            Some(&mut column.not_null_constraint.as_mut()?.comment)
        }
        (class::CONSTRAINT, Definition::Domain(domain)) => Some(&mut domain.not_null_comment),
        (class::TYPE, Definition::Range(range)) if name == Some(&range.multirange.name) => {
            Some(&mut range.multirange_comment)
        }
        (class::CLASS, Definition::Constraint(constraint)) => {
            Some(&mut constraint.definition.index_mut()?.comment)
        }
        _ => None,
    }
}
