//! The values of single keys: modes, and what a key of the string asks for.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use serde::Serialize;

/// `sslmode`, with libpq's meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SslMode {
    /// Never TLS.
    Disable,
    /// In clear first; with TLS where the server refuses that.
    Allow,
    /// With TLS first; in clear where the server offers none, the handshake fails or the server refuses the session.
    Prefer,
    /// With TLS or not at all. Whose certificate it is stays unchecked, unless `sslrootcert` is given.
    Require,
    /// With TLS and a certificate that a root of `sslrootcert` stands behind, whatever name it bears.
    VerifyCa,
    /// With TLS and a certificate of this very host.
    VerifyFull,
}

impl SslMode {
    pub(crate) const EXPECTED: &'static str =
        "`disable`, `allow`, `prefer`, `require`, `verify-ca` or `verify-full`";

    pub(crate) fn from_text(text: &str) -> Option<Self> {
        Some(match text {
            "disable" => Self::Disable,
            "allow" => Self::Allow,
            "prefer" => Self::Prefer,
            "require" => Self::Require,
            "verify-ca" => Self::VerifyCa,
            "verify-full" => Self::VerifyFull,
            _ => return None,
        })
    }

    /// The value as a connection string writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Disable => "disable",
            Self::Allow => "allow",
            Self::Prefer => "prefer",
            Self::Require => "require",
            Self::VerifyCa => "verify-ca",
            Self::VerifyFull => "verify-full",
        }
    }
}

impl fmt::Display for SslMode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// `sslnegotiation`: how TLS begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SslNegotiation {
    /// The server is asked first, in clear (`SSLRequest`).
    Postgres,
    /// The TLS handshake comes at once; PostgreSQL 17 and later.
    Direct,
}

/// A version of TLS that is spoken here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum TlsVersion {
    Tls12,
    Tls13,
}

impl TlsVersion {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Tls12 => "TLSv1.2",
            Self::Tls13 => "TLSv1.3",
        }
    }
}

/// `ssl_min_protocol_version` and `ssl_max_protocol_version`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TlsVersions {
    pub(crate) oldest: TlsVersion,
    pub(crate) newest: TlsVersion,
}

impl TlsVersions {
    pub(crate) const EXPECTED: &'static str = "`TLSv1`, `TLSv1.1`, `TLSv1.2` or `TLSv1.3`";

    /// A bound as it is written; the inner `None` is a version before 1.2.
    pub(super) fn bound(text: &str) -> Option<Option<TlsVersion>> {
        match text.to_ascii_lowercase().as_str() {
            "tlsv1" | "tlsv1.1" => Some(None),
            "tlsv1.2" => Some(Some(TlsVersion::Tls12)),
            "tlsv1.3" => Some(Some(TlsVersion::Tls13)),
            _ => None,
        }
    }
}

impl Default for TlsVersions {
    fn default() -> Self {
        Self {
            oldest: TlsVersion::Tls12,
            newest: TlsVersion::Tls13,
        }
    }
}

/// `channel_binding`: whether the password proof must be bound to the TLS connection (SCRAM-SHA-256-PLUS), so that
/// nobody can sit in between.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChannelBinding {
    /// Never.
    Disable,
    /// Where server and certificate allow it.
    Prefer,
    /// Or no connection.
    Require,
}

impl ChannelBinding {
    /// The value as a connection string writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Disable => "disable",
            Self::Prefer => "prefer",
            Self::Require => "require",
        }
    }
}

/// `sslrootcert`: whose certificates are trusted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RootCertificate {
    /// `system`: the roots of the operating system; implies `verify-full`.
    System,
    /// The certificates of a PEM file.
    File(PathBuf),
}

/// `sslcertmode`: whether the client's certificate is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientCertificateMode {
    /// Never, even where one is named.
    Disable,
    /// Where the server asks for one, and there is one.
    Allow,
    /// Or no connection.
    Require,
}

impl ClientCertificateMode {
    pub(crate) const EXPECTED: &'static str = "`disable`, `allow` or `require`";

    pub(crate) fn from_text(text: &str) -> Option<Self> {
        Some(match text {
            "disable" => Self::Disable,
            "allow" => Self::Allow,
            "require" => Self::Require,
            _ => return None,
        })
    }

    /// The value as a connection string writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Disable => "disable",
            Self::Allow => "allow",
            Self::Require => "require",
        }
    }
}

/// `target_session_attrs`: what kind of server is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TargetSession {
    /// Any server.
    Any,
    /// One whose sessions may write by default.
    ReadWrite,
    /// One whose sessions may only read by default.
    ReadOnly,
    /// One that is not in recovery.
    Primary,
    /// One that is in recovery.
    Standby,
    /// A standby where there is one, else any.
    PreferStandby,
}

impl TargetSession {
    pub(crate) const EXPECTED: &'static str =
        "`any`, `read-write`, `read-only`, `primary`, `standby` or `prefer-standby`";

    pub(crate) fn from_text(text: &str) -> Option<Self> {
        Some(match text {
            "any" => Self::Any,
            "read-write" => Self::ReadWrite,
            "read-only" => Self::ReadOnly,
            "primary" => Self::Primary,
            "standby" => Self::Standby,
            "prefer-standby" => Self::PreferStandby,
            _ => return None,
        })
    }

    /// The value as a connection string writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::ReadWrite => "read-write",
            Self::ReadOnly => "read-only",
            Self::Primary => "primary",
            Self::Standby => "standby",
            Self::PreferStandby => "prefer-standby",
        }
    }
}

/// `keepalives…` and `tcp_user_timeout`: how a silent TCP connection is kept and found dead. `None`, a zero in the
/// connection string, leaves the operating system's value.
///
/// By default the first message comes after a minute and a dead connection is found a minute later: a statement may
/// run for hours in silence, and what translates addresses on the way forgets a silent connection after minutes, where
/// operating systems first look after two hours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keepalives {
    /// Whether keepalive messages are sent at all (`keepalives`).
    pub enabled: bool,
    /// Silence before the first message (`keepalives_idle`).
    pub idle: Option<Duration>,
    /// Time between messages (`keepalives_interval`).
    pub interval: Option<Duration>,
    /// Unanswered messages after which the connection is dead (`keepalives_count`).
    pub count: Option<u32>,
    /// How long sent data may stay unacknowledged (`tcp_user_timeout`); only on Linux.
    pub user_timeout: Option<Duration>,
}

impl Default for Keepalives {
    fn default() -> Self {
        Self {
            enabled: true,
            idle: Some(Duration::from_secs(60)),
            interval: Some(Duration::from_secs(10)),
            count: Some(6),
            user_timeout: None,
        }
    }
}

/// A key of the string that is understood but changes nothing here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct IgnoredKey {
    /// The key's name.
    pub key: &'static str,
    /// Why it changes nothing, as the end of a sentence.
    pub reason: &'static str,
}

impl fmt::Display for IgnoredKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "`{}` changes nothing: {}", self.key, self.reason)
    }
}
