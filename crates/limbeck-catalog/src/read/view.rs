//! The queries of views and materialised views (`pg_rewrite`).

use tokio_postgres::types::Oid;

use super::ReadError;
use super::address::{Address, class};
use super::reader::Reader;
use crate::Definition;

/// A view is a rule called `_RETURN`, and what the view needs is noted in `pg_depend` for the rule.
const SQL: &str = "
SELECT c.oid, r.oid, CASE WHEN r.oid IS NOT NULL THEN pg_get_viewdef(c.oid) END
FROM pg_class c LEFT JOIN pg_rewrite r ON r.ev_class = c.oid AND r.rulename = '_RETURN'
WHERE c.relnamespace = ANY ($1) AND c.relkind IN ('v', 'm')";

/// Reads the queries of all views.
pub(super) async fn read(reader: &mut Reader<'_>) -> Result<(), ReadError> {
    let mut rows = reader.rows("views", SQL).await?;
    while let Some(mut row) = rows.next().await? {
        let oid: Oid = row.take()?;
        let rule: Option<(Oid, String)> = row.take::<Option<Oid>>()?.zip(row.take()?);
        let Some(id) = reader.addresses.get(Address::whole(class::CLASS, oid)).cloned() else {
            continue;
        };
        let Some((rule, query)) = rule else {
            return Err(ReadError::inconsistent(id, "its query"));
        };
        if let Some(object) = reader.catalog.objects.get_mut(&id)
            && let Definition::View(view) = &mut object.definition
        {
            query.trim_end().trim_end_matches(';').clone_into(&mut view.query);
        }
        reader
            .addresses
            .insert_part(Address::whole(class::REWRITE, rule), id);
    }
    Ok(())
}
