//! Every key that libpq knows, and what becomes of it here.

use serde::Serialize;

/// What becomes of a key of a connection string.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Treatment {
    /// It does what libpq does with it, but for what the note says.
    Used,
    /// It is accepted and changes nothing; [`Settings::ignored`](super::Settings::ignored) tells.
    Ignored,
    /// It is an error, since leaving it out of account could be unsafe or surprising.
    Refused,
}

/// A key of a connection string.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Key {
    /// Its name.
    pub name: &'static str,
    /// What becomes of it.
    pub treatment: Treatment,
    /// What it does here, or why it does nothing.
    pub note: &'static str,
}

const fn used(name: &'static str, note: &'static str) -> Key {
    Key {
        name,
        treatment: Treatment::Used,
        note,
    }
}

const fn ignored(name: &'static str, note: &'static str) -> Key {
    Key {
        name,
        treatment: Treatment::Ignored,
        note,
    }
}

const fn refused(name: &'static str, note: &'static str) -> Key {
    Key {
        name,
        treatment: Treatment::Refused,
        note,
    }
}

/// Every key that libpq 18 knows, and `servicefile` of 19, in the order of its documentation.
pub const KEYS: &[Key] = &[
    used(
        "host",
        "name, address, or folder of the unix socket; several, separated by commas, are tried in order",
    ),
    used(
        "hostaddr",
        "IP address to connect to; `host` is then only the name to check and to tell",
    ),
    used("port", "one for all hosts, or one for each; 5432 by default"),
    used("dbname", "the user's name by default"),
    used("user", "the role to log in as"),
    used("password", "never shown in any text"),
    used(
        "passfile",
        "file of passwords, looked into where no password is given; nobody else may read it",
    ),
    used(
        "require_auth",
        "ways of authentication that are accepted, such as `scram-sha-256` or `!password,!md5`; checked before anything \
         is answered",
    ),
    used("channel_binding", "`disable`, `prefer` or `require`; enforced"),
    used("connect_timeout", "seconds for each host; 0 waits for ever"),
    ignored("client_encoding", "UTF8 is always used"),
    used(
        "options",
        "command-line options of the session, such as `-c work_mem=64MB`; what Limbeck pins wins over them",
    ),
    used("application_name", "as shown in `pg_stat_activity`"),
    used("fallback_application_name", "where `application_name` is absent"),
    used("keepalives", "0 turns TCP keepalive messages off"),
    used(
        "keepalives_idle",
        "seconds of silence before the first; 60 by default, 0 for the operating system's",
    ),
    used(
        "keepalives_interval",
        "seconds between them; 10 by default, 0 for the operating system's",
    ),
    used(
        "keepalives_count",
        "unanswered ones after which the connection is dead; 6 by default, 0 for the operating system's",
    ),
    used(
        "tcp_user_timeout",
        "milliseconds for which sent data may stay unacknowledged; only on Linux",
    ),
    refused("replication", "a replication connection cannot run migrations"),
    ignored(
        "gssencmode",
        "encryption by GSSAPI is never used; `require` is refused",
    ),
    used(
        "sslmode",
        "`disable`, `allow`, `prefer`, `require`, `verify-ca` or `verify-full`",
    ),
    used(
        "sslnegotiation",
        "`postgres`, or `direct` (PostgreSQL 17 and later)",
    ),
    ignored("sslcompression", "TLS is never compressed"),
    used(
        "sslcert",
        "PEM file of the client's certificate; `~/.postgresql/postgresql.crt` by default, where it is there",
    ),
    used(
        "sslkey",
        "PEM file of the client's key, unencrypted, and nobody else's to read; `~/.postgresql/postgresql.key` by default",
    ),
    refused("sslkeylogfile", "the secrets of TLS are written nowhere"),
    refused(
        "sslpassword",
        "encrypted keys cannot be read; decrypt it with `openssl pkey`",
    ),
    used(
        "sslcertmode",
        "`disable`, `allow` (where the server asks for one) or `require`",
    ),
    used(
        "sslrootcert",
        "PEM file of the trusted roots, or `system`; `~/.postgresql/root.crt` by default, where it is there; without \
         one `verify-full` takes the system's",
    ),
    refused("sslcrl", "revocation lists are not checked"),
    refused("sslcrldir", "revocation lists are not checked"),
    used(
        "sslsni",
        "0 keeps the host's name out of the TLS handshake; not with Neon, which needs it",
    ),
    refused("requirepeer", "the owner of the server's process is not checked"),
    used(
        "ssl_min_protocol_version",
        "`TLSv1.2` or `TLSv1.3`; nothing older is spoken",
    ),
    used("ssl_max_protocol_version", "`TLSv1.2` or `TLSv1.3`"),
    ignored(
        "min_protocol_version",
        "protocol 3.0 is always used; a higher one is refused",
    ),
    ignored("max_protocol_version", "protocol 3.0 is always used"),
    ignored("krbsrvname", "GSSAPI is not used"),
    ignored("gsslib", "GSSAPI is not used"),
    ignored("gssdelegation", "GSSAPI is not used"),
    refused("scram_client_key", "log in with the password"),
    refused("scram_server_key", "log in with the password"),
    used(
        "service",
        "section of a service file; what the string says itself wins",
    ),
    used("servicefile", "the service file"),
    used(
        "target_session_attrs",
        "`any`, `read-write`, `read-only`, `primary`, `standby` or `prefer-standby`",
    ),
    ignored("load_balance_hosts", "hosts are tried in the order given"),
    refused("oauth_issuer", "OAuth is not supported; log in with a password"),
    refused(
        "oauth_client_id",
        "OAuth is not supported; log in with a password",
    ),
    refused(
        "oauth_client_secret",
        "OAuth is not supported; log in with a password",
    ),
    refused("oauth_scope", "OAuth is not supported; log in with a password"),
];

