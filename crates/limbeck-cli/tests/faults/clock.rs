//! Clocks that are wrong.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::page::holds;
use crate::site::Site;

/// The lease has run out by the server's clock, while its holder works.
#[test]
fn the_servers_jumps_ahead() {
    let site = Site::new();
    site.second("SELECT pg_sleep(3);");
    site.applied();
    let run = site.begin(&["upgrade"]);
    site.wait_for_sleep();
    site.execute("UPDATE limbeck.lease SET heartbeat_at = now() - interval '1 h', expires_at = now() - interval '59 min'");
    holds("clock::the_servers_jumps_ahead", &site.upgrade());
    let first = run.wait_with_output().unwrap();
    assert!(first.status.success(), "{}", site.folder.told(&first));
    site.ends_well();
}

/// The lease will not have run out for a year, and its holder is gone.
#[test]
fn the_servers_jumps_back() {
    let site = Site::new();
    site.second("SELECT pg_sleep(60);");
    site.applied();
    let mut run = site.begin(&["upgrade"]);
    site.wait_for_sleep();
    site.execute("UPDATE limbeck.lease SET heartbeat_at = now() + interval '1 year', expires_at = now() + interval '1 year'");
    run.kill().unwrap();
    run.wait().unwrap();
    site.execute("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE wait_event = 'PgSleep'");
    site.second("SELECT 1;");
    holds("clock::the_servers_jumps_back", &site.upgrade());
    site.ends_well();
}

#[test]
fn ours_is_a_year_ahead() {
    let Some(library) = faketime() else {
        eprintln!(
            "NOT TESTED: a wrong clock of ours. `libfaketime` is not here, and `apt-get download` cannot get it"
        );
        return;
    };
    let mut site = Site::new();
    site.second("SELECT 1;");
    site.applied();
    site.folder.set("LD_PRELOAD", library.to_str().unwrap());
    site.folder.set("FAKETIME", "+365d");
    holds("clock::ours_is_a_year_ahead", &site.upgrade());
    let at = site.query("SELECT applied_at > now() + interval '1 h' FROM limbeck.revision WHERE id = 'bbbb'");
    assert_eq!(at, ["f"]);
    site.ends_well();
}

/// The machine's libfaketime, or that of the distribution's package, unpacked once.
fn faketime() -> Option<PathBuf> {
    let cache = limbeck_server::testing::directories().cache.join("faketime");
    if let Some(library) = library_in(Path::new("/usr/lib")).or_else(|| library_in(&cache.join("usr/lib"))) {
        return Some(library);
    }
    std::fs::create_dir_all(&cache).ok()?;
    let script = "apt-get download libfaketime && dpkg -x libfaketime_*.deb .";
    let fetched = Command::new("sh")
        .args(["-c", script])
        .current_dir(&cache)
        .output()
        .ok()?;
    fetched
        .status
        .success()
        .then(|| library_in(&cache.join("usr/lib")))?
}

fn library_in(folder: &Path) -> Option<PathBuf> {
    let machines = std::fs::read_dir(folder).ok()?.flatten();
    let libraries = machines.map(|machine| machine.path().join("faketime/libfaketime.so.1"));
    libraries.into_iter().find(|library| library.is_file())
}
