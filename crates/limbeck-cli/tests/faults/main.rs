//! Faults by name: what the program tells, what it keeps, and that it comes to its end once the fault is gone.
//!
//! Each test has its row in `docs/when-things-go-wrong.md`, and holds it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    clippy::print_stderr,
    missing_docs,
    reason = "tests"
)]

#[path = "../support/mod.rs"]
mod support;

mod client;
mod clock;
mod disk;
mod files;
mod limits;
mod own_tables;
mod page;
mod password;
mod rights;
mod rows;
mod server;
mod signals;
mod site;
mod timeouts;
