use limbeck::{Columns, Table};

#[derive(Columns)]
#[columns(name = "a")]
struct Audit {
    created_at: i64,
    #[column(references = Self::created_at)]
    by: i64,
}

#[derive(Columns)]
struct Tuple(i64);

struct Plain;

#[derive(Table)]
#[table(name = "a", index(audit, audit.created))]
struct A {
    #[column(flatten)]
    audit: Audit,
    #[column(flatten)]
    plain: Plain,
    #[column(flatten, name = "x", prefix = "y")]
    more: Audit,
    #[column(prefix = "x")]
    alone: i64,
}

fn main() {}
