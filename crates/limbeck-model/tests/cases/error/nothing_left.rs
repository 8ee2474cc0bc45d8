//! What refers to a model of which nothing is left is no mistake besides.

use limbeck::{PgEnum, Table};

#[derive(PgEnum)]
#[pg_enum(name = "shape")]
enum Shape {
    Circle { radius: f64 },
    Point,
}

#[derive(Table)]
#[table(name = "tuple")]
struct Tuple(i64);

#[derive(Table)]
#[table(name = "syntax")]
struct Syntax {
    id i64,
}

#[derive(Table)]
#[table(name = "references")]
struct References {
    shape: Shape,
    shapes: Option<Vec<Shape>>,
    #[column(references = Tuple::id)]
    tuple: i64,
    #[column(references = Syntax::id)]
    syntax: i64,
    #[column(references = Nowhere::id)]
    nowhere: i64,
}
