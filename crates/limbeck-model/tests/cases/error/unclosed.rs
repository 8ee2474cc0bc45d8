use limbeck::Table;

#[derive(Table)]
#[table(name = "users")]
struct User {
    a: i32,
