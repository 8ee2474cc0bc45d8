//! From keys and values to [`Settings`]: every value is understood, or named.

use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::error::SettingsError;
use super::host::Host;
use super::key::{self, Treatment};
use super::read::Value;
use super::values::{
    ChannelBinding, ClientCertificateMode, IgnoredKey, Keepalives, RootCertificate, SslMode, SslNegotiation,
    TargetSession, TlsVersion, TlsVersions,
};
use super::{DEFAULT_PORT, Defaults, Settings, contradiction, password_file};
use crate::authentication::RequiredAuthentication;
use crate::password::{MASK, Password};

pub(super) fn settings(values: &[Value], defaults: &Defaults) -> Result<Settings, SettingsError> {
    let values = Values(values);
    let mut settings = values.settings(defaults)?;
    if let Some(folder) = &defaults.certificates {
        certificates(&mut settings, folder);
    }
    if settings.is_neon() && !settings.server_name_indication {
        settings.server_name_indication = true;
        let reason = "Neon finds the database by the name in the TLS handshake";
        settings.ignored.push(IgnoredKey {
            key: "sslsni",
            reason,
        });
    }
    contradiction::find(&settings)?;
    if settings.password.is_none() {
        let named = values.get("passfile").map(Path::new);
        if let Some(file) = named.or(defaults.password_file.as_deref()) {
            password_file::apply(&mut settings, file)?;
        }
    }
    Ok(settings)
}

/// Takes what is there of the user's own certificates where nothing names another.
fn certificates(settings: &mut Settings, folder: &Path) {
    let there = |name: &str| Some(folder.join(name)).filter(|file| file.is_file());
    // Neon's certificates have the system's roots behind them.
    if settings.root_certificate.is_none() && !(settings.is_neon() && settings.ssl_mode.is_none()) {
        settings.root_certificate = there("root.crt").map(RootCertificate::File);
        if settings.root_certificate.is_some() && there("root.crl").is_some() {
            settings.ignored.push(IgnoredKey {
                key: "sslcrl",
                reason: "the revocation list `root.crl` is there, but revocation lists are not checked",
            });
        }
    }
    if settings.client_certificate.is_none() && settings.client_key.is_none() {
        settings.client_certificate = there("postgresql.crt");
    }
    if settings.client_certificate.is_some() && settings.client_key.is_none() {
        settings.client_key = Some(folder.join("postgresql.key"));
    }
}

/// A value that is refused, unless what follows it in the string has run into it: `port=1password=…`.
fn shown(text: &str) -> String {
    let has_key = text.contains('=') && text.to_ascii_lowercase().contains("passw");
    if text.contains('@') || has_key {
        MASK.to_owned()
    } else {
        text.to_owned()
    }
}

/// Everything that is known, before it is understood.
struct Values<'a>(&'a [Value]);

