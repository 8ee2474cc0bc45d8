//! A run that loses its connection goes on by another one.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::print_stderr,
    missing_docs,
    reason = "tests"
)]

mod support;

use std::time::Duration;

use limbeck_history::History;
use limbeck_migrate::{ErrorClass, ErrorKind, Event, Found};
use support::network::{Cut, Network};
use support::{Fixture, file, history, show, table, three};

fn lost(fixture: &Fixture) -> usize {
    fixture.told(|event| matches!(event, Event::ConnectionLost { .. }))
}

fn finished(fixture: &Fixture) -> usize {
    fixture.told(|event| matches!(event, Event::StepFinished { .. }))
}

/// The steps that were committed, as the journal's events tell them: one each.
async fn applied(fixture: &Fixture) -> String {
    fixture
        .rows(
            "SELECT revision, step, count(*) FROM limbeck.event WHERE kind = 'step' AND outcome = 'done'
               GROUP BY 1, 2 ORDER BY 1, 2",
        )
        .await
}

const ONCE: &str = "a|1|1\nb|1|1\nb|2|1\nb|3|1\nc|1|1";

#[tokio::test]
async fn a_step_that_did_not_arrive_is_sent_again() {
    let fixture = Fixture::new().await;
    let network = Network::before(&fixture, [Cut::before("CREATE TABLE b2")]).await;
    let behind = network.fixture(&fixture);
    let report = behind.upgrade(&three(), "head").await.unwrap();
    assert_eq!(report.committed.len(), 5);
    assert_eq!(fixture.tables().await, "a\nb1\nb2\nb3\nc");
    assert_eq!((lost(&behind), finished(&behind)), (1, 5));
    assert_eq!(applied(&fixture).await, ONCE);
    assert!(report.from.is_empty());
    assert_eq!(
        report.to.iter().map(ToString::to_string).collect::<Vec<_>>(),
        ["c"]
    );
    assert_eq!(fixture.rows("SELECT owner FROM limbeck.lease").await, "-");
}

#[tokio::test]
async fn a_step_whose_answer_was_lost_is_found_to_be_committed() {
    let fixture = Fixture::new().await;
    let network = Network::before(
        &fixture,
        [Cut::after("CREATE TABLE b2"), Cut::after("CREATE TABLE c ")],
    )
    .await;
    let behind = network.fixture(&fixture);
    let report = behind.upgrade(&three(), "head").await.unwrap();
    let steps: Vec<_> = report
        .committed
        .iter()
        .map(|committed| {
            format!(
                "{} {} {}",
                committed.revision,
                committed.step.as_deref().unwrap(),
                committed.finished
            )
        })
        .collect();
    assert_eq!(
        steps,
        ["a a true", "b b1 false", "b b2 false", "b b3 true", "c c true"]
    );
    assert_eq!((lost(&behind), finished(&behind)), (2, 5));
    assert_eq!(applied(&fixture).await, ONCE);
    assert_eq!(
        behind.told(|event| matches!(event, Event::RevisionFinished { .. })),
        3
    );

    // The way down, to the same target, though it is told by where the database was.
    let network = Network::before(&fixture, [Cut::after("DROP TABLE b2")]).await;
    let behind = network.fixture(&fixture);
    let report = behind.downgrade(&three(), "-2").await.unwrap();
    assert_eq!(report.committed.len(), 4);
    assert_eq!(fixture.tables().await, "a");
    assert_eq!(fixture.rows("SELECT revision FROM limbeck.head").await, "a");
}

#[tokio::test]
async fn a_relative_target_stays_what_it_meant() {
    let fixture = Fixture::new().await;
    let network = Network::before(&fixture, [Cut::after("CREATE TABLE a ")]).await;
    let behind = network.fixture(&fixture);
    let report = behind.upgrade(&three(), "+1").await.unwrap();
    assert_eq!(report.committed.len(), 1);
    assert_eq!(fixture.rows("SELECT revision FROM limbeck.head").await, "a");
}

#[tokio::test]
async fn every_message_of_its_own_may_be_lost() {
    for (marker, times) in [
        ("pg_try_advisory_lock", 1),
        ("CREATE SCHEMA", 1),
        ("SET owner = NULL", 1),
        ("pg_postmaster_start_time", 2),
    ] {
        for after in [false, true] {
            let fixture = Fixture::new().await;
            let cuts = (0..times).map(|_| {
                if after {
                    Cut::after(marker)
                } else {
                    Cut::before(marker)
                }
            });
            let network = Network::before(&fixture, cuts).await;
            let behind = network.fixture(&fixture);
            let report = behind.upgrade(&three(), "head").await;
            let report = report.unwrap_or_else(|error| panic!("{marker} {after}: {}", show(&error)));
            assert_eq!(report.committed.len(), 5, "{marker} {after}");
            assert_eq!(applied(&fixture).await, ONCE, "{marker} {after}");
            assert_eq!(
                fixture.rows("SELECT owner FROM limbeck.lease").await,
                "-",
                "{marker} {after}"
            );
        }
    }
}

