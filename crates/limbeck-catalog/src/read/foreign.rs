//! What leads to data elsewhere: foreign-data wrappers, servers, user mappings, and what makes a table foreign
//! (`pg_foreign_data_wrapper`, `pg_foreign_server`, `pg_user_mapping`, `pg_foreign_table`).

use std::collections::BTreeMap;

use limbeck_sql::quote_identifier;
use tokio_postgres::types::Oid;

use super::ReadError;
use super::address::{Address, class};
use super::reader::Reader;
use super::relation::option_map;
use super::routine::{function_name, take_function_name};
use crate::{Definition, ForeignDataWrapper, Kind, ObjectId, Server, UserMapping};

fn wrappers_sql() -> String {
    format!(
        "
SELECT w.oid, w.fdwname, {}, {}, w.fdwoptions
FROM pg_foreign_data_wrapper w
WHERE $1::oid[] IS NOT NULL",
        function_name("w.fdwhandler"),
        function_name("w.fdwvalidator")
    )
}

const SERVERS: &str = "
SELECT s.oid, s.srvname, w.fdwname, s.srvtype, s.srvversion, s.srvoptions
FROM pg_foreign_server s JOIN pg_foreign_data_wrapper w ON w.oid = s.srvfdw
WHERE $1::oid[] IS NOT NULL";

/// The view shows options only to those who may see them; the last field says whether this role may.
const USER_MAPPINGS: &str = "
SELECT m.umid, m.srvname, m.usename, m.usename = current_user, m.umoptions,
       m.umoptions IS NOT NULL
       OR (SELECT r.rolsuper FROM pg_roles r WHERE r.rolname = current_user)
       OR CASE WHEN m.umuser = 0 THEN pg_has_role(s.srvowner, 'USAGE')
               ELSE m.usename = current_user
                    AND (pg_has_role(s.srvowner, 'USAGE') OR has_server_privilege(s.oid, 'USAGE')) END
FROM pg_user_mappings m JOIN pg_foreign_server s ON s.oid = m.srvid
WHERE $1::oid[] IS NOT NULL";

const FOREIGN_TABLES: &str = "
SELECT t.ftrelid, s.srvname, t.ftoptions
FROM pg_foreign_table t
     JOIN pg_class c ON c.oid = t.ftrelid
     JOIN pg_foreign_server s ON s.oid = t.ftserver
WHERE c.relnamespace = ANY ($1)";

/// Reads all of them but those of extensions.
pub(super) async fn read(reader: &mut Reader<'_>) -> Result<(), ReadError> {
    read_wrappers(reader).await?;
    read_servers(reader).await?;
    read_user_mappings(reader).await?;
    read_tables(reader).await
}

async fn read_wrappers(reader: &mut Reader<'_>) -> Result<(), ReadError> {
    let mut rows = reader.rows("foreign-data wrappers", &wrappers_sql()).await?;
    while let Some(mut row) = rows.next().await? {
        let oid: Oid = row.take()?;
        let name: String = row.take()?;
        if reader.is_member(class::FOREIGN_DATA_WRAPPER, oid) || reader.is_excluded_by_itself(&name) {
            continue;
        }
        let id = ObjectId::global(Kind::ForeignDataWrapper, name);
        let wrapper = ForeignDataWrapper {
            handler: take_function_name(&mut row)?,
            validator: take_function_name(&mut row)?,
            options: without_secrets(reader, &id, row.take()?),
        };
        reader.insert(
            Address::whole(class::FOREIGN_DATA_WRAPPER, oid),
            &id,
            Definition::ForeignDataWrapper(wrapper),
        );
    }
    Ok(())
}

async fn read_servers(reader: &mut Reader<'_>) -> Result<(), ReadError> {
    let mut rows = reader.rows("foreign servers", SERVERS).await?;
    while let Some(mut row) = rows.next().await? {
        let oid: Oid = row.take()?;
        let name: String = row.take()?;
        if reader.is_member(class::FOREIGN_SERVER, oid) || reader.is_excluded_by_itself(&name) {
            continue;
        }
        let id = ObjectId::global(Kind::Server, name);
        let server = Server {
            wrapper: row.take()?,
            server_type: row.take()?,
            version: row.take()?,
            options: without_secrets(reader, &id, row.take()?),
        };
        reader.insert(
            Address::whole(class::FOREIGN_SERVER, oid),
            &id,
            Definition::Server(server),
        );
    }
    Ok(())
}

