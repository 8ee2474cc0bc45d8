//! Rules of tables and views (`pg_rewrite`).

use serde::{Deserialize, Serialize};

/// A rule that a user made, by its definition text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// The whole `CREATE RULE` statement, as `pg_get_ruledef` prints it, without the semicolon at the end.
    pub definition: String,
    /// When it holds, by `ev_enabled`: `O` origin, `D` disabled, `R` replica, `A` always.
    pub enabled: char,
}
