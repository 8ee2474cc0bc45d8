//! Many runners at once, on one database: real processes of the program, of which some are killed and some are paused
//! past their lease and woken. Each step is applied once, nothing deadlocks, whoever lives ends well, and the database is
//! in the end as one runner alone leaves it.
//!
//! The ordinary suite runs a sample. `.ci/competition` runs the whole: it says how many rounds and runners in
//! `LIMBECK_COMPETITION`, as `50x20`; `LIMBECK_SEED` chooses who is hit, and when.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::print_stderr,
    missing_docs,
    unreachable_pub,
    reason = "tests"
)]

mod history;
mod round;
mod runner;
#[allow(dead_code, reason = "shared with the tests of TLS, which use more of it")]
#[path = "../../../limbeck-postgres/tests/tls/server.rs"]
mod server;
mod state;
#[path = "../support/mod.rs"]
mod support;

use std::collections::BTreeMap;
use std::time::Instant;

use round::{Kind, Outcome, Round};
use server::TlsServer;
use support::TestFolder;

/// A generator of numbers that look random, the same for the same seed (xorshift).
pub struct Random(u64);

impl Random {
    pub fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % limit
    }
}

/// Rounds and runners, and the seed.
fn wanted() -> (usize, usize, u64) {
    let variable = |name| std::env::var(name).ok();
    let (rounds, runners) = variable("LIMBECK_COMPETITION").map_or((2, 6), |text| {
        let (rounds, runners) = text
            .split_once('x')
            .expect("LIMBECK_COMPETITION is ROUNDSxRUNNERS");
        (rounds.parse().unwrap(), runners.parse().unwrap())
    });
    let seed = variable("LIMBECK_SEED").map_or(7, |seed| seed.parse().unwrap());
    (rounds, runners, seed)
}

/// What a sample has: everything at once, and then both directions.
fn kind(round: usize, is_sample: bool) -> Kind {
    if is_sample {
        return [Kind::KilledAndPaused, Kind::BothDirections][round % 2];
    }
    [
        Kind::Undisturbed,
        Kind::Killed,
        Kind::Paused,
        Kind::KilledAndPaused,
        Kind::BothDirections,
        Kind::Killed,
        Kind::Paused,
        Kind::KilledAndPaused,
        Kind::BothDirections,
        Kind::Stamped,
    ][round % 10]
}

#[tokio::test]
async fn each_revision_is_applied_once_whoever_dies_or_sleeps() {
    let (rounds, runners, seed) = wanted();
    let is_sample = std::env::var_os("LIMBECK_COMPETITION").is_none();
    let began = Instant::now();
    let folder = TestFolder::new();
    folder.write(
        "limbeck.toml",
        "migrations = \"database/migrations\"\nmodels = []\n[database]\nurl = \"${COMPETITION_URL}\"\n",
    );
    history::write(&folder);
    let server = TlsServer::start().await;
    // `40P01` and the like are to be seen in the log.
    server
        .admin("ALTER SYSTEM SET log_line_prefix = '%m [%p] <%e> '")
        .await;
    server.admin("SELECT pg_reload_conf()").await;
    let mut random = Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);

    let alone = Round::begin(&server, &folder, "alone").await.alone().await;
    let mut sum = Outcome::default();
    let mut codes: BTreeMap<String, usize> = BTreeMap::new();
    for number in 0..rounds {
        let round = Round::begin(&server, &folder, &format!("round_{number}")).await;
        let outcome = round
            .compete(kind(number, is_sample), runners, &alone, &mut random)
            .await;
        println!("round {:>2} of {rounds}: {outcome}", number + 1);
        for (code, count) in &outcome.codes {
            *codes.entry(code.clone()).or_default() += count;
        }
        sum.add(&outcome);
        let log = server.log();
        let deadlocks: Vec<&str> = log.lines().filter(|line| line.contains("<40P01>")).collect();
        assert!(deadlocks.is_empty(), "{deadlocks:#?}");
        if !sum.problems.is_empty() {
            break;
        }
    }
    println!(
        "all of {rounds} rounds, {:.0} s, seed {seed}: {sum}",
        began.elapsed().as_secs_f64()
    );
    assert!(
        sum.problems.is_empty(),
        "seed {seed}:\n{}",
        sum.problems.join("\n")
    );
    assert!(
        is_sample || sum.killed + sum.paused > 0,
        "nobody was hit: the case is not what is tested"
    );
}
