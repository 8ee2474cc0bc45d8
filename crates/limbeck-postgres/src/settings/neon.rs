//! Neon's hosts: which are Neon's, which go through its pooler, and the direct one behind it.

use super::{ChannelBinding, Settings, SslMode};

/// The suffixes of Neon's host names.
const SUFFIXES: &[&str] = &[".neon.tech"];

/// What the first label of a pooled host ends in.
const POOLER: &str = "-pooler";

impl Settings {
    /// Whether the first host is one of Neon's (`*.neon.tech`).
    pub fn is_neon(&self) -> bool {
        is_neon(&self.host())
    }

    /// Whether the first host is Neon's pooler: the first label of its name ends in `-pooler`.
    ///
    /// Behind it is PgBouncer in transaction mode, where what a session sets or locks does not hold.
    pub fn is_pooled(&self) -> bool {
        direct(&self.host()).is_some()
    }

    /// Whether these settings let nobody sit in between: the server's certificate is checked, or the password's proof
    /// must be bound to the TLS connection.
    pub fn identifies_server(&self) -> bool {
        self.ssl_mode() >= SslMode::VerifyCa
            || self.root_certificate().is_some() && self.ssl_mode() >= SslMode::Require
            || self.channel_binding() == ChannelBinding::Require
    }

    /// The same settings with Neon's direct hosts in place of its pooled ones; other hosts stay.
    #[must_use]
    pub fn direct(&self) -> Self {
        let hosts = self
            .hosts
            .iter()
            .map(|host| host.renamed(|name| direct(name).unwrap_or_else(|| name.to_owned())))
            .collect();
        Self {
            hosts,
            ..self.clone()
        }
    }
}

fn is_neon(host: &str) -> bool {
    if host.starts_with('/') {
        return false;
    }
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    SUFFIXES.iter().any(|suffix| host.ends_with(suffix))
}

/// The direct host behind a pooled one of Neon's.
fn direct(host: &str) -> Option<String> {
    if !is_neon(host) {
        return None;
    }
    let (label, domain) = host.split_once('.')?;
    let cut = label.len().checked_sub(POOLER.len())?;
    let (endpoint, suffix) = label.split_at_checked(cut)?;
    suffix
        .eq_ignore_ascii_case(POOLER)
        .then(|| format!("{endpoint}.{domain}"))
}

#[cfg(test)]
mod tests {
    use crate::settings::{Settings, SslMode};

    fn parse(text: &str) -> Settings {
        Settings::parse(text).unwrap()
    }

    #[test]
    fn the_pooler_of_neon_has_a_direct_host() {
        let pooled = parse(
            "postgresql://u:p@ep-x-pooler.eu-central-1.aws.neon.tech/db?sslmode=require&channel_binding=require",
        );
        assert!(pooled.is_neon() && pooled.is_pooled());
        let direct = pooled.direct();
        assert_eq!(direct.host(), "ep-x.eu-central-1.aws.neon.tech");
        assert!(direct.is_neon() && !direct.is_pooled());
        assert_eq!(direct.direct(), direct);
        assert_eq!(direct.password(), pooled.password());
    }

    #[test]
    fn other_hosts_are_left_alone() {
        for url in [
            "postgresql://u@db-pooler.example.com/d",
            "postgresql://u@ep-x.neon.tech.example.com/d",
            "postgresql://u@neon.tech/d",
            "postgresql://u@localhost/d",
            "postgresql://u@/d?host=/tmp/a-pooler.neon.tech",
        ] {
            let settings = parse(url);
            assert!(!settings.is_pooled(), "{url}");
            assert_eq!(settings.direct(), settings, "{url}");
        }
    }

    #[test]
    fn who_sits_in_between_is_found_out_by_certificate_or_binding() {
        let identifies = |keys: &str| parse(&format!("postgresql://u@h/d?{keys}")).identifies_server();
        for enough in [
            "sslmode=verify-full",
            "sslmode=verify-ca&sslrootcert=/r",
            "sslmode=require&sslrootcert=/r",
            "sslrootcert=system",
            "channel_binding=require",
        ] {
            assert!(identifies(enough), "{enough}");
        }
        // In clear, a root is no help.
        for too_little in [
            "",
            "sslmode=require",
            "sslmode=prefer&sslrootcert=/r",
            "sslmode=disable",
        ] {
            assert!(!identifies(too_little), "{too_little}");
        }
        assert!(parse("postgresql://u@ep-x.neon.tech/d").identifies_server());
    }

    #[test]
    fn neon_is_verified_unless_the_string_says_otherwise() {
        assert_eq!(
            parse("postgresql://u@ep-x.aws.neon.tech/d").ssl_mode(),
            SslMode::VerifyFull
        );
        assert_eq!(
            parse("postgresql://u@ep-x.aws.neon.tech/d?sslmode=require").ssl_mode(),
            SslMode::Require
        );
        assert_eq!(
            parse("postgresql://u@db.example.com/d").ssl_mode(),
            SslMode::Prefer
        );
    }
}