impl Values<'_> {
    fn value(&self, key: &'static str) -> Option<&Value> {
        debug_assert!(key::find(key).is_some(), "{key}");
        self.0
            .iter()
            .find(|value| value.key == key && !value.text.is_empty())
    }

    fn get(&self, key: &'static str) -> Option<&str> {
        self.value(key).map(|value| value.text.as_str())
    }

    fn owned(&self, key: &'static str) -> Option<String> {
        self.get(key).map(str::to_owned)
    }

    fn one_of<T>(
        &self,
        key: &'static str,
        expected: &'static str,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, SettingsError> {
        let Some(value) = self.value(key) else {
            return Ok(None);
        };
        let wrong = || SettingsError::Value {
            key,
            value: shown(&value.text),
            expected,
        };
        read(&value.text)
            .map(Some)
            .ok_or_else(|| wrong().in_origin(value.origin.as_deref()))
    }

    fn number(&self, key: &'static str) -> Result<Option<i64>, SettingsError> {
        self.one_of(key, "a whole number", |value| value.trim().parse().ok())
    }

    fn switch(&self, key: &'static str) -> Result<Option<bool>, SettingsError> {
        self.one_of(key, "`0` or `1`", |value| match value {
            "0" => Some(false),
            "1" => Some(true),
            _ => None,
        })
    }

    fn settings(&self, defaults: &Defaults) -> Result<Settings, SettingsError> {
        let hosts = self.hosts(defaults)?;
        let user = self
            .owned("user")
            .or_else(|| defaults.user.clone())
            .ok_or(SettingsError::UserMissing)?;
        let database = self
            .owned("dbname")
            .or_else(|| defaults.database.clone())
            .unwrap_or_else(|| user.clone());
        let settings = Settings {
            hosts,
            database,
            user,
            password: self
                .owned("password")
                .map(Password::from)
                .or_else(|| defaults.password.clone()),
            neon_suffixes: defaults.neon_suffixes.clone(),
            ssl_mode: self.one_of("sslmode", SslMode::EXPECTED, SslMode::from_text)?,
            ssl_negotiation: self
                .one_of("sslnegotiation", "`postgres` or `direct`", |value| match value {
                    "postgres" => Some(SslNegotiation::Postgres),
                    "direct" => Some(SslNegotiation::Direct),
                    _ => None,
                })?
                .unwrap_or(SslNegotiation::Postgres),
            tls_versions: self.tls_versions()?,
            server_name_indication: self.switch("sslsni")?.unwrap_or(true),
            root_certificate: self.get("sslrootcert").map(|value| match value {
                "system" => RootCertificate::System,
                file => RootCertificate::File(PathBuf::from(file)),
            }),
            client_certificate: self.get("sslcert").map(PathBuf::from),
            client_key: self.get("sslkey").map(PathBuf::from),
            client_certificate_mode: self
                .one_of(
                    "sslcertmode",
                    ClientCertificateMode::EXPECTED,
                    ClientCertificateMode::from_text,
                )?
                .unwrap_or(ClientCertificateMode::Allow),
            required_authentication: self.required_authentication()?,
            channel_binding: self
                .one_of(
                    "channel_binding",
                    "`disable`, `prefer` or `require`",
                    |value| match value {
                        "disable" => Some(ChannelBinding::Disable),
                        "prefer" => Some(ChannelBinding::Prefer),
                        "require" => Some(ChannelBinding::Require),
                        _ => None,
                    },
                )?
                .unwrap_or(ChannelBinding::Prefer),
            connect_timeout: self.number("connect_timeout")?.map(seconds_or_zero),
            application_name: self.owned("application_name"),
            fallback_application_name: self.owned("fallback_application_name"),
            options: self.owned("options"),
            target_session: self
                .one_of(
                    "target_session_attrs",
                    TargetSession::EXPECTED,
                    TargetSession::from_text,
                )?
                .unwrap_or(TargetSession::Any),
            keepalives: self.keepalives()?,
            ignored: self.ignored()?,
        };
        Ok(settings)
    }

    fn hosts(&self, defaults: &Defaults) -> Result<Vec<Host>, SettingsError> {
        let addresses = self.list("hostaddr");
        let names = match self.list("host") {
            names if names.is_empty() && addresses.is_empty() => {
                defaults.host.iter().map(String::as_str).collect()
            }
            names => names,
        };
        let count = names.len().max(addresses.len());
        if count == 0 || names.iter().any(|name| name.is_empty()) && addresses.is_empty() {
            return Err(SettingsError::HostMissing);
        }
        if !names.is_empty() && !addresses.is_empty() && names.len() != addresses.len() {
            return Err(SettingsError::CountMismatch {
                key: "hostaddr",
                hosts: names.len(),
                count: addresses.len(),
            });
        }
        let ports = self.list("port");
        if ports.len() > 1 && ports.len() != count {
            return Err(SettingsError::CountMismatch {
                key: "port",
                hosts: count,
                count: ports.len(),
            });
        }
        (0..count)
            .map(|index| {
                let address = addresses
                    .get(index)
                    .copied()
                    .filter(|address| !address.is_empty());
                let name = names
                    .get(index)
                    .copied()
                    .filter(|name| !name.is_empty())
                    .or(address);
                let name = name.ok_or(SettingsError::HostMissing)?;
                check_host(name)?;
                let port = match ports
                    .get(index)
                    .or_else(|| ports.first())
                    .copied()
                    .unwrap_or_default()
                {
                    "" => defaults.port.unwrap_or(DEFAULT_PORT),
                    port => (port.trim().parse().ok().filter(|port| *port != 0)).ok_or_else(|| {
                        SettingsError::PortInvalid {
                            host: name.to_owned(),
                        }
                    })?,
                };
                match address {
                    None => Ok(Host::from_text(name, port)),
                    Some(address) => match address.parse::<IpAddr>() {
                        Ok(address) => Ok(Host::addressed(name.to_owned(), address, port)),
                        Err(_) => Err(SettingsError::Value {
                            key: "hostaddr",
                            value: address.to_owned(),
                            expected: "an IP address",
                        }),
                    },
                }
            })
            .collect()
    }

    fn list(&self, key: &'static str) -> Vec<&str> {
        self.get(key)
            .map(|value| value.split(',').collect())
            .unwrap_or_default()
    }

    /// What is older than TLS 1.2 is never spoken, so a lower bound below that is kept anyway.
    fn tls_versions(&self) -> Result<TlsVersions, SettingsError> {
        let read = |key| self.one_of(key, TlsVersions::EXPECTED, TlsVersions::bound);
        let oldest = read("ssl_min_protocol_version")?.flatten();
        let newest = match (
            self.value("ssl_max_protocol_version"),
            read("ssl_max_protocol_version")?,
        ) {
            (Some(value), Some(None)) => {
                let key = format!("{}={}", value.key, value.text);
                let refused = SettingsError::Refused {
                    key,
                    reason: "TLS before 1.2 is not safe",
                };
                return Err(refused.in_origin(value.origin.as_deref()));
            }
            (_, newest) => newest.flatten(),
        };
        Ok(TlsVersions {
            oldest: oldest.unwrap_or(TlsVersion::Tls12),
            newest: newest.unwrap_or(TlsVersion::Tls13),
        })
    }

    fn required_authentication(&self) -> Result<Option<RequiredAuthentication>, SettingsError> {
        let required = self.one_of(
            "require_auth",
            RequiredAuthentication::EXPECTED,
            RequiredAuthentication::from_text,
        )?;
        match (self.value("require_auth"), &required) {
            (Some(value), Some(required)) if !required.can_be_kept() => {
                let refused = SettingsError::Refused {
                    key: format!("require_auth={}", value.text),
                    reason: "none of these ways of authentication is supported",
                };
                Err(refused.in_origin(value.origin.as_deref()))
            }
            _ => Ok(required),
        }
    }

    fn keepalives(&self) -> Result<Keepalives, SettingsError> {
        // Zero means the operating system's value, as in libpq.
        let positive = |number: i64| u64::try_from(number).ok().filter(|number| *number > 0);
        let seconds = |number: Option<i64>, default| {
            number.map_or(default, |number| positive(number).map(Duration::from_secs))
        };
        let default = Keepalives::default();
        Ok(Keepalives {
            enabled: self.number("keepalives")?.is_none_or(|number| number != 0),
            idle: seconds(self.number("keepalives_idle")?, default.idle),
            interval: seconds(self.number("keepalives_interval")?, default.interval),
            count: self.number("keepalives_count")?.map_or(default.count, |number| {
                u32::try_from(number).ok().filter(|count| *count > 0)
            }),
            user_timeout: self
                .number("tcp_user_timeout")?
                .and_then(positive)
                .map(Duration::from_millis),
        })
    }

    /// Keys that change nothing. What asks for more than "nothing" is refused.
    fn ignored(&self) -> Result<Vec<IgnoredKey>, SettingsError> {
        let mut ignored = Vec::new();
        for value in self.0 {
            let Some(key) = key::find(value.key).filter(|key| key.treatment == Treatment::Ignored) else {
                continue;
            };
            let (name, text) = (value.key, value.text.as_str());
            if let Some(reason) = asks_for_more(name, text) {
                let refused = SettingsError::Refused {
                    key: format!("{name}={text}"),
                    reason,
                };
                return Err(refused.in_origin(value.origin.as_deref()));
            }
            if !asks_for_nothing(name, text) {
                ignored.push(IgnoredKey {
                    key: key.name,
                    reason: key.note,
                });
            }
        }
        Ok(ignored)
    }
}

