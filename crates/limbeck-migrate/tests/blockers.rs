//! Steps that wait for others: sent again until the deadline, told whom they wait for, and what ends these.

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
use std::time::Duration;

use limbeck_history::History;
use limbeck_migrate::{
    Ask, Blocked, BlockerKind, CancelBlockers, Ending, EndingResult, ErrorClass, Event, Question,
};
use limbeck_postgres::{Session, SessionOptions, connect};
use support::{Fixture, file, history, show, table};

const ALTER: &str = "-- limbeck:up one\nCREATE TABLE b (id int);\nALTER TABLE a ADD x int;\n";

/// A table `a`, and a revision `b` that alters it.
async fn fixture() -> (Fixture, History) {
    fixture_with(ALTER).await
}

async fn fixture_with(steps: &str) -> (Fixture, History) {
    let mut fixture = Fixture::new().await;
    fixture.options.lock_timeout = Some(Duration::from_millis(300));
    let history = history(&[table("a", "", "a"), file("b", "a", steps)]);
    fixture.upgrade(&history, "a").await.unwrap();
    (fixture, history)
}

/// A session of somebody else's, by a name of its own, that has locked `a`.
async fn blocker(fixture: &Fixture) -> Session {
    let session = connect(&fixture.settings, &SessionOptions::running("report", "public"))
        .await
        .unwrap();
    session
        .execute("BEGIN; SELECT 'secret' FROM a WHERE id = 4711")
        .await
        .unwrap();
    session
}

fn blocked(fixture: &Fixture) -> Option<Blocked> {
    fixture
        .events
        .lock()
        .unwrap()
        .iter()
        .find_map(|event| match event {
            Event::Blocked { blocked, .. } => Some(blocked.clone()),
            _ => None,
        })
}

fn ended(fixture: &Fixture) -> Vec<(Ending, EndingResult)> {
    fixture
        .events
        .lock()
        .unwrap()
        .iter()
        .filter_map(|event| match event {
            Event::BlockerEnded { ending, result, .. } => Some((*ending, result.clone())),
            _ => None,
        })
        .collect()
}

