use limbeck::Table;

#[derive(Table)]
#[table(name = "users")]
struct User {
    id: i64,
}

#[derive(Table)]
#[table(name = "orders")]
struct Order {
    #[column(references = "users.id")]
    string: i64,
    #[column(references = User)]
    no_field: i64,
    #[column(references = User::id, on_delete = destroy)]
    action: i64,
    #[column(references)]
    nothing: i64,
    #[column(references = User(id, id))]
    several: i64,
    #[column(references = User::id, on_delete = "cascade", deferrable = later)]
    quoted: i64,
    #[column(references = User::id, on_delete = cascade(quoted))]
    fields: i64,
}

#[derive(Table)]
#[table(name = "lines", foreign_key(columns(order)), foreign_key(references = User::id))]
#[table(foreign_key(columns(order), references = User(id, id)), foreign_key(order, references = User(id)))]
struct Line {
    order: i64,
}

fn main() {}
