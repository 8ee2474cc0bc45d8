//! People of a tenant.

use limbeck::Table;

use super::Tenant;
use crate::types::Email;

/// A person of a tenant. One who belongs to two is two members.
#[derive(Table, Debug, Clone)]
#[table(name = "members", schema = "app", comments, row_security = forced)]
#[table(primary_key(tenant_id, id))]
#[table(index(name = "members_email_key", tenant_id, "lower(email)", unique))]
pub struct Member {
    #[column(references = Tenant::id, on_delete = cascade, default = sql("app.current_tenant()"))]
    pub tenant_id: i64,
    #[column(identity = always)]
    pub id: i64,
    pub email: Email,
    pub name: String,
}
