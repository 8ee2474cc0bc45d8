//! Disks that are full, the server's and ours.

use crate::page::holds;
use crate::site::Site;

const FILLING: &str = "CREATE TABLE big (text text) TABLESPACE small;\nINSERT INTO big SELECT repeat('x', 500) FROM \
                       generate_series(1, 2000);";

#[test]
fn full_in_a_step() {
    let Some(site) = Site::with_small_disk(8, false) else {
        return;
    };
    site.second(FILLING);
    site.applied();
    let disk = site.server.small_disk().unwrap();
    disk.fill();
    holds("disk::full_in_a_step", &site.upgrade());
    site.only_first();
    disk.free().unwrap();
    site.ends_well();
}

#[test]
fn full_in_a_concurrent_index() {
    let Some(site) = Site::with_small_disk(8, false) else {
        return;
    };
    site.second_with(
        "transaction=no creates=\"index public.users_name\"",
        "CREATE INDEX CONCURRENTLY users_name ON users (name) TABLESPACE small",
    );
    site.applied();
    site.execute("INSERT INTO users SELECT n, 'name ' || n FROM generate_series(200, 4000) AS n");
    let disk = site.server.small_disk().unwrap();
    disk.fill();
    holds("disk::full_in_a_concurrent_index", &site.upgrade());
    disk.free().unwrap();
    site.ends_well();
}

/// A trigger that writes when the transaction commits.
#[test]
fn full_at_commit() {
    let Some(site) = Site::with_small_disk(8, false) else {
        return;
    };
    site.second("INSERT INTO users VALUES (0, 'late');");
    site.applied();
    site.execute("CREATE TABLE copies (text text) TABLESPACE small");
    site.execute(
        "CREATE FUNCTION copies() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO public.copies SELECT \
         repeat('x', 500) FROM pg_catalog.generate_series(1, 2000); RETURN NULL; END $$",
    );
    site.execute(
        "CREATE CONSTRAINT TRIGGER late AFTER INSERT ON users DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE \
         FUNCTION copies()",
    );
    let disk = site.server.small_disk().unwrap();
    disk.fill();
    holds("disk::full_at_commit", &site.upgrade());
    assert_eq!(site.query("SELECT count(*) FROM users"), ["100"]);
    disk.free().unwrap();
    site.ends_well();
    assert_eq!(site.query("SELECT count(*) FROM users"), ["101"]);
}

#[test]
fn more_temporary_files_than_allowed() {
    let site = Site::new();
    site.second("CREATE TABLE big AS SELECT n FROM generate_series(1, 200000) AS n ORDER BY md5(n::text);");
    site.applied();
    site.execute(
        "ALTER ROLE postgres SET temp_file_limit = '1MB'; ALTER ROLE postgres SET work_mem = '64kB'",
    );
    holds("disk::more_temporary_files_than_allowed", &site.upgrade());
    site.only_first();
    site.execute("ALTER ROLE postgres RESET temp_file_limit");
    site.ends_well();
}
