//! What people attached to the tables and other objects of extensions, as far as it is not read: named.
//!
//! A policy, a rule or a trigger there is ours where it uses something of ours. Of all else PostgreSQL does not note
//! who made it. So it is told by the transaction: what an extension's script makes is written together with that
//! extension's members, or with its version. A name too many (`pg_upgrade` writes everything anew) only costs a line.

use limbeck_sql::quote_identifier;
use tokio_postgres::types::Oid;

use super::ReadError;
use super::address::{Address, FIRST_USER_OID, class};
use super::reader::Reader;

/// Each with the extension, what it is, where it stands in the system catalogues, and its name.
const SQL: &str = "
WITH member AS MATERIALIZED (
    SELECT classid, objid, refobjid AS extension FROM pg_depend
    WHERE refclassid = 'pg_extension'::regclass AND deptype = 'e' AND objid >= {first}
), made AS MATERIALIZED (
    SELECT refobjid AS extension, xmin::text AS by FROM pg_depend
    WHERE refclassid = 'pg_extension'::regclass AND deptype = 'e'
    UNION
    SELECT oid, xmin::text FROM pg_extension
), attached AS (
    SELECT 'index' AS kind, 'pg_class'::regclass::oid AS class, i.indexrelid AS oid, c.relname::text AS name,
           i.indrelid AS relation, i.xmin::text AS by
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
    WHERE i.indexrelid NOT IN (SELECT conindid FROM pg_constraint WHERE contype IN ('p', 'u', 'x'))
    UNION ALL
    SELECT 'constraint', 'pg_constraint'::regclass, k.oid, k.conname::text, k.conrelid, k.xmin::text
    FROM pg_constraint k WHERE k.contype <> 't'
    UNION ALL
    SELECT 'trigger', 'pg_trigger'::regclass, t.oid, t.tgname::text, t.tgrelid, t.xmin::text
    FROM pg_trigger t WHERE NOT t.tgisinternal
)
SELECT m.extension, a.kind || ' on an extension''s table', a.class, a.oid, c.relnamespace, c.relname::text, a.name, NULL
FROM member m
     JOIN attached a ON a.relation = m.objid
     JOIN pg_class c ON c.oid = a.relation
WHERE m.classid = 'pg_class'::regclass AND c.relnamespace = ANY ($1)
      AND (m.extension, a.by) NOT IN (SELECT extension, by FROM made)
UNION ALL
SELECT m.extension, n.kind || ' on an extension''s object', 0, 0, NULL, NULL, NULL, o.type || ' ' || o.identity
FROM member m
     JOIN (SELECT 'comment', classoid, objoid, objsubid, xmin::text FROM pg_description
           UNION ALL
           SELECT 'security label', classoid, objoid, objsubid, xmin::text FROM pg_seclabel)
          AS n (kind, class, oid, part, by) ON n.class = m.classid AND n.oid = m.objid,
     pg_identify_object(n.class, n.oid, n.part) AS o
WHERE (m.extension, n.by) NOT IN (SELECT extension, by FROM made)
      AND (o.schema IS NULL OR o.schema IN (SELECT nspname FROM pg_namespace WHERE oid = ANY ($1)))";

/// Names what is attached to members of extensions and is not read, but for excluded extensions.
pub(super) async fn read(reader: &mut Reader<'_>) -> Result<(), ReadError> {
    let sql = SQL.replace("{first}", &FIRST_USER_OID.to_string());
    let mut rows = reader.rows("what is attached to extensions", &sql).await?;
    while let Some(mut row) = rows.next().await? {
        let extension: Oid = row.take()?;
        let kind: String = row.take()?;
        let address = Address::whole(row.take()?, row.take()?);
        let relation: Option<(Oid, String)> = row.take::<Option<Oid>>()?.zip(row.take()?);
        let name: Option<String> = row.take()?;
        let identity: Option<String> = row.take()?;
        let is_excluded = reader
            .addresses
            .get(Address::whole(class::EXTENSION, extension))
            .is_none();
        if is_excluded || reader.addresses.get(address).is_some() {
            continue;
        }
        if let Some((schema, relation)) = relation {
            if let Some(relation) = reader.qualified_name(schema, &relation) {
                let name = quote_identifier(&name.unwrap_or_default()).into_owned();
                reader.unread(kind, &format!("{relation}.{name}"));
            }
        } else if let Some(identity) = identity {
            reader.unread(kind, &identity);
        }
    }
    Ok(())
}
