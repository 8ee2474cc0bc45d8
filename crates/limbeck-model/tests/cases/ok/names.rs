#!/usr/bin/env run
//! Names that SQL quotes, and renames.

use limbeck::Table;

#[derive(Table)]
#[table(name = "user", schema = "Größe", renamed_from = "person")]
struct User {
    #[column(name = "select", renamed_from = "old \"name\"")]
    r#select: i32,
    naïve: i32,
}
