use limbeck::Table;

#[derive(Table)]
#[table(name = "lists", primary_key(id, idd), unique(nam), unique("name"), unique(), unique(name, name))]
#[table(index(nmae), index(), index(name sideways), index(name nulls middle), index(name, usin = gin))]
#[table(index(name, include(nothing), unique, unique), index(using, name))]
#[table(primary_key(id))]
struct Lists {
    #[column(primary_key)]
    id: i32,
    #[column(index(desk))]
    #[column(name = "full_name")]
    name: String,
}

#[derive(Table)]
#[table(name = "by_column", unique(full_name))]
struct ByColumn {
    #[column(name = "full_name")]
    name: String,
}
