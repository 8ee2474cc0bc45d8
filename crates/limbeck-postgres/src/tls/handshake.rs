//! The handshake: what is offered, who is trusted, and what is learnt.
//!
//! Nothing of this is built before a server has agreed to TLS, and the system's roots are read only where they are
//! needed.

use std::path::Path;
use std::sync::Arc;

use rustls::client::Resumption;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::version::{TLS12, TLS13};
use rustls::{ClientConfig, ClientConnection, NamedGroup, SupportedProtocolVersion};
use tokio_rustls::TlsConnector;

use super::binding::server_end_point;
use super::client_certificate::ClientCertificate;
use super::error::TlsError;
use super::verify::Verifier;
use super::wire::{Duplex, Secured, ServerIdentity, TlsInfo, Wire};
use crate::settings::{
    ClientCertificateMode, Host, RootCertificate, Settings, SslMode, SslNegotiation, TlsVersion, TlsVersions,
};

/// The protocol's name in the handshake (ALPN); without it, PostgreSQL 17 refuses TLS that it was not asked for.
const PROTOCOL: &[u8] = b"postgresql";

/// Establishes TLS over a connected stream.
pub(crate) async fn handshake(
    stream: Box<dyn Duplex>,
    settings: &Settings,
    host: &Host,
) -> Result<Wire, TlsError> {
    let identity = identity(settings);
    let provider = Arc::new(provider());
    let own = Arc::new(ClientCertificate::read(settings, &provider)?);
    let config = config(settings, identity, provider, Arc::clone(&own))?;
    let stream = TlsConnector::from(Arc::new(config))
        .connect(server_name(host)?, stream)
        .await
        .map_err(|error| TlsError::from_io(&error, &host.text()))?;
    let (_, connection) = stream.get_ref();
    if settings.ssl_negotiation == SslNegotiation::Direct && connection.alpn_protocol() != Some(PROTOCOL) {
        return Err(TlsError::NotPostgres);
    }
    if settings.client_certificate_mode == ClientCertificateMode::Require && !own.was_asked_for() {
        return Err(TlsError::CertificateNotAsked);
    }
    let secured = secured(connection, identity, &own);
    Ok(Wire::secured(Box::new(stream), secured))
}

/// The cryptography of `ring`, with the key of the curve that every server takes sent first: PostgreSQL before 18 takes
/// P-256 alone, unless it is told otherwise (`ssl_ecdh_curve`), and would ask for it once more.
fn provider() -> CryptoProvider {
    let mut provider = ring::default_provider();
    let first = NamedGroup::secp256r1;
    provider.kx_groups.sort_by_key(|group| group.name() != first);
    provider
}

/// What `sslmode` and `sslrootcert` together ask of the certificate. With a root given, every mode checks it, as
/// libpq does.
fn identity(settings: &Settings) -> ServerIdentity {
    match settings.ssl_mode() {
        SslMode::VerifyFull => ServerIdentity::RootAndName,
        SslMode::VerifyCa => ServerIdentity::Root,
        _ if settings.root_certificate.is_some() => ServerIdentity::Root,
        _ => ServerIdentity::Unchecked,
    }
}

fn config(
    settings: &Settings,
    identity: ServerIdentity,
    provider: Arc<CryptoProvider>,
    own: Arc<ClientCertificate>,
) -> Result<ClientConfig, TlsError> {
    let verifier = verifier(settings, identity, &provider)?;
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&versions(settings.tls_versions))
        .map_err(|error| TlsError::Handshake {
            reason: error.to_string(),
        })?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_client_cert_resolver(own);
    config.alpn_protocols = vec![PROTOCOL.to_vec()];
    config.enable_sni = settings.server_name_indication;
    config.resumption = Resumption::disabled();
    Ok(config)
}

fn versions(allowed: TlsVersions) -> Vec<&'static SupportedProtocolVersion> {
    [(TlsVersion::Tls12, &TLS12), (TlsVersion::Tls13, &TLS13)]
        .into_iter()
        .filter(|(version, _)| (allowed.oldest..=allowed.newest).contains(version))
        .map(|(_, version)| version)
        .collect()
}

fn verifier(
    settings: &Settings,
    identity: ServerIdentity,
    provider: &Arc<CryptoProvider>,
) -> Result<Verifier, TlsError> {
    if identity == ServerIdentity::Unchecked {
        return Ok(Verifier::trusting(provider));
    }
    let roots = match &settings.root_certificate {
        Some(RootCertificate::File(file)) => read_certificates("sslrootcert", file)?,
        Some(RootCertificate::System) | None => {
            let found = rustls_native_certs::load_native_certs().certs;
            if found.is_empty() {
                return Err(TlsError::NoSystemRoots);
            }
            found
        }
    };
    Verifier::of_roots(provider, roots, identity == ServerIdentity::RootAndName)
}

/// The certificates of a PEM file, of which there must be one.
pub(super) fn read_certificates(
    key: &'static str,
    file: &Path,
) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let certificates = CertificateDer::pem_file_iter(file)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| file_error(key, file, error))?;
    if certificates.is_empty() {
        return Err(file_error(key, file, "there is no certificate in it"));
    }
    Ok(certificates)
}

pub(super) fn file_error(key: &'static str, path: &Path, reason: impl std::fmt::Display) -> TlsError {
    TlsError::File {
        key,
        path: path.to_owned(),
        reason: reason.to_string(),
    }
}

fn server_name(host: &Host) -> Result<ServerName<'static>, TlsError> {
    let text = host.text();
    let name = text.strip_suffix('.').unwrap_or(&text);
    ServerName::try_from(name.to_owned()).map_err(|_| TlsError::NotAName {
        host: text.into_owned(),
    })
}

fn secured(connection: &ClientConnection, identity: ServerIdentity, own: &ClientCertificate) -> Secured {
    let certificate = connection.peer_certificates().and_then(<[_]>::first);
    let binding = certificate.and_then(|certificate| server_end_point(certificate));
    let version = connection.protocol_version().and_then(|version| version.as_str());
    let cipher = connection
        .negotiated_cipher_suite()
        .and_then(|cipher| cipher.suite().as_str());
    Secured {
        info: TlsInfo {
            version: version.unwrap_or_default().replace('_', "."),
            cipher: cipher.unwrap_or_default().replace("TLS13_", "TLS_"),
            identity,
            can_bind: binding.is_some(),
            client_certificate: own.became(),
        },
        binding,
    }
}
