use limbeck::Table;

#[derive(Table)]
#[table(name = "a", inherits, inherits = "b", inherits(), inherits = B, inherits(B), tablespce = "x")]
#[table(tablespace, tablespace = "x", tablespace = "y", using, using = "")]
#[table(index(n, with, with(FillFactor = 1), with(fillfactor = 'x'), tablespace = "", whith(fillfactor = 1)))]
#[table(unique(n, with(fillfactor = 1), with(fillfactor = 2), tablespace = 4))]
#[table(partition_by = range(n), partition(name = "p", values = "IN (1)", tablspace = "x", partition(name = "q")))]
#[table(check(expr = "n > 0", not_enforce))]
struct A {
    #[column(not_enforced)]
    n: i32,
}

#[derive(Table)]
#[table(name = "b", inherits(Missing, NoTable, C, C, Self))]
struct B {
    n: String,
}

#[derive(Table)]
#[table(name = "c", inherits = D)]
struct C {
    n: i32,
}

#[derive(Table)]
#[table(name = "d", inherits = C)]
struct D {
    d: i32,
}

struct NoTable {
    a: i32,
}
