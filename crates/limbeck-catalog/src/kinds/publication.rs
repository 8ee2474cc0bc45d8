//! Publications (`pg_publication`, `pg_publication_rel`, `pg_publication_namespace`).

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::ObjectId;

/// A publication.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Publication {
    /// Whether it is `FOR ALL TABLES`.
    pub all_tables: bool,
    /// The tables that are named, with what of each is published.
    pub tables: BTreeMap<ObjectId, PublishedTable>,
    /// The schemas whose tables are published (`TABLES IN SCHEMA`, from PostgreSQL 15).
    pub schemas: BTreeSet<String>,
    /// Which operations are published (`publish`).
    pub operations: BTreeSet<PublishedOperation>,
    /// Whether partitions are published as their root (`publish_via_partition_root`).
    pub via_partition_root: bool,
    /// Whether stored generated columns are published (`publish_generated_columns`, from PostgreSQL 18).
    pub generated_columns: bool,
}

/// What of a table is published.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublishedTable {
    /// The columns, all where there are none (from PostgreSQL 15).
    pub columns: BTreeSet<String>,
    /// Which rows (`WHERE`), as `pg_get_expr` prints it (from PostgreSQL 15).
    pub filter: Option<String>,
}

/// An operation on rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PublishedOperation {
    /// `insert`.
    Insert,
    /// `update`.
    Update,
    /// `delete`.
    Delete,
    /// `truncate`.
    Truncate,
}

impl PublishedOperation {
    /// All operations, in the order in which PostgreSQL lists them.
    pub const ALL: [Self; 4] = [Self::Insert, Self::Update, Self::Delete, Self::Truncate];

    /// The operation as SQL spells it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Insert => "insert",
            Self::Update => "update",
            Self::Delete => "delete",
            Self::Truncate => "truncate",
        }
    }
}
