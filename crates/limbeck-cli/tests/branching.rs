//! New revisions at any place of the graph, in any folder.
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
use support::project::{forest, project, project_without_database};

fn with_forest() -> TestFolder {
    let folder = project_without_database();
    forest(&folder);
    folder
}

/// What a new revision's header says, by the arguments that make it.
fn header(folder: &TestFolder, arguments: &[&str]) -> String {
    let all: Vec<&str> = ["revision", "-m", "New"]
        .iter()
        .chain(arguments)
        .copied()
        .collect();
    let path = folder.succeed(&all);
    let text = folder.read(path.trim_end());
    let keys = ["-- revises:", "-- branch_labels:", "-- depends_on:"];
    let lines = text
        .lines()
        .filter(|line| keys.iter().any(|key| line.starts_with(key)));
    lines
        .map(|line| line.trim_start_matches("-- "))
        .collect::<Vec<_>>()
        .join("; ")
}

#[test]
fn a_parent_by_any_name() {
    let folder = with_forest();
    for (arguments, expected) in [
        (&["--head", "m0"][..], "revises: m0"),
        (&["--head", "other@head", "--rev-id", "x3"], "revises: x2"),
        (&["--head", "base"], "revises:"),
        (&["--head", "b1", "--splice"], "revises: b1"),
        (&["--head", "c1-1", "--splice"], "revises: b1"),
        (
            &["--head", "x3", "--branch-label", "one", "--branch-label", "two"],
            "revises: x3; branch_labels: one, two",
        ),
        (
            &["--head", "base", "--depends-on", "right", "--depends-on", "x1"],
            "revises:; depends_on: b2, x1",
        ),
    ] {
        assert_eq!(header(&folder, arguments), expected, "{arguments:?}");
    }
    folder.succeed(&["history"]);
}

/// Nothing is written, and the error is told.
fn refused(folder: &TestFolder, arguments: &[&str]) -> String {
    let before = folder.files();
    let all: Vec<&str> = ["revision", "-m", "New"]
        .iter()
        .chain(arguments)
        .copied()
        .collect();
    let told = folder.run(&all);
    assert_eq!(folder.files(), before, "{told}");
    told
}

