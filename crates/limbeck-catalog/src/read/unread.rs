//! What exists in a database but has no kind here, by name.

use limbeck_sql::quote_identifier;
use tokio_postgres::types::Oid;

use super::ReadError;
use super::address::FIRST_USER_OID;
use super::reader::Reader;

/// Everything that users can make and that is not read, with the catalogue and OID that tell members of extensions:
/// kind, schema, name in the schema, name within that, signature. What hangs on a relation that is not read is not
/// listed; the relation is.
const SQL: &str = "
SELECT CASE t.typtype WHEN 'b' THEN 'base type' ELSE 'shell type' END,
       'pg_type'::regclass::oid, t.oid, t.typnamespace, t.typname::text, NULL::text, NULL::text
FROM pg_type t
WHERE t.typnamespace = ANY ($1) AND t.typtype IN ('b', 'p')
      AND t.typsubscript <> 'array_subscript_handler'::regproc
UNION ALL
SELECT 'conversion', 'pg_conversion'::regclass, c.oid, c.connamespace, c.conname, NULL, NULL
FROM pg_conversion c WHERE c.connamespace = ANY ($1)
UNION ALL
SELECT 'operator', 'pg_operator'::regclass, o.oid, o.oprnamespace, o.oprname, NULL,
       coalesce(format_type(nullif(o.oprleft, 0), NULL), 'NONE') || ', ' || format_type(o.oprright, NULL)
FROM pg_operator o WHERE o.oprnamespace = ANY ($1)
UNION ALL
SELECT 'operator class', 'pg_opclass'::regclass, o.oid, o.opcnamespace, o.opcname, NULL, NULL
FROM pg_opclass o WHERE o.opcnamespace = ANY ($1)
UNION ALL
SELECT 'operator family', 'pg_opfamily'::regclass, o.oid, o.opfnamespace, o.opfname, NULL, NULL
FROM pg_opfamily o WHERE o.opfnamespace = ANY ($1)
UNION ALL
SELECT 'text search parser', 'pg_ts_parser'::regclass, t.oid, t.prsnamespace, t.prsname, NULL, NULL
FROM pg_ts_parser t WHERE t.prsnamespace = ANY ($1)
UNION ALL
SELECT 'text search template', 'pg_ts_template'::regclass, t.oid, t.tmplnamespace, t.tmplname, NULL, NULL
FROM pg_ts_template t WHERE t.tmplnamespace = ANY ($1)
UNION ALL
SELECT 'transform', 'pg_transform'::regclass, t.oid, NULL, NULL,
       NULL, format_type(t.trftype, NULL) || ' LANGUAGE ' || quote_ident(l.lanname)
FROM pg_transform t JOIN pg_language l ON l.oid = t.trflang WHERE t.oid >= {first}
UNION ALL
SELECT 'language', 'pg_language'::regclass, oid, NULL, lanname, NULL, NULL FROM pg_language WHERE oid >= {first}
UNION ALL
SELECT 'access method', 'pg_am'::regclass, oid, NULL, amname, NULL, NULL FROM pg_am WHERE oid >= {first}
UNION ALL
SELECT 'subscription', 'pg_subscription'::regclass, s.oid, NULL, s.subname, NULL, NULL
FROM pg_subscription s JOIN pg_database d ON d.oid = s.subdbid WHERE d.datname = current_database()";

/// Objects of PostgreSQL's own schemas whose privileges are not what the server was made with. `pg_catalog` has a list of
/// those, as `pg_dump` knows; `information_schema` has none, but lets all read whatever has privileges at all.
const SYSTEM_GRANTS: &str = "
UNION ALL
SELECT 'grant', 0, 0, NULL, NULL, NULL, d.type || ' ' || d.identity
FROM (WITH system AS (SELECT oid FROM pg_namespace WHERE nspname IN ('pg_catalog', 'information_schema'))
      SELECT 'pg_namespace'::regclass::oid, oid, 0, nspacl,
             acldefault('n', nspowner) || makeaclitem(0, nspowner, 'USAGE', false)
      FROM pg_namespace WHERE oid IN (TABLE system) AND nspacl IS NOT NULL
      UNION ALL
      SELECT 'pg_class'::regclass, oid, 0, relacl,
             acldefault(CASE relkind WHEN 'S' THEN 's' ELSE 'r' END::\"char\", relowner)
                 || CASE relnamespace WHEN 'information_schema'::regnamespace
                    THEN ARRAY[makeaclitem(0, relowner, 'SELECT', false)] ELSE '{}' END
      FROM pg_class WHERE relnamespace IN (TABLE system) AND relacl IS NOT NULL
      UNION ALL
      SELECT 'pg_class'::regclass, a.attrelid, a.attnum, a.attacl, acldefault('c', c.relowner)
      FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
      WHERE c.relnamespace IN (TABLE system) AND a.attacl IS NOT NULL
      UNION ALL
      SELECT 'pg_proc'::regclass, oid, 0, proacl, acldefault('f', proowner)
      FROM pg_proc WHERE pronamespace IN (TABLE system) AND proacl IS NOT NULL
      UNION ALL
      SELECT 'pg_type'::regclass, oid, 0, typacl, acldefault('T', typowner)
      FROM pg_type WHERE typnamespace IN (TABLE system) AND typacl IS NOT NULL) AS o (class, oid, part, acl, born_by_kind)
     LEFT JOIN pg_init_privs i ON i.classoid = o.class AND i.objoid = o.oid AND i.objsubid = o.part,
     coalesce(i.initprivs, o.born_by_kind) AS b (born),
     pg_identify_object(o.class, o.oid, o.part) AS d
WHERE EXISTS (SELECT FROM unnest(o.acl) AS n WHERE NOT n = ANY (b.born))
      OR EXISTS (SELECT FROM unnest(b.born) AS n WHERE NOT n = ANY (o.acl))";

/// Names everything that is not read, but members of extensions and what is excluded.
pub(super) async fn read(reader: &mut Reader<'_>) -> Result<(), ReadError> {
    let mut sql = SQL.replace("{first}", &FIRST_USER_OID.to_string());
    if reader.options.schemas.is_none() {
        sql.push_str(SYSTEM_GRANTS);
    }
    let mut rows = reader.rows("the rest of the schema", &sql).await?;
    while let Some(mut row) = rows.next().await? {
        let kind: String = row.take()?;
        let member: (Oid, Oid) = (row.take()?, row.take()?);
        let schema: Option<Oid> = row.take()?;
        let name: Option<String> = row.take()?;
        let part: Option<String> = row.take()?;
        let signature: Option<String> = row.take()?;
        if reader.is_member(member.0, member.1) {
            continue;
        }
        let mut text = match (schema, &name) {
            (Some(schema), Some(name)) => match reader.qualified_name(schema, name) {
                // An operator is no identifier: it is never quoted.
                Some(qualified) if kind == "operator" => {
                    format!("{}.{name}", quote_identifier(&qualified.schema))
                }
                Some(qualified) => qualified.to_string(),
                None => continue,
            },
            (_, Some(name)) => quote_identifier(name).into_owned(),
            (_, None) => String::new(),
        };
        if let Some(part) = part {
            text.push('.');
            text.push_str(&quote_identifier(&part));
        }
        match signature {
            Some(signature) if name.is_some() => {
                text.push('(');
                text.push_str(&signature);
                text.push(')');
            }
            Some(signature) => text.push_str(&signature),
            None => {}
        }
        reader.unread(kind, &text);
    }
    Ok(())
}
