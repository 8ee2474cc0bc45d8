//! Words to find recipes by.

use limbeck::Table;

#[derive(Table, Debug, Clone)]
#[table(name = "tags")]
#[table(index(name = "tags_name_key", "lower(name)", unique))]
pub struct Tag {
    #[column(primary_key, identity)]
    pub id: i32,
    pub name: String,
    #[column(
        type = "char(7)",
        default = "#808080",
        check(name = "tags_colour_is_hex", expr = "colour ~ '^#[0-9a-f]{6}$'")
    )]
    pub colour: String,
}
