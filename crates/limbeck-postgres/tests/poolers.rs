//! Sessions through a real PgBouncer, in each of its modes.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs, reason = "tests")]

use std::time::Duration;

use limbeck_postgres::{Learnt, Messages, PoolingKind, Session, SessionOptions, Settings, connect, sqlstate};
use limbeck_server::ScratchDatabase;
use limbeck_server::testing::{PgBouncer, PoolMode, shared_scratch};

async fn database() -> ScratchDatabase {
    shared_scratch().await.create_database().await.unwrap()
}

async fn reading(settings: &Settings) -> Session {
    connect(settings, &SessionOptions::reading("test")).await.unwrap()
}

async fn one(session: &Session, sql: &str) -> String {
    let rows = session.query_text(sql).await.unwrap();
    rows[0][0].clone().unwrap_or_default()
}

/// Every setting of a server process, less what it reports to clients, which a pooler keeps apart itself.
const ALL: &str = "SELECT string_agg(name || '=' || setting, E'\\n' ORDER BY name) FROM pg_settings
    WHERE name NOT IN ('application_name', 'transaction_isolation', 'transaction_deferrable', 'transaction_read_only')";

/// What a client that sets nothing finds.
async fn found(settings: &Settings) -> String {
    // The driver alone, without any pins.
    let plain = SessionOptions::reading("plain");
    let session = connect(settings, &plain).await.unwrap();
    let rows = Messages::of(session.client()).rows(ALL).await.unwrap();
    rows[0][0].clone().unwrap()
}

#[tokio::test]
async fn a_direct_session_has_its_own_process() {
    let database = database().await;
    let session = reading(database.settings()).await;
    let pooling = session.pooling();
    assert_eq!(
        (pooling.kind, pooling.learnt),
        (PoolingKind::Direct, Learnt::Process)
    );
    assert!(!pooling.kind.is_shared());
    assert_eq!(session.server_process(), Some(session.backend_pid()));
}

#[tokio::test]
async fn a_pooler_in_transaction_mode_is_found_whatever_its_size() {
    let database = database().await;
    for size in [1, 2, 5] {
        for turn in ["", "server_round_robin = 1\n"] {
            let Some(pooler) = PgBouncer::start(database.settings(), PoolMode::Transaction, size, turn).await
            else {
                return;
            };
            for _ in 0..3 {
                let pooling = reading(pooler.settings()).await.pooling();
                assert_eq!(
                    (pooling.kind, pooling.learnt),
                    (PoolingKind::Transaction, Learnt::Behaviour),
                    "{size} {turn}"
                );
            }
        }
    }
}

#[tokio::test]
async fn a_pooler_in_transaction_mode_is_found_amid_traffic() {
    let database = database().await;
    let Some(pooler) = PgBouncer::start(database.settings(), PoolMode::Transaction, 4, "").await else {
        return;
    };
    let mut others = Vec::new();
    for _ in 0..8 {
        let settings = pooler.settings().clone();
        others.push(tokio::spawn(async move {
            let options = SessionOptions::reading("traffic").pooled(PoolingKind::Transaction);
            let session = connect(&settings, &options).await.unwrap();
            loop {
                session
                    .execute("BEGIN; SELECT pg_sleep(0.001); COMMIT")
                    .await
                    .unwrap();
            }
        }));
    }
    for _ in 0..10 {
        let kind = reading(pooler.settings()).await.pooling().kind;
        assert_eq!(kind, PoolingKind::Transaction);
    }
    for other in others {
        assert!(!other.is_finished());
        other.abort();
    }
}

#[tokio::test]
async fn a_pooler_in_session_mode_leaves_a_session_its_process() {
    let database = database().await;
    // With one process only, the second connection waits for the first, which says as much.
    for size in [1, 3] {
        let Some(pooler) = PgBouncer::start(database.settings(), PoolMode::Session, size, "").await else {
            return;
        };
        let session = reading(pooler.settings()).await;
        let pooling = session.pooling();
        assert_eq!(
            (pooling.kind, pooling.learnt),
            (PoolingKind::Session, Learnt::Behaviour)
        );
        let own = one(&session, "SELECT pg_catalog.pg_backend_pid()").await;
        assert_eq!(
            session.server_process().map(|process| process.to_string()),
            Some(own)
        );
        // So it is pinned for good.
        session.execute("BEGIN; COMMIT").await.unwrap();
        let path = Messages::of(session.client()).rows("SHOW search_path").await;
        assert_eq!(path.unwrap()[0][0].as_deref(), Some("pg_catalog"));
        session.close().await;
    }
}

