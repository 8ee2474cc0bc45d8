use limbeck::{PgEnum, Table};

#[derive(Table)]
#[table(name = "tuple")]
struct Tuple(i32);

#[derive(Table)]
#[table(name = "generic")]
struct Generic<T> {
    a: T,
}

#[derive(Table)]
#[table(name = "lifetime")]
struct Lifetime<'a> {
    a: &'a str,
}

#[derive(Table)]
#[table(name = "an_enum")]
enum Enum {
    A,
}

#[derive(PgEnum)]
#[pg_enum(name = "no_enum")]
struct NoEnum {
    a: i32,
}

#[derive(PgEnum)]
#[pg_enum(name = "generic")]
enum GenericEnum<const N: usize> {
    A,
}

#[derive(PgEnum)]
#[pg_enum(name = "data")]
enum Data<'a> {
    A(&'a str),
}

#[derive(PgEnum)]
#[pg_enum(name = "more")]
enum More {
    A(i32),
    B { b: i32 },
    C,
}

fn main() {}
