//! Collations (`pg_collation`).

use serde::{Deserialize, Serialize};

/// A collation. The version of the library that it was made with is no fact of it: it is the server's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Collation {
    /// Whose rules it follows, and which.
    pub provider: CollationProvider,
    /// Whether strings are equal only when their bytes are.
    pub deterministic: bool,
    /// Rules that tailor it (`collicurules`, from PostgreSQL 16).
    pub rules: Option<String>,
}

/// Whose rules a collation follows (`collprovider`), and which of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "provider", rename_all = "snake_case")]
pub enum CollationProvider {
    /// The operating system's.
    Libc {
        /// `LC_COLLATE`.
        collate: String,
        /// `LC_CTYPE`.
        ctype: String,
    },
    /// ICU's.
    Icu {
        /// The locale.
        locale: String,
    },
    /// PostgreSQL's own (from PostgreSQL 17).
    Builtin {
        /// The locale.
        locale: String,
    },
}
