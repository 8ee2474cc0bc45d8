//! The client's certificate and key (`sslcert`, `sslkey`), and whether the server asked for them (`sslcertmode`).

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rustls::SignatureScheme;
use rustls::client::ResolvesClientCert;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::sign::CertifiedKey;

use super::error::TlsError;
use super::handshake::{file_error, read_certificates};
use super::wire::ClientCertificateUse;
use crate::settings::{ClientCertificateMode, Settings};

/// Answers a server that asks for a certificate, and remembers that it did.
#[derive(Debug)]
pub(super) struct ClientCertificate {
    certified: Option<Arc<CertifiedKey>>,
    asked: AtomicBool,
}

impl ClientCertificate {
    /// Reads what the settings name.
    pub(super) fn read(settings: &Settings, provider: &CryptoProvider) -> Result<Self, TlsError> {
        let certified = match (&settings.client_certificate, &settings.client_key) {
            _ if settings.client_certificate_mode == ClientCertificateMode::Disable => None,
            (Some(certificate), Some(key)) => {
                let chain = read_certificates("sslcert", certificate)?;
                let certified = CertifiedKey::from_der(chain, read_key(key)?, provider)
                    .map_err(|error| file_error("sslkey", key, reason(&error)))?;
                Some(Arc::new(certified))
            }
            _ => None,
        };
        Ok(Self {
            certified,
            asked: AtomicBool::new(false),
        })
    }

    /// Whether the server asked for a certificate.
    pub(super) fn was_asked_for(&self) -> bool {
        self.asked.load(Ordering::Relaxed)
    }

    /// What became of the certificate, once the handshake is over.
    pub(super) fn became(&self) -> ClientCertificateUse {
        match (self.was_asked_for(), &self.certified) {
            (false, _) => ClientCertificateUse::NotAsked,
            (true, None) => ClientCertificateUse::NotSent,
            (true, Some(_)) => ClientCertificateUse::Sent,
        }
    }
}

impl ResolvesClientCert for ClientCertificate {
    fn resolve(
        &self,
        _root_hint_subjects: &[&[u8]],
        _schemes: &[SignatureScheme],
    ) -> Option<Arc<CertifiedKey>> {
        self.asked.store(true, Ordering::Relaxed);
        self.certified.clone()
    }

    fn has_certs(&self) -> bool {
        self.certified.is_some()
    }
}

/// Reads a key that nobody else can read, as libpq wants it.
fn read_key(file: &Path) -> Result<PrivateKeyDer<'static>, TlsError> {
    let error = |reason: String| file_error("sslkey", file, reason);
    let metadata = fs::metadata(file).map_err(|cause| error(cause.to_string()))?;
    if is_open_to_others(&metadata) {
        let reason = "others may read it; make it yours alone by `chmod 600`";
        return Err(error(reason.to_owned()));
    }
    let text = fs::read(file).map_err(|cause| error(cause.to_string()))?;
    PrivateKeyDer::from_pem_slice(&text).map_err(|cause| {
        let is_encrypted = is_encrypted(&String::from_utf8_lossy(&text));
        let command = format!("openssl pkey -in {} -out NEW_FILE", file.display());
        error(if is_encrypted {
            format!("it is encrypted, and encrypted keys cannot be read; decrypt it with `{command}`")
        } else if text.contains(&0) {
            format!("it is no PEM file; make one with `{command}`")
        } else {
            match cause {
                rustls::pki_types::pem::Error::NoItemsFound => "there is no key in it".to_owned(),
                other => other.to_string(),
            }
        })
    })
}

/// PKCS #8 says so in its label, OpenSSL's older form in a header (RFC 1421).
fn is_encrypted(text: &str) -> bool {
    text.contains("-----BEGIN ENCRYPTED PRIVATE KEY-----") || text.contains("Proc-Type: 4,ENCRYPTED")
}

/// Root's own keys may be read by their group, so that a service can use them.
#[cfg(unix)]
fn is_open_to_others(metadata: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let forbidden = if metadata.uid() == 0 { 0o037 } else { 0o077 };
    metadata.mode() & forbidden != 0
}

#[cfg(not(unix))]
fn is_open_to_others(_: &fs::Metadata) -> bool {
    false
}

fn reason(error: &rustls::Error) -> String {
    match error {
        rustls::Error::InconsistentKeys(_) => "it is not the key of the certificate in sslcert".to_owned(),
        other => other.to_string(),
    }
}