/// A step that still runs in the server is waited for: it commits by itself.
#[tokio::test]
async fn a_transaction_that_still_runs_is_waited_for() {
    let fixture = Fixture::new().await;
    let history = history(&[
        file(
            "s",
            "",
            "-- limbeck:up slow\nSELECT pg_sleep(1);\nCREATE TABLE s (id int);\n",
        ),
        table("t", "s", "t"),
    ]);
    let network = Network::before(&fixture, [Cut::during("pg_sleep(1)")]).await;
    let behind = network.fixture(&fixture);
    let report = behind.upgrade(&history, "head").await.unwrap();
    assert_eq!(report.committed.len(), 2);
    assert_eq!(applied(&fixture).await, "s|1|1\nt|1|1");
    assert_eq!(
        behind.told(|event| matches!(event, Event::StepStarted { .. })),
        2,
        "it was not sent twice"
    );
}

#[tokio::test]
async fn one_transaction_is_there_as_a_whole_or_not_at_all() {
    for cut in [
        Cut::before("CREATE TABLE b2"),
        Cut::after("CREATE TABLE b2"),
        Cut::before("COMMIT"),
        Cut::after("COMMIT"),
    ] {
        let mut fixture = Fixture::new().await;
        fixture.execute("CREATE TABLE warm_up ()").await;
        fixture.stamp(&three(), "base").await.unwrap();
        fixture.options.single_transaction = true;
        let network = Network::before(&fixture, [cut.clone()]).await;
        let behind = network.fixture(&fixture);
        let report = behind.upgrade(&three(), "head").await;
        let report = report.unwrap_or_else(|error| panic!("{cut:?}: {}", show(&error)));
        assert_eq!(report.committed.len(), 5, "{cut:?}");
        assert_eq!(applied(&fixture).await, ONCE, "{cut:?}");
        assert_eq!(finished(&behind), 5, "{cut:?}");
        assert_eq!(lost(&behind), 1, "{cut:?}");
    }
}

fn index() -> History {
    history(&[
        table("a", "", "a"),
        file(
            "b",
            "a",
            "-- limbeck:up by_id transaction=no creates=\"index public.a_id\"\nCREATE INDEX CONCURRENTLY a_id ON a \
             (id);\n-- limbeck:down by_id transaction=no\nDROP INDEX CONCURRENTLY a_id;\n",
        ),
    ])
}

#[tokio::test]
async fn a_step_outside_a_transaction_is_found_as_it_was_left() {
    for (cut, found) in [
        (Cut::before("CREATE INDEX"), Found::Nothing),
        (Cut::after("CREATE INDEX"), Found::Done),
    ] {
        let fixture = Fixture::new().await;
        let network = Network::before(&fixture, [cut.clone()]).await;
        let behind = network.fixture(&fixture);
        let report = behind.upgrade(&index(), "head").await.unwrap();
        assert_eq!(report.committed.len(), 2, "{cut:?}");
        assert_eq!(
            behind.told(|event| matches!(event, Event::StepFound { found: what, .. } if *what == found)),
            1,
            "{cut:?}"
        );
        assert_eq!(
            fixture
                .rows("SELECT indisvalid FROM pg_index WHERE indexrelid = 'a_id'::regclass")
                .await,
            "t"
        );
        assert_eq!(applied(&fixture).await, "a|1|1\nb|1|1", "{cut:?}");
    }
}

#[tokio::test]
async fn what_nothing_tells_of_is_not_gone_on_with() {
    let fixture = Fixture::new().await;
    let history = history(&[
        table("a", "", "a"),
        file(
            "b",
            "a",
            "-- limbeck:up v transaction=no\nSELECT 1 AS unknowable;\n",
        ),
    ]);
    let network = Network::before(&fixture, [Cut::before("AS unknowable")]).await;
    let behind = network.fixture(&fixture);
    let error = behind.upgrade(&history, "head").await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Unfinished { .. }), "{error}");
    assert_eq!(error.class(), ErrorClass::Stopped);
    assert_eq!(error.committed().len(), 1);
    assert_eq!(fixture.rows("SELECT owner FROM limbeck.lease").await, "-");
}

