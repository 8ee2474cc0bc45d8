//! Enum types (`pg_type`, `pg_enum`).

use serde::{Deserialize, Serialize};

/// An enum type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnumType {
    /// The labels in their sort order (`enumsortorder`).
    pub labels: Vec<String>,
}
