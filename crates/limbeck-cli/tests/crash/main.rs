//! Whatever ends a run, and wherever: the same command is run again, and everything is as if nothing had happened.
//!
//! A proxy between runner and server knows the protocol's messages. A run without fault counts them; then one run each
//! is disturbed at each message, in each way. Afterwards the network is whole, the command is run again until nothing is
//! left, and the catalogue, the rows and what the database says of itself must equal those of the undisturbed run.
//!
//! The sample is part of the ordinary suite. `.ci/crash` runs every point and prints how many there are of each kind;
//! `LIMBECK_CRASH` chooses some by words of their names.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::print_stderr,
    clippy::print_stdout,
    missing_docs,
    unreachable_pub,
    reason = "tests"
)]

mod bench;
mod outcome;
mod points;
mod proxy;
mod scenarios;
mod server;
#[path = "../support/mod.rs"]
mod support;
mod work;

use bench::Bench;
use outcome::Outcome;
use points::{CUTS, CUTS_AGAIN, KILLS, Point, SIGNALS, STOPS};
use scenarios::Scenario;
use server::Server;
use work::{Tally, block_on, chosen, in_parallel, some_of_each, stopping};

/// The points of the cuts, by the library.
fn cuts(bench: &Bench) -> Vec<Point> {
    let scenarios = bench.scenarios.iter().enumerate();
    scenarios
        .flat_map(|(n, prepared)| points::of(n, prepared.scenario.disturbs, &prepared.traffic, CUTS))
        .collect()
}

/// The points of cuts while a run goes on after one. Each third query is cut off first.
fn cuts_again(bench: &Bench) -> Vec<Point> {
    let mut all = Vec::new();
    for (n, prepared) in bench.scenarios.iter().enumerate() {
        let queries = prepared
            .traffic
            .iter()
            .filter(|seen| seen.tag == b'Q' && seen.address.session == 1);
        for first in queries.skip(1).step_by(3) {
            let traffic = block_on(bench.traffic_after(n, &first.address));
            let points = points::of(n, prepared.scenario.disturbs, &traffic, CUTS_AGAIN);
            all.extend(points.into_iter().map(|point| Point {
                first: Some(first.address.clone()),
                ..point
            }));
        }
    }
    all
}

/// The points of the kills and of the signals, by the program.
fn kills(bench: &Bench) -> Vec<Point> {
    let mut all = Vec::new();
    for (n, prepared) in bench.scenarios.iter().enumerate() {
        if prepared.scenario.is_for_program {
            let traffic = block_on(bench.program_traffic(n));
            all.extend(points::of(n, prepared.scenario.disturbs, &traffic, KILLS));
            all.extend(points::of(n, prepared.scenario.disturbs, &traffic, SIGNALS));
        }
    }
    all
}

/// The points where the server is stopped.
fn stops(bench: &Bench) -> Vec<Point> {
    let scenarios = bench.scenarios.iter().enumerate();
    scenarios
        .flat_map(|(n, prepared)| points::of(n, prepared.scenario.disturbs, &prepared.traffic, STOPS))
        .collect()
}

fn bench(scenarios: Vec<Scenario>) -> Bench {
    block_on(async { Bench::new(Server::scratch().await, scenarios).await })
}

fn bench_that_stops(scenarios: Vec<Scenario>) -> Bench {
    block_on(async { Bench::new(Server::that_stops().await, scenarios).await })
}

/// The scenarios of these names.
fn some(names: &[&str]) -> Vec<Scenario> {
    let scenarios = scenarios::all().into_iter();
    let some: Vec<_> = scenarios
        .filter(|scenario| names.contains(&scenario.name))
        .collect();
    assert_eq!(some.len(), names.len());
    some
}

#[test]
fn a_database_that_came_to_something_else_is_found() {
    block_on(async {
        let bench = Bench::new(Server::scratch().await, some(&["outside down"])).await;
        let original = bench.before(0).await;
        let undisturbed = Outcome::read(&original).await;
        for change in [
            "INSERT INTO t.log VALUES ('up noted')",
            "DELETE FROM public.orders WHERE id = 40",
            "DROP INDEX public.orders_day_idx",
            "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'public.orders_day_idx'::regclass",
            "ALTER TABLE public.orders ALTER COLUMN sum DROP NOT NULL",
            "DELETE FROM limbeck.head",
            "UPDATE limbeck.step SET state = 'running' WHERE name = 'clean'",
        ] {
            let database = bench.before(0).await;
            let session = server::session(&database).await;
            session.execute(change).await.unwrap();
            session.close().await;
            let found = Outcome::read(&database).await;
            assert_ne!(undisturbed.difference(&found), "", "{change}");
        }
        // Somebody holds the lease, and lives.
        let holder = server::session(&original).await;
        let hold = "UPDATE limbeck.lease SET owner = 'ada', pid = pg_backend_pid(), expires_at = now() + interval '1 h'";
        holder.execute(hold).await.unwrap();
        let taken = bench.scenarios[0].scenario.take_lease(&original).await;
        assert!(taken.is_err());
    });
}

#[test]
fn a_sample_of_all_points() {
    let mut tally = Tally::default();
    let disturbed = bench(some(&[
        "everyday up",
        "outside up",
        "outside down",
        "one transaction up",
        "stamp",
    ]));
    tally.add(in_parallel(&disturbed, some_of_each(cuts(&disturbed), 9)));
    tally.add(in_parallel(&disturbed, some_of_each(kills(&disturbed), 3)));
    drop(disturbed);
    let mut stopped = bench_that_stops(some(&["outside up"]));
    let points = some_of_each(stops(&stopped), 2);
    tally.add(stopping(&mut stopped, points));
    tally.tell();
}

#[test]
#[ignore = "takes a while: `.ci/crash` runs it"]
fn cut_at_every_message() {
    let bench = bench(scenarios::all());
    let mut tally = Tally::default();
    tally.add(in_parallel(&bench, chosen(&bench, cuts(&bench))));
    tally.tell();
}

#[test]
#[ignore = "takes a while: `.ci/crash` runs it"]
fn cut_again_while_it_goes_on() {
    let bench = bench(some(&[
        "everyday up",
        "outside up",
        "outside down",
        "one transaction up",
    ]));
    let mut tally = Tally::default();
    tally.add(in_parallel(&bench, chosen(&bench, cuts_again(&bench))));
    tally.tell();
}

#[test]
#[ignore = "takes a while: `.ci/crash` runs it"]
fn killed_at_every_message() {
    let bench = bench(scenarios::all());
    let mut tally = Tally::default();
    tally.add(in_parallel(&bench, chosen(&bench, kills(&bench))));
    tally.tell();
}

#[test]
#[ignore = "takes a while: `.ci/crash` runs it"]
fn the_server_stopped_at_every_query() {
    let mut bench = bench_that_stops(scenarios::all());
    let all = chosen(&bench, stops(&bench));
    let mut tally = Tally::default();
    tally.add(stopping(&mut bench, all));
    tally.tell();
}
