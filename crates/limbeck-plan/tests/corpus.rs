//! Real schemas, where they are at hand: from nothing and back to nothing, and along real histories both ways.
//!
//! By default a sample runs. `LIMBECK_CORPUS=all` runs everything, `LIMBECK_CORPUS=documenso/0031` one pair.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::print_stderr,
    missing_docs,
    reason = "tests"
)]

mod support;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use futures_util::{StreamExt as _, stream};
use support::{AT_A_TIME, Bench, Hints, State};

/// The folder of real schemas, `None` with a printed reason where it is missing.
fn corpus() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus");
    if folder.is_dir() {
        Some(folder)
    } else {
        eprintln!("skipped: no folder {}", folder.display());
        None
    }
}

fn asked() -> String {
    std::env::var("LIMBECK_CORPUS").unwrap_or_default()
}

/// The state of a script without what the catalogue does not hold, what names it, and what fails without that.
async fn readable(bench: &Bench, name: &str, sql: &str) -> State {
    let mut sql = support::without_meta_commands(sql);
    loop {
        let state = bench.state(&sql).await;
        let unread: Vec<&str> = state
            .catalog
            .unread
            .iter()
            .map(|unread| unread.name.split('(').next().unwrap())
            .collect();
        if unread.is_empty() {
            return state;
        }
        let statements = limbeck_sql::statements(&sql);
        let kept: Vec<&str> = statements
            .iter()
            .map(|statement| statement.text)
            .filter(|statement| !unread.iter().any(|unread| names(statement, unread)))
            .collect();
        let kept = bench.what_works(&kept).await;
        eprintln!(
            "{name}: {} of {} statements, without {}",
            kept.len(),
            statements.len(),
            unread.join(", ")
        );
        assert!(kept.len() < statements.len(), "{name}: {unread:?} stays");
        assert!(
            kept.len() * 10 > statements.len() * 8,
            "{name}: too little is left"
        );
        sql = kept.iter().map(|statement| format!("{statement};\n")).collect();
        bench.drop(state).await;
    }
}

/// Whether a statement holds a name.
fn names(statement: &str, name: &str) -> bool {
    statement.match_indices(name).any(|(start, _)| {
        let rest = statement.get(start + name.len()..).unwrap();
        !rest.starts_with(|next: char| next.is_alphanumeric() || next == '_')
    })
}

async fn there_and_back(bench: &Bench, name: &str, sql: &str) -> Result<(), String> {
    let full = readable(bench, name, sql).await;
    let at = bench.state("").await;
    let (_, at) = bench
        .go(at, &full, &Hints::default())
        .await
        .map_err(|error| format!("from empty: {error}"))?;
    let at = bench
        .clear(at)
        .await
        .map_err(|error| format!("to empty: {error}"))?;
    for state in [full, at] {
        bench.drop(state).await;
    }
    Ok(())
}

#[tokio::test]
async fn real_schemas_from_nothing_and_back() {
    let Some(corpus) = corpus() else {
        return;
    };
    let asked = asked();
    let bench = Bench::start().await;
    let mut failures = String::new();
    for name in [
        "synapse",
        "documenso",
        "concourse",
        "lemmy",
        "openstreetmap",
        "lago",
        "musicbrainz",
    ] {
        if !asked.is_empty() && asked != "all" && asked != name {
            continue;
        }
        let mut sql = std::fs::read_to_string(corpus.join(format!("real/{name}.sql"))).unwrap();
        // What is not read, and what most tables are made of.
        for (unread, instead) in [
            ("CREATE DOMAIN public.geometry AS text;", ""),
            (" public.geometry", " text"),
            (" COLLATE musicbrainz.musicbrainz", ""),
            (
                "CREATE COLLATION musicbrainz.musicbrainz (provider = icu, locale = '@colCaseFirst=lower;colNumeric=yes');",
                "",
            ),
        ] {
            sql = sql.replace(unread, instead);
        }
        if let Err(error) = there_and_back(&bench, name, &sql).await {
            writeln!(failures, "=== {name}: {error}").unwrap();
        }
    }
    assert!(failures.is_empty(), "\n{failures}");
}

#[tokio::test]
async fn real_histories_step_by_step() {
    let Some(corpus) = corpus() else {
        return;
    };
    let asked = asked();
    let bench = Bench::start().await;
    let mut pairs: Vec<(String, PathBuf, PathBuf)> = Vec::new();
    for name in ["documenso", "concourse", "lemmy"] {
        let mut files: Vec<PathBuf> = std::fs::read_dir(corpus.join("steps").join(name))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        files.sort();
        for pair in files.windows(2) {
            let [before, after] = pair else {
                continue;
            };
            let step = after.file_stem().unwrap().to_string_lossy().into_owned();
            let is_asked = match asked.as_str() {
                "" => name == "documenso" && step.as_str() <= "0040",
                "all" => true,
                one => format!("{name}/{step}").starts_with(one),
            };
            if is_asked {
                pairs.push((format!("{name}/{step}"), before.clone(), after.clone()));
            }
        }
    }
    // Steps 0002 to 0040, each from the one before it.
    assert!(!pairs.is_empty(), "nothing is called {asked}");
    if asked.is_empty() {
        let (first, last) = (pairs.first().unwrap(), pairs.last().unwrap());
        assert!(first.1.ends_with("0000.sql") && last.2.ends_with("0040.sql") && pairs.len() == 37);
    }
    let run = async |(name, before, after): (String, PathBuf, PathBuf)| {
        let [before, after] = [before, after].map(|path| std::fs::read_to_string(path).unwrap());
        let result = step_there_and_back(&bench, &name, &before, &after).await;
        result.err().map(|error| format!("=== {name}: {error}\n"))
    };
    let failures: String = stream::iter(pairs)
        .map(run)
        .buffered(AT_A_TIME)
        .filter_map(std::future::ready)
        .collect()
        .await;
    assert!(failures.is_empty(), "\n{failures}");
}

/// Up on a database of the state before, and down again on it.
async fn step_there_and_back(bench: &Bench, name: &str, before: &str, after: &str) -> Result<(), String> {
    let at = readable(bench, name, before).await;
    let before = readable(bench, name, before).await;
    let after = readable(bench, name, after).await;
    let (up, at) = bench
        .go(at, &after, &Hints::default())
        .await
        .map_err(|error| format!("up: {error}"))?;
    let (_, at) = bench
        .go(at, &before, &Hints::default())
        .await
        .map_err(|error| format!("down: {error}\nup was\n{}", up.sql()))?;
    for state in [at, before, after] {
        bench.drop(state).await;
    }
    Ok(())
}
