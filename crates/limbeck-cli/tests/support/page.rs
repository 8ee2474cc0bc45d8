//! Pages of `docs/` whose commands are run, and whose outputs are held against what the commands tell.
//!
//! A block that begins with three backticks and `console FOLDER` is a session in that folder: each line that begins
//! with `$ ` is a command (lines with `> ` go on with it), what follows is what it tells. A failed command's exit code
//! stands under its output in brackets. A block of any other language, with a folder and a path after it
//! (`rust ada src/lib.rs`), is a file that is written there. Everything else is prose.
//!
//! `LIMBECK_BLESS=1` writes what the commands told into the page.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::TestFolder;

/// When the first command of a page is run, in seconds since 1970: 2026-11-21, ten o'clock. Each further one is run a
/// minute later.
const BEGINNING: u64 = 1_795_255_200;

/// A folder that a page speaks of.
pub struct Place<'a> {
    /// Its name on the page.
    pub name: &'a str,
    /// What `limbeck` and the shell find there: the names of variables, and the URLs of databases.
    pub urls: Vec<(&'a str, String)>,
}

/// A line or a block of a page.
enum Part<'a> {
    /// Prose, and blocks that nothing is done with.
    Line(&'a str),
    /// A file to write.
    File {
        fence: &'a str,
        path: PathBuf,
        lines: Vec<&'a str>,
    },
    /// Commands to run.
    Session {
        fence: &'a str,
        folder: &'a str,
        lines: Vec<&'a str>,
    },
}

/// Runs the blocks of a page for the folders given, and holds the page against what came of it.
pub fn hold(page: &str, places: &[Place<'_>]) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../docs")
        .join(page);
    let text = fs::read_to_string(&path).unwrap();
    let root = TestFolder::new();
    for place in places {
        fs::create_dir(root.path().join(place.name)).unwrap();
    }
    let mut commands = 0;
    let mut told = String::new();
    for part in parts(&text, places) {
        match part {
            Part::Line(line) => put(&mut told, line),
            Part::File { fence, path, lines } => {
                root.write(
                    path.to_str().unwrap(),
                    lines.iter().map(|line| format!("{line}\n")).collect::<String>(),
                );
                put(&mut told, fence);
                lines.iter().for_each(|line| put(&mut told, line));
                put(&mut told, "```");
            }
            Part::Session { fence, folder, lines } => {
                put(&mut told, fence);
                let place = places.iter().find(|place| place.name == folder).unwrap();
                for command in commands_of(&lines) {
                    command.iter().for_each(|line| put(&mut told, line));
                    let time = BEGINNING + 60 * commands;
                    commands += 1;
                    told.push_str(&run(&root, place, &typed(&command), time));
                }
                put(&mut told, "```");
            }
        }
    }
    assert!(commands > 0, "{page} has no commands");
    if std::env::var_os("LIMBECK_BLESS").is_some() {
        fs::write(&path, &told).unwrap();
    } else if let Some(difference) = difference(&text, &told) {
        panic!("docs/{page} does not tell what happens; LIMBECK_BLESS=1 writes it anew\n{difference}");
    }
}

fn put(text: &mut String, line: &str) {
    text.push_str(line);
    text.push('\n');
}

fn parts<'a>(text: &'a str, places: &[Place<'_>]) -> Vec<Part<'a>> {
    let mut parts = Vec::new();
    let mut lines = text.lines();
    while let Some(fence) = lines.next() {
        let words: Vec<&str> = fence
            .strip_prefix("```")
            .unwrap_or_default()
            .split_whitespace()
            .collect();
        let mut block = || lines.by_ref().take_while(|line| *line != "```").collect();
        let is_place = |folder: &str| places.iter().any(|place| place.name == folder);
        parts.push(match words.as_slice() {
            ["console", folder] if is_place(folder) => Part::Session {
                fence,
                folder: words[1],
                lines: block(),
            },
            [_, folder, path] if is_place(folder) => Part::File {
                fence,
                path: Path::new(folder).join(path),
                lines: block(),
            },
            _ => Part::Line(fence),
        });
    }
    parts
}

/// The commands of a session, each with its lines as they stand there, less what they told.
fn commands_of<'a>(lines: &[&'a str]) -> Vec<Vec<&'a str>> {
    let mut commands: Vec<Vec<&str>> = Vec::new();
    let mut goes_on = false;
    for line in lines {
        if line.starts_with("$ ") {
            commands.push(vec![line]);
            goes_on = true;
        } else if goes_on && line.starts_with("> ") {
            commands.last_mut().unwrap().push(line);
        } else {
            goes_on = false;
        }
    }
    commands
}

