//! Who shares the tables.

use jiff::Timestamp;
use limbeck::Table;

use crate::types::Plan;

/// An organisation. It sees itself, and no other.
#[derive(Table, Debug, Clone)]
#[table(name = "tenants", schema = "app", comments, row_security = forced)]
pub struct Tenant {
    #[column(primary_key, identity = always)]
    pub id: i64,
    /// The first part of its address.
    #[column(unique, check(name = "tenants_slug_is_plain", expr = "slug ~ '^[a-z0-9-]+$'"))]
    pub slug: String,
    pub name: String,
    #[column(default = "trial")]
    pub plan: Plan,
    #[column(default = sql("now()"))]
    pub created_at: Timestamp,
}
