//! One runner at a time.

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

use limbeck_migrate::{ErrorKind, Event, Found};
use support::{Fixture, file, history, show, table, three};

/// A revision that takes a while.
fn slow() -> limbeck_history::History {
    history(&[
        file(
            "s",
            "",
            "-- limbeck:up slow\nSELECT pg_sleep(0.6);\nCREATE TABLE s (id int);\n",
        ),
        table("t", "s", "t"),
    ])
}

#[tokio::test]
async fn a_second_runner_waits_and_finds_nothing_to_do() {
    let fixture = Fixture::new().await;
    let other = fixture.another();
    let history = slow();
    let second = async {
        tokio::time::sleep(Duration::from_millis(200)).await;
        other.upgrade(&history, "head").await
    };
    let (first, second) = tokio::join!(fixture.upgrade(&history, "head"), second);
    assert_eq!(first.unwrap().committed.len(), 2);
    let second = second.unwrap();
    assert!(second.is_empty() && second.waited > Duration::ZERO);
    let holder = "ada@test (limbeck 0.0.0)";
    assert!(
        other.told(|event| matches!(event, Event::Waiting { holder: Some(who) } if who.owner == holder)) > 0
    );
    assert_eq!(
        fixture
            .rows("SELECT count(*) FROM limbeck.event WHERE kind = 'step'")
            .await,
        "2"
    );
}

#[tokio::test]
async fn what_is_wrong_after_the_wait_is_told_rather_than_the_lease() {
    let fixture = Fixture::new().await;
    let history = three();
    fixture.upgrade(&history, "a").await.unwrap();
    let holder = fixture.session().await;
    holder
        .execute(
            "UPDATE limbeck.lease SET owner = 'bob', pid = pg_backend_pid(), expires_at = now() + '1 h',
               backend_start = (SELECT backend_start FROM pg_stat_activity WHERE pid = pg_backend_pid())",
        )
        .await
        .unwrap();
    let meanwhile = async {
        while fixture.told(|event| matches!(event, Event::Waiting { .. })) == 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        // Somebody applies what is not here, and then the lease cannot be given back.
        holder
            .execute(
                "UPDATE limbeck.revision SET id = 'gone'; UPDATE limbeck.head SET revision = 'gone';
                 UPDATE limbeck.step SET revision = 'gone';
                 UPDATE limbeck.lease SET owner = NULL, pid = NULL, backend_start = NULL, expires_at = NULL;
                 ALTER TABLE limbeck.lease ADD CHECK (owner IS NOT NULL) NOT VALID",
            )
            .await
            .unwrap();
    };
    let (result, ()) = tokio::join!(fixture.upgrade(&history, "head"), meanwhile);
    let error = result.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Unknown { .. }), "{error}");
}

#[tokio::test]
async fn many_first_runners_make_the_tables_once() {
    let fixture = Fixture::new().await;
    let history = three();
    let runners: Vec<_> = (0..8).map(|_| fixture.another()).collect();
    let runs = runners.iter().map(|runner| runner.upgrade(&history, "head"));
    let results = futures_util::future::join_all(runs).await;
    let committed: usize = results
        .into_iter()
        .map(|result| result.unwrap().committed.len())
        .sum();
    assert_eq!(committed, 5);
    assert_eq!(fixture.rows("SELECT count(*) FROM limbeck.meta").await, "1");
    assert_eq!(fixture.rows("SELECT revision FROM limbeck.head").await, "c");
}

