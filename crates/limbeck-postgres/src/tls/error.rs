//! Why TLS could not be established.

use std::io;
use std::path::PathBuf;

use rustls::{CertificateError, Error as RustlsError};

/// Why TLS could not be established.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TlsError {
    /// The server speaks no TLS.
    #[error("the server offers no TLS")]
    NotOffered,
    /// What answered does not speak PostgreSQL's protocol.
    #[error("what answers there does not speak PostgreSQL's protocol")]
    NotPostgres,
    /// The server sent an error before TLS.
    #[error("the server sent an error before TLS was established")]
    RefusedBefore,
    /// A file of certificates or keys cannot be used.
    #[error("cannot use `{}` as {key}: {reason}", .path.display())]
    File {
        /// The key of the connection string that names the file.
        key: &'static str,
        /// The file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// The operating system has no root certificates.
    #[error("no root certificates were found on this system")]
    NoSystemRoots,
    /// `sslcertmode=require`, but the server asked for no certificate.
    #[error("`sslcertmode=require` cannot be kept: the server did not ask for a certificate")]
    CertificateNotAsked,
    /// The host is neither a name nor an address that a certificate could bear.
    #[error("`{host}` is no name that a certificate could bear")]
    NotAName {
        /// The host.
        host: String,
    },
    /// The certificate does not prove that this is the host.
    #[error("the server's certificate was not accepted: {reason}")]
    Certificate {
        /// Why.
        reason: String,
    },
    /// The handshake failed for another reason.
    #[error("the TLS handshake failed: {reason}")]
    Handshake {
        /// Why.
        reason: String,
    },
}

impl TlsError {
    /// What rustls says of a handshake with `host`.
    pub(crate) fn from_io(error: &io::Error, host: &str) -> Self {
        match rustls_error(error) {
            Some(RustlsError::InvalidCertificate(error)) => Self::Certificate {
                reason: certificate(error, host),
            },
            Some(error) => Self::Handshake {
                reason: error.to_string(),
            },
            None => Self::Handshake {
                reason: error.to_string(),
            },
        }
    }

    /// Whether it came out of the handshake itself, so that a connection in clear may still succeed.
    pub(crate) fn is_of_the_handshake(&self) -> bool {
        matches!(
            self,
            Self::Handshake { .. } | Self::Certificate { .. } | Self::RefusedBefore
        )
    }

    /// What to do next.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::NotOffered => {
                "turn TLS on in the server (`ssl = on`), or, where the way to it is safe, write \
                                 sslmode=prefer"
                    .to_owned()
            }
            Self::NotPostgres => "check host and port".to_owned(),
            Self::RefusedBefore => "look into the server's log; it may have no connection left".to_owned(),
            Self::CertificateNotAsked => {
                "set `ssl_ca_file` in the server, so that it asks, or leave out sslcertmode".to_owned()
            }
            Self::File { .. } => return None,
            Self::NoSystemRoots => "install the operating system's certificates (often the package \
                                    `ca-certificates`), or name a file by sslrootcert"
                .to_owned(),
            Self::NotAName { .. } => "check the host in the connection string".to_owned(),
            Self::Certificate { .. } => {
                "check the host's name and name the root that signed the certificate by \
                                         sslrootcert; sslmode=require encrypts without checking"
                    .to_owned()
            }
            Self::Handshake { .. } => {
                "the server must speak TLS 1.2 or 1.3, with a key of RSA, ECDSA on P-256 or P-384, \
                                       or Ed25519"
                    .to_owned()
            }
        })
    }
}

/// Whether an error of a stream comes from TLS, not from the socket below it.
pub(crate) fn is_tls_error(error: &io::Error) -> bool {
    rustls_error(error).is_some()
}

fn rustls_error(error: &io::Error) -> Option<&RustlsError> {
    error.get_ref()?.downcast_ref()
}

/// What is wrong with a certificate, in the words of people who make certificates.
fn certificate(error: &CertificateError, host: &str) -> String {
    match error {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => "it has expired".to_owned(),
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "it is not valid yet".to_owned()
        }
        CertificateError::UnknownIssuer => "no trusted root stands behind it".to_owned(),
        CertificateError::BadSignature => "its signature is wrong".to_owned(),
        CertificateError::NotValidForNameContext { presented, .. } if !presented.is_empty() => {
            let names = presented
                .iter()
                .map(|name| shown_name(name))
                .collect::<Vec<_>>()
                .join(", ");
            format!("it is not made out to `{host}`, but to {names}")
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            format!(
                "it is not made out to `{host}`; only subject alternative names count, not the common name"
            )
        }
        CertificateError::Other(other) => match other.to_string().as_str() {
            "UnsupportedCertVersion" => {
                "it is of X.509 version 1, which cannot be verified; make one of version 3".to_owned()
            }
            "CaUsedAsEndEntity" => {
                "it is a certificate authority's own; name it by sslrootcert to trust it".to_owned()
            }
            other => other.to_owned(),
        },
        other => other.to_string(),
    }
}

/// rustls shows names as `DnsName("example.com")`.
fn shown_name(name: &str) -> String {
    let name = name
        .split_once('(')
        .map_or(name, |(_, inner)| inner.trim_end_matches(')'));
    format!("`{}`", name.trim_matches('"'))
}
