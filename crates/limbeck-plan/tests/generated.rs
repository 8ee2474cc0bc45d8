//! Pairs of generated schemas: there, back, and to nothing.
//!
//! The pairs are the same in each run. `LIMBECK_GENERATED=500` tries that many, `LIMBECK_SEED=7` begins elsewhere. What
//! fails is made smaller first, and printed as the two files of a case folder.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::print_stderr,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs,
    reason = "tests"
)]

#[path = "generated/schema.rs"]
mod schema;
mod support;

use std::cell::Cell;

use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};
use schema::Pair;
use support::{Bench, Hints, rows};

/// How many pairs are tried where nothing else is asked for.
const PAIRS: u32 = 16;

fn number(variable: &str) -> Option<u32> {
    std::env::var(variable).ok().map(|text| text.parse().unwrap())
}

/// From the one state to the other and back, and from each to nothing.
async fn there_and_back(bench: &Bench, one: &str, other: &str) -> Result<(), String> {
    let there = bench.state(other).await;
    let back = bench.state(one).await;
    let at = bench.state(one).await;
    let result = async {
        let no_hints = Hints::default();
        rows::survive(bench, one, &back, &there, &no_hints, &no_hints).await?;
        let (up, at) = bench
            .go(at, &there, &Hints::default())
            .await
            .map_err(|error| format!("there: {error}"))?;
        let (_, at) = bench
            .go(at, &back, &Hints::default())
            .await
            .map_err(|error| format!("back: {error}\nafter\n{}", up.sql()))?;
        let at = bench
            .clear(at)
            .await
            .map_err(|error| format!("to nothing: {error}"))?;
        let (_, at) = bench
            .go(at, &there, &Hints::default())
            .await
            .map_err(|error| format!("from nothing: {error}"))?;
        bench.drop(at).await;
        Ok(())
    }
    .await;
    bench.drop(there).await;
    bench.drop(back).await;
    result
}

#[test]
fn generated_pairs_go_there_and_back() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let bench = runtime.block_on(Bench::start());
    let config = Config {
        cases: number("LIMBECK_GENERATED").unwrap_or(PAIRS),
        failure_persistence: None,
        max_shrink_iters: 150,
        ..Config::default()
    };
    let mut seed = [0; 32];
    seed[..4].copy_from_slice(&number("LIMBECK_SEED").unwrap_or(0).to_be_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &seed);
    let mut runner = TestRunner::new_with_rng(config, rng);
    let passed_over = Cell::new(0_u32);
    let result = runner.run(&schema::pair(), |pair: Pair| {
        match runtime.block_on(there_and_back(&bench, &pair.one(), &pair.other())) {
            Ok(()) => Ok(()),
            // A change of a type for which PostgreSQL knows no way.
            Err(error) if error.contains("unsupported: ") => {
                passed_over.set(passed_over.get() + 1);
                Ok(())
            }
            Err(error) => Err(TestCaseError::fail(error)),
        }
    });
    if let Err(TestError::Fail(reason, pair)) = &result {
        panic!(
            "{}\n== before.sql\n{}\n== after.sql\n{}",
            reason.message(),
            pair.one(),
            pair.other()
        );
    }
    result.unwrap();
    eprintln!("{} pairs have no way between them", passed_over.get());
}
