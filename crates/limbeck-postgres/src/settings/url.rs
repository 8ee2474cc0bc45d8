//! Settings written as a URL again, with the password masked or, where a program needs it, not.

use std::fmt;
use std::time::Duration;

use super::percent::encode;
use super::values::{
    ChannelBinding, ClientCertificateMode, Keepalives, RootCertificate, SslNegotiation, TargetSession,
    TlsVersions,
};
use super::{DEFAULT_PORT, Host, Settings};
use crate::password::MASK;

impl Settings {
    /// The URL with its password masked, and `options` where it sets what may be a secret of its own.
    pub fn to_url_redacted(&self) -> String {
        let masked = || MASK.to_owned();
        let has_secret = self.options.as_deref().is_some_and(may_hold_secret);
        let shown = Self {
            options: if has_secret {
                Some(masked())
            } else {
                self.options.clone()
            },
            ..self.clone()
        };
        shown.to_url(self.password().map(|_| masked()))
    }

    /// The URL with its password, only for handing to a program the user starts, such as `psql`.
    pub fn to_url_with_password(&self) -> String {
        self.to_url(self.password().map(|password| encode(password.expose(), "")))
    }

    fn to_url(&self, password: Option<String>) -> String {
        let mut url = format!("postgresql://{}", encode(&self.user, ""));
        if let Some(password) = password {
            url.push(':');
            url.push_str(&password);
        }
        url.push('@');
        // One socket is legible as a parameter; a list can only stand in front.
        let socket = match self.hosts.as_slice() {
            [host] => host
                .socket_directory()
                .map(|directory| directory.to_string_lossy().into_owned()),
            _ => None,
        };
        if socket.is_none() {
            url.push_str(&self.hosts.iter().map(authority).collect::<Vec<_>>().join(","));
        }
        url.push('/');
        url.push_str(&encode(&self.database, ""));

        let mut separator = '?';
        let socket_port = socket
            .as_ref()
            .map(|_| self.port())
            .filter(|port| *port != DEFAULT_PORT);
        let first = [
            ("host", socket),
            ("port", socket_port.map(|port| port.to_string())),
        ];
        for (key, value) in first.into_iter().chain(self.parameters()) {
            if let Some(value) = value {
                url.push(separator);
                url.push_str(key);
                url.push('=');
                url.push_str(&encode(&value, "/:,*"));
                separator = '&';
            }
        }
        url
    }

    /// The keys that differ from their default.
    fn parameters(&self) -> Vec<(&'static str, Option<String>)> {
        let path =
            |path: &Option<std::path::PathBuf>| path.as_ref().map(|path| path.to_string_lossy().into_owned());
        let text = |text: &str| Some(text.to_owned());
        let Keepalives {
            enabled,
            idle,
            interval,
            count,
            user_timeout,
        } = &self.keepalives;
        let kept = Keepalives::default();
        // Zero is the operating system's value.
        let seconds = |duration: Option<Duration>| duration.unwrap_or_default().as_secs();
        let TlsVersions { oldest, newest } = self.tls_versions;
        let allowed = TlsVersions::default();
        let addresses: Vec<_> = self.hosts.iter().map(Host::explicit_address).collect();
        let addresses = addresses.iter().any(Option::is_some).then(|| {
            let texts = addresses
                .iter()
                .map(|address| address.map(|it| it.to_string()).unwrap_or_default());
            texts.collect::<Vec<_>>().join(",")
        });
        vec![
            ("hostaddr", addresses),
            ("sslmode", self.ssl_mode.and_then(|mode| text(mode.as_str()))),
            (
                "sslnegotiation",
                (self.ssl_negotiation == SslNegotiation::Direct).then(|| "direct".to_owned()),
            ),
            ("sslsni", (!self.server_name_indication).then(|| "0".to_owned())),
            (
                "sslrootcert",
                self.root_certificate.as_ref().map(|root| match root {
                    RootCertificate::System => "system".to_owned(),
                    RootCertificate::File(file) => file.to_string_lossy().into_owned(),
                }),
            ),
            ("sslcert", path(&self.client_certificate)),
            ("sslkey", path(&self.client_key)),
            (
                "sslcertmode",
                (self.client_certificate_mode != ClientCertificateMode::Allow)
                    .then(|| self.client_certificate_mode.as_str().to_owned()),
            ),
            (
                "ssl_min_protocol_version",
                (oldest != allowed.oldest).then(|| oldest.as_str().to_owned()),
            ),
            (
                "ssl_max_protocol_version",
                (newest != allowed.newest).then(|| newest.as_str().to_owned()),
            ),
            (
                "channel_binding",
                (self.channel_binding != ChannelBinding::Prefer)
                    .then(|| self.channel_binding.as_str().to_owned()),
            ),
            (
                "require_auth",
                self.required_authentication
                    .as_ref()
                    .and_then(|required| text(required.as_str())),
            ),
            (
                "connect_timeout",
                self.connect_timeout.map(|timeout| timeout.as_secs().to_string()),
            ),
            ("application_name", self.application_name.clone()),
            (
                "fallback_application_name",
                self.fallback_application_name.clone(),
            ),
            ("options", self.options.clone()),
            (
                "target_session_attrs",
                (self.target_session != TargetSession::Any).then(|| self.target_session.as_str().to_owned()),
            ),
            ("keepalives", (!enabled).then(|| "0".to_owned())),
            (
                "keepalives_idle",
                (*idle != kept.idle).then(|| seconds(*idle).to_string()),
            ),
            (
                "keepalives_interval",
                (*interval != kept.interval).then(|| seconds(*interval).to_string()),
            ),
            (
                "keepalives_count",
                (*count != kept.count).then(|| count.unwrap_or_default().to_string()),
            ),
            (
                "tcp_user_timeout",
                user_timeout.map(|timeout| timeout.as_millis().to_string()),
            ),
        ]
    }
}

/// Whether `options` may hold a secret, by the name of a setting: `-c app.jwt_secret=…`.
fn may_hold_secret(options: &str) -> bool {
    let words = ["pass", "secret", "token", "key", "jwt"];
    let options = options.to_ascii_lowercase();
    words.iter().any(|word| options.contains(word))
}

/// A host as it stands before the path; the default port is left out.
fn authority(host: &Host) -> String {
    let text = host.text();
    let text = if text.contains(':') {
        format!("[{}]", encode(&text, ":"))
    } else {
        encode(&text, "")
    };
    if host.port() == DEFAULT_PORT {
        text
    } else {
        format!("{text}:{}", host.port())
    }
}

impl fmt::Display for Settings {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.to_url_redacted())
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Settings({self})")
    }
}
