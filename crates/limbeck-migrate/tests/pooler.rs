//! Runs through a real PgBouncer.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    missing_docs,
    reason = "tests"
)]

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use limbeck_history::Direction;
use limbeck_migrate::{ErrorClass, ErrorKind, Event, Stamp};
use limbeck_postgres::{Messages, PoolingKind, Session, SessionOptions, Settings, connect};
use limbeck_server::testing::{PgBouncer, PoolMode};
use support::{Fixture, file, history, show, table, three};

/// A database by itself, and the same through a pooler.
struct Pooled {
    direct: Fixture,
    through: Fixture,
    pooler: PgBouncer,
}

impl Pooled {
    /// `None` where there is no PgBouncer, which has been said by then.
    async fn new(mode: PoolMode, size: u32) -> Option<Self> {
        let direct = Fixture::new().await;
        let pooler = PgBouncer::start(&direct.settings, mode, size, "").await?;
        let mut through = direct.another();
        through.settings = pooler.settings().clone();
        Some(Self {
            direct,
            through,
            pooler,
        })
    }

    /// The same, where runs are allowed to go through it.
    async fn allowed(size: u32) -> Option<Self> {
        let mut pooled = Self::new(PoolMode::Transaction, size).await?;
        pooled.through.options.allow_pooler = true;
        Some(pooled)
    }

    /// The settings of each of so many server processes, as clients that set nothing find them.
    async fn settings_of(&self, processes: usize) -> Vec<String> {
        let mut clients = Vec::new();
        let mut found = Vec::new();
        for _ in 0..processes {
            let client = plain(self.pooler.settings()).await;
            // The transaction keeps the process from the next.
            found.push(ask(&client, &format!("BEGIN; {ALL}")).await);
            clients.push(client);
        }
        for client in &clients {
            Messages::of(client.client()).execute("ROLLBACK").await.unwrap();
        }
        found
    }
}

/// Every setting of a server process that is not the transaction's own or kept apart by the pooler. Those of PL/pgSQL are
/// there once it is used.
const ALL: &str = "SELECT string_agg(name || '=' || setting, E'\\n' ORDER BY name) FROM pg_settings
    WHERE name !~ '^(transaction_|plpgsql[.])' AND name <> 'application_name' AND setting <> ''";

/// A client that sets nothing.
async fn plain(settings: &Settings) -> Session {
    let options = SessionOptions::reading("plain").pooled(PoolingKind::Transaction);
    connect(settings, &options).await.unwrap()
}

async fn ask(session: &Session, sql: &str) -> String {
    let rows = Messages::of(session.client()).rows(sql).await.unwrap();
    rows[0][0].clone().unwrap()
}

