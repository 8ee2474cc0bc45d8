//! What broken revision files get: a clear error, its place, a hint, the exit code 8, and nothing changed.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::print_stderr,
    missing_docs,
    reason = "tests"
)]

mod support;

use support::TestFolder;
use support::project::{path, project_without_database, revision};

const UP: &str = "CREATE TABLE users (id bigint PRIMARY KEY);";
const DOWN: &str = "DROP TABLE users;";

/// What `history` tells, which `upgrade --sql` tells as well.
fn refused(folder: &TestFolder) -> String {
    let before = folder.files();
    let listed = folder.run(&["history"]);
    let scripted = folder.run(&["upgrade", "--sql"]);
    assert_eq!(listed, scripted);
    assert_eq!(folder.files(), before, "{listed}");
    listed
}

fn with_first() -> TestFolder {
    let folder = project_without_database();
    revision(&folder, "27c6a30d7c24", "", UP, DOWN);
    folder
}

/// The first revision with something replaced.
fn with_first_but(from: &str, to: &str) -> TestFolder {
    let folder = with_first();
    let text = folder.read(&path("27c6a30d7c24"));
    assert!(text.contains(from));
    folder.write(&path("27c6a30d7c24"), text.replace(from, to));
    folder
}

#[test]
fn a_good_file() {
    let folder = with_first();
    assert_told!(folder.run(&["history"]), @"
    exit code: 0
    ----- stdout -----
    <base> -> [ID] (head), Revision [ID]
    ----- stderr -----
    ");
}

#[test]
fn without_an_id() {
    assert_told!(refused(&with_first_but("-- revision: 27c6a30d7c24\n", "")), @"
    exit code: 8
    ----- stdout -----
    ----- stderr -----
    error: the header has no key `revision`
     --> database/migrations/versions/[TIME]_27c6a30d7c24.sql:3:1
      |
    3 | -- limbeck: 1
      | ^^^^^^^^^^^^^

    hint: add a line `-- revision: …` below `-- limbeck: 1`
    ");
}

#[test]
fn a_missing_parent() {
    assert_told!(refused(&with_first_but("-- revises: ", "-- revises: 5ab1c07f21e0")), @"
    exit code: 8
    ----- stdout -----
    ----- stderr -----
    error: revision `[ID]` revises `[ID]`, and there is no such revision
     --> database/migrations/versions/[TIME]_27c6a30d7c24.sql:5:13
      |
    5 | -- revises: [ID]
      |             ^^^^^^^^^^^^

    hint: bring its file back, or change the header of the revision that names it
    ");
}

#[test]
fn a_duplicate_id() {
    let folder = with_first();
    folder.write(
        "database/migrations/versions/20261122_copy.sql",
        folder.read(&path("27c6a30d7c24")),
    );
    assert_told!(refused(&folder), @"
    exit code: 8
    ----- stdout -----
    ----- stderr -----
    error: two files have the revision `[ID]`
     --> database/migrations/versions/[TIME]_27c6a30d7c24.sql:4:14
      |
    4 | -- revision: [ID]
      |              ^^^^^^^^^^^^
      |
     ::: database/migrations/versions/20261122_copy.sql:4:14
      |
    4 | -- revision: [ID]
      |              ^^^^^^^^^^^^

    hint: the files are the same: remove one
    ");
}

#[test]
fn a_cycle() {
    let folder = with_first_but("-- revises: ", "-- revises: 8f3c2a91d0b4");
    revision(&folder, "8f3c2a91d0b4", "27c6a30d7c24", UP, DOWN);
    assert_told!(refused(&folder), @"
    exit code: 8
    ----- stdout -----
    ----- stderr -----
    error: the revisions `[ID]` and `[ID]` need each other
     --> database/migrations/versions/[TIME]_27c6a30d7c24.sql:5:13
      |
    5 | -- revises: [ID]
      |             ^^^^^^^^^^^^
      |
     ::: database/migrations/versions/[TIME]_8f3c2a91d0b4.sql:5:13
      |
    5 | -- revises: [ID]
      |             ^^^^^^^^^^^^

    hint: change `revises` or `depends_on` of one of them
    ");
}

#[test]
fn not_utf8() {
    let folder = with_first();
    let mut bytes = folder.read(&path("27c6a30d7c24")).into_bytes();
    let at = bytes.windows(5).position(|five| five == b"users").unwrap();
    bytes[at] = 0xfc;
    folder.write(&path("27c6a30d7c24"), bytes);
    assert_told!(refused(&folder), @"
    exit code: 8
    ----- stdout -----
    ----- stderr -----
    error: the file is not UTF-8 from here on
     --> database/migrations/versions/[TIME]_27c6a30d7c24.sql:9:14
      |
    9 | CREATE TABLE �sers (id bigint PRIMARY KEY);
      |              ^

    hint: save the file as UTF-8
    ");
}

#[test]
fn empty() {
    let folder = with_first();
    folder.write(&path("27c6a30d7c24"), "");
    assert_told!(refused(&folder), @"
    exit code: 8
    ----- stdout -----
    ----- stderr -----
    error: the file is empty
    --> database/migrations/versions/[TIME]_27c6a30d7c24.sql:1:1

    hint: write revisions with `limbeck revision`, or remove the file from the folder
    ");
}

#[test]
fn an_unknown_option() {
    assert_told!(refused(&with_first_but("-- limbeck:down main", "-- limbeck:down main allow_drop=yes")), @"
    exit code: 8
    ----- stdout -----
    ----- stderr -----
    error: unknown option `allow_drop`
      --> database/migrations/versions/[TIME]_27c6a30d7c24.sql:10:22
       |
    10 | -- limbeck:down main allow_drop=yes
       |                      ^^^^^^^^^^^^^^

    hint: the options are: allow, transaction, rust, creates, drops, reindexes, detaches, retry, lock_timeout, statement_timeout
    ");
}

#[test]
fn an_unknown_key() {
    assert_told!(refused(&with_first_but("-- created:", "-- createt:")), @"
    exit code: 8
    ----- stdout -----
    ----- stderr -----
    error: unknown key `createt` in the header
     --> database/migrations/versions/[TIME]_27c6a30d7c24.sql:6:4
      |
    6 | -- createt: [TIME]
      |    ^^^^^^^

    hint: did you mean `created`?
    ");
}

#[test]
fn a_newer_format() {
    assert_told!(refused(&with_first_but("-- limbeck: 1", "-- limbeck: 2")), @"
    exit code: 8
    ----- stdout -----
    ----- stderr -----
    error: the file has format 2, and this Limbeck knows formats up to 1
     --> database/migrations/versions/[TIME]_27c6a30d7c24.sql:3:13
      |
    3 | -- limbeck: 2
      |             ^

    hint: update Limbeck to the version that wrote the file
    ");
}

#[test]
fn an_unknown_target() {
    let folder = with_first();
    assert_told!(folder.run(&["show", "deadbeef"]), @"
    exit code: 8
    ----- stdout -----
    ----- stderr -----
    error: there is no revision `deadbeef`

    hint: `limbeck history` lists the revisions
    ");
}

#[test]
fn an_ambiguous_target() {
    let folder = with_first();
    revision(&folder, "27c6b41e8d35", "27c6a30d7c24", UP, DOWN);
    assert_told!(folder.run(&["show", "27c6"]), @"
    exit code: 8
    ----- stdout -----
    ----- stderr -----
    error: `27c6` is the beginning of several revisions: `[ID]`, `[ID]`

    hint: write more of the identifier
    ");
}
