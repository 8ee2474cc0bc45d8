//! Privileges (`relacl` and its like), which are named where they are not what an object is born with.

use limbeck_sql::quote_identifier;
use tokio_postgres::types::Oid;

use super::ReadError;
use super::address::{Address, class};
use super::reader::Reader;

/// Objects whose privileges differ from those that they are born with: from `acldefault`, or, for what `initdb` makes
/// (the schema `public`), from `pg_init_privs`. A missing list is the default one.
const SQL: &str = "
SELECT o.class, o.oid, o.part
FROM (SELECT 'pg_namespace'::regclass::oid, oid, 0, nspacl, acldefault('n', nspowner)
      FROM pg_namespace WHERE oid = ANY ($1) AND nspacl IS NOT NULL
      UNION ALL
      SELECT 'pg_class'::regclass, oid, 0, relacl,
             acldefault(CASE relkind WHEN 'S' THEN 's' ELSE 'r' END::\"char\", relowner)
      FROM pg_class WHERE relnamespace = ANY ($1) AND relacl IS NOT NULL
      UNION ALL
      SELECT 'pg_class'::regclass, a.attrelid, a.attnum, a.attacl, acldefault('c', c.relowner)
      FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
      WHERE c.relnamespace = ANY ($1) AND a.attacl IS NOT NULL AND NOT a.attisdropped
      UNION ALL
      SELECT 'pg_proc'::regclass, oid, 0, proacl, acldefault('f', proowner)
      FROM pg_proc WHERE pronamespace = ANY ($1) AND proacl IS NOT NULL
      UNION ALL
      SELECT 'pg_type'::regclass, oid, 0, typacl, acldefault('T', typowner)
      FROM pg_type WHERE typnamespace = ANY ($1) AND typacl IS NOT NULL) AS o (class, oid, part, acl, born)
     LEFT JOIN pg_init_privs i ON i.classoid = o.class AND i.objoid = o.oid AND i.objsubid = o.part
WHERE NOT (o.acl @> coalesce(i.initprivs, o.born) AND o.acl <@ coalesce(i.initprivs, o.born))";

/// Names the objects on which privileges were granted or revoked.
pub(super) async fn read(reader: &mut Reader<'_>) -> Result<(), ReadError> {
    let mut rows = reader.rows("privileges", SQL).await?;
    while let Some(mut row) = rows.next().await? {
        let address = Address {
            class: row.take::<Oid>()?,
            object: row.take()?,
            part: row.take()?,
        };
        let Some((id, _)) = reader.addresses.containing(address) else {
            continue;
        };
        let mut name = id.sql_name();
        // A view's column has no identity here.
        if address.part > 0 && address.class == class::CLASS && reader.addresses.get(address).is_none() {
            let column = i16::try_from(address.part)
                .ok()
                .and_then(|number| reader.relations.get(&address.object)?.columns.get(&number));
            if let Some(column) = column {
                name = format!("{name}.{}", quote_identifier(&column.name));
            }
        }
        let kind = format!(
            "grant on {}",
            if address.part > 0 {
                "column"
            } else {
                id.kind.as_str()
            }
        );
        reader.unread(kind, &name);
    }
    Ok(())
}
