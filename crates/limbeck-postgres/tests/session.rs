//! Sessions on a real server, over its unix socket.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::print_stderr,
    missing_docs,
    reason = "tests"
)]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use limbeck_postgres::tokio_postgres::types::Type;
use limbeck_postgres::{ConnectError, Session, SessionOptions, Settings, SslMode, connect, sqlstate};
use limbeck_server::{Scratch, testing};

async fn scratch() -> &'static Scratch {
    testing::shared_scratch().await
}

async fn settings() -> Settings {
    scratch().await.settings("postgres")
}

async fn reading() -> Session {
    connect(&settings().await, &SessionOptions::reading("test"))
        .await
        .unwrap()
}

async fn running(search_path: &str) -> Session {
    connect(&settings().await, &SessionOptions::running("test", search_path))
        .await
        .unwrap()
}

async fn one(session: &Session, sql: &str) -> String {
    session.query_text(sql).await.unwrap()[0][0].clone().unwrap()
}

#[tokio::test]
async fn a_session_knows_its_server() {
    let session = reading().await;
    assert_eq!(
        one(&session, "SELECT pg_backend_pid()").await,
        session.backend_pid().to_string()
    );
    assert_eq!(
        one(&session, "SELECT current_setting('server_version_num')").await,
        session.server_version_num().to_string()
    );
    assert_eq!(session.server_major(), session.server_version_num() / 10_000);
    assert_eq!(
        one(&session, "SELECT current_setting('application_name')").await,
        "test"
    );
    assert_eq!(
        one(&session, "SELECT current_setting('client_encoding')").await,
        "UTF8"
    );
    assert!(session.tls().is_none() && !session.is_closed());
    session.close().await;
}

/// Every setting that a role can have of its own and that would change what is read or run.
const CONTRARY: &str = "\
    ALTER ROLE contrary SET search_path = elsewhere;
    ALTER ROLE contrary SET TimeZone = 'Asia/Tokyo';
    ALTER ROLE contrary SET DateStyle = 'German, DMY';
    ALTER ROLE contrary SET IntervalStyle = 'iso_8601';
    ALTER ROLE contrary SET extra_float_digits = -15;
    ALTER ROLE contrary SET bytea_output = 'escape';
    ALTER ROLE contrary SET xmloption = 'document';
    ALTER ROLE contrary SET quote_all_identifiers = on;
    ALTER ROLE contrary SET standard_conforming_strings = off;
    ALTER ROLE contrary SET transform_null_equals = on;
    ALTER ROLE contrary SET client_min_messages = error;
    ALTER ROLE contrary SET statement_timeout = '1h';
    ALTER ROLE contrary SET lock_timeout = '1h';
    ALTER ROLE contrary SET idle_in_transaction_session_timeout = '1h';
    ALTER ROLE contrary SET default_table_access_method = 'heap';
    ALTER ROLE contrary SET row_security = off;
    ALTER ROLE contrary SET default_transaction_isolation = serializable";

#[tokio::test]
async fn a_role_changes_nothing_by_settings_of_its_own() {
    let admin = reading().await;
    admin
        .execute(&format!("CREATE ROLE contrary LOGIN; {CONTRARY}"))
        .await
        .unwrap();
    let contrary = settings().await.with_user("contrary");
    let pinned = [
        ("TimeZone", "UTC"),
        ("DateStyle", "ISO, MDY"),
        ("IntervalStyle", "postgres"),
        ("extra_float_digits", "3"),
        ("bytea_output", "hex"),
        ("xmloption", "content"),
        ("quote_all_identifiers", "off"),
        ("standard_conforming_strings", "on"),
        ("transform_null_equals", "off"),
        ("client_min_messages", "notice"),
        ("statement_timeout", "0"),
        ("lock_timeout", "0"),
        ("idle_in_transaction_session_timeout", "0"),
    ];
    let search_path = r#""$user", public, "o'dd\name""#;
    let cases = [
        (
            SessionOptions::reading("test"),
            vec![("search_path", "pg_catalog"), ("jit", "off")],
        ),
        (
            SessionOptions::running("test", search_path),
            vec![
                ("search_path", search_path),
                ("default_tablespace", ""),
                ("default_table_access_method", "heap"),
                ("row_security", "on"),
                ("default_transaction_isolation", "read committed"),
            ],
        ),
    ];
    for (options, own) in cases {
        let session = connect(&contrary, &options).await.unwrap();
        for (name, value) in pinned.iter().chain(&own) {
            let found = one(&session, &format!("SELECT pg_catalog.current_setting('{name}')")).await;
            assert_eq!(found, *value, "{name} of {options:?}");
        }
    }
}

