use limbeck::PgEnum;

#[derive(PgEnum)]
enum NoName {
    A,
}

#[derive(PgEnum)]
#[pg_enum(name = "rules", rename_all = "Snake_Case", nam = "x")]
enum Rules {
    #[pg_enum(renamed = "b")]
    A,
}

#[derive(PgEnum)]
#[pg_enum(name = "labels", rename_all = "lowercase")]
enum Labels {
    One,
    ONE,
}

#[derive(PgEnum)]
#[pg_enum(name = "data")]
enum WithData {
    A(i32),
}

#[derive(PgEnum)]
#[pg_enum(name = "generic")]
enum Generic<T> {
    A,
}

#[derive(PgEnum)]
#[pg_enum(name = "names")]
enum Names {
    #[pg_enum(rename = "")]
    Empty,
    ThisLabelIsSoLongThatPostgreSQLWouldRefuseItSinceLabelsAreNamesToo,
}

#[derive(PgEnum)]
#[pg_enum(name = "removed", removed(lunch = "dinner", gone = "diner", old = "dinner", old = "dinner"))]
#[pg_enum(removed(tea = "dinner", bare), removed(), rename_all = "lowercase")]
enum Removed {
    Lunch,
    #[pg_enum(renamed_from = "tea")]
    Dinner,
}

#[derive(PgEnum)]
#[pg_enum(as = "varchar(4)", schema = "app")]
enum Untyped {
    #[pg_enum(renamed_from = "Fore")]
    Four,
    Fives,
}

#[derive(PgEnum)]
#[pg_enum(name = "numbers", as = "integer")]
enum Numbers {
    A,
}

fn main() {}
