//! Connection strings, TLS, authentication and sessions for PostgreSQL.
//!
//! [`Settings`] reads a connection string as libpq does, stricter where that protects people. [`connect()`] turns it
//! into a [`Session`]: a connection whose settings are pinned, so that neither a role's nor a database's own defaults
//! change what is read or run through it.
//!
//! Nothing here reads the environment or the home folder, or prints, and nothing is tried again unasked:
//! [`connect_patiently`] waits for a server, [`connect()`] does not.

mod authentication;
mod backoff;
mod connect;
mod database_error;
mod password;
mod session;
mod settings;
mod tls;

pub use authentication::{Authentication, AuthenticationMethod, RequiredAuthentication};
pub use backoff::Backoff;
pub use connect::{ChannelBindingFailure, ConnectError, Patience, connect, connect_patiently};
pub use database_error::{DatabaseError, sqlstate};
pub use password::Password;
pub use session::{
    Canceller, Learnt, MessageError, Messages, Notice, NoticeCallback, Pins, Pooling, PoolingKind, Session,
    SessionOptions,
};
pub use settings::{
    ChannelBinding, ClientCertificateMode, Defaults, Host, IgnoredKey, KEYS, Keepalives, Key, NeonHost,
    RootCertificate, Settings, SettingsError, SslMode, SslNegotiation, TargetSession, Treatment,
    connection_variables, variables_of_keys,
};
pub use tls::{ClientCertificateUse, ServerIdentity, TlsError, TlsInfo};

pub use tokio_postgres;
