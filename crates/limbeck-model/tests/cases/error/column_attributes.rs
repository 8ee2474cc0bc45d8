use limbeck::Table;

#[derive(Table)]
#[table(name = "columns")]
struct Columns {
    #[column(primry_key)]
    typo: i32,
    #[column(sometimes)]
    unknown: i32,
    #[column(type)]
    no_value: i32,
    #[column(type = "")]
    empty: i32,
    #[column(type = text)]
    no_string: i32,
    #[column(unique, unique, type = "int", type = "int")]
    twice: i32,
    #[column(default)]
    no_default: i32,
    #[column(default = now())]
    function: i32,
    #[column(default = sql())]
    empty_sql: i32,
    #[column(default = 4i64)]
    suffix: i64,
    #[column(default = 'x')]
    character: String,
    #[column(identity = sometimes)]
    wrong_identity: i32,
    #[column(default = 1, identity, generated = "2")]
    too_much: i32,
    #[column(primary_key(name = "x"))]
    named_key: i32,
    #[column(primary_key, nullable)]
    null_key: i32,
    #[column(check)]
    no_check: i32,
    #[column(check(name = "x"))]
    no_condition: i32,
    #[column(check(expression = "x"))]
    wrong_check: i32,
    #[column(on_delete = cascade)]
    no_reference: i32,
    #[column(unique(nullz_not_distinct))]
    wrong_unique: i32,
    #[column(name = "typo")]
    same_name: i32,
}
