//! Limbeck's own tables, damaged by somebody.

use crate::page::holds;
use crate::site::Site;

fn damaged(test: &str, damage: &str, mend: &str) {
    let site = Site::new();
    site.second("CREATE TABLE plans ();");
    site.applied();
    site.execute(damage);
    holds(test, &site.upgrade());
    if mend.is_empty() {
        assert_eq!(site.query("SELECT revision FROM limbeck.head"), ["bbbb"]);
    } else {
        site.execute(mend);
    }
    site.ends_well();
}

#[test]
fn a_table_is_gone() {
    damaged(
        "own_tables::a_table_is_gone",
        "CREATE TABLE kept AS TABLE limbeck.step; DROP TABLE limbeck.step",
        "ALTER TABLE kept SET SCHEMA limbeck; ALTER TABLE limbeck.kept RENAME TO step; ALTER TABLE limbeck.step ADD PRIMARY KEY (scope, revision, direction, n)",
    );
}

#[test]
fn of_a_newer_format() {
    damaged(
        "own_tables::of_a_newer_format",
        "UPDATE limbeck.meta SET format = 2",
        "UPDATE limbeck.meta SET format = 1",
    );
}

#[test]
fn the_lease_is_gone() {
    damaged("own_tables::the_lease_is_gone", "DELETE FROM limbeck.lease", "");
}

#[test]
fn a_step_is_gone() {
    damaged("own_tables::a_step_is_gone", "DELETE FROM limbeck.step", "");
}

#[test]
fn the_head_is_gone() {
    damaged("own_tables::the_head_is_gone", "DELETE FROM limbeck.head", "");
}

#[test]
fn a_revision_is_gone() {
    damaged(
        "own_tables::a_revision_is_gone",
        "CREATE TABLE kept AS TABLE limbeck.revision; DELETE FROM limbeck.revision",
        "INSERT INTO limbeck.revision TABLE kept; DROP TABLE kept",
    );
}

#[test]
fn a_revision_below_another_is_gone() {
    let site = Site::new();
    site.second("CREATE TABLE plans ();");
    site.folder.succeed(&["upgrade"]);
    site.execute(
        "CREATE TABLE kept AS TABLE limbeck.revision; DELETE FROM limbeck.revision WHERE id = 'aaaa'",
    );
    holds("own_tables::a_revision_below_another_is_gone", &site.upgrade());
    site.ends_well();
}

#[test]
fn all_are_gone() {
    let site = Site::new();
    site.second("CREATE TABLE plans ();");
    site.applied();
    site.execute("DROP SCHEMA limbeck CASCADE");
    holds("own_tables::all_are_gone", &site.upgrade());
    site.folder.succeed(&["stamp", "aaaa"]);
    site.ends_well();
}
