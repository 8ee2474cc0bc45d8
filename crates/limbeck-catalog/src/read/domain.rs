//! Domains (`pg_type`) and their checks (`pg_constraint`).

use std::cell::Cell;
use std::collections::HashMap;

use limbeck_sql::default_name;
use tokio_postgres::types::Oid;

use super::ReadError;
use super::address::{Address, class};
use super::collation::optional_collation_name;
use super::reader::Reader;
use crate::{Definition, Domain, DomainConstraint, Kind, ObjectId};

const DOMAINS: &str = "
SELECT t.oid, t.typarray, t.typnamespace, t.typname, format_type(t.typbasetype, t.typtypmod),
       CASE WHEN t.typcollation <> b.typcollation THEN t.typcollation END,
       pg_get_expr(t.typdefaultbin, 0), t.typnotnull
FROM pg_type t JOIN pg_type b ON b.oid = t.typbasetype
WHERE t.typtype = 'd' AND t.typnamespace = ANY ($1)";

/// From 17, `NOT NULL` is among them.
const CONSTRAINTS: &str = "
SELECT c.oid, c.contypid, c.conname, c.contype, pg_get_expr(c.conbin, 0), c.convalidated
FROM pg_constraint c JOIN pg_type t ON t.oid = c.contypid
WHERE t.typnamespace = ANY ($1)";

/// Reads all domains.
pub(super) async fn read(reader: &mut Reader<'_>) -> Result<(), ReadError> {
    let mut domains: HashMap<Oid, ObjectId> = HashMap::new();
    let mut rows = reader.rows("domains", DOMAINS).await?;
    while let Some(mut row) = rows.next().await? {
        let oid: Oid = row.take()?;
        let array: Oid = row.take()?;
        let schema: Oid = row.take()?;
        let name: String = row.take()?;
        let Some(name) = reader.qualified_name(schema, &name) else {
            continue;
        };
        if reader.is_member(class::TYPE, oid) {
            continue;
        }
        let id = ObjectId::in_schema(Kind::Domain, name.schema, name.name);
        reader
            .addresses
            .insert_part(Address::whole(class::TYPE, array), id.clone());
        let data_type: String = row.take()?;
        let collation = optional_collation_name(reader, row.take()?, || id.to_string())?;
        let definition = Definition::Domain(Domain {
            data_type,
            collation,
            default: row.take()?,
            not_null: row.take()?,
            not_null_name: None,
            not_null_comment: None,
        });
        reader.insert_in_schema(Address::whole(class::TYPE, oid), schema, &id, definition);
        domains.insert(oid, id);
    }
    read_constraints(reader, &domains).await
}

async fn read_constraints(
    reader: &mut Reader<'_>,
    domains: &HashMap<Oid, ObjectId>,
) -> Result<(), ReadError> {
    let mut rows = reader.rows("constraints of domains", CONSTRAINTS).await?;
    while let Some(mut row) = rows.next().await? {
        let oid: Oid = row.take()?;
        let domain: Oid = row.take()?;
        let name: String = row.take()?;
        let Some(domain) = domains.get(&domain) else {
            continue;
        };
        let address = Address::whole(class::CONSTRAINT, oid);
        if row.take_char()? == 'n' {
            reader.addresses.insert_part(address, domain.clone());
            name_not_null(reader, domain, name);
            continue;
        }
        let Some(qualified) = domain.qualified_name() else {
            continue;
        };
        let id = ObjectId::in_relation(Kind::Constraint, &qualified, name);
        let expression: Option<String> = row.take()?;
        let definition = Definition::DomainConstraint(DomainConstraint {
            expression: expression.ok_or_else(|| ReadError::inconsistent(&id, "its condition"))?,
            validated: row.take()?,
        });
        reader.insert(address, &id, definition);
        reader.depends(&id, domain);
    }
    Ok(())
}

/// Keeps the name of a `NOT NULL`, unless it is the one that PostgreSQL chooses itself.
fn name_not_null(reader: &mut Reader<'_>, id: &ObjectId, name: String) {
    if let Some(object) = reader.catalog.objects.get_mut(id)
        && let Definition::Domain(domain) = &mut object.definition
        && !is_default_not_null_name(id.name(), &name)
    {
        domain.not_null_name = Some(name);
    }
}

/// Whether PostgreSQL may have chosen the name itself: with a number after it where it was taken.
fn is_default_not_null_name(domain: &str, name: &str) -> bool {
    let tries = Cell::new(0_u8);
    let is_taken = |candidate: &str| {
        tries.set(tries.get() + 1);
        candidate != name && tries.get() < 10
    };
    default_name::domain_not_null(domain, &is_taken) == name
}
