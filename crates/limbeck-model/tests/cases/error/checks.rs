use limbeck::Table;

#[derive(Table)]
#[table(name = "people", check = "agee > 0", check = "1 = 1")]
#[table(check(name = "by_field", expr = "display_name <> ''"))]
#[table(check = "'age' <> ''", check = "false", check = "people IS NOT NULL", check = "\"Shown\" <> ''")]
struct Person {
    #[column(check = "AGE > 0")]
    age: i32,
    #[column(name = "Shown", check = "Shown <> ''")]
    display_name: String,
}
