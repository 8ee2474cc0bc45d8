use limbeck::{PgEnum, Table};

#[derive(Table)]
#[table(name = "users")]
struct User {
    a: i32,
}

mod admin {
    #[derive(limbeck::Table)]
    #[table(schema = "public", name = "users")]
    struct Administrator {
        a: i32,
    }

    #[derive(limbeck::Table)]
    #[table(schema = "admin", name = "users")]
    struct Another {
        a: i32,
    }
}

#[derive(PgEnum)]
#[pg_enum(name = "slot")]
enum Slot {}

#[derive(PgEnum)]
#[pg_enum(name = "slot")]
enum Same {}
