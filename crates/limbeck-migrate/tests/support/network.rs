//! A network between a run and its server that is cut where the test wants it.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use limbeck_postgres::Settings;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream, UnixStream};

use super::Fixture;

/// Where a connection is cut: at the next message of the client that holds a text.
#[derive(Debug, Clone)]
pub struct Cut {
    marker: String,
    when: When,
    shuts: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum When {
    /// The message does not arrive.
    Before,
    /// It arrives, and the connection is gone before it is done.
    During,
    /// It is done, and its answer does not arrive.
    After,
}

impl Cut {
    pub fn before(marker: &str) -> Self {
        Self::at(marker, When::Before)
    }

    pub fn during(marker: &str) -> Self {
        Self::at(marker, When::During)
    }

    pub fn after(marker: &str) -> Self {
        Self::at(marker, When::After)
    }

    fn at(marker: &str, when: When) -> Self {
        Self {
            marker: marker.to_owned(),
            when,
            shuts: false,
        }
    }

    /// From then on nobody comes through, until the network is opened again.
    pub fn and_shut(self) -> Self {
        Self { shuts: true, ..self }
    }
}

/// A network, by TCP, before a server's socket.
pub struct Network {
    port: u16,
    state: Arc<State>,
}

struct State {
    socket: PathBuf,
    cuts: Mutex<VecDeque<Cut>>,
    is_shut: AtomicBool,
}

impl Network {
    /// Cuts connections at these places, one after the other.
    pub async fn before(fixture: &Fixture, cuts: impl IntoIterator<Item = Cut>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::new(State {
            socket: fixture.settings.hosts()[0].socket_file().unwrap(),
            cuts: Mutex::new(cuts.into_iter().collect()),
            is_shut: AtomicBool::new(false),
        });
        let shared = Arc::clone(&state);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let state = Arc::clone(&shared);
                if !state.is_shut.load(Ordering::SeqCst) {
                    tokio::spawn(async move { state.pass(client).await });
                }
            }
        });
        Self { port, state }
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    pub fn open(&self) {
        self.state.is_shut.store(false, Ordering::SeqCst);
    }

    /// The fixture's database, through this network.
    pub fn fixture(&self, fixture: &Fixture) -> Fixture {
        let mut behind = fixture.another();
        behind.settings = Settings::parse(&format!(
            "postgresql://{}@127.0.0.1:{}/{}?sslmode=disable",
            fixture.settings.user(),
            self.port,
            fixture.settings.database(),
        ))
        .unwrap();
        behind
    }
}

impl State {
    async fn pass(&self, client: TcpStream) {
        let server = UnixStream::connect(&self.socket).await.unwrap();
        let (mut from_client, mut to_client) = client.into_split();
        let (mut from_server, mut to_server) = server.into_split();
        let (mut asked, mut answered) = (vec![0; 1 << 20], vec![0; 1 << 20]);
        loop {
            tokio::select! {
                read = from_client.read(&mut asked) => {
                    let Ok(count @ 1..) = read else { return };
                    let cut = self.cut(&asked[..count]);
                    if let Some(cut) = &cut {
                        self.is_shut.store(cut.shuts, Ordering::SeqCst);
                        if cut.when == When::Before {
                            return;
                        }
                    }
                    if to_server.write_all(&asked[..count]).await.is_err() {
                        return;
                    }
                    match cut.map(|cut| cut.when) {
                        None | Some(When::Before) => {}
                        // Long enough to have begun.
                        Some(When::During) => return tokio::time::sleep(Duration::from_millis(100)).await,
                        Some(When::After) => {
                            while let Ok(count @ 1..) = from_server.read(&mut answered).await {
                                // `ReadyForQuery`.
                                if answered[..count].ends_with(b"Z\0\0\0\x05I") || answered[..count].ends_with(b"Z\0\0\0\x05T") {
                                    return;
                                }
                            }
                            return;
                        }
                    }
                }
                read = from_server.read(&mut answered) => {
                    let Ok(count @ 1..) = read else { return };
                    if to_client.write_all(&answered[..count]).await.is_err() {
                        return;
                    }
                }
            }
        }
    }

    /// The cut that is next, where it is this message.
    fn cut(&self, message: &[u8]) -> Option<Cut> {
        let mut cuts = self.cuts.lock().unwrap();
        let marker = cuts.front()?.marker.clone();
        let is_here = message
            .windows(marker.len())
            .any(|window| window == marker.as_bytes());
        if is_here { cuts.pop_front() } else { None }
    }
}
