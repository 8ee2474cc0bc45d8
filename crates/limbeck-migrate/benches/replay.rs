//! Replaying 1,000 revisions onto a scratch database, and the same SQL through `psql`, one message a revision.
//!
//! `cargo bench -p limbeck-migrate`. Each round has both, each on a new database of one server, which the benchmark
//! starts itself, as tests do. `psql` connects once and gets each revision as a `-c` of its own, which it sends as one
//! message; transactions are the revisions', as in a replay.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::print_stdout,
    missing_docs,
    reason = "a benchmark"
)]

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use limbeck_migrate::{Direction, History, Settings, XArguments, replay};
use limbeck_postgres::{SessionOptions, connect};
use limbeck_server::Scratch;
use limbeck_server::testing::{installation, shared_scratch};

const REVISIONS: usize = 1_000;
const ROUNDS: usize = 7;

fn sql(number: usize) -> String {
    format!(
        "CREATE TABLE t{number} (id bigint PRIMARY KEY, name text NOT NULL, note text, n integer, at timestamptz);\n\
         CREATE INDEX t{number}_name_idx ON t{number} (name);"
    )
}

fn history() -> History {
    let files: Vec<(String, String)> = (0..REVISIONS)
        .map(|number| {
            let revises = number.checked_sub(1).map_or_else(String::new, |parent| format!(" {parent:012x}"));
            let text = format!(
                "-- Table {number}\n--\n-- limbeck: 1\n-- revision: {number:012x}\n-- revises:{revises}\n\
                 -- created: 2026-01-01T00:00:00Z\n\n-- limbeck:up schema\n{}\n-- limbeck:down schema\nDROP TABLE \
                 t{number};\n",
                sql(number)
            );
            (format!("{number:012x}.sql"), text)
        })
        .collect();
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(name, text)| (name.as_str(), text.as_str()))
        .collect();
    History::from_files(&files).unwrap()
}

async fn replayed(scratch: &Scratch, history: &History) -> Duration {
    let database = scratch.create_database().await.unwrap();
    let began = Instant::now();
    let options = SessionOptions::running("limbeck benchmarks", "public");
    let session = connect(database.settings(), &options).await.unwrap();
    replay(
        &session,
        history.order_all(),
        Direction::Up,
        &XArguments::default(),
        &|_| (),
    )
    .await
    .unwrap();
    began.elapsed()
}

async fn through_psql(scratch: &Scratch, program: &Path) -> Duration {
    let database = scratch.create_database().await.unwrap();
    let settings: &Settings = database.settings();
    let mut psql = Command::new(program);
    psql.args(["-X", "-q", "-v", "ON_ERROR_STOP=1"])
        .arg("-h")
        .arg(settings.host().as_ref())
        .args(["-p", &settings.port().to_string()])
        .args(["-U", settings.user(), "-d", settings.database()])
        .stdout(Stdio::null());
    for number in 0..REVISIONS {
        psql.args(["-c", &sql(number)]);
    }
    let began = Instant::now();
    assert!(psql.status().unwrap().success());
    began.elapsed()
}

fn median(mut durations: Vec<Duration>) -> Duration {
    durations.sort();
    durations[durations.len() / 2]
}

fn main() {
    // `cargo test` runs benchmarks too, to see that they do.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let history = history();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let scratch = shared_scratch().await;
        let program = installation().await.program("psql").unwrap();
        let (mut ours, mut psql) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            ours.push(replayed(scratch, &history).await);
            psql.push(through_psql(scratch, &program).await);
        }
        let (ours, psql) = (median(ours), median(psql));
        println!("| {REVISIONS} revisions onto a scratch database | s | ÷ `psql` |\n|---|---|---|");
        println!(
            "| replayed | {:.2} | {:.2} |",
            ours.as_secs_f64(),
            ours.as_secs_f64() / psql.as_secs_f64()
        );
        println!("| `psql`, one message each | {:.2} | 1.00 |", psql.as_secs_f64());
    });
}
