use limbeck::{Columns, Table};

#[derive(Columns)]
#[columns(name = "a", unqiue(a), index(missing))]
struct Audit {
    created_at: i64,
    #[column(references = Self::id)]
    by: i64,
    #[column(identity)]
    n: i64,
}

#[derive(Columns)]
struct Generic<T> {
    a: T,
}

#[derive(Columns)]
struct Tuple(i64);

#[derive(Columns)]
struct Circle {
    #[column(flatten)]
    other: Option<Other>,
}

#[derive(Columns)]
struct Other {
    #[column(flatten)]
    circle: Box<Circle>,
    #[column(flatten)]
    again: Option<Circle>,
}

#[derive(Columns)]
struct Keyed {
    #[column(primary_key)]
    key: i64,
    unknown: Nowhere,
}

struct Plain {
    a: i64,
}

#[derive(Table)]
#[table(name = "a", primary_key(id), index(audit, audit.created, audit.by.x, id.x), unique(twice.by, twice.by))]
struct A {
    id: i64,
    by: i64,
    #[column(flatten)]
    audit: Audit,
    #[column(flatten, prefix = "a_prefix_that_is_so_long_that_with_it_no_name_will_do_at_all_")]
    twice: Option<Audit>,
    #[column(flatten)]
    keyed: Keyed,
    #[column(flatten)]
    plain: Plain,
    #[column(flatten)]
    text: String,
    #[column(flatten, default = 1)]
    more: Option<Other>,
    #[column(prefix = "x")]
    alone: i64,
    whole: Keyed,
}

#[derive(Table)]
#[table(name = "b")]
#[columns(comments)]
struct B {
    #[column(references = A::audit)]
    a: i64,
    #[column(references = A::audit.nothing)]
    b: i64,
}

#[derive(Columns)]
#[columns(check = "places.zip <> ''", index("normalize(zip, nfc)"), index("normalize(zip, \"nfc\")"))]
struct Place {
    zip: String,
    nfc: String,
}

#[derive(Table)]
#[table(name = "places")]
struct Prefixed {
    #[column(flatten)]
    here: Place,
    #[column(flatten, prefix = "there_")]
    there: Place,
    #[column(flatten, prefix = "there_")]
    again: Option<Place>,
}
