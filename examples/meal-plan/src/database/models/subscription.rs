//! What a household pays for.

use jiff::Timestamp;
use limbeck::Table;
use serde_json::Value;
use uuid::Uuid;

use super::Household;
use crate::database::types::{Money, SubscriptionStatus};

/// A household has one subscription at a time, and keeps those that ended.
#[derive(Table, Debug, Clone)]
#[table(name = "subscriptions", comments)]
#[table(index(
    name = "subscriptions_one_at_a_time",
    household_id,
    unique,
    where = "status IN ('trialing', 'active', 'past_due')",
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
    #[column(default = sql("now()"))]
    pub created_at: Timestamp,
}
