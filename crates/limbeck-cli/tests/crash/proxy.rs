//! A network between a runner and a server that knows where one message ends and the next begins.
//!
//! Frames are told apart by their lengths, in both directions; what they hold is not looked at, but for the name under
//! which a session reports itself. A fault can be laid at a message: there the connection is cut, or everything is held until a test has done what it wants to do at that moment.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use limbeck_postgres::Settings;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// The codes in the place of a protocol version: a cancel request, and the questions for encryption.
const CANCEL: u32 = 80_877_102;
const TLS: u32 = 80_877_103;
const GSS: u32 = 80_877_104;

/// Who sends a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum From {
    Runner,
    Server,
}

/// One message of a run: the session by its order among those of the same name, who sends it, and its number there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address {
    /// The `application_name` of the session.
    pub application: String,
    /// Its number among the sessions of that name, from 1.
    pub session: usize,
    pub from: From,
    /// From 1; the first one of the runner is its startup.
    pub message: usize,
}

/// A message that has come by.
#[derive(Debug, Clone)]
pub struct Seen {
    pub address: Address,
    /// The byte that tells its kind; 0 for a startup.
    pub tag: u8,
    /// What a query begins with.
    pub text: String,
}

/// Where a connection is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cut {
    /// The message does not arrive.
    Before,
    /// Half of its bytes arrive.
    Within,
    /// It arrives, and what follows does not.
    After,
    /// It arrives, what follows does not, and the server is not told that its peer is gone.
    Silently,
}

/// What a test does at a message, while nothing passes by that connection.
pub struct Hold {
    /// Whether the message is passed on first.
    pub after: bool,
    /// Told once the message is there.
    pub reached: oneshot::Sender<()>,
    /// Waited for. True lets the connection go on; false, and a sender that is gone, cuts it.
    pub release: oneshot::Receiver<bool>,
}

pub enum Fault {
    Cut(Cut),
    Hold(Hold),
}

/// The network: a port on the loopback that leads to a server's socket.
pub struct Proxy {
    port: u16,
    traffic: Arc<Mutex<Traffic>>,
    listener: JoinHandle<()>,
}

#[derive(Default)]
struct Traffic {
    faults: Vec<(Address, Fault)>,
    sessions: BTreeMap<String, usize>,
    seen: Option<Vec<Seen>>,
    connections: Vec<JoinHandle<()>>,
}

impl Proxy {
    /// A network without faults.
    pub async fn start(server: PathBuf) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let traffic = Arc::new(Mutex::new(Traffic::default()));
        let shared = Arc::clone(&traffic);
        let listener = tokio::spawn(async move {
            while let Ok((runner, _)) = listener.accept().await {
                let connection = tokio::spawn(connection(runner, server.clone(), Arc::clone(&shared)));
                shared.lock().unwrap().connections.push(connection);
            }
        });
        Self {
            port,
            traffic,
            listener,
        }
    }

    /// The way to a database through this network.
    pub fn settings(&self, database: &Settings) -> Settings {
        Settings::parse(&format!(
            "postgresql://{}@127.0.0.1:{}/{}?sslmode=disable",
            database.user(),
            self.port,
            database.database(),
        ))
        .unwrap()
    }

    /// Lays a fault at a message.
    pub fn lay(&self, address: Address, fault: Fault) {
        self.traffic.lock().unwrap().faults.push((address, fault));
    }

    /// Whether every fault has come to pass.
    pub fn is_past(&self) -> bool {
        self.traffic.lock().unwrap().faults.is_empty()
    }

    /// Notes what comes by from now on.
    pub fn record(&self) {
        self.traffic.lock().unwrap().seen = Some(Vec::new());
    }

    /// What has come by.
    pub fn seen(&self) -> Vec<Seen> {
        self.traffic.lock().unwrap().seen.clone().unwrap_or_default()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.listener.abort();
        for connection in &self.traffic.lock().unwrap().connections {
            connection.abort();
        }
    }
}

impl Traffic {
    /// What is to be done at a message.
    fn pass(&mut self, seen: impl FnOnce() -> Seen, address: &Address) -> Option<Fault> {
        if let Some(all) = &mut self.seen {
            all.push(seen());
        }
        let at = self.faults.iter().position(|(at, _)| at == address)?;
        Some(self.faults.swap_remove(at).1)
    }
}

async fn connection(mut runner: TcpStream, server: PathBuf, traffic: Arc<Mutex<Traffic>>) {
    runner.set_nodelay(true).unwrap();
    let startup = loop {
        let Some(startup) = startup(&mut runner).await else {
            return;
        };
        match code(&startup) {
            TLS | GSS => runner.write_all(b"N").await.unwrap_or_default(),
            CANCEL => {
                if let Ok(mut server) = UnixStream::connect(&server).await {
                    let _ = server.write_all(&startup).await;
                    // The server closes it once it has passed the request on.
                    let _ = server.read(&mut [0]).await;
                }
                return;
            }
            _ => break startup,
        }
    };
    // Where the server is down, the connection is closed without a word.
    let Ok(server) = UnixStream::connect(&server).await else {
        return;
    };
    let application = application_name(&startup);
    let session = {
        let mut traffic = traffic.lock().unwrap();
        let number = traffic.sessions.entry(application.clone()).or_default();
        *number += 1;
        *number
    };
    let address = |from| Address {
        application: application.clone(),
        session,
        from,
        message: 0,
    };
    Session {
        runner: Side::new(runner, address(From::Runner)),
        server: Side::new(server, address(From::Server)),
        traffic,
    }
    .run(startup)
    .await;
}

