//! What a database tells: its journal, its history as it was applied, and files that take the place of what was.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::print_stderr,
    missing_docs,
    reason = "tests"
)]

mod support;

use limbeck_history::{Direction, History};
use limbeck_migrate::{
    Acceptance, LogFilter, MigrateError, Runner, Since, accept, log, logged_revisions, recorded, state,
};
use support::{Fixture, file, history, show, table, three};

async fn accepted(
    fixture: &Fixture,
    history: &History,
    applied: &History,
    id: &str,
) -> Result<(), MigrateError> {
    let acceptances = [Acceptance {
        revision: history.get(id).unwrap().clone(),
        applied: applied.get(id).unwrap().checksum.clone(),
    }];
    accept(
        &fixture.settings,
        &acceptances,
        &fixture.options,
        &fixture.interrupt,
        &|_| (),
    )
    .await
}

fn edited() -> History {
    let mut files = [table("a", "", "a"), table("b", "a", "b")];
    files[0].1 = files[0]
        .1
        .replace("DROP TABLE a", "DROP TABLE IF EXISTS a")
        .replace("(id int)", "(id  int)");
    history(&files)
}

fn two() -> History {
    history(&[table("a", "", "a"), table("b", "a", "b")])
}

#[tokio::test]
async fn an_accepted_file_takes_the_place_of_what_was_applied() {
    let fixture = Fixture::new().await;
    fixture.upgrade(&two(), "head").await.unwrap();
    let applied_at = "SELECT applied_at FROM limbeck.revision WHERE id = 'a'";
    let before = fixture.rows(applied_at).await;
    accepted(&fixture, &edited(), &two(), "a").await.unwrap();
    assert_eq!(fixture.rows(applied_at).await, before);
    let checksums = fixture
        .rows("SELECT checksum, body FROM limbeck.revision WHERE id = 'a'")
        .await;
    let revision = edited().get("a").unwrap().clone();
    assert_eq!(checksums, format!("{}|{}", revision.checksum, revision.text));
    assert_eq!(
        fixture
            .rows("SELECT kind, revision, outcome, os_user, detail->>'to', detail->>'from' FROM limbeck.event WHERE kind = 'accept'")
            .await,
        format!("accept|a|done|ada|{}|{}", revision.checksum, two().get("a").unwrap().checksum)
    );
    assert_eq!(fixture.rows("SELECT owner FROM limbeck.lease").await, "-");
    assert!(fixture.upgrade(&edited(), "head").await.unwrap().is_empty());
    // The way down is the accepted one: what is gone already is no hindrance to it.
    fixture.execute("DROP TABLE a").await;
    fixture.downgrade(&history(&[]), "base").await.unwrap();
}

