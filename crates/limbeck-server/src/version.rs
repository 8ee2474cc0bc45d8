//! The version of a PostgreSQL server.

use std::fmt;

/// The oldest major version that Limbeck works with.
pub const OLDEST_MAJOR: u32 = 14;

/// The major version taken when nothing says which, and the machine has none.
pub const DEFAULT_MAJOR: u32 = 17;

/// The version of a PostgreSQL server: `17.5` is major 17, minor 5.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub struct ServerVersion {
    /// The major version. Printing of definitions differs between majors.
    pub major: u32,
    /// The minor version; 0 for a development or beta release.
    pub minor: u32,
}

impl ServerVersion {
    /// Reads what `postgres --version` prints, such as `postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)`.
    pub(crate) fn from_program_output(output: &str) -> Option<Self> {
        Self::from_start(output.split_once("(PostgreSQL)")?.1.trim_start())
    }

    /// Reads the version that a text begins with; whatever follows it.
    pub(crate) fn from_start(text: &str) -> Option<Self> {
        let (major, rest) = leading_number(text)?;
        let minor = rest
            .strip_prefix('.')
            .and_then(leading_number)
            .map_or(0, |(minor, _)| minor);
        Some(Self { major, minor })
    }
}

impl fmt::Display for ServerVersion {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{}", self.major, self.minor)
    }
}

fn leading_number(text: &str) -> Option<(u32, &str)> {
    let end = text
        .find(|character: char| !character.is_ascii_digit())
        .unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    Some((digits.parse().ok()?, rest))
}

#[cfg(test)]
mod tests {
    use super::ServerVersion;

    #[test]
    fn program_output_of_distributions_and_development_builds_is_understood() {
        let read = |output| ServerVersion::from_program_output(output).map(|version| version.to_string());
        assert_eq!(
            read("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n").as_deref(),
            Some("15.18")
        );
        assert_eq!(read("postgres (PostgreSQL) 17.11\n").as_deref(), Some("17.11"));
        assert_eq!(read("postgres (PostgreSQL) 19devel").as_deref(), Some("19.0"));
        assert_eq!(read("postgres (PostgreSQL) 18beta1").as_deref(), Some("18.0"));
        assert_eq!(read("not a server 15.1"), None);
        assert_eq!(read("postgres (PostgreSQL) "), None);
    }
}