#[tokio::test]
async fn an_error_has_all_its_fields() {
    let session = running("pg_temp").await;
    session
        .execute("CREATE TEMP TABLE t (id int CONSTRAINT t_id_check CHECK (id > 0))")
        .await
        .unwrap();
    let error = session.execute("INSERT INTO t VALUES (-1)").await.unwrap_err();
    assert_eq!(error.sqlstate(), Some("23514"));
    assert_eq!(
        (error.severity(), error.table(), error.constraint()),
        ("ERROR", Some("t"), Some("t_id_check"))
    );
    assert!(error.detail().is_some() && error.schema().is_some() && !error.is_connection_lost());

    let error = session.execute("SELECT 'é', nonsense").await.unwrap_err();
    assert_eq!((error.sqlstate(), error.position()), (Some("42703"), Some(13)));

    let inside = "DO $$BEGIN EXECUTE 'SELECT nonsense'; END$$";
    let error = session.execute(inside).await.unwrap_err();
    assert_eq!((error.position(), error.internal_position()), (None, Some(8)));
    assert_eq!(error.internal_query(), Some("SELECT nonsense"));
    assert!(error.context().unwrap().contains("line 1 at EXECUTE"));
    let json = serde_json::to_value(&error).unwrap();
    assert_eq!(
        (json["sqlstate"].as_str(), json["position"].as_u64()),
        (Some("42703"), None)
    );
}

#[tokio::test]
async fn a_message_tells_how_many_commands_finished() {
    let session = running("pg_temp").await;
    assert_eq!(
        session
            .run_message("SELECT 1; CREATE TEMP TABLE a (); SELECT 2, 3")
            .await
            .unwrap(),
        3
    );
    assert_eq!(session.run_message("BEGIN; SELECT 1; ; COMMIT").await.unwrap(), 3);
    let failed = session
        .run_message("SELECT 1; SELECT 1/0; SELECT 3")
        .await
        .unwrap_err();
    assert_eq!(
        (failed.finished_commands, failed.error.sqlstate()),
        (1, Some("22012"))
    );
    // A mistake of syntax is found before anything runs.
    let failed = session.run_message("SELECT 1; SELEC").await.unwrap_err();
    assert_eq!((failed.finished_commands, failed.error.position()), (0, Some(11)));
    assert_eq!(session.run_message("SELECT 1").await.unwrap(), 1);
}

#[tokio::test]
async fn rows_come_as_text_or_typed() {
    let session = reading().await;
    let rows = session.query_text("SELECT 1, NULL; SELECT 'two'").await.unwrap();
    assert_eq!(
        rows,
        [vec![Some("1".to_owned()), None], vec![Some("two".to_owned())]]
    );
    let rows = session
        .query(
            "SELECT $1 || '!', $2 + 1",
            &[(&"hey", Type::TEXT), (&41_i32, Type::INT4)],
        )
        .await
        .unwrap();
    assert_eq!(
        (rows[0].get::<_, &str>(0), rows[0].get::<_, i32>(1)),
        ("hey!", 42)
    );
    assert_eq!(
        one(&session, "SELECT count(*) FROM pg_prepared_statements").await,
        "0"
    );
}

#[tokio::test]
async fn notices_are_kept_or_handed_on() {
    let session = reading().await;
    let raise = "DO $$BEGIN RAISE NOTICE 'first' USING HINT = 'look'; RAISE WARNING 'second'; END$$";
    session.execute(raise).await.unwrap();
    let notices = session.take_notices();
    let told: Vec<_> = notices
        .iter()
        .map(|notice| (&*notice.severity, &*notice.message))
        .collect();
    assert_eq!(told, [("NOTICE", "first"), ("WARNING", "second")]);
    assert_eq!(
        (notices[0].hint.as_deref(), &*notices[1].sqlstate),
        (Some("look"), "01000")
    );

    let heard = Arc::new(Mutex::new(Vec::new()));
    let sink = Arc::clone(&heard);
    session.on_notice(Some(Arc::new(move |notice| {
        sink.lock().unwrap().push(notice.message.clone());
    })));
    session.execute(raise).await.unwrap();
    assert_eq!(*heard.lock().unwrap(), ["first", "second"]);
    assert!(session.take_notices().is_empty());
}

#[tokio::test]
async fn a_running_statement_can_be_cancelled() {
    let session = reading().await;
    let canceller = session.canceller();
    // Once the statement is seen to run, it is cancelled from a task of its own.
    let watcher = reading().await;
    let pid = session.backend_pid();
    let cancel = tokio::spawn(async move {
        let running = format!("SELECT 1 FROM pg_stat_activity WHERE pid = {pid} AND wait_event = 'PgSleep'");
        while watcher.query_text(&running).await.unwrap().is_empty() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        canceller.cancel().await.unwrap();
    });
    let error = session.execute("SELECT pg_sleep(600)").await.unwrap_err();
    assert!(
        error.is(sqlstate::QUERY_CANCELED) && !error.is_connection_lost(),
        "{error}"
    );
    cancel.await.unwrap();
    assert_eq!(one(&session, "SELECT 1").await, "1");
}

