//! The meals of a plan.

use jiff::civil::{Date, Time};
use limbeck::Table;
use uuid::Uuid;

use super::{MealPlan, Recipe, User};
use crate::database::types::MealSlot;

/// One meal: a recipe, a few words, or what is left of another.
#[derive(Table, Debug, Clone)]
#[table(name = "meal_plan_entries", comments)]
#[table(index(meal_plan_id, day, slot, include(recipe_id)))]
#[table(unique(meal_plan_id, id))]
#[table(foreign_key(columns(meal_plan_id, leftovers_of), references = Self(meal_plan_id, id)))]
#[table(check(
    name = "meal_plan_entries_say_what",
    expr = "num_nonnulls(recipe_id, title, leftovers_of) > 0"
))]
pub struct MealPlanEntry {
    #[column(primary_key, identity = always)]
    pub id: i64,
    #[column(references = MealPlan::id, on_delete = cascade)]
    pub meal_plan_id: Uuid,
    pub day: Date,
    #[column(default = "dinner")]
    pub slot: MealSlot,
    pub serve_at: Option<Time>,
    #[column(references = Recipe::id, on_delete = restrict, index)]
    pub recipe_id: Option<Uuid>,
    pub title: Option<String>,
    /// An earlier meal of the same plan, of which there is something left.
    pub leftovers_of: Option<i64>,
    #[column(references = User::id, on_delete = set_null, index(where = "cook_id IS NOT NULL"))]
    pub cook_id: Option<Uuid>,
    /// Factors by which each guest's portion differs from one.
    #[column(type = "numeric(4,2)[]", default = sql("'{}'"))]
    pub portions: Vec<rust_decimal::Decimal>,
}
