//! What leads to data elsewhere: foreign-data wrappers, servers, user mappings and foreign tables
//! (`pg_foreign_data_wrapper`, `pg_foreign_server`, `pg_user_mapping`, `pg_foreign_table`).
//!
//! Values of options that may be secrets are held by no fact; each is named among
//! [`Catalog::unread`](crate::Catalog::unread).

use std::collections::BTreeMap;

use limbeck_sql::QualifiedName;
use serde::{Deserialize, Serialize};

use crate::{ObjectId, PartitionOf};

/// A foreign-data wrapper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForeignDataWrapper {
    /// The function that reaches the data (`HANDLER`).
    pub handler: Option<QualifiedName>,
    /// The function that checks options (`VALIDATOR`).
    pub validator: Option<QualifiedName>,
    /// Its options.
    pub options: BTreeMap<String, String>,
}

/// A foreign server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Server {
    /// Its foreign-data wrapper.
    pub wrapper: String,
    /// What the wrapper is told to find there (`TYPE`).
    pub server_type: Option<String>,
    /// The version that the wrapper is told to find there (`VERSION`).
    pub version: Option<String>,
    /// Its options.
    pub options: BTreeMap<String, String>,
}

/// How a user is known on a foreign server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserMapping {
    /// Its options; `None` where the role that read the catalogue has no right to see them.
    pub options: Option<BTreeMap<String, String>>,
}

/// A foreign table, without its columns, constraints and triggers: those are objects of their own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForeignTable {
    /// What it is a partition of, where it is one.
    pub partition_of: Option<PartitionOf>,
    /// The tables that it inherits from (`INHERITS`), in order.
    pub inherits: Vec<ObjectId>,
    /// Its server.
    pub server: String,
    /// Its options.
    pub options: BTreeMap<String, String>,
}
