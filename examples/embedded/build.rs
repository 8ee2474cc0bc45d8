//! So that a new revision file is noticed: cargo looks at the folder, and compiles `embed!` again.

#![allow(clippy::print_stdout, reason = "that is how a build script speaks to cargo")]

fn main() {
    println!("cargo::rerun-if-changed=migrations/versions");
}
