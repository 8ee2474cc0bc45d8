//! A folder a behaviour: `before.sql`, `after.sql`, and `plan.txt` with what the plans between them may do.
//!
//! Comment lines of `after.sql` say what a catalogue cannot:
//! - `-- role: reader`: a role that the schema names, made on the server once
//! - `-- until 16`: later major versions do not take the schema, and the case is passed over there
//! - `-- since 18`: earlier major versions do not, likewise
//! - `-- needs icu`: the case is passed over where the server was built without it
//! - `-- rename: column public.t.a = b`, `-- rename: label public.mood.sad = unhappy`
//! - `-- removed: label public.mood.sad = unhappy`: rows with the label that goes take the other
//! - `-- fill: public.t.a = 'x'`, `-- fill down: public.t.a = 'x'`
//! - `-- concurrently`
//! - `-- seed: INSERT …`: rows that are there before
//! - `-- refused: INSERT …`: rows that the plan's requirements count, and that make it fail
//! - `-- keeps: SELECT … => SELECT …`: queries on the state before and on the state after which print the same rows;
//!   asked of the way up, and once more after the way down
//!
//! Besides, each case is run with a row in every table that takes one, and what the plans claim to keep must be there.
//!
//! `LIMBECK_BLESS=1` writes `plan.txt` anew.

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
use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};

use futures_util::{FutureExt as _, StreamExt as _, stream};
use limbeck_catalog::ObjectId;
use limbeck_plan::{Fill, Plan, Rename};
use support::{AT_A_TIME, Bench, Hints, State, rows};

/// The major version whose plans stand in `plan.txt`: another one may do more in place, or print queries otherwise.
const BLESSED_MAJOR: u32 = 15;

struct Case {
    name: String,
    folder: PathBuf,
    before: String,
    after: String,
    up: Hints,
    down: Hints,
    seeds: Vec<String>,
    refused: Vec<String>,
    keeps: Vec<(String, String)>,
    /// The last major version that takes this schema at all.
    until: Option<u32>,
    /// The first one that does.
    since: Option<u32>,
    /// Whether it takes ICU.
    needs_icu: bool,
    roles: Vec<String>,
}

/// An enum type and its label, of `public.mood.sad`.
fn label_of(text: &str) -> (ObjectId, String) {
    let (enum_type, label) = text.rsplit_once('.').unwrap();
    (format!("type {enum_type}").parse().unwrap(), label.to_owned())
}

impl Case {
    fn read(folder: &Path) -> Self {
        let text = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
        let mut case = Self {
            name: folder.file_name().unwrap().to_string_lossy().into_owned(),
            folder: folder.to_owned(),
            before: text("before.sql"),
            after: text("after.sql"),
            up: Hints::default(),
            down: Hints::default(),
            seeds: Vec::new(),
            refused: Vec::new(),
            keeps: Vec::new(),
            until: None,
            since: None,
            needs_icu: false,
            roles: Vec::new(),
        };
        for line in case.after.clone().lines() {
            let Some(directive) = line.strip_prefix("-- ") else {
                continue;
            };
            if let Some(major) = directive.strip_prefix("until ") {
                case.until = Some(major.parse().unwrap());
            } else if let Some(major) = directive.strip_prefix("since ") {
                case.since = Some(major.parse().unwrap());
            } else if directive == "needs icu" {
                case.needs_icu = true;
            } else if let Some(role) = directive.strip_prefix("role: ") {
                case.roles.push(role.to_owned());
            } else if directive == "concurrently" {
                case.up.options.concurrently = true;
                case.down.options.concurrently = true;
            } else if let Some(rename) = directive.strip_prefix("rename: ") {
                case.rename(rename);
            } else if let Some(removed) = directive.strip_prefix("removed: label ") {
                let (label, to) = removed.split_once(" = ").unwrap();
                let (id, label) = label_of(label);
                case.up.renames.push(Rename::enum_label_removed(id, label, to));
            } else if let Some(text) = directive.strip_prefix("fill: ") {
                case.up.fills.push(fill(text));
            } else if let Some(text) = directive.strip_prefix("fill down: ") {
                case.down.fills.push(fill(text));
            } else if let Some(statement) = directive.strip_prefix("seed: ") {
                case.seeds.push(statement.to_owned());
            } else if let Some(statement) = directive.strip_prefix("refused: ") {
                case.refused.push(statement.to_owned());
            } else if let Some(queries) = directive.strip_prefix("keeps: ") {
                let (before, after) = queries.split_once(" => ").unwrap_or((queries, queries));
                case.keeps.push((before.to_owned(), after.to_owned()));
            }
        }
        case
    }

