//! Domains (`pg_type`) and their checks (`pg_constraint`).

use limbeck_sql::QualifiedName;
use serde::{Deserialize, Serialize};

/// A domain, without its checks: those are objects of their own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Domain {
    /// The type that it is over, as `format_type` prints it.
    pub data_type: String,
    /// The collation, where it is not the type's own.
    pub collation: Option<QualifiedName>,
    /// The default, as `pg_get_expr` prints it.
    pub default: Option<String>,
    /// `NOT NULL`.
    pub not_null: bool,
    /// The name of the `NOT NULL`, where PostgreSQL knows one (from 17) and did not choose it itself.
    pub not_null_name: Option<String>,
    /// The comment on the `NOT NULL`.
    pub not_null_comment: Option<String>,
}

/// A check of a domain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DomainConstraint {
    /// The condition on `VALUE`, as `pg_get_expr` prints it.
    pub expression: String,
    /// Whether all values that are stored have been checked.
    pub validated: bool,
}
