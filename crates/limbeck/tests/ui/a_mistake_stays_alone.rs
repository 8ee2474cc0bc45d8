//! A model with a mistake is still a model: what refers to it does not fail too.

use limbeck::Table;

#[derive(Table)]
#[table(name = "users", shema = "x")]
struct User {
    id: i64,
}

#[derive(Table)]
#[table(name = "orders")]
struct Order {
    #[column(references = User::id)]
    user: i64,
}

fn main() {
    let _ = Order::COLUMNS.user;
}
