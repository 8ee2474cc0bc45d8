//! The URL form of a connection string (libpq's `conninfo_uri_parse`), taken apart into keys and values.
//!
//! Stricter than libpq where it would guess (`#`, a slash in a password), laxer where nothing else can be meant (an
//! `@` in a password).

use super::error::{Part, SettingsError};
use super::percent::decode;

/// Keys and values in the order of the URL; hosts and ports as comma-separated lists.
pub(super) type Pairs = Vec<(String, String)>;

/// What follows `postgresql://`.
pub(super) fn split(text: &str) -> Result<Pairs, SettingsError> {
    let end = text.find(['/', '?', '#']).unwrap_or(text.len());
    let (authority, rest) = text.split_at(end);
    let (credentials, hosts) = match authority.rsplit_once('@') {
        Some((credentials, hosts)) => (Some(credentials), hosts),
        None => (None, authority),
    };
    check_boundary(credentials, hosts, rest)?;

    let mut pairs = Pairs::new();
    if let Some(credentials) = credentials {
        let (user, password) = match credentials.split_once(':') {
            Some((user, password)) => (user, Some(password)),
            None => (credentials, None),
        };
        pairs.push(("user".to_owned(), decode(user, Part::User)?));
        if let Some(password) = password {
            pairs.push(("password".to_owned(), decode(password, Part::Password)?));
        }
    }
    split_hosts(hosts, &mut pairs)?;
    let (database, parameters) = match rest.split_once('?') {
        Some((database, parameters)) => (database, Some(parameters)),
        None => (rest, None),
    };
    if let Some(database) = database.strip_prefix('/') {
        for character in ['/', '#', '@'] {
            if database.contains(character) {
                return Err(SettingsError::Unencoded {
                    character,
                    part: Part::Database,
                });
            }
        }
        pairs.push(("dbname".to_owned(), decode(database, Part::Database)?));
    }
    if let Some(parameters) = parameters {
        split_parameters(parameters, &mut pairs)?;
    }
    Ok(pairs)
}

/// Finds a password that ended too early, at a slash, question mark or hash of its own.
///
/// Its symptom is an `@` further on: `user:pa/ss@host/db` reads as the host `user` with the port `pa`.
fn check_boundary(credentials: Option<&str>, hosts: &str, rest: &str) -> Result<(), SettingsError> {
    let Some(character) = rest.chars().next() else {
        return Ok(());
    };
    let unencoded = Err(SettingsError::Unencoded {
        character,
        part: Part::Password,
    });
    let path = rest.split('?').find(|part| !part.is_empty()).unwrap_or_default();
    let begun = credentials.is_some() || hosts.contains(':');
    if character == '#' || begun && path.contains('@') && !path.contains('=') {
        return unencoded;
    }
    let port_is_number = hosts
        .rsplit(':')
        .next()
        .is_some_and(|port| port.bytes().all(|byte| byte.is_ascii_digit()));
    if credentials.is_none() && begun && !port_is_number && rest.contains('@') {
        return unencoded;
    }
    Ok(())
}

fn split_hosts(text: &str, pairs: &mut Pairs) -> Result<(), SettingsError> {
    if text.is_empty() {
        return Ok(());
    }
    let mut hosts = Vec::new();
    let mut ports = Vec::new();
    for one in text.split(',') {
        let (host, port) = split_host(one)?;
        hosts.push(decode(host, Part::Host)?);
        ports.push(decode(port, Part::Host)?);
    }
    pairs.push(("host".to_owned(), hosts.join(",")));
    if ports.iter().any(|port| !port.is_empty()) {
        pairs.push(("port".to_owned(), ports.join(",")));
    }
    Ok(())
}

