//! Who has which room when.

use std::ops::Range;

use jiff::Timestamp;
use limbeck::Table;
use rust_decimal::Decimal;

use super::{Member, Room};

/// A room for some time. Its references hold the tenant too: a booking of one tenant cannot name a room of another.
#[derive(Table, Debug, Clone)]
#[table(name = "bookings", schema = "app", comments, row_security = forced)]
#[table(primary_key(tenant_id, id))]
#[table(foreign_key(columns(tenant_id, room_id), references = Room(tenant_id, id), on_delete = cascade))]
// A member with bookings stays, but looked at when the transaction ends: a tenant goes with its members and its bookings.
#[table(foreign_key(
    columns(tenant_id, member_id),
    references = Member(tenant_id, id),
    deferrable = initially_deferred
))]
#[table(check(
    name = "bookings_have_a_length",
    expr = "NOT isempty(during) AND NOT lower_inf(during) AND NOT upper_inf(during)"
))]
#[table(exclude(
    name = "bookings_one_at_a_time",
    "int8range(room_id, room_id, '[]')" with "&&",
    during with "&&",
    where = "NOT is_cancelled",
))]
#[table(index(tenant_id, member_id))]
pub struct Booking {
    #[column(default = sql("app.current_tenant()"))]
    pub tenant_id: i64,
    #[column(identity = always)]
    pub id: i64,
    pub room_id: i64,
    pub member_id: i64,
    pub during: Range<Timestamp>,
    /// For an hour, when it was booked.
    #[column(type = "numeric(12,2)")]
    pub price: Decimal,
    /// Whole minutes.
    #[column(generated = "(EXTRACT(epoch FROM upper(during) - lower(during)) / 60)::integer")]
    pub minutes: i32,
    #[column(
        type = "numeric(12,2)",
        generated = "round(price * EXTRACT(epoch FROM upper(during) - lower(during)) / 3600, 2)"
    )]
    pub total: Decimal,
    #[column(default = false)]
    pub is_cancelled: bool,
}
