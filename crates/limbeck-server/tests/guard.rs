//! A scratch server vanishes with its owner, however that ends.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::print_stderr,
    clippy::print_stdout,
    missing_docs,
    reason = "tests"
)]

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use limbeck_server::testing::scratch;
use rustix::process::{Pid, test_kill_process};

const MARK: &str = "scratch in ";

/// The owner: says where its server is, and waits until nobody listens any more.
#[tokio::test]
#[ignore = "started by the tests below"]
async fn owner() {
    let scratch = scratch().await;
    println!("\n{MARK}{}", scratch.settings("postgres").host());
    let _ = std::io::stdin().read(&mut [0]);
}

/// Starts an owner; returns it, its server's folder and its server's process.
fn start() -> (Child, String, i32) {
    let mut owner = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "owner", "--ignored", "--nocapture"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let lines = BufReader::new(owner.stdout.take().unwrap()).lines();
    let folder = lines
        .map_while(Result::ok)
        .find_map(|line| line.strip_prefix(MARK).map(str::to_owned))
        .unwrap();
    let file = std::fs::read_to_string(format!("{folder}/data/postmaster.pid")).unwrap();
    (owner, folder, file.lines().next().unwrap().parse().unwrap())
}

fn vanishes(folder: &str, server: i32) {
    let begun = Instant::now();
    let running = || test_kill_process(Pid::from_raw(server).unwrap()).is_ok();
    while Path::new(folder).exists() || running() {
        assert!(
            begun.elapsed() < Duration::from_secs(20),
            "{folder} or its server {server} is still there"
        );
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn a_killed_owner_leaves_nothing_behind() {
    let (mut owner, folder, server) = start();
    owner.kill().unwrap();
    owner.wait().unwrap();
    vanishes(&folder, server);
}

#[test]
fn a_terminal_that_is_closed_or_interrupted_leaves_nothing_behind() {
    for signal in [rustix::process::Signal::INT, rustix::process::Signal::HUP] {
        let (mut owner, folder, server) = start();
        rustix::process::kill_process(Pid::from_child(&owner), signal).unwrap();
        owner.wait().unwrap();
        vanishes(&folder, server);
    }
}

#[test]
fn an_owner_that_ends_well_leaves_nothing_behind() {
    let (mut owner, folder, server) = start();
    drop(owner.stdin.take());
    assert!(owner.wait().unwrap().success());
    assert!(!Path::new(&folder).exists());
    vanishes(&folder, server);
}
