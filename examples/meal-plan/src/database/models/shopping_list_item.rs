//! The lines of a shopping list.

use jiff::Timestamp;
use limbeck::Table;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::{Ingredient, ShoppingList, User};
use crate::database::types::{Money, Unit};

#[derive(Table, Debug, Clone)]
#[table(name = "shopping_list_items", options(fillfactor = 80))]
#[table(index(
    name = "shopping_list_items_open_idx",
    shopping_list_id,
    position,
    where = "bought_at IS NULL"
))]
#[table(check(
    name = "shopping_list_items_say_what",
    expr = "ingredient_id IS NOT NULL OR label IS NOT NULL"
))]
pub struct ShoppingListItem {
    #[column(primary_key, identity)]
    pub id: i64,
    #[column(references = ShoppingList::id, on_delete = cascade, index)]
    pub shopping_list_id: Uuid,
    #[column(references = Ingredient::id, on_delete = restrict)]
    pub ingredient_id: Option<i64>,
    pub label: Option<String>,
    #[column(default = 0)]
    pub position: i32,
    #[column(type = "numeric(10,3)", default = 1)]
    pub quantity: Decimal,
    pub unit: Option<Unit>,
    #[column(type = "numeric(12,2)", check = "price >= 0")]
    pub price: Option<Money>,
    #[column(references = User::id, on_delete = set_null)]
    pub bought_by: Option<Uuid>,
    pub bought_at: Option<Timestamp>,
}
