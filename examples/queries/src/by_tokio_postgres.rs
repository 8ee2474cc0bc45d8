//! tokio-postgres.

use limbeck::Table;
use tokio_postgres::{Client, Error};

use crate::user::User;

pub async fn insert(client: &Client, user: &User) -> Result<(), Error> {
    let (table, c) = (User::TABLE, User::COLUMNS);
    let sql = format!(
        "INSERT INTO {table} ({}, {}, {}) VALUES ($1, $2, $3)",
        c.id, c.email, c.display_name
    );
    client
        .execute(&sql, &[&user.id, &user.email, &user.display_name])
        .await?;
    Ok(())
}

pub async fn by_email(client: &Client, email: &str) -> Result<Option<User>, Error> {
    let c = User::COLUMNS;
    let sql = format!("SELECT * FROM {} WHERE {} = $1", User::TABLE, c.email);
    let Some(row) = client.query_opt(&sql, &[&email]).await? else {
        return Ok(None);
    };
    // `name()` is the name without quotes, which is what rows are asked by.
    Ok(Some(User {
        id: row.try_get(c.id.name())?,
        email: row.try_get(c.email.name())?,
        display_name: row.try_get(c.display_name.name())?,
    }))
}
