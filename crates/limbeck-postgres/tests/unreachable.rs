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
use proptest::prelude::*;
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
async fn a_reply_of_absurd_length_is_refused_at_once() {
    for (kind, length) in [
        (b'R', 30_001_u32),
        (b'E', 1 << 30),
        (b'D', i32::MAX as u32),
        (b'S', u32::MAX),
    ] {
        let head = [&[kind][..], &length.to_be_bytes()].concat();
        let answer = [head, vec![0; 100]].concat();
        // It keeps the connection open, so only the length can tell.
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let server = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            stream.write_all(&answer).await.unwrap();
            // Until the client goes.
            let mut rest = Vec::new();
            let _ = stream.read_to_end(&mut rest).await;
        });
        let url = format!("postgresql://u:p@127.0.0.1:{port}/d?sslmode=disable&connect_timeout=0");
        let error = fail(&Settings::parse(&url).unwrap()).await;
        let reason = format!("it announces a message of {length} bytes");
        assert!(
            matches!(&error, ConnectError::NotPostgres { reason: told, .. } if *told == reason),
            "{error}"
        );
        server.await.unwrap();
    }
}

#[tokio::test]
async fn a_server_that_talks_for_ever_is_left() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.write_all(b"R\0\0\0\x08\0\0\0\0").await.unwrap();
        let mut n = 0_u32;
        // Each another setting, so that each has to be kept.
        while stream.write_all(&parameter(n)).await.is_ok() {
            n += 1;
        }
        n
    });
    let url = format!("postgresql://u:p@127.0.0.1:{port}/d?sslmode=disable&connect_timeout=0");
    let error = fail(&Settings::parse(&url).unwrap()).await;
    assert!(matches!(error, ConnectError::NotPostgres { .. }), "{error}");
    // What the sockets' own buffers took besides.
    assert!(server.await.unwrap() < 1_000_000);
}

/// `ParameterStatus`.
fn parameter(n: u32) -> Vec<u8> {
    let body = format!("setting_{n}\0on\0");
    let length = u32::try_from(body.len() + 4).unwrap();
    [&b"S"[..], &length.to_be_bytes(), body.as_bytes()].concat()
}

/// What a server may say at some time, and pieces that break it.
fn replies() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop::sample::select(vec![
        &b"R\0\0\0\x08\0\0\0\0"[..],
        b"R\0\0\0\x08\0\0\0\x03",
        b"R\0\0\0\x0c\0\0\0\x05salt",
        b"R\0\0\0\x17\0\0\0\x0aSCRAM-SHA-256\0\0",
        b"R\0\0\0\x14\0\0\0\x0br=a,s=,i=0",
        b"S\0\0\0\x18server_version\x0017.5\0",
        b"K\0\0\0\x0c\0\0\0\x01\0\0\0\x02",
        b"Z\0\0\0\x05I",
        b"C\0\0\0\x0dSELECT 1\0",
        b"T\0\0\0\x1a\0\x01a\0\0\0\0\0\0\0\0\0\0\x19\xff\xff\0\0\0\0\0\0",
        b"D\0\0\0\x0b\0\x01\0\0\0\x01x",
        // Not UTF-8, more columns than there are, and a value longer than its message.
        b"D\0\0\0\x0b\0\x01\0\0\0\x01\xff",
        b"D\0\0\0\x0f\0\x02\0\0\0\x01x\xff\xff\xff\xff",
        b"D\0\0\0\x0b\0\x01\x7f\0\0\x01x",
        b"E\0\0\0\x13SERROR\0C42601\0\0",
        b"E\0\0\0\x16SERROR\0C42601\0Mx\0\0",
        b"N\0\0\0\x17SNOTICE\0C00000\0Mx\0\0",
        b"N\0\0\0\x05\0",
        b"G\0\0\0\x07\0\0\0",
        b"E\xff\xff\xff\xff",
        b"D\x40\0\0\0",
        b"\0",
    ]);
    let session = Just(
        b"R\0\0\0\x08\0\0\0\0S\0\0\0\x18server_version\x0017.5\0Z\0\0\0\x05IC\0\0\0\x08SET\0Z\0\0\0\x05I"
            .to_vec(),
    );
    let beginning = prop_oneof![session, Just(Vec::new())];
    let rest = prop_oneof![
        prop::collection::vec(piece, 0..10).prop_map(|pieces| pieces.concat()),
        prop::collection::vec(any::<u8>(), 0..60),
    ];
    (beginning, rest).prop_map(|(beginning, rest)| [beginning, rest].concat())
}

/// Connects to a server that says this whatever it hears, and asks it something.
async fn talk(replies: Vec<u8>, keys: &str) {
    let port = answering(replies).await;
    let settings = Settings::parse(&format!("postgresql://u:s3cr3t@127.0.0.1:{port}/d?{keys}")).unwrap();
    let options = SessionOptions {
        connect_timeout: Duration::from_secs(5),
        ..SessionOptions::reading("test")
    };
    let shown = match connect(&settings, &options).await {
        Err(error) => format!("{error} {error:?} {:?}", error.hint()),
        Ok(session) => {
            let answer = session.query_text("SELECT 1").await;
            let shown = format!("{session:?} {answer:?} {:?}", session.take_notices());
            session.close().await;
            shown
        }
    };
    assert!(!shown.contains("s3cr3t"), "{shown}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]

    #[test]
    fn whatever_a_server_says_is_an_answer_or_an_error(
        replies in replies(),
        keys in prop::sample::select(vec!["sslmode=disable", "sslmode=disable&require_auth=!password", "sslmode=prefer"]),
        tls in prop::sample::select(vec![&b""[..], b"N", b"S", b"E"]),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let replies = if keys == "sslmode=prefer" { [tls, &replies].concat() } else { replies };
        let ends = runtime.block_on(async {
            tokio::time::timeout(Duration::from_secs(30), talk(replies, keys)).await.is_ok()
        });
        prop_assert!(ends, "it hangs");
    }
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