#[tokio::test]
async fn a_runner_gives_up_waiting() {
    let fixture = Fixture::new().await;
    fixture.upgrade(&three(), "a").await.unwrap();
    let holder = fixture.session().await;
    holder
        .execute(
            "UPDATE limbeck.lease SET token = 41, owner = 'bob@laptop (limbeck 0.0.0)', pid = pg_backend_pid(),
               backend_start = (SELECT backend_start FROM pg_stat_activity WHERE pid = pg_backend_pid()),
               expires_at = now() + '1 h'",
        )
        .await
        .unwrap();
    let mut impatient = fixture.another();
    impatient.options.wait = Duration::from_millis(50);
    let error = impatient.upgrade(&three(), "head").await.unwrap_err();
    let pid = holder.backend_pid().to_string();
    insta::assert_snapshot!("busy", show(&error).replace(&pid, "[PID]"));
    assert_eq!(fixture.rows("SELECT token FROM limbeck.lease").await, "41");
    // Nothing to do needs no lease.
    assert!(impatient.upgrade(&three(), "a").await.unwrap().is_empty());

    // The holder's session ends: its lease is worth nothing, whatever its time says.
    holder.close().await;
    fixture.upgrade(&three(), "head").await.unwrap();
    assert_eq!(fixture.told(|event| matches!(event, Event::TakenOver { .. })), 1);
    assert_eq!(fixture.rows("SELECT token FROM limbeck.lease").await, "42");
    assert_eq!(
        fixture
            .rows("SELECT kind, outcome FROM limbeck.event WHERE kind = 'takeover'")
            .await,
        "takeover|done"
    );
}

#[tokio::test]
async fn a_lease_that_has_run_out_is_taken_and_its_process_ended() {
    let fixture = Fixture::new().await;
    fixture.upgrade(&three(), "a").await.unwrap();
    let stale = fixture.session().await;
    stale
        .execute(
            "UPDATE limbeck.lease SET token = 7, owner = 'stale', pid = pg_backend_pid(),
               backend_start = (SELECT backend_start FROM pg_stat_activity WHERE pid = pg_backend_pid()),
               expires_at = now() - interval '1 s'",
        )
        .await
        .unwrap();
    fixture.upgrade(&three(), "head").await.unwrap();
    assert!(stale.execute("SELECT 1").await.unwrap_err().is_connection_lost());
    assert_eq!(
        fixture.rows("SELECT token, owner FROM limbeck.lease").await,
        "8|-"
    );
}

#[tokio::test]
async fn a_runner_whose_lease_was_taken_cannot_commit() {
    let mut fixture = Fixture::new().await;
    // As if another runner had come between the two steps.
    let history = history(&[file(
        "s",
        "",
        "-- limbeck:up one\nUPDATE limbeck.lease SET token = token + 1, owner = 'thief', pid = NULL;\n\
         -- limbeck:up two\nCREATE TABLE two (id int);\n",
    )]);
    fixture.options.wait = Duration::from_millis(50);
    let error = fixture.upgrade(&history, "head").await.unwrap_err();
    assert_eq!(fixture.told(|event| matches!(event, Event::LeaseLost { .. })), 1);
    assert!(
        matches!(error.kind(), ErrorKind::Busy { holder: Some(_), .. }),
        "{error}"
    );
    assert_eq!(error.committed().len(), 1);
    assert_eq!(fixture.tables().await, "");
    // What is not ours is not given back.
    assert_eq!(fixture.rows("SELECT owner FROM limbeck.lease").await, "thief");
}

#[tokio::test]
async fn a_runner_whose_lease_was_taken_takes_it_again() {
    let fixture = Fixture::new().await;
    // As if another runner had come between the two steps, and gone.
    let history = history(&[file(
        "s",
        "",
        "-- limbeck:up one\nUPDATE limbeck.lease SET token = token + 1, owner = 'thief', pid = NULL, expires_at = \
         now() - interval '1 s';\n-- limbeck:up two\nCREATE TABLE two (id int);\n",
    )]);
    let report = fixture.upgrade(&history, "head").await.unwrap();
    assert_eq!(report.committed.len(), 2);
    let told = |is: fn(&Event) -> bool| fixture.told(is);
    assert_eq!(told(|event| matches!(event, Event::LeaseLost { .. })), 1);
    assert_eq!(
        told(|event| matches!(event, Event::TakenOver { holder } if holder.owner == "thief")),
        1
    );
    assert_eq!(told(|event| matches!(event, Event::GoingOn { remaining: 1 })), 1);
    assert_eq!(fixture.tables().await, "two");
    assert_eq!(
        fixture.rows("SELECT token, owner FROM limbeck.lease").await,
        "3|-"
    );
    // The advisory lock went with the lease.
    let locks = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
    assert_eq!(fixture.rows(locks).await, "0");
}

