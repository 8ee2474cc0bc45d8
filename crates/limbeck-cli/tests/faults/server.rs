//! A server that goes away while a run is on it, and a session that is ended.

use std::process::Command;

use limbeck_server::testing::Stop;

use crate::page::holds;
use crate::site::Site;

const SLEEPING: &str = "CREATE TABLE plans ();\nSELECT pg_sleep(1.5);";

fn comes_back(test: &str, how: Stop) {
    let mut site = Site::new();
    site.second(SLEEPING);
    site.applied();
    let run = site.begin(&["upgrade"]);
    site.wait_for_sleep();
    site.stop(how);
    site.start_again();
    holds(test, &run.wait_with_output().unwrap());
    site.ends_well();
}

#[test]
fn stopped_and_started_again() {
    comes_back("server::stopped_and_started_again", Stop::Fast);
}

#[test]
fn crashed_and_recovered() {
    comes_back("server::crashed_and_recovered", Stop::Immediate);
}

#[test]
fn stopped_for_good() {
    let mut site = Site::new();
    site.second(SLEEPING);
    site.applied();
    let run = site.begin(&["upgrade", "--wait-for-server", "1s"]);
    site.wait_for_sleep();
    site.stop(Stop::Fast);
    holds("server::stopped_for_good", &run.wait_with_output().unwrap());
    site.start_again();
    site.only_first();
    site.ends_well();
}

#[test]
fn not_there_from_the_beginning() {
    let mut site = Site::new();
    site.second(SLEEPING);
    site.applied();
    site.stop(Stop::Fast);
    holds(
        "server::not_there_from_the_beginning",
        &site.folder.output(&["upgrade", "--wait-for-server", "1s"]),
    );
    site.start_again();
    site.ends_well();
}

/// A standby that takes no sessions.
#[test]
fn in_recovery() {
    let mut site = Site::with(&["wal_level=replica", "max_wal_senders=1", "hot_standby=off"]);
    site.second(SLEEPING);
    site.applied();
    site.stop(Stop::Fast);
    let signal = site.server.data_directory().join("standby.signal");
    std::fs::write(&signal, "").unwrap();
    site.start_in_recovery();
    holds(
        "server::in_recovery",
        &site.folder.output(&["upgrade", "--wait-for-server", "1s"]),
    );
    site.stop(Stop::Immediate);
    std::fs::remove_file(&signal).unwrap();
    site.start_again();
    site.ends_well();
}

/// What the kernel does when memory runs out: the server ends all sessions, and recovers.
#[test]
fn a_process_of_it_was_killed() {
    let site = Site::new();
    site.second(SLEEPING);
    site.applied();
    let victim = site.hold("SELECT 1");
    let run = site.begin(&["upgrade"]);
    site.wait_for_sleep();
    let killed = Command::new("kill")
        .args(["-KILL", &victim.backend_pid().to_string()])
        .status()
        .unwrap();
    assert!(killed.success());
    holds(
        "server::a_process_of_it_was_killed",
        &run.wait_with_output().unwrap(),
    );
    site.ends_well();
}

#[test]
fn a_step_that_crashes_it_each_time() {
    let site = Site::new();
    site.second(
        "DO $$ BEGIN EXECUTE format('COPY (SELECT) TO PROGRAM %L', 'kill -KILL ' || pg_backend_pid()); END $$;",
    );
    site.applied();
    holds("server::a_step_that_crashes_it_each_time", &site.upgrade());
    site.only_first();
    site.second("SELECT 1;");
    site.ends_well();
}

#[test]
fn the_session_was_ended() {
    let site = Site::new();
    site.second(SLEEPING);
    site.applied();
    let run = site.begin(&["upgrade"]);
    site.wait_for_sleep();
    site.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'PgSleep'");
    holds("server::the_session_was_ended", &run.wait_with_output().unwrap());
    site.only_first();
    site.ends_well();
}

#[test]
fn the_database_was_dropped() {
    let site = Site::new();
    site.second(SLEEPING);
    site.applied();
    let run = site.begin(&["upgrade"]);
    site.wait_for_sleep();
    site.execute_in("postgres", "DROP DATABASE app WITH (FORCE)");
    holds(
        "server::the_database_was_dropped",
        &run.wait_with_output().unwrap(),
    );
}

#[test]
fn the_database_was_renamed() {
    let site = Site::new();
    site.second(SLEEPING);
    site.applied();
    site.execute_in("postgres", "ALTER DATABASE app RENAME TO other");
    holds("server::the_database_was_renamed", &site.upgrade());
    site.execute_in("postgres", "ALTER DATABASE other RENAME TO app");
    site.ends_well();
}

/// It crashes, and finds no room to recover either.
#[test]
fn no_room_for_its_wal() {
    let Some(mut site) = Site::with_small_disk(24, true) else {
        return;
    };
    site.second("INSERT INTO users SELECT n, repeat('x', 400) FROM generate_series(1000, 101000) AS n;");
    site.applied();
    site.server.small_disk().unwrap().take(8).unwrap();
    holds(
        "server::no_room_for_its_wal",
        &site.folder.output(&["upgrade", "--wait-for-server", "5s"]),
    );
    site.stop(Stop::Immediate);
    site.server.small_disk().unwrap().free().unwrap();
    site.start_again();
    site.only_first();
    site.second("SELECT 1;");
    site.ends_well();
}
