//! What was paid.

use jiff::Timestamp;
use jiff::civil::Date;
use limbeck::Table;
use uuid::Uuid;

use super::Subscription;
use crate::database::types::{Address, Money};

/// Written once and never changed but for when it was paid.
#[derive(Table, Debug, Clone)]
#[table(name = "invoices", comments)]
#[table(index(subscription_id, issued_on desc))]
pub struct Invoice {
    /// Counts without regard to who is billed, from where paper ended.
    #[column(primary_key, identity(always, start = 1001))]
    pub number: i64,
    #[column(references = Subscription::id, on_delete = restrict)]
    pub subscription_id: Uuid,
    /// As it was on that day.
    pub billed_to: Option<Address>,
    #[column(default = sql("CURRENT_DATE"))]
    pub issued_on: Date,
    #[column(type = "numeric(12,2)")]
    pub net: Money,
    #[column(type = "numeric(5,4)", default = 0, check = "tax_rate >= 0 AND tax_rate < 1")]
    pub tax_rate: rust_decimal::Decimal,
    /// To be paid, tax included.
    #[column(type = "numeric(12,2)", generated = "round(net * (1 + tax_rate), 2)")]
    pub gross: Money,
    pub paid_at: Option<Timestamp>,
    /// The document, as it was sent.
    pub document: Option<Vec<u8>>,
}
