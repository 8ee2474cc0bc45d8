//! What is bought.

use accounts::User;
use limbeck::Table;

#[derive(Debug, Clone, Table)]
#[table(name = "orders")]
pub struct Order {
    #[column(primary_key, identity)]
    pub id: i64,
    #[column(references = User::id)]
    pub buyer: i64,
}

#[cfg(feature = "gifts")]
#[derive(Debug, Clone, Table)]
#[table(name = "gifts")]
pub struct Gift {
    #[column(primary_key, references = Order::id, on_delete = cascade)]
    pub for_order: i64,
    #[column(references = accounts::User::id)]
    pub receiver: i64,
}
