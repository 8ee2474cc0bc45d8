//! Casts (`pg_cast`).

use serde::{Deserialize, Serialize};

/// A cast, but not the one that a range type brings to its multirange.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cast {
    /// How it converts.
    pub method: CastMethod,
    /// Where it is used without being written.
    pub context: CastContext,
}

/// How a cast converts (`castmethod`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CastMethod {
    /// By a function: its name and the types of its arguments, as SQL.
    Function(String),
    /// Both types are stored alike.
    Binary,
    /// Through text.
    InOut,
}

/// Where a cast is used without being written (`castcontext`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CastContext {
    /// Nowhere.
    Explicit,
    /// Where a value is stored.
    Assignment,
    /// Everywhere.
    Implicit,
}
