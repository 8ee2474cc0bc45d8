use limbeck::Table;

#[derive(Table)]
#[table(name = "orders")]
struct Order {
    #[column(references = Nowhere::id)]
    missing_model: i64,
}

fn main() {}
