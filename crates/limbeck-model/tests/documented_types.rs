//! The tables of `docs/types.md` against the reader and a server.
#![cfg(feature = "source")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::print_stderr,
    missing_docs,
    reason = "tests"
)]

use std::collections::BTreeSet;
use std::fmt::Write as _;

use limbeck_model::{Inputs, SourceOptions, read};
use limbeck_postgres::{SessionOptions, connect};
use limbeck_server::testing::scratch;

/// A Rust type, the SQL type that it is said to be, and the extension that brings it.
struct Line {
    rust: String,
    sql: String,
    extension: Option<String>,
}

/// The lines of all tables, those on a user's own types apart, which name no type.
fn lines() -> Vec<Line> {
    let text = include_str!("../../../docs/types.md");
    let mut found = Vec::new();
    for row in text.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        let code = |cell: &str| cell.trim_matches('`').to_owned();
        if !cells[1].starts_with('`') {
            continue;
        }
        for rust in cells[0].split("`, `") {
            found.push(Line {
                rust: code(rust),
                sql: code(cells[1]),
                extension: cells.get(2).map(|cell| code(cell)),
            });
        }
    }
    found
}

#[tokio::test]
async fn every_line_of_the_documentation_holds() {
    let lines = lines();
    assert!(lines.len() > 130, "{}", lines.len());
    let scratch = scratch().await;
    let database = scratch.create_database().await.unwrap();
    let session = connect(database.settings(), &SessionOptions::running("test", "public"))
        .await
        .unwrap();
    // What an extension brings can be tried where the server has that extension.
    let mut unavailable = BTreeSet::new();
    for extension in lines.iter().filter_map(|line| line.extension.as_ref()) {
        let made = session
            .execute(&format!("CREATE EXTENSION IF NOT EXISTS {extension}"))
            .await;
        if made.is_err() {
            unavailable.insert(extension.clone());
        }
    }
    let on_server = |line: &Line| {
        !line
            .extension
            .as_ref()
            .is_some_and(|name| unavailable.contains(name))
    };

    let mut source = String::from("struct Data;\n");
    for (table, chosen) in [("here", true), ("elsewhere", false)] {
        writeln!(
            source,
            "#[derive(limbeck::Table)]\n#[table(name = \"{table}\")]\nstruct {} {{",
            table.to_uppercase()
        )
        .unwrap();
        for (n, line) in lines
            .iter()
            .enumerate()
            .filter(|(_, line)| on_server(line) == chosen)
        {
            writeln!(source, "    c{n}: {},", line.rust).unwrap();
        }
        source.push_str("}\n");
    }
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("lib.rs"), &source).unwrap();
    let models = read(
        folder.path(),
        &["lib.rs".to_owned()],
        &SourceOptions::default(),
        &Inputs::default(),
    )
    .unwrap_or_else(|errors| panic!("{errors:#?}"));

    for table in &models.tables {
        for column in &table.columns {
            let line = &lines[column.name[1..].parse::<usize>().unwrap()];
            assert_eq!(column.data_type, line.sql, "{}", line.rust);
            assert_eq!(
                column.nullable,
                line.rust.starts_with("std::option::"),
                "{}",
                line.rust
            );
        }
    }
    for statement in models
        .statements
        .iter()
        .filter(|statement| statement.sql.contains("public.here"))
    {
        session.execute(&statement.sql).await.unwrap();
    }
    let rows = session
        .query_text(
            "SELECT attname::text, format_type(atttypid, atttypmod) FROM pg_attribute \
             WHERE attrelid = 'public.here'::regclass AND attnum > 0 ORDER BY attnum",
        )
        .await
        .unwrap();
    let mut seen = 0;
    for row in rows {
        let [Some(name), Some(sql)] = row.as_slice() else {
            panic!("{row:?}");
        };
        let line = &lines[name[1..].parse::<usize>().unwrap()];
        assert_eq!(*sql, line.sql, "{}", line.rust);
        seen += 1;
    }
    assert_eq!(seen, lines.iter().filter(|line| on_server(line)).count());
}
