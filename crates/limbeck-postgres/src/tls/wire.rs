//! The stream of a session: a socket, or TLS over one.

use std::convert::Infallible;
use std::future::Ready;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use serde::Serialize;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_postgres::tls::{ChannelBinding, TlsConnect, TlsStream};

use super::reply_limit::ReplyLimit;
use crate::authentication::{RequiredAuthentication, Seen, Watch};

/// What is known of a TLS connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TlsInfo {
    /// The protocol's version: `TLSv1.3`, as `pg_stat_ssl` writes it.
    pub version: String,
    /// The cipher suite: `TLS_AES_256_GCM_SHA384`, as `pg_stat_ssl` writes it in TLS 1.3.
    pub cipher: String,
    /// What was checked of the server's certificate.
    pub identity: ServerIdentity,
    /// Whether the certificate allows channel binding (`tls-server-end-point`). Whether it was used, the session's
    /// [`Authentication`](crate::Authentication) tells.
    pub can_bind: bool,
    /// What became of the client's own certificate.
    pub client_certificate: ClientCertificateUse,
}

/// What became of the client's own certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientCertificateUse {
    /// The server asked for none.
    NotAsked,
    /// The server asked for one, and there is none to send, or it is not to be sent.
    NotSent,
    /// It was sent.
    Sent,
}

/// What was checked of a server's certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ServerIdentity {
    /// Nothing: anybody could have answered.
    Unchecked,
    /// That a trusted root stands behind it (`verify-ca`).
    Root,
    /// That, and that it bears the host's name (`verify-full`).
    RootAndName,
}

/// What bytes go over: a TCP or unix socket, or TLS over one.
pub(crate) trait Duplex: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Duplex for S {}

/// A connected stream, with what TLS knows of it.
pub(crate) struct Wire {
    stream: Box<dyn Duplex>,
    tls: Option<Secured>,
    watch: Watch,
    limit: ReplyLimit,
}

/// What a handshake left.
pub(crate) struct Secured {
    pub(crate) info: TlsInfo,
    /// The hash of the server's certificate (RFC 5929), where the certificate's signature defines one.
    pub(crate) binding: Option<Vec<u8>>,
}

impl Wire {
    pub(crate) fn clear(stream: Box<dyn Duplex>) -> Self {
        Self {
            stream,
            tls: None,
            watch: Watch::default(),
            limit: ReplyLimit::default(),
        }
    }

    pub(crate) fn secured(stream: Box<dyn Duplex>, secured: Secured) -> Self {
        Self {
            stream,
            tls: Some(secured),
            watch: Watch::default(),
            limit: ReplyLimit::default(),
        }
    }

    /// The same, on which only these ways of authentication pass; and where the one that passed will be told.
    pub(crate) fn watched(self, required: Option<RequiredAuthentication>) -> (Self, Seen) {
        let watch = Watch::new(required);
        let seen = watch.seen();
        (Self { watch, ..self }, seen)
    }

    pub(crate) fn tls_info(&self) -> Option<&TlsInfo> {
        self.tls.as_ref().map(|secured| &secured.info)
    }

    /// Whether a password's proof can be bound to this connection.
    pub(crate) fn can_bind(&self) -> bool {
        self.tls.as_ref().is_some_and(|secured| secured.binding.is_some())
    }
}

/// Hands the driver a stream on which everything is already negotiated.
pub(crate) struct Established;

impl<S: TlsStream + Unpin> TlsConnect<S> for Established {
    type Stream = S;
    type Error = Infallible;
    type Future = Ready<Result<S, Infallible>>;

    fn connect(self, stream: S) -> Self::Future {
        std::future::ready(Ok(stream))
    }
}

impl TlsStream for Wire {
    fn channel_binding(&self) -> ChannelBinding {
        match self.tls.as_ref().and_then(|secured| secured.binding.clone()) {
            Some(hash) => ChannelBinding::tls_server_end_point(hash),
            None => ChannelBinding::none(),
        }
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let Self {
            stream, limit, watch, ..
        } = self.get_mut();
        let before = buffer.filled().len();
        ready!(Pin::new(stream).poll_read(context, buffer))?;
        let read = buffer.filled().get(before..).unwrap_or_default();
        limit.received(read)?;
        Poll::Ready(watch.received(read))
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.watch.sending(bytes);
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
