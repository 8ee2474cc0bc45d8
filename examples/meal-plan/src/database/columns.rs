//! Columns that several tables have.

use jiff::Timestamp;
use limbeck::Columns;

/// When a row was made, and when it was last changed. The trigger `touch` keeps the latter.
#[derive(Columns, Debug, Clone)]
pub struct Timestamps {
    #[column(default = sql("now()"))]
    pub created_at: Timestamp,
    #[column(default = sql("now()"))]
    pub updated_at: Timestamp,
}
