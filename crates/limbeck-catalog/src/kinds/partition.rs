//! Partitioned tables and their partitions (`pg_partitioned_table`, `pg_inherits`).

use limbeck_sql::QualifiedName;
use serde::{Deserialize, Serialize};

use crate::ObjectId;

/// How a partitioned table spreads its rows over its partitions (`PARTITION BY`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartitionKey {
    /// By what sort of bounds.
    pub strategy: PartitionStrategy,
    /// What the bounds are about, in order.
    pub keys: Vec<PartitionKeyPart>,
}

/// The sort of bounds that partitions have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PartitionStrategy {
    /// `RANGE`.
    Range,
    /// `LIST`.
    List,
    /// `HASH`.
    Hash,
}

impl PartitionStrategy {
    /// The strategy as SQL spells it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Range => "RANGE",
            Self::List => "LIST",
            Self::Hash => "HASH",
        }
    }
}

/// One element of a partition key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartitionKeyPart {
    /// The column's name (unquoted) when `is_expression` is false, else the expression as PostgreSQL prints it, with its
    /// collation and operator class where it has its own.
    pub key: String,
    /// Whether `key` is an expression.
    pub is_expression: bool,
    /// The collation, where it is not the column's own.
    pub collation: Option<QualifiedName>,
    /// The operator class, where it is not the type's default.
    pub operator_class: Option<QualifiedName>,
}

/// What a table, ordinary or foreign, has its inherited columns from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Parents<'a> {
    /// What it is a partition of, where it is one.
    pub partition_of: Option<&'a PartitionOf>,
    /// The tables that it inherits from (`INHERITS`), in order.
    pub inherits: &'a [ObjectId],
}

impl<'a> Parents<'a> {
    /// The table that it is a partition of, or those that it inherits from.
    pub fn iter(self) -> impl Iterator<Item = &'a ObjectId> {
        let partitioned = self.partition_of.map(|partition| &partition.parent);
        partitioned.into_iter().chain(self.inherits)
    }
}

/// What makes a table a partition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartitionOf {
    /// The partitioned table.
    pub parent: ObjectId,
    /// Which rows it takes, as `pg_get_expr` prints it: `FOR VALUES IN ('a')`, `DEFAULT`.
    pub bound: String,
}
