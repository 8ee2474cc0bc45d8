//! The documentation names nothing that is not there: commands, options, keys of `limbeck.toml`, tests; and the tables
//! of `docs/coming-from-alembic.md` leave out nothing that Alembic has.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    missing_docs,
    reason = "tests"
)]

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use limbeck_project::config::Config;
use support::TestFolder;

/// The page with the tables.
const PAGE: &str = "docs/coming-from-alembic.md";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap()
}

/// Everything in backticks in a text that holds no blocks of code.
fn codes(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

/// The lines of a page outside its blocks of code.
fn prose(text: &str) -> Vec<&str> {
    let mut inside = false;
    text.lines()
        .filter(|line| {
            let fence = line.starts_with("```");
            inside ^= fence;
            !inside && !fence
        })
        .collect()
}

/// A row of a table: the heading above it and its cells.
struct Row<'a> {
    section: &'a str,
    cells: Vec<&'a str>,
}

/// The rows of the tables under the headings of the third level: those are the inventory.
fn rows(page: &str) -> Vec<Row<'_>> {
    let mut section = "";
    let mut rows = Vec::new();
    for line in prose(page) {
        if line.starts_with('#') {
            section = line.strip_prefix("### ").unwrap_or_default();
        } else if !section.is_empty() && line.starts_with("| ") {
            let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
            if cells[0] != "Alembic" {
                rows.push(Row { section, cells });
            }
        }
    }
    rows
}

/// What each command's help says, asked once.
struct Helps {
    folder: TestFolder,
    known: BTreeMap<Vec<String>, Option<String>>,
}

impl Helps {
    fn new() -> Self {
        Self {
            folder: TestFolder::new(),
            known: BTreeMap::new(),
        }
    }

    /// The help of a command, where there is such a command.
    fn of(&mut self, path: &[&str]) -> Option<&str> {
        let key: Vec<String> = path.iter().map(|&word| word.to_owned()).collect();
        let folder = &self.folder;
        let help = self.known.entry(key).or_insert_with(|| {
            let arguments: Vec<&str> = path.iter().copied().chain(["--help"]).collect();
            let output = folder.output(&arguments);
            output
                .status
                .success()
                .then(|| String::from_utf8(output.stdout).unwrap())
        });
        help.as_deref()
    }

    /// What is wrong with a command line that is shown.
    fn fault(&mut self, shown: &str) -> Option<String> {
        let words: Vec<&str> = shown.split_whitespace().skip(1).collect();
        // Global options come before the command, some of them with a value.
        let mut path: Vec<&str> = Vec::new();
        let mut start = 0;
        while let Some(word) = words.get(start).filter(|word| word.starts_with('-')) {
            let value = words.get(start + 1).filter(|next| !next.starts_with('-'));
            let has_value = !word.contains('=') && value.is_some_and(|value| self.of(&[value]).is_none());
            start += 1 + usize::from(has_value);
        }
        while let Some(word) = words.get(path.len() + start).filter(|word| is_command(word)) {
            let longer: Vec<&str> = path.iter().copied().chain([*word]).collect();
            let is_there = self.of(&longer).is_some();
            if !is_there {
                break;
            }
            let parent_lists = path.is_empty()
                || self
                    .of(&path)
                    .is_some_and(|help| help.contains(&format!("\n  {word} ")));
            if !parent_lists {
                break;
            }
            path = longer;
        }
        if path.is_empty() && words.iter().any(|word| is_command(word)) {
            return Some(format!("`{shown}`: there is no such command"));
        }
        let help = self.of(&path).unwrap().to_owned();
        words
            .iter()
            .take_while(|word| **word != "--" && !["|", ">", "&&"].contains(*word))
            .filter(|word| word.starts_with("--") || is_short_option(word))
            // `-vv` is `-v` twice.
            .map(|word| match is_short_option(word) {
                true => &word[..2],
                false => word.split('=').next().unwrap(),
            })
            .find(|flag| !lists(&help, flag))
            .map(|flag| format!("`{shown}`: there is no option `{flag}`"))
    }
}

fn is_command(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_lowercase())
        && word.chars().all(|c| c.is_ascii_lowercase() || c == '-')
}

/// `-m` is an option, `-1` is a target.
fn is_short_option(word: &str) -> bool {
    word.strip_prefix('-')
        .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_alphabetic()))
}

