//! Passwords that are changed while a run is on.

use limbeck_server::testing::Stop;

use crate::page::holds;
use crate::site::Site;
use crate::support::PASSWORD;

/// A project that connects as `anna`, who has a password and owns everything.
fn anna(up: &str) -> Site {
    let site = Site::new();
    site.second(up);
    site.execute(&format!("CREATE ROLE anna LOGIN PASSWORD '{PASSWORD}'; GRANT ALL ON DATABASE app TO anna; GRANT ALL ON SCHEMA public TO anna"));
    let file = site.server.data_directory().join("pg_hba.conf");
    std::fs::write(file, "local all postgres trust\nlocal all all scram-sha-256\n").unwrap();
    site.execute("SELECT pg_reload_conf()");
    site.connect_with(&format!("anna:{PASSWORD}"));
    site.applied();
    site
}

fn change(site: &Site, password: &str) {
    site.execute(&format!("ALTER ROLE anna PASSWORD '{password}'"));
}

#[test]
fn wrong() {
    let site = anna("SELECT 1;");
    change(&site, "another");
    holds("password::wrong", &site.upgrade());
    change(&site, PASSWORD);
    site.ends_well();
}

#[test]
fn changed_and_the_connection_lost() {
    let mut site = anna("SELECT pg_sleep(1.5);");
    let run = site.begin(&["upgrade"]);
    site.wait_for_sleep();
    change(&site, "another");
    site.stop(Stop::Immediate);
    site.start_again();
    holds(
        "password::changed_and_the_connection_lost",
        &run.wait_with_output().unwrap(),
    );
    change(&site, PASSWORD);
    site.ends_well();
}

/// The heartbeat connects when it first beats, after ten seconds.
#[test]
fn changed_before_the_heartbeat() {
    let site = anna("SELECT pg_sleep(12);\n-- limbeck:up two\nSELECT 1;");
    let run = site.begin(&["upgrade"]);
    site.wait_for_sleep();
    change(&site, "another");
    holds(
        "password::changed_before_the_heartbeat",
        &run.wait_with_output().unwrap(),
    );
    change(&site, PASSWORD);
    site.ends_well();
}
