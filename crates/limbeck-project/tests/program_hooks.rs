//! What a program that calls the library decides by code: what is looked at, and what a new revision does.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    missing_docs,
    reason = "tests"
)]

mod support;

use std::sync::{Arc, Mutex};

use limbeck_project::commands::{DiffOptions, RevisionOutcome, check, diff, revision};
use limbeck_project::{
    Definition, Diagnostic, DraftStep, Error, Event, Failure, Filter, Hooks, Kind, NobodyToAsk, Object,
    ObjectId, Overrides, ProcessRevisionDirectives, Project, RevisionDirectives,
};
use support::{Bed, autogenerate, ignore, written};

const SCHEMA: &str = "CREATE TABLE users (id bigint PRIMARY KEY);\n\
                      CREATE TABLE tmp_a (id bigint);\n\
                      CREATE UNLOGGED TABLE fast (id bigint);\n";

/// Leaves out what is called so, and what is unlogged.
struct NotTemporary;

impl Filter for NotTemporary {
    fn include_name(&self, id: &ObjectId) -> bool {
        !(id.kind == Kind::Table && id.name().starts_with("tmp_"))
    }

    fn include_object(&self, _id: &ObjectId, object: &Object) -> bool {
        !matches!(&object.definition, Definition::Table(table) if table.unlogged)
    }
}

fn with(bed: &Bed, hooks: Hooks) -> (Project, Overrides) {
    let overrides = Overrides {
        hooks,
        ..bed.overrides()
    };
    let project = Project::open(bed.folder.path(), &overrides, &Bed::host()).unwrap();
    (project, overrides)
}

#[tokio::test]
async fn what_a_filter_leaves_out_is_nobodys_difference() {
    let bed = Bed::of_sql(SCHEMA).await;
    let (project, overrides) = with(
        &bed,
        Hooks {
            filter: Some(Arc::new(NotTemporary)),
            ..Hooks::default()
        },
    );
    let tables = |objects: Vec<&ObjectId>| -> Vec<String> {
        let tables = objects.into_iter().filter(|id| id.kind == Kind::Table);
        tables.map(ToString::to_string).collect()
    };
    let report = check(&project, &ignore).await.unwrap();
    let differences = report.differences.iter().map(|one| &one.object).collect();
    assert_eq!(tables(differences), ["table public.users"]);
    let written = written(
        revision(&project, &autogenerate("Users"), &NobodyToAsk, &ignore)
            .await
            .unwrap(),
    );
    let text = bed.text(&written);
    assert!(
        text.contains("public.users") && !text.contains("tmp_a") && !text.contains("fast"),
        "{text}"
    );
    assert_eq!(bed.upgrade("head").await, 1);
    bed.run("CREATE TABLE public.tmp_b (); CREATE UNLOGGED TABLE public.faster ()")
        .await;
    let options = DiffOptions {
        sides: Some(("history:".to_owned(), "database:".to_owned())),
        ..DiffOptions::default()
    };
    let found = diff(bed.folder.path(), &overrides, &Bed::host(), &options, &ignore)
        .await
        .unwrap();
    assert_eq!(found.steps.len(), 0, "{}", found.sql);
    // Without it they are differences, whatever was found with it.
    assert!(bed.check().await.is_different());
}

/// What a test does to the steps.
struct Directives<F>(F);

impl<F: Fn(&mut RevisionDirectives) -> Result<(), Error> + Send + Sync> ProcessRevisionDirectives
    for Directives<F>
{
    fn process_revision_directives(&self, directives: &mut RevisionDirectives) -> Result<(), Error> {
        (self.0)(directives)
    }
}

fn directed<F>(bed: &Bed, change: F) -> Project
where
    F: Fn(&mut RevisionDirectives) -> Result<(), Error> + Send + Sync + 'static,
{
    let hooks = Hooks {
        directives: Some(Arc::new(Directives(change))),
        ..Hooks::default()
    };
    with(bed, hooks).0
}

