//! A meal-plan service: households plan what they cook, and shop for it.

pub mod database;
