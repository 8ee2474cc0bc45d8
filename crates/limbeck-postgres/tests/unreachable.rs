//! Servers that do not answer, or not as a server should. None of them is a PostgreSQL.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::print_stderr,
    missing_docs,
    reason = "tests"
)]

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use limbeck_postgres::{ConnectError, Patience, SessionOptions, Settings, connect, connect_patiently};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

/// A server that reads what comes first, answers this, and closes. Gives its port.
async fn answering(answer: impl Into<Vec<u8>>) -> u16 {
    let answer = answer.into();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.read(&mut [0; 1024]).await;
            let _ = stream.write_all(&answer).await;
        }
    });
    port
}

async fn fail(settings: &Settings) -> ConnectError {
    let options = SessionOptions {
        connect_timeout: Duration::from_millis(200),
        ..SessionOptions::reading("test")
    };
    connect(settings, &options).await.unwrap_err()
}

/// The error's text with its hint, and whether it may go away by waiting.
async fn told(port: u16, keys: &str) -> String {
    let url = format!("postgresql://u:p@127.0.0.1:{port}/d?{keys}");
    let error = fail(&Settings::parse(&url).unwrap()).await;
    let transient = if error.is_transient() {
        "transient"
    } else {
        "lasting"
    };
    let text = error.to_string().replace(&port.to_string(), "PORT");
    format!("{text}\nhint: {}\n{transient}", error.hint().unwrap())
}

/// `ErrorResponse` with severity, SQLSTATE and message.
fn error_response(sqlstate: &str, message: &str) -> Vec<u8> {
    let fields = format!("SFATAL\0VFATAL\0C{sqlstate}\0M{message}\0\0");
    let length = u32::try_from(fields.len() + 4).unwrap();
    [&b"E"[..], &length.to_be_bytes(), fields.as_bytes()].concat()
}

#[tokio::test]
async fn nobody_listens() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    insta::assert_snapshot!(told(port, "").await);
}

#[tokio::test]
async fn nobody_answers() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    insta::assert_snapshot!(told(port, "").await);
    drop(listener);
}

#[tokio::test]
async fn nobody_has_this_name() {
    let error = fail(&Settings::parse("postgresql://u@no-such-host.invalid/d").unwrap()).await;
    let found =
        matches!(&error, ConnectError::NameNotResolved { host, .. } if host == "no-such-host.invalid");
    // A resolver without a network may take its time.
    assert!(found || matches!(error, ConnectError::Timeout { .. }), "{error}");
}

#[tokio::test]
async fn what_answers_is_something_else() {
    insta::assert_snapshot!("closes", told(answering(b"").await, "sslmode=disable").await);
    insta::assert_snapshot!(
        "closes_before_tls",
        told(answering(b"").await, "sslmode=require").await
    );
    let http = answering(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
    insta::assert_snapshot!("speaks_http", told(http, "sslmode=require").await);
    insta::assert_snapshot!("speaks_http_in_clear", told(http, "sslmode=disable").await);
    insta::assert_snapshot!(
        "speaks_no_tls",
        told(answering(b"N").await, "sslmode=require").await
    );
    insta::assert_snapshot!(
        "speaks_no_tls_but_says_so",
        told(answering(b"Snonsense").await, "sslmode=require").await
    );
    insta::assert_snapshot!(
        "fails_before_tls",
        told(answering(b"Eout of memory\0").await, "sslmode=require").await
    );
}

#[tokio::test]
async fn the_server_is_not_ready() {
    let starting = error_response("57P03", "the database system is starting up");
    insta::assert_snapshot!(
        "starting",
        told(answering(starting).await, "sslmode=disable").await
    );
    let stopping = error_response("57P01", "terminating connection due to administrator command");
    insta::assert_snapshot!(
        "stopping",
        told(answering(stopping).await, "sslmode=disable").await
    );
    let pooler = error_response("08P01", "unsupported startup parameter: options");
    insta::assert_snapshot!("pooler", told(answering(pooler).await, "sslmode=disable").await);
}

#[tokio::test]
async fn what_a_proxy_says_of_the_server_behind_it() {
    for (sqlstate, message, is_transient) in [
        ("XX000", "Couldn't connect to compute node", true),
        ("XX000", "Control plane request failed", true),
        (
            "XX000",
            "Failed to acquire permit to connect to the database. Too many attempts",
            true,
        ),
        ("XX000", "ERROR: endpoint is temporarily unavailable", true),
        ("08006", "server conn crashed?", true),
        ("08000", "the connection to the server was lost", true),
        ("08P01", "unsupported startup parameter: options", false),
        ("XX000", "ERROR: The endpoint ID is not specified", false),
        (
            "XX000",
            "Control plane request failed: endpoint is disabled",
            false,
        ),
        ("XX000", "The requested endpoint could not be found", false),
        ("XX000", "project not found", false),
        ("XX000", "Your project has exceeded the compute time quota", false),
        ("28P01", "password authentication failed", false),
        ("3D000", "database does not exist", false),
        ("53300", "sorry, too many clients already", false),
    ] {
        let port = answering(error_response(sqlstate, message)).await;
        let url = format!("postgresql://u:p@127.0.0.1:{port}/d?sslmode=disable");
        let error = fail(&Settings::parse(&url).unwrap()).await;
        assert_eq!(error.is_transient(), is_transient, "{message}: {error:?}");
    }
}

#[tokio::test]
async fn a_name_that_is_not_there_is_not_waited_for_the_first_time() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let options = SessionOptions::reading("test");
    let nowhere = Settings::parse("postgresql://u@no-such-host.invalid/d").unwrap();
    let refused = Settings::parse(&format!("postgresql://u@127.0.0.1:{port}/d")).unwrap();
    let brief = Duration::from_millis(300);
    for (settings, patience, is_waited_for) in [
        (&nowhere, Patience::first(brief), false),
        (&nowhere, Patience::again(brief), true),
        (&refused, Patience::first(brief), true),
        (&refused, Patience::first(Duration::ZERO), false),
    ] {
        let told = AtomicUsize::new(0);
        let tell = |_: &ConnectError| {
            told.fetch_add(1, Ordering::SeqCst);
        };
        connect_patiently(settings, &options, patience, &tell)
            .await
            .unwrap_err();
        // The same reason is told once, however often it is tried.
        assert_eq!(
            told.load(Ordering::SeqCst),
            usize::from(is_waited_for),
            "{settings:?} {patience:?}"
        );
    }
}
