//! Event triggers (`pg_event_trigger`).

use tokio_postgres::types::Oid;

use super::ReadError;
use super::address::{Address, class};
use super::reader::Reader;
use super::routine::{function_name, take_function_name};
use crate::{Definition, EventTrigger, Kind, ObjectId};

fn sql() -> String {
    format!(
        "
SELECT t.oid, t.evtname, t.evtevent, t.evttags, {}, t.evtenabled
FROM pg_event_trigger t
WHERE $1::oid[] IS NOT NULL",
        function_name("t.evtfoid")
    )
}

/// Reads all event triggers but those of extensions.
pub(super) async fn read(reader: &mut Reader<'_>) -> Result<(), ReadError> {
    let mut rows = reader.rows("event triggers", &sql()).await?;
    while let Some(mut row) = rows.next().await? {
        let oid: Oid = row.take()?;
        let name: String = row.take()?;
        if reader.is_member(class::EVENT_TRIGGER, oid) || reader.is_excluded_by_itself(&name) {
            continue;
        }
        let id = ObjectId::global(Kind::EventTrigger, name);
        let event = row.take()?;
        let tags: Option<Vec<String>> = row.take()?;
        let event_trigger = EventTrigger {
            event,
            tags: tags.into_iter().flatten().collect(),
            function: take_function_name(&mut row)?
                .ok_or_else(|| ReadError::inconsistent(&id, "its function"))?,
            enabled: row.take_char()?,
        };
        reader.insert(
            Address::whole(class::EVENT_TRIGGER, oid),
            &id,
            Definition::EventTrigger(event_trigger),
        );
    }
    Ok(())
}