#[tokio::test]
async fn a_pooler_in_statement_mode_is_found() {
    let database = database().await;
    let Some(pooler) = PgBouncer::start(database.settings(), PoolMode::Statement, 3, "").await else {
        return;
    };
    let session = reading(pooler.settings()).await;
    assert_eq!(session.pooling().kind, PoolingKind::Statement);
    // A single query is read through it, pinned.
    assert_eq!(one(&session, "SHOW search_path").await, "pg_catalog");
}

#[tokio::test]
async fn every_message_is_pinned_and_nothing_stays_behind() {
    let database = database().await;
    let Some(pooler) = PgBouncer::start(database.settings(), PoolMode::Transaction, 1, "").await else {
        return;
    };
    let options = SessionOptions::running("test", "elsewhere");
    let before = found(pooler.settings()).await;
    let session = connect(pooler.settings(), &options).await.unwrap();
    let direct = connect(database.settings(), &options).await.unwrap();
    for setting in [
        "search_path",
        "lock_timeout",
        "TimeZone",
        "default_tablespace",
        "extra_float_digits",
    ] {
        let sql = format!("SHOW {setting}");
        assert_eq!(one(&session, &sql).await, one(&direct, &sql).await, "{setting}");
    }
    // Over several messages of a transaction, with what that has set for itself, and after one that has failed.
    session
        .execute("BEGIN; SET LOCAL lock_timeout = '7s'")
        .await
        .unwrap();
    assert_eq!(one(&session, "SHOW lock_timeout").await, "7s");
    assert_eq!(one(&session, "SHOW search_path").await, "elsewhere");
    let error = session.execute("SELECT nope").await.unwrap_err();
    assert!(error.is("42703"), "{error}");
    let rows = session
        .query_text("ROLLBACK; SHOW search_path; SELECT 1")
        .await
        .unwrap();
    assert_eq!(rows, [[Some("elsewhere".to_owned())], [Some("1".to_owned())]]);
    session.execute("BEGIN").await.unwrap();
    assert_eq!(one(&session, "SHOW lock_timeout").await, "0");
    session.execute("COMMIT").await.unwrap();
    drop(session);
    // There is one server process, so the next client gets the very same.
    assert_eq!(found(pooler.settings()).await, before);
}

#[tokio::test]
async fn options_that_a_pooler_refuses_are_left_out_and_told() {
    let database = database().await;
    let Some(pooler) = PgBouncer::start(database.settings(), PoolMode::Transaction, 2, "").await else {
        return;
    };
    let with_options = |settings: &Settings| {
        let url = format!("{}&options=-c%20work_mem%3D7MB", settings.to_url_with_password());
        Settings::parse(&url).unwrap()
    };
    let direct = reading(&with_options(database.settings())).await;
    assert_eq!(one(&direct, "SHOW work_mem").await, "7MB");
    assert_eq!(direct.left_out_options(), None);
    let pooled = reading(&with_options(pooler.settings())).await;
    assert_eq!(pooled.left_out_options(), Some("-c work_mem=7MB"));
    assert_ne!(one(&pooled, "SHOW work_mem").await, "7MB");
}

/// Waits until a statement is seen running, cancels it, and gives its error.
async fn cancelled(pooler: &Settings, database: &Settings) -> Option<String> {
    let session = reading(pooler).await;
    let canceller = session.canceller();
    let watcher = reading(database).await;
    let running =
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()";
    let sleeping = tokio::spawn(async move { session.execute("SELECT pg_sleep(600)").await });
    while one(&watcher, running).await == "0" {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    canceller.cancel().await.unwrap();
    let error = sleeping.await.unwrap().unwrap_err();
    assert_eq!(one(&watcher, running).await, "0");
    error.sqlstate().map(str::to_owned)
}

#[tokio::test]
async fn a_statement_is_cancelled_on_the_server() {
    let database = database().await;
    for mode in [PoolMode::Transaction, PoolMode::Session] {
        let Some(pooler) = PgBouncer::start(database.settings(), mode, 2, "").await else {
            return;
        };
        let error = cancelled(pooler.settings(), database.settings()).await;
        assert_eq!(error.as_deref(), Some(sqlstate::QUERY_CANCELED), "{mode:?}");
    }
}
