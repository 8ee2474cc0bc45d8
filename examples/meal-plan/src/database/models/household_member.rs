//! Who belongs to which household.

use jiff::Timestamp;
use limbeck::Table;
use uuid::Uuid;

use super::{Household, User};
use crate::database::types::MemberRole;

#[derive(Table, Debug, Clone)]
#[table(name = "household_members", primary_key(household_id, user_id))]
pub struct HouseholdMember {
    #[column(references = Household::id, on_delete = cascade)]
    pub household_id: Uuid,
    #[column(references = User::id, on_delete = cascade, index)]
    pub user_id: Uuid,
    #[column(default = "cook")]
    pub role: MemberRole,
    #[column(references = User::id, on_delete = set_null)]
    pub invited_by: Option<Uuid>,
    #[column(default = sql("now()"))]
    pub joined_at: Timestamp,
}
