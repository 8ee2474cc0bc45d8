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

fn main() {}
