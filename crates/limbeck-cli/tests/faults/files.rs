//! Revision files that are edited or gone.

use crate::page::holds;
use crate::site::Site;
use crate::support::project::{path, revision};

#[test]
fn edited_after_it_was_applied() {
    let site = Site::new();
    site.second("CREATE TABLE plans ();");
    site.applied();
    let text = site.folder.read(&path("aaaa"));
    site.folder
        .write(&path("aaaa"), text.replace("name text", "name varchar"));
    holds("files::edited_after_it_was_applied", &site.upgrade());
    site.only_first();
    site.folder.write(&path("aaaa"), text);
    site.ends_well();
}

#[test]
fn gone_after_it_was_applied() {
    let site = Site::new();
    site.second("CREATE TABLE plans ();");
    site.applied();
    let text = site.folder.read(&path("aaaa"));
    site.folder.remove(&path("aaaa"));
    revision(&site.folder, "bbbb", "", "CREATE TABLE plans ();", "SELECT 1;");
    holds("files::gone_after_it_was_applied", &site.upgrade());
    site.only_first();
    site.folder.write(&path("aaaa"), text);
    site.second("CREATE TABLE plans ();");
    site.ends_well();
}

/// A run has read its files by then: what it records is what it ran.
#[test]
fn edited_while_it_runs() {
    let site = Site::new();
    site.second("SELECT pg_sleep(1);");
    site.applied();
    let run = site.begin(&["upgrade"]);
    site.wait_for_sleep();
    site.second("SELECT pg_sleep(2);");
    assert!(run.wait_with_output().unwrap().status.success());
    holds("files::edited_while_it_runs", &site.upgrade());
    site.second("SELECT pg_sleep(1);");
    site.ends_well();
}

#[test]
fn gone_while_it_runs() {
    let site = Site::new();
    site.second("SELECT pg_sleep(1);");
    site.applied();
    let text = site.folder.read(&path("bbbb"));
    let run = site.begin(&["upgrade"]);
    site.wait_for_sleep();
    site.folder.remove(&path("bbbb"));
    assert!(run.wait_with_output().unwrap().status.success());
    holds("files::gone_while_it_runs", &site.upgrade());
    site.folder.write(&path("bbbb"), text);
    site.ends_well();
}

#[test]
fn one_step_of_two_was_edited_between_two_runs() {
    let site = Site::new();
    site.second("CREATE TABLE plans ();\n-- limbeck:up two\nSELECT missing;");
    let first = site.folder.read(&path("bbbb"));
    site.applied();
    assert_eq!(site.upgrade().status.code(), Some(7));
    site.folder
        .write(&path("bbbb"), first.replace("plans ()", "plans (id int)"));
    holds(
        "files::one_step_of_two_was_edited_between_two_runs",
        &site.upgrade(),
    );
    site.folder
        .write(&path("bbbb"), first.replace("SELECT missing", "SELECT 1"));
    site.ends_well();
}
