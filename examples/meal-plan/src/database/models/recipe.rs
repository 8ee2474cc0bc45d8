//! What can be cooked.

use jiff::Timestamp;
use limbeck::Table;
use uuid::Uuid;

use super::{Household, User};
use crate::database::columns::Timestamps;
use crate::database::types::{Nutrition, SearchVector};

/// What can be cooked. Belongs to a household, or to everyone.
#[derive(Table, Debug, Clone)]
#[table(name = "recipes", comments)]
#[table(unique(household_id, slug))]
#[table(index(name = "recipes_recent_idx", household_id, times.created_at desc, where = "archived_at IS NULL"))]
#[table(index(search, using = gin))]
#[table(index(nutrition opclass("jsonb_path_ops"), using = gin))]
pub struct Recipe {
    #[column(primary_key, default = sql("gen_random_uuid()"))]
    pub id: Uuid,
    #[column(references = Household::id, on_delete = cascade)]
    pub household_id: Option<Uuid>,
    #[column(references = User::id, on_delete = set_null, index)]
    pub author_id: Option<Uuid>,
    /// The last part of its address.
    #[column(
        type = "varchar(120)",
        collation = "C",
        check(name = "recipes_slug_is_plain", expr = "slug ~ '^[a-z0-9-]+$'")
    )]
    pub slug: String,
    pub title: String,
    #[column(default = "")]
    pub description: String,
    #[column(default = 4, check = "servings BETWEEN 1 AND 100")]
    pub servings: i16,
    /// Where it was found.
    pub source_url: Option<String>,
    /// Per serving.
    #[column(type = "jsonb")]
    pub nutrition: Option<Nutrition>,
    #[column(
        type = "tsvector",
        generated = "to_tsvector('simple', title || ' ' || description)"
    )]
    pub search: SearchVector,
    #[column(flatten)]
    pub times: Timestamps,
    pub archived_at: Option<Timestamp>,
}
