use limbeck::{Columns, View};

#[derive(View)]
struct NoName {
    a: i32,
}

#[derive(View)]
#[view(name = "words", primary_key(a), nam = "x")]
#[table(name = "words")]
struct Words {
    #[column(index)]
    a: i32,
    #[column(nmae = "b")]
    b: i32,
    #[column(name = "a")]
    c: i32,
    #[view(name = "d")]
    d: i32,
}

#[derive(View)]
#[view(name = "generic")]
struct Generic<T> {
    a: T,
}

#[derive(View)]
#[view(name = "tuple")]
struct Tuple(i32);

fn is_a_table<T: limbeck::Table>() {}
fn is_a_view<T: limbeck::View>() {}

#[derive(View)]
#[view(name = "right")]
struct Right {
    a: i32,
}

struct Plain;

#[derive(Columns)]
struct Times {
    at: i64,
}

#[derive(View)]
#[view(name = "flat")]
struct Flat {
    #[column(flatten)]
    plain: Plain,
    #[column(flatten, name = "x")]
    named: Times,
    #[column(prefix = "x")]
    alone: i64,
    #[column(flatten, prefix = "last_")]
    last: Option<Box<Times>>,
}

fn main() {
    let _ = Flat::COLUMNS.last.until;
    is_a_view::<Right>();
    is_a_table::<Right>();
    is_a_view::<i32>();
    let _ = Right::COLUMNS.b;
}