async fn until(mut is: impl FnMut() -> bool) {
    while !is() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

fn is_again(event: &Event) -> bool {
    matches!(event, Event::StepAgain { .. })
}

#[tokio::test]
async fn a_step_is_sent_again_without_being_told_to() {
    let (fixture, history) = fixture().await;
    let other = blocker(&fixture).await;
    let release = async {
        until(|| fixture.told(is_again) > 1).await;
        other.execute("COMMIT").await.unwrap();
    };
    let (result, ()) = tokio::join!(fixture.upgrade(&history, "head"), release);
    assert_eq!(result.unwrap().committed.len(), 1);
    assert_eq!(fixture.tables().await, "a\nb");
}

#[tokio::test]
async fn at_the_deadline_it_gives_up_and_tells_who_was_in_the_way() {
    let (mut fixture, history) = fixture().await;
    fixture.options.lock_deadline = Duration::from_millis(800);
    let other = blocker(&fixture).await;
    let error = fixture.upgrade(&history, "head").await.unwrap_err();
    assert_eq!(error.class(), ErrorClass::Failed);
    assert!(fixture.told(is_again) >= 1);
    let found = error.blocked().unwrap();
    assert_eq!(found.waiting_for.to_string(), "AccessExclusiveLock on public.a");
    let [seen] = found.blockers.as_slice() else {
        panic!("{found:?}");
    };
    assert_eq!(seen.pid, other.backend_pid());
    assert_eq!(seen.kind, BlockerKind::Session);
    assert_eq!(seen.state.as_deref(), Some("idle in transaction"));
    assert_eq!(seen.application.as_deref(), Some("report"));
    assert_eq!(seen.holds, ["AccessShareLock"]);
    assert_eq!(
        seen.query.as_deref(),
        Some("BEGIN; SELECT ? FROM a WHERE id = ?"),
        "its values are not shown"
    );
    assert!(seen.transaction_age.is_some() && seen.user.is_some());
    let text = show(&error).replace(&seen.pid.to_string(), "PID");
    insta::assert_snapshot!(text, @"
    error: step `one` of revision `b` failed: canceling statement due to lock timeout
      --> b.sql:10:1
      | ALTER TABLE a ADD x int;
      | ^^^^^^^^^^^^^^^^^^^^^^^
    hint: another session holds the lock, nothing of this step was kept: run again when it is free, wait longer with `--lock-deadline` or `--lock-timeout`, end it with `SELECT pg_terminate_backend(PID)`, or have that done with `--cancel-blockers`
    class: Failed, committed: []
    ");
    assert_eq!(fixture.tables().await, "a");
    // As JSON, the event has it all flat.
    let events = fixture.events.lock().unwrap();
    let told = events
        .iter()
        .find(|event| matches!(event, Event::Blocked { .. }))
        .unwrap();
    let json = serde_json::to_value(told).unwrap();
    assert_eq!(json["event"], "blocked");
    assert_eq!(json["waiting_for"]["relation"], "public.a");
    assert_eq!(json["blockers"][0]["kind"], "session");
    assert!(json["blockers"][0]["transaction_age"].is_number());
}

#[tokio::test]
async fn an_interrupt_ends_the_waiting_at_once() {
    let (fixture, history) = fixture().await;
    let other = blocker(&fixture).await;
    let interrupt = async {
        until(|| fixture.told(is_again) > 0).await;
        fixture.interrupt.interrupt();
    };
    let (result, ()) = tokio::join!(fixture.upgrade(&history, "head"), interrupt);
    assert_eq!(result.unwrap_err().class(), ErrorClass::Interrupted);
    assert_eq!(fixture.rows("SELECT owner FROM limbeck.lease").await, "-");
    drop(other);
}

#[tokio::test]
async fn a_step_without_strong_locks_waits_in_one_go() {
    let (mut fixture, history) = fixture_with("-- limbeck:up one\nUPDATE a SET id = 2;\n").await;
    fixture.options.lock_timeout = None;
    fixture.execute("INSERT INTO a VALUES (1)").await;
    let other = fixture.session().await;
    other.execute("BEGIN; UPDATE a SET id = 3").await.unwrap();
    let release = async {
        until(|| blocked(&fixture).is_some()).await;
        other.execute("ROLLBACK").await.unwrap();
    };
    let (result, ()) = tokio::join!(fixture.upgrade(&history, "head"), release);
    result.unwrap();
    assert_eq!(fixture.told(is_again), 0);
    let waiting_for = blocked(&fixture).unwrap().waiting_for;
    assert_eq!(waiting_for.to_string(), "the end of another transaction");
}

#[tokio::test]
async fn whoever_waits_behind_others_is_told_of_the_first_in_the_row() {
    let (mut fixture, history) = fixture().await;
    fixture.options.lock_timeout = Some(Duration::from_secs(30));
    let first = blocker(&fixture).await;
    let second = fixture.session().await;
    let pid = second.backend_pid();
    let queue = second.execute("BEGIN; LOCK TABLE a; COMMIT");
    let watch = async {
        until(|| blocked(&fixture).is_some()).await;
        let found = blocked(&fixture).unwrap();
        first.execute("COMMIT").await.unwrap();
        found
    };
    let upgrade = async {
        let waiting = format!("SELECT 1 FROM pg_locks WHERE pid = {pid} AND NOT granted");
        while fixture.rows(&waiting).await.is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        fixture.upgrade(&history, "head").await
    };
    let (queued, result, found) = tokio::join!(queue, upgrade, watch);
    queued.unwrap();
    result.unwrap();
    let told: Vec<_> = found
        .blockers
        .iter()
        .map(|blocker| (blocker.pid, blocker.waits, blocker.ending()))
        .collect();
    assert!(
        told.contains(&(first.backend_pid(), false, Some(Ending::Terminate))),
        "{told:?}"
    );
    assert!(
        !told
            .iter()
            .any(|(other, _, ending)| *other == pid && ending.is_some()),
        "{told:?}"
    );
}

#[tokio::test]
async fn blockers_are_ended_where_that_is_wanted() {
    let (mut fixture, history) = fixture().await;
    fixture.options.cancel_blockers = CancelBlockers::Always;
    let idle = blocker(&fixture).await;
    fixture.upgrade(&history, "head").await.unwrap();
    assert_eq!(ended(&fixture), [(Ending::Terminate, EndingResult::Done)]);
    assert!(idle.execute("SELECT 1").await.unwrap_err().is_connection_lost());
    assert_eq!(
        fixture
            .rows(
                "SELECT kind, revision, step, outcome, detail->>'ending', detail->'blocker'->>'query'
                   FROM limbeck.event WHERE kind = 'cancel_blocker'"
            )
            .await,
        "cancel_blocker|b|1|done|terminate|BEGIN; SELECT ? FROM a WHERE id = ?"
    );
}

#[tokio::test]
async fn a_statement_is_cancelled_and_its_session_stays() {
    let (mut fixture, history) = fixture().await;
    fixture.options.cancel_blockers = CancelBlockers::Always;
    let busy = fixture.session().await;
    let working = busy.execute("SELECT pg_sleep(600) FROM (SELECT count(*) FROM a) AS a");
    let upgrade = async {
        let running =
            "SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()";
        while fixture.rows(running).await.is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        fixture.upgrade(&history, "head").await
    };
    let (cancelled, result) = tokio::join!(working, upgrade);
    result.unwrap();
    assert_eq!(cancelled.unwrap_err().sqlstate(), Some("57014"));
    assert_eq!(ended(&fixture), [(Ending::Cancel, EndingResult::Done)]);
    busy.execute("SELECT 1").await.unwrap();
}

/// Answers every question so, and keeps them.
fn answering(answer: bool, fixture: &mut Fixture) -> Arc<Mutex<Vec<Question>>> {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&asked);
    fixture.options.ask = Some(Ask::new(move |question| {
        kept.lock().unwrap().push(question.clone());
        // Longer than the step waits for its lock: the answer comes while nothing is waited for.
        std::thread::sleep(Duration::from_millis(600));
        answer
    }));
    asked
}

#[tokio::test]
async fn blockers_are_asked_about_once() {
    let (mut fixture, history) = fixture().await;
    fixture.options.cancel_blockers = CancelBlockers::Ask;
    let asked = answering(true, &mut fixture);
    let _idle = blocker(&fixture).await;
    fixture.upgrade(&history, "head").await.unwrap();
    assert_eq!(ended(&fixture), [(Ending::Terminate, EndingResult::Done)]);
    let asked = asked.lock().unwrap();
    assert!(
        matches!(asked.as_slice(), [Question::CancelBlockers { .. }]),
        "{asked:?}"
    );
}

#[tokio::test]
async fn where_that_is_refused_they_stay() {
    let (mut fixture, history) = fixture().await;
    fixture.options.cancel_blockers = CancelBlockers::Ask;
    fixture.options.lock_deadline = Duration::from_millis(1_500);
    let asked = answering(false, &mut fixture);
    let idle = blocker(&fixture).await;
    let error = fixture.upgrade(&history, "head").await.unwrap_err();
    assert_eq!(error.sqlstate(), Some("55P03"));
    assert_eq!(asked.lock().unwrap().len(), 1);
    assert_eq!(ended(&fixture), []);
    idle.execute("SELECT 1").await.unwrap();
}

#[tokio::test]
async fn another_runner_is_never_ended() {
    let (mut fixture, history) = fixture().await;
    fixture.options.cancel_blockers = CancelBlockers::Always;
    fixture.options.lock_deadline = Duration::from_millis(900);
    let runner = connect(&fixture.settings, &SessionOptions::running("limbeck", "public"))
        .await
        .unwrap();
    runner.execute("BEGIN; SELECT FROM a").await.unwrap();
    let error = fixture.upgrade(&history, "head").await.unwrap_err();
    assert_eq!(error.sqlstate(), Some("55P03"));
    assert_eq!(error.blocked().unwrap().blockers[0].kind, BlockerKind::Runner);
    assert_eq!(ended(&fixture), []);
    runner.execute("SELECT 1").await.unwrap();
}

#[tokio::test]
async fn what_the_role_may_not_see_or_end_is_told() {
    let (mut fixture, history) = fixture().await;
    fixture
        .execute(
            "CREATE ROLE limbeck_test_weak LOGIN; ALTER TABLE a OWNER TO limbeck_test_weak;
             GRANT CREATE, USAGE ON SCHEMA public TO limbeck_test_weak; GRANT USAGE ON SCHEMA limbeck TO limbeck_test_weak;
             GRANT ALL ON ALL TABLES IN SCHEMA limbeck TO limbeck_test_weak;
             GRANT ALL ON ALL SEQUENCES IN SCHEMA limbeck TO limbeck_test_weak",
        )
        .await;
    let mut weak = fixture.another();
    weak.settings = fixture.settings.with_user("limbeck_test_weak");
    weak.options.cancel_blockers = CancelBlockers::Always;
    weak.options.lock_deadline = Duration::from_millis(900);
    let idle = blocker(&fixture).await;
    let result = weak.upgrade(&history, "head").await;
    idle.execute("COMMIT").await.unwrap();
    fixture.options.lock_timeout = None;
    fixture
        .execute(
            "ALTER TABLE a OWNER TO CURRENT_USER; DROP OWNED BY limbeck_test_weak; DROP ROLE limbeck_test_weak",
        )
        .await;
    let error = result.unwrap_err();
    let seen = &error.blocked().unwrap().blockers[0];
    assert_eq!((seen.kind, seen.pid), (BlockerKind::Hidden, idle.backend_pid()));
    assert_eq!((&seen.query, &seen.state), (&None, &None));
    assert!(seen.to_string().contains("may not see"), "{seen}");
    assert_eq!(ended(&weak), []);
}

#[tokio::test]
async fn a_question_about_what_may_have_been_meant() {
    for answer in [true, false] {
        let (mut fixture, history) =
            fixture_with("-- limbeck:up one\nCREATE TABLE b (id int);\nSELECT pg_sleep(nap) FROM a_nap;\n")
                .await;
        fixture.execute("CREATE TABLE a_nap AS SELECT 600 AS nap").await;
        let asked = answering(answer, &mut fixture);
        let cancel = async {
            let running = "SELECT pid FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()";
            let pid = loop {
                let pid = fixture.rows(running).await;
                if !pid.is_empty() {
                    break pid;
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
            };
            fixture.execute("UPDATE a_nap SET nap = 0").await;
            fixture.execute(&format!("SELECT pg_cancel_backend({pid})")).await;
        };
        let (result, ()) = tokio::join!(fixture.upgrade(&history, "head"), cancel);
        assert_eq!(result.is_ok(), answer);
        assert_eq!(
            result.err().and_then(|error| error.sqlstate().map(str::to_owned)),
            (!answer).then(|| "57014".to_owned())
        );
        let asked = asked.lock().unwrap().clone();
        assert!(
            matches!(asked.as_slice(), [Question::SendAgain { reason, .. }] if reason.contains("cancelled")),
            "{asked:?}"
        );
        assert_eq!(
            fixture.rows("SELECT to_regclass('b') IS NOT NULL").await,
            if answer { "t" } else { "f" }
        );
    }
}

#[tokio::test]
async fn timeouts_go_by_the_kind_of_step() {
    let fixture = fixture_with(
        "-- limbeck:up strong
ALTER TABLE a ADD x int;
INSERT INTO seen VALUES ('strong', current_setting('lock_timeout'), current_setting('statement_timeout'));
-- limbeck:up plain
INSERT INTO seen VALUES ('plain', current_setting('lock_timeout'), current_setting('statement_timeout'));
-- limbeck:up long
UPDATE a SET x = 1;
INSERT INTO seen VALUES ('long', current_setting('lock_timeout'), current_setting('statement_timeout'));
-- limbeck:up said lock_timeout=7s statement_timeout=8s
UPDATE a SET x = 1;
INSERT INTO seen VALUES ('said', current_setting('lock_timeout'), current_setting('statement_timeout'));
",
    )
    .await;
    let (mut fixture, history) = fixture;
    fixture
        .execute("CREATE TABLE seen (name text, lock text, statement text)")
        .await;
    // What the role says counts for nothing.
    let role = fixture.rows("SELECT quote_ident(current_user)").await;
    let database = fixture.rows("SELECT quote_ident(current_database())").await;
    fixture
        .execute(&format!(
            "ALTER ROLE {role} IN DATABASE {database} SET statement_timeout = '29s'; ALTER DATABASE {database} SET lock_timeout = '29s'"
        ))
        .await;
    fixture.options.lock_timeout = None;
    fixture.options.statement_timeout = Some(Duration::from_secs(30));
    fixture.upgrade(&history, "head").await.unwrap();
    assert_eq!(
        fixture.rows("TABLE seen").await,
        "strong|2s|30s\nplain|2min|30s\nlong|2min|0\nsaid|7s|8s"
    );
}
