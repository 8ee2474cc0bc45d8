//! Everything that touches the database.

pub mod models;
pub mod types;
