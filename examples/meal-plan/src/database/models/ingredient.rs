//! What recipes are made of.

use limbeck::Table;
use rust_decimal::Decimal;

use crate::database::types::{IngredientKind, Unit};

/// Something that can be bought.
#[derive(Table, Debug, Clone)]
#[table(name = "ingredients", comments)]
#[table(index(allergens, using = gin))]
pub struct Ingredient {
    #[column(primary_key, identity = always)]
    pub id: i64,
    #[column(unique)]
    pub name: String,
    pub plural_name: Option<String>,
    /// `type` in the database, which is no name that a field can have.
    #[column(name = "type", default = "other")]
    pub kind: IngredientKind,
    #[column(default = "gram")]
    pub default_unit: Unit,
    /// Grams in a millilitre, to turn volumes into weights.
    #[column(type = "numeric(6,3)", check = "density > 0")]
    pub density: Option<Decimal>,
    #[column(default = sql("'{}'"))]
    pub allergens: Vec<String>,
    /// Used in its place when it is not at hand.
    #[column(references = Self::id, on_delete = set_null)]
    pub substitute_id: Option<i64>,
}
