//! Servers that are not there yet.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::print_stderr,
    missing_docs,
    reason = "tests"
)]

mod support;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use limbeck_migrate::{ErrorClass, ErrorKind, Event, Settings};
use support::{Fixture, file, history, table};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, UnixStream};

/// `ErrorResponse`: cannot_connect_now.
fn starting() -> Vec<u8> {
    let fields = "SFATAL\0VFATAL\0C57P03\0Mthe database system is starting up\0\0";
    let length = u32::try_from(fields.len() + 4).unwrap();
    [&b"E"[..], &length.to_be_bytes(), fields.as_bytes()].concat()
}

/// A server that starts for so many connections, and then is the one behind the socket. Gives its port.
async fn server(socket: PathBuf, starts: usize) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        for count in 0.. {
            let (mut client, _) = listener.accept().await.unwrap();
            if count < starts {
                let _ = client.read(&mut [0; 1024]).await;
                let _ = client.write_all(&starting()).await;
                continue;
            }
            let mut server = UnixStream::connect(&socket).await.unwrap();
            tokio::spawn(async move { tokio::io::copy_bidirectional(&mut client, &mut server).await });
        }
    });
    port
}

/// The fixture's database behind a server that starts for so many connections.
async fn behind(fixture: &Fixture, starts: usize, keys: &str) -> Fixture {
    let socket = fixture.settings.hosts()[0].socket_file().unwrap();
    let port = server(socket, starts).await;
    let mut behind = fixture.another();
    behind.settings = Settings::parse(&format!(
        "postgresql://{}@127.0.0.1:{port}/{}?sslmode=disable{keys}",
        fixture.settings.user(),
        fixture.settings.database(),
    ))
    .unwrap();
    behind
}

fn again(event: &Event) -> bool {
    matches!(event, Event::ConnectingAgain { reason, .. } if reason.contains("the database system is starting up"))
}

#[tokio::test]
async fn a_server_that_starts_is_waited_for() {
    let fixture = Fixture::new().await;
    let history = history(&[table("a", "", "a")]);
    let behind = behind(&fixture, 2, "").await;
    behind.upgrade(&history, "head").await.unwrap();
    assert_eq!(fixture.tables().await, "a");
    assert_eq!(behind.told(again), 1, "the same reason is told once");
}

/// A server that is for ever starting. Gives its port, and how many have asked it.
async fn another_server() -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    tokio::spawn(async move {
        loop {
            let (mut client, _) = listener.accept().await.unwrap();
            count.fetch_add(1, Ordering::SeqCst);
            let _ = client.read(&mut [0; 1024]).await;
            let _ = client.write_all(&starting()).await;
        }
    });
    (port, asked)
}

#[tokio::test]
async fn the_other_sessions_of_a_run_go_to_the_host_that_answered() {
    let fixture = Fixture::new().await;
    let history = history(&[file("a", "", "-- limbeck:up slow\nSELECT pg_sleep(2);\n")]);
    let mut behind = behind(&fixture, 0, "").await;
    let (port, asked) = another_server().await;
    let text = format!(
        "postgresql://{}@127.0.0.1:{port},127.0.0.1:{}/{}?sslmode=disable",
        behind.settings.user(),
        behind.settings.hosts()[0].port(),
        behind.settings.database(),
    );
    behind.settings = Settings::parse(&text).unwrap();
    // Its heartbeat connects within the step, and so does who looks on.
    behind.options.lease = Duration::from_secs(1);
    let sessions = async {
        let others = "SELECT application_name FROM pg_stat_activity \
                      WHERE datname = current_database() AND application_name ~ ' (heartbeat|observer)$'";
        while fixture.rows(others).await.lines().count() < 2 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let (result, ()) = tokio::join!(behind.upgrade(&history, "head"), sessions);
    result.unwrap();
    assert_eq!(
        asked.load(Ordering::SeqCst),
        1,
        "the run's own session alone asked there"
    );
}

#[tokio::test]
async fn a_server_that_does_not_start_is_not_waited_for_beyond_the_limit() {
    let fixture = Fixture::new().await;
    let history = history(&[table("a", "", "a")]);
    let mut behind = behind(&fixture, usize::MAX, "").await;
    behind.options.wait_for_server = Duration::from_millis(300);
    let error = behind.upgrade(&history, "head").await.unwrap_err();
    assert_eq!(error.class(), ErrorClass::Unreachable);
    assert_eq!(behind.told(again), 1);
}

#[tokio::test]
async fn who_waits_for_a_server_can_be_interrupted() {
    let fixture = Fixture::new().await;
    let history = history(&[table("a", "", "a")]);
    let behind = behind(&fixture, usize::MAX, "").await;
    let interrupt = async {
        while behind.told(again) == 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        behind.interrupt.interrupt();
    };
    let (result, ()) = tokio::join!(behind.upgrade(&history, "head"), interrupt);
    assert!(matches!(result.unwrap_err().kind(), ErrorKind::Interrupted(_)));
}

#[tokio::test]
async fn what_does_not_pass_fails_at_once() {
    let fixture = Fixture::new().await;
    let history = history(&[table("a", "", "a")]);
    let mut nowhere = behind(&fixture, 0, "").await;
    nowhere.settings = nowhere.settings.with_database("nowhere");
    let error = nowhere.upgrade(&history, "head").await.unwrap_err();
    assert_eq!(error.class(), ErrorClass::Unreachable);
    assert_eq!(
        nowhere.told(|event| matches!(event, Event::ConnectingAgain { .. })),
        0
    );
}