async fn read_user_mappings(reader: &mut Reader<'_>) -> Result<(), ReadError> {
    let mut rows = reader.rows("user mappings", USER_MAPPINGS).await?;
    while let Some(mut row) = rows.next().await? {
        let oid: Oid = row.take()?;
        let server: String = row.take()?;
        let user: String = row.take()?;
        let user = reader.role(user, row.take()?);
        if reader.is_member(class::USER_MAPPING, oid) || reader.is_excluded_by_itself(&server) {
            continue;
        }
        let id = ObjectId {
            kind: Kind::UserMapping,
            path: vec![server, user],
            signature: None,
        };
        let options: Option<Vec<String>> = row.take()?;
        let is_readable: bool = row.take()?;
        let options = if is_readable {
            Some(without_secrets(reader, &id, options))
        } else {
            reader.unread("options of a user mapping", &id.sql_name());
            None
        };
        reader.insert(
            Address::whole(class::USER_MAPPING, oid),
            &id,
            Definition::UserMapping(UserMapping { options }),
        );
    }
    Ok(())
}

/// Fills in what makes a table foreign.
async fn read_tables(reader: &mut Reader<'_>) -> Result<(), ReadError> {
    let mut rows = reader.rows("foreign tables", FOREIGN_TABLES).await?;
    while let Some(mut row) = rows.next().await? {
        let oid: Oid = row.take()?;
        let server: String = row.take()?;
        let Some(id) = reader.addresses.get(Address::whole(class::CLASS, oid)).cloned() else {
            continue;
        };
        let options = without_secrets(reader, &id, row.take()?);
        if let Some(object) = reader.catalog.objects.get_mut(&id)
            && let Definition::ForeignTable(table) = &mut object.definition
        {
            table.server = server;
            table.options = options;
        }
    }
    Ok(())
}

/// Options by name, but those that may hold a secret: these are named, without their values.
pub(super) fn without_secrets(
    reader: &mut Reader<'_>,
    id: &ObjectId,
    options: Option<Vec<String>>,
) -> BTreeMap<String, String> {
    let (secret, plain): (BTreeMap<_, _>, BTreeMap<_, _>) =
        option_map(options, "").partition(|(name, value)| may_be_secret(id.kind, name, value));
    for option in secret.keys() {
        let name = format!("{}.{}", id.sql_name(), quote_identifier(option));
        reader.unread(format!("secret option of a {}", id.kind), &name);
    }
    plain
}

/// Whether an option's value may be a secret. Of a user mapping, all are that are not known to be none.
fn may_be_secret(kind: Kind, name: &str, value: &str) -> bool {
    if kind == Kind::UserMapping {
        return !["user", "username", "password_required"].contains(&name);
    }
    let name = name.to_ascii_lowercase();
    let is_named_so = [
        "pass",
        "pwd",
        "secret",
        "token",
        "credential",
        "api_key",
        "access_key",
        "private_key",
    ]
    .iter()
    .any(|word| name.contains(word));
    // `password=…` in a connection string, and `scheme://user:password@host`.
    let lower = value.to_ascii_lowercase();
    let has_login = lower
        .split_once("://")
        .and_then(|(_, rest)| rest.split(['/', '?']).next())
        .is_some_and(|authority| authority.contains('@'));
    is_named_so || lower.contains("password") || has_login
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_a_secret_is_held_back() {
        let server = |name, value| may_be_secret(Kind::Server, name, value);
        assert!(server("password", "x"));
        assert!(server("AWS_Secret_Access_Key", "x"));
        assert!(server("dsn", "host=a password=b"));
        assert!(server("url", "https://a:b@c.d/e"));
        assert!(!server("url", "https://c.d/e@f"));
        assert!(!server("host", "localhost"));
        assert!(!server("use_remote_estimate", "true"));
        assert!(!may_be_secret(Kind::UserMapping, "user", "me"));
        assert!(may_be_secret(Kind::UserMapping, "anything", "x"));
    }
}
