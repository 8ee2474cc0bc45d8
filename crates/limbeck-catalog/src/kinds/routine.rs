//! Functions and procedures (`pg_proc`).

use serde::{Deserialize, Serialize};

/// A function (a window function too) or procedure, by its definition text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Routine {
    /// The whole `CREATE OR REPLACE` statement, as `pg_get_functiondef` prints it, without the line end after it.
    pub definition: String,
    /// The result type of a function, as `pg_get_function_result` prints it. A change of it means a new function.
    pub result: Option<String>,
    /// All arguments with their names, as `pg_get_function_arguments` prints them.
    pub arguments: String,
    /// Whether it is a window function.
    pub window: bool,
}
