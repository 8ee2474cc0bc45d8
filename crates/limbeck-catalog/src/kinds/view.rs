//! Views and materialised views (`pg_class`, `pg_rewrite`).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{ColumnSettings, ReplicaIdentity};

/// A view or materialised view, by its definition text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct View {
    /// The query, as `pg_get_viewdef` prints it, without the semicolon at the end.
    pub query: String,
    /// Options and storage parameters (`reloptions`), those of the TOAST table under `toast.`.
    pub options: BTreeMap<String, String>,
    /// The defaults of its columns (`ALTER COLUMN … SET DEFAULT`), as `pg_get_expr` prints them, by column.
    pub column_defaults: BTreeMap<String, String>,
    /// The access method of a materialised view (`relam`), where it is not `heap`.
    pub access_method: Option<String>,
    /// The tablespace of a materialised view (`reltablespace`), where it is not the database's own.
    pub tablespace: Option<String>,
    /// By what the rows of a materialised view are told apart in logical replication. By no index: its columns may hold
    /// NULLs.
    pub replica_identity: ReplicaIdentity,
    /// What is set of the storage and statistics of a materialised view's columns, of those alone where anything is.
    pub column_settings: BTreeMap<String, ColumnSettings>,
    /// Whether a materialised view holds rows. Always true for a view.
    pub populated: bool,
}