    /// `kind name = new name`, forwards and back.
    fn rename(&mut self, text: &str) {
        let (from, name) = text.split_once(" = ").unwrap();
        if let Some(label) = from.strip_prefix("label ") {
            let (id, label) = label_of(label);
            self.up.renames.push(Rename::enum_label(id.clone(), &label, name));
            self.down.renames.push(Rename::enum_label(id, name, label));
            return;
        }
        let (from, to) = match name.split_once(' ') {
            // Both identities in full, where containers are renamed too.
            Some(_) => (from.parse().unwrap(), name.parse().unwrap()),
            None => {
                let from: ObjectId = from.parse().unwrap();
                let mut to = from.clone();
                name.clone_into(to.path.last_mut().unwrap());
                (from, to)
            }
        };
        self.up.renames.push(Rename::object(from.clone(), to.clone()));
        self.down.renames.push(Rename::object(to, from));
    }

    /// From nothing to the state before, up, down, to nothing, to the state after, and to nothing: on one database.
    async fn run(&self, bench: &Bench) -> Result<(), String> {
        let major = bench.server_version_num() / 10_000;
        if self.until.is_some_and(|until| major > until) || self.since.is_some_and(|since| major < since) {
            return Ok(());
        }
        if self.needs_icu && !bench.has_icu().await {
            return Ok(());
        }
        let before = bench.state(&self.before).await;
        let after = bench.state(&self.after).await;
        for (state, sql) in [(&before, &self.before), (&after, &self.after)] {
            let unread: Vec<String> = state.catalog.unread.iter().map(ToString::to_string).collect();
            if !unread.is_empty() {
                return Err(format!("the case holds what is not read: {unread:?}\n{sql}"));
            }
            let none = bench.plan(state, state, &Hints::default()).await?;
            if !none.is_empty() {
                return Err(format!("to itself: {}", none.sql()));
            }
        }
        for statement in &self.refused {
            let at = bench.state_with(&self.before, before.catalog.clone()).await;
            bench.execute(&at, statement).await;
            // Planned without the rows, as revisions are.
            let plan = bench.plan(&before, &after, &self.up).await?;
            bench
                .is_refused(&at, &plan)
                .await
                .map_err(|error| format!("{statement}: {error}"))?;
            bench.drop(at).await;
        }
        rows::survive(bench, &self.before, &before, &after, &self.up, &self.down).await?;
        let at = bench.blank().await;
        let at = make(bench, at, "before", &before).await?;
        let (there, at) = self.round_trip(bench, at, &before, &after).await?;
        let at = clear(bench, at, "before").await?;
        let at = make(bench, at, "after", &after).await?;
        let at = clear(bench, at, "after").await?;
        for state in [at, before, after] {
            bench.recycle(state).await;
        }
        self.judge(bench, &there)
    }

    /// There and back, with rows. Returns what the plans did.
    async fn round_trip(
        &self,
        bench: &Bench,
        at: State,
        before: &State,
        after: &State,
    ) -> Result<(String, State), String> {
        for seed in &self.seeds {
            bench.execute(&at, seed).await;
        }
        let mut kept = Vec::new();
        for (query, _) in &self.keeps {
            kept.push(bench.query(&at, query).await?);
        }
        let (up, at) = bench
            .go(at, after, &self.up)
            .await
            .map_err(|error| format!("up: {error}"))?;
        for ((_, query), kept) in self.keeps.iter().zip(&kept) {
            let rows = bench.query(&at, query).await?;
            if rows != *kept {
                return Err(format!("up: {query}: {rows} and no more {kept}\n{}", up.sql()));
            }
        }
        let (down, at) = bench
            .go(at, before, &self.down)
            .await
            .map_err(|error| format!("down: {error}\nup was\n{}", up.sql()))?;
        for ((query, _), kept) in self.keeps.iter().zip(&kept) {
            let rows = bench.query(&at, query).await?;
            if rows != *kept {
                return Err(format!(
                    "down: {query}: {rows} and no more {kept}\n{}",
                    down.sql()
                ));
            }
        }
        Ok((format!("{}{}", summary("up", &up), summary("down", &down)), at))
    }

    /// Holds what the plans did against `plan.txt`.
    fn judge(&self, bench: &Bench, plans: &str) -> Result<(), String> {
        let major = bench.server_version_num() / 10_000;
        // What only later ones take is held against theirs.
        let is_blessed = match self.since {
            Some(since) if since > BLESSED_MAJOR => major == since,
            _ => major == BLESSED_MAJOR,
        };
        if !is_blessed {
            return Ok(());
        }
        let file = self.folder.join("plan.txt");
        if std::env::var_os("LIMBECK_BLESS").is_some() {
            std::fs::write(&file, plans).unwrap();
            return Ok(());
        }
        let expected = std::fs::read_to_string(&file).unwrap_or_default();
        if expected == *plans {
            Ok(())
        } else {
            Err(format!("plan.txt says\n{expected}\nand the plans are\n{plans}"))
        }
    }
}