/// What was typed at the prompts.
fn typed(command: &[&str]) -> String {
    command.iter().map(|line| format!("{}\n", &line[2..])).collect()
}

/// What a command told, and its exit code where it failed.
fn run(root: &TestFolder, place: &Place<'_>, typed: &str, time: u64) -> String {
    let mut command = Command::new("sh");
    command
        .args(["-c", &format!("exec 2>&1\n{typed}")])
        .current_dir(root.path().join(place.name));
    root.surround(&mut command);
    let program = Path::new(env!("CARGO_BIN_EXE_limbeck")).parent().unwrap();
    let search = std::env::join_paths(
        std::iter::once(program.to_owned()).chain(std::env::split_paths(&std::env::var_os("PATH").unwrap())),
    );
    command
        .env("PATH", search.unwrap())
        .envs(place.urls.iter().map(|(variable, url)| (variable, url)))
        .env("SOURCE_DATE_EPOCH", time.to_string())
        .env("GIT_AUTHOR_DATE", format!("{time} +0000"))
        .env("GIT_COMMITTER_DATE", format!("{time} +0000"))
        .env("GIT_AUTHOR_NAME", place.name)
        .env("GIT_AUTHOR_EMAIL", format!("{}@example.org", place.name))
        .env("GIT_COMMITTER_NAME", place.name)
        .env("GIT_COMMITTER_EMAIL", format!("{}@example.org", place.name))
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("EDITOR", "cat");
    let output = command.output().unwrap();
    let mut told = String::from_utf8(output.stdout).unwrap();
    if !told.is_empty() && !told.ends_with('\n') {
        told.push('\n');
    }
    match output.status.code() {
        Some(0) => {}
        Some(code) => {
            let _ = writeln!(told, "[exit code {code}]");
        }
        None => panic!("`{typed}`: {}", output.status),
    }
    told = told.replace(&root.path().display().to_string(), "~");
    for (variable, url) in &place.urls {
        told = told.replace(url, &format!("${variable}"));
    }
    same_each_time(&told)
}

/// A text with every duration the same.
fn same_each_time(text: &str) -> String {
    text.split_inclusive('\n')
        // On a machine without PostgreSQL the first command to need one fetches it, whichever that is.
        .filter(|line| !line.starts_with("Fetching "))
        .map(|line| {
            let words = line.split(' ').collect::<Vec<_>>();
            let is_seconds = |word: &&str| word.trim_matches(['\n', ',', ')', ';']) == "s";
            let shown: Vec<String> = words
                .iter()
                .enumerate()
                .map(
                    |(n, word)| match words.get(n + 1).filter(|next| is_seconds(next)) {
                        Some(_) if word.trim_start_matches('(').parse::<f64>().is_ok() => {
                            word.replace(|c: char| c.is_ascii_digit() || c == '.', "") + "0.1"
                        }
                        _ => (*word).to_owned(),
                    },
                )
                .collect();
            shown.join(" ")
        })
        .collect()
}

/// Where two texts part, with what stands before it.
fn difference(page: &str, told: &str) -> Option<String> {
    let (page, told): (Vec<&str>, Vec<&str>) = (page.lines().collect(), told.lines().collect());
    let at = page
        .iter()
        .zip(&told)
        .take_while(|(one, other)| one == other)
        .count();
    if at == page.len() && at == told.len() {
        return None;
    }
    let around = |lines: &[&str]| {
        let from = at.saturating_sub(8).min(lines.len());
        lines[from..(at + 12).min(lines.len())].join("\n")
    };
    Some(format!(
        "line {}\n----- the page -----\n{}\n----- what happens -----\n{}",
        at + 1,
        around(&page),
        around(&told)
    ))
}
