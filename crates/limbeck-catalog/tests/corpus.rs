//! Real schemas, where they are at hand: readable, and equal on a second load.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::print_stderr,
    missing_docs,
    reason = "tests"
)]

mod support;

use std::path::Path;

use limbeck_sql::StatementKind;
use support::{database, empty_database, read, unread};

/// The statements of a `pg_dump` file, which may hold lines for psql.
fn statements(dump: &str) -> String {
    limbeck_sql::statements(dump)
        .iter()
        .filter(|statement| statement.kind != StatementKind::MetaCommand)
        .map(|statement| format!("{};\n", statement.text))
        .collect()
}

#[tokio::test]
async fn real_schemas_are_read() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus/real");
    let Ok(entries) = std::fs::read_dir(&folder) else {
        eprintln!("skipped: no folder {}", folder.display());
        return;
    };
    let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(!files.is_empty());
    let scratch = limbeck_server::testing::scratch().await;
    for file in files {
        let name = file.file_stem().unwrap().to_string_lossy().into_owned();
        let sql = statements(&std::fs::read_to_string(&file).unwrap());
        let first = empty_database(&scratch).await;
        if let Err(error) = first.execute(&sql).await {
            // Dumped from 15 by a server with all of contrib and ICU.
            eprintln!(
                "skipped: {name} does not load on this server: {}",
                error.message()
            );
            continue;
        }
        let second = database(&scratch, &sql).await;
        let catalog = read(&first).await;
        let again = read(&second).await;
        assert_eq!(
            serde_json::to_string(&catalog).unwrap(),
            serde_json::to_string(&again).unwrap(),
            "{name}"
        );
        let counts = first
            .query_text(
                "SELECT (SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
                         WHERE relkind IN ('r', 'p') AND nspname !~ '^pg_' AND nspname <> 'information_schema'
                               AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND deptype = 'e'))",
            )
            .await
            .unwrap();
        let tables = catalog
            .objects
            .keys()
            .filter(|id| id.kind == limbeck_catalog::Kind::Table)
            .count();
        assert_eq!(counts, [[Some(tables.to_string())]], "{name}");
        eprintln!(
            "{name}: {} objects, {} dependencies, unread {:?}",
            catalog.objects.len(),
            catalog.dependencies.len(),
            unread(&catalog)
        );
        first.close().await;
        second.close().await;
    }
}
