//! Connection strings, and what they leave out: said by the environment, `.env`, and the user's own files.

use std::collections::BTreeMap;

use limbeck_postgres::{Defaults, Settings};

use crate::{Error, Host};

/// Variables that hold a database's URL where nothing else names one, the best first: Neon's direct host before its
/// pooled one.
pub(crate) const URL_VARIABLES: [&str; 3] = ["DATABASE_URL_UNPOOLED", "NEON_DATABASE_URL", "DATABASE_URL"];

/// Understands a connection string as `psql` would here. `neon_suffixes` are endings of hosts that are Neon's besides its
/// own.
pub(crate) fn settings(
    text: &str,
    host: &Host,
    variables: &BTreeMap<String, String>,
    neon_suffixes: &[String],
) -> Result<Settings, Error> {
    let defaults = Defaults {
        user: host.connection.user.clone().or_else(|| host.os_user.clone()),
        variables: variables.clone(),
        neon_suffixes: neon_suffixes.to_vec(),
        ..host.connection.clone()
    };
    Settings::parse_with(text, &defaults).map_err(crate::error::from_settings)
}
