//! sqlx.

use limbeck::Table;
use sqlx::{AssertSqlSafe, PgConnection};

use crate::user::User;

pub async fn insert(connection: &mut PgConnection, user: &User) -> sqlx::Result<()> {
    let (table, c) = (User::TABLE, User::COLUMNS);
    let sql = format!(
        "INSERT INTO {table} ({}, {}, {}) VALUES ($1, $2, $3)",
        c.id, c.email, c.display_name
    );
    sqlx::query(AssertSqlSafe(sql))
        .bind(user.id)
        .bind(&user.email)
        .bind(&user.display_name)
        .execute(connection)
        .await?;
    Ok(())
}

pub async fn by_email(connection: &mut PgConnection, email: &str) -> sqlx::Result<Option<User>> {
    let sql = format!("SELECT * FROM {} WHERE {} = $1", User::TABLE, User::COLUMNS.email);
    // What is asserted: nothing in the text comes from a user. Names of tables and columns are constants.
    sqlx::query_as(AssertSqlSafe(sql))
        .bind(email)
        .fetch_optional(connection)
        .await
}
