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
}

fn main() {}
