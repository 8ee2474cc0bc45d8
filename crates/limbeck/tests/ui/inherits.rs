use limbeck::Table;

#[derive(Table)]
#[table(name = "a")]
struct A {
    n: i32,
}

struct NoTable;

#[derive(Table)]
#[table(name = "b", inherits(A, NoTable), tablespce = "x")]
struct B {
    n: i32,
}

fn main() {}
