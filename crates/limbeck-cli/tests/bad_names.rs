//! What wrong names of revisions and wrong graphs get: a clear error, its place, a hint, the exit code, and nothing changed.
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
use support::database::TestDatabase;
use support::project::{file, forest, path, project, project_without_database, revision};

/// A forest, and a database that is at some of it.
struct Bed {
    folder: TestFolder,
    database: TestDatabase,
}

impl Bed {
    fn at(targets: &[&str]) -> Self {
        let database = TestDatabase::new();
        let folder = project(&database.url());
        forest(&folder);
        for target in targets {
            folder.succeed(&["upgrade", target]);
        }
        Self { folder, database }
    }

    fn state(&self) -> Vec<String> {
        let mut state = self.database.relations();
        if state.iter().any(|relation| relation == "limbeck.head") {
            state.extend(
                self.database
                    .query("SELECT revision FROM limbeck.head ORDER BY 1"),
            );
            state.extend(self.database.query("SELECT id FROM limbeck.revision ORDER BY 1"));
        }
        state
    }

    /// Runs what is refused, and holds that neither the database nor a file changed.
    fn refused(&self, arguments: &[&str]) -> String {
        let before = (self.state(), self.folder.files());
        let told = self.folder.run(arguments);
        assert_eq!((self.state(), self.folder.files()), before, "{told}");
        told
    }
}

