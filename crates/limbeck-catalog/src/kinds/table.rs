//! Tables (`pg_class`).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// An ordinary table, without its columns, constraints, indexes and triggers.
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
