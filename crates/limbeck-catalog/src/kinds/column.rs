//! Columns of tables (`pg_attribute`, `pg_attrdef`).

use std::collections::BTreeMap;

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
    /// The constraint behind `NOT NULL`. Before PostgreSQL 18 there is none.
    pub not_null_constraint: Option<NotNullConstraint>,
    /// The default, as `pg_get_expr` prints it. `None` for generated columns.
    pub default: Option<String>,
    /// How the column is computed, when it is.
    pub generated: Option<Generated>,
    /// How the column counts, when it does.
    pub identity: Option<Identity>,
    /// The collation, where it is not the type's own.
    pub collation: Option<QualifiedName>,
    /// What is set of its storage and statistics.
    pub settings: ColumnSettings,
}

/// The constraint behind a column's `NOT NULL` (`pg_constraint`, from PostgreSQL 18).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotNullConstraint {
    /// Its name. PostgreSQL calls it `table_column_not_null` by itself, and a rename of either leaves it as it is.
    pub name: String,
    /// Whether rows that were there before have been checked (`convalidated`).
    pub validated: bool,
    /// `NO INHERIT`.
    pub no_inherit: bool,
    /// Its comment.
    pub comment: Option<String>,
}

/// How a column is stored and what PostgreSQL learns of it, where that is not left to PostgreSQL.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnSettings {
    /// How large values are stored (`SET STORAGE`), where it is not as the type has it.
    pub storage: Option<ColumnStorage>,
    /// How large values are compressed (`SET COMPRESSION`).
    pub compression: Option<Compression>,
    /// How much is learnt of its values (`SET STATISTICS`): 0 to 10000.
    pub statistics_target: Option<i16>,
    /// What the planner of queries is told of its values (`attoptions`): `n_distinct`, `n_distinct_inherited`.
    pub options: BTreeMap<String, String>,
    /// What the foreign-data wrapper of a foreign table is told of the column (`attfdwoptions`).
    pub foreign_options: BTreeMap<String, String>,
}

/// How a column is stored, and how it would be by its type. (Before PostgreSQL 16 there is no `SET STORAGE DEFAULT`.)
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnStorage {
    /// How the column is stored.
    pub strategy: StorageStrategy,
    /// How columns of its type are stored by default (`pg_type.typstorage`).
    pub of_type: StorageStrategy,
}

/// How large values are stored (PostgreSQL, chapter "TOAST").
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StorageStrategy {
    /// In the row, as they are.
    Plain,
    /// Out of line, as they are.
    External,
    /// Compressed, and out of line where that is not enough.
    Extended,
    /// Compressed, and out of line only as a last resort.
    Main,
}

impl StorageStrategy {
    /// The strategy as SQL spells it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Plain => "PLAIN",
            Self::External => "EXTERNAL",
            Self::Extended => "EXTENDED",
            Self::Main => "MAIN",
        }
    }
}

/// A method of compression (`pg_attribute.attcompression`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Compression {
    /// PostgreSQL's own.
    Pglz,
    /// LZ4, where the server was built with it.
    Lz4,
}

impl Compression {
    /// The method as SQL spells it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pglz => "pglz",
            Self::Lz4 => "lz4",
        }
    }
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
    /// Whether the sequence is unlogged (from PostgreSQL 15), as it is when its table is and nobody says otherwise.
    pub unlogged: bool,
    /// The sequence's own comment.
    pub comment: Option<String>,
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
