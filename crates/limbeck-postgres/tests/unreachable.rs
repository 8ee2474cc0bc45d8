//! Servers that do not answer, or not as a server should. None of them is a PostgreSQL.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::print_stderr,
    missing_docs,
    reason = "tests"
)]

use std::time::Duration;

use limbeck_postgres::{ConnectError, SessionOptions, Settings, connect};
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
