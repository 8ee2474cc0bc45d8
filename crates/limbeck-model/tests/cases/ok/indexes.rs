use limbeck::Table;

#[derive(Table)]
#[table(name = "indexes")]
#[table(index(a, b desc nulls last, "lower(name)" asc))]
#[table(index(expr = "a + b", name = "sum", unique))]
#[table(index(tags, using = gin, where = "name <> ''"))]
#[table(index(name, name = "by_name", include(a, b)))]
#[table(index(name opclass("text_pattern_ops") collation("C") desc nulls first))]
#[table(index(r#unique, unique))]
#[table(index(r#where, "(a) -- comment"))]
struct Indexes {
    #[column(index)]
    a: i32,
    #[column(index(unique, where = "b > 0"), index(using = hash), index(desc, nulls = last))]
    b: i32,
    #[column(index(expr = "lower(name)"), index(opclass = "text_pattern_ops", collation = "C"))]
    name: String,
    tags: Vec<String>,
    unique: i32,
    r#where: i32,
}
