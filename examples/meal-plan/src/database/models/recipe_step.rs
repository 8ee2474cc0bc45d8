//! What to do, one after another.

use std::ops::Range;

use limbeck::Table;
use uuid::Uuid;

use super::Recipe;

/// One step. Positions are unique at the end of a transaction, so that steps can change places within it.
#[derive(Table, Debug, Clone)]
#[table(name = "recipe_steps")]
#[table(unique(recipe_id, position, name = "recipe_steps_in_order", deferrable = initially_deferred))]
pub struct RecipeStep {
    #[column(primary_key, identity)]
    pub id: i64,
    #[column(references = Recipe::id, on_delete = cascade)]
    pub recipe_id: Uuid,
    #[column(check = "position > 0")]
    pub position: i16,
    pub instruction: String,
    /// How long a timer runs.
    #[column(check = "timer_seconds BETWEEN 1 AND 86400")]
    pub timer_seconds: Option<i32>,
    /// Degrees Celsius of the oven.
    pub oven: Option<Range<i32>>,
    /// Compressed as it comes, so PostgreSQL need not try.
    #[column(storage = external)]
    pub photo: Option<Vec<u8>>,
}
