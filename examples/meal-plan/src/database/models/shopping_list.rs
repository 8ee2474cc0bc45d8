//! What is to be bought.

use jiff::Timestamp;
use limbeck::Table;
use uuid::Uuid;

use super::{Household, MealPlan, ShoppingListItem};
use crate::database::columns::Timestamps;
use crate::database::types::TimeRange;

#[derive(Table, Debug, Clone)]
#[table(name = "shopping_lists")]
pub struct ShoppingList {
    #[column(primary_key, default = sql("gen_random_uuid()"))]
    pub id: Uuid,
    #[column(references = Household::id, on_delete = cascade, index)]
    pub household_id: Uuid,
    #[column(unique, references = MealPlan::id, on_delete = set_null)]
    pub meal_plan_id: Option<Uuid>,
    #[column(default = "Shopping")]
    pub name: String,
    pub completed_at: Option<Timestamp>,
    /// When it may be brought.
    pub delivered_within: Option<TimeRange>,
    /// Its lines, where they were asked for. No column.
    #[column(skip)]
    pub items: Vec<ShoppingListItem>,
    #[column(flatten)]
    pub times: Timestamps,
}
