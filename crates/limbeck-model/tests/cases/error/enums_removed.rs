use limbeck::{PgEnum, PgType, Table};

#[derive(PgEnum)]
#[pg_enum(name = "a", removed(lunch = "dinner", gone = "diner", old = "supper_time", old = "dinner"))]
#[pg_enum(removed(tea = "dinner"), rename_all = "snake_case")]
enum Removed {
    Lunch,
    #[pg_enum(renamed_from = "tea")]
    Dinner,
}

#[derive(PgEnum)]
#[pg_enum(name = "b", removed, removed(), removed(old), removed(old = new), removed("" = "a"), remove(a = "b"))]
enum Shapes {
    #[pg_enum(rename = "a")]
    A,
}

#[derive(PgEnum)]
#[pg_enum(as = "text", name = "c", schema = "app", comment = "x", removed(old = "a"), rename_all = "lowercase")]
enum Untyped {
    #[pg_enum(renamed_from = "b")]
    A,
}

#[derive(PgEnum)]
#[pg_enum(as = "varchar(4)")]
enum Narrow {
    Four,
    Fives,
}

#[derive(PgEnum)]
#[pg_enum(as = "integer", as = "text", as = "text")]
enum Number {
    A,
}

#[derive(PgEnum)]
#[pg_enum(as = "text")]
enum Held {
    A,
}

#[derive(PgType)]
#[pg_type(name = "composite")]
struct Composite {
    held: Option<Held>,
}

#[derive(Table)]
#[table(name = "defaults")]
struct Defaults {
    #[column(default = "B")]
    held: Held,
}
