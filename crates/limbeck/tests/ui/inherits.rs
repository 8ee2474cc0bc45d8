use limbeck::Table;

#[derive(Table)]
#[table(name = "a", inherits, inherits = "b", inherits(), inherits = B, inherits(B), tablespce = "x", using)]
struct A {
    n: i32,
}

struct NoTable;

#[derive(Table)]
#[table(name = "b", inherits(A, NoTable), inherits = Self)]
struct B {
    n: i32,
}

#[derive(Table)]
#[table(name = "c", inherits(A, Self), options(Fillfactor = 1), index(n, with(Fillfactor = 1)))]
struct C {
    n: i32,
}

fn main() {}
