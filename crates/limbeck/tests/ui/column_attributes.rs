use limbeck::Table;

#[derive(Table)]
#[table(name = "columns")]
struct Columns {
    #[column(primry_key)]
    typo: i32,
    #[column(type = text)]
    no_string: i32,
    #[column(default = now())]
    function: i32,
    #[column(default = 1, identity)]
    too_much: i32,
    #[column(identity = sometimes)]
    wrong: i32,
    #[column(on_delete = cascade)]
    no_reference: i32,
    #[column(name = "typo")]
    same_name: i32,
    #[column(name = "")]
    no_name: i32,
    #[column(name = "nu\0l")]
    nul: i32,
    a_field_whose_name_is_longer_than_what_postgresql_keeps_which_is_63: i32,
    #[column(type)]
    no_value: i32,
    #[column(type = "", type = "int, evil int", type = "int", type = "text")]
    types: i32,
    #[column(default, default = sql, default = sql(now()), default = 'x', default = 4i64)]
    defaults: i32,
    #[column(storage = "main", storage, statistics)]
    settings: String,
    #[column(primary_key(name = "x"))]
    named_key: i32,
    #[column(check(name = "x"), check(expression = "x"), unique(nullz_not_distinct), index(desk))]
    options: i32,
}

#[derive(Table)]
#[table(name = "nothing_is_null")]
struct NothingIsNull {
    #[column(primary_key, nullable)]
    key: i32,
    #[column(identity, nullable)]
    identity: i32,
}

fn main() {}
