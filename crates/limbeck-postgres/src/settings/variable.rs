//! The variables of the environment that libpq knows, and the keys they stand for.
//!
//! Their values are given by the caller: nothing here reads the environment.

use std::collections::BTreeMap;

use super::error::SettingsError;
use super::read::{Value, refuse};

/// In the order of libpq's documentation. `PGDATESTYLE`, `PGTZ` and `PGGEQO` are missing: what they set is pinned, or
/// changes no result.
const VARIABLES: &[(&str, &str)] = &[
    ("PGHOST", "host"),
    ("PGHOSTADDR", "hostaddr"),
    ("PGPORT", "port"),
    ("PGDATABASE", "dbname"),
    ("PGUSER", "user"),
    ("PGPASSWORD", "password"),
    ("PGPASSFILE", "passfile"),
    ("PGREQUIREAUTH", "require_auth"),
    ("PGCHANNELBINDING", "channel_binding"),
    ("PGSERVICE", "service"),
    ("PGSERVICEFILE", "servicefile"),
    ("PGOPTIONS", "options"),
    ("PGAPPNAME", "application_name"),
    ("PGSSLMODE", "sslmode"),
    ("PGSSLNEGOTIATION", "sslnegotiation"),
    ("PGSSLCOMPRESSION", "sslcompression"),
    ("PGSSLCERT", "sslcert"),
    ("PGSSLKEY", "sslkey"),
    ("PGSSLCERTMODE", "sslcertmode"),
    ("PGSSLROOTCERT", "sslrootcert"),
    ("PGSSLCRL", "sslcrl"),
    ("PGSSLCRLDIR", "sslcrldir"),
    ("PGSSLSNI", "sslsni"),
    ("PGREQUIREPEER", "requirepeer"),
    ("PGSSLMINPROTOCOLVERSION", "ssl_min_protocol_version"),
    ("PGSSLMAXPROTOCOLVERSION", "ssl_max_protocol_version"),
    ("PGGSSENCMODE", "gssencmode"),
    ("PGKRBSRVNAME", "krbsrvname"),
    ("PGGSSLIB", "gsslib"),
    ("PGGSSDELEGATION", "gssdelegation"),
    ("PGCONNECT_TIMEOUT", "connect_timeout"),
    ("PGCLIENTENCODING", "client_encoding"),
    ("PGTARGETSESSIONATTRS", "target_session_attrs"),
    ("PGLOADBALANCEHOSTS", "load_balance_hosts"),
    ("PGMINPROTOCOLVERSION", "min_protocol_version"),
    ("PGMAXPROTOCOLVERSION", "max_protocol_version"),
];

/// What asked for TLS before `PGSSLMODE`; still taken where nothing else says something of `sslmode`.
const REQUIRE_TLS: &str = "PGREQUIRESSL";

/// The names of the variables by which libpq and its programs connect.
pub fn connection_variables() -> impl Iterator<Item = &'static str> {
    VARIABLES
        .iter()
        .map(|(variable, _)| *variable)
        .chain([REQUIRE_TLS])
}

/// The variables that stand for a key, with it.
pub fn variables_of_keys() -> impl Iterator<Item = (&'static str, &'static str)> {
    VARIABLES.iter().copied()
}

/// The values of the known variables; empty ones count as unset.
pub(super) fn values(variables: &BTreeMap<String, String>) -> Result<Vec<Value>, SettingsError> {
    let mut values = Vec::new();
    for (variable, key) in VARIABLES {
        if let Some(text) = variables.get(*variable).filter(|text| !text.is_empty()) {
            let origin = Some(format!("the variable `{variable}`"));
            let value = Value {
                key,
                text: text.clone(),
                origin,
            };
            refuse(&value)?;
            values.push(value);
        }
    }
    let asks = variables
        .get(REQUIRE_TLS)
        .is_some_and(|text| text.starts_with('1'));
    if asks && !values.iter().any(|value| value.key == "sslmode") {
        values.push(Value {
            key: "sslmode",
            text: "require".to_owned(),
            origin: Some(format!("the variable `{REQUIRE_TLS}`")),
        });
    }
    Ok(values)
}

#[cfg(test)]
mod tests {
    use super::VARIABLES;
    use crate::settings::key;

    #[test]
    fn every_variable_stands_for_a_key() {
        for (variable, key) in VARIABLES {
            assert!(key::find(key).is_some(), "{variable}");
        }
    }
}
