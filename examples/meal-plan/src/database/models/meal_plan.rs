//! Plans for a week or so.

use jiff::civil::Date;
use limbeck::Table;
use uuid::Uuid;

use super::{Household, User};
use crate::database::columns::Timestamps;

/// What a household means to eat from one day to another.
#[derive(Table, Debug, Clone)]
#[table(name = "meal_plans", comments)]
#[table(unique(household_id, starts_on))]
#[table(check(name = "meal_plans_end_after_they_start", expr = "ends_on >= starts_on"))]
pub struct MealPlan {
    #[column(primary_key, default = sql("gen_random_uuid()"))]
    pub id: Uuid,
    #[column(references = Household::id, on_delete = cascade)]
    pub household_id: Uuid,
    #[column(references = User::id, on_delete = set_null)]
    pub created_by: Option<Uuid>,
    pub starts_on: Date,
    pub ends_on: Date,
    pub note: Option<String>,
    #[column(flatten)]
    pub times: Timestamps,
}
