//! The examples on pages of `docs/` that tell of models.
//!
//! A block that begins with three backticks and `rust` or `rust PATH` is a file of models, `src/lib.rs` without a path;
//! `toml limbeck.toml` adds to the configuration, and `sql PATH` is a file of SQL beside the structs. The block `sql`
//! alone, which follows, is what comes of it: what the revision says that takes a database there. A file that comes twice
//! before that block begins another state of the same models, and then the revision is that from the one to the other.
//! `since=18`, the last word of the first fence, leaves the example to servers from that major on. All else is prose.
//!
//! To show another attribute, write such blocks under its table, and an empty `sql` block after them:
//! `LIMBECK_BLESS=1 cargo nextest run -p limbeck-project --test documented_models` fills it in.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// The pages.
#[allow(dead_code, reason = "one of the tests names them")]
pub const PAGES: [&str; 2] = ["attributes.md", "models.md"];

/// Models, and what comes of them.
#[derive(Debug, Clone, Default)]
pub struct Example {
    /// The line of its first fence, from 1.
    pub line: usize,
    /// The oldest server that has what it shows.
    pub since: u32,
    /// The states that the models go through: files by their paths.
    pub states: Vec<BTreeMap<String, String>>,
    /// The SQL that it is said to become, and the lines within its block, from 0.
    pub sql: (String, Range<usize>),
}

/// A page's path.
pub fn path(page: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../docs")
        .join(page)
}

/// The examples of a page, in order.
pub fn of_page(page: &str) -> Vec<Example> {
    let text = std::fs::read_to_string(path(page)).unwrap();
    let mut examples = Vec::new();
    let mut example = Example::default();
    let mut lines = text.lines().enumerate();
    while let Some((fence_line, line)) = lines.next() {
        let Some(fence) = line.strip_prefix("```") else {
            continue;
        };
        let block: Vec<&str> = lines
            .by_ref()
            .map(|(_, line)| line)
            .take_while(|line| *line != "```")
            .collect();
        let content: String = block.iter().map(|line| format!("{line}\n")).collect();
        let mut words: Vec<&str> = fence.split_whitespace().collect();
        if let Some(since) = words.last().and_then(|word| word.strip_prefix("since=")) {
            example.since = since.parse().unwrap();
            words.pop();
        }
        let path = match words.as_slice() {
            ["rust"] => "src/lib.rs",
            ["rust" | "sql" | "toml", path] => *path,
            ["sql"] => {
                assert!(!example.states.is_empty(), "{page}:{fence_line}: SQL of nothing");
                example.sql = (content, fence_line + 1..fence_line + 1 + block.len());
                examples.push(std::mem::take(&mut example));
                continue;
            }
            _ => continue,
        };
        if example.states.is_empty() {
            example.line = fence_line + 1;
            example.states.push(BTreeMap::new());
        }
        let mut state = example.states.last().unwrap().clone();
        if state
            .insert(path.to_owned(), with_imports(path, &content))
            .is_some()
        {
            example.states.push(state);
        } else {
            *example.states.last_mut().unwrap() = state;
        }
    }
    assert!(
        example.states.is_empty(),
        "{page}:{}: nothing comes of this",
        example.line
    );
    examples
}

/// A file of models with the derives that it names, where it does not say itself where they come from.
fn with_imports(path: &str, content: &str) -> String {
    if !path.ends_with(".rs") || content.contains("use limbeck::") {
        return content.to_owned();
    }
    let derives: Vec<&str> = ["Columns", "PgEnum", "PgType", "Table", "View"]
        .into_iter()
        .filter(|derive| {
            content
                .lines()
                .any(|line| line.contains("derive(") && line.contains(derive))
        })
        .collect();
    match derives.as_slice() {
        [] => content.to_owned(),
        [derive] => format!("use limbeck::{derive};\n{content}"),
        derives => format!("use limbeck::{{{}}};\n{content}", derives.join(", ")),
    }
}
