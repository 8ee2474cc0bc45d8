//! Where the files and the database tell different histories.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::print_stderr,
    missing_docs,
    reason = "tests"
)]

mod support;

use limbeck_history::Direction;
use limbeck_migrate::{Event, StoredBodyReason, pending, state};
use support::{Fixture, file, history, show, table, three};

#[tokio::test]
async fn an_edited_revision_is_named() {
    let fixture = Fixture::new().await;
    let mut files = [table("a", "", "a"), table("b", "a", "b")];
    fixture.upgrade(&history(&files), "a").await.unwrap();
    files[0].1 = files[0].1.replace("id int", "id bigint");
    let edited = history(&files);
    let error = fixture.upgrade(&edited, "head").await.unwrap_err();
    insta::assert_snapshot!("edited", show(&error));
    assert_eq!(fixture.tables().await, "a");
    let found = state(&fixture.session().await, &fixture.options).await.unwrap();
    assert_eq!(found.edited(&edited).len(), 1);
    pending(&edited, &found, Direction::Up, "head").unwrap_err();
    // The header and the declared objects may change.
    files[0].1 = files[0]
        .1
        .replace("id bigint", "id int")
        .replace("Revision a", "Another message");
    fixture.upgrade(&history(&files), "head").await.unwrap();
}

#[tokio::test]
async fn a_revision_that_is_not_here_is_named() {
    let fixture = Fixture::new().await;
    fixture.upgrade(&three(), "head").await.unwrap();
    let older = history(&[table("a", "", "a")]);
    let error = fixture.upgrade(&older, "head").await.unwrap_err();
    insta::assert_snapshot!("unknown", show(&error));
    let found = state(&fixture.session().await, &fixture.options).await.unwrap();
    assert_eq!(
        found
            .unknown(&older)
            .iter()
            .map(|revision| revision.file_name.as_str())
            .collect::<Vec<_>>(),
        ["b.sql", "c.sql"]
    );
    assert_eq!(
        found
            .heads
            .iter()
            .map(limbeck_history::RevisionId::as_str)
            .collect::<Vec<_>>(),
        ["c"]
    );
}

#[tokio::test]
async fn an_older_deploy_steps_back_by_the_copies() {
    let fixture = Fixture::new().await;
    fixture.upgrade(&three(), "head").await.unwrap();
    let older = history(&[table("a", "", "a")]);
    fixture.downgrade(&older, "a").await.unwrap();
    assert_eq!(fixture.tables().await, "a");
    assert_eq!(fixture.rows("SELECT revision FROM limbeck.head").await, "a");
    let missing = |event: &Event| {
        matches!(
            event,
            Event::StoredBody {
                reason: StoredBodyReason::Missing,
                ..
            }
        )
    };
    assert_eq!(fixture.told(missing), 2);
}

#[tokio::test]
async fn an_edited_down_is_not_what_runs() {
    let fixture = Fixture::new().await;
    let mut files = [table("a", "", "a")];
    fixture.upgrade(&history(&files), "head").await.unwrap();
    files[0].1 = files[0].1.replace("DROP TABLE a", "SELECT missing");
    fixture.downgrade(&history(&files), "base").await.unwrap();
    assert_eq!(fixture.tables().await, "");
    let edited = |event: &Event| {
        matches!(
            event,
            Event::StoredBody {
                reason: StoredBodyReason::Edited,
                ..
            }
        )
    };
    assert_eq!(fixture.told(edited), 1);
}

#[tokio::test]
async fn copies_that_a_stranger_owns_are_not_run() {
    let fixture = Fixture::new().await;
    fixture.upgrade(&three(), "head").await.unwrap();
    fixture
        .execute("CREATE ROLE limbeck_stranger; ALTER TABLE limbeck.revision OWNER TO limbeck_stranger")
        .await;
    let result = fixture.downgrade(&history(&[table("a", "", "a")]), "a").await;
    fixture.execute("REASSIGN OWNED BY limbeck_stranger TO CURRENT_USER; DROP OWNED BY limbeck_stranger; DROP ROLE limbeck_stranger").await;
    insta::assert_snapshot!("untrusted_copy", show(&result.unwrap_err()));
    assert_eq!(fixture.tables().await, "a\nb1\nb2\nb3\nc");
}

#[tokio::test]
async fn an_edited_step_of_a_partly_applied_revision_is_named() {
    let fixture = Fixture::new().await;
    let steps = "-- limbeck:up one\nCREATE TABLE x (id int);\n-- limbeck:up two\nSELECT missing;\n";
    fixture
        .upgrade(&history(&[file("a", "", steps)]), "head")
        .await
        .unwrap_err();
    let edited = steps.replace("id int", "id bigint").replace("missing", "1");
    let error = fixture
        .upgrade(&history(&[file("a", "", &edited)]), "head")
        .await
        .unwrap_err();
    insta::assert_snapshot!("edited_step", show(&error));
    // The step that has not run may be mended.
    fixture
        .upgrade(&history(&[file("a", "", &steps.replace("missing", "1"))]), "head")
        .await
        .unwrap();
}

#[tokio::test]
async fn a_stamp_runs_nothing() {
    let fixture = Fixture::new().await;
    let report = fixture.stamp(&three(), "b").await.unwrap();
    assert_eq!(report.committed.len(), 2);
    assert_eq!(fixture.tables().await, "");
    assert_eq!(
        fixture
            .rows("SELECT id, origin FROM limbeck.revision ORDER BY 1")
            .await,
        "a|stamped\nb|stamped"
    );
    assert_eq!(fixture.rows("SELECT revision FROM limbeck.head").await, "b");
    fixture.upgrade(&three(), "head").await.unwrap();
    assert_eq!(fixture.tables().await, "c");
    fixture.stamp(&three(), "base").await.unwrap();
    assert_eq!(fixture.rows("SELECT (SELECT count(*) FROM limbeck.revision), (SELECT count(*) FROM limbeck.head), (SELECT count(*) FROM limbeck.step)").await, "0|0|0");
    assert_eq!(
        fixture
            .rows("SELECT kind, detail FROM limbeck.event WHERE kind = 'stamp' ORDER BY id")
            .await,
        "stamp|{\"to\": [\"b\"], \"from\": [], \"revisions\": [\"a\", \"b\"]}\n\
         stamp|{\"to\": [], \"from\": [\"c\"], \"revisions\": []}"
    );
}

#[tokio::test]
async fn what_a_run_would_do() {
    let fixture = Fixture::new().await;
    fixture.upgrade(&three(), "a").await.unwrap();
    let found = state(&fixture.session().await, &fixture.options).await.unwrap();
    let names = |direction, target: &str| {
        pending(&three(), &found, direction, target)
            .unwrap()
            .into_iter()
            .flat_map(|pending| {
                pending
                    .steps
                    .into_iter()
                    .map(move |(step, _)| format!("{} {}", pending.revision.id, step.name))
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(names(Direction::Up, "head"), ["b b1", "b b2", "b b3", "c c"]);
    assert_eq!(names(Direction::Up, "a"), Vec::<String>::new());
    assert_eq!(names(Direction::Down, "base"), ["a a"]);
    assert_eq!(found.unapplied(&three()).len(), 2);
}