/// Host and port of `host:port`, either possibly empty. An IPv6 address stands in brackets.
fn split_host(text: &str) -> Result<(&str, &str), SettingsError> {
    let invalid = |reason| SettingsError::HostInvalid { reason };
    if let Some(bracketed) = text.strip_prefix('[') {
        let (address, after) = bracketed
            .split_once(']')
            .ok_or_else(|| invalid("the `[` before an IPv6 address has no `]`"))?;
        if address.is_empty() {
            return Err(invalid("there is no address between `[` and `]`"));
        }
        return match after.strip_prefix(':') {
            Some(port) => Ok((address, port)),
            None if after.is_empty() => Ok((address, "")),
            None => Err(invalid("after the `]` of an IPv6 address only a port may follow")),
        };
    }
    match text.split_once(':') {
        Some((_, port)) if port.contains(':') => {
            Err(invalid("an IPv6 address must stand between `[` and `]`"))
        }
        Some(both) => Ok(both),
        None => Ok((text, "")),
    }
}

fn split_parameters(text: &str, pairs: &mut Pairs) -> Result<(), SettingsError> {
    if text.contains('#') {
        return Err(SettingsError::Unencoded {
            character: '#',
            part: Part::Parameters,
        });
    }
    for parameter in text.split('&').filter(|parameter| !parameter.is_empty()) {
        let (key, value) = parameter
            .split_once('=')
            .ok_or(SettingsError::ParameterWithoutValue)?;
        let (key, value) = (decode(key, Part::Parameters)?, decode(value, Part::Parameters)?);
        // JDBC's way of asking for TLS; libpq understands it in URLs too.
        if key == "ssl" && value == "true" {
            pairs.push(("sslmode".to_owned(), "require".to_owned()));
        } else {
            pairs.push((key, value));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::split;

    #[track_caller]
    fn pairs(text: &str) -> String {
        let pairs = split(text).unwrap();
        pairs
            .into_iter()
            .map(|(key, value)| format!("{key}={value}"))
            .collect::<Vec<_>>()
            .join(" ")
    }

    #[test]
    fn every_part_is_found() {
        assert_eq!(
            pairs("u:p@h:6543/d?sslmode=require&options=endpoint%3Dep-x"),
            "user=u password=p host=h port=6543 dbname=d sslmode=require options=endpoint=ep-x"
        );
        assert_eq!(pairs(""), "");
        assert_eq!(pairs("/d"), "dbname=d");
        assert_eq!(pairs("h"), "host=h");
        assert_eq!(pairs("u@"), "user=u");
        assert_eq!(pairs("h?user=me@x"), "host=h user=me@x");
        assert_eq!(pairs("h:1/d?user=me@x"), "host=h port=1 dbname=d user=me@x");
        assert_eq!(
            pairs("/d?host=/tmp/s&ssl=true"),
            "dbname=d host=/tmp/s sslmode=require"
        );
    }

    #[test]
    fn hosts_of_every_kind_are_found() {
        assert_eq!(pairs("[::1]:5433/d"), "host=::1 port=5433 dbname=d");
        assert_eq!(pairs("[fe80::1%25eth0]"), "host=fe80::1%eth0");
        assert_eq!(pairs("a:1,b,[::1]:3/d"), "host=a,b,::1 port=1,,3 dbname=d");
        assert_eq!(pairs("u@%2Fvar%2Frun/d"), "user=u host=/var/run dbname=d");
        for wrong in ["[::1/d", "[]/d", "[::1]x/d", "::1/d", "fe80::1:5432/d"] {
            assert!(split(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_at_sign_or_a_percent_in_a_password_stands_for_itself() {
        assert_eq!(pairs("u:p@ss@h/d"), "user=u password=p@ss host=h dbname=d");
        assert_eq!(pairs("u:100%@h/d"), "user=u password=100% host=h dbname=d");
        assert_eq!(pairs("u:a:b@h/d"), "user=u password=a:b host=h dbname=d");
    }

    #[test]
    fn a_password_that_ends_too_early_is_an_error() {
        for wrong in [
            "u:pa/ss@h/d",
            "u:pa?ss@h/d",
            "u:pa#ss@h/d",
            "u:p@a/ss@h/d",
            "u:p@h#x/d",
            "h#x",
        ] {
            assert!(split(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_database_name_holds_no_bare_separator() {
        for wrong in [
            "h/a/b",
            "h/a#b",
            "h/a@b",
            "h/d?application_name=a#b",
            "h/d?sslmode",
        ] {
            assert!(split(wrong).is_err(), "{wrong}");
        }
        assert_eq!(pairs("h/a%2Fb"), "host=h dbname=a/b");
    }
}
