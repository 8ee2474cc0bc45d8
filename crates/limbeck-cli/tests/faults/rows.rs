//! Rows that are in the way.

use crate::page::holds;
use crate::site::Site;

/// A step that fails on a row, the mending of the rows, and the end.
fn in_the_way(test: &str, up: &str, before: &str, mend: &str) {
    let site = Site::new();
    site.second(up);
    site.applied();
    site.execute(before);
    holds(test, &site.upgrade());
    site.only_first();
    site.execute(mend);
    site.ends_well();
}

#[test]
fn duplicates_under_a_unique_index() {
    in_the_way(
        "rows::duplicates_under_a_unique_index",
        "CREATE UNIQUE INDEX users_name ON users (name);",
        "SELECT 1",
        "UPDATE users SET name = 'user ' || id",
    );
}

#[test]
fn duplicates_under_a_unique_index_built_concurrently() {
    let site = Site::new();
    site.second_with(
        "transaction=no creates=\"index public.users_name\"",
        "CREATE UNIQUE INDEX CONCURRENTLY users_name ON users (name)",
    );
    site.applied();
    holds(
        "rows::duplicates_under_a_unique_index_built_concurrently",
        &site.upgrade(),
    );
    site.execute("UPDATE users SET name = 'user ' || id");
    site.ends_well();
}

#[test]
fn null_under_not_null() {
    in_the_way(
        "rows::null_under_not_null",
        "ALTER TABLE users ALTER name SET NOT NULL;",
        "UPDATE users SET name = NULL WHERE id = 7",
        "UPDATE users SET name = 'x' WHERE name IS NULL",
    );
}

#[test]
fn violating_a_check() {
    in_the_way(
        "rows::violating_a_check",
        "ALTER TABLE users ADD CONSTRAINT users_id_check CHECK (id > 1);",
        "SELECT 1",
        "DELETE FROM users WHERE id = 1",
    );
}

#[test]
fn without_what_they_refer_to() {
    in_the_way(
        "rows::without_what_they_refer_to",
        "ALTER TABLE users ADD CONSTRAINT users_self FOREIGN KEY (id) REFERENCES elsewhere.pairs (id);",
        "CREATE SCHEMA elsewhere CREATE TABLE pairs (id bigint PRIMARY KEY)",
        "INSERT INTO elsewhere.pairs SELECT id FROM users",
    );
}

#[test]
fn counted_by_a_require() {
    let site = Site::new();
    site.second("ALTER TABLE users ALTER name SET NOT NULL;");
    let path = crate::support::project::path("bbbb");
    let text = site.folder.read(&path).replace(
        "-- limbeck:up main",
        "-- limbeck:require up main \"users without a name\"\nSELECT count(*) FROM users WHERE name IS NULL;\n\n\
         -- limbeck:up main",
    );
    site.folder.write(&path, text);
    site.applied();
    site.execute("UPDATE users SET name = NULL WHERE id = 7");
    holds("rows::counted_by_a_require", &site.upgrade());
    site.only_first();
    site.execute("UPDATE users SET name = 'x' WHERE name IS NULL");
    site.ends_well();
}
