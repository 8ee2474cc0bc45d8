//! The same query by three drivers.

mod by_diesel;
mod by_sqlx;
mod by_tokio_postgres;
mod user;

use user::User;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let url = std::env::var("DATABASE_URL")?;

    let (client, connection) = tokio_postgres::connect(&url, tokio_postgres::NoTls).await?;
    tokio::spawn(connection);
    let ada = User {
        id: 1,
        email: "ada@example.org".to_owned(),
        display_name: Some("Ada".to_owned()),
    };
    by_tokio_postgres::insert(&client, &ada).await?;
    let found = by_tokio_postgres::by_email(&client, "ada@example.org").await?;
    println!("tokio-postgres: {found:?}");

    let mut connection = <sqlx::PgConnection as sqlx::Connection>::connect(&url).await?;
    let ben = User {
        id: 2,
        email: "ben@example.org".to_owned(),
        display_name: None,
    };
    by_sqlx::insert(&mut connection, &ben).await?;
    let found = by_sqlx::by_email(&mut connection, "ben@example.org").await?;
    println!("sqlx: {found:?}");

    let mut connection = <diesel_async::AsyncPgConnection as diesel_async::AsyncConnection>::establish(&url).await?;
    let found = by_diesel::by_email(&mut connection, "ada@example.org").await?;
    println!("Diesel, with SQL: {found:?}");
    let found = by_diesel::by_name(&mut connection, "Ada").await?;
    println!("Diesel, with its own words: {found:?}");
    Ok(())
}
