//! Why no session could be opened, and what to do about it.

use std::io;
use std::time::Duration;

use crate::authentication::AuthenticationMethod;
use crate::database_error::{DatabaseError, sqlstate};
use crate::tls::TlsError;

/// Why no session could be opened.
///
/// `server` is always `host:port`, or the file of a unix socket.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConnectError {
    /// The host's name has no address.
    #[error("the host `{host}` was not found: {reason}")]
    NameNotResolved {
        /// The name.
        host: String,
        /// What the resolver said.
        reason: String,
    },
    /// Nothing answers there.
    #[error("cannot reach the server at `{server}`: {reason}")]
    Unreachable {
        /// The server.
        server: String,
        /// The kind of the operating system's error.
        kind: io::ErrorKind,
        /// What the operating system said.
        reason: String,
    },
    /// It took too long.
    #[error("the server at `{server}` did not answer within {limit:?}")]
    Timeout {
        /// The server.
        server: String,
        /// The limit.
        limit: Duration,
    },
    /// The server closed the connection before the session began.
    #[error("the server at `{server}` closed the connection before the session began")]
    Closed {
        /// The server.
        server: String,
        /// What is known of the loss.
        error: DatabaseError,
    },
    /// What the server said is nothing that a PostgreSQL says.
    #[error("what answers at `{server}` does not speak PostgreSQL's protocol: {reason}")]
    NotPostgres {
        /// The server.
        server: String,
        /// What it said.
        reason: String,
    },
    /// TLS could not be established.
    #[error("no TLS with the server at `{server}`: {error}")]
    Tls {
        /// The server.
        server: String,
        /// Why.
        error: TlsError,
    },
    /// `channel_binding=require`, but the password's proof could not be bound to TLS.
    #[error("`channel_binding=require` cannot be kept with the server at `{server}`: {failure}")]
    ChannelBinding {
        /// The server.
        server: String,
        /// Why.
        failure: ChannelBindingFailure,
    },
    /// The server wants a password, and the settings have none.
    #[error("the server at `{server}` wants a password for `{user}`, and the connection string has none")]
    PasswordMissing {
        /// The server.
        server: String,
        /// The user.
        user: String,
    },
    /// The server refused the user: a wrong password, an unknown role, or a rule of `pg_hba.conf`.
    #[error("the server at `{server}` did not let `{user}` in: {}", error.message())]
    Authentication {
        /// The server.
        server: String,
        /// The user.
        user: String,
        /// Whether the refused connection was by TLS.
        tls: bool,
        /// What the server said.
        error: DatabaseError,
    },
    /// The server wants a way of authentication that is not spoken here, such as Kerberos.
    #[error("the server at `{server}` wants a way of authentication that is not supported")]
    AuthenticationMethod {
        /// The server.
        server: String,
    },
    /// The server wants a way of authentication that `require_auth` does not accept. Nothing was answered.
    #[error("`require_auth={required}` cannot be kept with the server at `{server}`: it {}", asked.asked())]
    AuthenticationNotAllowed {
        /// The server.
        server: String,
        /// The value of `require_auth`.
        required: String,
        /// What the server wants.
        asked: AuthenticationMethod,
    },
    /// The server could not prove that it knows the password.
    #[error("the server at `{server}` could not prove that it knows the password: {reason}")]
    ServerProof {
        /// The server.
        server: String,
        /// Why.
        reason: String,
    },
    /// The database does not exist.
    #[error("the database `{database}` does not exist on the server at `{server}`")]
    DatabaseMissing {
        /// The server.
        server: String,
        /// The database.
        database: String,
        /// What the server said.
        error: DatabaseError,
    },
    /// The server is starting, stopping or recovering.
    #[error("the server at `{server}` takes no connections now: {}", error.message())]
    NotReady {
        /// The server.
        server: String,
        /// What the server said.
        error: DatabaseError,
    },
    /// All connections of the server, the database or the role are taken.
    #[error("the server at `{server}` has no connection left: {}", error.message())]
    TooManyConnections {
        /// The server.
        server: String,
        /// What the server said.
        error: DatabaseError,
    },
    /// The server is not of the kind that `target_session_attrs` asks for.
    #[error("the server at `{server}` is not `{wanted}`, as `target_session_attrs` asks for")]
    TargetSession {
        /// The server.
        server: String,
        /// What was asked for.
        wanted: &'static str,
    },
    /// Anything else the server said while the session began.
    #[error("the session could not begin: {}", .0.message())]
    Server(DatabaseError),
}

