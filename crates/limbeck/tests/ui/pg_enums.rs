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

fn main() {}
