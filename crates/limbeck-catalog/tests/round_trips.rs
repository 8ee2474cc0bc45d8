//! A reading does not wait for each answer before it asks for the next: over a slow line that would take seconds.

#![cfg(unix)]
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

use limbeck_postgres::{SessionOptions, Settings, connect};
use support::read;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};

/// How long a byte takes each way.
const DELAY: Duration = Duration::from_millis(20);

/// What was seen on the line.
#[derive(Debug, Default)]
struct Seen {
    requests: usize,
    /// Requests whose answer the client does not have.
    open: usize,
    /// Requests before which the client had all answers: it had waited for the last one.
    waits: usize,
    /// Bytes of answers.
    bytes: usize,
}

/// Finds the messages in what passes by.
#[derive(Default)]
struct Messages {
    pending: Vec<u8>,
}

impl Messages {
    /// The types of the messages that begin in these bytes or earlier, and are whole by now.
    fn take(&mut self, bytes: &[u8]) -> Vec<u8> {
        self.pending.extend_from_slice(bytes);
        let mut found = Vec::new();
        while let Some((&[kind, a, b, c, d], _)) = self.pending.split_first_chunk::<5>() {
            let whole = 1 + u32::from_be_bytes([a, b, c, d]) as usize;
            if self.pending.len() < whole {
                break;
            }
            found.push(kind);
            self.pending.drain(..whole);
        }
        found
    }
}

/// Carries bytes from one end to the other, late. `look` sees them when they leave, and when they arrive.
async fn carry(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin + Send + 'static,
    mut leave: impl FnMut(&[u8]),
    mut arrive: impl FnMut(&[u8]) + Send + 'static,
) {
    let (line, mut end) = mpsc::unbounded_channel::<(Instant, Vec<u8>)>();
    tokio::spawn(async move {
        while let Some((due, bytes)) = end.recv().await {
            sleep_until(due).await;
            arrive(&bytes);
            if to.write_all(&bytes).await.is_err() {
                return;
            }
        }
    });
    let mut buffer = vec![0; 1 << 16];
    while let Ok(count @ 1..) = from.read(&mut buffer).await {
        leave(&buffer[..count]);
        if line
            .send((Instant::now() + DELAY, buffer[..count].to_vec()))
            .is_err()
        {
            return;
        }
    }
}

/// Stands between one client and the server.
async fn stand_between(client: UnixStream, server: UnixStream, seen: Arc<Mutex<Seen>>) {
    let (mut from_client, to_client) = client.into_split();
    let (from_server, mut to_server) = server.into_split();
    // The first message has no type.
    let mut length = [0; 4];
    from_client.read_exact(&mut length).await.unwrap();
    let mut startup = vec![0; u32::from_be_bytes(length) as usize - 4];
    from_client.read_exact(&mut startup).await.unwrap();
    to_server.write_all(&length).await.unwrap();
    to_server.write_all(&startup).await.unwrap();
    let (mut requests, mut answers) = (Messages::default(), Messages::default());
    let asked = seen.clone();
    let up = carry(
        from_client,
        to_server,
        move |bytes| {
            let mut seen = asked.lock().unwrap();
            for _ in requests.take(bytes).iter().filter(|kind| b"QS".contains(kind)) {
                seen.requests += 1;
                seen.waits += usize::from(seen.open == 0);
                seen.open += 1;
            }
        },
        |_| {},
    );
    let down = carry(
        from_server,
        to_client,
        |_| {},
        move |bytes| {
            let mut seen = seen.lock().unwrap();
            seen.bytes += bytes.len();
            let ready = answers.take(bytes).iter().filter(|kind| **kind == b'Z').count();
            seen.open = seen.open.saturating_sub(ready);
        },
    );
    tokio::join!(up, down);
}

#[tokio::test]
async fn a_reading_waits_a_handful_of_times() {
    let scratch = limbeck_server::testing::scratch().await;
    let database = scratch.create_database().await.unwrap();
    let near = database.settings().clone();
    let Some(socket) = near.hosts()[0].socket_file() else {
        return;
    };
    let folder = std::env::temp_dir().join(format!("limbeck-line-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let listener = UnixListener::bind(folder.join(".s.PGSQL.5432")).unwrap();
    let seen = Arc::new(Mutex::new(Seen::default()));
    let counted = seen.clone();
    tokio::spawn(async move {
        let (client, _) = listener.accept().await.unwrap();
        let server = UnixStream::connect(socket).await.unwrap();
        stand_between(client, server, counted).await;
    });
    let far = Settings::for_socket(&folder, 5432, near.user(), near.database());
    let session = connect(&far, &SessionOptions::running("limbeck tests", "public"))
        .await
        .unwrap();
    *seen.lock().unwrap() = Seen::default();
    read(&session).await;
    let seen = std::mem::take(&mut *seen.lock().unwrap());
    std::fs::remove_dir_all(&folder).unwrap();
    assert!(seen.requests > 40, "{seen:?}");
    assert!(seen.waits < 12, "{seen:?}");
    // The names of all the collations that a server has would take as much again.
    assert!(seen.bytes < 40_000, "{seen:?}");
}
