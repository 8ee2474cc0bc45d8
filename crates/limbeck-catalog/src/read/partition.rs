//! What inherits from what (`pg_inherits`), and partition keys (`pg_partitioned_table`).

use limbeck_sql::QualifiedName;
use tokio_postgres::types::Oid;

use super::ReadError;
use super::collation::collation_name;
use super::reader::Reader;
use super::rows::Fields;
use crate::{Definition, Kind, ObjectId, PartitionKey, PartitionKeyPart, PartitionOf, PartitionStrategy};

const PARENTS: &str = "
SELECT i.inhrelid, n.nspname, p.relname, p.relkind, i.inhdetachpending, pg_get_expr(c.relpartbound, c.oid)
FROM pg_inherits i
     JOIN pg_class c ON c.oid = i.inhrelid
     JOIN pg_class p ON p.oid = i.inhparent
     JOIN pg_namespace n ON n.oid = p.relnamespace
WHERE c.relnamespace = ANY ($1) AND c.relkind IN ('r', 'p', 'f')
ORDER BY i.inhrelid, i.inhseqno";

/// Only keys with expressions are deparsed, as a whole: the parts have no function that prints them.
const KEYS: &str = "
SELECT p.partrelid, p.partstrat, p.partattrs::int2[], p.partcollation::oid[], p.partclass::oid[],
       CASE WHEN p.partexprs IS NOT NULL THEN pg_get_partkeydef(p.partrelid) END
FROM pg_partitioned_table p JOIN pg_class c ON c.oid = p.partrelid
WHERE c.relnamespace = ANY ($1)";

/// Completes the tables that were read.
pub(super) async fn read(reader: &mut Reader<'_>) -> Result<(), ReadError> {
    let mut rows = reader.rows("inheritance", PARENTS).await?;
    while let Some(mut row) = rows.next().await? {
        let child: Oid = row.take()?;
        let parent = QualifiedName {
            schema: row.take()?,
            name: row.take()?,
        };
        let kind = match row.take_char()? {
            'f' => Kind::ForeignTable,
            _ => Kind::Table,
        };
        let is_being_detached: bool = row.take()?;
        let bound: Option<String> = row.take()?;
        let Some(id) = table(reader, child) else {
            continue;
        };
        if is_being_detached {
            reader.unread("partition that is being detached", &id.sql_name());
        }
        let parent = ObjectId::in_schema(kind, parent.schema, parent.name);
        let parents = reader.catalog.objects.get_mut(&id);
        if let Some((partition_of, inherits)) = parents.and_then(|object| object.definition.parents_mut()) {
            match bound {
                Some(bound) => *partition_of = Some(PartitionOf { parent, bound }),
                None => inherits.push(parent),
            }
        }
    }
    let mut rows = reader.rows("partition keys", KEYS).await?;
    while let Some(mut row) = rows.next().await? {
        let relation: Oid = row.take()?;
        let Some(id) = table(reader, relation) else {
            continue;
        };
        let key = partition_key(reader, relation, &id, &mut row)?;
        if let Some(object) = reader.catalog.objects.get_mut(&id)
            && let Definition::Table(table) = &mut object.definition
        {
            table.partition_key = Some(key);
        }
    }
    Ok(())
}

/// The identity of a relation that is read.
fn table(reader: &Reader<'_>, oid: Oid) -> Option<ObjectId> {
    let relation = reader.relations.get(&oid)?;
    relation.is_ours().then(|| relation.id.clone())
}

fn partition_key(
    reader: &Reader<'_>,
    relation: Oid,
    id: &ObjectId,
    row: &mut Fields,
) -> Result<PartitionKey, ReadError> {
    let object = || id.to_string();
    let strategy = match row.take_char()? {
        'l' => PartitionStrategy::List,
        'h' => PartitionStrategy::Hash,
        _ => PartitionStrategy::Range,
    };
    let columns: Vec<i16> = row.take()?;
    let collations: Vec<Oid> = row.take()?;
    let classes: Vec<Oid> = row.take()?;
    let printed: Option<String> = row.take()?;
    let printed = printed.as_deref().map(elements).unwrap_or_default();
    let mut keys = Vec::with_capacity(columns.len());
    for (n, ((number, collation), class)) in columns.iter().zip(&collations).zip(&classes).enumerate() {
        if *number == 0 {
            let key = printed.get(n).ok_or_else(|| {
                ReadError::inconsistent(object(), format!("the expression of its partition key {}", n + 1))
            })?;
            keys.push(PartitionKeyPart {
                key: (*key).to_owned(),
                is_expression: true,
                collation: None,
                operator_class: None,
            });
            continue;
        }
        let column = reader.column(relation, *number, object)?;
        let has_own_collation = *collation != 0 && *collation != column.collation;
        keys.push(PartitionKeyPart {
            key: column.name.clone(),
            is_expression: false,
            collation: if has_own_collation {
                Some(collation_name(reader, *collation, object)?)
            } else {
                None
            },
            operator_class: reader.operator_classes.named(
                *class,
                Some(column.data_type),
                None,
                false,
                object,
            )?,
        });
    }
    Ok(PartitionKey { strategy, keys })
}

/// The elements of a key that PostgreSQL has printed: `RANGE (lower(a), b)`. A quote inside a literal or an identifier
/// is always doubled.
fn elements(printed: &str) -> Vec<&str> {
    let list = printed
        .split_once('(')
        .and_then(|(_, rest)| rest.strip_suffix(')'))
        .unwrap_or_default();
    let (mut depth, mut quote, mut start) = (0_usize, None, 0);
    let mut elements = Vec::new();
    for (position, character) in list.char_indices() {
        match (quote, character) {
            (Some(open), _) if character == open => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(character),
            (None, '(' | '[') => depth += 1,
            (None, ')' | ']') => depth = depth.saturating_sub(1),
            (None, ',') if depth == 0 => {
                elements.extend(list.get(start..position));
                start = position + 1;
            }
            (None, _) => {}
        }
    }
    elements.extend(list.get(start..));
    elements.into_iter().map(str::trim).collect()
}

#[cfg(test)]
mod tests {
    use super::elements;

    #[test]
    fn a_printed_key_is_split_at_its_own_commas() {
        assert_eq!(
            elements("RANGE (f(a, b), \"x,)\", (a || ','::text), id)"),
            ["f(a, b)", "\"x,)\"", "(a || ','::text)", "id"]
        );
        assert_eq!(
            elements("LIST (lower(a) COLLATE \"C\")"),
            ["lower(a) COLLATE \"C\""]
        );
    }
}
