//! A server that says what the fuzzer chooses: while TLS is negotiated, while the session begins, and afterwards.
//!
//! The input is a program for the server, read byte by byte (see [`Server::play`]), so that well-formed messages are as
//! easily found as broken ones, and a proof of SCRAM can go on from the client's own nonce. What the program does not
//! say is left unsaid: then the server closes.
#![no_main]

use std::cell::RefCell;
use std::time::Duration;

use libfuzzer_sys::fuzz_target;
use limbeck_fuzz as _;
use limbeck_postgres::tokio_postgres::types::Type;
use limbeck_postgres::{SessionOptions, Settings, connect};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;
use tokio::time::timeout;

/// No reply may keep a client longer than this; the connection's own limit is 2 s.
const HANG: Duration = Duration::from_secs(10);

const SETTINGS: [&str; 10] = [
    "sslmode=disable",
    "sslmode=prefer",
    "sslmode=require",
    "sslmode=verify-full",
    "sslmode=prefer&channel_binding=require",
    "sslmode=disable&require_auth=scram-sha-256",
    "sslmode=disable&require_auth=!none",
    "sslmode=disable&target_session_attrs=read-write",
    "sslmode=disable&target_session_attrs=prefer-standby",
    "sslmode=require&sslnegotiation=direct",
];

thread_local! {
    static RUNTIME: (Runtime, RefCell<TcpListener>) = {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).expect("a port");
        (runtime, RefCell::new(listener))
    };
}

fuzz_target!(|input: &[u8]| {
    let Some((&chosen, program)) = input.split_first() else {
        return;
    };
    RUNTIME.with(|(runtime, listener)| {
        let listener = listener.borrow();
        let port = listener.local_addr().expect("an address").port();
        let keys = SETTINGS[usize::from(chosen) % SETTINGS.len()];
        let url = format!("postgresql://user:secret@127.0.0.1:{port}/d?connect_timeout=2&{keys}");
        let settings = Settings::parse(&url).expect("a good URL");
        runtime.block_on(async {
            let stop = async {
                // Every further attempt meets the same server.
                loop {
                    let (stream, _) = listener.accept().await.expect("a client");
                    Server { stream, rest: program, heard: Vec::new() }.play().await;
                }
            };
            let use_it = timeout(HANG, client(&settings));
            tokio::select! {
                () = stop => {}
                result = use_it => result.expect("the client hangs"),
            }
        });
    });
});

async fn client(settings: &Settings) {
    let options = SessionOptions { connect_timeout: Duration::from_secs(2), ..SessionOptions::reading("fuzz") };
    match connect(settings, &options).await {
        Err(error) => {
            let shown = format!("{error} {error:?} {:?}", error.hint());
            assert!(!shown.contains("secret"), "{shown}");
        }
        Ok(session) => {
            drop(format!("{session:?} {} {:?}", session.server_major(), session.authentication()));
            if let Err(error) = session.query_text("SELECT 1").await {
                drop(format!("{error} {error:?}"));
            }
            match session.query("SELECT $1", &[(&"x", Type::TEXT)]).await {
                Ok(rows) => {
                    for row in &rows {
                        let _ = row.columns().first().map(|_| row.try_get::<_, &str>(0).is_ok());
                    }
                }
                Err(error) => drop(format!("{error} {error:?}")),
            }
            drop(session.run_message("COMMIT; SELECT 2").await);
            drop(format!("{:?}", session.take_notices()));
            session.close().await;
        }
    }
}

struct Server<'p> {
    stream: TcpStream,
    rest: &'p [u8],
    heard: Vec<u8>,
}

impl Server<'_> {
    /// Plays the program: one byte says what to do, the next ones what with.
    async fn play(&mut self) {
        while let Some(operation) = self.byte() {
            let said = match operation % 16 {
                0 => {
                    self.listen().await;
                    continue;
                }
                // A byte alone: the answer to a request for TLS.
                1 => vec![self.byte().unwrap_or(b'S')],
                // A message whose length is right.
                2..=4 => {
                    let tag = self.byte().unwrap_or(b'Z');
                    let body = self.text();
                    message(tag, &body)
                }
                // One whose length is not.
                5 => {
                    let tag = self.byte().unwrap_or(b'D');
                    let length = self.take(4);
                    [&[tag][..], &length, &self.text()].concat()
                }
                6 => message(b'R', &[0, 0, 0, 0]),
                7 => message(b'R', b"\0\0\0\x0aSCRAM-SHA-256\0SCRAM-SHA-256-PLUS\0\0"),
                8 => {
                    self.listen().await;
                    let body = self.text();
                    let nonce = self.nonce();
                    message(b'R', &[b"\0\0\0\x0b", &nonce[..], &body].concat())
                }
                9 => {
                    let body = self.text();
                    message(b'S', &body)
                }
                10 => message(b'S', b"server_version\x0017.5\0"),
                11 => message(b'K', &[0, 0, 0, 1, 0, 0, 0, 2]),
                12 => message(b'Z', b"I"),
                13 => message(b'C', b"SELECT 1\0"),
                14 => {
                    let body = self.text();
                    message(b'E', &[b"SERROR\0C", &body[..]].concat())
                }
                _ => self.text(),
            };
            if self.stream.write_all(&said).await.is_err() {
                break;
            }
        }
        let _ = self.stream.shutdown().await;
        // The client closes first, so that no port stays taken.
        let mut rest = [0; 1024];
        while let Ok(Ok(1..)) = timeout(Duration::from_millis(100), self.stream.read(&mut rest)).await {}
    }

    fn byte(&mut self) -> Option<u8> {
        let (&byte, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(byte)
    }

    fn take(&mut self, length: usize) -> Vec<u8> {
        let (taken, rest) = self.rest.split_at(length.min(self.rest.len()));
        self.rest = rest;
        taken.to_vec()
    }

    /// As many bytes as the next one says.
    fn text(&mut self) -> Vec<u8> {
        let length = self.byte().unwrap_or_default();
        self.take(usize::from(length))
    }

    /// Waits for what the client says, but not for long.
    async fn listen(&mut self) {
        let mut heard = [0; 1024];
        if let Ok(Ok(length)) = timeout(Duration::from_millis(3), self.stream.read(&mut heard)).await {
            self.heard.extend_from_slice(&heard[..length]);
        }
    }

    /// `r=` and the nonce that the client began its proof with.
    fn nonce(&self) -> Vec<u8> {
        let place = self.heard.windows(2).rposition(|part| part == b"r=");
        place.map(|place| self.heard[place..].to_vec()).unwrap_or_default()
    }
}

fn message(tag: u8, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len() + 4).expect("a short body").to_be_bytes();
    [&[tag][..], &length, body].concat()
}
