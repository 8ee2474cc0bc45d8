//! Indexes that no constraint owns (`pg_index`).

use std::collections::BTreeMap;

use limbeck_sql::QualifiedName;
use serde::{Deserialize, Serialize};

use crate::ObjectId;

/// An index on a table or a materialised view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Index {
    /// The table or materialised view.
    pub relation: ObjectId,
    /// The index method: `btree`, `gin`, …
    pub method: String,
    /// Whether it is `UNIQUE`.
    pub unique: bool,
    /// Whether two NULLs are equal (`NULLS NOT DISTINCT`, from PostgreSQL 15).
    pub nulls_not_distinct: bool,
    /// What it is over, in key order.
    pub keys: Vec<IndexKey>,
    /// The columns that it only carries (`INCLUDE`).
    pub include: Vec<String>,
    /// The predicate of a partial index, as `pg_get_expr` prints it.
    pub predicate: Option<String>,
    /// Whether it is on a partitioned table some of whose partitions have no such index (`ON ONLY`).
    pub only: bool,
    /// The index (or the constraint that has it) of the partitioned table, where this one is the partition's part of it.
    pub partition_of: Option<ObjectId>,
    /// What is set of it besides.
    pub settings: IndexSettings,
    /// Whether it is usable. One that a failed `CREATE INDEX CONCURRENTLY` left behind is not.
    pub valid: bool,
}

/// What is set of an index, and can be set otherwise without building it anew; of a constraint's index too.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndexSettings {
    /// Storage parameters (`reloptions`).
    pub options: BTreeMap<String, String>,
    /// The tablespace (`reltablespace`), where it is not the database's own.
    pub tablespace: Option<String>,
    /// How much is learnt of the values of expressions, where that is not left to PostgreSQL; ordered by key.
    pub statistics: Vec<KeyStatistics>,
    /// Whether its table was, or is to be, put in its order (`CLUSTER ON`).
    pub clustered: bool,
    /// Whether it tells rows apart in logical replication (`REPLICA IDENTITY USING INDEX`).
    pub replica_identity: bool,
}

/// How much is learnt of the values of one expression of an index (`attstattarget`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyStatistics {
    /// The number of the key, from 1.
    pub key: i16,
    /// 0 to 10000.
    pub target: i16,
}

/// The index behind a constraint, as far as the constraint does not tell it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConstraintIndex {
    /// What is set of it.
    pub settings: IndexSettings,
    /// Its own comment, which is not the constraint's.
    pub comment: Option<String>,
}

/// One element of an index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndexKey {
    /// The column's name (unquoted) when `is_expression` is false, else the expression as PostgreSQL prints it,
    /// in the parentheses that `CREATE INDEX` needs.
    pub key: String,
    /// Whether `key` is an expression.
    pub is_expression: bool,
    /// The collation, where it is not the key's own.
    pub collation: Option<QualifiedName>,
    /// The operator class, where it is not the type's default or has parameters.
    pub operator_class: Option<QualifiedName>,
    /// The operator class's parameters, as in `siglen='32'`.
    pub operator_class_options: Vec<String>,
    /// Sort order, for methods that have one.
    pub order: KeyOrder,
}

/// The sort order of an index's element.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyOrder {
    /// `DESC`.
    pub descending: bool,
    /// `NULLS FIRST`.
    pub nulls_first: bool,
}
