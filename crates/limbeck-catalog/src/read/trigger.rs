//! Triggers of tables and views (`pg_trigger`), constraint triggers among them.

use tokio_postgres::types::Oid;

use super::ReadError;
use super::address::{Address, class};
use super::reader::{Reader, Standing};
use crate::{Definition, Kind, ObjectId, Trigger};

/// Internal triggers are behind foreign keys and deferrable keys. A constraint trigger has a row in `pg_constraint`
/// too, which carries nothing that is not here. Before 15 the triggers that partitions have from their parents count as
/// internal.
const SQL: &str = "
SELECT t.oid, t.tgrelid, t.tgconstraint, t.tgfoid, t.tgname, t.tgenabled,
       CASE WHEN f.oid IS NOT NULL THEN pg_get_triggerdef(t.oid) END,
       parent.tgrelid, parent.tgname
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
     LEFT JOIN pg_proc f ON f.oid = t.tgfoid
     LEFT JOIN pg_trigger parent ON parent.oid = t.tgparentid
WHERE c.relnamespace = ANY ($1) AND c.relkind IN ('r', 'p', 'v', 'f')
      AND (NOT t.tgisinternal
           OR t.tgparentid <> 0 AND NOT EXISTS (SELECT FROM pg_constraint k
                                                WHERE k.oid = t.tgconstraint AND k.contype <> 't'))";

/// Reads all triggers.
pub(super) async fn read(reader: &mut Reader<'_>) -> Result<(), ReadError> {
    let mut rows = reader.rows("triggers", SQL).await?;
    while let Some(mut row) = rows.next().await? {
        let oid: Oid = row.take()?;
        let relation: Oid = row.take()?;
        let constraint: Oid = row.take()?;
        let function: Oid = row.take()?;
        let name: String = row.take()?;
        let enabled = row.take_char()?;
        let definition: Option<String> = row.take()?;
        let parent: Option<(Oid, String)> = row.take::<Option<Oid>>()?.zip(row.take()?);
        let partition_of = parent.and_then(|(relation, name)| {
            let relation = reader.relations.get(&relation)?;
            Some(ObjectId::in_relation(Kind::Trigger, &relation.name, name))
        });
        let Some(relation) = reader.relations.get(&relation) else {
            continue;
        };
        // On an extension's table: ours where it calls a function of ours. PostgreSQL does not note which triggers
        // an extension brought.
        let calls_ours = reader
            .addresses
            .get(Address::whole(class::PROC, function))
            .is_some();
        match relation.standing {
            Standing::Ours => {}
            Standing::Member if calls_ours => {}
            Standing::Member | Standing::NotRead => continue,
        }
        let relation_id = relation.id.clone();
        let id = ObjectId::in_relation(Kind::Trigger, &relation.name, name);
        let Some(definition) = definition else {
            return Err(ReadError::inconsistent(id, format!("function {function}")));
        };
        if constraint != 0 {
            reader
                .addresses
                .insert_part(Address::whole(class::CONSTRAINT, constraint), id.clone());
        }
        let trigger = Trigger {
            definition,
            is_constraint: constraint != 0,
            enabled,
            partition_of,
        };
        reader.insert_on_relation(
            Address::whole(class::TRIGGER, oid),
            &relation_id,
            &id,
            Definition::Trigger(trigger),
        );
    }
    Ok(())
}
