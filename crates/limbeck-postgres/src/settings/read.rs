//! From keys and values to [`Settings`]: every key is known, every value checked, every contradiction named.

use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use super::error::SettingsError;
use super::host::Host;
use super::key::{self, Treatment};
use super::uri::Pairs;
use super::values::{
    ChannelBinding, IgnoredKey, Keepalives, RootCertificate, SslMode, SslNegotiation, TargetSession,
};
use super::{DEFAULT_PORT, Defaults, Settings, keyword_value, mistake, uri};
use crate::password::Password;

pub(super) fn read(text: &str, defaults: &Defaults) -> Result<Settings, SettingsError> {
    let text = text.trim();
    mistake::find(text)?;
    let pairs = match mistake::scheme(text) {
        Some(scheme @ ("postgresql://" | "postgres://")) => check(
            uri::split(text.strip_prefix(scheme).unwrap_or_default())?,
            Form::Url,
        )?,
        Some(scheme) => {
            return Err(SettingsError::Scheme {
                scheme: scheme.to_owned(),
            });
        }
        None if text
            .split_once('=')
            .is_some_and(|(key, _)| is_shown(key.trim_end())) =>
        {
            check(keyword_value::split(text)?, Form::KeywordValue)?
        }
        None => return Err(SettingsError::NotAConnectionString),
    };
    Values(pairs).settings(defaults)
}

#[derive(Clone, Copy, PartialEq)]
enum Form {
    Url,
    KeywordValue,
}

/// Known keys with their values; of a key that is there twice, the URL's parameter wins over its other parts.
fn check(pairs: Pairs, form: Form) -> Result<Vec<(&'static str, String)>, SettingsError> {
    let mut checked: Vec<(&'static str, String)> = Vec::with_capacity(pairs.len());
    let mut after_password = false;
    for (name, value) in pairs {
        let Some(key) = key::find(&name) else {
            // `password=my secret=1` without quotes: what looks like a key is a piece of the password.
            let shown = is_shown(&name) && !(after_password && form == Form::KeywordValue);
            let advice = match (shown, key::foreign(&name), key::nearest(&name)) {
                (false, ..) => {
                    "put a value with spaces between single quotes; encode `?` and `&` in a URL".to_owned()
                }
                (_, Some(advice), _) => advice.to_owned(),
                (_, _, Some(nearest)) => format!("did you mean `{nearest}`?"),
                _ => "leave it out, or check its spelling".to_owned(),
            };
            return Err(SettingsError::UnknownKey {
                key: shown.then_some(name),
                advice,
            });
        };
        if key.treatment == Treatment::Refused && !value.is_empty() {
            return Err(SettingsError::Refused {
                key: key.name.to_owned(),
                reason: key.note,
            });
        }
        after_password = key.name == "password";
        if let Some(earlier) = checked.iter_mut().find(|(name, _)| *name == key.name) {
            if !matches!(key.name, "host" | "port" | "user" | "password" | "dbname") {
                return Err(SettingsError::RepeatedKey { key: key.name });
            }
            earlier.1 = value;
        } else {
            checked.push((key.name, value));
        }
    }
    Ok(checked)
}

fn is_shown(key: &str) -> bool {
    !key.is_empty()
        && key.len() <= 40
        && key
            .chars()
            .all(|character| character.is_ascii_alphanumeric() || "_-.".contains(character))
}

struct Values(Vec<(&'static str, String)>);

impl Values {
    /// The value of a key; an empty one counts as absent, as in libpq.
    fn get(&self, key: &'static str) -> Option<&str> {
        debug_assert!(key::find(key).is_some(), "{key}");
        self.0
            .iter()
            .find(|(name, _)| *name == key)
            .map(|(_, value)| value.as_str())
            .filter(|v| !v.is_empty())
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
        self.get(key)
            .map(|value| {
                read(value).ok_or_else(|| SettingsError::Value {
                    key,
                    value: value.to_owned(),
                    expected,
                })
            })
            .transpose()
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
            ssl_mode: self.one_of("sslmode", SslMode::EXPECTED, SslMode::from_text)?,
            ssl_negotiation: self
                .one_of("sslnegotiation", "`postgres` or `direct`", |value| match value {
                    "postgres" => Some(SslNegotiation::Postgres),
                    "direct" => Some(SslNegotiation::Direct),
                    _ => None,
                })?
                .unwrap_or(SslNegotiation::Postgres),
            server_name_indication: self.switch("sslsni")?.unwrap_or(true),
            root_certificate: self.get("sslrootcert").map(|value| match value {
                "system" => RootCertificate::System,
                file => RootCertificate::File(PathBuf::from(file)),
            }),
            client_certificate: self.get("sslcert").map(PathBuf::from),
            client_key: self.get("sslkey").map(PathBuf::from),
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
        contradictions(&settings)?;
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

    fn keepalives(&self) -> Result<Keepalives, SettingsError> {
        // Zero means the operating system's value, as in libpq.
        let positive = |number: Option<i64>| {
            number
                .and_then(|number| u64::try_from(number).ok())
                .filter(|n| *n > 0)
        };
        let count = positive(self.number("keepalives_count")?).and_then(|count| u32::try_from(count).ok());
        Ok(Keepalives {
            enabled: self.number("keepalives")?.is_none_or(|number| number != 0),
            idle: positive(self.number("keepalives_idle")?).map(Duration::from_secs),
            interval: positive(self.number("keepalives_interval")?).map(Duration::from_secs),
            count,
            user_timeout: positive(self.number("tcp_user_timeout")?).map(Duration::from_millis),
        })
    }

    /// Keys that change nothing. What asks for more than "nothing" is refused.
    fn ignored(&self) -> Result<Vec<IgnoredKey>, SettingsError> {
        let refuse = |key: &str, value: &str, reason| SettingsError::Refused {
            key: format!("{key}={value}"),
            reason,
        };
        let mut ignored = Vec::new();
        for (name, value) in &self.0 {
            let Some(key) = key::find(name).filter(|key| key.treatment == Treatment::Ignored) else {
                continue;
            };
            let silent = match (key.name, value.as_str()) {
                (_, "") => true,
                ("gssencmode", "require") => {
                    return Err(refuse(
                        name,
                        value,
                        "GSSAPI is not supported; use TLS by `sslmode`",
                    ));
                }
                ("sslcertmode", "require") => {
                    return Err(refuse(
                        name,
                        value,
                        "it cannot be seen whether the server asked for a certificate",
                    ));
                }
                ("min_protocol_version", "3.2" | "latest") => {
                    return Err(refuse(name, value, "protocol 3.0 is the only one spoken here"));
                }
                ("client_encoding", value) => {
                    matches!(value.to_ascii_lowercase().as_str(), "utf8" | "utf-8" | "auto")
                }
                ("gssencmode" | "load_balance_hosts", "disable")
                | ("sslcompression" | "gssdelegation", "0")
                | ("sslcertmode", "allow")
                | ("min_protocol_version" | "max_protocol_version", "3.0") => true,
                _ => false,
            };
            if !silent {
                ignored.push(IgnoredKey {
                    key: key.name,
                    reason: key.note,
                });
            }
        }
        Ok(ignored)
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

fn contradictions(settings: &Settings) -> Result<(), SettingsError> {
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
    if settings.client_certificate.is_some() != settings.client_key.is_some() {
        return refuse("`sslcert` and `sslkey` are needed together".to_owned());
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
