//! From settings to a session: host after host, with TLS and in clear as `sslmode` says.

mod error;
mod patience;
mod pooling;
mod reach;
mod startup;

use std::time::Duration;

use crate::authentication::Authentication;
use crate::database_error::{DatabaseError, sqlstate};
use crate::session::{CancelKey, Canceller, Learnt, Messages, Pooling, PoolingKind, Session, SessionOptions};
use crate::settings::{Host, Settings, SslMode, TargetSession};
use crate::tls::{TlsInfo, Wire};

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
        // On the heap: whoever connects would carry a TLS handshake's state in each of its own futures.
        let session = Box::pin(async {
            let endpoints = reach::endpoints(host).await?;
            try_endpoints(settings, options, wanted, host, &endpoints).await
        });
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
    let without;
    let (reconnect, started, left_out) = match begin(reconnect, options).await {
        Err(ConnectError::Server(error)) if refuses_options(reconnect, &error) => {
            without = reconnect.without_options();
            let started = begin(&without, options).await?;
            (&without, started, reconnect.settings().options.clone())
        }
        started => (reconnect, started?, None),
    };
    let Started {
        client,
        connection,
        authentication,
        tls,
    } = started;
    startup::check_target(&connection, reconnect.host(), wanted)?;
    let key = CancelKey::of(&client.cancel_token())
        .await
        .map_err(|error| reconnect.unreachable(&error))?;
    let canceller = Canceller::new(key, reconnect.clone());
    let mut session = Session::new(client, connection, canceller, tls, authentication);
    session.without_options(left_out);
    pin(&mut session, reconnect, options).await?;
    Ok(session)
}

/// A session that was let in.
struct Started {
    client: tokio_postgres::Client,
    connection: DriverConnection,
    authentication: Authentication,
    tls: Option<TlsInfo>,
}

async fn begin(reconnect: &Reconnect, options: &SessionOptions) -> Result<Started, ConnectError> {
    let wire = reconnect.wire().await?;
    let tls = wire.tls_info().cloned();
    let (client, connection, authentication) = startup::start(reconnect, options, wire).await?;
    Ok(Started {
        client,
        connection,
        authentication,
        tls,
    })
}

/// Whether a pooler does not take the `options` of the connection string.
fn refuses_options(reconnect: &Reconnect, error: &DatabaseError) -> bool {
    reconnect.settings().options.is_some() && error.is(sqlstate::PROTOCOL_VIOLATION)
}

/// Pins the session's settings, and finds out by the same message whether it has a server process of its own.
async fn pin(
    session: &mut Session,
    reconnect: &Reconnect,
    options: &SessionOptions,
) -> Result<(), ConnectError> {
    let opening = options
        .pins
        .opening_message(session.server_major(), session.backend_pid());
    let rows = Messages::of(session.client()).rows(&opening).await;
    let rows = rows.map_err(|error| ConnectError::Server(session.error(error)))?;
    let answers = pooling::last_number(&rows);
    if answers == session.backend_pid() {
        return Ok(());
    }
    let found = match options.pooling {
        // A process that is not the one told is not had directly.
        Some(kind) if kind != PoolingKind::Direct => Pooling::new(kind, Learnt::Caller),
        _ => pooling::look(session.client(), answers, reconnect, options).await,
    };
    session.pooled(found, answers, &options.pins);
    if !found.kind.is_shared() {
        let pins = options.pins.message(session.server_major());
        session.execute(&pins).await.map_err(ConnectError::Server)?;
    }
    Ok(())
}

/// The driver's connection over our stream.
pub(crate) type DriverConnection = tokio_postgres::Connection<Wire, Wire>;
