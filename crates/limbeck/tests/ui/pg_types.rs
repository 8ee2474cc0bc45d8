use limbeck::PgType;

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
enum NoStruct {
    A,
}

#[derive(PgType)]
struct Nameless {
    a: i32,
}

#[derive(PgType)]
#[pg_type(name = "composite", chekc = "VALUE > 0", not_null)]
struct Composite {
    #[pg_type(nam = "b")]
    a: i32,
    #[pg_type(name = "a")]
    b: i32,
}

#[derive(PgType)]
#[pg_type(name = "domain", default = 1, default = "x")]
struct Domain(#[pg_type(type = "text")] String);

#[derive(PgType)]
#[pg_type(name = "weights", range(subtype_dif = "x"), check = "true")]
struct Weights(std::ops::Range<f64>);

fn main() {}
