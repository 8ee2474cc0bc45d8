//! Columns of tables (`pg_attribute`, `pg_attrdef`).

use limbeck_sql::QualifiedName;
use serde::{Deserialize, Serialize};

use crate::SequenceOptions;

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// The type as `format_type` prints it, qualified unless it lies in `pg_catalog`: `character varying(320)`.
    pub data_type: String,
    /// `NOT NULL`.
    pub not_null: bool,
    /// The default, as `pg_get_expr` prints it. `None` for generated columns.
    pub default: Option<String>,
    /// How the column is computed, when it is.
    pub generated: Option<Generated>,
    /// How the column counts, when it does.
    pub identity: Option<Identity>,
    /// The collation, where it is not the type's own.
    pub collation: Option<QualifiedName>,
}

/// A generated column (PostgreSQL, chapter "Generated Columns").
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Generated {
    /// Whether its values are stored.
    pub kind: GeneratedKind,
    /// The expression, as `pg_get_expr` prints it.
    pub expression: String,
}

/// When a generated column is computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GeneratedKind {
    /// On write.
    Stored,
    /// On read (from PostgreSQL 18).
    Virtual,
}

/// An identity column (PostgreSQL, chapter "Identity Columns").
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// Whether a user's value is taken.
    pub kind: IdentityKind,
    /// The name of the sequence behind it.
    pub sequence: QualifiedName,
    /// The sequence's type and numbers.
    pub options: SequenceOptions,
}

/// Whether an identity column takes a user's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IdentityKind {
    /// Only with `OVERRIDING SYSTEM VALUE`.
    Always,
    /// Whenever one is given.
    ByDefault,
}
