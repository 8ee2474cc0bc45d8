//! The tables in which other migration tools keep what they did.

use limbeck_catalog::{Catalog, Definition, Kind, ObjectId};

use crate::Project;

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

/// The tables of other migration tools in a database.
pub(super) fn tables(catalog: &Catalog) -> Vec<ObjectId> {
    let is_theirs = |id: &ObjectId| id.kind == Kind::Table && NAMES.contains(&id.name());
    catalog
        .objects
        .iter()
        .filter(|(id, object)| is_theirs(id) && matches!(object.definition, Definition::Table(_)))
        .map(|(id, _)| id.clone())
        .collect()
}

/// The pattern that stands for a table alone.
pub(super) fn pattern(table: &ObjectId) -> String {
    let part = |name: &String| {
        if name.contains(['.', '*', '"']) {
            format!("\"{}\"", name.replace('"', "\"\""))
        } else {
            name.clone()
        }
    };
    table.path.iter().map(part).collect::<Vec<_>>().join(".")
}

/// The line of limbeck.toml that leaves tables out, with what it leaves out already.
pub(super) fn line(project: &Project, tables: &[ObjectId]) -> Option<String> {
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
            let pattern: limbeck_catalog::ExcludePattern = pattern(&table).parse().unwrap();
            assert!(pattern.matches(&table.path[0], &table.path[1]), "{text}");
        }
    }
}
