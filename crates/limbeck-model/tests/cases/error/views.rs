use limbeck::{Columns, Table, View};

#[derive(View)]
struct NoName {
    a: i32,
}

#[derive(View)]
#[view(name = "words", primary_key(a), nam = "x", schema = "app", schema = "app", renamed_from = "y")]
#[table(name = "words")]
struct Words {
    #[column(index, primary_key)]
    a: i32,
    #[column(nmae = "b", type = "")]
    b: u32,
    #[column(name = "a", default = 4)]
    c: i32,
    #[view(name = "d")]
    d: i32,
    #[column(skip)]
    e: u64,
}

#[derive(View)]
#[view(name = "generic")]
struct Generic<T> {
    a: T,
}

#[derive(View)]
#[view(name = "tuple")]
struct Tuple(i32);

#[derive(View)]
#[view(name = "")]
enum Enum {}

#[derive(Table)]
#[table(name = "users")]
struct User {
    #[column(references = Users::a)]
    a: i32,
}

#[derive(View)]
#[view(name = "users")]
struct Users {
    a: i32,
}

#[derive(Columns)]
struct Set {
    #[column(index(nowhere))]
    a: i32,
    b: u32,
}

#[derive(View)]
#[view(name = "flat")]
struct Flat {
    a: i32,
    #[column(flatten)]
    set: Set,
    #[column(flatten, prefix = "a_prefix_that_is_so_long_that_with_it_no_name_will_do_at_all_xyz")]
    long: Set,
    #[column(flatten, name = "x")]
    named: Set,
    #[column(prefix = "y")]
    alone: i32,
    #[column(flatten)]
    plain: String,
}
