//! Sequences (`pg_sequence`).

use serde::{Deserialize, Serialize};

use crate::ObjectId;

/// A sequence that is not behind an identity column; one behind `serial` is owned by its column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sequence {
    /// Type and numbers.
    pub options: SequenceOptions,
    /// The column that it goes away with (`OWNED BY`).
    pub owned_by: Option<ObjectId>,
    /// Whether it is unlogged (from PostgreSQL 15).
    pub unlogged: bool,
}

/// Type and numbers of a sequence, complete: what a user left out stands as PostgreSQL filled it in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SequenceOptions {
    /// `smallint`, `integer` or `bigint`.
    pub data_type: String,
    /// `START WITH`.
    pub start: i64,
    /// `INCREMENT BY`.
    pub increment: i64,
    /// `MINVALUE`.
    pub minimum: i64,
    /// `MAXVALUE`.
    pub maximum: i64,
    /// `CACHE`.
    pub cache: i64,
    /// `CYCLE`.
    pub cycle: bool,
}
