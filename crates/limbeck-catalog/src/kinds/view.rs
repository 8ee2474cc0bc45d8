//! Views and materialised views (`pg_class`, `pg_rewrite`).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A view or materialised view, by its definition text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct View {
    /// The query, as `pg_get_viewdef` prints it, without the semicolon at the end.
    pub query: String,
    /// Options and storage parameters (`reloptions`), `name=value`, sorted.
    pub options: Vec<String>,
    /// The defaults of its columns (`ALTER COLUMN … SET DEFAULT`), as `pg_get_expr` prints them, by column.
    pub column_defaults: BTreeMap<String, String>,
    /// Whether a materialised view holds rows. Always true for a view.
    pub populated: bool,
}
