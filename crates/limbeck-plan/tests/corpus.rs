//! Real schemas, where they are at hand: from nothing and back to nothing, and along real histories both ways.
//!
//! By default a sample runs. `LIMBECK_CORPUS=all` runs everything, `LIMBECK_CORPUS=documenso/0031` one pair. With
//! `LIMBECK_BLESS=1` besides, what came of it is written into `corpus.md`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::print_stderr,
    missing_docs,
    reason = "tests"
)]

mod support;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use futures_util::{StreamExt as _, stream};
use limbeck_catalog::Kind;
use support::{AT_A_TIME, Bench, Hints, State};

/// The schemas, the quickest first.
const SCHEMAS: [&str; 7] = [
    "synapse",
    "documenso",
    "concourse",
    "lemmy",
    "openstreetmap",
    "lago",
    "musicbrainz",
];

/// The version that the schemas were dumped by: an older one does not take all of them.
const DUMPED_BY: u32 = 150_000;

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

/// The state of a script, in which nothing may be that is not read.
async fn state(bench: &Bench, sql: &str) -> Result<State, String> {
    let state = bench.state(sql).await;
    if state.catalog.unread.is_empty() {
        Ok(state)
    } else {
        Err(format!("unread: {:?}", state.catalog.unread))
    }
}

/// What there is in a state, in a few words.
fn measure(state: &State) -> String {
    let count = |kinds: &[Kind]| {
        let objects = state.catalog.objects.keys();
        objects.filter(|id| kinds.contains(&id.kind)).count()
    };
    format!(
        "{} | {} | {} | {} | {} | {}",
        count(&[Kind::Table]),
        count(&[Kind::Column]),
        count(&[Kind::Constraint]),
        count(&[Kind::Index]),
        count(&[Kind::View, Kind::MaterializedView]),
        count(&[Kind::Function, Kind::Procedure, Kind::Aggregate]),
    )
}

/// From nothing to a schema and back. What there is in it.
async fn there_and_back(bench: &Bench, sql: &str) -> Result<String, String> {
    let full = state(bench, sql).await?;
    let at = bench.state("").await;
    let (_, at) = bench
        .go(at, &full, &Hints::default())
        .await
        .map_err(|error| format!("from empty: {error}"))?;
    let at = bench
        .clear(at)
        .await
        .map_err(|error| format!("to empty: {error}"))?;
    let measure = measure(&full);
    for state in [full, at] {
        bench.drop(state).await;
    }
    Ok(measure)
}

#[tokio::test]
async fn real_schemas_from_nothing_and_back() {
    let Some(corpus) = corpus() else {
        return;
    };
    let asked = asked();
    let bench = Bench::start().await;
    if bench.server_version_num() < DUMPED_BY {
        eprintln!("skipped: the schemas are of PostgreSQL 15");
        return;
    }
    let (mut failures, mut results) = (String::new(), String::new());
    for name in SCHEMAS {
        if !asked.is_empty() && asked != "all" && asked != name {
            continue;
        }
        let sql = std::fs::read_to_string(corpus.join(format!("real/{name}.sql"))).unwrap();
        if sql.contains("provider = icu") && !bench.has_icu().await {
            eprintln!("skipped: {name} needs ICU, which this server was built without");
            continue;
        }
        match there_and_back(&bench, &sql).await {
            Ok(measure) => writeln!(results, "| {name} | {measure} | equal | empty |").unwrap(),
            Err(error) => writeln!(failures, "=== {name}: {error}").unwrap(),
        }
    }
    assert!(failures.is_empty(), "\n{failures}");
    if asked == "all" {
        let head = "| schema | tables | columns | constraints | indexes | views | functions | from nothing | and back |\n\
                    |---|---|---|---|---|---|---|---|---|\n";
        bless(&bench, "Whole schemas", &format!("{head}{results}")).await;
    }
}

#[tokio::test]
async fn real_histories_step_by_step() {
    let Some(corpus) = corpus() else {
        return;
    };
    let asked = asked();
    let bench = Bench::start().await;
    if bench.server_version_num() < DUMPED_BY {
        eprintln!("skipped: the schemas are of PostgreSQL 15");
        return;
    }
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
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for (name, _, _) in &pairs {
        let history = name.split('/').next().unwrap();
        *counts.entry(history.to_owned()).or_default() += 1;
    }
    let run = async |(name, before, after): (String, PathBuf, PathBuf)| {
        let [before, after] = [before, after].map(|path| std::fs::read_to_string(path).unwrap());
        let result = step_there_and_back(&bench, &before, &after).await;
        result.err().map(|error| format!("=== {name}: {error}\n"))
    };
    let failures: String = stream::iter(pairs)
        .map(run)
        .buffered(AT_A_TIME)
        .filter_map(std::future::ready)
        .collect()
        .await;
    assert!(failures.is_empty(), "\n{failures}");
    if asked == "all" {
        let mut table = "| history | pairs of neighbours | up | down |\n|---|---|---|---|\n".to_owned();
        for (name, count) in counts {
            writeln!(table, "| {name} | {count} | {count} equal | {count} equal |").unwrap();
        }
        bless(&bench, "Histories, step by step", &table).await;
    }
}

/// Up on a database of the state before, and down again on it.
async fn step_there_and_back(bench: &Bench, before: &str, after: &str) -> Result<(), String> {
    let at = state(bench, before).await?;
    let before = state(bench, before).await?;
    let after = state(bench, after).await?;
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

/// Puts a section into `corpus.md`, in the place of what it said before.
async fn bless(bench: &Bench, title: &str, table: &str) {
    if std::env::var_os("LIMBECK_BLESS").is_none() {
        return;
    }
    let at = bench.state("").await;
    let words = "SELECT current_date || ', PostgreSQL ' || current_setting('server_version')";
    let when = bench.query(&at, words).await.unwrap();
    bench.drop(at).await;
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus.md");
    let old = std::fs::read_to_string(&file).unwrap_or_else(|_| {
        "# Real schemas\n\nWhat `LIMBECK_CORPUS=all LIMBECK_BLESS=1 cargo nextest run -p limbeck-plan --test corpus` found: each plan was\n\
         carried out, read back, compared, and held against what `pg_dump` prints of the wanted state.\n"
            .to_owned()
    });
    let mut sections: Vec<&str> = old.split("\n## ").collect();
    let own = format!(
        "{title}\n\n{when}, Limbeck {}.\n\n{table}",
        env!("CARGO_PKG_VERSION")
    );
    sections.retain(|section| !section.starts_with(title));
    sections.push(&own);
    sections.get_mut(1..).unwrap().sort_unstable();
    let sections: Vec<&str> = sections.iter().map(|section| section.trim_end()).collect();
    std::fs::write(&file, format!("{}\n", sections.join("\n\n## "))).unwrap();
}
