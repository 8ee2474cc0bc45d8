use acme::prelude::*;
use limbeck::Table;

type Loop = Other;
type Other = Option<Loop>;
struct Generic<T>(T);
struct Pair(i32, i32);
struct Deep(Vec<acme::Money>);
enum Plain {
    A,
}

#[derive(Table)]
#[table(name = "types")]
struct Types {
    unknown: acme::Money,
    by_glob: Uuid,
    local: Pair,
    plain_enum: Plain,
    generic: Generic<i32>,
    through: Deep,
    endless: Loop,
    unsigned: u32,
    wide: i128,
    size: usize,
    character: char,
    unit: (),
    tuple: (i32, i32),
    function: fn() -> i32,
    nested: Vec<Vec<i32>>,
    empty: Vec,
    argument: Option<HashMap<String, String>>,
    deep: Option<std::collections::HashMap<String, String>>,
}
