//! The `limbeck` program.

fn main() {}
