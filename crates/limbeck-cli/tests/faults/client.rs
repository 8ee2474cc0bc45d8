//! What the program writes to: its output, its cache.

use std::fs::File;
use std::process::Stdio;

use crate::page::holds;
use crate::site::Site;

fn full() -> Option<File> {
    let full = File::options().write(true).open("/dev/full").ok();
    if full.is_none() {
        eprintln!("NOT TESTED: an output that is full. There is no /dev/full");
    }
    full
}

#[test]
fn no_room_for_a_script() {
    let Some(full) = full() else { return };
    let site = Site::new();
    site.second("SELECT 1;");
    let mut command = site.folder.command(&["upgrade", "--sql"]);
    let run = command.stdout(full).stderr(Stdio::piped()).spawn().unwrap();
    holds("client::no_room_for_a_script", &run.wait_with_output().unwrap());
    site.ends_well();
}

#[test]
fn no_room_for_the_report() {
    let Some(full) = full() else { return };
    let site = Site::new();
    site.second("SELECT 1;");
    let mut command = site.folder.command(&["upgrade", "--format", "json"]);
    let run = command.stdout(full).stderr(Stdio::piped()).spawn().unwrap();
    holds("client::no_room_for_the_report", &run.wait_with_output().unwrap());
    assert_eq!(site.query("SELECT revision FROM limbeck.head"), ["bbbb"]);
    site.ends_well();
}

#[test]
fn nobody_reads_any_more() {
    let site = Site::new();
    site.second("SELECT 1;");
    let mut command = site.folder.command(&["upgrade", "--format", "json"]);
    let mut run = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(run.stdout.take());
    holds("client::nobody_reads_any_more", &run.wait_with_output().unwrap());
    assert_eq!(site.query("SELECT revision FROM limbeck.head"), ["bbbb"]);
    site.ends_well();
}

#[test]
fn no_cache() {
    let mut site = Site::new();
    site.second("SELECT 1;");
    site.folder.set("LIMBECK_CACHE_DIR", "/dev/null/cache");
    holds("client::no_cache", &site.upgrade());
    site.ends_well();
}
