//! The tables, one file each.

pub mod household;
pub mod household_member;
pub mod ingredient;
pub mod invoice;
pub mod meal_plan;
pub mod meal_plan_entry;
pub mod recipe;
pub mod recipe_ingredient;
pub mod recipe_step;
pub mod recipe_tag;
pub mod shopping_list;
pub mod shopping_list_item;
pub mod subscription;
pub mod tag;
pub mod user;

pub use household::Household;
pub use household_member::HouseholdMember;
pub use ingredient::Ingredient;
pub use invoice::Invoice;
pub use meal_plan::MealPlan;
pub use meal_plan_entry::MealPlanEntry;
pub use recipe::Recipe;
pub use recipe_ingredient::RecipeIngredient;
pub use recipe_step::RecipeStep;
pub use recipe_tag::RecipeTag;
pub use shopping_list::ShoppingList;
pub use shopping_list_item::ShoppingListItem;
pub use subscription::Subscription;
pub use tag::Tag;
pub use user::User;