#[tokio::test]
async fn writing_is_refused_with_the_way_out() {
    let Some(pooled) = Pooled::new(PoolMode::Transaction, 2).await else {
        return;
    };
    let (through, history) = (&pooled.through, three());
    let upgraded = through.upgrade(&history, "head").await.unwrap_err();
    let told = show(&upgraded).replace(&*through.settings.host(), "[HOST]");
    insta::assert_snapshot!(told, @"
    error: `[HOST]` is a pooler in transaction mode, which gives the server's processes to others in between, and a migration needs one to itself
    hint: connect to the server itself: by its own URL, often kept in `DATABASE_URL_UNPOOLED`; or say `--allow-pooler`, which runs steps in transactions, and only those
    class: Configuration, committed: []
    ");
    let stamped = through.stamp(&history, "head").await.unwrap_err();
    let ensured =
        limbeck_migrate::ensure_version(&through.settings, &through.options, &through.interrupt, &|_| ())
            .await
            .unwrap_err();
    for error in [stamped, ensured] {
        assert!(matches!(error.kind(), ErrorKind::Pooled { .. }), "{error}");
    }
    assert_eq!(pooled.direct.rows("SELECT to_regnamespace('limbeck')").await, "-");

    // What was applied by the direct way is read, and there is nothing left to refuse.
    pooled.direct.upgrade(&history, "head").await.unwrap();
    assert!(through.upgrade(&history, "head").await.unwrap().is_empty());
    let down = through.downgrade(&history, "base").await.unwrap_err();
    assert_eq!(down.class(), ErrorClass::Configuration);
    let session = plain(&through.settings).await;
    let state = limbeck_migrate::state(&session, &through.options).await.unwrap();
    assert_eq!(state.revisions.len(), 3);
    let pending = limbeck_migrate::pending(&history, &state, Direction::Down, "base").unwrap();
    assert_eq!(pending.len(), 3);
}

#[tokio::test]
async fn a_pooler_in_session_mode_is_as_good_as_none() {
    let Some(pooled) = Pooled::new(PoolMode::Session, 4).await else {
        return;
    };
    let history = history(&[file(
        "a",
        "",
        "-- limbeck:up one\nCREATE TABLE a (id int);\nCREATE TABLE seen AS SELECT pid, pg_backend_pid() AS own FROM limbeck.lease;\n\
         -- limbeck:down one\nDROP TABLE a, seen;\n\
         -- limbeck:up by_id transaction=no creates=\"index public.a_id\"\nCREATE INDEX CONCURRENTLY a_id ON a (id);\n\
         -- limbeck:down by_id transaction=no drops=\"index public.a_id\"\nDROP INDEX CONCURRENTLY a_id;\n",
    )]);
    pooled.through.upgrade(&history, "head").await.unwrap();
    assert_eq!(pooled.direct.rows("SELECT pid = own FROM seen").await, "t");
    pooled.through.downgrade(&history, "base").await.unwrap();
    assert_eq!(pooled.direct.tables().await, "");
}

#[tokio::test]
async fn transactions_refused_altogether_cannot_be_allowed() {
    let Some(pooled) = Pooled::new(PoolMode::Statement, 3).await else {
        return;
    };
    let mut through = pooled.through;
    through.options.allow_pooler = true;
    let error = through.upgrade(&three(), "head").await.unwrap_err();
    assert!(
        error.to_string().contains("a pooler in statement mode"),
        "{error}"
    );
    assert!(!error.hint().unwrap().contains("--allow-pooler"));
}

#[tokio::test]
async fn a_whole_run_through_a_pool_that_others_use() {
    let Some(pooled) = Pooled::allowed(2).await else {
        return;
    };
    let before = pooled.settings_of(2).await;
    // Others come and go meanwhile, and must find their settings as they are without us.
    let done = Arc::new(AtomicBool::new(false));
    let mut others = Vec::new();
    for _ in 0..4 {
        let (settings, done) = (pooled.pooler.settings().clone(), Arc::clone(&done));
        others.push(tokio::spawn(async move {
            let session = plain(&settings).await;
            let of = "SELECT concat_ws(' ', current_setting('search_path'), current_setting('lock_timeout'),
                current_setting('statement_timeout'), NULLIF(current_setting('limbeck.step', true), ''), current_user)";
            let first = ask(&session, of).await;
            let mut asked = 0;
            while !done.load(Ordering::SeqCst) || asked < 10 {
                assert_eq!(ask(&session, of).await, first);
                asked += 1;
            }
        }));
    }
    // Each step notes what of its run others could meet.
    let step = |name: &str| {
        format!(
            "-- limbeck:up {name}
CREATE TABLE {name} AS SELECT (SELECT pid FROM limbeck.lease) AS lease,
  (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())) AS locks,
  current_setting('search_path') AS path, current_setting('lock_timeout') <> '0' AS waits_a_while;
-- limbeck:down {name}
DROP TABLE {name};
"
        )
    };
    let mut files = Vec::new();
    for number in 0..10 {
        let parent = if number == 0 {
            String::new()
        } else {
            format!("r{}", number - 1)
        };
        let sections = format!("{}{}", step(&format!("a{number}")), step(&format!("b{number}")));
        files.push(file(&format!("r{number}"), &parent, &sections));
    }
    let history = history(&files);
    let through = &pooled.through;
    let report = through.upgrade(&history, "head").await.unwrap();
    assert_eq!(report.committed.len(), 20);
    for name in ["a0", "b9"] {
        assert_eq!(
            pooled.direct.rows(&format!("SELECT * FROM {name}")).await,
            "-|0|public|t"
        );
    }
    // No process of the pool's is on record.
    let recorded = "SELECT count(pid), count(backend_start) FROM limbeck.step";
    assert_eq!(pooled.direct.rows(recorded).await, "0|0");
    through.downgrade(&history, "base").await.unwrap();
    assert_eq!(pooled.direct.tables().await, "");
    done.store(true, Ordering::SeqCst);
    for other in others {
        other.await.unwrap();
    }
    assert_eq!(
        pooled.direct.rows("SELECT owner, pid FROM limbeck.lease").await,
        "-|-"
    );
    assert_eq!(pooled.settings_of(2).await, before);
}

