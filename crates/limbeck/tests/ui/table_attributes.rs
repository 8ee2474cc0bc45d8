use limbeck::Table;

#[derive(Table)]
struct NoName {
    a: i32,
}

#[derive(Table)]
#[table(name = "words", shema = "x", name = "twice", unique(b), unique("a"), index = "a")]
struct Words {
    a: i32,
}

#[derive(Table)]
#[table]
struct Bare {
    a: i32,
}

#[derive(Table)]
#[table(name = "misplaced", primary_key(a), check, comments = "yes")]
#[column(unique)]
struct Misplaced {
    #[column(primary_key)]
    a: i32,
}

#[derive(Table)]
#[table(name = "indexes", index(), index(a sideways), index(a, usin = gin), index(a, include(b)))]
struct Indexes {
    a: i32,
}

#[derive(Table)]
#[table(name = "commas" unique(a), unique(a, a), whatever_that_is, schema, comment = 4, renamed_from = "")]
#[table(index(a nulls middle), index(a, unique, unique), primary_key(a), primary_key(a))]
struct Commas {
    #[table(name = "x")]
    a: i32,
}

fn main() {}