/// One of the two ends of a connection: its stream, what has come of a frame that is not whole yet, and which message
/// was the last.
struct Side<S> {
    stream: S,
    bytes: Vec<u8>,
    last: Address,
}

impl<S> Side<S> {
    fn new(stream: S, last: Address) -> Self {
        Self {
            stream,
            bytes: Vec::with_capacity(64 * 1024),
            last,
        }
    }

    /// Takes the next whole frame.
    fn frame(&mut self) -> Option<Vec<u8>> {
        let length = self.bytes.get(1..5)?;
        let length = 1 + u32::from_be_bytes(length.try_into().unwrap()) as usize;
        (self.bytes.len() >= length).then(|| self.bytes.drain(..length).collect())
    }
}

struct Session {
    runner: Side<TcpStream>,
    server: Side<UnixStream>,
    traffic: Arc<Mutex<Traffic>>,
}

/// Whether the connection goes on.
#[derive(PartialEq, Eq)]
enum Then {
    GoesOn,
    Ends,
}

impl Session {
    async fn run(mut self, startup: Vec<u8>) {
        if self.pass(From::Runner, startup, 0).await == Then::Ends {
            return;
        }
        loop {
            // Both are cancel safe: what was read is in the buffer.
            let (from, read) = tokio::select! {
                read = self.runner.stream.read_buf(&mut self.runner.bytes) => (From::Runner, read),
                read = self.server.stream.read_buf(&mut self.server.bytes) => (From::Server, read),
            };
            if !matches!(read, Ok(1..)) {
                return;
            }
            loop {
                let frame = match from {
                    From::Runner => self.runner.frame(),
                    From::Server => self.server.frame(),
                };
                let Some(frame) = frame else { break };
                let tag = frame[0];
                if self.pass(from, frame, tag).await == Then::Ends {
                    return;
                }
            }
        }
    }

    /// Passes a message on, or does what is laid there.
    async fn pass(&mut self, from: From, frame: Vec<u8>, tag: u8) -> Then {
        let last = match from {
            From::Runner => &mut self.runner.last,
            From::Server => &mut self.server.last,
        };
        last.message += 1;
        let address = last.clone();
        let fault = self.traffic.lock().unwrap().pass(
            || Seen {
                address: address.clone(),
                tag,
                text: text(&frame, tag),
            },
            &address,
        );
        match fault {
            None => self.write(from, &frame).await,
            Some(Fault::Cut(cut)) => {
                let passed = match cut {
                    Cut::Before => 0,
                    Cut::Within => frame.len() / 2,
                    Cut::After | Cut::Silently => frame.len(),
                };
                let _ = self.write(from, &frame[..passed]).await;
                if cut == Cut::Silently {
                    let _ = self.runner.stream.shutdown().await;
                    // What the server says goes nowhere, until it closes the connection by itself.
                    let mut nowhere = vec![0; 8192];
                    while let Ok(1..) = self.server.stream.read(&mut nowhere).await {}
                }
                Then::Ends
            }
            Some(Fault::Hold(hold)) => {
                if hold.after && self.write(from, &frame).await == Then::Ends {
                    return Then::Ends;
                }
                let _ = hold.reached.send(());
                if !hold.release.await.unwrap_or(false) {
                    return Then::Ends;
                }
                if hold.after {
                    Then::GoesOn
                } else {
                    self.write(from, &frame).await
                }
            }
        }
    }

    async fn write(&mut self, from: From, bytes: &[u8]) -> Then {
        let written = match from {
            From::Runner => self.server.stream.write_all(bytes).await,
            From::Server => self.runner.stream.write_all(bytes).await,
        };
        if written.is_ok() { Then::GoesOn } else { Then::Ends }
    }
}

/// Reads the first frame of a connection, which has no byte for its kind.
async fn startup(stream: &mut TcpStream) -> Option<Vec<u8>> {
    let mut frame = vec![0; 4];
    stream.read_exact(&mut frame).await.ok()?;
    let length = u32::from_be_bytes(frame[..4].try_into().unwrap()) as usize;
    frame.resize(length, 0);
    stream.read_exact(&mut frame[4..]).await.ok()?;
    Some(frame)
}

fn code(startup: &[u8]) -> u32 {
    startup
        .get(4..8)
        .map_or(0, |code| u32::from_be_bytes(code.try_into().unwrap()))
}

/// The `application_name` in a startup message: names and values, each ended by a zero byte.
fn application_name(startup: &[u8]) -> String {
    let mut parts = startup[8..]
        .split(|byte| *byte == 0)
        .map(|part| String::from_utf8_lossy(part).into_owned());
    while let (Some(name), Some(value)) = (parts.next(), parts.next()) {
        if name == "application_name" {
            return value;
        }
    }
    String::new()
}

/// What a query begins with, on one line.
fn text(frame: &[u8], tag: u8) -> String {
    if tag != b'Q' {
        return String::new();
    }
    let text = String::from_utf8_lossy(&frame[5..frame.len() - 1]).into_owned();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