/// Why a required channel binding cannot be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ChannelBindingFailure {
    /// The connection is in clear.
    #[error("the connection is not by TLS")]
    NoTls,
    /// The signature of the server's certificate defines no hash to bind to (RFC 5929), as with Ed25519.
    #[error("the signature of its certificate defines no binding")]
    Certificate,
    /// The server let the user in without SCRAM-SHA-256-PLUS.
    #[error("it does not ask for a password bound to TLS")]
    NotUsed,
}

/// Class 08, connection exceptions: a proxy lost the server behind it. A violated protocol does not pass.
fn is_of_a_connection_behind(error: &DatabaseError) -> bool {
    error
        .sqlstate()
        .is_some_and(|sqlstate| sqlstate.starts_with("08") && sqlstate != sqlstate::PROTOCOL_VIOLATION)
}

/// Whether these are words of Neon's proxy for a compute that is on its way. It says everything under one SQLSTATE
/// (`internal_error`), in English, and what does not pass in the same form: an endpoint that is disabled, a project that
/// is not there, a quota that is used up.
fn is_waking(error: &DatabaseError) -> bool {
    let message = error.message().to_lowercase();
    let says = |texts: &[&str]| texts.iter().any(|text| message.contains(text));
    says(&[
        "couldn't connect to compute node",
        "control plane request failed",
        "temporarily unavailable",
        "failed to acquire permit to connect",
    ]) && !says(&["endpoint is disabled", "not found", "quota", "exceeded"])
}

impl ConnectError {
    pub(super) fn no_host() -> Self {
        Self::Unreachable {
            server: String::new(),
            kind: io::ErrorKind::InvalidInput,
            reason: "there is no host to try".to_owned(),
        }
    }

    /// What the server said, where it said something.
    pub fn database_error(&self) -> Option<&DatabaseError> {
        match self {
            Self::Authentication { error, .. }
            | Self::DatabaseMissing { error, .. }
            | Self::NotReady { error, .. }
            | Self::TooManyConnections { error, .. }
            | Self::Closed { error, .. }
            | Self::Server(error) => Some(error),
            _ => None,
        }
    }

