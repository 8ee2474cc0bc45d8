use limbeck::Table;

#[derive(Table)]
#[table(name = "users")]
struct User {
    id: i64,
}

struct Plain {
    id: i64,
}

#[derive(Table)]
#[table(name = "orders")]
struct Order {
    #[column(references = User::idd)]
    missing_field: i64,
    #[column(references = Plain::id)]
    no_table: i64,
}

#[derive(Table)]
#[table(name = "lines", foreign_key(columns(order), references = Order(number)))]
struct Line {
    order: i64,
}

fn main() {}