/// Keys of other programs, found in connection strings that were written for them, with the way out.
const FOREIGN: &[(&str, &str)] = &[
    ("schema", "`schema` is Prisma's; leave it out here"),
    (
        "connection_limit",
        "`connection_limit` is Prisma's; leave it out here",
    ),
    ("pool_timeout", "`pool_timeout` is Prisma's; leave it out here"),
    ("pgbouncer", "`pgbouncer` is Prisma's; leave it out here"),
    (
        "socket_timeout",
        "`socket_timeout` is Prisma's; leave it out here",
    ),
    (
        "sslaccept",
        "`sslaccept` is Prisma's; write `sslmode=require` or `sslmode=verify-full`",
    ),
    (
        "sslidentity",
        "`sslidentity` is Prisma's; write `sslcert` and `sslkey`",
    ),
    ("currentSchema", "`currentSchema` is JDBC's; leave it out here"),
    ("sslfactory", "`sslfactory` is JDBC's; leave it out here"),
    ("ssl-mode", "write `sslmode`"),
    ("ssl_mode", "write `sslmode`"),
    ("ssl-root-cert", "write `sslrootcert`"),
    (
        "statement-cache-capacity",
        "`statement-cache-capacity` is sqlx's; leave it out here",
    ),
    ("requiressl", "write `sslmode=require`"),
    ("database", "write `dbname`"),
    ("username", "write `user`"),
];

/// The key of that exact name.
pub(super) fn find(name: &str) -> Option<&'static Key> {
    KEYS.iter().find(|key| key.name == name)
}

/// Whose key it is, when it is another program's.
pub(super) fn foreign(name: &str) -> Option<&'static str> {
    FOREIGN
        .iter()
        .find(|(key, _)| key.eq_ignore_ascii_case(name))
        .map(|(_, advice)| *advice)
}

/// The known key that looks most like an unknown one, if any is like it at all.
pub(super) fn nearest(name: &str) -> Option<&'static str> {
    let name = name.to_ascii_lowercase();
    KEYS.iter()
        .map(|key| (strsim::damerau_levenshtein(key.name, &name), key.name))
        .min()
        .filter(|(distance, key)| *distance <= (key.len() / 3).max(1))
        .map(|(_, key)| key)
}

#[cfg(test)]
mod tests {
    use super::{KEYS, foreign, nearest};

    #[test]
    fn a_mistyped_key_finds_its_neighbour() {
        assert_eq!(nearest("sslmod"), Some("sslmode"));
        assert_eq!(nearest("SSLMODE"), Some("sslmode"));
        assert_eq!(nearest("channelbinding"), Some("channel_binding"));
        assert_eq!(nearest("databse"), None);
        assert_eq!(nearest("wolpertinger"), None);
    }

    #[test]
    fn no_name_is_twice_or_both_ours_and_foreign() {
        for (index, key) in KEYS.iter().enumerate() {
            assert!(
                KEYS[index + 1..].iter().all(|other| other.name != key.name),
                "{}",
                key.name
            );
            assert_eq!(foreign(key.name), None);
        }
    }
}