/// Whether a help text lists an option.
fn lists(help: &str, flag: &str) -> bool {
    help.lines()
        .map(str::trim_start)
        .filter(|line| line.starts_with('-'))
        .any(|line| line.split([' ', ',', '.', '=', '[']).any(|word| word == flag))
}

/// The pages that people read.
fn pages() -> Vec<String> {
    let mut pages: Vec<String> = ["README.md", "CONTRIBUTING.md", "ARCHITECTURE.md", "CHANGELOG.md"]
        .map(str::to_owned)
        .to_vec();
    for folder in [
        "docs",
        "docs/transcripts",
        "crates/limbeck-project/templates",
        "crates/limbeck-cli/docs",
    ] {
        for entry in fs::read_dir(root().join(folder)).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            if name.ends_with(".md") {
                pages.push(format!("{folder}/{name}"));
            }
        }
    }
    pages
}

#[test]
fn every_command_and_option_that_is_named_is_there() {
    let mut helps = Helps::new();
    let mut faults = Vec::new();
    let mut looked_at = 0;
    for page in pages() {
        let text = read(&page);
        let mut shown: Vec<&str> = prose(&text)
            .into_iter()
            .flat_map(codes)
            .filter(|code| code.starts_with("limbeck "))
            .collect();
        shown.extend(
            text.lines()
                .filter_map(|line| line.strip_prefix("$ "))
                .filter(|line| line.starts_with("limbeck ")),
        );
        for code in shown {
            looked_at += 1;
            faults.extend(helps.fault(code).map(|fault| format!("{page}: {fault}")));
        }
    }
    assert!(looked_at > 100, "{looked_at}");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_command_is_told_of() {
    let mut helps = Helps::new();
    let help = helps.of(&[]).unwrap();
    let listed = help
        .lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.strip_prefix("  ")?.split_whitespace().next());
    let pages = [
        ("README.md", ""),
        ("crates/limbeck-project/templates/QUICK_REFERENCE.md", "limbeck "),
    ];
    let mut missing = Vec::new();
    for command in listed {
        for (page, before) in pages {
            let text = read(page);
            let named = format!("{before}{command}");
            let is_told = prose(&text)
                .into_iter()
                .filter(|line| line.starts_with('|'))
                .flat_map(codes)
                .any(|code| code == named || code.starts_with(&format!("{named} ")));
            // Whoever has the quick reference has a project and a shell already.
            let is_for_setting_up = before == "limbeck "
                && ["init", "demo", "import", "list-templates", "completions"].contains(&command);
            if !is_told && !is_for_setting_up {
                missing.push(format!("{page} does not tell of `{command}`"));
            }
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

/// Whether `limbeck.toml` takes a key, whatever kind of value it wants.
fn takes(section: &str, key: &str) -> bool {
    let header = section.replace("NAME", "example");
    ["'x'", "['x']", "true", "17", "{ x = 'y' }"].iter().any(|value| {
        let text = format!("{header}\n{key} = {value}\n");
        match Config::parse(Path::new("limbeck.toml"), &text, None, None) {
            Ok(_) => true,
            Err(errors) => !errors
                .iter()
                .any(|error| error.to_string().contains("unknown key")),
        }
    })
}

#[test]
fn every_key_that_is_named_is_there() {
    let page = read(PAGE);
    let mut looked_at = 0;
    for code in prose(&page).into_iter().flat_map(codes) {
        let Some((section, key)) = code
            .split_once("] ")
            .filter(|(section, key)| section.starts_with('[') && is_key(key))
        else {
            continue;
        };
        looked_at += 1;
        let section = format!("{section}]");
        assert!(takes(&section, key), "`{code}` is no key of limbeck.toml");
    }
    assert!(looked_at > 10, "{looked_at}");
    assert!(!takes("[database]", "nothing_of_this_name"));
    assert!(!takes("[nothing]", "x"));
}

fn is_key(text: &str) -> bool {
    text.chars()
        .all(|c| c.is_ascii_lowercase() || c == '_' || c == '.')
}

#[test]
fn every_row_that_claims_something_names_a_test_that_is_there() {
    let page = read(PAGE);
    let tests = names_of_tests();
    let rows = rows(&page);
    assert!(rows.len() > 100, "{}", rows.len());
    let mut faults = Vec::new();
    for row in rows {
        let [alembic, limbeck, .., held] = row.cells.as_slice() else {
            panic!("a row has too few cells: {:?}", row.cells);
        };
        let named = codes(held);
        // What is not needed or not there claims nothing.
        if named.is_empty() && !limbeck.starts_with("not ") {
            faults.push(format!("{alembic}: no test is named"));
        }
        faults.extend(
            named
                .into_iter()
                .filter(|name| !tests.iter().any(|test| test == name) && !is_case(name))
                .map(|name| format!("{alembic}: there is no test `{name}`")),
        );
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Calls of the libraries: `MIGRATIONS.upgrade(`, `Migrations::upgrade`, `History::heads`, `limbeck_migrate::state`.
#[test]
fn every_call_that_is_named_is_there() {
    let pages = ["docs/embed.md", PAGE].map(read);
    let sources = |folder: &str| {
        let mut text = String::new();
        gather(&root().join("crates").join(folder).join("src"), &mut text);
        text
    };
    let (migrate, history) = (sources("limbeck-migrate"), sources("limbeck-history"));
    let mut missing = Vec::new();
    let mut looked_at = 0;
    for code in pages.iter().flat_map(|page| prose(page)).flat_map(codes) {
        let calls = [
            ("MIGRATIONS.", &migrate),
            ("on(&client).", &migrate),
            ("Migrations::", &migrate),
            ("limbeck_migrate::", &migrate),
            ("History::", &history),
        ];
        for (before, source) in calls {
            let Some((_, rest)) = code.split_once(before) else {
                continue;
            };
            let name: String = rest
                .chars()
                .take_while(|c| c.is_ascii_lowercase() || *c == '_')
                .collect();
            if name.is_empty() {
                continue;
            }
            looked_at += 1;
            let forms = [
                format!("fn {name}("),
                format!("fn {name}<"),
                format!("use limbeck_embed::{name}"),
                format!("macro_rules! {name} "),
            ];
            if !forms.iter().any(|form| source.contains(form)) {
                missing.push(format!("`{code}`: there is no `{name}`"));
            }
        }
    }
    assert!(looked_at > 15, "{looked_at}");
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

/// All of the Rust in a folder.
fn gather(folder: &Path, text: &mut String) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            gather(&path, text);
        } else {
            text.push_str(&fs::read_to_string(&path).unwrap());
        }
    }
}

/// Every test as `file::name`.
fn names_of_tests() -> Vec<String> {
    let mut names = Vec::new();
    let crates = root().join("crates");
    for member in fs::read_dir(crates).unwrap() {
        let member = member.unwrap().path();
        for folder in ["src", "tests"] {
            collect(&member.join(folder), &mut names);
        }
    }
    names
}

fn collect(folder: &Path, names: &mut Vec<String>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, names);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            let file = path.file_stem().unwrap().to_str().unwrap().to_owned();
            // An attribute that ends in `test]` (`#[test]`, `#[tokio::test]`), others perhaps, then the function.
            let mut is_test = false;
            for line in text.lines().map(str::trim) {
                is_test |= line == "#[test]" || line.starts_with("#[tokio::test");
                let function = line.trim_start_matches("pub ").trim_start_matches("async ");
                if let Some(rest) = function.strip_prefix("fn ") {
                    if is_test {
                        names.push(format!("{file}::{}", rest.split(['(', '<']).next().unwrap()));
                    }
                    is_test = false;
                }
            }
        }
    }
}

#[test]
fn nothing_that_alembic_has_is_left_out() {
    let page = read(PAGE);
    let list = read("docs/transcripts/alembic.txt");
    let rows = rows(&page);
    let missing: Vec<&str> = list
        .lines()
        .filter(|line| !line.starts_with("version "))
        .filter(|line| {
            let (kind, name) = line.split_once(' ').unwrap();
            let section = match kind {
                "command" => "Commands",
                "option" => "Options",
                "template" => "Templates",
                "key" => "Keys",
                "configure" => "`context.configure`",
                "context" => "`context`",
                "op" => "`op`",
                "call" => "Calls",
                other => panic!("{other}"),
            };
            !rows
                .iter()
                .any(|row| row.section == section && codes(row.cells[0]).contains(&name))
        })
        .collect();
    assert!(missing.is_empty(), "no row tells of\n{}", missing.join("\n"));
}

/// Whether a name is `cases/NAME` of the planner, each of which goes there and back on a real PostgreSQL.
fn is_case(name: &str) -> bool {
    name.starts_with("cases/") && root().join("crates/limbeck-plan/tests").join(name).is_dir()
}
