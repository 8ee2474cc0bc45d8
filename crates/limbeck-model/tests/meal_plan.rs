//! The example's models, read and rendered.
#![cfg(feature = "source")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::print_stderr,
    missing_docs,
    reason = "tests"
)]

use std::path::{Path, PathBuf};

use limbeck_model::{Inputs, Models, SourceOptions, read};

fn example() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/meal-plan")
}

fn models() -> Models {
    read(
        &example(),
        &["src".to_owned()],
        &SourceOptions::default(),
        &Inputs::default(),
    )
    .unwrap()
}

fn ddl(models: &Models) -> String {
    models
        .statements
        .iter()
        .map(|statement| format!("{};\n", statement.sql))
        .collect()
}

#[test]
fn ddl_of_the_example() {
    let models = models();
    assert_eq!(models.tables.len(), 15);
    assert!(models.warnings.is_empty(), "{:?}", models.warnings);
    insta::assert_snapshot!(ddl(&models));
}

#[test]
fn reading_twice_gives_the_same_bytes() {
    assert_eq!(format!("{:?}", models()), format!("{:?}", models()));
}

#[test]
fn every_part_of_a_statement_leads_to_its_source() {
    let models = models();
    for statement in &models.statements {
        for part in &statement.parts {
            assert!(
                statement.sql.get(part.range.clone()).is_some(),
                "{}",
                statement.sql
            );
        }
    }
    let source = |needle: &str| {
        let statement = models
            .statements
            .iter()
            .find(|statement| statement.sql.contains(needle))
            .unwrap();
        let origin = statement.origin_at(statement.sql.find(needle).unwrap());
        let text = std::fs::read_to_string(example().join(&origin.file)).unwrap();
        (origin.to_string(), text[origin.span.clone()].to_owned())
    };
    let (place, text) = source("position('@' IN VALUE)");
    assert_eq!(text, "\"position('@' IN VALUE) > 1\"");
    assert!(place.starts_with("src/database/types.rs:16:"), "{place}");
    // A column of a set is where the set says it.
    let (place, _) = source("updated_at timestamp");
    assert!(place.starts_with("src/database/columns.rs:"), "{place}");
    assert_eq!(source("gen_random_uuid()").1, "\"gen_random_uuid()\"");
    assert_eq!(source("now() + interval").1, "\"now() + interval '14 days'\"");
    assert_eq!(source("REFERENCES public.users (id)").1, "User::id");
}
