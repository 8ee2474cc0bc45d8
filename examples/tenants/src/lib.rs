//! Rooms that organisations let by the hour: one schema, many tenants.

pub mod models;
pub mod types;
