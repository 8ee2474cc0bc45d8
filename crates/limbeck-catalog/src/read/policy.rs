//! Policies of tables (`pg_policy`).

use tokio_postgres::types::Oid;

use super::ReadError;
use super::address::{Address, class};
use super::reader::{Reader, Standing};
use crate::{Definition, Kind, ObjectId, Policy, PolicyCommand};

/// Of the roles, 0 is `PUBLIC`. What a policy on an extension's table uses comes along.
const SQL: &str = "
SELECT p.oid, p.polrelid, p.polname, p.polpermissive, p.polcmd,
       ARRAY(SELECT r.rolname::text FROM pg_roles r WHERE r.oid = ANY (p.polroles)), current_user::text,
       pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid),
       CASE WHEN e.objid IS NOT NULL THEN
           ARRAY(SELECT unnest(ARRAY[d.refclassid, d.refobjid]) FROM pg_depend d
                 WHERE d.classid = 'pg_policy'::regclass AND d.objid = p.oid)
       END
FROM pg_policy p
     JOIN pg_class c ON c.oid = p.polrelid
     LEFT JOIN pg_depend e ON e.classid = 'pg_class'::regclass AND e.objid = c.oid AND e.deptype = 'e'
WHERE c.relnamespace = ANY ($1)";

/// Reads all policies.
pub(super) async fn read(reader: &mut Reader<'_>) -> Result<(), ReadError> {
    let mut rows = reader.rows("policies", SQL).await?;
    while let Some(mut row) = rows.next().await? {
        let oid: Oid = row.take()?;
        let relation: Oid = row.take()?;
        let name: String = row.take()?;
        let permissive: bool = row.take()?;
        let command = match row.take_char()? {
            'r' => PolicyCommand::Select,
            'a' => PolicyCommand::Insert,
            'w' => PolicyCommand::Update,
            'd' => PolicyCommand::Delete,
            _ => PolicyCommand::All,
        };
        let roles: Vec<String> = row.take()?;
        let current: String = row.take()?;
        let policy = Policy {
            permissive,
            command,
            roles: roles
                .into_iter()
                .map(|role| {
                    let is_current = role == current;
                    reader.role(role, is_current)
                })
                .collect(),
            using: row.take()?,
            with_check: row.take()?,
        };
        let used: Option<Vec<Oid>> = row.take()?;
        let Some(relation) = reader.relations.get(&relation) else {
            continue;
        };
        let relation_id = relation.id.clone();
        let id = ObjectId::in_relation(Kind::Policy, &relation.name, name);
        match relation.standing {
            Standing::Ours => {}
            Standing::Member if reader.is_any_ours(used.as_deref()) => {}
            Standing::Member => {
                reader.unread("policy on an extension's table", &id.sql_name());
                continue;
            }
            Standing::NotRead => continue,
        }
        reader.insert_on_relation(
            Address::whole(class::POLICY, oid),
            &relation_id,
            &id,
            Definition::Policy(policy),
        );
    }
    Ok(())
}
