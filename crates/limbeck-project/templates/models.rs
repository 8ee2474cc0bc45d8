//! The tables of this project.
//!
//! Each struct is a table, each field a column. After a change, `limbeck revision --autogenerate -m "what changes"`
//! writes the migration. Rename, change or delete what stands here: it is only a first example.

use limbeck::Table;

/// Somebody who can sign in.
#[derive(Debug, Clone, Table)]
#[table(name = "users")]
pub struct User {
    /// Counted by the database (`GENERATED ALWAYS AS IDENTITY`).
    #[column(primary_key, identity)]
    pub id: i64,

    /// `text NOT NULL UNIQUE`.
    #[column(unique)]
    pub email: String,

    /// An `Option` may be NULL.
    pub display_name: Option<String>,

    /// A default that stands in the database.
    #[column(default = true)]
    pub is_active: bool,
}
