//! People who can sign in.

use jiff::Timestamp;
use limbeck::Table;
use serde_json::Value;
use uuid::Uuid;

use super::Household;
use crate::database::columns::Timestamps;
use crate::database::types::Email;

/// A person who can sign in.
#[derive(Table, Debug, Clone)]
#[table(name = "users", comments)]
pub struct User {
    /// Known to clients, and so not guessable.
    #[column(primary_key, default = sql("gen_random_uuid()"))]
    pub id: Uuid,
    /// As typed. Two people never have addresses that differ by case alone.
    #[column(index(name = "users_email_key", expr = "lower(email)", unique))]
    pub email: Email,
    /// An Argon2 hash; none for people who sign in through another service.
    password_hash: Option<String>,
    pub display_name: String,
    /// The household that is shown first.
    #[column(references = Household::id, on_delete = set_null, deferrable = initially_deferred, index)]
    pub default_household_id: Option<Uuid>,
    /// Whatever the client wants to remember.
    #[column(default = sql("'{}'::jsonb"))]
    pub preferences: Value,
    #[column(default = "en")]
    pub locale: String,
    pub email_verified_at: Option<Timestamp>,
    #[column(flatten)]
    pub times: Timestamps,
}

impl User {
    /// Whether the person can sign in with a password.
    #[must_use]
    pub fn has_password(&self) -> bool {
        self.password_hash.is_some()
    }
}
