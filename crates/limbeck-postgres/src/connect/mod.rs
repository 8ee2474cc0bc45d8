//! From settings to a session: host after host, with TLS and in clear as `sslmode` says.

mod error;
mod reach;
mod startup;

use std::time::Duration;

use crate::session::{CancelKey, Canceller, Session, SessionOptions};
use crate::settings::{Host, Settings, SslMode, TargetSession};
use crate::tls::Wire;

pub use error::{ChannelBindingFailure, ConnectError};
pub(crate) use reach::Reconnect;

use reach::Endpoint;

/// Opens a session: connects, authenticates, and pins the session's settings in one message.
///
/// Several hosts, or several addresses of one, are tried in order until one answers; a refused login is not tried
/// elsewhere, as in libpq. The connection is driven by a task that is spawned on the current runtime.
///
/// # Errors
///
/// [`ConnectError`], with [`ConnectError::hint`]; of several hosts, the last one's.
pub async fn connect(settings: &Settings, options: &SessionOptions) -> Result<Session, ConnectError> {
    match settings.target_session() {
        // A first round wants a standby, a second takes what there is.
        TargetSession::PreferStandby => match try_hosts(settings, options, TargetSession::Standby).await {
            Err(error) if error.is_elsewhere_possible() => {
                try_hosts(settings, options, TargetSession::Any).await
            }
            result => result,
        },
        wanted => try_hosts(settings, options, wanted).await,
    }
}

async fn try_hosts(
    settings: &Settings,
    options: &SessionOptions,
    wanted: TargetSession,
) -> Result<Session, ConnectError> {
    let limit = settings.connect_timeout().unwrap_or(options.connect_timeout);
    let mut last = None;
    for host in settings.hosts() {
        let session = async {
            let endpoints = reach::endpoints(host).await?;
            try_endpoints(settings, options, wanted, host, &endpoints).await
        };
        match within(limit, host, session).await {
            Ok(session) => return Ok(session),
            Err(error) if error.is_elsewhere_possible() => last = Some(error),
            Err(error) => return Err(error),
        }
    }
    Err(last.unwrap_or_else(ConnectError::no_host))
}

async fn within<T>(
    limit: Duration,
    host: &Host,
    work: impl Future<Output = Result<T, ConnectError>>,
) -> Result<T, ConnectError> {
    if limit.is_zero() {
        return work.await;
    }
    match tokio::time::timeout(limit, work).await {
        Ok(result) => result,
        Err(_) => Err(ConnectError::Timeout {
            server: host.to_string(),
            limit,
        }),
    }
}

async fn try_endpoints(
    settings: &Settings,
    options: &SessionOptions,
    wanted: TargetSession,
    host: &Host,
    endpoints: &[Endpoint],
) -> Result<Session, ConnectError> {
    let mut last = None;
    for endpoint in endpoints {
        let reconnect = Reconnect::new(settings.clone(), host.clone(), endpoint.clone());
        match try_modes(reconnect, options, wanted).await {
            Ok(session) => return Ok(session),
            Err(error) if error.is_elsewhere_possible() => last = Some(error),
            Err(error) => return Err(error),
        }
    }
    Err(last.unwrap_or_else(|| ConnectError::NameNotResolved {
        host: host.text().into_owned(),
        reason: "the name has no address".to_owned(),
    }))
}

/// With TLS, in clear, or one after the other.
///
/// Where libpq tries the other way after any error of authentication, this does so only where the server refused
/// this way of connecting (SQLSTATE 28000): a wrong password does not become right, and is not sent in clear.
async fn try_modes(
    mut reconnect: Reconnect,
    options: &SessionOptions,
    wanted: TargetSession,
) -> Result<Session, ConnectError> {
    let mode = if reconnect.host().is_socket() {
        SslMode::Disable
    } else {
        reconnect.settings().ssl_mode()
    };
    let (first, second) = match mode {
        SslMode::Disable => (false, None),
        SslMode::Allow => (false, Some(true)),
        SslMode::Prefer => (true, Some(false)),
        SslMode::Require | SslMode::VerifyCa | SslMode::VerifyFull => (true, None),
    };
    reconnect.set_tls(first);
    let error = match open(&reconnect, options, wanted).await {
        Ok(session) => return Ok(session),
        Err(error) => error,
    };
    match second {
        Some(tls) if error.may_differ_with_tls(tls) && reconnect.may_be_tls(tls) => {
            reconnect.set_tls(tls);
            match open(&reconnect, options, wanted).await {
                // What the second way says is about a way that was only a way out.
                Err(ConnectError::Tls { .. }) => Err(error),
                result => result,
            }
        }
        _ => Err(error),
    }
}

async fn open(
    reconnect: &Reconnect,
    options: &SessionOptions,
    wanted: TargetSession,
) -> Result<Session, ConnectError> {
    let wire = reconnect.wire().await?;
    let tls = wire.tls_info().cloned();
    let (client, connection) = startup::start(reconnect, options, wire).await?;
    startup::check_target(&connection, reconnect.host(), wanted)?;
    let key = CancelKey::of(&client.cancel_token())
        .await
        .map_err(|error| reconnect.unreachable(&error))?;
    let canceller = Canceller::new(key, reconnect.clone());
    let session = Session::new(client, connection, canceller, tls);
    match session
        .execute(&options.pins.message(session.server_major()))
        .await
    {
        Ok(()) => Ok(session),
        Err(error) => Err(ConnectError::Server(error)),
    }
}

/// The driver's connection over our stream.
pub(crate) type DriverConnection = tokio_postgres::Connection<Wire, Wire>;