#[tokio::test]
async fn a_fenced_transaction_is_waited_for() {
    let mut fixture = Fixture::new().await;
    fixture.upgrade(&three(), "a").await.unwrap();
    let stale = fixture.session().await;
    stale
        .execute(
            "UPDATE limbeck.lease SET token = 7, owner = 'stale', pid = pg_backend_pid(),
               backend_start = (SELECT backend_start FROM pg_stat_activity WHERE pid = pg_backend_pid()),
               expires_at = now() - interval '1 s'",
        )
        .await
        .unwrap();
    stale
        .execute("BEGIN; SELECT 1 FROM limbeck.lease WHERE token = 7 FOR KEY SHARE")
        .await
        .unwrap();
    // The heartbeat passes the fence.
    fixture
        .execute("SET lock_timeout = '1s'; UPDATE limbeck.lease SET heartbeat_at = now()")
        .await;
    fixture.options.wait = Duration::from_millis(100);
    let error = fixture.upgrade(&three(), "head").await.unwrap_err();
    let pid = stale.backend_pid().to_string();
    insta::assert_snapshot!("busy_in_a_step", show(&error).replace(&pid, "[PID]"));
    stale.execute("COMMIT").await.unwrap();
    fixture.upgrade(&three(), "head").await.unwrap();
}

#[tokio::test]
async fn the_advisory_lock_alone_keeps_others_out_too() {
    let mut fixture = Fixture::new().await;
    fixture.upgrade(&three(), "a").await.unwrap();
    let holder = fixture.session().await;
    holder
        .execute("SELECT pg_advisory_lock(hashtextextended('limbeck limbeck main', 0))")
        .await
        .unwrap();
    fixture.options.wait = Duration::from_millis(100);
    let error = fixture.upgrade(&three(), "head").await.unwrap_err();
    insta::assert_snapshot!("busy_by_advisory_lock", show(&error));
    assert_eq!(fixture.rows("SELECT owner FROM limbeck.lease").await, "-");
}

#[tokio::test]
async fn a_role_that_may_not_end_the_old_process_does_not_take_over() {
    let fixture = Fixture::new().await;
    fixture.upgrade(&three(), "a").await.unwrap();
    fixture
        .execute(
            "CREATE ROLE limbeck_weak LOGIN; GRANT USAGE ON SCHEMA limbeck TO limbeck_weak;
             GRANT ALL ON ALL TABLES IN SCHEMA limbeck TO limbeck_weak",
        )
        .await;
    let stale = fixture.session().await;
    stale
        .execute(
            "UPDATE limbeck.lease SET token = 7, owner = 'stale', pid = pg_backend_pid(),
               backend_start = (SELECT backend_start FROM pg_stat_activity WHERE pid = pg_backend_pid()),
               expires_at = now() - interval '1 s'",
        )
        .await
        .unwrap();
    let mut weak = fixture.another();
    weak.settings = weak.settings.with_user("limbeck_weak");
    weak.options.wait = Duration::from_millis(100);
    let result = weak.upgrade(&three(), "head").await;
    fixture
        .execute("DROP OWNED BY limbeck_weak; DROP ROLE limbeck_weak")
        .await;
    let pid = stale.backend_pid().to_string();
    insta::assert_snapshot!(
        "busy_and_hidden",
        show(&result.unwrap_err()).replace(&pid, "[PID]")
    );
    assert_eq!(
        fixture.rows("SELECT token, owner FROM limbeck.lease").await,
        "7|stale"
    );
}

