//! How often a run waits for its server, counted on the wire.
//!
//! Over a network each wait costs a round trip, which is more than most steps cost: so they are held to a number. A wait
//! is a change of direction, from what the client sends to what the server sends, on any connection of the runner.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::print_stderr,
    missing_docs,
    reason = "tests"
)]

#[allow(dead_code, reason = "shared with the tests of TLS, which use more of it")]
#[path = "../../limbeck-postgres/tests/tls/server.rs"]
mod server;
mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use limbeck_migrate::{History, Interrupt, RunOptions, Settings};
use limbeck_postgres::{SessionOptions, connect};
use server::{PASSWORD, TlsServer};
use support::{history, table};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// A network that counts waits.
struct Counter {
    port: u16,
    waits: Arc<AtomicUsize>,
    connections: Arc<AtomicUsize>,
}

impl Counter {
    async fn before(server: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let counter = Self {
            port: listener.local_addr().unwrap().port(),
            waits: Arc::default(),
            connections: Arc::default(),
        };
        let (waits, connections) = (Arc::clone(&counter.waits), Arc::clone(&counter.connections));
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                connections.fetch_add(1, Ordering::SeqCst);
                let server = TcpStream::connect(("127.0.0.1", server)).await.unwrap();
                pass(client, server, &waits);
            }
        });
        counter
    }

    /// The waits and the connections since the last call.
    fn take(&self) -> (usize, usize) {
        (
            self.waits.swap(0, Ordering::SeqCst),
            self.connections.swap(0, Ordering::SeqCst),
        )
    }
}

fn pass(client: TcpStream, server: TcpStream, waits: &Arc<AtomicUsize>) {
    client.set_nodelay(true).unwrap();
    server.set_nodelay(true).unwrap();
    let is_asked = Arc::new(AtomicBool::new(false));
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    let asked = Arc::clone(&is_asked);
    tokio::spawn(copy(from_client, to_server, move || {
        asked.store(true, Ordering::SeqCst);
    }));
    let waits = Arc::clone(waits);
    tokio::spawn(copy(from_server, to_client, move || {
        if is_asked.swap(false, Ordering::SeqCst) {
            waits.fetch_add(1, Ordering::SeqCst);
        }
    }));
}

async fn copy(
    mut from: tokio::net::tcp::OwnedReadHalf,
    mut to: tokio::net::tcp::OwnedWriteHalf,
    told: impl Fn(),
) {
    let mut bytes = vec![0; 65_536];
    while let Ok(count @ 1..) = from.read(&mut bytes).await {
        // Before it is passed on, so that its answer comes after.
        told();
        if to.write_all(&bytes[..count]).await.is_err() {
            return;
        }
    }
}

/// So many revisions of one step, one after the other.
fn chain(length: usize) -> History {
    let files: Vec<_> = (0..length)
        .map(|number| {
            let parent = number
                .checked_sub(1)
                .map_or_else(String::new, |parent| format!("r{parent}"));
            table(&format!("r{number}"), &parent, &format!("t{number}"))
        })
        .collect();
    history(&files)
}

/// A way to reach the server, and how many waits connecting takes by it.
struct Way {
    name: &'static str,
    role: &'static str,
    keys: &'static str,
    /// The waits of a run apart from its steps: where the own tables are missing, where they are there, and where
    /// there is nothing to do.
    most: [usize; 3],
}

const WAYS: [Way; 2] = [
    Way {
        name: "in clear, trusted",
        role: "trusted",
        keys: "sslmode=disable",
        most: [5, 5, 3],
    },
    // Five more: whether there is TLS, its handshake, two for SCRAM, and the tickets of a server before 18, which nobody
    // waits for.
    Way {
        name: "TLS, SCRAM",
        role: "plain",
        keys: "sslmode=require",
        most: [10, 10, 8],
    },
];

#[tokio::test]
async fn a_run_waits_once_for_each_step_and_ten_times_more_at_most() {
    let server = TlsServer::start().await;
    let counter = Counter::before(server.port).await;
    let mut table = vec![format!(
        "{:<18} {:>9} {:>22} {:>22} {:>22} {:>14}",
        "waits", "revisions", "upgrade, no own tables", "downgrade", "upgrade, own tables", "nothing to do"
    )];
    let mut too_many = Vec::new();
    for way in &WAYS {
        for length in [1, 10, 100] {
            let history = chain(length);
            let database = format!("{}_{length}", way.role);
            server
                .admin(&format!("CREATE DATABASE {database} OWNER {}", way.role))
                .await;
            let as_owner = format!("ALTER SCHEMA public OWNER TO {}", way.role);
            let settings = server.socket().with_database(&database);
            let session = connect(&settings, &SessionOptions::reading("test"))
                .await
                .unwrap();
            session.execute(&as_owner).await.unwrap();
            let settings = Settings::parse(&format!(
                "postgresql://{}:{}@localhost:{}/{database}?hostaddr=127.0.0.1&{}",
                way.role, PASSWORD, counter.port, way.keys
            ))
            .unwrap();
            counter.take();
            let mut cells = Vec::new();
            for (is_up, steps, most) in [
                (true, length, way.most[0]),
                (false, length, way.most[1]),
                (true, length, way.most[1]),
                (true, 0, way.most[2]),
            ] {
                let (options, interrupt) = (RunOptions::default(), Interrupt::new());
                let report = if is_up {
                    limbeck_migrate::upgrade(&settings, &history, "head", &options, &interrupt, &|_| ()).await
                } else {
                    limbeck_migrate::downgrade(&settings, &history, "base", &options, &interrupt, &|_| ())
                        .await
                };
                assert_eq!(report.unwrap().committed.len(), steps);
                let (waits, connections) = counter.take();
                let more = waits - steps;
                if more > most || connections > 1 {
                    too_many.push(format!(
                        "{}, {length} revisions: {steps} + {more} by {connections} connections, at most {most} more",
                        way.name
                    ));
                }
                cells.push(format!("{waits} = {steps} + {more}"));
            }
            let [first, down, again, nothing] = &cells[..] else {
                unreachable!()
            };
            table.push(format!(
                "{:<18} {length:>9} {first:>22} {down:>22} {again:>22} {nothing:>14}",
                way.name
            ));
        }
    }
    println!("{}", table.join("\n"));
    assert!(too_many.is_empty(), "{too_many:#?}\n{}", table.join("\n"));
}
