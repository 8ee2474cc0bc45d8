//! What was done.

use jiff::Timestamp;
use limbeck::Table;
use serde_json::Value;

/// One change of a row, written by a trigger. A year is a partition, which goes as a whole when it is old enough.
#[derive(Table, Debug, Clone)]
#[table(name = "events", schema = "audit", comments, row_security = forced)]
#[table(primary_key(at, id), partition_by = range(at))]
#[table(partition(
    name = "events_2026",
    values = "FROM ('2026-01-01 00:00:00+00') TO ('2027-01-01 00:00:00+00')"
))]
#[table(partition(
    name = "events_2027",
    values = "FROM ('2027-01-01 00:00:00+00') TO ('2028-01-01 00:00:00+00')"
))]
#[table(partition(name = "events_rest", default))]
#[table(index(tenant_id, at desc))]
pub struct Event {
    #[column(default = sql("now()"))]
    pub at: Timestamp,
    #[column(default = sql("gen_random_uuid()"), type = "uuid")]
    pub id: String,
    /// No reference, since the log is kept when the tenant goes: what goes with it is logged too.
    pub tenant_id: i64,
    /// `INSERT`, `UPDATE` or `DELETE`, and of which table.
    pub action: String,
    pub row: Value,
}
