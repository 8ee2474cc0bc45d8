#[derive(limbeck::Table)]
#[table(name = "included")]
struct Included {
    id: i64,
}
