//! What a household pays for.

use jiff::Timestamp;
use limbeck::Table;
use serde_json::Value;
use uuid::Uuid;

use super::Household;
use crate::database::columns::Timestamps;
use crate::database::types::{Money, SubscriptionStatus};

/// A household has one subscription at a time, and keeps those that ended.
#[derive(Table, Debug, Clone)]
#[table(name = "subscriptions", comments)]
// No unique index, since a constraint can wait for the end of the transaction in which one subscription follows another.
#[table(exclude(
    name = "subscriptions_one_at_a_time",
    household_id with "=",
    using = btree,
    where = "status IN ('trialing', 'active', 'past_due')",
    deferrable = initially_deferred,
))]
pub struct Subscription {
    #[column(primary_key, default = sql("gen_random_uuid()"))]
    pub id: Uuid,
    #[column(references = Household::id, on_delete = restrict, index)]
    pub household_id: Uuid,
    #[column(default = "trialing")]
    pub status: SubscriptionStatus,
    #[column(type = "varchar(40)")]
    pub plan: String,
    #[column(type = "numeric(12,2)", check = "price >= 0")]
    pub price: Money,
    #[column(type = "char(3)", default = "EUR", check = "currency = upper(currency)")]
    pub currency: String,
    /// What the payment service calls it.
    #[column(unique)]
    pub external_id: Option<String>,
    /// The payment service's last word about it, as it came.
    #[column(type = "json")]
    pub last_event: Option<Value>,
    #[column(default = sql("now() + interval '14 days'"))]
    pub period_ends_at: Timestamp,
    pub cancelled_at: Option<Timestamp>,
    #[column(flatten)]
    pub times: Timestamps,
}
