//! Triggers (`pg_trigger`).

use serde::{Deserialize, Serialize};

/// A trigger that a user made, by its definition text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trigger {
    /// The whole `CREATE TRIGGER` statement, as `pg_get_triggerdef` prints it.
    pub definition: String,
    /// When it fires, by `tgenabled`: `O` origin, `D` disabled, `R` replica, `A` always.
    pub enabled: char,
}
