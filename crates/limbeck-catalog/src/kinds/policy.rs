//! Policies of tables (`pg_policy`).

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

/// A policy of row security.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// Whether it lets rows through (`PERMISSIVE`) rather than holding them back (`RESTRICTIVE`).
    pub permissive: bool,
    /// Which commands it is for.
    pub command: PolicyCommand,
    /// The roles that it is for, unquoted, and [`OWNER`](crate::OWNER) for the one that reads; none for `PUBLIC`.
    pub roles: BTreeSet<String>,
    /// Which rows are seen (`USING`), as `pg_get_expr` prints it.
    pub using: Option<String>,
    /// Which rows can be written (`WITH CHECK`), as `pg_get_expr` prints it.
    pub with_check: Option<String>,
}

/// Which commands a policy is for (`polcmd`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PolicyCommand {
    /// `ALL`.
    All,
    /// `SELECT`.
    Select,
    /// `INSERT`.
    Insert,
    /// `UPDATE`.
    Update,
    /// `DELETE`.
    Delete,
}

impl PolicyCommand {
    /// The command as SQL spells it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::All => "ALL",
            Self::Select => "SELECT",
            Self::Insert => "INSERT",
            Self::Update => "UPDATE",
            Self::Delete => "DELETE",
        }
    }
}
