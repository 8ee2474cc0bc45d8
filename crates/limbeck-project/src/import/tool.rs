//! The tools whose history can be brought over.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;

/// A migration tool whose history can be brought over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Tool {
    /// sqlx: `1_name.sql`, or `1_name.up.sql` with `1_name.down.sql`.
    Sqlx,
    /// refinery: `V1__name.sql`.
    Refinery,
    /// Diesel: `2024-01-31-120000_name/up.sql` and `down.sql`.
    Diesel,
    /// Alembic: through its offline SQL.
    Alembic,
}

impl Tool {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Sqlx, Self::Refinery, Self::Diesel, Self::Alembic];

    /// The name, as it is typed.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sqlx => "sqlx",
            Self::Refinery => "refinery",
            Self::Diesel => "diesel",
            Self::Alembic => "alembic",
        }
    }

    /// The table that it keeps what it did in, where nothing else is configured.
    #[must_use]
    pub fn table(self) -> &'static str {
        match self {
            Self::Sqlx => "_sqlx_migrations",
            Self::Refinery => "refinery_schema_history",
            Self::Diesel => "__diesel_schema_migrations",
            Self::Alembic => "alembic_version",
        }
    }

    /// The tool's own command that applies what is pending.
    pub(crate) fn upgrade(self) -> &'static str {
        match self {
            Self::Sqlx => "sqlx migrate run",
            Self::Refinery => "refinery migrate",
            Self::Diesel => "diesel migration run",
            Self::Alembic => "alembic upgrade heads",
        }
    }
}

impl fmt::Display for Tool {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl FromStr for Tool {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|tool| tool.as_str() == text).ok_or(())
    }
}
