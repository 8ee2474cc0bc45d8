//! Structs over views, and sets of columns in them.

use limbeck::{Columns, PgEnum, Table, View};

mod shared {
    #[derive(limbeck::Columns)]
    #[columns(rename_all = "camelCase", check(expr = "\"createdAt\" > now()"))]
    pub struct Times {
        #[column(default = sql("now()"))]
        created_at: chrono::DateTime<chrono::Utc>,
        #[column(nullable)]
        changed_at: chrono::DateTime<chrono::Utc>,
    }
}

#[derive(PgEnum)]
#[pg_enum(name = "mood", rename_all = "lowercase")]
enum Mood {
    Merry,
}

#[derive(Columns)]
struct Address {
    #[column(primary_key, references = User::id)]
    street: i64,
    #[column(type = "varchar(5)")]
    zip: Option<String>,
    #[column(flatten, prefix = "at_")]
    times: Box<shared::Times>,
}

#[derive(Table)]
#[table(name = "users")]
struct User {
    #[column(primary_key)]
    id: i64,
}

#[derive(View)]
#[view(name = "people", schema = "app", rename_all = "UPPERCASE")]
struct Person {
    first: i32,
    #[column(flatten)]
    times: shared::Times,
    r#type: Option<Mood>,
    #[column(flatten, prefix = "home ")]
    home: Option<Box<Address>>,
    #[column(name = "moods")]
    last: Vec<Mood>,
    #[column(skip)]
    nothing: u64,
}

#[derive(View)]
#[view(name = "people", schema = "app")]
struct Other {
    #[column(type = "citext")]
    name: Option<String>,
}
