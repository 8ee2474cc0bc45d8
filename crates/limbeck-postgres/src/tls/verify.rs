//! Whom to trust: rustls's verifiers for the six `sslmode`s.

use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{WebPkiServerVerifier, verify_server_name};
use rustls::crypto::{
    CryptoProvider, WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature,
    verify_tls13_signature_with_raw_key,
};
use rustls::pki_types::{CertificateDer, ServerName, SubjectPublicKeyInfoDer, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};

use super::certificate::Certificate;
use super::error::TlsError;

/// What a verifier asks of a certificate.
#[derive(Debug)]
enum Check {
    /// Nothing.
    None,
    /// That a root stands behind it; with `name`, that it bears the host's name too.
    Root {
        by: Arc<WebPkiServerVerifier>,
        pinned: Vec<CertificateDer<'static>>,
        name: bool,
    },
}

/// Checks certificates as `sslmode` says, and in every mode that the server holds the certificate's key.
#[derive(Debug)]
pub(super) struct Verifier {
    check: Check,
    algorithms: WebPkiSupportedAlgorithms,
}

impl Verifier {
    /// Trusts any certificate.
    pub(super) fn trusting(provider: &CryptoProvider) -> Self {
        Self {
            check: Check::None,
            algorithms: provider.signature_verification_algorithms,
        }
    }

    /// Trusts what a root stands behind. A certificate that is itself among `roots` is trusted as it is, as OpenSSL
    /// does it with self-signed ones.
    pub(super) fn of_roots(
        provider: &Arc<CryptoProvider>,
        roots: Vec<CertificateDer<'static>>,
        name: bool,
    ) -> Result<Self, TlsError> {
        let mut store = RootCertStore::empty();
        store.add_parsable_certificates(roots.iter().cloned());
        let by = WebPkiServerVerifier::builder_with_provider(Arc::new(store), Arc::clone(provider))
            .build()
            .map_err(|error| TlsError::Handshake {
                reason: error.to_string(),
            })?;
        Ok(Self {
            check: Check::Root {
                by,
                pinned: roots,
                name,
            },
            algorithms: provider.signature_verification_algorithms,
        })
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let Check::Root { by, pinned, name } = &self.check else {
            return Ok(ServerCertVerified::assertion());
        };
        match by.verify_server_cert(certificate, intermediates, server, ocsp, now) {
            Err(Error::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            )) if !name => Ok(ServerCertVerified::assertion()),
            Err(_) if pinned.contains(certificate) => {
                verify_pinned(certificate, name.then_some(server), now)?;
                Ok(ServerCertVerified::assertion())
            }
            result => result,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signature, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        // A version 1 certificate is refused by rustls before its key is looked at. OpenSSL up to 3.1 makes such
        // certificates by the very commands that PostgreSQL's documentation gives.
        match verify_tls13_signature(message, certificate, signature, &self.algorithms) {
            Err(Error::InvalidCertificate(error)) if error != CertificateError::BadSignature => {
                let key = Certificate::read(certificate)
                    .map(|certificate| SubjectPublicKeyInfoDer::from(certificate.public_key))
                    .ok_or(Error::InvalidCertificate(error))?;
                verify_tls13_signature_with_raw_key(message, &key, signature, &self.algorithms)
            }
            result => result,
        }
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

/// What is left to check of a certificate that is trusted itself: its time, and its name.
fn verify_pinned(
    certificate: &CertificateDer<'_>,
    server: Option<&ServerName<'_>>,
    now: UnixTime,
) -> Result<(), Error> {
    let valid = Certificate::read(certificate).and_then(|certificate| certificate.is_valid_at(now.as_secs()));
    match valid {
        Some(true) => {}
        Some(false) => return Err(CertificateError::Expired.into()),
        None => return Err(CertificateError::BadEncoding.into()),
    }
    match server {
        Some(server) => verify_server_name(&ParsedCertificate::try_from(certificate)?, server),
        None => Ok(()),
    }
}
