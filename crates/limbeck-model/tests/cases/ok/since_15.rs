//! What PostgreSQL has from 15.

use limbeck::Table;

#[derive(Table)]
#[table(name = "parents", primary_key(tenant, id))]
struct Parent {
    tenant: i32,
    id: i32,
}

#[derive(Table)]
#[table(name = "children", unique(a, b, nulls_not_distinct))]
#[table(foreign_key(columns(tenant, parent), references = Parent(tenant, id), on_delete = set_null(parent)))]
struct Child {
    #[column(unique(nulls_not_distinct))]
    a: Option<i32>,
    #[column(index(unique, nulls_not_distinct))]
    b: Option<i32>,
    tenant: i32,
    parent: Option<i32>,
}