#[tokio::test]
async fn a_holder_that_may_not_see_its_own_process_keeps_its_lease() {
    let fixture = Fixture::new().await;
    let database = fixture.settings.database().to_owned();
    fixture
        .execute(&format!(
            "CREATE ROLE limbeck_app; CREATE ROLE limbeck_deploy LOGIN IN ROLE limbeck_app;
             ALTER ROLE limbeck_deploy SET role = limbeck_app;
             GRANT CREATE ON DATABASE \"{database}\" TO limbeck_app; GRANT CREATE ON SCHEMA public TO limbeck_app"
        ))
        .await;
    let mut deploy = fixture.another();
    deploy.settings = deploy.settings.with_user("limbeck_deploy");
    let history = slow();
    let other = fixture.another();
    let second = async {
        let running =
            "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'";
        while fixture.rows(running).await.is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let recorded = fixture
            .rows("SELECT pid > 0, backend_start FROM limbeck.lease")
            .await;
        (recorded, other.upgrade(&history, "head").await)
    };
    let (first, (recorded, second)) = tokio::join!(deploy.upgrade(&history, "head"), second);
    // Run out, it is not taken either: nothing tells whether the process is the holder's.
    let stale = fixture.session().await;
    stale
        .execute(
            "UPDATE limbeck.lease SET owner = 'stale', pid = pg_backend_pid(), expires_at = now() - interval '1 s'",
        )
        .await
        .unwrap();
    let mut impatient = fixture.another();
    impatient.options.wait = Duration::from_millis(50);
    let hidden = impatient.downgrade(&history, "s").await.unwrap_err();
    fixture
        .execute("DROP OWNED BY limbeck_app CASCADE; DROP OWNED BY limbeck_deploy; DROP ROLE limbeck_deploy, limbeck_app")
        .await;
    assert_eq!(recorded, "t|-", "the case is not what is tested");
    assert_eq!(first.unwrap().committed.len(), 2);
    assert!(second.unwrap().is_empty());
    assert!(other.told(|event| matches!(event, Event::Waiting { .. })) > 0);
    assert_eq!(other.told(|event| matches!(event, Event::TakenOver { .. })), 0);
    let pid = stale.backend_pid().to_string();
    assert!(
        matches!(hidden.kind(), ErrorKind::Busy { reason: Some(reason), .. } if reason.contains(&pid)),
        "{hidden}"
    );
}

#[tokio::test]
async fn a_lease_is_not_taken_over_without_its_advisory_lock() {
    let mut fixture = Fixture::new().await;
    fixture.upgrade(&three(), "a").await.unwrap();
    let holder = fixture.session().await;
    holder
        .execute(
            "UPDATE limbeck.lease SET token = 7, owner = 'stale', pid = 0, expires_at = now() - interval '1 s';
             SELECT pg_advisory_lock(hashtextextended('limbeck limbeck main', 0))",
        )
        .await
        .unwrap();
    fixture.options.wait = Duration::from_millis(50);
    let error = fixture.upgrade(&three(), "head").await.unwrap_err();
    insta::assert_snapshot!("busy_by_advisory_lock_alone", show(&error));
    assert_eq!(
        fixture.rows("SELECT token, owner FROM limbeck.lease").await,
        "7|stale"
    );
    holder.close().await;
    fixture.upgrade(&three(), "head").await.unwrap();
    assert_eq!(fixture.rows("SELECT token FROM limbeck.lease").await, "8");
}

#[tokio::test]
async fn a_statement_outside_a_transaction_is_not_sent_once_the_lease_is_gone() {
    let mut fixture = Fixture::new().await;
    fixture.options.lease = Duration::from_millis(300);
    let history = history(&[
        table("a", "", "a"),
        file(
            "b",
            "a",
            "-- limbeck:up by_id transaction=no creates=\"index public.a_id\"\nCREATE INDEX CONCURRENTLY a_id ON a \
             (id);\n",
        ),
    ]);
    fixture.upgrade(&history, "a").await.unwrap();
    // As if the runner were paused once the step is on record as running: time goes by, and another one comes.
    fixture
        .execute(
            "CREATE FUNCTION steal() RETURNS trigger LANGUAGE plpgsql AS $$
             BEGIN
               IF NEW.state = 'running' THEN
                 PERFORM pg_sleep(0.2);
                 UPDATE limbeck.lease SET token = token + 1, owner = 'thief', pid = NULL, expires_at = now() - interval '1 s';
               END IF;
               RETURN NULL;
             END $$;
             CREATE CONSTRAINT TRIGGER steal AFTER INSERT ON limbeck.step DEFERRABLE INITIALLY DEFERRED
               FOR EACH ROW EXECUTE FUNCTION steal()",
        )
        .await;
    let report = fixture.upgrade(&history, "head").await.unwrap();
    assert_eq!(report.committed.len(), 1);
    assert_eq!(fixture.told(|event| matches!(event, Event::LeaseLost { .. })), 1);
    // Had it been sent, the index would have been there.
    assert_eq!(
        fixture.told(|event| matches!(
            event,
            Event::StepFound {
                found: Found::Nothing,
                ..
            }
        )),
        1
    );
    assert_eq!(
        fixture
            .rows("SELECT state, attempt FROM limbeck.step WHERE revision = 'b'")
            .await,
        "done|2"
    );
}

