//! Tables (`pg_class`).

use std::collections::BTreeMap;

use limbeck_sql::QualifiedName;
use serde::{Deserialize, Serialize};

use crate::{ObjectId, PartitionKey, PartitionOf};

/// A table, also a partitioned one or a partition, without its columns, constraints, indexes and triggers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// Whether it is `UNLOGGED`.
    pub unlogged: bool,
    /// The access method (`relam`), where it is not `heap`.
    pub access_method: Option<String>,
    /// The tablespace (`reltablespace`), where it is not the database's own.
    pub tablespace: Option<String>,
    /// Storage parameters (`reloptions`), those of the TOAST table under `toast.`.
    pub options: BTreeMap<String, String>,
    /// Whether row security is on (`ENABLE ROW LEVEL SECURITY`).
    pub row_security: bool,
    /// Whether row security holds for the owner too (`FORCE ROW LEVEL SECURITY`).
    pub force_row_security: bool,
    /// How it is partitioned, where it is.
    pub partition_key: Option<PartitionKey>,
    /// What it is a partition of, where it is one.
    pub partition_of: Option<PartitionOf>,
    /// The tables that it inherits from (`INHERITS`), in order. A partition inherits from what it is a partition of, which
    /// is not listed here.
    pub inherits: Vec<ObjectId>,
    /// The composite type whose attributes are its columns (`OF`).
    pub of_type: Option<QualifiedName>,
    /// By what rows are told apart in logical replication (`relreplident`).
    pub replica_identity: ReplicaIdentity,
}

/// By what rows are told apart in logical replication.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReplicaIdentity {
    /// By the primary key, if there is one.
    #[default]
    Default,
    /// By all their columns.
    Full,
    /// Not at all.
    Nothing,
    /// By an index, which has [`IndexSettings::replica_identity`](crate::IndexSettings::replica_identity).
    Index,
}
