//! The state of a history whose replay takes long is kept, and never taken for that of another history.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    missing_docs,
    reason = "tests"
)]

mod support;

use support::Bed;

/// Makes a table whose name no two replays share, and takes long enough to be kept.
const UP: &str = "SELECT pg_sleep(1);
DO $$ BEGIN EXECUTE format('CREATE TABLE made_%s (a int)', replace(gen_random_uuid()::text, '-', '')); END $$;
";

/// The name of that table.
async fn made(bed: &Bed) -> String {
    let report = bed.check().await;
    let names: Vec<String> = report.unmanaged.iter().map(ToString::to_string).collect();
    let table = names.iter().find(|name| name.starts_with("table public.made_"));
    table.unwrap_or_else(|| panic!("{names:?}")).clone()
}

/// Changes what is declared, so that the result of the last check is of no use.
fn declare(bed: &Bed, number: u32) {
    bed.schema(&format!("CREATE TABLE t (a int, b{number} int);\n"));
}

#[tokio::test]
async fn only_the_very_same_revisions_are_gone_on_from() {
    let bed = Bed::of_sql("CREATE TABLE t (a int);\n").await;
    bed.by_hand(UP, "SELECT 1;\n").await;
    let first = made(&bed).await;
    declare(&bed, 1);
    assert_eq!(made(&bed).await, first);

    // What comes after it is run on it.
    bed.by_hand("CREATE TABLE later (a int);\n", "DROP TABLE later;\n")
        .await;
    declare(&bed, 2);
    assert_eq!(made(&bed).await, first);
    let report = bed.check().await;
    let has_later = |object: &limbeck_project::ObjectId| object.to_string() == "table public.later";
    assert!(report.unmanaged.iter().any(has_later), "{report:#?}");
    // So does a new revision, which is proven on it.
    bed.revision("All").await;
    assert!(!bed.check().await.is_different());
    declare(&bed, 3);
    assert_eq!(made(&bed).await, first);

    // Another text is another history, even where it does the same.
    let file = bed.revision_files().remove(0);
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replace("pg_sleep(1)", "pg_sleep(1.0)")).unwrap();
    declare(&bed, 4);
    let second = made(&bed).await;
    assert_ne!(second, first);
    declare(&bed, 5);
    assert_eq!(made(&bed).await, second);
}

#[tokio::test]
async fn a_history_that_makes_roles_is_replayed_from_empty() {
    let bed = Bed::of_sql("CREATE TABLE t (a int);\n").await;
    let role = format!("limbeck_test_{}", std::process::id());
    let up = format!("{UP}CREATE ROLE {role};\nGRANT SELECT ON ALL TABLES IN SCHEMA public TO {role};\n");
    bed.by_hand(&up, "SELECT 1;\n").await;
    let first = made(&bed).await;
    declare(&bed, 1);
    assert_ne!(made(&bed).await, first);
    // A role that declared SQL names is made by the history first, and not in its place.
    bed.schema(&format!(
        "CREATE TABLE t (a int);\nGRANT SELECT ON t TO {role};\n"
    ));
    bed.revision("With a grant").await;
    assert!(!bed.check().await.is_different());
}

#[tokio::test]
async fn what_is_declared_beside_a_role_leaves_nothing_behind() {
    let role = format!("limbeck_test_declared_{}", std::process::id());
    let schema = |columns: &str| {
        format!("CREATE TABLE t ({columns});\nCREATE ROLE {role};\nGRANT SELECT ON t TO {role};\n")
    };
    let bed = Bed::of_sql(&schema("a int")).await;
    bed.by_hand(UP, "SELECT 1;\n").await;
    let first = made(&bed).await;
    bed.schema(&schema("a int, b int"));
    assert_ne!(made(&bed).await, first);
}
