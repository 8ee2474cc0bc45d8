//! Default privileges (`pg_default_acl`).

use std::collections::BTreeMap;

use tokio_postgres::types::Oid;

use super::ReadError;
use super::address::{Address, class};
use super::privileges::{Lists, grantee, insert};
use super::reader::Reader;
use crate::{DefaultPrivilegesObjects, DefaultPrivilegesScope, Definition, ObjectId, Privilege, Privileges};

/// Those within a schema are added to what an object is born with otherwise; those for all schemas stand in its place.
const SQL: &str = "
SELECT o.rolname, current_user::text, d.defaclnamespace, d.defaclobjtype, e.is_held, coalesce(g.rolname, ''),
       e.grantee = d.defaclrole, e.privilege_type, e.is_grantable
FROM pg_default_acl d
     JOIN pg_roles o ON o.oid = d.defaclrole,
     LATERAL (SELECT CASE WHEN d.defaclnamespace <> 0 THEN '{}'::aclitem[]
                          ELSE acldefault(CASE d.defaclobjtype WHEN 'S' THEN 's' ELSE d.defaclobjtype END,
                                          d.defaclrole) END) AS b (born),
     LATERAL (SELECT true, x.*
              FROM unnest(d.defaclacl) AS n, aclexplode(ARRAY[n]) AS x WHERE NOT n = ANY (b.born)
              UNION ALL
              SELECT false, x.*
              FROM unnest(b.born) AS n, aclexplode(ARRAY[n]) AS x WHERE NOT n = ANY (d.defaclacl))
         AS e (is_held, grantor, grantee, privilege_type, is_grantable)
     LEFT JOIN pg_roles g ON g.oid = e.grantee
WHERE d.defaclnamespace = 0 OR d.defaclnamespace = ANY ($1)";

/// Reads what later objects are born with.
pub(super) async fn read(reader: &mut Reader<'_>) -> Result<(), ReadError> {
    let mut lists: BTreeMap<(String, ObjectId), Lists> = BTreeMap::new();
    let mut rows = reader.rows("default privileges", SQL).await?;
    while let Some(mut row) = rows.next().await? {
        let role: String = row.take()?;
        let current_role: String = row.take()?;
        let schema_oid: Oid = row.take()?;
        let letter = row.take_char()?;
        let is_held: bool = row.take()?;
        let grantee = grantee(&mut row)?;
        let privilege: String = row.take()?;
        let is_grantable: bool = row.take()?;
        let schema = reader.schemas.get(&schema_oid).cloned();
        let is_own = reader.is_own_role(&role, role == current_role);
        let objects = match letter {
            'r' => Some(DefaultPrivilegesObjects::Tables),
            'S' => Some(DefaultPrivilegesObjects::Sequences),
            'f' => Some(DefaultPrivilegesObjects::Functions),
            'T' => Some(DefaultPrivilegesObjects::Types),
            'n' => Some(DefaultPrivilegesObjects::Schemas),
            _ => None,
        };
        let (Some(objects), Some(privilege)) = (objects, Privilege::from_name(&privilege)) else {
            let what = objects.map_or("large objects", DefaultPrivilegesObjects::as_str);
            reader.unread(
                "default privileges",
                &format!("{privilege} on {what} of role {role}"),
            );
            continue;
        };
        let scope = DefaultPrivilegesScope {
            role: (!is_own).then(|| role.clone()),
            schema,
            objects,
        };
        let id = ObjectId::default_privileges(grantee, &scope);
        let schema = reader
            .addresses
            .get(Address::whole(class::NAMESPACE, schema_oid))
            .cloned();
        let lists = lists.entry((role, id.clone())).or_default();
        let list = if is_held { &mut lists.held } else { &mut lists.born };
        list.insert(privilege, is_grantable);
        if let Some(schema) = schema {
            reader.depends(&id, &schema);
        }
    }
    for ((_, id), lists) in lists {
        // Of several roles that count as the current one, what any of them has.
        let mut privileges = lists.privileges();
        if let Some(Definition::DefaultPrivileges(others)) = reader.catalog.definition(&id) {
            let Privileges {
                granted,
                grantable,
                revoked,
            } = others;
            privileges.granted.extend(granted);
            privileges.grantable.extend(grantable);
            privileges.revoked.extend(revoked);
        }
        if !privileges.is_empty() {
            insert(reader, &id, Definition::DefaultPrivileges(privileges));
        }
    }
    Ok(())
}
