//! Aggregate functions (`pg_proc`, `pg_aggregate`).

use limbeck_sql::QualifiedName;
use serde::{Deserialize, Serialize};

/// An aggregate function.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Aggregate {
    /// All arguments with their names, as `pg_get_function_arguments` prints them; with `ORDER BY` before the
    /// aggregated ones of an ordered-set aggregate. Empty for one over rows as such (`*`).
    pub arguments: String,
    /// The result type, as `pg_get_function_result` prints it.
    pub result: String,
    /// Whether rows are sorted first, and what for.
    pub kind: AggregateKind,
    /// How rows are gathered.
    pub transition: AggregateTransition,
    /// How rows are gathered where the window moves, with the function that takes rows out again (`MSFUNC`,
    /// `MINVFUNC`).
    pub moving: Option<MovingAggregate>,
    /// The function that puts two states together (`COMBINEFUNC`).
    pub combine: Option<QualifiedName>,
    /// The function that turns a state into bytes (`SERIALFUNC`).
    pub serialize: Option<QualifiedName>,
    /// The function that turns bytes into a state (`DESERIALFUNC`).
    pub deserialize: Option<QualifiedName>,
    /// The operator that an index can answer the aggregate by (`SORTOP`), qualified unless it lies in `pg_catalog`:
    /// `<`, `OPERATOR(public.<)`.
    pub sort_operator: Option<String>,
    /// Whether parallel workers may run it.
    pub parallel: Parallel,
}

/// Whether an aggregate sorts its rows (`aggkind`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AggregateKind {
    /// It does not.
    Plain,
    /// `WITHIN GROUP (ORDER BY …)`.
    OrderedSet,
    /// `WITHIN GROUP (ORDER BY …)`, to find the place of a made-up row (`HYPOTHETICAL`).
    HypotheticalSet,
}

/// How an aggregate gathers rows into a state, and makes its result of that.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AggregateTransition {
    /// The function that adds a row to the state (`SFUNC`, `MSFUNC`).
    pub function: QualifiedName,
    /// The type of the state, as `format_type` prints it (`STYPE`, `MSTYPE`).
    pub state: String,
    /// About how many bytes the state takes; 0 for PostgreSQL's own guess (`SSPACE`, `MSSPACE`).
    pub space: i32,
    /// The state before the first row, as the type's input takes it (`INITCOND`, `MINITCOND`).
    pub initial: Option<String>,
    /// The function that makes the result (`FINALFUNC`, `MFINALFUNC`).
    pub finish: Option<AggregateFinish>,
}

/// How an aggregate makes its result of the state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AggregateFinish {
    /// The function.
    pub function: QualifiedName,
    /// Whether it is given the arguments too, as NULLs (`FINALFUNC_EXTRA`, `MFINALFUNC_EXTRA`).
    pub extra: bool,
    /// What it does to the state (`FINALFUNC_MODIFY`, `MFINALFUNC_MODIFY`).
    pub modify: FinishModify,
}

/// What the function that makes an aggregate's result does to the state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FinishModify {
    /// `READ_ONLY`.
    ReadOnly,
    /// `SHAREABLE`.
    Shareable,
    /// `READ_WRITE`.
    ReadWrite,
}

/// How an aggregate gathers rows over a moving window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MovingAggregate {
    /// How rows are gathered.
    pub transition: AggregateTransition,
    /// The function that takes a row out of the state (`MINVFUNC`).
    pub inverse: QualifiedName,
}

/// Whether parallel workers may run a function (`proparallel`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Parallel {
    /// `PARALLEL UNSAFE`.
    Unsafe,
    /// `PARALLEL RESTRICTED`.
    Restricted,
    /// `PARALLEL SAFE`.
    Safe,
}
