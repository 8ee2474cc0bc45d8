//! Tags, and the hook on each step.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::print_stderr,
    missing_docs,
    reason = "tests"
)]

mod support;

use std::sync::{Arc, Mutex};

use limbeck_history::Direction;
use limbeck_migrate::{ErrorClass, OnApply, script};
use support::{Fixture, file, history, show, table};

#[tokio::test]
async fn a_tag_goes_with_a_run() {
    let mut fixture = Fixture::new().await;
    fixture.options.tag = Some("release \"7\", it's".to_owned());
    let history = history(&[
        file(
            "a",
            "",
            "-- limbeck:up one\nCREATE TABLE a AS SELECT current_setting('limbeck.tag', true) AS tag;\n-- limbeck:down one\nDROP TABLE a;\n",
        ),
        file("b", "a", "-- limbeck:up one\nSELECT missing;\n"),
        file("c", "a", ""),
    ]);
    fixture.upgrade(&history, "b").await.unwrap_err();
    fixture.upgrade(&history, "c").await.unwrap();
    fixture.stamp(&history, "base").await.unwrap();
    assert_eq!(fixture.rows("SELECT tag FROM a").await, "release \"7\", it's");
    let tags = "SELECT DISTINCT kind, outcome, detail->>'tag' FROM limbeck.event ORDER BY 1, 2";
    assert_eq!(
        fixture.rows(tags).await,
        "revision|done|release \"7\", it's\nstamp|done|release \"7\", it's\n\
         step|done|release \"7\", it's\nstep|failed|release \"7\", it's"
    );
    let text = script(&history, Direction::Up, "base", "c", &fixture.options).unwrap();
    assert!(
        text.contains("SELECT pg_catalog.set_config('limbeck.tag', 'release \"7\", it''s', true)"),
        "{text}"
    );
    // Without a tag there is none.
    fixture.options.tag = None;
    fixture.execute("DROP TABLE a").await;
    fixture.upgrade(&history, "a").await.unwrap();
    assert_eq!(fixture.rows("SELECT coalesce(tag, '') FROM a").await, "");
}

#[tokio::test]
async fn the_hook_is_told_of_every_step_and_commits_with_it() {
    let mut fixture = Fixture::new().await;
    fixture.execute("CREATE TABLE log (n serial, line text)").await;
    let told = Arc::new(Mutex::new(Vec::new()));
    let hook = {
        let told = Arc::clone(&told);
        OnApply::new(move |applying| {
            let heads: Vec<_> = applying.heads.iter().map(ToString::to_string).collect();
            let line = format!(
                "{} {} {} {} {} [{}] {}",
                applying.revision.id,
                applying.step.map_or("-", |step| step.name.as_str()),
                applying.direction,
                applying.finishes,
                applying.in_transaction,
                heads.join(" "),
                applying.tag.unwrap_or("-"),
            );
            told.lock().unwrap().push(line.clone());
            // The heads are on record by then.
            Ok(format!(
                "INSERT INTO public.log (line) SELECT '{line} | ' || coalesce(string_agg(revision, ' '), '') FROM limbeck.head"
            ))
        })
    };
    fixture.options.on_apply = Some(hook);
    fixture.options.tag = Some("t".to_owned());
    let history = history(&[
        file(
            "a",
            "",
            "-- limbeck:up one\nCREATE TABLE a (id int);\n-- limbeck:down one\nDROP TABLE a;\n\
             -- limbeck:up two transaction=no\nCREATE INDEX CONCURRENTLY a_id ON a (id);\n-- limbeck:down two transaction=no\nDROP INDEX CONCURRENTLY a_id;\n",
        ),
        file("b", "a", ""),
    ]);
    fixture.upgrade(&history, "head").await.unwrap();
    fixture.downgrade(&history, "base").await.unwrap();
    let expected = [
        "a one up false true [] t | ",
        "a two up true false [a] t | a",
        "b - up true true [b] t | b",
        "b - down true true [a] t | a",
        "a two down false false [a] t | a",
        "a one down true true [] t | ",
    ];
    assert_eq!(
        fixture.rows("SELECT line FROM log ORDER BY n").await,
        expected.join("\n")
    );
    assert_eq!(told.lock().unwrap().len(), 6);
    let text = script(&history, Direction::Up, "base", "head", &fixture.options).unwrap();
    assert_eq!(text.matches("INSERT INTO public.log").count(), 3);
}

