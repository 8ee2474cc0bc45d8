//! What is let.

use limbeck::Table;
use rust_decimal::Decimal;

use super::Tenant;
use crate::types::Address;

/// A room of a tenant.
#[derive(Table, Debug, Clone)]
#[table(name = "rooms", schema = "app", comments, row_security = forced)]
#[table(primary_key(tenant_id, id), unique(tenant_id, name))]
pub struct Room {
    #[column(references = Tenant::id, on_delete = cascade, default = sql("app.current_tenant()"))]
    pub tenant_id: i64,
    #[column(identity = always)]
    pub id: i64,
    pub name: String,
    pub address: Address,
    #[column(check = "seats > 0")]
    pub seats: i16,
    /// For an hour.
    #[column(type = "numeric(12,2)", check = "price >= 0")]
    pub price: Decimal,
}