#[tokio::test]
async fn steps_are_changed_before_they_are_proven() {
    let bed = Bed::of_sql(SCHEMA).await;
    let project = directed(&bed, |directives| {
        assert!(directives.autogenerate);
        directives.message = "Renamed".to_owned();
        directives.steps.push(DraftStep {
            down: Some("DELETE FROM users WHERE id = 7;".to_owned()),
            ..DraftStep::new("first_user", "INSERT INTO users VALUES (7);")
        });
        Ok(())
    });
    let outcome = revision(&project, &autogenerate("Tables"), &NobodyToAsk, &ignore)
        .await
        .unwrap();
    let text = bed.text(&written(outcome));
    assert!(text.starts_with("-- Renamed\n"), "{text}");
    assert_eq!(bed.upgrade("head").await, 1);
    assert_eq!(bed.query("SELECT id FROM users").await, ["7"]);
    assert_eq!(bed.downgrade("base").await, 1);
    assert!(!bed.check().await.is_different());
}

#[tokio::test]
async fn a_step_that_does_not_run_is_not_written() {
    let bed = Bed::of_sql(SCHEMA).await;
    let project = directed(&bed, |directives| {
        directives
            .steps
            .push(DraftStep::new("wrong", "INSERT INTO nowhere VALUES (7);"));
        Ok(())
    });
    let error = revision(&project, &autogenerate("Tables"), &NobodyToAsk, &ignore)
        .await
        .unwrap_err();
    assert!(error.to_string().contains("nowhere"), "{error}");
    assert_eq!(bed.revision_files().len(), 0);
}

#[tokio::test]
async fn steps_that_are_taken_out_are_left_for_later_and_told() {
    let bed = Bed::of_sql(&format!("{SCHEMA}CREATE INDEX users_i ON users (id);\n")).await;
    let project = directed(&bed, |directives| {
        for step in &mut directives.steps {
            let kept = step
                .up
                .split_inclusive(";\n")
                .filter(|sql| !sql.contains("CREATE INDEX"));
            step.up = kept.collect();
            let kept = step.down.as_deref().unwrap_or_default();
            let kept: String = kept
                .split_inclusive(";\n")
                .filter(|sql| !sql.contains("DROP INDEX"))
                .collect();
            step.down = Some(kept);
        }
        Ok(())
    });
    let told = Mutex::new(Vec::new());
    let events = |event| {
        if let Event::Warning(text) = event {
            told.lock().unwrap().push(text);
        }
    };
    let outcome = revision(&project, &autogenerate("Tables"), &NobodyToAsk, &events)
        .await
        .unwrap();
    let text = bed.text(&written(outcome));
    assert!(
        !text.contains("CREATE INDEX") && text.contains("CREATE TABLE public.users"),
        "{text}"
    );
    let told = told.into_inner().unwrap();
    assert!(
        told.iter()
            .any(|text| text.contains("does not lead to all that is declared")),
        "{told:?}"
    );
    let left = bed.check().await;
    let left: Vec<String> = left
        .differences
        .iter()
        .map(|one| one.object.to_string())
        .collect();
    assert_eq!(left, ["index public.users_i"]);
}

#[tokio::test]
async fn without_steps_there_is_no_file_and_an_error_refuses() {
    let bed = Bed::of_sql(SCHEMA).await;
    let project = directed(&bed, |directives| {
        directives.steps.clear();
        Ok(())
    });
    for options in [
        autogenerate("Tables"),
        limbeck_project::commands::RevisionOptions::default(),
    ] {
        let outcome = revision(&project, &options, &NobodyToAsk, &ignore).await.unwrap();
        assert!(matches!(outcome, RevisionOutcome::Nothing));
    }
    let project = directed(&bed, |_| {
        Err(Error::new(Failure::Refused, Diagnostic::new("not on a Friday")))
    });
    let error = revision(&project, &autogenerate("Tables"), &NobodyToAsk, &ignore)
        .await
        .unwrap_err();
    assert_eq!(
        (error.failure(), error.to_string()),
        (Failure::Refused, "not on a Friday".to_owned())
    );
    assert_eq!(bed.revision_files().len(), 0);
}
