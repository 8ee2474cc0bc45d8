//! Event triggers (`pg_event_trigger`).

use std::collections::BTreeSet;

use limbeck_sql::QualifiedName;
use serde::{Deserialize, Serialize};

/// An event trigger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventTrigger {
    /// What it waits for: `ddl_command_end`, `sql_drop`, …
    pub event: String,
    /// The commands that it is for (`WHEN TAG IN`), all where there are none: `CREATE TABLE`.
    pub tags: BTreeSet<String>,
    /// The function that it runs, which takes no arguments.
    pub function: QualifiedName,
    /// When it fires, by `evtenabled`: `O` origin, `D` disabled, `R` replica, `A` always.
    pub enabled: char,
}
