//! Cancelling a running statement from outside its session.
//!
//! The driver's own cancel half-closes the socket right after the request, which PgBouncer 1.18 takes for a client
//! that has gone away. This one sends the request and waits for the server to close, as libpq does.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, ReadBuf};
use tokio_postgres::CancelToken;
use tokio_postgres::tls::{ChannelBinding, TlsStream};

use crate::connect::{ConnectError, Reconnect};
use crate::settings::Host;
use crate::tls::Established;

/// The longest wait for a cancel request to be taken.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Cancels the running statement of one session.
///
/// It opens a connection of its own, so it works while the session waits. Whether anything was running, and whether
/// it was stopped in time, only the session learns, by SQLSTATE 57014.
#[derive(Clone)]
pub struct Canceller {
    key: CancelKey,
    reconnect: Arc<Reconnect>,
}

impl Canceller {
    pub(crate) fn new(key: CancelKey, reconnect: Reconnect) -> Self {
        Self {
            key,
            reconnect: Arc::new(reconnect),
        }
    }

    pub(crate) fn backend_pid(&self) -> i32 {
        self.key.backend_pid()
    }

    pub(crate) fn host(&self) -> &Host {
        self.reconnect.host()
    }

    /// Asks the server to cancel what the session runs now, and waits until the request was taken.
    ///
    /// # Errors
    ///
    /// The server cannot be reached, or did not take the request within 10 s.
    pub async fn cancel(&self) -> Result<(), ConnectError> {
        let request = async {
            let mut wire = self.reconnect.wire().await?;
            let sent = async {
                wire.write_all(&self.key.0).await?;
                wire.flush().await?;
                // The server closes without a word. How it does so does not matter any more.
                let _ = wire.read(&mut [0]).await;
                Ok::<_, io::Error>(())
            };
            sent.await.map_err(|error| self.reconnect.unreachable(&error))
        };
        match tokio::time::timeout(TIMEOUT, request).await {
            Ok(result) => result,
            Err(_) => Err(self.reconnect.timed_out(TIMEOUT)),
        }
    }
}

impl std::fmt::Debug for Canceller {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Canceller")
            .field("backend_pid", &self.backend_pid())
            .finish_non_exhaustive()
    }
}

/// A cancel request: length, request code, process and secret key, four bytes each (`CancelRequestPacket`).
#[derive(Clone, Copy)]
pub(crate) struct CancelKey([u8; 16]);

impl CancelKey {
    /// Reads the key out of the driver's token, which keeps it to itself: the token writes its request into memory.
    pub(crate) async fn of(token: &CancelToken) -> io::Result<Self> {
        let written = Arc::new(Mutex::new(Vec::with_capacity(16)));
        let recorder = Recorder(Arc::clone(&written));
        // The token was made for a wire that the driver believes to speak TLS from its first byte.
        token
            .cancel_query_raw(recorder, Established)
            .await
            .map_err(io::Error::other)?;
        let written = written.lock().unwrap_or_else(PoisonError::into_inner);
        let key = written.as_slice().try_into();
        key.map(Self)
            .map_err(|_| io::Error::other("the driver's cancel request is not of 16 bytes"))
    }

    fn backend_pid(self) -> i32 {
        let [_, _, _, _, _, _, _, _, a, b, c, d, ..] = self.0;
        i32::from_be_bytes([a, b, c, d])
    }
}

/// A stream that keeps what is written to it.
struct Recorder(Arc<Mutex<Vec<u8>>>);

impl AsyncWrite for Recorder {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .extend_from_slice(bytes);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

impl AsyncRead for Recorder {
    fn poll_read(self: Pin<&mut Self>, _: &mut Context<'_>, _: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

impl TlsStream for Recorder {
    fn channel_binding(&self) -> ChannelBinding {
        ChannelBinding::none()
    }
}
