//! What happens to the program itself: signals, a terminal that is closed, a laptop that sleeps.

use std::process::{Child, Command, Stdio};

use crate::page::holds;
use crate::site::Site;

fn send(run: &Child, signal: &str) {
    let sent = Command::new("kill")
        .args([signal, &run.id().to_string()])
        .status()
        .unwrap();
    assert!(sent.success());
}

/// A run whose second step sleeps while it gets a signal.
fn signalled(test: &str, signal: &str) -> Site {
    let site = Site::new();
    site.second("CREATE TABLE plans ();\nSELECT pg_sleep(60);");
    site.applied();
    let run = site.begin(&["upgrade"]);
    site.wait_for_sleep();
    send(&run, signal);
    holds(test, &run.wait_with_output().unwrap());
    site.only_first();
    site.second("CREATE TABLE plans ();");
    site
}

#[test]
fn ctrl_c() {
    signalled("signals::ctrl_c", "-INT").ends_well();
}

#[test]
fn terminated() {
    signalled("signals::terminated", "-TERM").ends_well();
}

#[test]
fn the_terminal_was_closed() {
    signalled("signals::the_terminal_was_closed", "-HUP").ends_well();
}

/// Started with `nohup`, it does not mind.
#[test]
fn the_terminal_was_closed_under_nohup() {
    let site = Site::new();
    site.second("CREATE TABLE plans ();\nSELECT pg_sleep(1);");
    site.applied();
    let mut command = Command::new("nohup");
    command
        .arg(env!("CARGO_BIN_EXE_limbeck"))
        .arg("upgrade")
        .current_dir(site.folder.path());
    site.folder.surround(&mut command);
    let run = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    site.wait_for_sleep();
    send(&run, "-HUP");
    holds(
        "signals::the_terminal_was_closed_under_nohup",
        &run.wait_with_output().unwrap(),
    );
    site.ends_well();
}

/// The program is gone, and the server works on: what it commits stands.
#[test]
fn killed() {
    let site = Site::new();
    site.second("CREATE TABLE plans ();\nSELECT pg_sleep(2);");
    site.applied();
    let mut run = site.begin(&["upgrade"]);
    site.wait_for_sleep();
    run.kill().unwrap();
    run.wait().unwrap();
    holds("signals::killed", &site.upgrade());
    site.ends_well();
}

#[test]
fn ctrl_c_twice() {
    let site = Site::new();
    site.second("CREATE TABLE plans ();\nSELECT pg_sleep(60);");
    site.applied();
    let run = site.begin(&["upgrade"]);
    site.wait_for_sleep();
    // Not cancelled: the server does not hear of the first one while it stands still.
    let server = site
        .query("SELECT pid FROM pg_stat_activity WHERE wait_event = 'PgSleep'")
        .remove(0);
    let still = |signal: &str| {
        assert!(
            Command::new("kill")
                .args([signal, &server])
                .status()
                .unwrap()
                .success()
        );
    };
    still("-STOP");
    send(&run, "-INT");
    std::thread::sleep(std::time::Duration::from_millis(300));
    send(&run, "-INT");
    let output = run.wait_with_output().unwrap();
    still("-CONT");
    holds("signals::ctrl_c_twice", &output);
    site.second("CREATE TABLE plans ();");
    site.ends_well();
}

/// As a laptop that sleeps, or a machine that is frozen: past the lease, and another runner comes.
#[test]
fn paused_past_the_lease() {
    let site = Site::new();
    site.second("CREATE TABLE plans ();\nSELECT pg_sleep(1);\n-- limbeck:up two\nCREATE TABLE meals ();");
    site.applied();
    let run = site.begin(&["upgrade"]);
    site.wait_for_sleep();
    send(&run, "-STOP");
    site.wait_for("SELECT FROM limbeck.step WHERE revision = 'bbbb' AND state = 'done'");
    site.execute("UPDATE limbeck.lease SET expires_at = now() - interval '1 s'");
    let other = site.upgrade();
    assert!(other.status.success(), "{}", site.folder.told(&other));
    send(&run, "-CONT");
    holds("signals::paused_past_the_lease", &run.wait_with_output().unwrap());
    site.ends_well();
}
