//! Tables (`pg_class`).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// An ordinary table, without its columns, constraints, indexes and triggers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// Whether it is `UNLOGGED`.
    pub unlogged: bool,
    /// Storage parameters (`reloptions`), those of the TOAST table under `toast.`.
    pub options: BTreeMap<String, String>,
    /// Whether row security is on (`ENABLE ROW LEVEL SECURITY`).
    pub row_security: bool,
    /// Whether row security holds for the owner too (`FORCE ROW LEVEL SECURITY`).
    pub force_row_security: bool,
}
