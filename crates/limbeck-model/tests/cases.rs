//! Each file of `cases/ok` and what it declares; each of `cases/error` and what is wrong with it.
#![cfg(feature = "source")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::print_stderr,
    missing_docs,
    reason = "tests"
)]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use limbeck_model::{Inputs, ModelError, Models, SourceOptions, read};
use limbeck_postgres::{SessionOptions, connect};
use limbeck_server::testing::scratch;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests")
}

/// The cases of a folder, by name.
fn cases(folder: &str) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(root().join("cases").join(folder))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    names.sort();
    assert!(!names.is_empty());
    names
}

fn read_case(folder: &str, name: &str) -> Result<Models, Vec<ModelError>> {
    read(
        &root(),
        &[format!("cases/{folder}/{name}.rs")],
        &SourceOptions::default(),
        &Inputs::default(),
    )
}

fn shown(errors: &[ModelError]) -> String {
    let mut text = String::new();
    for error in errors {
        writeln!(text, "{error}").unwrap();
        if let (Some(origin), Some(line)) = (&error.origin, &error.source_line) {
            let width = line.chars().count() + 2 - origin.column;
            let carets = "^".repeat(origin.span.len().clamp(1, width.max(1)));
            writeln!(
                text,
                " --> {origin}\n  | {line}\n  | {}{carets}",
                " ".repeat(origin.column - 1)
            )
            .unwrap();
        }
        if let Some(beside) = &error.beside {
            writeln!(text, " and {beside}").unwrap();
        }
        if let Some(hint) = error.hint() {
            writeln!(text, "  = hint: {hint}").unwrap();
        }
        text.push('\n');
    }
    text
}

#[test]
fn what_is_right_is_declared() {
    for name in cases("ok") {
        let models = read_case("ok", &name).unwrap_or_else(|errors| panic!("{name}: {}", shown(&errors)));
        let mut text = String::new();
        for statement in &models.statements {
            writeln!(text, "{};", statement.sql).unwrap();
        }
        for rename in &models.renames {
            writeln!(
                text,
                "-- renamed: {} {:?} to {:?}, {}",
                rename.kind, rename.from, rename.to, rename.origin
            )
            .unwrap();
        }
        for view in &models.views {
            writeln!(text, "-- view {}, {}, {}", view.name, view.model, view.origin).unwrap();
            for column in &view.columns {
                let null = if column.nullable { " NULL" } else { "" };
                let (field, at) = (&column.field, &column.field_origin);
                writeln!(
                    text,
                    "--   {} {}{null}, {field}, {at}",
                    column.name, column.data_type
                )
                .unwrap();
            }
        }
        if !models.warnings.is_empty() {
            write!(text, "-- warnings\n{}", shown(&models.warnings)).unwrap();
        }
        insta::assert_snapshot!(format!("ok_{name}"), text);
    }
}

#[test]
fn what_is_wrong_is_told_with_place_and_way_out() {
    for name in cases("error") {
        let errors = read_case("error", &name)
            .err()
            .unwrap_or_else(|| panic!("{name} is accepted"));
        insta::assert_snapshot!(format!("error_{name}"), shown(&errors));
    }
}

#[tokio::test]
async fn what_is_declared_runs_on_an_empty_database() {
    let scratch = scratch().await;
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/meal-plan");
    let example = read(
        &example,
        &["src".to_owned()],
        &SourceOptions::default(),
        &Inputs::default(),
    )
    .unwrap();
    let mut all = vec![("meal-plan".to_owned(), example)];
    for name in cases("ok") {
        let needed = match name.as_str() {
            "since_15" => 150_000,
            "since_18" => 180_000,
            _ => 140_000,
        };
        if scratch.server_version_num() >= needed {
            let models = read_case("ok", &name).unwrap();
            all.push((name, models));
        }
    }
    for (name, models) in all {
        let database = scratch.create_database().await.unwrap();
        let session = connect(database.settings(), &SessionOptions::running("test", "public"))
            .await
            .unwrap();
        if name == "meal-plan" {
            // One of its defaults calls one of them.
            session
                .execute(include_str!(
                    "../../../examples/meal-plan/database/schema/functions.sql"
                ))
                .await
                .unwrap();
        }
        for statement in &models.statements {
            if let Err(error) = session.execute(&statement.sql).await {
                panic!("{name}: {error}\n{}\n{}", statement.origin, statement.sql);
            }
        }
    }
}
