//! How a server lets a session in, and which ways of that are accepted (`require_auth`).

mod required;
mod watch;

use serde::Serialize;

pub use required::RequiredAuthentication;
pub(crate) use watch::{NotAllowed, Seen, Watch};

/// A way to prove who one is, as `require_auth` names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum AuthenticationMethod {
    /// The server asks for no proof; a client's certificate, asked for in the TLS handshake, counts as none too.
    None,
    /// The password itself.
    Password,
    /// The password's MD5 hash.
    Md5,
    /// GSSAPI (Kerberos).
    Gss,
    /// Windows' SSPI.
    Sspi,
    /// SCRAM-SHA-256, bound to TLS or not.
    #[serde(rename = "scram-sha-256")]
    ScramSha256,
    /// A token of OAuth.
    Oauth,
}

impl AuthenticationMethod {
    pub(crate) const ALL: [Self; 7] = [
        Self::None,
        Self::Password,
        Self::Md5,
        Self::Gss,
        Self::Sspi,
        Self::ScramSha256,
        Self::Oauth,
    ];

    /// The name in `require_auth`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Password => "password",
            Self::Md5 => "md5",
            Self::Gss => "gss",
            Self::Sspi => "sspi",
            Self::ScramSha256 => "scram-sha-256",
            Self::Oauth => "oauth",
        }
    }

    /// Whether it is spoken here.
    pub(crate) fn is_supported(self) -> bool {
        match self {
            Self::None | Self::Password | Self::Md5 | Self::ScramSha256 => true,
            Self::Gss | Self::Sspi | Self::Oauth => false,
        }
    }

    /// What a server does that wants it, as the end of a sentence.
    pub(crate) fn asked(self) -> &'static str {
        match self {
            Self::None => "lets the user in without a password",
            Self::Password => "asks for the password itself",
            Self::Md5 => "asks for the password by MD5",
            Self::Gss => "asks for GSSAPI",
            Self::Sspi => "asks for SSPI",
            Self::ScramSha256 => "asks for the password by SCRAM",
            Self::Oauth => "asks for a token of OAuth",
        }
    }
}

/// How a session was let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Authentication {
    /// What the server asked for.
    pub method: AuthenticationMethod,
    /// Whether the password's proof was bound to the TLS connection (SCRAM-SHA-256-PLUS): then nobody sits in between.
    pub bound: bool,
}
