//! What is read from views. The views themselves stand in `database/schema/views.sql`.

use jiff::civil::Date;
use limbeck::View;
use uuid::Uuid;

use super::types::MealSlot;

/// What a household eats from today on, and who cooks it.
#[derive(View, Debug, Clone)]
#[view(name = "upcoming_meals")]
pub struct UpcomingMeal {
    pub id: i64,
    pub household_id: Uuid,
    pub day: Date,
    pub slot: MealSlot,
    pub title: String,
    pub cook: Option<String>,
}
