//! What another tool's table says: which migrations are applied, since when, and with which checksums.

use limbeck_catalog::{Kind, ObjectId};
use limbeck_postgres::{DatabaseError, Session};
use limbeck_sql::{quote_literal, tokens};

use super::Tool;
use crate::{Diagnostic, Error, Failure, error};

/// What a tool's table says.
#[derive(Debug, Clone)]
pub(crate) struct Record {
    pub(crate) table: ObjectId,
    /// In the order of their versions.
    pub(crate) applied: Vec<Applied>,
    /// A query that tells whether the table has changed since, and what it gave.
    pub(crate) unchanged: (String, String),
}

/// A row of a tool's table.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Applied {
    pub(crate) version: String,
    pub(crate) name: Option<String>,
    pub(crate) checksum: Option<String>,
    /// As PostgreSQL reads a `timestamptz`.
    pub(crate) at: Option<String>,
    /// Whether the tool says that it did not come to its end.
    pub(crate) failed: bool,
    /// In nanoseconds.
    pub(crate) duration: Option<i64>,
}

/// Reads the table of a tool; none where there is no such table. `name` is as SQL writes it, with its schema or without.
///
/// # Errors
/// When several tables have the name, it is no table of the tool, or it cannot be read.
pub(crate) async fn read(
    session: &Session,
    tool: Tool,
    name: &str,
    search_path: &str,
) -> Result<Option<Record>, Error> {
    let Some(table) = find(session, name, search_path).await? else {
        return Ok(None);
    };
    let from = table.sql_name();
    let query = format!(
        "SELECT pg_catalog.md5(pg_catalog.string_agg(t::text, ',' ORDER BY t::text COLLATE \"C\")) FROM {from} AS t"
    );
    // First, so that what is applied meanwhile is noticed.
    let answer = session
        .query_text(&query)
        .await
        .map_err(error::from_database)?
        .into_iter()
        .next()
        .and_then(|row| row.into_iter().next())
        .flatten();
    // An empty table has none.
    let query = format!("SELECT coalesce(({query}), '')");
    let rows = session
        .query_text(&rows(tool, &from))
        .await
        .map_err(|cause| unlike(tool, &table, cause))?;
    let applied = rows
        .into_iter()
        .filter_map(|row| {
            let mut columns = row.into_iter();
            let mut next = || columns.next().flatten();
            Some(Applied {
                version: next()?,
                name: next(),
                checksum: next(),
                at: next(),
                failed: next().as_deref() == Some("true"),
                duration: next()
                    .and_then(|text| text.parse().ok())
                    .filter(|nanos| *nanos >= 0),
            })
        })
        .collect();
    Ok(Some(Record {
        table,
        applied,
        unchanged: (query, answer.unwrap_or_default()),
    }))
}

/// Version, name, checksum, time, whether it failed, and duration of each row.
fn rows(tool: Tool, from: &str) -> String {
    let utc = |column: &str| format!("pg_catalog.to_char({column}, 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')");
    match tool {
        Tool::Sqlx => format!(
            "SELECT version::text, description, pg_catalog.encode(checksum, 'hex'), {}, (NOT success)::text, \
             execution_time::text FROM {from} ORDER BY version",
            utc("installed_on AT TIME ZONE 'UTC'")
        ),
        Tool::Refinery => format!(
            "SELECT version::text, name, checksum, applied_on, NULL, NULL FROM {from} ORDER BY version"
        ),
        // Diesel's own sessions are in UTC.
        Tool::Diesel => format!(
            "SELECT version::text, NULL, NULL, {}, NULL, NULL FROM {from} ORDER BY version COLLATE \"C\"",
            utc("run_on")
        ),
        Tool::Alembic => format!(
            "SELECT version_num::text, NULL, NULL, NULL, NULL, NULL FROM {from} ORDER BY version_num COLLATE \"C\""
        ),
    }
}

fn unlike(tool: Tool, table: &ObjectId, cause: DatabaseError) -> Error {
    // undefined_column, undefined_function, datatype_mismatch.
    if matches!(cause.sqlstate(), Some("42703" | "42883" | "42804")) {
        let mut diagnostic = Diagnostic::new(format!(
            "`{table}` is no table as {tool} makes it: {}",
            cause.message()
        ));
        diagnostic.notes = error::database_notes(&cause);
        return Error::new(Failure::Usage, diagnostic)
            .hint("name the right one with `--table`, or the right tool");
    }
    error::from_database(cause)
}

/// The table of a name: in the schema that is named, else in the first one of the search path, else wherever it is.
async fn find(session: &Session, name: &str, search_path: &str) -> Result<Option<ObjectId>, Error> {
    let parts = identifiers(name);
    let (schema, table) = match parts.as_slice() {
        [table] => (None, table),
        [schema, table] => (Some(schema), table),
        _ => {
            return Err(Error::usage(format!("`{name}` is no name of a table"))
                .hint("write `table`, or `schema.table`"));
        }
    };
    let condition = schema.map_or_else(String::new, |schema| {
        format!(" AND n.nspname = {}", quote_literal(schema))
    });
    let sql = format!(
        "SELECT n.nspname::text, c.relname::text FROM pg_catalog.pg_class AS c \
         JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace \
         WHERE c.relkind IN ('r', 'p') AND c.relname = {}{condition} AND n.nspname !~ '^pg_' ORDER BY 1",
        quote_literal(table)
    );
    let rows = session.query_text(&sql).await.map_err(error::from_database)?;
    let found: Vec<ObjectId> = rows
        .into_iter()
        .filter_map(|row| {
            let mut names = row.into_iter().flatten();
            Some(ObjectId::in_schema(Kind::Table, names.next()?, names.next()?))
        })
        .collect();
    let first_on_path = identifiers(&search_path.replace(',', "."))
        .into_iter()
        .find_map(|schema| {
            found
                .iter()
                .find(|table| table.path.first() == Some(&schema))
                .cloned()
        });
    match (first_on_path, found.as_slice()) {
        (Some(table), _) => Ok(Some(table)),
        (None, []) => Ok(None),
        (None, [table]) => Ok(Some(table.clone())),
        (None, several) => {
            let names: Vec<String> = several.iter().map(|table| format!("`{table}`")).collect();
            Err(
                Error::usage(format!("several tables have the name: {}", names.join(", ")))
                    .hint("say which one with `--table SCHEMA.TABLE`"),
            )
        }
    }
}

/// The parts of a qualified name, as PostgreSQL reads them: those without quotes in lower case.
pub(super) fn identifiers(name: &str) -> Vec<String> {
    let tokens = tokens(name).into_iter();
    tokens.filter_map(|token| token.identifier(name)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_postgresql_reads_them() {
        assert_eq!(identifiers("Foo._sqlx_migrations"), ["foo", "_sqlx_migrations"]);
        assert_eq!(identifiers("\"A \"\"b\"\"\".t"), ["A \"b\"", "t"]);
        assert!(identifiers("").is_empty());
    }
}
