//! What columns hold, where a plain Rust type would say too little.

use std::ops::Range;

use jiff::civil::Time;
use limbeck::{PgEnum, PgType};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// An amount of money in the currency beside it.
pub type Money = Decimal;

/// An e-mail address as it was typed. Compared without case.
#[derive(PgType, Debug, Clone, PartialEq, Eq)]
#[pg_type(name = "email", type = "varchar(320)", comments)]
#[pg_type(check(name = "email_has_an_at_sign", expr = "position('@' IN VALUE) > 1"))]
pub struct Email(pub String);

/// Where an invoice goes.
#[derive(PgType, Debug, Clone, PartialEq, Eq)]
#[pg_type(name = "address")]
pub struct Address {
    pub name: String,
    pub street: String,
    pub city: String,
    /// Two letters, as in ISO 3166.
    #[pg_type(type = "char(2)")]
    pub country: String,
}

/// Part of a day, for which PostgreSQL has no range of its own.
#[derive(PgType, Debug, Clone, PartialEq, Eq)]
#[pg_type(name = "time_range", range)]
pub struct TimeRange(pub Range<Time>);

/// What PostgreSQL makes of a text to find it by its words. Never read here, only searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SearchVector;

/// What is in a serving. Kept as JSON, since sources give more or less of it.
#[derive(Serialize, Deserialize, Debug, Clone, Default, PartialEq)]
pub struct Nutrition {
    pub kilocalories: Option<f64>,
    pub protein: Option<f64>,
    pub carbohydrates: Option<f64>,
    pub fat: Option<f64>,
}

/// Where in a shop something is found. Text in the database: shops change, and a type is harder to change than a check.
#[derive(PgEnum, Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[pg_enum(as = "text", rename_all = "snake_case")]
pub enum IngredientKind {
    Produce,
    Dairy,
    Meat,
    Bakery,
    Pantry,
    Other,
}

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
