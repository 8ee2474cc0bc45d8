use limbeck::Table;

#[derive(Table)]
#[table(name = "tuple")]
struct Tuple(i32, i32);

#[derive(Table)]
#[table(name = "unit")]
struct Unit;

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

#[derive(Table)]
#[table(name = "a_name_that_is_longer_than_what_postgresql_keeps_which_is_63_bytes")]
struct Long {
    a_field_whose_name_is_longer_than_what_postgresql_keeps_which_is_63: i32,
}

#[derive(Table)]
#[table(name = "syntax")]
struct Syntax {
    a: ,
}
