//! Owners (`relowner` and its like), where they are asked for.

use tokio_postgres::types::Oid;

use super::ReadError;
use super::address::Address;
use super::reader::Reader;
use crate::{Definition, Kind};

const SQL: &str = "
SELECT o.class, o.oid, pg_get_userbyid(o.owner)::text, pg_get_userbyid(o.owner) = current_user
FROM (SELECT 'pg_namespace'::regclass::oid, oid, nspowner FROM pg_namespace WHERE oid = ANY ($1)
      UNION ALL
      SELECT 'pg_class'::regclass, oid, relowner FROM pg_class WHERE relnamespace = ANY ($1)
      UNION ALL
      SELECT 'pg_type'::regclass, oid, typowner FROM pg_type WHERE typnamespace = ANY ($1)
      UNION ALL
      SELECT 'pg_proc'::regclass, oid, proowner FROM pg_proc WHERE pronamespace = ANY ($1)
      UNION ALL
      SELECT 'pg_collation'::regclass, oid, collowner FROM pg_collation WHERE collnamespace = ANY ($1)
      UNION ALL
      SELECT 'pg_statistic_ext'::regclass, oid, stxowner FROM pg_statistic_ext WHERE stxnamespace = ANY ($1)
      UNION ALL
      SELECT 'pg_ts_dict'::regclass, oid, dictowner FROM pg_ts_dict WHERE dictnamespace = ANY ($1)
      UNION ALL
      SELECT 'pg_ts_config'::regclass, oid, cfgowner FROM pg_ts_config WHERE cfgnamespace = ANY ($1)
      UNION ALL
      SELECT 'pg_foreign_data_wrapper'::regclass, oid, fdwowner FROM pg_foreign_data_wrapper
      UNION ALL
      SELECT 'pg_foreign_server'::regclass, oid, srvowner FROM pg_foreign_server
      UNION ALL
      SELECT 'pg_event_trigger'::regclass, oid, evtowner FROM pg_event_trigger
      UNION ALL
      SELECT 'pg_publication'::regclass, oid, pubowner FROM pg_publication) AS o (class, oid, owner)";

/// Reads who owns the objects that were read. An index goes with its table, an owned sequence too.
pub(super) async fn read(reader: &mut Reader<'_>) -> Result<(), ReadError> {
    let mut rows = reader.rows("owners", SQL).await?;
    while let Some(mut row) = rows.next().await? {
        let address = Address::whole(row.take::<Oid>()?, row.take()?);
        let owner: String = row.take()?;
        let owner = reader.role(owner, row.take()?);
        let Some(id) = reader.addresses.itself(address).cloned() else {
            continue;
        };
        let Some(object) = reader.catalog.objects.get_mut(&id) else {
            continue;
        };
        let goes_with_another = match &object.definition {
            Definition::Sequence(sequence) => sequence.owned_by.is_some(),
            _ => matches!(id.kind, Kind::Index | Kind::Extension),
        };
        if !goes_with_another {
            object.owner = Some(owner);
        }
    }
    Ok(())
}