#[tokio::test]
async fn a_step_that_loses_its_connection_again_and_again_stops_the_run() {
    let fixture = Fixture::new().await;
    let cuts = [Cut::before("CREATE TABLE a "), Cut::before("CREATE TABLE a ")];
    let cuts = cuts
        .into_iter()
        .chain((0..3).map(|_| Cut::before("CREATE TABLE b2")));
    let network = Network::before(&fixture, cuts).await;
    let behind = network.fixture(&fixture);
    let error = behind.upgrade(&three(), "head").await.unwrap_err();
    insta::assert_snapshot!(show(&error), @"
    error: the connection was lost 3 times in step `b2` of revision `b`, with nothing committed in between: the connection to the server was lost: the server closed it
    hint: look into the server's log: it may be the step that makes the server end; what was committed is kept, and a run goes on there
    class: Stopped, committed: [a a, b b1]
    ");
    assert_eq!(error.class(), ErrorClass::Stopped);
    assert_eq!(lost(&behind), 5);
    assert_eq!(fixture.rows("SELECT owner FROM limbeck.lease").await, "-");
    behind.upgrade(&three(), "head").await.unwrap();
}

#[tokio::test]
async fn another_runner_may_have_come_meanwhile() {
    let fixture = Fixture::new().await;
    let network = Network::before(&fixture, [Cut::before("CREATE TABLE b2").and_shut()]).await;
    let behind = network.fixture(&fixture);
    let other = fixture.another();
    let meanwhile = async {
        while lost(&behind) == 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let report = other.upgrade(&three(), "head").await.unwrap();
        network.open();
        report
    };
    let history = three();
    let (report, others) = tokio::join!(behind.upgrade(&history, "head"), meanwhile);
    let report = report.unwrap();
    assert_eq!((report.committed.len(), others.committed.len()), (2, 3));
    assert_eq!(applied(&fixture).await, ONCE);
    assert!(behind.told(|event| matches!(event, Event::ConnectingAgain { .. })) > 0);
    assert_eq!(
        behind.told(|event| matches!(event, Event::GoingOn { remaining: 0 })),
        1
    );
}

#[tokio::test]
async fn a_server_that_stays_away_ends_the_run() {
    let mut fixture = Fixture::new().await;
    fixture.options.wait_for_server = Duration::from_millis(200);
    let network = Network::before(&fixture, [Cut::before("CREATE TABLE b2").and_shut()]).await;
    let behind = network.fixture(&fixture);
    let error = behind.upgrade(&three(), "head").await.unwrap_err();
    let port = network.port().to_string();
    insta::assert_snapshot!(show(&error).replace(&port, "[PORT]"), @"
    error: the connection was lost in step `b2` of revision `b`, and the server could not be reached again: the server at `127.0.0.1:[PORT]` closed the connection before the session began
    hint: run again once the server is there: what was committed is kept, and what had come of the step that ran is looked at then; `--wait-for-server` waits longer
    class: Stopped, committed: [a a, b b1]
    ");
    assert_eq!(error.class(), ErrorClass::Stopped);
}

#[tokio::test]
async fn an_interrupt_while_connecting_again_ends_the_run() {
    let fixture = Fixture::new().await;
    let network = Network::before(&fixture, [Cut::before("CREATE TABLE b2").and_shut()]).await;
    let behind = network.fixture(&fixture);
    let interrupt = async {
        while behind.told(|event| matches!(event, Event::ConnectingAgain { .. })) == 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        behind.interrupt.interrupt();
    };
    let history = three();
    let (result, ()) = tokio::join!(behind.upgrade(&history, "head"), interrupt);
    insta::assert_snapshot!(show(&result.unwrap_err()), @"
    error: interrupted before it could go on: it had lost its connection or its lease in step `b2` of revision `b`, of which it is not known whether it was kept
    hint: run again to go on: it looks at what the step has left
    class: Interrupted, committed: [a a, b b1]
    ");
}

/// What only writes down is not sent twice by itself: the error says how to find out.
#[tokio::test]
async fn what_was_to_be_recorded_may_have_been() {
    let fixture = Fixture::new().await;
    for (cut, found) in [
        (Cut::before("INSERT INTO limbeck.revision"), ""),
        (Cut::after("INSERT INTO limbeck.revision"), "c"),
    ] {
        let network = Network::before(&fixture, [cut]).await;
        let behind = network.fixture(&fixture);
        let error = behind.stamp(&three(), "c").await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::RecordingLost { .. }), "{error}");
        assert_eq!(error.class(), ErrorClass::Unreachable);
        assert!(error.hint().unwrap().contains("`limbeck current` shows it"));
        assert_eq!(fixture.rows("SELECT revision FROM limbeck.head").await, found);
    }
    assert!(fixture.stamp(&three(), "c").await.unwrap().is_empty());
}