#[test]
fn an_ambiguous_prefix() {
    let bed = Bed::at(&[]);
    assert_told!(bed.refused(&["upgrade", "b"]), @"
    exit code: 8
    ----- stdout -----
    ----- stderr -----
    error: `b` is the beginning of several revisions: `b1`, `b2`

    hint: write more of the identifier
    ");
    for command in [
        &["plan", "b"][..],
        &["stamp", "b"],
        &["downgrade", "b"],
        &["upgrade", "base:b", "--sql"],
    ] {
        let told = bed.refused(command);
        assert!(told.contains("exit code: 8"), "{command:?}: {told}");
        assert!(
            told.contains("is the beginning of several revisions: `b1`, `b2`"),
            "{command:?}: {told}"
        );
    }
}

#[test]
fn an_unknown_label() {
    let bed = Bed::at(&[]);
    assert_told!(bed.refused(&["upgrade", "lfet@head"]), @"
    exit code: 8
    ----- stdout -----
    ----- stderr -----
    error: there is no branch `lfet`

    hint: did you mean `left`?
    ");
    assert_told!(bed.refused(&["upgrade", "billing@head"]), @"
    exit code: 8
    ----- stdout -----
    ----- stderr -----
    error: there is no branch `billing`

    hint: `limbeck history` lists the branch labels
    ");
    assert_told!(bed.refused(&["upgrade", "left@x2"]), @"
    exit code: 8
    ----- stdout -----
    ----- stderr -----
    error: revision `x2` is not on the branch `left`

    hint: leave the branch out
    ");
}

#[test]
fn a_step_past_the_ends() {
    let bed = Bed::at(&["m0"]);
    assert_told!(bed.refused(&["upgrade", "left@+1"]), @"
    exit code: 8
    ----- stdout -----
    ----- stderr -----
    error: `left@+1` goes past the head: there is no revision that way

    hint: say `head` to go all the way
    ");
    assert_told!(bed.refused(&["upgrade", "c1+7"]), @"
    exit code: 8
    ----- stdout -----
    ----- stderr -----
    error: `c1+7` goes past the head: there is 1 revision that way

    hint: say `head` to go all the way
    ");
    assert_told!(bed.refused(&["downgrade", "-9"]), @"
    exit code: 8
    ----- stdout -----
    ----- stderr -----
    error: `-9` can go several ways: `b2`, `c1`

    hint: name the revision to go to, or the branch: `right@-9`, `c1@-9`
    ");
    assert_told!(bed.refused(&["downgrade", "c1-9"]), @"
    exit code: 8
    ----- stdout -----
    ----- stderr -----
    error: `c1-9` goes past the base: there are 3 revisions that way

    hint: say `base` to go all the way
    ");
    assert_told!(Bed::at(&["b1"]).refused(&["downgrade", "-3"]), @"
    exit code: 8
    ----- stdout -----
    ----- stderr -----
    error: `-3` goes past the base: there are 2 revisions that way

    hint: say `base` to go all the way
    ");
    let told = bed.refused(&["plan", "left@+1"]);
    assert!(told.contains("exit code: 8"), "{told}");
}

#[test]
fn one_back_from_several_heads() {
    let bed = Bed::at(&["b1", "b2"]);
    assert_told!(bed.refused(&["downgrade", "-1"]), @"
    exit code: 8
    ----- stdout -----
    ----- stderr -----
    error: `-1` can go several ways: `b1`, `b2`

    hint: name the revision to go to, or the branch: `left@-1`, `right@-1`
    ");
    bed.folder.succeed(&["downgrade", "left@-1"]);
    assert_eq!(bed.database.query("SELECT revision FROM limbeck.head"), ["b2"]);
}

#[test]
fn one_back_below_what_another_branch_needs() {
    let bed = Bed::at(&["x1"]);
    assert_told!(bed.refused(&["downgrade", "right@-1"]), @"
    exit code: 8
    ----- stdout -----
    ----- stderr -----
    error: `right@-1` would undo `b2`, which `x1` needs

    hint: undo `x1` first
    ");
}

#[test]
fn the_head_of_several() {
    let bed = Bed::at(&["b1"]);
    assert_told!(bed.refused(&["upgrade"]), @"
    exit code: 8
    ----- stdout -----
    ----- stderr -----
    error: there are several heads: `m0`, `x2`

    hint: say `heads` for all, name one, or join them: `limbeck merge heads`
    ");
    assert_told!(bed.refused(&["plan"]), @"
    exit code: 8
    ----- stdout -----
    ----- stderr -----
    error: there are several heads: `m0`, `x2`

    hint: say `heads` for all, name one, or join them: `limbeck merge heads`
    ");
    assert_told!(bed.refused(&["stamp", "head"]), @"
    exit code: 8
    ----- stdout -----
    ----- stderr -----
    error: there are several heads: `m0`, `x2`

    hint: say `heads` for all, name one, or join them: `limbeck merge heads`
    ");
    assert_told!(bed.refused(&["upgrade", "--sql"]), @"
    exit code: 8
    ----- stdout -----
    ----- stderr -----
    error: there are several heads: `m0`, `x2`

    hint: say `heads` for all, name one, or join them: `limbeck merge heads`
    ");
    bed.folder.succeed(&["upgrade", "heads"]);
}

/// A database that is further than the files here.
#[test]
fn a_revision_that_no_file_has() {
    let bed = Bed::at(&["c1"]);
    for id in ["m0", "c1"] {
        bed.folder.remove(&path(id));
    }
    assert_told!(bed.refused(&["upgrade", "heads"]), @"
    exit code: 8
    ----- stdout -----
    ----- stderr -----
    error: the database has revision `c1` (`[TIME]_c1.sql`), which is not among the files here

    hint: get the files from whoever applied them, or downgrade, which uses the database's copies; if they are gone for good, `limbeck stamp --purge REVISION` forgets them
    ");
    assert_told!(bed.refused(&["plan", "heads"]), @"
    exit code: 8
    ----- stdout -----
    ----- stderr -----
    error: the database has revision `c1` (`[TIME]_c1.sql`), which is not among the files here

    hint: get the files from whoever applied them, or downgrade, which uses the database's copies; if they are gone for good, `limbeck stamp --purge REVISION` forgets them
    ");
    assert_told!(bed.refused(&["history", "-r", "current:"]), @"
    exit code: 8
    ----- stdout -----
    ----- stderr -----
    error: the database is at the revision `c1`, which is not in this folder

    hint: bring the folder up to date; the revision may be on a branch that is not merged yet
    ");
    assert_told!(bed.refused(&["show", "current"]), @"
    exit code: 8
    ----- stdout -----
    ----- stderr -----
    error: the database is at the revision `c1`, which is not in this folder

    hint: bring the folder up to date; the revision may be on a branch that is not merged yet
    ");
    assert_told!(bed.refused(&["edit", "current"]), @"
    exit code: 8
    ----- stdout -----
    ----- stderr -----
    error: the database is at the revision `c1`, which is not in this folder

    hint: bring the folder up to date; the revision may be on a branch that is not merged yet
    ");
}

#[test]
fn a_range_with_current_in_a_script() {
    let bed = Bed::at(&["c1"]);
    assert_told!(bed.refused(&["upgrade", "current:m0", "--sql"]), @"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: `current` depends on where a database is, and none is asked here

    hint: name the revision, or say it relative to another one, as in `head-1` or `8f3c+1`
    ");
    assert_told!(bed.refused(&["downgrade", "c1:current", "--sql"]), @"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: `current` depends on where a database is, and none is asked here

    hint: name the revision, or say it relative to another one, as in `head-1` or `8f3c+1`
    ");
}

#[test]
fn ranges_that_are_none() {
    let folder = project_without_database();
    forest(&folder);
    assert_told!(folder.run(&["history", "-r", "b1"]), @"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: `b1` is no range of revisions

    hint: write `FROM:TO`; either side may be left out, as in `:8f3c`, `base:` or `-3:`
    ");
    assert_told!(folder.run(&["history", "-r", "a:b:c"]), @"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: `a:b:c` is no range of revisions

    hint: write `FROM:TO`; either side may be left out, as in `:8f3c`, `base:` or `-3:`
    ");
    assert_told!(folder.run(&["history", "-r", "nowhere:"]), @"
    exit code: 8
    ----- stdout -----
    ----- stderr -----
    error: there is no revision `nowhere`

    hint: `limbeck history` lists the revisions
    ");
    assert_told!(folder.run(&["history", "-r", "m0:a1"]), @"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    No revision lies in this range
    hint: a range runs from the older revision to one that needs it
    ");
}

#[test]
fn a_database_is_asked_and_there_is_none() {
    let folder = project_without_database();
    forest(&folder);
    assert_told!(folder.run(&["show", "current"]), @r#"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: no database is configured

    hint: set `url` under `[database]` in limbeck.toml, for example `url = "${DATABASE_URL}"` with the variable in `.env`
    hint: or set `url = "embedded:"`: Limbeck then starts a PostgreSQL of its own for this project
    "#);
}

/// Two branches that meet in git: both versions of one file, with the marks that git leaves.
#[test]
fn conflict_markers_of_git() {
    let folder = project_without_database();
    forest(&folder);
    let text = folder.read(&path("b1"));
    folder.write(
        &path("b1"),
        text.replace(
            "-- revises: a1\n",
            "<<<<<<< HEAD\n-- revises: a1\n=======\n-- revises: b2\n>>>>>>> billing\n",
        ),
    );
    let before = folder.files();
    assert_told!(folder.run(&["history"]), @"
    exit code: 8
    ----- stdout -----
    ----- stderr -----
    error: a git conflict is not resolved here
     --> database/migrations/versions/[TIME]_b1.sql:5:1
      |
    5 | <<<<<<< HEAD
      | ^^^^^^^^^^^^

    hint: resolve the conflict; two new revisions stay two files
    ");
    let text = folder.read(&path("b1"));
    folder.write(
        &path("b1"),
        text.replace("<<<<<<< HEAD\n", "")
            .replace("=======\n-- revises: b2\n", ""),
    );
    assert_told!(folder.run(&["upgrade", "--sql"]), @"
    exit code: 8
    ----- stdout -----
    ----- stderr -----
    error: a git conflict is not resolved here
     --> database/migrations/versions/[TIME]_b1.sql:6:1
      |
    6 | >>>>>>> billing
      | ^^^^^^^^^^^^^^^

    hint: resolve the conflict; two new revisions stay two files
    ");
    assert_eq!(folder.files().len(), before.len());
}

#[test]
fn one_identifier_twice() {
    let folder = project_without_database();
    forest(&folder);
    let other = folder.read(&path("b1")).replace("SELECT 'b1'", "SELECT 'b7'");
    folder.write("database/migrations/versions/20261122_theirs.sql", other);
    assert_told!(folder.run(&["history"]), @"
    exit code: 8
    ----- stdout -----
    ----- stderr -----
    error: two files have the revision `b1`
     --> database/migrations/versions/[TIME]_b1.sql:4:14
      |
    4 | -- revision: b1
      |              ^^
      |
     ::: database/migrations/versions/20261122_theirs.sql:4:14
      |
    4 | -- revision: b1
      |              ^^

    hint: remove the one that is a copy, or give it another identifier; those that revise it name it then
    ");
}

#[test]
fn a_label_twice() {
    let folder = project_without_database();
    forest(&folder);
    file(
        &folder,
        "z",
        "-- revises: m0\n-- branch_labels: left\n",
        "SELECT 1;",
        "SELECT 2;",
    );
    assert_told!(folder.run(&["heads"]), @"
    exit code: 8
    ----- stdout -----
    ----- stderr -----
    error: the branch label `left` of `z` is taken by `b1`
     --> database/migrations/versions/[TIME]_z.sql:6:19
      |
    6 | -- branch_labels: left
      |                   ^^^^
      |
     ::: database/migrations/versions/[TIME]_b1.sql:6:19
      |
    6 | -- branch_labels: left
      |                   ^^^^

    hint: choose another label
    ");
}

#[test]
fn a_cycle_through_a_dependency() {
    let folder = project_without_database();
    forest(&folder);
    let text = folder.read(&path("b2"));
    folder.write(
        &path("b2"),
        text.replace("-- branch_labels: right\n", "-- depends_on: x2\n"),
    );
    assert_told!(folder.run(&["branches"]), @"
    exit code: 8
    ----- stdout -----
    ----- stderr -----
    error: the revisions `b2`, `x2`, `x1` need each other in a cycle
     --> database/migrations/versions/[TIME]_b2.sql:6:16
      |
    6 | -- depends_on: x2
      |                ^^
      |
     ::: database/migrations/versions/[TIME]_x2.sql:5:13
      |
    5 | -- revises: x1
      |             ^^
      |
     ::: database/migrations/versions/[TIME]_x1.sql:6:16
      |
    6 | -- depends_on: b2
      |                ^^

    hint: change `revises` or `depends_on` of one of them
    ");
}

/// Longer than any file system lets a file's name be, and as short as can be.
#[test]
fn identifiers_of_any_length() {
    let database = TestDatabase::new();
    let folder = project(&database.url());
    let long = "0123456789abcdef".repeat(64);
    folder.succeed(&["revision", "--rev-id", "1", "-m", "One"]);
    let written = folder.succeed(&["revision", "--rev-id", &long, "-m", "Long"]);
    assert!(
        written.trim_end().rsplit('/').next().unwrap().len() < 143,
        "{written}"
    );
    folder.succeed(&["revision", "--rev-id", "2", "-m", "Two"]);
    folder.succeed(&["upgrade", "0123"]);
    assert_eq!(
        database.query("SELECT revision FROM limbeck.head"),
        [long.as_str()]
    );
    folder.succeed(&["upgrade", "+1"]);
    folder.succeed(&["downgrade", "1"]);
    assert_eq!(database.query("SELECT revision FROM limbeck.head"), ["1"]);
    let script = folder.succeed(&["upgrade", "1:2", "--sql"]);
    assert!(script.contains(&long));
    let told = folder.run(&["revision", "--rev-id", &format!("{long}1")]);
    assert!(
        told.contains("exit code: 2") && told.contains("at most 1,024"),
        "{told}"
    );
    revision(&folder, "z", &long, "SELECT 1;", "SELECT 2;");
    folder.succeed(&["history"]);
}
