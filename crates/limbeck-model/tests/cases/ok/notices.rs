//! What is no mistake, and yet likely not meant.

use limbeck::Table;

#[derive(Table)]
#[table(name = "user")]
struct User {
    #[column(primary_key)]
    id: i64,
    current_user: String,
}

// No first row: each needs another.
#[derive(Table)]
#[table(name = "hens")]
struct Hen {
    #[column(primary_key)]
    id: i64,
    #[column(references = Egg::id)]
    egg: i64,
}

#[derive(Table)]
#[table(name = "eggs")]
struct Egg {
    #[column(primary_key)]
    id: i64,
    #[column(references = Nest::id)]
    nest: i64,
}

#[derive(Table)]
#[table(name = "nests")]
struct Nest {
    #[column(primary_key)]
    id: i64,
    #[column(references = Hen::id)]
    hen: i64,
}

// One key can wait, one may be left out, and a row may refer to itself.
#[derive(Table)]
#[table(name = "teams")]
struct Team {
    #[column(primary_key)]
    id: i64,
    #[column(references = Member::id, deferrable = initially_deferred)]
    captain: i64,
    #[column(references = Self::id)]
    first: i64,
}

#[derive(Table)]
#[table(name = "members")]
struct Member {
    #[column(primary_key)]
    id: i64,
    #[column(references = Team::id)]
    team: i64,
    #[column(references = Badge::id)]
    badge: Option<i64>,
}

#[derive(Table)]
#[table(name = "badges")]
struct Badge {
    #[column(primary_key)]
    id: i64,
    #[column(references = Member::id)]
    member: i64,
}

// Quoted, and no more said of it.
#[derive(Table)]
#[table(name = "order")]
struct Order {
    #[column(primary_key)]
    id: i64,
    group: String,
    größe: i32,
    名前: String,
}
