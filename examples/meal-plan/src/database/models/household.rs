//! People who eat together.

use limbeck::Table;
use uuid::Uuid;

use super::User;
use crate::database::columns::Timestamps;

/// People who eat together, and share recipes, plans and lists.
#[derive(Table, Debug, Clone)]
#[table(name = "households", comments)]
pub struct Household {
    #[column(primary_key, default = sql("gen_random_uuid()"))]
    pub id: Uuid,
    #[column(check = "length(name) BETWEEN 1 AND 80")]
    pub name: String,
    /// Pays, and cannot leave before someone else does.
    #[column(references = User::id, on_delete = restrict, index)]
    pub owner_id: Uuid,
    /// Whoever knows it may join.
    #[column(unique, default = sql("invite_code()"))]
    pub invite_code: String,
    /// As in the time zone database: `Europe/Lisbon`.
    #[column(default = "UTC")]
    pub time_zone: String,
    #[column(flatten)]
    pub times: Timestamps,
}