#[tokio::test]
async fn the_end_of_a_session_tells_its_cause() {
    let (session, admin) = (reading().await, reading().await);
    let terminate = format!("SELECT pg_terminate_backend({}, 10000)", session.backend_pid());
    assert_eq!(one(&admin, &terminate).await, "t");
    for _ in 0..2 {
        let error = session.execute("SELECT 1").await.unwrap_err();
        assert!(error.is_connection_lost());
        assert_eq!(error.sqlstate(), Some(sqlstate::ADMIN_SHUTDOWN), "{error}");
    }
    assert!(session.is_closed());
}

#[tokio::test]
async fn a_copy_from_the_client_ends_the_session_instead_of_hanging() {
    let session = running("pg_temp").await;
    session.execute("CREATE TEMP TABLE t (id int)").await.unwrap();
    let failed = session
        .run_message("SELECT 1; COPY t FROM STDIN; SELECT 2")
        .await
        .unwrap_err();
    assert_eq!(failed.finished_commands, 1);
    assert!(failed.error.is_connection_lost());
    insta::assert_snapshot!(failed.error, @"the connection to the server was lost: the message holds a COPY from or to the client, which is not supported here");
    let again = session.execute("SELECT 1").await.unwrap_err();
    assert_eq!(again, failed.error);
    session.close().await;
}

#[tokio::test]
async fn a_closed_session_is_gone_from_the_server() {
    let (session, admin) = (reading().await, reading().await);
    let pid = session.backend_pid();
    session.close().await;
    let mut left = 1;
    for _ in 0..1_000 {
        let still = admin
            .query_text(&format!("SELECT 1 FROM pg_stat_activity WHERE pid = {pid}"))
            .await
            .unwrap();
        left = still.len();
        if left == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    assert_eq!(left, 0);
}

#[tokio::test]
async fn sockets_ignore_sslmode() {
    let socket = settings().await;
    for mode in [
        SslMode::Disable,
        SslMode::Allow,
        SslMode::Prefer,
        SslMode::Require,
        SslMode::VerifyFull,
    ] {
        let session = connect(&socket.with_ssl_mode(mode), &SessionOptions::reading("test"))
            .await
            .unwrap();
        assert!(session.tls().is_none(), "{mode}");
    }
}

#[tokio::test]
async fn the_url_of_a_socket_leads_to_it() {
    let settings = settings().await;
    for url in [settings.to_url_redacted(), settings.to_url_with_password()] {
        let again = Settings::parse(&url).unwrap();
        assert_eq!(again, settings);
        connect(&again, &SessionOptions::reading("test")).await.unwrap();
    }
    let keywords = format!(
        "host='{}' port={} user={} dbname=postgres",
        settings.host(),
        settings.port(),
        settings.user()
    );
    assert_eq!(Settings::parse(&keywords).unwrap(), settings);
}

#[tokio::test]
async fn of_several_hosts_the_first_that_answers_is_taken() {
    let settings = settings().await;
    let (folder, user) = (settings.host(), settings.user());
    let both = Settings::parse(&format!(
        "host=/nowhere,{folder} port={} user={user} dbname=postgres",
        settings.port()
    ));
    connect(&both.unwrap(), &SessionOptions::reading("test"))
        .await
        .unwrap();
}

#[tokio::test]
async fn the_kind_of_server_is_checked() {
    let settings = settings().await;
    let with = |wanted: &str| {
        let url = format!("{}&target_session_attrs={wanted}", settings.to_url_redacted());
        Settings::parse(&url).unwrap()
    };
    for wanted in ["any", "read-write", "primary", "prefer-standby"] {
        connect(&with(wanted), &SessionOptions::reading("test"))
            .await
            .unwrap();
    }
    for wanted in ["read-only", "standby"] {
        let error = connect(&with(wanted), &SessionOptions::reading("test"))
            .await
            .unwrap_err();
        assert!(matches!(error, ConnectError::TargetSession { .. }), "{error}");
    }
}

#[tokio::test]
async fn what_is_wrong_with_the_role_or_the_database_is_told() {
    let settings = settings().await;
    let options = SessionOptions::reading("test");
    let told = async |settings: Settings| {
        let folder = settings.host().into_owned();
        let error = connect(&settings, &options).await.unwrap_err();
        format!("{error}\nhint: {}", error.hint().unwrap()).replace(&folder, "FOLDER")
    };
    insta::assert_snapshot!("database_missing", told(settings.with_database("nowhere")).await);
    insta::assert_snapshot!(
        "role_missing",
        told(settings.with_user("nobody in particular")).await
    );
    insta::assert_snapshot!(
        "socket_missing",
        told(Settings::for_socket(
            std::path::Path::new("/nowhere"),
            5432,
            "u",
            "d"
        ))
        .await
    );
    reading()
        .await
        .execute("CREATE ROLE full LOGIN CONNECTION LIMIT 0")
        .await
        .unwrap();
    insta::assert_snapshot!("too_many_connections", told(settings.with_user("full")).await);
}
