//! What is set of a column's storage and statistics, as subcommands of `ALTER TABLE`.

use limbeck_catalog::ColumnSettings;
use limbeck_sql::quote_identifier;

use super::foreign;
use crate::render;

/// What a change of type leaves of the settings: it stores and compresses as the new type has it.
pub(crate) fn retyped(settings: &ColumnSettings) -> ColumnSettings {
    ColumnSettings {
        storage: None,
        compression: None,
        ..settings.clone()
    }
}

/// The subcommands that turn one into the other.
pub(crate) fn alter(column: &str, before: &ColumnSettings, after: &ColumnSettings) -> Vec<String> {
    let mut changes = Vec::new();
    if before.storage != after.storage {
        let strategy = after
            .storage
            .map(|storage| storage.strategy)
            .or(before.storage.map(|storage| storage.of_type));
        changes.extend(strategy.map(|strategy| format!("SET STORAGE {}", strategy.as_str())));
    }
    if before.compression != after.compression {
        let method = after.compression.map_or("DEFAULT", |method| method.as_str());
        changes.push(format!("SET COMPRESSION {method}"));
    }
    if before.statistics_target != after.statistics_target {
        let target = after.statistics_target.unwrap_or(-1);
        changes.push(format!("SET STATISTICS {target}"));
    }
    let (set, reset) = render::option_changes(&before.options, &after.options);
    if !set.is_empty() {
        changes.push(format!("SET ({})", set.join(", ")));
    }
    if !reset.is_empty() {
        changes.push(format!("RESET ({})", reset.join(", ")));
    }
    changes.extend(foreign::option_changes(
        &before.foreign_options,
        &after.foreign_options,
    ));
    let name = quote_identifier(column);
    changes
        .into_iter()
        .map(|change| format!("ALTER COLUMN {name} {change}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use limbeck_catalog::{ColumnStorage, Compression, StorageStrategy};

    use super::*;

    fn set() -> ColumnSettings {
        ColumnSettings {
            storage: Some(ColumnStorage {
                strategy: StorageStrategy::External,
                of_type: StorageStrategy::Main,
            }),
            compression: Some(Compression::Pglz),
            statistics_target: Some(0),
            options: [("n_distinct".to_owned(), "-0.5".to_owned())].into(),
            foreign_options: [("name".to_owned(), "C".to_owned())].into(),
        }
    }

    #[test]
    fn each_is_set_and_left_to_postgresql_again() {
        let plain = ColumnSettings::default();
        assert_eq!(
            alter("c", &plain, &set()),
            [
                "ALTER COLUMN c SET STORAGE EXTERNAL",
                "ALTER COLUMN c SET COMPRESSION pglz",
                "ALTER COLUMN c SET STATISTICS 0",
                "ALTER COLUMN c SET (n_distinct = -0.5)",
                "ALTER COLUMN c OPTIONS (ADD name 'C')",
            ]
        );
        assert_eq!(
            alter("c", &set(), &plain),
            [
                "ALTER COLUMN c SET STORAGE MAIN",
                "ALTER COLUMN c SET COMPRESSION DEFAULT",
                "ALTER COLUMN c SET STATISTICS -1",
                "ALTER COLUMN c RESET (n_distinct)",
                "ALTER COLUMN c OPTIONS (DROP name)",
            ]
        );
        assert!(alter("c", &set(), &set()).is_empty());
    }
}
