//! What columns hold, where a plain Rust type would say too little.

use limbeck::{PgEnum, PgType};

/// What a tenant pays for.
#[derive(PgEnum, Debug, Clone, Copy, PartialEq, Eq)]
#[pg_enum(name = "plan", schema = "app", rename_all = "snake_case", comments)]
pub enum Plan {
    Trial,
    Standard,
    Unlimited,
}

/// An e-mail address as it was typed.
#[derive(PgType, Debug, Clone, PartialEq, Eq)]
#[pg_type(
    name = "email",
    schema = "app",
    check(name = "email_has_an_at", expr = "VALUE ~ '^[^@]+@[^@]+$'")
)]
pub struct Email(pub String);

/// Where a house stands.
#[derive(PgType, Debug, Clone, PartialEq, Eq)]
#[pg_type(name = "address", schema = "app")]
pub struct Address {
    pub street: String,
    pub city: String,
    /// Two letters, as in ISO 3166.
    #[pg_type(type = "char(2)")]
    pub country: String,
}
