//! The main job, command by command, as people and as programs read it.
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
use support::project::{USER, path, project, revision};

fn add_a_column(folder: &TestFolder) {
    folder.write(
        "src/user.rs",
        USER.replace(
            "pub name: String,",
            "pub name: String,\n    pub email: Option<String>,",
        ),
    );
}

#[test]
fn for_people() {
    let database = TestDatabase::new();
    let folder = project(&database.url());
    assert_told!(folder.run(&["check"]), @r#"
    exit code: 3
    ----- stdout -----
      + create table public.users
    ----- stderr -----
    1 difference that no revision covers:
    hint: `limbeck revision --autogenerate -m "…"` writes the revision
    "#);
    assert_told!(folder.run(&["revision", "--autogenerate", "-m", "Initial schema"]), @"
    exit code: 0
    ----- stdout -----
    database/migrations/versions/[TIME]_[ID]_initial_schema.sql
    ----- stderr -----
    Wrote revision [ID], which revises nothing
      + create table public.users
    ");
    assert_told!(folder.run(&["check"]), @"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    Models and history agree
    ");
    assert_told!(folder.run(&["plan"]), @"
    exit code: 0
    ----- stdout -----
    -- from base

    -- up [ID] Initial schema
    -- [TIME]_[ID]_initial_schema.sql

    -- step schema
    CREATE TABLE public.users (
        id bigint,
        name text NOT NULL,
        CONSTRAINT users_pkey PRIMARY KEY (id)
    );
    ----- stderr -----
    ");
    assert_told!(folder.run(&["upgrade"]), @"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
      up [ID] Initial schema ([DURATION])
    ");
    assert_told!(folder.run(&["upgrade"]), @"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    The database is there already; there is nothing to upgrade
    ");
    add_a_column(&folder);
    assert_told!(folder.run(&["check"]), @r#"
    exit code: 3
    ----- stdout -----
      + create column public.users.email
    ----- stderr -----
    1 difference that no revision covers:
    hint: `limbeck revision --autogenerate -m "…"` writes the revision
    "#);
    assert_told!(folder.run(&["revision", "--autogenerate", "-m", "Add e-mail addresses"]), @"
    exit code: 0
    ----- stdout -----
    database/migrations/versions/[TIME]_[ID]_add_e_mail_addresses.sql
    ----- stderr -----
    Wrote revision [ID], which revises [ID]
      + create column public.users.email
    ");
    assert_told!(folder.run(&["upgrade", "-v"]), @"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    up [ID] Add e-mail addresses: 1 step
    up [ID] schema
    [ID] schema is committed ([DURATION])
      up [ID] Add e-mail addresses ([DURATION])
    ");
    assert_told!(folder.run(&["current"]), @"
    exit code: 0
    ----- stdout -----
    [ID] (head) Add e-mail addresses
    ----- stderr -----
    ");
    assert_told!(folder.run(&["heads"]), @"
    exit code: 0
    ----- stdout -----
    [ID] -> [ID] (head), Add e-mail addresses
    ----- stderr -----
    ");
    assert_told!(folder.run(&["history", "-v"]), @"
    exit code: 0
    ----- stdout -----
    [ID] -> [ID] (head), Add e-mail addresses
        file: database/migrations/versions/[TIME]_[ID]_add_e_mail_addresses.sql
        created: [TIME]
    <base> -> [ID], Initial schema
        file: database/migrations/versions/[TIME]_[ID]_initial_schema.sql
        created: [TIME]
    ----- stderr -----
    ");
    assert_told!(folder.run(&["plan", "-1", "--down"]), @"
    exit code: 0
    ----- stdout -----
    -- from [ID]

    -- down [ID] Add e-mail addresses
    -- [TIME]_[ID]_add_e_mail_addresses.sql

    -- step schema, loses data
    -- destroys: all values of public.users.email
    ALTER TABLE public.users DROP COLUMN email;
    ----- stderr -----
    ");
    assert_told!(folder.run(&["downgrade", "-1"]), @"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
      down [ID] Add e-mail addresses ([DURATION])
    ");
    assert_told!(folder.run(&["-q", "downgrade", "base"]), @"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    ");
    assert_told!(folder.run(&["downgrade", "base"]), @"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    The database is there already; there is nothing to downgrade
    ");
    assert_told!(folder.run(&["stamp", "head"]), @"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    The database is stamped as being at [ID]
    ");
    assert_told!(folder.run(&["stamp", "head"]), @"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    The database is stamped so already
    ");
    assert_told!(folder.run(&["revision", "--autogenerate", "-m", "Nothing"]), @"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    Models and history agree; there is nothing to write
    ");
}

#[test]
fn for_programs() {
    let database = TestDatabase::new();
    let folder = project(&database.url());
    let run = |arguments: &[&str]| {
        let arguments: Vec<&str> = ["--format", "json"].iter().chain(arguments).copied().collect();
        folder.run(&arguments)
    };
    assert_told!(run(&["current"]), @r#"
    exit code: 0
    ----- stdout -----
    {
      "heads": [],
      "unfinished": [],
      "pending": 0,
      "is_at_heads": true
    }
    ----- stderr -----
    "#);
    assert_told!(run(&["check"]), @r#"
    exit code: 3
    ----- stdout -----
    {
      "declared_set_changed": true,
      "differences": [
        {
          "loses": null,
          "object": "table public.users",
          "requires": [],
          "rewrites": false,
          "statements": [
            "CREATE TABLE public.users (\n    id bigint,\n    name text NOT NULL,\n    CONSTRAINT users_pkey PRIMARY KEY (id)\n)"
          ],
          "verb": "create"
        }
      ],
      "different": true,
      "spent": [],
      "unmanaged": [],
      "unread": []
    }
    ----- stderr -----
    "#);
    assert_told!(run(&["revision", "--autogenerate", "-m", "Initial schema"]), @r#"
    exit code: 0
    ----- stdout -----
    {
      "outcome": "written",
      "id": "[ID]",
      "revises": [],
      "path": "database/migrations/versions/[TIME]_[ID]_initial_schema.sql",
      "differences": [
        {
          "verb": "create",
          "object": "table public.users",
          "statements": [
            "CREATE TABLE public.users (\n    id bigint,\n    name text NOT NULL,\n    CONSTRAINT users_pkey PRIMARY KEY (id)\n)"
          ],
          "loses": null,
          "requires": [],
          "rewrites": false
        }
      ],
      "drops": [],
      "proven_empty": []
    }
    ----- stderr -----
    "#);
    assert_told!(run(&["plan"]), @r#"
    exit code: 0
    ----- stdout -----
    {
      "direction": "up",
      "current": [],
      "revisions": [
        {
          "id": "[ID]",
          "message": "Initial schema",
          "file_name": "[TIME]_[ID]_initial_schema.sql",
          "steps": [
            {
              "name": "schema",
              "destructive": false,
              "transaction": true,
              "reversible": true,
              "requires": [],
              "sql": "CREATE TABLE public.users (\n    id bigint,\n    name text NOT NULL,\n    CONSTRAINT users_pkey PRIMARY KEY (id)\n);"
            }
          ]
        }
      ]
    }
    ----- stderr -----
    "#);
    assert_told!(run(&["upgrade"]), @r#"
    exit code: 0
    ----- stdout -----
    {
      "from": [],
      "to": [
        "[ID]"
      ],
      "committed": [
        {
          "revision": "[ID]",
          "message": "Initial schema",
          "step": "schema",
          "direction": "up",
          "finished": true,
          "duration": [DURATION]
        }
      ],
      "waited": [DURATION]
    }
    ----- stderr -----
    {"direction":"up","event":"revision_started","message":"Initial schema","revision":"[ID]","steps":1}
    {"direction":"up","event":"step_started","number":1,"revision":"[ID]","step":"schema","transaction":true}
    {"direction":"up","duration":[DURATION],"event":"step_finished","number":1,"revision":"[ID]","step":"schema"}
    {"direction":"up","duration":[DURATION],"event":"revision_finished","message":"Initial schema","revision":"[ID]"}
    "#);
    assert_told!(run(&["upgrade"]), @r#"
    exit code: 0
    ----- stdout -----
    {
      "from": [
        "[ID]"
      ],
      "to": [
        "[ID]"
      ],
      "committed": [],
      "waited": [DURATION]
    }
    ----- stderr -----
    "#);
    assert_told!(run(&["current"]), @r#"
    exit code: 0
    ----- stdout -----
    {
      "heads": [
        {
          "id": "[ID]",
          "message": "Initial schema",
          "is_head": true,
          "known": true,
          "edited": false,
          "path": "database/migrations/versions/[TIME]_[ID]_initial_schema.sql",
          "revises": [],
          "origin": "applied",
          "applied_at": "[TIME]",
          "applied_by": "[WHO]"
        }
      ],
      "unfinished": [],
      "pending": 0,
      "is_at_heads": true
    }
    ----- stderr -----
    "#);
    assert_told!(run(&["history"]), @r#"
    exit code: 0
    ----- stdout -----
    {
      "revisions": [
        {
          "id": "[ID]",
          "revises": [],
          "depends_on": [],
          "branch_labels": [],
          "message": "Initial schema",
          "created": "[TIME]",
          "path": "database/migrations/versions/[TIME]_[ID]_initial_schema.sql",
          "is_head": true,
          "is_branch_point": false
        }
      ]
    }
    ----- stderr -----
    "#);
    assert_told!(run(&["heads"]), @r#"
    exit code: 0
    ----- stdout -----
    {
      "heads": [
        {
          "branch_labels": [],
          "created": "[TIME]",
          "depends_on": [],
          "id": "[ID]",
          "is_branch_point": false,
          "is_head": true,
          "message": "Initial schema",
          "path": "database/migrations/versions/[TIME]_[ID]_initial_schema.sql",
          "revises": []
        }
      ]
    }
    ----- stderr -----
    "#);
    assert_told!(run(&["show", "head"]), @r#"
    exit code: 0
    ----- stdout -----
    {
      "revision": {
        "id": "[ID]",
        "revises": [],
        "depends_on": [],
        "branch_labels": [],
        "message": "Initial schema",
        "created": "[TIME]",
        "path": "database/migrations/versions/[TIME]_[ID]_initial_schema.sql",
        "is_head": true,
        "is_branch_point": false
      },
      "revised_by": [],
      "checksum": "192f8789a799042eb643143f07537981f9ac09dc3aaa56b1d864fadc0ead35be",
      "steps": [
        "schema"
      ],
      "text": "-- Initial schema\n--\n-- limbeck: 1\n-- revision: [ID]\n-- revises:\n-- created: [TIME]\n\n-- limbeck:up schema\nCREATE TABLE public.users (\n    id bigint,\n    name text NOT NULL,\n    CONSTRAINT users_pkey PRIMARY KEY (id)\n);\n-- limbeck:down schema allow=drop\n-- destroys: all rows of public.users\nDROP TABLE public.users;\n\n-- limbeck:declares\n-- + table public.users\n-- + constraint public.users.users_pkey\n"
    }
    ----- stderr -----
    "#);
    assert_told!(run(&["diff", "empty:", "models:"]), @r#"
    exit code: 0
    ----- stdout -----
    {
      "from": {
        "kind": "empty"
      },
      "to": {
        "kind": "models"
      },
      "steps": [
        {
          "verb": "create",
          "object": "table public.users",
          "statements": [
            "CREATE TABLE public.users (\n    id bigint,\n    name text NOT NULL,\n    CONSTRAINT users_pkey PRIMARY KEY (id)\n)"
          ],
          "loses": null,
          "requires": [],
          "rewrites": false,
          "transaction": true
        }
      ],
      "unfilled": [],
      "unread": []
    }
    ----- stderr -----
    "#);
    assert_told!(run(&["downgrade", "base"]), @r#"
    exit code: 0
    ----- stdout -----
    {
      "from": [
        "[ID]"
      ],
      "to": [],
      "committed": [
        {
          "revision": "[ID]",
          "message": "Initial schema",
          "step": "schema",
          "direction": "down",
          "finished": true,
          "duration": [DURATION]
        }
      ],
      "waited": [DURATION]
    }
    ----- stderr -----
    {"direction":"down","event":"revision_started","message":"Initial schema","revision":"[ID]","steps":1}
    {"direction":"down","event":"step_started","number":1,"revision":"[ID]","step":"schema","transaction":true}
    {"direction":"down","duration":[DURATION],"event":"step_finished","number":1,"revision":"[ID]","step":"schema"}
    {"direction":"down","duration":[DURATION],"event":"revision_finished","message":"Initial schema","revision":"[ID]"}
    "#);
    assert_told!(run(&["stamp", "head"]), @r#"
    exit code: 0
    ----- stdout -----
    {
      "from": [],
      "to": [
        "[ID]"
      ],
      "committed": [
        {
          "revision": "[ID]",
          "message": "Initial schema",
          "step": null,
          "direction": "up",
          "finished": true,
          "duration": [DURATION]
        }
      ],
      "forgotten": [],
      "waited": [DURATION]
    }
    ----- stderr -----
    "#);
    assert_told!(run(&["revision", "--autogenerate"]), @r#"
    exit code: 0
    ----- stdout -----
    {
      "outcome": "nothing"
    }
    ----- stderr -----
    "#);
}

#[test]
fn the_path_of_a_new_revision_can_be_handed_to_an_editor() {
    let folder = project("");
    let path = folder.succeed(&["-C", "src", "revision", "-m", "By hand"]);
    assert!(
        folder.path().join("src").join(path.trim_end()).is_file(),
        "{path}"
    );
}

#[test]
fn a_revision_shown_is_its_file() {
    let folder = project("");
    let text = "-- By hand\n--\n-- limbeck: 1\n-- revision: 27c6a30d7c24\n-- revises: \n-- created: 2026-11-21T10:00:00Z\n\n\
                -- limbeck:up main\nSELECT '\u{1b}[31m';\n-- limbeck:down main\nSELECT 1;\n";
    folder.write(&path("27c6a30d7c24"), text);
    assert_eq!(folder.succeed(&["show", "head"]), text);
}

#[test]
fn a_diff_works_outside_a_project() {
    let folder = TestFolder::new();
    folder.write(
        "a.sql",
        "CREATE TABLE users (id bigint PRIMARY KEY, name text);\n",
    );
    let b = "CREATE TABLE users (id bigint PRIMARY KEY, full_name text NOT NULL);\n";
    assert_told!(folder.run_with_input(&["diff", "a.sql", "-"], b), @"
    exit code: 0
    ----- stdout -----
    ALTER TABLE public.users ADD COLUMN full_name text NOT NULL;

    -- destroys: all values of public.users.name
    ALTER TABLE public.users DROP COLUMN name;
    ----- stderr -----
    warning: `column public.users.full_name` takes no NULL, and nothing fills it: rows without a value make this fail; `--fill` gives them one
    ");
    let renamed = [
        "diff",
        "a.sql",
        "-",
        "--rename",
        "column:users.name=full_name",
        "--exit-code",
    ];
    assert_told!(folder.run_with_input(&renamed, b), @"
    exit code: 3
    ----- stdout -----
    ALTER TABLE public.users RENAME COLUMN name TO full_name;

    -- fails on rows of public.users where name is null
    ALTER TABLE public.users ALTER COLUMN full_name SET NOT NULL;
    ----- stderr -----
    warning: `column public.users.full_name` takes no NULL, and nothing fills it: rows without a value make this fail; `--fill` gives them one
    ");
    assert_told!(folder.run(&["diff", "a.sql", "a.sql", "--exit-code"]), @"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    There is no difference
    ");
}

#[test]
fn a_loss_wants_consent() {
    let database = TestDatabase::new();
    let folder = project(&database.url());
    folder.succeed(&["revision", "--autogenerate", "-m", "Initial schema"]);
    folder.write("src/user.rs", USER.replace("    pub name: String,\n", ""));
    let before = folder.files();
    assert_told!(folder.run(&["revision", "--autogenerate", "-m", "Forget names"]), @r#"
    exit code: 4
    ----- stdout -----
    ----- stderr -----
    error: the revision would lose data, and nobody consented to that
      column public.users.name: all values of public.users.name

    hint: if this is meant, run the command again with `--allow-drop`
    hint: if something is only renamed, say so: `renamed_from = "…"` in the model, or `--rename column:users.name=full_name`
    "#);
    assert_eq!(folder.files(), before);
    assert_told!(folder.run(&["revision", "--autogenerate", "-m", "Forget names", "--allow-drop"]), @r#"
    exit code: 4
    ----- stdout -----
    ----- stderr -----
    error: a column that may not be NULL comes to a table that may hold rows, and nothing fills it
      column public.users.name (on the way down)

    hint: give an SQL expression for the rows that are there: --fill down:public.users.name="…"
    hint: or give the column a default, or make it an `Option`
    "#);
}

#[test]
fn a_column_that_takes_no_null_wants_a_fill() {
    let folder = project("");
    folder.succeed(&["revision", "--autogenerate", "-m", "Initial schema"]);
    folder.write(
        "src/user.rs",
        USER.replace("pub name: String,", "pub name: String,\n    pub email: String,"),
    );
    let before = folder.files();
    assert_told!(folder.run(&["revision", "--autogenerate", "-m", "E-mail"]), @r#"
    exit code: 4
    ----- stdout -----
    ----- stderr -----
    error: a column that may not be NULL comes to a table that may hold rows, and nothing fills it
      column public.users.email

    hint: give an SQL expression for the rows that are there: --fill public.users.email="…"
    hint: or give the column a default, or make it an `Option`
    "#);
    assert_eq!(folder.files(), before);
    folder.succeed(&[
        "revision",
        "--autogenerate",
        "-m",
        "E-mail",
        "--fill",
        "public.users.email='?'",
    ]);
}

#[test]
fn several_heads() {
    let folder = project("");
    revision(&folder, "27c6a30d7c24", "", "CREATE TABLE a ();", "DROP TABLE a;");
    revision(
        &folder,
        "8f3c2a91d0b4",
        "27c6a30d7c24",
        "CREATE TABLE b ();",
        "DROP TABLE b;",
    );
    revision(
        &folder,
        "0b4d8f3c2a91",
        "27c6a30d7c24",
        "CREATE TABLE c ();",
        "DROP TABLE c;",
    );
    assert_told!(folder.run(&["heads"]), @"
    exit code: 0
    ----- stdout -----
    [ID] -> [ID] (head), Revision [ID]
    [ID] -> [ID] (head), Revision [ID]
    ----- stderr -----
    ");
    assert_told!(folder.run(&["history"]), @"
    exit code: 0
    ----- stdout -----
    [ID] -> [ID] (head), Revision [ID]
    [ID] -> [ID] (head), Revision [ID]
    <base> -> [ID] (branch point), Revision [ID]
    ----- stderr -----
    ");
    assert_told!(folder.run(&["revision", "--autogenerate", "-m", "Initial schema"]), @"
    exit code: 8
    ----- stdout -----
    ----- stderr -----
    error: the history has several heads: `[ID]`, `[ID]`

    hint: choose the parent with `--head ID`, or join them: `limbeck merge heads`
    ");
}

#[test]
fn every_report_is_one_json_document() {
    let database = TestDatabase::new();
    let folder = project(&database.url());
    for arguments in [
        &["init"][..],
        &["check"],
        &["diff"],
        &["diff", "empty:", "models:"],
        &["models", "list"],
        &["models", "show", "users"],
        &["models", "sql"],
        &["models", "json"],
        &["models", "diagram"],
        &["revision", "--autogenerate", "-m", "Initial schema"],
        &["revision", "-m", "By hand"],
        &["verify"],
        &["current"],
        &["history"],
        &["history", "-i"],
        &["heads"],
        &["branches"],
        &["show", "head"],
        &["plan"],
        &["upgrade", "--sql"],
        &["upgrade"],
        &["upgrade"],
        &["current"],
        &["show", "current"],
        &["plan", "--down", "base"],
        &["downgrade", "-1"],
        &["downgrade", "head:base", "--sql"],
        &["stamp", "head"],
        &["server", "status"],
        &["server", "list"],
    ] {
        let all: Vec<&str> = ["--format", "json"].iter().chain(arguments).copied().collect();
        let output = folder.output(&all);
        let told = folder.told(&output);
        let document: serde_json::Value = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|error| panic!("{arguments:?}: {error}\n{told}"));
        assert!(document.is_object(), "{arguments:?}: {document}");
        for line in String::from_utf8(output.stderr).unwrap().lines() {
            let said: Result<serde_json::Value, _> = serde_json::from_str(line);
            assert!(said.is_ok(), "{arguments:?}: {line}");
        }
    }
}

#[test]
fn a_revision_by_hand_has_both_markers() {
    let folder = project("");
    let path = folder.succeed(&["revision", "--rev-id", "27c6a30d7c24", "-m", "By hand"]);
    insta::with_settings!({ filters => support::filters() }, {
        insta::assert_snapshot!(folder.read(path.trim_end()), @"
        -- By hand
        --
        -- limbeck: 1
        -- revision: [ID]
        -- revises:
        -- created: [TIME]

        -- limbeck:up schema

        -- limbeck:down schema
        ");
    });
}

#[test]
fn a_stamp_says_where_the_database_is() {
    let database = TestDatabase::new();
    let folder = project(&database.url());
    revision(&folder, "27c6a30d7c24", "", "SELECT 1;", "SELECT 2;");
    assert_told!(folder.run(&["stamp", "head"]), @"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    The database is stamped as being at [ID]
    ");
    assert_told!(folder.run(&["stamp", "head"]), @"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    The database is stamped so already
    ");
    assert_told!(folder.run(&["stamp", "base"]), @"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    The database is stamped as having no revision
    ");
}

#[test]
fn messages_of_several_lines_and_none_are_one_line() {
    let database = TestDatabase::new();
    let folder = project(&database.url());
    folder.succeed(&["revision"]);
    folder.succeed(&["revision", "-m", "It's \"größer\"\nthan before"]);
    folder.succeed(&["upgrade"]);
    assert_told!(folder.run(&["history"]), @r#"
    exit code: 0
    ----- stdout -----
    [ID] -> [ID] (head), It's "größer"
    <base> -> [ID]
    ----- stderr -----
    "#);
    assert_told!(folder.run(&["current"]), @r#"
    exit code: 0
    ----- stdout -----
    [ID] (head) It's "größer"
    ----- stderr -----
    "#);
}
