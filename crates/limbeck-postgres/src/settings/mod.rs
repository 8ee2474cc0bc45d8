//! Where and how to connect: the settings of a connection string, understood once and kept as values.

mod build;
mod contradiction;
mod error;
mod host;
mod key;
mod keyword_value;
mod mistake;
mod neon;
mod password_file;
mod percent;
mod read;
mod service;
mod uri;
mod url;
mod values;
mod variable;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Serialize, Serializer};

use crate::authentication::RequiredAuthentication;
use crate::password::Password;

pub use error::SettingsError;
pub use host::Host;
pub use key::{KEYS, Key, Treatment};
pub use neon::NeonHost;
pub use values::{
    ChannelBinding, ClientCertificateMode, IgnoredKey, Keepalives, RootCertificate, SslMode, SslNegotiation,
    TargetSession,
};
pub(crate) use values::{TlsVersion, TlsVersions};
pub use variable::{connection_variables, variables_of_keys};

/// The port of a server that names none (`DEF_PGPORT`).
pub(crate) const DEFAULT_PORT: u16 = 5432;

/// What a connection string may leave out, given by the caller.
///
/// This crate reads neither the environment nor the operating system's list of users, so a program that wants
/// libpq's defaults says them here. The empty default says nothing.
#[derive(Debug, Clone, Default)]
pub struct Defaults {
    /// The user when the string names none; libpq takes the operating system's user.
    pub user: Option<String>,
    /// The password when the string has none.
    pub password: Option<Password>,
    /// The host, or the folder of the unix socket, when the string names none.
    pub host: Option<String>,
    /// The port when the string names none. Without it: 5432.
    pub port: Option<u16>,
    /// The database when the string names none. Without it: the user's name, as in libpq.
    pub database: Option<String>,
    /// Variables of the environment; those that libpq knows (`PGHOST`, `PGUSER`, `PGSSLMODE`, …) are taken where the
    /// string says nothing, and before the fields above.
    pub variables: BTreeMap<String, String>,
    /// The file of passwords where neither the string nor `PGPASSFILE` names one; libpq's is `~/.pgpass`. It need not
    /// exist.
    pub password_file: Option<PathBuf>,
    /// The service files where neither the string nor `PGSERVICEFILE` names one; libpq's are `~/.pg_service.conf` and
    /// `pg_service.conf` in the system's folder. They need not exist.
    pub service_files: Vec<PathBuf>,
    /// The folder of the user's certificates; libpq's is `~/.postgresql`. What of `root.crt`, `postgresql.crt` and
    /// `postgresql.key` is there is taken where nothing names another file.
    pub certificates: Option<PathBuf>,
    /// Endings of host names, besides `.neon.tech`, behind which is Neon: `.db.example.com`, with its dot or without.
    pub neon_suffixes: Vec<String>,
}

/// Where and how to connect to a PostgreSQL server.
///
/// Read from a URL (`postgresql://user@host:5432/database?sslmode=require`, also `postgres://`) or from libpq's
/// keyword/value form (`host=… dbname=…`). `Display`, `Debug` and `Serialize` give the URL with its password masked.
///
#[doc = include_str!("keys.md")]
#[derive(Clone, PartialEq, Eq)]
pub struct Settings {
    pub(crate) hosts: Vec<Host>,
    pub(crate) user: String,
    pub(crate) password: Option<Password>,
    pub(crate) database: String,
    pub(crate) ssl_mode: Option<SslMode>,
    pub(crate) ssl_negotiation: SslNegotiation,
    pub(crate) tls_versions: TlsVersions,
    pub(crate) server_name_indication: bool,
    pub(crate) root_certificate: Option<RootCertificate>,
    pub(crate) client_certificate: Option<PathBuf>,
    pub(crate) client_key: Option<PathBuf>,
    pub(crate) client_certificate_mode: ClientCertificateMode,
    pub(crate) channel_binding: ChannelBinding,
    pub(crate) required_authentication: Option<RequiredAuthentication>,
    pub(crate) connect_timeout: Option<Duration>,
    pub(crate) application_name: Option<String>,
    pub(crate) fallback_application_name: Option<String>,
    pub(crate) options: Option<String>,
    pub(crate) target_session: TargetSession,
    pub(crate) keepalives: Keepalives,
    pub(crate) ignored: Vec<IgnoredKey>,
    pub(crate) neon_suffixes: Vec<String>,
}

impl Settings {
    /// Reads a connection string.
    ///
    /// # Errors
    ///
    /// [`SettingsError`] says what is wrong and, by [`SettingsError::hint`], what to write instead. No text of it
    /// holds the password or a part of it.
    pub fn parse(text: &str) -> Result<Self, SettingsError> {
        Self::parse_with(text, &Defaults::default())
    }

    /// Reads a connection string, and takes what it leaves out from `defaults`.
    ///
    /// # Errors
    ///
    /// The same as [`Settings::parse`].
    pub fn parse_with(text: &str, defaults: &Defaults) -> Result<Self, SettingsError> {
        read::read(text, defaults)
    }

    /// The settings for a server's unix socket: the folder that holds it, and the port its name ends in.
    pub fn for_socket(
        directory: &Path,
        port: u16,
        user: impl Into<String>,
        database: impl Into<String>,
    ) -> Self {
        Self::for_one(
            Host::socket(directory.to_owned(), port),
            user.into(),
            database.into(),
        )
    }

    /// The settings for a server on the network. `host` is a name or an IP address.
    pub fn for_host(
        host: impl Into<String>,
        port: u16,
        user: impl Into<String>,
        database: impl Into<String>,
    ) -> Self {
        Self::for_one(Host::name(host.into(), port), user.into(), database.into())
    }

