//! Neon's hosts: which are Neon's, which go through its pooler, and the direct one behind it.

use serde::Serialize;

use super::{Host, Settings};

/// The suffix of Neon's own host names. Others are said by [`Defaults`](super::Defaults).
const SUFFIX: &str = ".neon.tech";

/// What the first label of a pooled host ends in.
const POOLER: &str = "-pooler";

/// What the name of one of Neon's hosts tells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NeonHost {
    /// The endpoint: `ep-cool-name-123456`.
    pub endpoint: String,
    /// The cloud's region, as the name has it: `us-east-2.aws`. `None` where the name is of another shape.
    pub region: Option<String>,
    /// Whether the name is that of the pooler.
    pub pooled: bool,
}

impl Settings {
    /// What the name of the first host tells, where it is one of Neon's.
    pub fn neon(&self) -> Option<NeonHost> {
        self.neon_at(self.hosts.first()?)
    }

    /// What the name of a host tells, where it is one of Neon's: of several, that of the one which answered.
    pub fn neon_at(&self, host: &Host) -> Option<NeonHost> {
        let host = host.text();
        if !is_neon(&host, &self.neon_suffixes) {
            return None;
        }
        let direct = direct(&host, &self.neon_suffixes);
        let name = direct.as_deref().unwrap_or(&host).trim_end_matches('.');
        let labels: Vec<&str> = name.split('.').collect();
        // Other suffixes tell their regions in their own ways.
        let region = match labels.as_slice() {
            // Between them may stand the part of the region that the endpoint is in.
            [_, .., region, provider, "neon", "tech"] => Some(format!("{region}.{provider}")),
            _ => None,
        };
        Some(NeonHost {
            endpoint: labels
                .first()
                .map(|label| (*label).to_owned())
                .unwrap_or_default(),
            region,
            pooled: direct.is_some(),
        })
    }

    /// Whether the first host is one of Neon's: `*.neon.tech`, or of a suffix that is said to be.
    pub fn is_neon(&self) -> bool {
        is_neon(&self.host(), &self.neon_suffixes)
    }

    /// Whether any host is Neon's pooler: the first label of its name ends in `-pooler`.
    ///
    /// Behind it is PgBouncer in transaction mode, where what a session sets or locks does not hold.
    pub fn is_pooled(&self) -> bool {
        self.replaced_host().is_some()
    }

    /// The first pooled host, and the direct one that [`direct`](Self::direct) has in its place.
    pub fn replaced_host(&self) -> Option<(String, String)> {
        self.hosts.iter().find_map(|host| {
            let pooled = host.text();
            let direct = direct(&pooled, &self.neon_suffixes)?;
            Some((pooled.into_owned(), direct))
        })
    }

    /// The same settings with Neon's direct hosts in place of its pooled ones; other hosts stay.
    #[must_use]
    pub fn direct(&self) -> Self {
        let hosts = self
            .hosts
            .iter()
            .map(|host| {
                host.renamed(|name| direct(name, &self.neon_suffixes).unwrap_or_else(|| name.to_owned()))
            })
            .collect();
        Self {
            hosts,
            ..self.clone()
        }
    }
}

fn is_neon(host: &str, suffixes: &[String]) -> bool {
    if host.starts_with('/') {
        return false;
    }
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    let below = |suffix: &str| {
        let suffix = suffix.trim_matches('.').to_ascii_lowercase();
        let name = host.strip_suffix(suffix.as_str());
        !suffix.is_empty() && name.is_some_and(|name| name.ends_with('.'))
    };
    below(SUFFIX) || suffixes.iter().any(|suffix| below(suffix))
}

/// The direct host behind a pooled one of Neon's.
fn direct(host: &str, suffixes: &[String]) -> Option<String> {
    if !is_neon(host, suffixes) {
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
    use crate::settings::{Defaults, Settings, SslMode};

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
    fn further_suffixes_are_neons_in_every_respect() {
        let defaults = Defaults {
            neon_suffixes: vec![
                ".Db.example.com".to_owned(),
                "neon.internal.".to_owned(),
                ".".to_owned(),
            ],
            ..Defaults::default()
        };
        let parse =
            |host: &str| Settings::parse_with(&format!("postgresql://u@{host}/d"), &defaults).unwrap();
        for (pooled, direct) in [
            ("ep-x-pooler.db.example.com", "ep-x.db.example.com"),
            ("EP-X-Pooler.eu.NEON.internal", "EP-X.eu.NEON.internal"),
            ("ep-x-pooler.neon.tech", "ep-x.neon.tech"),
        ] {
            let settings = parse(pooled);
            assert!(settings.is_neon() && settings.is_pooled(), "{pooled}");
            assert_eq!(settings.ssl_mode(), SslMode::VerifyFull, "{pooled}");
            let settings = settings.direct();
            assert_eq!((settings.host().as_ref(), settings.is_pooled()), (direct, false));
        }
        // Each of several hosts is judged and replaced by itself.
        let several = parse("other-pooler.example.com,ep-a-pooler.db.example.com");
        assert!(!several.is_neon() && several.is_pooled());
        let pooled: Vec<_> = several.hosts().iter().map(|host| several.neon_at(host)).collect();
        assert!(matches!(pooled.as_slice(), [None, Some(neon)] if neon.pooled));
        let (host, replacement) = several.replaced_host().unwrap();
        assert_eq!(
            (host.as_str(), replacement.as_str()),
            ("ep-a-pooler.db.example.com", "ep-a.db.example.com")
        );
        let several = several.direct();
        assert!(!several.is_pooled());
        let hosts: Vec<_> = several.hosts().iter().map(|host| host.text()).collect();
        assert_eq!(hosts, ["other-pooler.example.com", "ep-a.db.example.com"]);
        for other in [
            "a-pooler.mydb.example.com",
            "db.example.com",
            "a-pooler.example.com",
        ] {
            assert!(!parse(other).is_neon() && !parse(other).is_pooled(), "{other}");
        }
    }

    #[test]
    fn a_name_tells_endpoint_and_region() {
        for (host, endpoint, region, pooled) in [
            (
                "ep-x-pooler.us-east-2.aws.neon.tech",
                "ep-x",
                Some("us-east-2.aws"),
                true,
            ),
            (
                "ep-x.c-3.us-east-1.aws.neon.tech.",
                "ep-x",
                Some("us-east-1.aws"),
                false,
            ),
            ("ep-x.gwc.azure.neon.tech", "ep-x", Some("gwc.azure"), false),
            ("ep-x.neon.tech", "ep-x", None, false),
        ] {
            let neon = parse(&format!("postgresql://u@{host}/d")).neon().unwrap();
            assert_eq!(
                (neon.endpoint.as_str(), neon.region.as_deref(), neon.pooled),
                (endpoint, region, pooled),
                "{host}"
            );
        }
        assert_eq!(parse("postgresql://u@db.example.com/d").neon(), None);
    }

    #[test]
    fn this_machine_is_told_from_others() {
        for (host, local) in [
            ("localhost", true),
            ("LOCALHOST.", true),
            ("127.0.0.1", true),
            ("127.8.0.1", true),
            ("[::1]", true),
            ("%2Ftmp", true),
            ("h?hostaddr=127.0.0.1", true),
            ("10.0.0.1", false),
            ("localhost.example.com", false),
            ("localhost?hostaddr=10.0.0.1", false),
        ] {
            let (host, keys) = host.split_once('?').unwrap_or((host, ""));
            assert_eq!(
                parse(&format!("postgresql://u@{host}/d?{keys}")).is_local(),
                local,
                "{host} {keys}"
            );
        }
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