#[tokio::test]
async fn who_waits_is_told_when_the_holder_comes_to_another_step() {
    let fixture = Fixture::new().await;
    fixture.upgrade(&three(), "a").await.unwrap();
    let holder = fixture.session().await;
    holder
        .execute(
            "UPDATE limbeck.lease SET token = 41, owner = 'bob', pid = pg_backend_pid(), expires_at = now() + '1 h',
               backend_start = (SELECT backend_start FROM pg_stat_activity WHERE pid = pg_backend_pid())",
        )
        .await
        .unwrap();
    let steps = |step: Option<&str>| {
        fixture.told(|event| {
            matches!(event, Event::Waiting { holder: Some(holder) } if holder.last_step.as_deref() == step)
        })
    };
    let meanwhile = async {
        while steps(None) == 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        holder
            .execute("UPDATE limbeck.step SET token = 41")
            .await
            .unwrap();
        while steps(Some("a a")) == 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        holder
            .execute(
                "UPDATE limbeck.lease SET owner = NULL, pid = NULL, backend_start = NULL, heartbeat_at = NULL,
                   expires_at = NULL",
            )
            .await
            .unwrap();
    };
    let history = three();
    let (report, ()) = tokio::join!(fixture.upgrade(&history, "head"), meanwhile);
    assert_eq!(report.unwrap().committed.len(), 4);
    assert_eq!((steps(None), steps(Some("a a"))), (1, 1), "each is told once");
}

#[tokio::test]
async fn a_relative_target_means_what_it_did_before_the_wait() {
    let fixture = Fixture::new().await;
    let other = fixture.another();
    let history = history(&[
        file(
            "s",
            "",
            "-- limbeck:up slow\nSELECT pg_sleep(0.6);\nCREATE TABLE s (id int);\n",
        ),
        table("t", "s", "t"),
    ]);
    let second = async {
        tokio::time::sleep(Duration::from_millis(200)).await;
        other.upgrade(&history, "+1").await
    };
    let (first, second) = tokio::join!(fixture.upgrade(&history, "+1"), second);
    assert_eq!(first.unwrap().committed.len(), 1);
    assert!(second.unwrap().is_empty());
    assert_eq!(fixture.rows("SELECT revision FROM limbeck.head").await, "s");
}

#[tokio::test]
async fn a_waiting_runner_that_somebody_ends_does_not_come_back() {
    let fixture = Fixture::new().await;
    fixture.upgrade(&three(), "a").await.unwrap();
    let holder = fixture.session().await;
    holder
        .execute(
            "UPDATE limbeck.lease SET owner = 'bob', pid = pg_backend_pid(), expires_at = now() + '1 h',
               backend_start = (SELECT backend_start FROM pg_stat_activity WHERE pid = pg_backend_pid())",
        )
        .await
        .unwrap();
    let meanwhile = async {
        while fixture.told(|event| matches!(event, Event::Waiting { .. })) == 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        holder
            .execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
                   WHERE datname = current_database() AND pid <> pg_backend_pid()",
            )
            .await
            .unwrap();
    };
    let history = three();
    let (result, ()) = tokio::join!(fixture.upgrade(&history, "head"), meanwhile);
    let error = result.unwrap_err();
    assert_eq!(error.sqlstate(), Some("57P01"), "{error}");
    assert!(error.hint().unwrap().contains("pg_terminate_backend"));
}
