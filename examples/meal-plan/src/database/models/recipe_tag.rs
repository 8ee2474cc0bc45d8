//! Which recipe has which tag.

use limbeck::Table;
use uuid::Uuid;

use super::{Recipe, Tag};

#[derive(Table, Debug, Clone)]
#[table(name = "recipe_tags", primary_key(recipe_id, tag_id))]
pub struct RecipeTag {
    #[column(references = Recipe::id, on_delete = cascade)]
    pub recipe_id: Uuid,
    #[column(references = Tag::id, on_delete = cascade, on_update = cascade, index)]
    pub tag_id: i32,
}
