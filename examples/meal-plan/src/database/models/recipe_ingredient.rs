//! How much of what goes into a recipe.

use limbeck::Table;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::{Ingredient, Recipe};
use crate::database::types::Unit;

#[derive(Table, Debug, Clone)]
#[table(name = "recipe_ingredients", unique(recipe_id, position))]
pub struct RecipeIngredient {
    #[column(primary_key, identity)]
    pub id: i64,
    #[column(references = Recipe::id, on_delete = cascade)]
    pub recipe_id: Uuid,
    #[column(references = Ingredient::id, on_delete = restrict, index)]
    pub ingredient_id: i64,
    #[column(check = "position > 0")]
    pub position: i16,
    #[column(type = "numeric(10,3)", check = "quantity > 0")]
    pub quantity: Option<Decimal>,
    pub unit: Option<Unit>,
    /// As in "finely chopped".
    pub preparation: Option<String>,
    #[column(default = false)]
    pub optional: bool,
}
