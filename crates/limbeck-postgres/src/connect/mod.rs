//! From settings to a session: host after host, with TLS and in clear as `sslmode` says.

mod error;
mod patience;
mod reach;
mod startup;

use std::time::Duration;

use crate::session::{CancelKey, Canceller, Session, SessionOptions};
use crate::settings::{Host, Settings, SslMode, TargetSession};
use crate::tls::Wire;

pub use error::{ChannelBindingFailure, ConnectError};
pub use patience::{Patience, connect_patiently};
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
        match try_modes(&reconnect, options, wanted).await {
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
    reconnect: &Reconnect,
    options: &SessionOptions,
    wanted: TargetSession,
) -> Result<Session, ConnectError> {
    let ways: &[bool] = match reconnect.settings().ssl_mode() {
        _ if reconnect.host().is_socket() => &[false],
        SslMode::Disable => &[false],
        SslMode::Allow => &[false, true],
        SslMode::Prefer => &[true, false],
        SslMode::Require | SslMode::VerifyCa | SslMode::VerifyFull => &[true],
    };
    let mut failed: Option<ConnectError> = None;
    for &tls in ways.iter().filter(|tls| **tls || !reconnect.must_bind()) {
        if failed
            .as_ref()
            .is_some_and(|error| !error.may_differ_with_tls(tls))
        {
            break;
        }
        let attempt = reconnect.with_tls(tls);
        match (open(&attempt, options, wanted).await, failed.take()) {
            (Ok(session), _) => return Ok(session),
            // A second way that is not there says nothing about the first.
            (Err(ConnectError::Tls { .. }), Some(first)) => failed = Some(first),
            (Err(error), _) => failed = Some(error),
        }
    }
    Err(failed.unwrap_or_else(|| ConnectError::ChannelBinding {
        server: reconnect.host().to_string(),
        failure: ChannelBindingFailure::NoTls,
    }))
}

async fn open(
    reconnect: &Reconnect,
    options: &SessionOptions,
    wanted: TargetSession,
) -> Result<Session, ConnectError> {
    let wire = reconnect.wire().await?;
    let tls = wire.tls_info().cloned();
    let (client, connection, authentication) = startup::start(reconnect, options, wire).await?;
    startup::check_target(&connection, reconnect.host(), wanted)?;
    let key = CancelKey::of(&client.cancel_token())
        .await
        .map_err(|error| reconnect.unreachable(&error))?;
    let canceller = Canceller::new(key, reconnect.clone());
    let session = Session::new(client, connection, canceller, tls, authentication);
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
