//! Keys that exclude each other, or that need each other.

use super::Settings;
use super::error::SettingsError;
use super::values::{ChannelBinding, ClientCertificateMode, RootCertificate, SslMode, SslNegotiation};

pub(super) fn find(settings: &Settings) -> Result<(), SettingsError> {
    let mode = settings.ssl_mode();
    let refuse = |reason: String| Err(SettingsError::Contradiction { reason });
    if settings.root_certificate == Some(RootCertificate::System) && mode != SslMode::VerifyFull {
        return refuse(format!(
            "`sslmode={mode}` is too weak for `sslrootcert=system`: write `sslmode=verify-full`"
        ));
    }
    if mode == SslMode::VerifyCa && settings.root_certificate.is_none() {
        return refuse(
            "`sslmode=verify-ca` needs `sslrootcert`: name the file of the roots, or write `sslmode=verify-full`"
                .to_owned(),
        );
    }
    if settings.ssl_negotiation == SslNegotiation::Direct && mode < SslMode::Require {
        return refuse(format!(
            "`sslmode={mode}` is too weak for `sslnegotiation=direct`: write `sslmode=require` or more"
        ));
    }
    if settings.tls_versions.oldest > settings.tls_versions.newest {
        return refuse("`ssl_min_protocol_version` is higher than `ssl_max_protocol_version`".to_owned());
    }
    if settings.client_certificate.is_some() != settings.client_key.is_some() {
        return refuse("`sslcert` and `sslkey` are needed together".to_owned());
    }
    if settings.client_certificate_mode == ClientCertificateMode::Require {
        if settings.client_certificate.is_none() {
            return refuse("`sslcertmode=require` needs `sslcert` and `sslkey`".to_owned());
        }
        if mode == SslMode::Disable {
            return refuse(
                "`sslcertmode=require` needs TLS, which `sslmode=disable` forbids: write `sslmode=require`"
                    .to_owned(),
            );
        }
    }
    let bound = settings.channel_binding == ChannelBinding::Require;
    if bound && mode == SslMode::Disable && !settings.is_unix_socket() {
        return refuse(
            "`channel_binding=require` needs TLS, which `sslmode=disable` forbids: write `sslmode=require`"
                .to_owned(),
        );
    }
    Ok(())
}
