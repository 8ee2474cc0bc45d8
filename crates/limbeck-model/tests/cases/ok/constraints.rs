use limbeck::Table;

#[derive(Table)]
#[table(
    name = "constraints",
    schema = "app",
    primary_key(tenant, id, name = "constraints_pk", include(extra)),
    unique(a, b),
    unique(b, tenant, name = "second", deferrable = initially_deferred, include(a)),
    check = "a < b",
)]
#[table(check(name = "sum", expr = "a + b < 100"))]
struct Constraints {
    tenant: i32,
    id: i64,
    #[column(unique)]
    a: i32,
    #[column(unique(name = "only_b", deferrable))]
    b: i32,
    extra: i32,
}

#[derive(Table)]
#[table(name = "composite")]
struct Composite {
    #[column(primary_key)]
    one: i32,
    #[column(primary_key)]
    two: i32,
    name: String,
    #[column(unique)]
    #[column(check = "three > 0")]
    three: i32,
}
