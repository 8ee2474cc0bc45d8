//! Everything that touches the database.

pub mod columns;
pub mod models;
pub mod types;
pub mod views;
