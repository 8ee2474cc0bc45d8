use limbeck::{PgEnum, PgType, Table};

#[derive(PgEnum)]
#[pg_enum(as = "text", rename_all = "snake_case")]
enum Status {
    Draft,
    #[pg_enum(rename = "it's out")]
    Published,
}

#[derive(PgEnum)]
#[pg_enum(as = "character varying(20)")]
enum Size {
    Small,
}

#[derive(PgEnum)]
#[pg_enum(as = "text")]
enum Nothing {}

#[derive(PgEnum)]
#[pg_enum(name = "slot", schema = "app", removed(brunch = "Lunch", "high tea" = "Dinner"))]
enum Slot {
    Lunch,
    Dinner,
}

#[derive(PgType)]
#[pg_type(name = "state", check = "VALUE <> ''")]
struct State(Status);

struct Wrapped(Status);

#[derive(Table)]
#[table(name = "posts")]
struct Post {
    #[column(default = "draft", check = "status <> 'x'")]
    status: Status,
    before: Option<Wrapped>,
    sizes: Vec<Size>,
    maybe: Option<Vec<Option<Status>>>,
    nothing: Option<Nothing>,
    state: State,
    slot: Slot,
}
