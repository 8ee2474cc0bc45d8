//! Collations (`pg_collation`): those in use by name, and what there is to know of ours.

use limbeck_sql::QualifiedName;
use tokio_postgres::types::Oid;

use super::ReadError;
use super::address::{Address, class};
use super::reader::Reader;
use crate::{Collation, CollationProvider, Definition, Kind, ObjectId};

/// The collations that something uses, and all in the schemas that are looked into, with their facts: as a rule one or
/// two of a thousand. A collation may be there for each encoding; the database's is meant. ICU's locale stood in `collcollate` until 14, had a column of its own, and shares one with the built-in provider from 17.
fn sql(locale: &str, rules: &str) -> String {
    format!(
        "
SELECT c.oid, n.oid, n.nspname, c.collname, c.collprovider, c.collisdeterministic,
       CASE WHEN o.ours THEN {locale} END, CASE WHEN o.ours THEN c.collcollate::text END,
       CASE WHEN o.ours THEN c.collctype::text END, CASE WHEN o.ours THEN {rules} END
FROM pg_collation c
     JOIN pg_namespace n ON n.oid = c.collnamespace
     CROSS JOIN LATERAL (SELECT n.oid = ANY ($1)) AS o (ours)
WHERE c.collencoding IN (-1, pg_char_to_encoding(getdatabaseencoding()))
      AND (o.ours OR c.oid IN (SELECT attcollation FROM pg_attribute
                               UNION SELECT typcollation FROM pg_type
                               UNION SELECT rngcollation FROM pg_range
                               UNION SELECT unnest(indcollation) FROM pg_index
                               UNION SELECT unnest(partcollation) FROM pg_partitioned_table))"
    )
}

/// Reads collations.
pub(super) async fn read(reader: &mut Reader<'_>) -> Result<(), ReadError> {
    let locale = match reader.version / 10_000 {
        ..15 => "c.collcollate::text",
        15..17 => "c.colliculocale::text",
        _ => "c.colllocale::text",
    };
    let rules = if reader.since(16) {
        "c.collicurules::text"
    } else {
        "NULL::text"
    };
    let mut rows = reader.rows("collations", &sql(locale, rules)).await?;
    while let Some(mut row) = rows.next().await? {
        let oid: Oid = row.take()?;
        let schema: Oid = row.take()?;
        let name = QualifiedName {
            schema: row.take()?,
            name: row.take()?,
        };
        reader.collations.insert(oid, name.clone());
        if reader.qualified_name(schema, &name.name).is_none() || reader.is_member(class::COLLATION, oid) {
            continue;
        }
        let provider = row.take_char()?;
        let deterministic: bool = row.take()?;
        let locale: Option<String> = row.take()?;
        let collate: Option<String> = row.take()?;
        let ctype: Option<String> = row.take()?;
        let provider = match provider {
            'i' => CollationProvider::Icu {
                locale: locale.unwrap_or_default(),
            },
            'b' => CollationProvider::Builtin {
                locale: locale.unwrap_or_default(),
            },
            _ => CollationProvider::Libc {
                collate: collate.unwrap_or_default(),
                ctype: ctype.unwrap_or_default(),
            },
        };
        let id = ObjectId::in_schema(Kind::Collation, name.schema, name.name);
        let definition = Definition::Collation(Collation {
            provider,
            deterministic,
            rules: row.take()?,
        });
        reader.insert_in_schema(Address::whole(class::COLLATION, oid), schema, &id, definition);
    }
    Ok(())
}

/// A collation's name.
pub(super) fn collation_name(
    reader: &Reader<'_>,
    oid: Oid,
    object: impl Fn() -> String,
) -> Result<QualifiedName, ReadError> {
    reader
        .collations
        .get(&oid)
        .cloned()
        .ok_or_else(|| ReadError::inconsistent(object(), format!("collation {oid}")))
}

/// The name of a collation where there is one.
pub(super) fn optional_collation_name(
    reader: &Reader<'_>,
    oid: Option<Oid>,
    object: impl Fn() -> String,
) -> Result<Option<QualifiedName>, ReadError> {
    oid.filter(|&oid| oid != 0)
        .map(|oid| collation_name(reader, oid, object))
        .transpose()
}