#[tokio::test]
async fn one_transaction_and_a_stamp_go_through_too() {
    let Some(pooled) = Pooled::allowed(1).await else {
        return;
    };
    let history = three();
    let mut through = pooled.through;
    through.options.single_transaction = true;
    through.upgrade(&history, "head").await.unwrap();
    assert_eq!(pooled.direct.tables().await, "a\nb1\nb2\nb3\nc");
    through.stamp(&history, "a").await.unwrap();
    assert_eq!(pooled.direct.rows("SELECT revision FROM limbeck.head").await, "a");
    through.stamp_as(&history, &Stamp::at(["head"])).await.unwrap();
    through.downgrade(&history, "base").await.unwrap();
    assert_eq!(pooled.direct.tables().await, "");
}

#[tokio::test]
async fn a_step_that_fails_leaves_the_pool_as_it_was() {
    let Some(pooled) = Pooled::allowed(1).await else {
        return;
    };
    let before = pooled.settings_of(1).await;
    let history = history(&[
        table("a", "", "a"),
        file(
            "b",
            "a",
            "-- limbeck:up one\nCREATE TABLE b (id int);\nSELECT nope;\n",
        ),
    ]);
    let error = pooled.through.upgrade(&history, "head").await.unwrap_err();
    insta::assert_snapshot!(show(&error), @"
    error: step `one` of revision `b` failed: column \"nope\" does not exist
      --> b.sql:10:8
      | SELECT nope;
      |        ^^^^
    hint: nothing of this step was kept, the steps before it stay: correct it and run again, which goes on there
    class: Stopped, committed: [a a]
    ");
    assert_eq!(pooled.direct.tables().await, "a");
    let ended = "SELECT outcome FROM limbeck.event ORDER BY id DESC LIMIT 1";
    assert_eq!(pooled.direct.rows(ended).await, "failed");
    assert_eq!(pooled.direct.rows("SELECT owner FROM limbeck.lease").await, "-");
    assert_eq!(pooled.settings_of(1).await, before);
}

#[tokio::test]
async fn what_is_the_sessions_is_refused_or_undone() {
    let Some(pooled) = Pooled::allowed(1).await else {
        return;
    };
    let outside = history(&[
        table("a", "", "a"),
        file(
            "b",
            "a",
            "-- limbeck:up by_id transaction=no creates=\"index public.a_id\"\nCREATE INDEX CONCURRENTLY a_id ON a (id);\n",
        ),
    ]);
    let error = pooled.through.upgrade(&outside, "head").await.unwrap_err();
    insta::assert_snapshot!(show(&error), @r#"
    error: step `by_id` of revision `b` runs outside transactions, and the run goes through a pooler
      --> b.sql:8:1
      | -- limbeck:up by_id transaction=no creates="index public.a_id"
      | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
    hint: connect to the server itself, by its own URL: nothing was run
    class: Failed, committed: []
    "#);
    let sets = history(&[file("a", "", "-- limbeck:up one\nSET work_mem = '9MB';\n")]);
    let error = pooled.through.upgrade(&sets, "head").await.unwrap_err();
    assert!(
        error.to_string().contains("sets something for the whole session"),
        "{error}"
    );
    assert_eq!(pooled.direct.rows("SELECT to_regnamespace('limbeck')").await, "-");

    // What no look at the text shows is set back where the step is over.
    let before = pooled.settings_of(1).await;
    let hidden = history(&[file(
        "a",
        "",
        "-- limbeck:up one
DO $$ BEGIN
  EXECUTE 'SET work_mem = ''9MB''';
  EXECUTE 'SET search_path = pg_catalog';
  PERFORM pg_catalog.set_config('lock_timeout', '77s', false);
END $$;
CREATE TABLE public.a AS SELECT pg_catalog.current_setting('work_mem') AS work_mem;
",
    )]);
    pooled.through.upgrade(&hidden, "head").await.unwrap();
    assert_eq!(pooled.direct.rows("SELECT work_mem FROM a").await, "9MB");
    assert_eq!(pooled.settings_of(1).await, before);
}

/// Waits until a server process of the database sleeps.
async fn asleep(fixture: &Fixture) {
    let session = fixture.session().await;
    let sleeping =
        "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'";
    while session.query_text(sleeping).await.unwrap().is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn an_interrupt_ends_the_statement_on_the_server() {
    let Some(pooled) = Pooled::allowed(3).await else {
        return;
    };
    let history = history(&[file("a", "", "-- limbeck:up slow\nSELECT pg_sleep(600);\n")]);
    let interrupting = async {
        asleep(&pooled.direct).await;
        pooled.through.interrupt.interrupt();
    };
    let (result, ()) = tokio::join!(pooled.through.upgrade(&history, "head"), interrupting);
    assert_eq!(result.unwrap_err().class(), ErrorClass::Interrupted);
    let sleeping =
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'";
    assert_eq!(pooled.direct.rows(sleeping).await, "0");
    assert_eq!(pooled.direct.rows("SELECT owner FROM limbeck.lease").await, "-");
}

#[tokio::test]
async fn a_runner_that_dies_is_taken_over_from_by_time_alone() {
    let Some(mut pooled) = Pooled::allowed(3).await else {
        return;
    };
    pooled.through.options.lease = Duration::from_millis(1500);
    pooled
        .direct
        .execute("CREATE SCHEMA t; CREATE TABLE t.stop (); INSERT INTO t.stop DEFAULT VALUES")
        .await;
    let history = history(&[
        table("a", "", "a"),
        file(
            "b",
            "a",
            "-- limbeck:up slow\nSELECT pg_sleep(3) FROM t.stop;\nCREATE TABLE b (id int);\n-- limbeck:down slow\nDROP TABLE b;\n",
        ),
    ]);
    {
        let running = pooled.through.upgrade(&history, "head");
        tokio::select! {
            result = running => panic!("it should have been at rest: {result:?}"),
            () = asleep(&pooled.direct) => {}
        }
        // Dropped in the midst of the step, as if the machine were gone.
    }
    assert_eq!(
        pooled
            .direct
            .rows("SELECT pid, backend_start FROM limbeck.lease WHERE owner IS NOT NULL")
            .await,
        "-|-"
    );
    pooled.direct.execute("DELETE FROM t.stop").await;
    let next = pooled.through.another();
    let next = Fixture {
        settings: pooled.pooler.settings().clone(),
        ..next
    };
    next.upgrade(&history, "head").await.unwrap();
    assert_eq!(next.told(|event| matches!(event, Event::TakenOver { .. })), 1);
    assert_eq!(pooled.direct.tables().await, "a\nb");
    assert_eq!(pooled.direct.rows("SELECT revision FROM limbeck.head").await, "b");
}