#[tokio::test]
async fn what_has_changed_meanwhile_is_not_accepted() {
    let fixture = Fixture::new().await;
    fixture.upgrade(&two(), "head").await.unwrap();
    let error = accepted(&fixture, &edited(), &edited(), "a").await.unwrap_err();
    insta::assert_snapshot!(show(&error), @"
    error: what the database has of revision `a` has changed meanwhile
    hint: look again: run the command once more
    class: HistoryConflict, committed: []
    ");
    // Neither is what is not applied, and nothing is made for it.
    let empty = Fixture::new().await;
    accepted(&empty, &edited(), &two(), "a").await.unwrap_err();
    assert_eq!(empty.rows("SELECT to_regnamespace('limbeck')").await, "-");
    assert_eq!(
        fixture
            .rows("SELECT count(*) FROM limbeck.event WHERE kind = 'accept'")
            .await,
        "0"
    );
}

#[tokio::test]
async fn the_journal_newest_first() {
    let fixture = Fixture::new().await;
    let session = fixture.session().await;
    let all = LogFilter::default();
    assert_eq!(log(&session, &fixture.options, &all).await.unwrap(), None);
    assert!(
        logged_revisions(&session, &fixture.options)
            .await
            .unwrap()
            .is_empty()
    );
    fixture.upgrade(&three(), "b").await.unwrap();
    fixture.downgrade(&three(), "a").await.unwrap();
    let entries = log(&session, &fixture.options, &all).await.unwrap().unwrap();
    let told: Vec<String> = entries
        .iter()
        .map(|entry| {
            let step = entry
                .step_name
                .clone()
                .unwrap_or_else(|| format!("{:?}", entry.step));
            format!(
                "{} {} {step}",
                entry.direction.unwrap(),
                entry.revision.clone().unwrap()
            )
        })
        .collect();
    // The database forgets the names of what is undone.
    assert_eq!(
        told,
        [
            "down b Some(1)",
            "down b Some(2)",
            "down b Some(3)",
            "up b Some(3)",
            "up b Some(2)",
            "up b Some(1)",
            "up a a"
        ]
    );
    assert_eq!(entries[6].message.as_deref(), Some("Revision a"));
    assert_eq!(entries[6].host.as_deref(), Some("test"));
    let number = async |filter: LogFilter| {
        log(&session, &fixture.options, &filter)
            .await
            .unwrap()
            .unwrap()
            .len()
    };
    assert_eq!(
        number(LogFilter {
            limit: Some(2),
            ..all.clone()
        })
        .await,
        2
    );
    assert_eq!(
        number(LogFilter {
            revision: Some("b".to_owned()),
            ..all.clone()
        })
        .await,
        6
    );
    assert_eq!(
        number(LogFilter {
            since: Some(Since::Ago("1 hour".to_owned())),
            ..all.clone()
        })
        .await,
        7
    );
    assert_eq!(
        number(LogFilter {
            since: Some(Since::At("infinity".to_owned())),
            ..all.clone()
        })
        .await,
        0
    );
    assert_eq!(
        number(LogFilter {
            failed: true,
            ..all.clone()
        })
        .await,
        0
    );
    assert_eq!(
        number(LogFilter {
            kinds: vec!["stamp".to_owned()],
            ..all.clone()
        })
        .await,
        0
    );
    let wrong = LogFilter {
        since: Some(Since::At("it's late".to_owned())),
        ..all.clone()
    };
    let error = log(&session, &fixture.options, &wrong).await.unwrap_err();
    assert_eq!(error.sqlstate(), Some("22007"));
    assert_eq!(
        logged_revisions(&session, &fixture.options).await.unwrap(),
        ["a", "b"]
    );
    // Another history in the same tables has a journal of its own.
    let other = limbeck_migrate::RunOptions {
        scope: "other".to_owned(),
        ..fixture.options.clone()
    };
    assert_eq!(log(&session, &other, &all).await.unwrap().unwrap(), []);
}

#[tokio::test]
async fn the_history_as_it_was_applied() {
    let fixture = Fixture::new().await;
    fixture.upgrade(&three(), "b").await.unwrap();
    let session = fixture.session().await;
    let texts = async |files: &History| -> Vec<(String, usize)> {
        let found = state(&session, &fixture.options).await.unwrap();
        let history = recorded(&session, &fixture.options, &found, files).await.unwrap();
        let order = history.order_all().into_iter();
        order
            .map(|revision| (revision.text.clone(), revision.steps.len()))
            .collect()
    };
    let applied: Vec<(String, usize)> = ["a", "b"]
        .map(|id| {
            let history = three();
            let revision = history.get(id).unwrap();
            (revision.text.clone(), revision.steps.len())
        })
        .into();
    assert_eq!(texts(&three()).await, applied);
    assert_eq!(texts(&edited()).await, applied);
    assert_eq!(texts(&history(&[])).await, applied);
}

#[tokio::test]
async fn of_half_a_revision_what_stands_is_recorded() {
    let fixture = Fixture::new().await;
    let steps = "-- limbeck:up one\nCREATE TABLE x (id int);\n-- limbeck:down one\nDROP TABLE x;\n\
                 -- limbeck:up two\nSELECT missing;\n-- limbeck:down two\n";
    let half = history(&[table("a", "", "a"), file("b", "a", steps)]);
    fixture.upgrade(&half, "head").await.unwrap_err();
    let session = fixture.session().await;
    let found = state(&session, &fixture.options).await.unwrap();
    let history_there = recorded(&session, &fixture.options, &found, &half).await.unwrap();
    let names = |id: &str| -> Vec<String> {
        let steps = &history_there.get(id).unwrap().steps;
        steps.iter().map(|step| step.name.clone()).collect()
    };
    assert_eq!(
        (names("a"), names("b")),
        (vec!["a".to_owned()], vec!["one".to_owned()])
    );
    // The database has no copy of what is only begun.
    let error = recorded(
        &session,
        &fixture.options,
        &found,
        &history(&[table("a", "", "a")]),
    )
    .await;
    assert!(
        error
            .unwrap_err()
            .to_string()
            .contains("revision `b`, which is not among the files here")
    );
}

#[tokio::test]
async fn a_runner_plans_and_counts() {
    let fixture = Fixture::new().await;
    let steps = "-- limbeck:require up one \"rows\"\nSELECT count(*) FROM a -- all\n;\n-- limbeck:up one\nSELECT 1;\n\
                 -- limbeck:require up two \"rows of another\"\nSELECT nextval('s')\n-- limbeck:up two\nSELECT 1;\n";
    let files = history(&[table("a", "", "a"), file("b", "a", steps)]);
    fixture.upgrade(&files, "a").await.unwrap();
    fixture
        .execute("CREATE SEQUENCE s; INSERT INTO a VALUES (1), (2), (3)")
        .await;
    let runner = Runner::connect(&fixture.settings, &fixture.options, &fixture.interrupt, &|_| ())
        .await
        .unwrap();
    let pending = runner.pending(&files, Direction::Up, "head").await.unwrap();
    assert_eq!(pending.len(), 1);
    let requires = |n: usize| &pending[0].steps[n].1.requires[0];
    assert_eq!(runner.count(requires(0)).await.unwrap(), "3");
    // What writes is no count, and the session goes on.
    runner.count(requires(1)).await.unwrap_err();
    assert_eq!(runner.count(requires(0)).await.unwrap(), "3");
    // What no file tells of can be planned down by the database's copy.
    let down = runner
        .pending(&history(&[]), Direction::Down, "base")
        .await
        .unwrap();
    assert_eq!(down[0].stored, Some(limbeck_migrate::StoredBodyReason::Missing));
    assert_eq!(fixture.rows("SELECT count(*) FROM a").await, "3");
}

#[tokio::test]
async fn a_count_is_handed_values_as_a_step_is() {
    let mut fixture = Fixture::new().await;
    fixture.options.x.insert("least", "2").unwrap();
    let steps = "-- limbeck:require up one \"rows\"\n\
                 SELECT count(*) FROM a WHERE id >= current_setting('limbeck.x.least')::int;\n\
                 -- limbeck:up one\nSELECT 1;\n";
    let files = history(&[table("a", "", "a"), file("b", "a", steps)]);
    fixture.upgrade(&files, "a").await.unwrap();
    fixture.execute("INSERT INTO a VALUES (1), (2), (3)").await;
    let runner = Runner::connect(&fixture.settings, &fixture.options, &fixture.interrupt, &|_| ())
        .await
        .unwrap();
    let pending = runner.pending(&files, Direction::Up, "head").await.unwrap();
    let require = &pending[0].steps[0].1.requires[0];
    assert_eq!(runner.count(require).await.unwrap(), "2");
}
