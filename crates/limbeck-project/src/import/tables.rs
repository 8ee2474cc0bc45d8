//! The tables in which migration tools keep what they did.

use limbeck_catalog::{Kind, ObjectId};
use limbeck_postgres::Session;

use crate::{Error, Project, error};

/// The names of these tables, whatever their schema.
const NAMES: [&str; 22] = [
    "__EFMigrationsHistory",
    "__diesel_schema_migrations",
    "__drizzle_migrations",
    "_prisma_migrations",
    "_sqlx_migrations",
    "alembic_version",
    "ar_internal_metadata",
    "atlas_schema_revisions",
    "databasechangelog",
    "databasechangeloglock",
    "django_migrations",
    "flyway_schema_history",
    "goose_db_version",
    "gorp_migrations",
    "knex_migrations",
    "knex_migrations_lock",
    "kysely_migration",
    "kysely_migration_lock",
    "pgmigrations",
    "refinery_schema_history",
    "schema_migrations",
    "seaql_migrations",
];

/// The tables of other migration tools in the configured schemas of a database.
pub(crate) async fn tables(project: &Project, session: &Session) -> Result<Vec<ObjectId>, Error> {
    let list = |names: &mut dyn Iterator<Item = &str>| {
        let literals: Vec<String> = names.map(limbeck_sql::quote_literal).collect();
        literals.join(", ")
    };
    let sql = format!(
        "SELECT n.nspname::text, c.relname::text FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace \
         WHERE c.relkind = 'r' AND c.relname IN ({}) AND n.nspname IN ({}) ORDER BY 1, 2",
        list(&mut NAMES.into_iter()),
        list(&mut project.config().database.schemas.iter().map(String::as_str)),
    );
    let rows = session.query_text(&sql).await.map_err(error::from_database)?;
    let tables = rows.into_iter().filter_map(|row| {
        let mut names = row.into_iter().flatten();
        Some(ObjectId::in_schema(Kind::Table, names.next()?, names.next()?))
    });
    Ok(tables.collect())
}

/// The pattern that stands for a table alone.
pub(crate) fn pattern(table: &ObjectId) -> String {
    let part = |name: &String| {
        if name.contains(['.', '*', '"']) {
            format!("\"{}\"", name.replace('"', "\"\""))
        } else {
            name.clone()
        }
    };
    table.path.iter().map(part).collect::<Vec<_>>().join(".")
}

/// The same, to read a database without it.
pub(crate) fn excluded(table: &ObjectId) -> Result<limbeck_catalog::ObjectPattern, Error> {
    let pattern = pattern(table);
    pattern.parse().map_err(|_| {
        Error::failed(format!("`{pattern}` cannot be left out"))
            .hint("this is a defect of Limbeck; please report it")
    })
}

/// The line of limbeck.toml that leaves tables out, with what it leaves out already.
pub(crate) fn line(project: &Project, tables: &[ObjectId]) -> Option<String> {
    if tables.is_empty() {
        return None;
    }
    let configured = project.config().database.exclude.iter().cloned();
    let patterns: Vec<String> = configured
        .chain(tables.iter().map(pattern))
        .map(|pattern| {
            if pattern.contains('"') {
                format!("'{pattern}'")
            } else {
                format!("\"{pattern}\"")
            }
        })
        .collect();
    Some(format!("exclude = [{}]", patterns.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_are_sorted_and_each_is_there_once() {
        assert!(NAMES.is_sorted_by(|one, other| one < other));
    }

    #[test]
    fn a_pattern_reads_back() {
        for text in ["table public.alembic_version", "table \"a.b\".\"x*\"\"y\""] {
            let table: ObjectId = text.parse().unwrap();
            let pattern: limbeck_catalog::ObjectPattern = pattern(&table).parse().unwrap();
            assert!(pattern.matches(&table.path[0], &table.path[1]), "{text}");
        }
    }
}
