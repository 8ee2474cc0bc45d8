//! Sequences (`pg_sequence`), and those behind identity columns.

use std::collections::{BTreeMap, HashMap};

use limbeck_sql::QualifiedName;
use tokio_postgres::types::Oid;

use super::ReadError;
use super::address::{Address, class};
use super::reader::Reader;
use super::relation::SequenceRelation;
use crate::{Definition, Identity, IdentityKind, Kind, ObjectId, Sequence, SequenceOptions};

/// `a` is the dependency of an owned sequence on its column, `i` that of an identity column's.
const SQL: &str = "
SELECT s.seqrelid, c.oid IS NULL, format_type(s.seqtypid, NULL), s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcache,
       s.seqcycle, d.refobjid, d.refobjsubid, coalesce(a.attidentity, '')
FROM pg_sequence s
     LEFT JOIN pg_class c ON c.oid = s.seqrelid
     LEFT JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = s.seqrelid AND d.objsubid = 0
                              AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
     LEFT JOIN pg_attribute a ON d.deptype = 'i' AND a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
WHERE c.relnamespace = ANY ($1) OR c.oid IS NULL";

/// Reads all sequences.
pub(super) async fn read(
    reader: &mut Reader<'_>,
    relations: &HashMap<Oid, SequenceRelation>,
) -> Result<(), ReadError> {
    let mut without_row: BTreeMap<Oid, &QualifiedName> = relations
        .iter()
        .map(|(&oid, relation)| (oid, &relation.name))
        .collect();
    let mut rows = reader.rows("sequences", SQL).await?;
    while let Some(mut row) = rows.next().await? {
        let oid: Oid = row.take()?;
        let is_gone: bool = row.take()?;
        let relation = relations.get(&oid);
        if relation.is_none() && !is_gone {
            continue;
        }
        without_row.remove(&oid);
        let options = SequenceOptions {
            data_type: row.take()?,
            start: row.take()?,
            increment: row.take()?,
            minimum: row.take()?,
            maximum: row.take()?,
            cache: row.take()?,
            cycle: row.take()?,
        };
        let table: Option<Oid> = row.take()?;
        let number: Option<i32> = row.take()?;
        let identity = match row.take_char()? {
            'a' => Some(IdentityKind::Always),
            'd' => Some(IdentityKind::ByDefault),
            _ => None,
        };
        let owner = table.zip(number).map(|(object, part)| Address {
            class: class::CLASS,
            object,
            part,
        });
        let owned_by = owner.and_then(|owner| reader.addresses.get(owner)).cloned();
        let Some(relation) = relation else {
            match owned_by {
                Some(column) => return Err(ReadError::inconsistent(column, format!("sequence {oid}"))),
                // Nobody can say whose it was.
                None => reader.unread("sequence that is not there", &oid),
            }
            continue;
        };
        match (owned_by, identity) {
            (Some(column), Some(kind)) => {
                let identity = Identity {
                    kind,
                    sequence: relation.name.clone(),
                    options,
                    unlogged: relation.unlogged,
                    // Filled in with the others.
                    comment: None,
                };
                set_identity(reader, oid, column, identity);
            }
            // The column belongs to a table that is not read.
            (None, Some(_)) => {}
            // What belongs to an excluded table is left out with it.
            (None, None) if owner.is_some_and(|owner| reader.is_of_excluded(owner.object)) => {}
            (None, None) if owner.is_some() => reader.unread("sequence", &relation.name),
            (owned_by, None) => {
                let id = ObjectId::in_schema(Kind::Sequence, &relation.name.schema, &relation.name.name);
                let sequence = Sequence {
                    options,
                    owned_by,
                    unlogged: relation.unlogged,
                };
                reader.insert_in_schema(
                    Address::whole(class::CLASS, oid),
                    relation.schema,
                    &id,
                    Definition::Sequence(sequence),
                );
            }
        }
    }
    match without_row.values().min() {
        Some(name) => Err(ReadError::inconsistent(
            format!("sequence {name}"),
            "its row in pg_sequence",
        )),
        None => Ok(()),
    }
}

/// Gives a column its identity. Its sequence is a part of the column.
fn set_identity(reader: &mut Reader<'_>, oid: Oid, column: ObjectId, identity: Identity) {
    if let Some(object) = reader.catalog.objects.get_mut(&column)
        && let Definition::Column(facts) = &mut object.definition
    {
        facts.identity = Some(identity);
    }
    reader
        .addresses
        .insert_part(Address::whole(class::CLASS, oid), column);
}