/// From nothing to a state. What `pg_dump` says of it then shows in the round trip.
async fn make(bench: &Bench, at: State, name: &str, state: &State) -> Result<State, String> {
    let made = bench.reach(at, state, &Hints::default()).await;
    made.map(|(_, at)| at)
        .map_err(|error| format!("empty to {name}: {error}"))
}

/// From a state to nothing.
async fn clear(bench: &Bench, at: State, name: &str) -> Result<State, String> {
    bench
        .clear(at)
        .await
        .map_err(|error| format!("{name} to empty: {error}"))
}

fn fill(text: &str) -> Fill {
    let (column, expression) = text.split_once(" = ").unwrap();
    Fill {
        column: format!("column {column}").parse().unwrap(),
        expression: expression.to_owned(),
    }
}

/// What a plan does, object by object, and its statements.
fn summary(direction: &str, plan: &Plan) -> String {
    let mut text = format!("{direction}:\n");
    for step in plan.steps() {
        let how = if step.transactional {
            ""
        } else {
            " (no transaction)"
        };
        writeln!(text, "  step {}{how}", step.name).unwrap();
        for action in &step.actions {
            for change in &action.changes {
                writeln!(text, "    {change}").unwrap();
            }
            if let Some(loss) = &action.loses {
                writeln!(text, "      destroys {loss}").unwrap();
            }
            if let Some(note) = &action.note {
                writeln!(text, "      note {note}").unwrap();
            }
            if action.rewrites {
                writeln!(text, "      rewrites").unwrap();
            }
            for requirement in &action.requires {
                writeln!(text, "      requires no {}", requirement.message).unwrap();
                for line in requirement.query.lines() {
                    writeln!(text, "      ? {line}").unwrap();
                }
            }
            for statement in &action.statements {
                for line in statement.lines() {
                    writeln!(text, "      | {line}").unwrap();
                }
            }
        }
    }
    for column in &plan.unfilled {
        writeln!(text, "  unfilled {column}").unwrap();
    }
    for column in &plan.unused_fills {
        writeln!(text, "  unused fill of {column}").unwrap();
    }
    text
}

/// Roles belong to the server: all are made before anything is read.
async fn make_roles(bench: &Bench, cases: &[Case]) {
    for role in cases.iter().flat_map(|case| &case.roles) {
        bench.make_role(role).await;
    }
}

/// The folders of all cases, or of those that `LIMBECK_CASE` is part of the name of: one text, or several and commas.
fn folders() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut folders: Vec<PathBuf> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    folders.sort();
    let only = std::env::var("LIMBECK_CASE").unwrap_or_default();
    folders.retain(|folder| {
        let name = folder.file_name().unwrap().to_string_lossy();
        only.split(',').any(|part| name.contains(part))
    });
    assert!(!folders.is_empty());
    folders
}

#[tokio::test]
async fn every_case_goes_there_and_back() {
    let bench = Bench::start().await;
    let cases: Vec<Case> = folders().iter().map(|folder| Case::read(folder)).collect();
    make_roles(&bench, &cases).await;
    let run = async |case: Case| {
        // What a case panics with is told with its name, and the other cases go on.
        let result = AssertUnwindSafe(case.run(&bench)).catch_unwind().await;
        let result = result.unwrap_or_else(|_| Err("panicked, as told above".to_owned()));
        result.err().map(|error| format!("=== {}: {error}\n", case.name))
    };
    let failures: String = stream::iter(cases)
        .map(run)
        .buffered(AT_A_TIME)
        .filter_map(std::future::ready)
        .collect()
        .await;
    assert!(failures.is_empty(), "\n{failures}");
}

/// From each case to one that has nothing to do with it, and back: `LIMBECK_DISTANCE` says how far away in the list.
#[tokio::test]
#[ignore = "minutes, for each distance"]
async fn every_case_goes_to_another() {
    let distance = std::env::var("LIMBECK_DISTANCE").map_or(1, |distance| distance.parse().unwrap());
    let bench = Bench::start().await;
    let cases: Vec<Case> = folders().iter().map(|folder| Case::read(folder)).collect();
    make_roles(&bench, &cases).await;
    let pairs = cases.iter().zip(cases.iter().cycle().skip(distance));
    let run = async |(one, other): (&Case, &Case)| {
        let result = async {
            let there = bench.state(&other.after).await;
            let back = bench.state(&one.after).await;
            let at = bench.state(&one.after).await;
            let (_, at) = bench.go(at, &there, &Hints::default()).await?;
            let (_, at) = bench.go(at, &back, &Hints::default()).await?;
            for state in [at, there, back] {
                bench.drop(state).await;
            }
            Ok::<(), String>(())
        };
        let error = result.await.err()?;
        Some(format!("=== {} to {}: {error}\n", one.name, other.name))
    };
    let failures: String = stream::iter(pairs)
        .map(run)
        .buffered(AT_A_TIME)
        .filter_map(std::future::ready)
        .collect()
        .await;
    assert!(failures.is_empty(), "\n{failures}");
}