#[test]
fn several_heads_and_no_word_which() {
    let folder = with_forest();
    assert_told!(refused(&folder, &[]), @"
    exit code: 8
    ----- stdout -----
    ----- stderr -----
    error: the history has several heads: `m0`, `x2`

    hint: choose the parent with `--head ID`, or join them: `limbeck merge heads`
    ");
    assert_told!(refused(&folder, &["--autogenerate"]), @"
    exit code: 8
    ----- stdout -----
    ----- stderr -----
    error: the history has several heads: `m0`, `x2`

    hint: choose the parent with `--head ID`, or join them: `limbeck merge heads`
    ");
    assert_told!(refused(&folder, &["--head", "head"]), @"
    exit code: 8
    ----- stdout -----
    ----- stderr -----
    error: there are several heads: `m0`, `x2`

    hint: say `heads` for all, name one, or join them: `limbeck merge heads`
    ");
    assert_told!(refused(&folder, &["--head", "heads"]), @"
    exit code: 8
    ----- stdout -----
    ----- stderr -----
    error: `heads` is several revisions: `m0`, `x2`

    hint: name one of them
    hint: or join them: `limbeck merge heads`
    ");
}

#[test]
fn a_parent_that_is_no_head() {
    assert_told!(refused(&with_forest(), &["--head", "b1"]), @"
    exit code: 8
    ----- stdout -----
    ----- stderr -----
    error: `b1` is no head: `c1` revises it

    hint: add `--splice` to begin a new branch there, or name a head: `limbeck heads` lists them
    ");
    assert_told!(refused(&with_forest(), &["--head", "a1"]), @"
    exit code: 8
    ----- stdout -----
    ----- stderr -----
    error: `a1` is no head: `b1`, `b2` revise it

    hint: add `--splice` to begin a new branch there, or name a head: `limbeck heads` lists them
    ");
}

#[test]
fn a_parent_that_depends_on_a_database() {
    assert_told!(refused(&with_forest(), &["--head", "current"]), @"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: `current` depends on where a database is, and none is asked here

    hint: name the revision, or say it relative to another one, as in `head-1` or `8f3c+1`
    ");
}

#[test]
fn names_that_are_taken() {
    let folder = with_forest();
    assert_told!(refused(&folder, &["--head", "m0", "--branch-label", "left"]), @"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: the branch label `left` is taken by `b1`
    --> database/migrations/versions/[TIME]_b1.sql

    hint: choose another label
    ");
    assert_told!(refused(&folder, &["--head", "m0", "--branch-label", "a1"]), @"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: the branch label `a1` is the identifier of a revision
    --> database/migrations/versions/[TIME]_a1.sql

    hint: choose another label
    ");
    assert_told!(refused(&folder, &["--head", "m0", "--branch-label", "head"]), @"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: `head` is no valid branch label

    hint: `head` selects revisions, so no revision can have that name
    ");
    assert_told!(refused(&folder, &["--head", "m0", "--rev-id", "a1"]), @"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: there is a revision `a1` already
    --> database/migrations/versions/[TIME]_a1.sql

    hint: choose another identifier
    ");
    assert_told!(refused(&folder, &["--head", "m0", "--rev-id", "left"]), @"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: `left` is the branch label of `b1`
    --> database/migrations/versions/[TIME]_b1.sql

    hint: choose another identifier
    ");
    assert_told!(refused(&folder, &["--head", "m0", "--rev-id", "n", "--branch-label", "n"]), @"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: `n` cannot be both the identifier and the label of a revision

    hint: choose another label
    ");
    assert_told!(refused(&folder, &["--head", "m0", "--depends-on", "nowhere"]), @"
    exit code: 8
    ----- stdout -----
    ----- stderr -----
    error: there is no revision `nowhere`

    hint: `limbeck history` lists the revisions
    ");
}

/// With several heads, the steps are written for the state that all of them lead to.
#[test]
fn autogenerate_records_the_other_heads() {
    let folder = project("");
    let first = folder.succeed(&["revision", "--autogenerate", "-m", "Users", "--rev-id", "a"]);
    assert!(
        folder
            .read(first.trim_end())
            .contains("CREATE TABLE public.users")
    );
    let by_hand = folder.succeed(&["revision", "-m", "By hand", "--head", "base", "--rev-id", "b"]);
    let text = folder.read(by_hand.trim_end());
    folder.write(
        by_hand.trim_end(),
        text.replace(
            "-- limbeck:up schema\n",
            "-- limbeck:up schema\nCREATE VIEW v AS SELECT 1 AS one;\n",
        )
        .replace(
            "-- limbeck:down schema\n",
            "-- limbeck:down schema\nDROP VIEW v;\n",
        ),
    );
    folder.write(
        "src/user.rs",
        support::project::USER.replace(
            "pub name: String,",
            "pub name: String,\n    pub nick: Option<String>,",
        ),
    );
    let next = folder.succeed(&["revision", "--autogenerate", "-m", "Nick", "--head", "a"]);
    let text = folder.read(next.trim_end());
    assert!(text.contains("-- revises: a\n"), "{text}");
    assert!(text.contains("-- depends_on: b\n"), "{text}");
    assert!(text.contains("ADD COLUMN nick text"), "{text}");
    assert!(!text.contains("VIEW"), "{text}");
    assert_told!(folder.run(&["check"]), @"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    Models and history agree
    note: `view public.v` is in the history alone and is kept; declare it to have it managed
    ");
}

#[test]
fn several_folders() {
    let folder = with_forest();
    folder.write("billing/versions/.gitkeep", "");
    folder.write(
        "limbeck.toml",
        "models = [\"src\"]\n\n[revisions]\nversion_locations = [\"billing/versions\"]\n",
    );
    let written = folder.succeed(&[
        "revision",
        "-m",
        "Billing",
        "--head",
        "base",
        "--rev-id",
        "f1",
        "--version-path",
        "billing/versions",
    ]);
    assert!(written.starts_with("billing/versions/"), "{written}");
    // What follows lies where its parent does.
    let next = folder.succeed(&["revision", "-m", "More", "--head", "f1", "--rev-id", "f2"]);
    assert!(next.starts_with("billing/versions/"), "{next}");
    let other = folder.succeed(&["revision", "-m", "Other", "--head", "m0"]);
    assert!(other.starts_with("database/migrations/versions/"), "{other}");
    let heads = folder.succeed(&["heads"]);
    assert!(heads.contains("f1 -> f2 (head), More"), "{heads}");
    assert_told!(refused(&folder, &["--head", "f2", "--version-path", "database"]), @"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: `database` is none of the folders that revisions are read from: `database/migrations/versions`, `billing/versions`

    hint: add it to `version_locations` under `[revisions]` in limbeck.toml; with `recursive_version_locations = true` folders inside count as well
    ");
    // From below, a folder is named as one sees it there.
    let below = folder
        .command(&[
            "-C",
            "billing",
            "revision",
            "--head",
            "f2",
            "--version-path",
            "versions",
        ])
        .output()
        .unwrap();
    assert!(below.status.success(), "{}", folder.told(&below));
}

#[test]
fn folders_inside() {
    let folder = with_forest();
    folder.write(
        "limbeck.toml",
        "models = [\"src\"]\n\n[revisions]\nrecursive_version_locations = true\n",
    );
    let written = folder.succeed(&[
        "revision",
        "--head",
        "m0",
        "--rev-id",
        "n0",
        "--version-path",
        "database/migrations/versions/2026/11",
    ]);
    assert!(
        written.starts_with("database/migrations/versions/2026/11/"),
        "{written}"
    );
    let heads = folder.succeed(&["heads"]);
    assert!(heads.contains("m0 -> n0 (head)"), "{heads}");
    let outside = refused(
        &folder,
        &[
            "--head",
            "n0",
            "--version-path",
            "database/migrations/versions/../elsewhere",
        ],
    );
    assert!(outside.contains("exit code: 2"), "{outside}");
}

#[test]
fn a_folder_that_is_not_there() {
    let folder = with_forest();
    folder.write(
        "limbeck.toml",
        "models = [\"src\"]\n\n[revisions]\nversion_locations = [\"biling\"]\n",
    );
    assert_told!(folder.run(&["history"]), @r#"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: there is no folder `biling`
     --> limbeck.toml:4:23
      |
    4 | version_locations = ["biling"]
      |                       ^^^^^^

    hint: make the folder, or take it out of `version_locations` in limbeck.toml
    "#);
}
