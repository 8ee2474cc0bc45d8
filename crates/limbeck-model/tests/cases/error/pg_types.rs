use limbeck::{PgEnum, PgType, Table};

#[derive(PgType)]
#[pg_type(name = "no_struct")]
enum NoStruct {
    A,
}

#[derive(PgType)]
#[pg_type(name = "generic")]
struct Generic<T>(T);

#[derive(PgType)]
#[pg_type(name = "pair")]
struct Pair(i32, i32);

#[derive(PgType)]
#[pg_type(name = "unit")]
struct Unit;

#[derive(PgType)]
struct Nameless {
    a: i32,
}

#[derive(PgType)]
#[pg_type(name = "composite", chekc = "VALUE > 0", check = "a > 0", not_null)]
struct Composite {
    #[pg_type(nam = "b")]
    a: i32,
    #[pg_type(name = "a")]
    b: u32,
}

#[derive(PgType)]
#[pg_type(name = "domain", default = 1, default = "x")]
struct Domain(#[pg_type(type = "text")] String);

#[derive(PgType)]
#[pg_type(name = "no_range", range)]
struct NoRange(i32);

#[derive(PgType)]
#[pg_type(name = "bad_range", range(canonica = "x"), not_null)]
struct BadRange(std::ops::Range<u64>);

#[derive(PgType)]
#[pg_type(name = "circle")]
struct Circle {
    other: Option<Other>,
}

#[derive(PgType)]
#[pg_type(name = "other")]
struct Other {
    circles: Vec<Circle>,
}

#[derive(PgEnum)]
#[pg_enum(name = "taken")]
enum Taken {
    A,
}

#[derive(PgType)]
#[pg_type(name = "taken")]
struct AlsoTaken(i32);

#[derive(Table)]
#[table(name = "domain")]
struct Users {
    #[pg_type(name = "x")]
    id: i64,
    ranges: std::ops::Range<f64>,
    zoned: jiff::Zoned,
}
