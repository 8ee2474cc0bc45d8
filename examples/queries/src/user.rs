//! The model. The derives of the drivers stand beside Limbeck's.

use limbeck::Table;

/// A person who can sign in.
#[derive(Debug, Clone, PartialEq, Table, sqlx::FromRow, diesel::Queryable, diesel::QueryableByName)]
#[table(name = "users")]
#[diesel(table_name = crate::by_diesel::users)]
pub struct User {
    #[column(primary_key)]
    pub id: i64,
    #[column(unique)]
    pub email: String,
    pub display_name: Option<String>,
}
