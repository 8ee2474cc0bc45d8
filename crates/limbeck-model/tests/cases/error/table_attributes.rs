use limbeck::Table;

#[derive(Table)]
struct NoName {
    a: i32,
}

#[derive(Table)]
#[table(name = "words", shema = "x", name = "twice", whatever_that_is, unique(a), index = "a")]
struct Words {
    a: i32,
}

#[derive(Table)]
#[table]
struct Bare {
    a: i32,
}

#[derive(Table)]
#[table(name = "values", schema, comment = 4, comments = "yes", renamed_from = "")]
struct Values {
    a: i32,
}

#[derive(Table)]
#[table(name = "misplaced")]
#[column(unique)]
struct Misplaced {
    #[table(name = "x")]
    a: i32,
}

#[derive(Table)]
#[table(name = "missing commas" unique(a))]
struct Commas {
    a: i32,
}
