//! The models on the pages of `docs/` compile.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::print_stderr,
    missing_docs,
    unreachable_pub,
    dead_code,
    reason = "tests"
)]

#[path = "support/examples.rs"]
mod examples;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

/// All of them in one program: each state of each example is a module of its own.
#[test]
fn the_examples_of_the_pages_compile() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("documented");
    let _ = fs::remove_dir_all(&folder);
    let mut program = String::from("#![allow(dead_code, unused_imports, private_interfaces)]\n");
    for page in examples::PAGES {
        for example in examples::of_page(page) {
            for (n, state) in example.states.iter().enumerate() {
                let name = format!("{}_{}_{n}", page.trim_end_matches(".md"), example.line);
                for (path, content) in state {
                    // Crates of their own are those of `examples/workspace`, which a test of the program holds.
                    let Some(path) = path.strip_prefix("src/") else {
                        continue;
                    };
                    let path = folder.join(&name).join(path);
                    fs::create_dir_all(path.parent().unwrap()).unwrap();
                    fs::write(path, content).unwrap();
                }
                if !state.contains_key("src/lib.rs") {
                    continue;
                }
                writeln!(program, "#[path = \"{name}/lib.rs\"]\nmod {name};").unwrap();
            }
        }
    }
    program.push_str("fn main() {}\n");
    let path = folder.join("program.rs");
    fs::write(&path, program).unwrap();
    trybuild::TestCases::new().pass(&path);
}
