use limbeck::Table;

#[derive(Table)]
#[table(name = "users")]
struct User {
    #[column(primary_key)]
    id: i64,
}

struct Plain {
    id: i64,
}

mod elsewhere {
    #[derive(limbeck::Table)]
    #[table(name = "hidden")]
    pub struct Hidden {
        id: i64,
    }
}

#[derive(Table)]
#[table(name = "orders")]
#[table(foreign_key(a, references = User(id)), foreign_key(columns(a, b), references = User(id)))]
#[table(foreign_key(columns(a)), foreign_key(references = User::id), foreign_key(columns(nowhere), references = User::id))]
struct Order {
    #[column(references = "users.id")]
    string: i64,
    #[column(references = User)]
    no_field: i64,
    #[column(references)]
    nothing: i64,
    #[column(references = User(id, id))]
    several: i64,
    #[column(references = User::id, on_delete = sometimes)]
    wrong_action: i64,
    #[column(references = User::id, on_delete = "cascade")]
    quoted_action: i64,
    #[column(references = User::id, on_delete = cascade(a))]
    fields: i64,
    #[column(references = User::id, deferrable = later)]
    wrong_deferrable: i64,
    a: i64,
    b: i64,
}

#[derive(Table)]
#[table(name = "lines")]
struct Line {
    #[column(references = Usr::id)]
    typo: i64,
    #[column(references = User::idd)]
    missing_field: i64,
    #[column(references = Plain::id)]
    no_table: i64,
    #[column(references = Hidden::id)]
    not_imported: i64,
    #[column(references = acme::User::id)]
    other_crate: i64,
    #[column(references = Unknown::id)]
    unknown: i64,
    #[column(references = User::id)]
    different: String,
}
