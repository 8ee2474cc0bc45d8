use limbeck::View;

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

fn main() {
    is_a_view::<Right>();
    is_a_table::<Right>();
    is_a_view::<i32>();
    let _ = Right::COLUMNS.b;
}