#[tokio::test]
async fn a_hook_that_fails_undoes_its_step() {
    let mut fixture = Fixture::new().await;
    let history = history(&[table("a", "", "a"), table("b", "a", "b"), file("c", "b", "")]);
    let adding = |sql: &'static str, id: &'static str| {
        Some(OnApply::new(move |applying| {
            Ok(if applying.revision.id.as_str() == id {
                sql
            } else {
                ""
            }
            .to_owned())
        }))
    };
    for (sql, name) in [
        ("SELECT 1;\nSELECT missing FROM x", "hook_that_fails"),
        ("SELECT 1/0 -- without a position", "hook_without_a_position"),
        ("COMMIT; SELECT 1", "hook_that_commits"),
    ] {
        fixture.options.on_apply = adding(sql, "b");
        let error = fixture.upgrade(&history, "b").await.unwrap_err();
        insta::assert_snapshot!(name, show(&error));
        assert_eq!(fixture.tables().await, "a", "{sql}");
        assert_eq!(fixture.rows("SELECT revision FROM limbeck.head").await, "a");
    }
    fixture.options.on_apply = Some(OnApply::new(|_| Err("not today".into())));
    let error = fixture.upgrade(&history, "b").await.unwrap_err();
    insta::assert_snapshot!("hook_that_refuses", show(&error));
    assert_eq!(error.class(), ErrorClass::Failed);
    // A hook that changes its role and settings leaves neither to what follows.
    fixture.options.on_apply = adding("SET ROLE pg_monitor; SET search_path = pg_catalog", "b");
    fixture.upgrade(&history, "head").await.unwrap();
    fixture.options.on_apply = adding("SELECT missing", "c");
    fixture.downgrade(&history, "b").await.unwrap_err();
    assert_eq!(fixture.rows("SELECT revision FROM limbeck.head").await, "c");
}

#[tokio::test]
async fn a_hook_that_fails_after_a_step_outside_a_transaction_leaves_it_done() {
    let mut fixture = Fixture::new().await;
    fixture.execute("CREATE TABLE t (id int)").await;
    // Nothing tells whether it has run, and it cannot run twice.
    let history = history(&[file(
        "a",
        "",
        "-- limbeck:up one transaction=no\nCREATE INDEX CONCURRENTLY t_id ON t (id);\n\
         -- limbeck:down one transaction=no\nDROP INDEX CONCURRENTLY t_id;\n",
    )]);
    let failing = || Some(OnApply::new(|_| Ok("SELECT missing".to_owned())));
    fixture.options.on_apply = failing();
    let error = fixture.upgrade(&history, "head").await.unwrap_err();
    assert_eq!(error.class(), ErrorClass::Stopped, "{error}");
    assert_eq!(error.sqlstate(), Some("42703"));
    assert_eq!(error.committed().len(), 1);
    assert!(!error.committed()[0].finished);
    let hint = error.hint().unwrap();
    assert!(
        hint.contains("the step ran outside a transaction and stays"),
        "{hint}"
    );
    let steps = "SELECT direction, state FROM limbeck.step ORDER BY 1";
    assert_eq!(fixture.rows(steps).await, "up|done");
    assert_eq!(fixture.rows("SELECT revision FROM limbeck.head").await, "");
    let text = script(&history, Direction::Up, "base", "head", &fixture.options).unwrap();
    let (before, _) = text.split_once("SELECT missing").unwrap();
    let (_, between) = before.rsplit_once("state = 'done'").unwrap();
    assert!(between.contains("COMMIT;"), "{text}");

    // The revision comes to its end without the step, which is not run again.
    let told = Arc::new(Mutex::new(Vec::new()));
    let noted = Arc::clone(&told);
    fixture.options.on_apply = Some(OnApply::new(move |applying| {
        noted.lock().unwrap().push(applying.step.is_some());
        Ok("SELECT 1".to_owned())
    }));
    fixture.upgrade(&history, "head").await.unwrap();
    assert_eq!(*told.lock().unwrap(), [false]);
    assert_eq!(fixture.rows("SELECT revision FROM limbeck.head").await, "a");

    // And on the way down.
    fixture.options.on_apply = failing();
    fixture.downgrade(&history, "base").await.unwrap_err();
    assert_eq!(fixture.rows(steps).await, "down|done");
    fixture.options.on_apply = None;
    fixture.downgrade(&history, "base").await.unwrap();
    assert_eq!(fixture.rows("SELECT revision FROM limbeck.head").await, "");
    assert_eq!(fixture.rows("SELECT count(*) FROM limbeck.step").await, "0");
}