    /// Whether the same may succeed a little later: the server sleeps, starts or restarts. Where nothing listens, that
    /// may be so as well.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Timeout { .. } | Self::NotReady { .. } | Self::Closed { .. } => true,
            Self::Unreachable { server, kind, .. } => match kind {
                io::ErrorKind::ConnectionRefused
                | io::ErrorKind::ConnectionReset
                | io::ErrorKind::ConnectionAborted
                | io::ErrorKind::BrokenPipe
                | io::ErrorKind::UnexpectedEof => true,
                // A server that stops takes its socket along.
                io::ErrorKind::NotFound => server.starts_with('/'),
                _ => false,
            },
            Self::Server(error) => is_of_a_connection_behind(error) || is_waking(error),
            _ => false,
        }
    }

    /// Whether the same may succeed a little later, given that it did before by the same settings: the network is gone,
    /// and names with it, or others have taken the connections meanwhile.
    pub(super) fn may_pass_where_reached_before(&self) -> bool {
        matches!(
            self,
            Self::NameNotResolved { .. } | Self::Unreachable { .. } | Self::TooManyConnections { .. }
        )
    }

    /// Whether another host or address may be tried: this one did not answer, or is not of the wanted kind.
    pub(super) fn is_elsewhere_possible(&self) -> bool {
        matches!(
            self,
            Self::NameNotResolved { .. }
                | Self::Unreachable { .. }
                | Self::Timeout { .. }
                | Self::Closed { .. }
                | Self::NotPostgres { .. }
                | Self::NotReady { .. }
                | Self::TargetSession { .. }
        )
    }

    /// Whether the error may be gone with TLS, or without.
    pub(super) fn may_differ_with_tls(&self, tls: bool) -> bool {
        match self {
            Self::Authentication { error, .. } => error.is(sqlstate::INVALID_AUTHORIZATION),
            Self::Tls { error, .. } => !tls && error.is_of_the_handshake(),
            _ => false,
        }
    }

    /// What to do next.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::NameNotResolved { .. } => "check the host's name in the connection string".to_owned(),
            Self::Unreachable { server, kind, .. } if server.starts_with('/') => match kind {
                io::ErrorKind::PermissionDenied => "check who may enter the socket's folder".to_owned(),
                _ => "check that the server runs and listens on this socket".to_owned(),
            },
            Self::Unreachable { .. } => {
                "check that the server runs and listens on this host and port, and that no firewall is between"
                    .to_owned()
            }
            Self::Timeout { .. } => {
                "check host, port and firewall; a sleeping server may need more: connect_timeout=30 in the connection \
                 string"
                    .to_owned()
            }
            Self::Closed { .. } | Self::NotPostgres { .. } => {
                "check that PostgreSQL, and nothing else, listens there".to_owned()
            }
            Self::Tls { error, .. } => return error.hint(),
            Self::ChannelBinding { failure, .. } => match failure {
                ChannelBindingFailure::NoTls => "connect by TLS (sslmode=require), which a unix socket has not".to_owned(),
                ChannelBindingFailure::Certificate => {
                    "without a binding, only sslmode=verify-full tells who answers; then leave out \
                     channel_binding=require"
                        .to_owned()
                }
                ChannelBindingFailure::NotUsed => {
                    "the role needs a password stored as scram-sha-256, and `pg_hba.conf` must ask for it; otherwise \
                     leave out channel_binding=require and use sslmode=verify-full"
                        .to_owned()
                }
            },
            Self::PasswordMissing { .. } => {
                "write it after the user, as in postgresql://USER:PASSWORD@HOST/DATABASE".to_owned()
            }
            Self::Authentication { error, .. } if error.is(sqlstate::INVALID_PASSWORD) => {
                "check user and password in the connection string".to_owned()
            }
            Self::Authentication { tls: false, server, .. } if !server.starts_with('/') => {
                "check that the role exists and that `pg_hba.conf` lets it in; the server may want TLS: \
                 sslmode=require"
                    .to_owned()
            }
            Self::Authentication { .. } => {
                "check that the role exists and that `pg_hba.conf` lets it in".to_owned()
            }
            Self::AuthenticationMethod { .. } => "use a role that logs in with a password".to_owned(),
            Self::AuthenticationNotAllowed { .. } => {
                "let `pg_hba.conf` ask for what require_auth accepts; if it does already, do not trust this server".to_owned()
            }
            Self::ServerProof { .. } => {
                "do not trust this server: it may not be the one it claims to be".to_owned()
            }
            Self::DatabaseMissing { database, .. } => {
                format!("create it, for example with `createdb {database}`, or check the name")
            }
            Self::NotReady { .. } => "try again in a moment".to_owned(),
            Self::TooManyConnections { .. } => {
                "close other connections, or wait until some are closed".to_owned()
            }
            Self::TargetSession { .. } => "check the hosts, or leave out target_session_attrs".to_owned(),
            Self::Server(error) if error.is(sqlstate::PROTOCOL_VIOLATION) => {
                "a pooler refuses startup parameters: connect to the server directly, or leave out `options`"
                    .to_owned()
            }
            Self::Server(error) => return error.hint().map(str::to_owned),
        })
    }
}
