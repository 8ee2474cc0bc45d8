//! Triggers (`pg_trigger`).

use serde::{Deserialize, Serialize};

use crate::ObjectId;

/// A trigger that a user made, by its definition text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trigger {
    /// The whole `CREATE TRIGGER` statement, as `pg_get_triggerdef` prints it.
    pub definition: String,
    /// Whether it is a constraint trigger, which can wait for the end of the transaction.
    pub is_constraint: bool,
    /// When it fires, by `tgenabled`: `O` origin, `D` disabled, `R` replica, `A` always.
    pub enabled: char,
    /// The trigger of the partitioned table, where this one is the partition's part of it (`tgparentid`).
    pub partition_of: Option<ObjectId>,
}