/// Why a value of an ignored key cannot be ignored.
fn asks_for_more(key: &str, value: &str) -> Option<&'static str> {
    match (key, value) {
        ("gssencmode", "require") => Some("GSSAPI is not supported; use TLS by `sslmode`"),
        ("min_protocol_version", "3.2" | "latest") => Some("protocol 3.0 is the only one spoken here"),
        _ => None,
    }
}

/// Whether a value of an ignored key is what is done anyway, so that there is nothing to tell.
fn asks_for_nothing(key: &str, value: &str) -> bool {
    match (key, value) {
        (_, "")
        | ("gssencmode" | "load_balance_hosts", "disable")
        | ("sslcompression" | "gssdelegation", "0")
        | ("min_protocol_version" | "max_protocol_version", "3.0") => true,
        ("client_encoding", encoding) => ["utf8", "utf-8", "auto"]
            .iter()
            .any(|it| it.eq_ignore_ascii_case(encoding)),
        _ => false,
    }
}

/// A negative timeout is no limit, as zero.
fn seconds_or_zero(seconds: i64) -> Duration {
    Duration::from_secs(u64::try_from(seconds).unwrap_or(0))
}

fn check_host(name: &str) -> Result<(), SettingsError> {
    let reason = if name.starts_with('@') {
        "sockets in the abstract namespace are not supported"
    } else if name.starts_with('/') {
        return Ok(());
    } else if name.contains(|character: char| character.is_whitespace() || character.is_control()) {
        "it has a space in it"
    } else if name.contains(['/', '@', '\\']) {
        "it has a character that no name has"
    } else {
        return Ok(());
    };
    Err(SettingsError::HostInvalid { reason })
}
