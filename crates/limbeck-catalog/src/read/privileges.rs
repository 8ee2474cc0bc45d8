//! Privileges (`relacl` and its like), where they are not what an object is born with.

use std::collections::BTreeMap;

use limbeck_sql::QualifiedName;
use tokio_postgres::types::Oid;

use super::ReadError;
use super::address::{Address, Role, class};
use super::reader::Reader;
use super::rows::Fields;
use crate::{Definition, Kind, OWNER, Object, ObjectId, Privilege, Privileges};

/// What lists of privileges hold besides those that objects are born with, and what they lack of those. A list that
/// is missing is the one that the object is born with.
///
/// Born with is `acldefault`; what an extension's script granted, for its members; and for the schema `public` what
/// the server's version makes it with, as `pg_dump` has it: whoever dropped it and made it again did not mean less.
fn sql(version: u32) -> String {
    let public = if version >= 150_000 {
        "makeaclitem(0, nspowner, 'USAGE', false)"
    } else {
        "makeaclitem(0, nspowner, 'USAGE', false) || makeaclitem(0, nspowner, 'CREATE', false)"
    };
    format!(
        "
SELECT o.class, o.oid, o.part, e.is_held, coalesce(g.rolname, ''), e.grantee = o.owner, e.grantor = o.owner,
       e.privilege_type, e.is_grantable,
       CASE WHEN o.class = 'pg_language'::regclass OR o.part < 0
                 OR (o.class, o.oid) IN (SELECT classid, objid FROM pg_depend WHERE deptype = 'e')
            THEN (SELECT d.type || ' ' || d.identity FROM pg_identify_object(o.class, o.oid, o.part) AS d) END
FROM (SELECT 'pg_namespace'::regclass::oid, oid, 0, coalesce(nspacl, acldefault('n', nspowner)), nspowner,
             CASE nspname WHEN 'public' THEN acldefault('n', nspowner) || {public}
                          ELSE acldefault('n', nspowner) END
      FROM pg_namespace WHERE oid = ANY ($1) AND (nspacl IS NOT NULL OR nspname = 'public')
      UNION ALL
      SELECT 'pg_class'::regclass, oid, 0, relacl, relowner,
             acldefault(CASE relkind WHEN 'S' THEN 's' ELSE 'r' END::\"char\", relowner)
      FROM pg_class WHERE relnamespace = ANY ($1) AND relacl IS NOT NULL
      UNION ALL
      SELECT 'pg_class'::regclass, a.attrelid, a.attnum, a.attacl, c.relowner, acldefault('c', c.relowner)
      FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
      WHERE c.relnamespace = ANY ($1) AND a.attacl IS NOT NULL AND NOT a.attisdropped
      UNION ALL
      SELECT 'pg_proc'::regclass, oid, 0, proacl, proowner, acldefault('f', proowner)
      FROM pg_proc WHERE pronamespace = ANY ($1) AND proacl IS NOT NULL
      UNION ALL
      SELECT 'pg_type'::regclass, oid, 0, typacl, typowner, acldefault('T', typowner)
      FROM pg_type WHERE typnamespace = ANY ($1) AND typacl IS NOT NULL
      UNION ALL
      SELECT 'pg_foreign_data_wrapper'::regclass, oid, 0, fdwacl, fdwowner, acldefault('F', fdwowner)
      FROM pg_foreign_data_wrapper WHERE fdwacl IS NOT NULL
      UNION ALL
      SELECT 'pg_foreign_server'::regclass, oid, 0, srvacl, srvowner, acldefault('S', srvowner)
      FROM pg_foreign_server WHERE srvacl IS NOT NULL
      UNION ALL
      SELECT 'pg_language'::regclass, oid, 0, lanacl, lanowner, acldefault('l', lanowner)
      FROM pg_language WHERE lanacl IS NOT NULL) AS o (class, oid, part, acl, owner, born_by_kind)
     LEFT JOIN pg_init_privs i ON i.classoid = o.class AND i.objoid = o.oid AND i.objsubid = o.part
                                  AND o.class <> 'pg_namespace'::regclass,
     coalesce(i.initprivs, o.born_by_kind) AS b (born),
     LATERAL (SELECT true, x.*
              FROM unnest(o.acl) AS n, aclexplode(ARRAY[n]) AS x WHERE NOT n = ANY (b.born)
              UNION ALL
              SELECT false, x.*
              FROM unnest(b.born) AS n, aclexplode(ARRAY[n]) AS x WHERE NOT n = ANY (o.acl))
         AS e (is_held, grantor, grantee, privilege_type, is_grantable)
     LEFT JOIN pg_roles g ON g.oid = e.grantee"
    )
}

/// The privileges of a grantee as they are held, and as they were at birth: each with whether it can be passed on.
#[derive(Default)]
pub(super) struct Lists {
    pub(super) held: BTreeMap<Privilege, bool>,
    pub(super) born: BTreeMap<Privilege, bool>,
}

impl Lists {
    /// The difference.
    pub(super) fn privileges(&self) -> Privileges {
        let mut privileges = Privileges::default();
        for (&privilege, &is_grantable) in &self.held {
            match self.born.get(&privilege) {
                Some(&born) if born == is_grantable => {}
                _ if is_grantable => {
                    privileges.grantable.insert(privilege);
                }
                _ => {
                    privileges.granted.insert(privilege);
                }
            }
        }
        let lacking = self
            .born
            .keys()
            .filter(|privilege| !self.held.contains_key(privilege));
        privileges.revoked.extend(lacking);
        privileges
    }
}

/// Reads who may do what with the objects that were read.
pub(super) async fn read(reader: &mut Reader<'_>) -> Result<(), ReadError> {
    let mut lists: BTreeMap<(ObjectId, ObjectId), Lists> = BTreeMap::new();
    let mut rows = reader.rows("privileges", &sql(reader.version)).await?;
    while let Some(mut row) = rows.next().await? {
        let address = Address {
            class: row.take::<Oid>()?,
            object: row.take()?,
            part: row.take()?,
        };
        let is_held: bool = row.take()?;
        let grantee = grantee(&mut row)?;
        let is_by_owner: bool = row.take()?;
        let privilege: String = row.take()?;
        let is_grantable: bool = row.take()?;
        let description: Option<String> = row.take()?;
        let Some((object, holder)) = object(reader, address) else {
            name_unread(reader, address, description);
            continue;
        };
        match Privilege::from_name(&privilege) {
            Some(privilege) if is_by_owner || !is_held => {
                let id = ObjectId::privileges(grantee, &object);
                let lists = lists.entry((id, holder)).or_default();
                let list = if is_held { &mut lists.held } else { &mut lists.born };
                list.insert(privilege, is_grantable);
            }
            Some(_) => {
                let what = format!("grant by another role than the owner on {}", object.kind);
                reader.unread(what, &object.sql_name());
            }
            None => reader.unread(
                format!("privilege {privilege} on {}", object.kind),
                &object.sql_name(),
            ),
        }
    }
    for ((id, holder), lists) in lists {
        let privileges = lists.privileges();
        if !privileges.is_empty() {
            insert(reader, &id, Definition::Privileges(privileges));
            reader.depends(&id, &holder);
        }
    }
    Ok(())
}

/// Adds what stands nowhere in the system catalogues by itself.
pub(super) fn insert(reader: &mut Reader<'_>, id: &ObjectId, definition: Definition) {
    reader.catalog.objects.insert(id.clone(), Object::new(definition));
}

/// A grantee: its name, which is empty for all roles, and whether it is the owner.
pub(super) fn grantee(row: &mut Fields) -> Result<String, ReadError> {
    let name: String = row.take()?;
    let is_owner: bool = row.take()?;
    Ok(if is_owner {
        OWNER.to_owned()
    } else if name.is_empty() {
        crate::PUBLIC.to_owned()
    } else {
        name
    })
}

/// The object that a list of privileges is about, as `GRANT` names it, and the object of the catalogue that it is or
/// is a part of.
fn object(reader: &Reader<'_>, address: Address) -> Option<(ObjectId, ObjectId)> {
    let (holder, role) = reader.addresses.containing(address)?;
    let object = match (role, address.class, holder.kind) {
        (Role::Itself, ..) => holder.clone(),
        (Role::Part, class::CLASS, Kind::Column) => match reader.catalog.definition(holder)? {
            Definition::Column(column) => {
                let QualifiedName { schema, name } = column.identity.as_ref()?.sequence.clone();
                ObjectId::in_schema(Kind::Sequence, schema, name)
            }
            _ => return None,
        },
        (Role::Part, class::CLASS, _) => {
            let relation = reader.relations.get(&address.object)?;
            let number = i16::try_from(address.part).ok()?;
            relation.column_id(&relation.columns.get(&number)?.name)
        }
        (Role::Part, class::TYPE, _) => {
            let name = holder.qualified_name()?;
            ObjectId::in_schema(Kind::Type, name.schema, name.name)
        }
        (Role::Part, ..) => return None,
    };
    Some((object, holder.clone()))
}

/// Names a list of privileges on what has no identity here and is named nowhere else: a language, a system column, or a
/// member of an extension, which differs from what the extension's script granted.
fn name_unread(reader: &mut Reader<'_>, address: Address, description: Option<String>) {
    let is_excluded = matches!(reader.members.get(&(address.class, address.object)), Some(None))
        || address.class == class::CLASS && reader.is_of_excluded(address.object);
    if let Some(description) = description
        && !is_excluded
    {
        reader.unread("grant", &description);
    }
}
