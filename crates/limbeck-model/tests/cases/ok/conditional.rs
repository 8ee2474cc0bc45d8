#![allow(dead_code)]
//! What a build leaves out, and what it adds.

#[cfg(test)]
mod tests;

#[cfg(test)]
#[derive(limbeck::Table)]
#[table(name = "in_tests")]
struct InTests {}

#[cfg_attr(not(test), derive(limbeck::Table))]
#[cfg_attr(feature = "database", table(name = "everywhere"))]
#[cfg_attr(test, table(name = "in_tests"))]
struct Everywhere {
    #[cfg(not(test))]
    a: i32,
    #[cfg(all(unix, test))]
    b: i32,
    #[cfg_attr(all(), column(name = "see"))]
    c: i32,
}

fn hidden() {
    #[derive(limbeck::Table)]
    #[table(name = "hidden")]
    struct Hidden {}
}

macro_rules! model {
    ($name:ident) => {
        #[derive(limbeck::Table)]
        #[table(name = "made")]
        struct $name {}
    };
}
