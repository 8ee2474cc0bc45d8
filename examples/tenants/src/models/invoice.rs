//! What tenants pay.

use jiff::civil::Date;
use limbeck::Table;
use rust_decimal::Decimal;

use super::Tenant;

/// Written once. Each region's are in a partition of their own.
#[derive(Table, Debug, Clone)]
#[table(name = "invoices", schema = "billing", comments, row_security = forced)]
#[table(primary_key(region, number), partition_by = list(region))]
#[table(partition(name = "invoices_europe", values = "IN ('at', 'ch', 'de', 'pt')"))]
#[table(partition(name = "invoices_rest", default))]
#[table(index(tenant_id, issued_on desc))]
pub struct Invoice {
    /// Two letters, as in the tenant's address.
    #[column(type = "char(2)")]
    pub region: String,
    #[column(default = sql("nextval('billing.invoice_numbers')"))]
    pub number: i64,
    #[column(references = Tenant::id, on_delete = restrict)]
    pub tenant_id: i64,
    #[column(default = sql("CURRENT_DATE"))]
    pub issued_on: Date,
    #[column(type = "numeric(12,2)")]
    pub net: Decimal,
    #[column(type = "numeric(12,2)", generated = "round(net * 1.2, 2)")]
    pub gross: Decimal,
}