    fn for_one(host: Host, user: String, database: String) -> Self {
        Self {
            hosts: vec![host],
            user,
            password: None,
            database,
            ssl_mode: None,
            ssl_negotiation: SslNegotiation::Postgres,
            tls_versions: TlsVersions::default(),
            server_name_indication: true,
            root_certificate: None,
            client_certificate: None,
            client_key: None,
            client_certificate_mode: ClientCertificateMode::Allow,
            channel_binding: ChannelBinding::Prefer,
            required_authentication: None,
            connect_timeout: None,
            application_name: None,
            fallback_application_name: None,
            options: None,
            target_session: TargetSession::Any,
            keepalives: Keepalives::default(),
            ignored: Vec::new(),
            neon_suffixes: Vec::new(),
        }
    }

    /// The hosts in the order in which they are tried; never empty.
    pub fn hosts(&self) -> &[Host] {
        &self.hosts
    }

    /// The first host's name or address, or the folder of its unix socket.
    pub fn host(&self) -> Cow<'_, str> {
        self.hosts.first().map_or(Cow::Borrowed(""), Host::text)
    }

    /// The first host's port.
    pub fn port(&self) -> u16 {
        self.hosts.first().map_or(DEFAULT_PORT, Host::port)
    }

    /// The role to log in as.
    pub fn user(&self) -> &str {
        &self.user
    }

    /// The database to connect to.
    pub fn database(&self) -> &str {
        &self.database
    }

    /// The password, if there is one; of several hosts with passwords of their own, the first one's.
    pub fn password(&self) -> Option<&Password> {
        self.password.as_ref().or_else(|| self.hosts.first()?.password())
    }

    /// The password for one of the hosts.
    pub(crate) fn password_for<'a>(&'a self, host: &'a Host) -> Option<&'a Password> {
        self.password.as_ref().or_else(|| host.password())
    }

    /// Whether the first host is a unix socket. TLS is never used there, whatever `sslmode` says, as in libpq.
    pub fn is_unix_socket(&self) -> bool {
        self.hosts.first().is_some_and(Host::is_socket)
    }

    /// Whether the first host is this machine: a unix socket, or an address or name of the loopback.
    pub fn is_local(&self) -> bool {
        self.hosts.first().is_some_and(Host::is_local)
    }

    /// The `sslmode` in force: what the string says, else `verify-full` for a Neon host or with
    /// `sslrootcert=system`, else `prefer`.
    pub fn ssl_mode(&self) -> SslMode {
        match self.ssl_mode {
            Some(mode) => mode,
            None if self.is_neon() || self.root_certificate == Some(RootCertificate::System) => {
                SslMode::VerifyFull
            }
            None => SslMode::Prefer,
        }
    }

    /// The roots that the string names by `sslrootcert`.
    pub fn root_certificate(&self) -> Option<&RootCertificate> {
        self.root_certificate.as_ref()
    }

    /// The `channel_binding` in force; `prefer` unless the string says another.
    pub fn channel_binding(&self) -> ChannelBinding {
        self.channel_binding
    }

    /// The ways of authentication that `require_auth` accepts; `None` where it says nothing.
    pub fn required_authentication(&self) -> Option<&RequiredAuthentication> {
        self.required_authentication.as_ref()
    }

    /// `connect_timeout` of the string; zero means no limit. `None` where it says nothing.
    pub fn connect_timeout(&self) -> Option<Duration> {
        self.connect_timeout
    }

    /// `application_name` of the string.
    pub fn application_name(&self) -> Option<&str> {
        self.application_name.as_deref()
    }

    /// What kind of server `target_session_attrs` asks for.
    pub fn target_session(&self) -> TargetSession {
        self.target_session
    }

    /// Keys of the string that are understood but change nothing here, with the reason, for telling the user.
    pub fn ignored(&self) -> &[IgnoredKey] {
        &self.ignored
    }

    /// The same settings with one host, as one of a list ([`Session::host`](crate::Session::host)).
    #[must_use]
    pub fn with_host(&self, host: &Host) -> Self {
        Self {
            hosts: vec![host.clone()],
            ..self.clone()
        }
    }

    /// The same settings for another database of the server.
    #[must_use]
    pub fn with_database(&self, database: impl Into<String>) -> Self {
        Self {
            database: database.into(),
            ..self.clone()
        }
    }

    /// The same settings for another role. The password goes, since it belongs to the role.
    #[must_use]
    pub fn with_user(&self, user: impl Into<String>) -> Self {
        Self {
            user: user.into(),
            ..self.with_password(None)
        }
    }

    /// The same settings with another password, or none.
    #[must_use]
    pub fn with_password(&self, password: Option<Password>) -> Self {
        let hosts = self.hosts.iter().map(|host| host.with_password(None)).collect();
        Self {
            password,
            hosts,
            ..self.clone()
        }
    }

    /// The same settings with another `sslmode`.
    #[must_use]
    pub fn with_ssl_mode(&self, mode: SslMode) -> Self {
        Self {
            ssl_mode: Some(mode),
            ..self.clone()
        }
    }

    /// The same settings with another `channel_binding`.
    #[must_use]
    pub fn with_channel_binding(&self, channel_binding: ChannelBinding) -> Self {
        Self {
            channel_binding,
            ..self.clone()
        }
    }

    /// The same settings with another `sslrootcert`, or none.
    #[must_use]
    pub fn with_root_certificate(&self, root_certificate: Option<RootCertificate>) -> Self {
        Self {
            root_certificate,
            ..self.clone()
        }
    }
}

impl Serialize for Settings {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
