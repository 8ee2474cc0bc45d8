//! Schema migrations for Rust and PostgreSQL: what a crate of models needs.
