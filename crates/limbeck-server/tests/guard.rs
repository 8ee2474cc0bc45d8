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
use std::process::{Child, ChildStdout, Command, Stdio};
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

struct Owner {
    process: Child,
    folder: String,
    server: i32,
    _output: BufReader<ChildStdout>,
}

fn start() -> Owner {
    let mut owner = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "owner", "--ignored", "--nocapture"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut output = BufReader::new(owner.stdout.take().unwrap());
    let folder = output.by_ref().lines().map_while(Result::ok);
    let folder = folder
        .filter_map(|line| line.strip_prefix(MARK).map(str::to_owned))
        .next()
        .unwrap();
    let file = std::fs::read_to_string(format!("{folder}/data/postmaster.pid")).unwrap();
    let server = file.lines().next().unwrap().parse().unwrap();
    Owner {
        process: owner,
        folder,
        server,
        _output: output,
    }
}

fn vanishes(owner: &Owner) {
    let Owner { folder, server, .. } = owner;
    let begun = Instant::now();
    let running = || test_kill_process(Pid::from_raw(*server).unwrap()).is_ok();
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
    let mut owner = start();
    owner.process.kill().unwrap();
    owner.process.wait().unwrap();
    vanishes(&owner);
}

#[test]
fn a_terminal_that_is_closed_or_interrupted_leaves_nothing_behind() {
    for signal in [rustix::process::Signal::INT, rustix::process::Signal::HUP] {
        let mut owner = start();
        rustix::process::kill_process(Pid::from_child(&owner.process), signal).unwrap();
        owner.process.wait().unwrap();
        vanishes(&owner);
    }
}

#[test]
fn an_owner_that_ends_well_leaves_nothing_behind() {
    let mut owner = start();
    drop(owner.process.stdin.take());
    assert!(owner.process.wait().unwrap().success());
    assert!(!Path::new(&owner.folder).exists());
    vanishes(&owner);
}
