//! What columns hold, where a plain Rust type would say too little.

use limbeck::PgEnum;
use rust_decimal::Decimal;

/// An amount of money in the currency beside it.
pub type Money = Decimal;

/// An e-mail address as it was typed. Compared without case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Email(pub String);

/// What PostgreSQL makes of a text to find it by its words. Never read here, only searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SearchVector;

/// What a person may do in a household.
#[derive(PgEnum, Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[pg_enum(name = "member_role", rename_all = "snake_case", comments)]
pub enum MemberRole {
    Owner,
    Cook,
    Guest,
}

/// A meal of the day, in the order of the day.
#[derive(PgEnum, Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[pg_enum(name = "meal_slot", rename_all = "snake_case")]
pub enum MealSlot {
    Breakfast,
    Lunch,
    #[pg_enum(rename = "afternoon_snack")]
    Snack,
    Dinner,
}

/// What an ingredient is measured in.
#[derive(PgEnum, Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[pg_enum(name = "unit", rename_all = "snake_case")]
pub enum Unit {
    Piece,
    Gram,
    Kilogram,
    Millilitre,
    Litre,
    Teaspoon,
    Tablespoon,
    Cup,
}

/// Where a subscription stands.
#[derive(PgEnum, Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[pg_enum(name = "subscription_status", rename_all = "snake_case")]
pub enum SubscriptionStatus {
    Trialing,
    Active,
    PastDue,
    Cancelled,
}
