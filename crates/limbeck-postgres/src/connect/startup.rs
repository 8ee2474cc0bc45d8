//! The startup of a session: who we are, the proof of it, and what kind of server it turns out to be.

use std::error::Error as _;
use std::io;

use tokio_postgres::config::{ChannelBinding as DriverBinding, SslMode, SslNegotiation};
use tokio_postgres::{Client, Config};

use super::error::{ChannelBindingFailure, ConnectError};
use super::reach::Reconnect;
use super::{DriverConnection, SessionOptions};
use crate::authentication::{Authentication, AuthenticationMethod, NotAllowed};
use crate::database_error::{DatabaseError, sqlstate};
use crate::settings::{ChannelBinding, ClientCertificateMode, Host, TargetSession};
use crate::tls::{self, Established, TlsError, TooLong, Wire};

/// Sends the startup message over a negotiated stream and authenticates.
pub(super) async fn start(
    reconnect: &Reconnect,
    options: &SessionOptions,
    wire: Wire,
) -> Result<(Client, DriverConnection, Authentication), ConnectError> {
    let settings = reconnect.settings();
    let certificate_due = settings.client_certificate_mode == ClientCertificateMode::Require;
    if certificate_due && wire.tls_info().is_none() {
        return Err(reconnect.tls_error(TlsError::CertificateNotAsked));
    }
    if reconnect.must_bind() && !wire.can_bind() {
        let failure = ChannelBindingFailure::Certificate;
        return Err(ConnectError::ChannelBinding {
            server: reconnect.host().to_string(),
            failure,
        });
    }
    let mut config = Config::new();
    config
        .user(settings.user())
        .dbname(settings.database())
        .application_name(
            settings
                .application_name()
                .or(settings.fallback_application_name.as_deref())
                .unwrap_or(&options.application_name),
        )
        .channel_binding(match settings.channel_binding() {
            ChannelBinding::Disable => DriverBinding::Disable,
            ChannelBinding::Prefer => DriverBinding::Prefer,
            ChannelBinding::Require => DriverBinding::Require,
        })
        // The stream is negotiated already; so the driver takes it as it is, and asks it for the binding.
        .ssl_mode(SslMode::Require)
        .ssl_negotiation(SslNegotiation::Direct);
    if let Some(password) = settings.password_for(reconnect.host()) {
        config.password(password.expose());
    }
    if let Some(options) = &settings.options {
        config.options(options);
    }
    let (wire, seen) = wire.watched(settings.required_authentication().cloned());
    let (client, connection) = config
        .connect_raw(wire, Established)
        .await
        .map_err(|error| failure(reconnect, error))?;
    // The driver does not begin a session before it was let in.
    let authentication = seen.get().copied().unwrap_or(Authentication {
        method: AuthenticationMethod::None,
        bound: false,
    });
    Ok((client, connection, authentication))
}

fn failure(reconnect: &Reconnect, error: tokio_postgres::Error) -> ConnectError {
    let settings = reconnect.settings();
    let server = reconnect.host().to_string();
    if let Some(error) = error.as_db_error() {
        let error = DatabaseError::from(error);
        return match error.sqlstate() {
            Some(sqlstate::INVALID_PASSWORD | sqlstate::INVALID_AUTHORIZATION) => {
                ConnectError::Authentication {
                    server,
                    user: settings.user().to_owned(),
                    tls: reconnect.tls(),
                    error,
                }
            }
            Some(sqlstate::INVALID_CATALOG_NAME) => ConnectError::DatabaseMissing {
                server,
                database: settings.database().to_owned(),
                error,
            },
            Some(sqlstate::CANNOT_CONNECT_NOW | sqlstate::ADMIN_SHUTDOWN | sqlstate::CRASH_SHUTDOWN) => {
                ConnectError::NotReady { server, error }
            }
            Some(sqlstate::TOO_MANY_CONNECTIONS) => ConnectError::TooManyConnections { server, error },
            _ => ConnectError::Server(error),
        };
    }
    let io = error
        .source()
        .and_then(|source| source.downcast_ref::<io::Error>());
    if let Some(NotAllowed(asked)) = io.and_then(|io| io.get_ref()?.downcast_ref()) {
        let required = settings.required_authentication();
        return ConnectError::AuthenticationNotAllowed {
            server,
            required: required.map_or_else(String::new, |required| required.as_str().to_owned()),
            asked: *asked,
        };
    }
    // A message too long, or one that is none.
    let is_no_message = |io: &&io::Error| {
        let kinds = [io::ErrorKind::InvalidInput, io::ErrorKind::InvalidData];
        TooLong::of(io).is_some() || kinds.contains(&io.kind()) && !tls::is_tls_error(io)
    };
    if let Some(io) = io.filter(is_no_message) {
        return ConnectError::NotPostgres {
            server,
            reason: io.to_string(),
        };
    }
    // In TLS 1.3 a server refuses a client's certificate only after the client thinks the handshake done.
    if let Some(io) = io.filter(|io| tls::is_tls_error(io)) {
        return ConnectError::Tls {
            server,
            error: TlsError::from_io(io, &reconnect.host().text()),
        };
    }
    // The driver tells these only by their texts.
    let cause = error.source().map(ToString::to_string).unwrap_or_default();
    match cause.as_str() {
        "password missing" => {
            return ConnectError::PasswordMissing {
                server,
                user: settings.user().to_owned(),
            };
        }
        "server did not use channel binding" => {
            return ConnectError::ChannelBinding {
                server,
                failure: ChannelBindingFailure::NotUsed,
            };
        }
        "unsupported authentication method" | "unsupported SASL mechanism" => {
            return ConnectError::AuthenticationMethod { server };
        }
        _ => {}
    }
    if error.to_string() == "authentication error" {
        return ConnectError::ServerProof {
            server,
            reason: cause,
        };
    }
    let error = DatabaseError::from(error);
    if error.is_connection_lost() {
        ConnectError::Closed { server, error }
    } else {
        ConnectError::Server(error)
    }
}

/// Whether the server is of the kind that `target_session_attrs` asks for, by what it reported of itself. From
/// version 14 on, servers report both settings.
pub(super) fn check_target(
    connection: &DriverConnection,
    host: &Host,
    wanted: TargetSession,
) -> Result<(), ConnectError> {
    let is_on = |name| connection.parameter(name).is_some_and(|value| value == "on");
    let standby = is_on("in_hot_standby");
    let read_only = standby || is_on("default_transaction_read_only");
    let fits = match wanted {
        TargetSession::Any | TargetSession::PreferStandby => true,
        TargetSession::ReadWrite => !read_only,
        TargetSession::ReadOnly => read_only,
        TargetSession::Primary => !standby,
        TargetSession::Standby => standby,
    };
    if fits {
        Ok(())
    } else {
        Err(ConnectError::TargetSession {
            server: host.to_string(),
            wanted: wanted.as_str(),
        })
    }
}
