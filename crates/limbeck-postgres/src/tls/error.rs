//! Why TLS could not be established.

use std::path::PathBuf;

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
            Self::Handshake { .. } => "the server must speak TLS 1.2 or 1.3".to_owned(),
        })
    }
}
