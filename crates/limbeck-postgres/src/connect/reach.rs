//! Reaching one server: its addresses, the socket, and the negotiation of TLS on it.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use socket2::{SockRef, TcpKeepalive};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpStream, lookup_host};

use super::error::ConnectError;
use crate::database_error::DatabaseError;
use crate::settings::{ChannelBinding, Host, Keepalives, Settings, SslMode, SslNegotiation};
use crate::tls::{self, Duplex, TlsError, Wire};

/// One address of a host.
#[derive(Debug, Clone)]
pub(super) enum Endpoint {
    Tcp(SocketAddr),
    Unix(PathBuf),
}

/// All addresses of a host, in the order of the operating system.
pub(super) async fn endpoints(host: &Host) -> Result<Vec<Endpoint>, ConnectError> {
    if let Some(file) = host.socket_file() {
        return Ok(vec![Endpoint::Unix(file)]);
    }
    if let Some(address) = host.address() {
        return Ok(vec![Endpoint::Tcp(SocketAddr::new(address, host.port()))]);
    }
    let name = host.text().into_owned();
    let addresses = lookup_host((name.as_str(), host.port()))
        .await
        .map(Iterator::collect::<Vec<_>>);
    match addresses {
        Ok(addresses) => Ok(addresses.into_iter().map(Endpoint::Tcp).collect()),
        Err(error) => Err(ConnectError::NameNotResolved {
            host: name,
            reason: error.to_string(),
        }),
    }
}

/// How to reach the server again in the very same way, for a cancel request.
#[derive(Clone)]
pub(crate) struct Reconnect {
    settings: Settings,
    host: Host,
    endpoint: Endpoint,
    tls: bool,
}

/// `SSLRequest`: its length, and the code in place of a protocol version.
const SSL_REQUEST: [u8; 8] = [0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f];

impl Reconnect {
    pub(super) fn new(settings: Settings, host: Host, endpoint: Endpoint) -> Self {
        Self {
            settings,
            host,
            endpoint,
            tls: false,
        }
    }

    pub(super) fn settings(&self) -> &Settings {
        &self.settings
    }

    pub(crate) fn host(&self) -> &Host {
        &self.host
    }

    pub(super) fn tls(&self) -> bool {
        self.tls
    }

    /// The same server, with TLS or in clear.
    pub(super) fn with_tls(&self, tls: bool) -> Self {
        Self { tls, ..self.clone() }
    }

    /// The same server, without the connection string's `options`.
    pub(super) fn without_options(&self) -> Self {
        let mut without = self.clone();
        without.settings.options = None;
        without
    }

    /// Whether the password's proof must be bound to TLS, so that nothing may go on in clear.
    pub(super) fn must_bind(&self) -> bool {
        self.settings.channel_binding() == ChannelBinding::Require
    }

    pub(crate) fn unreachable(&self, error: &io::Error) -> ConnectError {
        ConnectError::Unreachable {
            server: self.host.to_string(),
            kind: error.kind(),
            reason: reason(error),
        }
    }

    pub(crate) fn timed_out(&self, limit: Duration) -> ConnectError {
        ConnectError::Timeout {
            server: self.host.to_string(),
            limit,
        }
    }

    pub(super) fn tls_error(&self, error: TlsError) -> ConnectError {
        ConnectError::Tls {
            server: self.host.to_string(),
            error,
        }
    }

    /// Connects, and negotiates TLS where it is wanted.
    pub(crate) async fn wire(&self) -> Result<Wire, ConnectError> {
        let mut stream = self.socket().await.map_err(|error| self.unreachable(&error))?;
        if !self.tls {
            return Ok(Wire::clear(stream));
        }
        if self.settings.ssl_negotiation == SslNegotiation::Postgres {
            let answer = async {
                stream.write_all(&SSL_REQUEST).await?;
                stream.flush().await?;
                stream.read_u8().await
            };
            match answer.await {
                Ok(b'S') => {}
                // Only `prefer` may stay in clear, on the same connection.
                Ok(b'N') if self.settings.ssl_mode() == SslMode::Prefer && !self.must_bind() => {
                    return Ok(Wire::clear(stream));
                }
                Ok(b'N') => return Err(self.tls_error(TlsError::NotOffered)),
                // An error before TLS proves nothing about who sent it, so its text is not shown, as in libpq.
                Ok(b'E') => return Err(self.tls_error(TlsError::RefusedBefore)),
                Ok(_) => return Err(self.tls_error(TlsError::NotPostgres)),
                Err(error) => {
                    let server = self.host.to_string();
                    return Err(ConnectError::Closed {
                        server,
                        error: DatabaseError::lost(reason(&error)),
                    });
                }
            }
        }
        tls::handshake(stream, &self.settings, &self.host)
            .await
            .map_err(|error| self.tls_error(error))
    }

    async fn socket(&self) -> io::Result<Box<dyn Duplex>> {
        match &self.endpoint {
            #[cfg(unix)]
            Endpoint::Unix(file) => Ok(Box::new(tokio::net::UnixStream::connect(file).await?)),
            #[cfg(not(unix))]
            Endpoint::Unix(_) => Err(io::ErrorKind::Unsupported.into()),
            Endpoint::Tcp(address) => {
                let stream = TcpStream::connect(address).await?;
                stream.set_nodelay(true)?;
                keep_alive(&stream, &self.settings.keepalives)?;
                Ok(Box::new(stream))
            }
        }
    }
}

fn keep_alive(stream: &TcpStream, keepalives: &Keepalives) -> io::Result<()> {
    let socket = SockRef::from(stream);
    #[cfg(target_os = "linux")]
    if keepalives.user_timeout.is_some() {
        socket.set_tcp_user_timeout(keepalives.user_timeout)?;
    }
    if !keepalives.enabled {
        return Ok(());
    }
    let mut wanted = TcpKeepalive::new();
    if let Some(idle) = keepalives.idle {
        wanted = wanted.with_time(idle);
    }
    if let Some(interval) = keepalives.interval {
        wanted = wanted.with_interval(interval);
    }
    if let Some(count) = keepalives.count {
        wanted = wanted.with_retries(count);
    }
    socket.set_keepalive(true)?;
    socket.set_tcp_keepalive(&wanted)
}

/// An error of the operating system without its number, which says nothing more.
fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    match text.split_once(" (os error ") {
        Some((text, _)) => text.to_owned(),
        None => text,
    }
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use super::*;

    /// `tcp_keepalive` of a connection by these settings: whether, and idle, interval and count.
    async fn kept(url: &str) -> (bool, u64, u64, u32) {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let stream = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        keep_alive(&stream, &Settings::parse(url).unwrap().keepalives).unwrap();
        let socket = SockRef::from(&stream);
        (
            socket.keepalive().unwrap(),
            socket.tcp_keepalive_time().unwrap().as_secs(),
            socket.tcp_keepalive_interval().unwrap().as_secs(),
            socket.tcp_keepalive_retries().unwrap(),
        )
    }

    #[tokio::test]
    async fn a_silent_connection_is_looked_after() {
        assert_eq!(kept("postgresql://u@h/d").await, (true, 60, 10, 6));
        assert_eq!(
            kept("postgresql://u@h/d?keepalives_idle=5&keepalives_interval=0").await,
            (true, 5, kept("postgresql://u@h/d?keepalives=0").await.2, 6)
        );
        assert!(!kept("postgresql://u@h/d?keepalives=0").await.0);
    }
}
