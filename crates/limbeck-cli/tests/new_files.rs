//! How new revision files are named, written and looked at: `file_template`, own templates, `-x`, post-write hooks.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    missing_docs,
    reason = "these are tests"
)]

mod support;

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use support::TestFolder;
use support::database::TestDatabase;
use support::project::{project, project_without_database, revision};

const VERSIONS: &str = "database/migrations/versions";

/// A program that a hook runs.
fn hook(folder: &TestFolder, name: &str, body: &str) {
    folder.write(name, format!("#!/bin/sh\n{body}\n"));
    let path = folder.path().join(name);
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
}

fn configure(folder: &TestFolder, text: &str) {
    let before = folder.read("limbeck.toml");
    folder.write("limbeck.toml", format!("{before}\n{text}\n"));
}

/// Every file but limbeck.toml and the programs, to tell that nothing was left behind.
fn files(folder: &TestFolder) -> Vec<String> {
    let files = folder.files().into_iter().map(|(path, _)| path);
    files
        .map(|path| path.strip_prefix(folder.path()).unwrap().display().to_string())
        .collect()
}

#[test]
fn a_file_is_named_as_configured_and_found_in_its_folder() {
    let mut folder = project_without_database();
    folder.set("SOURCE_DATE_EPOCH", "1798759800");
    configure(
        &folder,
        "[revisions]\nfile_template = '{year}/{month}/{rev}-{slug}'\ntimezone = 'Europe/Berlin'\ntruncate_slug_length = 9",
    );
    let path = folder.succeed(&["revision", "-m", "Add meal plans", "--rev-id", "a1"]);
    // It is the next year there already, and the header knows nothing of that.
    assert_eq!(path.trim(), format!("{VERSIONS}/2027/01/a1-add_meal.sql"));
    assert!(
        folder
            .read(path.trim())
            .contains("-- created: 2026-12-31T23:30:00Z\n")
    );
    let next = folder.succeed(&["revision", "-m", "Next", "--rev-id", "b2"]);
    assert!(folder.read(next.trim()).contains("-- revises: a1\n"));
    assert!(folder.succeed(&["heads"]).contains("b2"));
}

#[test]
fn a_wrong_name_is_told_with_its_place() {
    let folder = project_without_database();
    configure(&folder, "[revisions]\nfile_template = '%%(rev)s_%%(slug)s'");
    assert_told!(folder.run(&["revision", "-m", "x"]), @"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: `revisions.file_template`: `%(rev)` is how Alembic writes a token
     --> limbeck.toml:5:17
      |
    5 | file_template = '%%(rev)s_%%(slug)s'
      |                 ^^^^^^^^^^^^^^^^^^^^

    hint: write `{rev}`; months, days, hours, minutes and seconds have two digits
    ");
}

#[test]
fn a_template_is_handed_values_and_knows_no_others() {
    let folder = project_without_database();
    let template = include_str!("../../limbeck-history/src/script.sql.jinja");
    folder.write(
        "database/migrations/script.sql.jinja",
        template.replacen(
            "{% for step in steps %}",
            "\n-- Ticket: {{ x.ticket }}\n{% for step in steps %}",
            1,
        ),
    );
    let before = folder.files();
    assert_told!(folder.run(&["revision", "-m", "x"]), @"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: the template cannot be rendered: there is no `x.ticket`
      --> database/migrations/script.sql.jinja:19:15
       |
    19 | -- Ticket: {{ x.ticket }}
       |               ^^^^^^^^

    hint: give it, as in `-x ticket=VALUE`
    ");
    assert_told!(folder.run(&["-x", "tickte=AB-7", "revision", "-m", "x"]), @"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: the template cannot be rendered: there is no `x.ticket`
      --> database/migrations/script.sql.jinja:19:15
       |
    19 | -- Ticket: {{ x.ticket }}
       |               ^^^^^^^^

    hint: did you mean `x.tickte`?
    ");
    assert_eq!(folder.files(), before);
    let path = folder.succeed(&["revision", "-m", "x", "-x", "ticket=AB-7=8"]);
    assert!(folder.read(path.trim()).contains("\n-- Ticket: AB-7=8\n"));
}

#[test]
fn a_value_without_an_equals_sign_is_told_and_no_value_is_shown() {
    let folder = project_without_database();
    assert_told!(folder.run(&["-x", "tenant", "heads"]), @"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: `-x`: `tenant` has no `=`

    hint: write `-x tenant=VALUE`, or `-x tenant=` for an empty one
    ");
    assert_told!(folder.run(&["-x", "Tenant=pa55-Wort", "heads"]), @"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: `-x`: `Tenant` is no key

    hint: PostgreSQL does not tell settings apart by case: write `tenant`
    ");
    assert_told!(folder.run(&["-x", "a=1", "heads", "-x", "a=2"]), @"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    There is no revision yet
    ");
}

#[test]
fn steps_are_handed_values_online_in_scripts_and_in_proofs() {
    let database = TestDatabase::new();
    let folder = project(&database.url());
    revision(
        &folder,
        "a1",
        "",
        "CREATE TABLE tenants AS SELECT current_setting('limbeck.x.tenant', true) AS name;\n\
         ALTER TABLE tenants ADD CHECK (name = 'acme');",
        "DROP TABLE tenants;",
    );
    // The history's replay is handed it as well.
    folder.succeed(&[
        "-x",
        "tenant=acme",
        "revision",
        "--autogenerate",
        "--rev-id",
        "b2",
    ]);
    let script = folder.succeed(&["upgrade", "--sql", "-x", "tenant=acme"]);
    assert!(
        script.contains("set_config('limbeck.x.tenant', 'acme', true)"),
        "{script}"
    );
    folder.succeed(&["-x", "tenant=acme", "upgrade"]);
    assert_eq!(database.query("SELECT name FROM public.tenants"), ["acme"]);
    let journal = database.query("SELECT e::text || s::text FROM limbeck.event AS e, limbeck.step AS s");
    assert!(
        !journal.is_empty() && !journal.iter().any(|row| row.contains("acme")),
        "{journal:?}"
    );
}

#[test]
fn what_is_written_and_proven_is_what_the_hooks_left() {
    let mut folder = project_without_database();
    folder.set("GREETING", "hello");
    folder.set("SOURCE_DATE_EPOCH", "1795255200");
    hook(
        &folder,
        "format.sh",
        "test -f limbeck.toml || exit 9\necho \"$GREETING from $(basename \"$2\")\"\nsed -i 's/CREATE TABLE/create  table/' \"$2\"",
    );
    hook(&folder, "look.sh", "grep -q 'create  table' \"$1\" && echo seen");
    configure(
        &folder,
        "[[post_write_hooks]]\nname = 'format'\ncommand = ['./format.sh', '--in', '{path}']\n\
         [[post_write_hooks]]\nname = 'look'\ncommand = ['sh', 'look.sh', '{path}']",
    );
    assert_told!(folder.run(&["revision", "--autogenerate", "-m", "Users", "--rev-id", "a1"]), @"
    exit code: 0
    ----- stdout -----
    database/migrations/versions/20261121T100000_a1_users.sql
    ----- stderr -----
      format: hello from 20261121T100000_a1_users.sql
      look: seen
    Wrote revision a1, which revises nothing
      + create table public.users
    ");
    let path = files(&folder)
        .into_iter()
        .find(|path| path.starts_with(VERSIONS) && path.ends_with("users.sql"))
        .unwrap();
    assert!(folder.read(&path).contains("create  table"));
    assert!(!files(&folder).iter().any(|path| path.contains(".new")));
}

#[test]
fn a_hook_that_makes_the_sql_wrong_is_found_by_the_proof() {
    let folder = project_without_database();
    hook(&folder, "format.sh", "sed -i 's/DROP TABLE/DROP VIEW/' \"$1\"");
    configure(
        &folder,
        "[[post_write_hooks]]\ncommand = ['./format.sh', '{path}']",
    );
    let before = folder.files();
    let told = folder.run(&["revision", "--autogenerate", "-m", "Users"]);
    assert!(
        told.starts_with("exit code: 1\n") && told.contains("is not a view"),
        "{told}"
    );
    assert_eq!(folder.files(), before);
}

#[test]
fn hooks_that_fail_leave_nothing_behind() {
    let cases = [
        ("echo 'line 3: no'; echo 'and no' >&2; exit 3", "10s"),
        ("sleep 60", "200ms"),
        ("rm \"$1\"", "10s"),
        ("sed -i 's/^-- revision: .*/-- revision: other/' \"$1\"", "10s"),
        ("printf '\\377' > \"$1\"", "10s"),
        ("sed -i 's/^-- limbeck:up/-- limbeck:upp/' \"$1\"", "10s"),
        ("kill -9 $$", "10s"),
    ];
    let mut told = String::new();
    for (body, timeout) in cases {
        let mut folder = project_without_database();
        folder.set("SOURCE_DATE_EPOCH", "1795255200");
        hook(&folder, "hook.sh", body);
        configure(
            &folder,
            &format!(
                "[[post_write_hooks]]\nname = 'check'\ncommand = ['./hook.sh', '{{path}}']\ntimeout = '{timeout}'"
            ),
        );
        let before = folder.files();
        told.push_str(&format!(
            "# {body}\n{}\n",
            folder.run(&["revision", "-m", "x", "--rev-id", "a1"])
        ));
        assert_eq!(folder.files(), before, "{body}");
        assert!(!folder.path().join("database/migrations/.new").exists(), "{body}");
    }
    assert_told!(told, @r#"
    # echo 'line 3: no'; echo 'and no' >&2; exit 3
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: the post-write hook `check` failed: it ended with exit code 3
     --> limbeck.toml:6:13
      |
    6 | command = ['./hook.sh', '{path}']
      |             ^^^^^^^^^
      |
      = line 3: no
      = and no

    hint: no revision was written; put the hook right, or take it out of limbeck.toml, and run the command again

    # sleep 60
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: the post-write hook `check` did not end within 200 ms
     --> limbeck.toml:6:13
      |
    6 | command = ['./hook.sh', '{path}']
      |             ^^^^^^^^^

    hint: no revision was written; put the hook right, or take it out of limbeck.toml, and run the command again

    # rm "$1"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: the post-write hook `check` took the file away
     --> limbeck.toml:6:13
      |
    6 | command = ['./hook.sh', '{path}']
      |             ^^^^^^^^^

    hint: a hook may change SQL and comments; no revision was written

    # sed -i 's/^-- revision: .*/-- revision: other/' "$1"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: the post-write hook `check` made another revision of it: it has another identifier
     --> limbeck.toml:6:13
      |
    6 | command = ['./hook.sh', '{path}']
      |             ^^^^^^^^^

    hint: a hook may change SQL and comments; no revision was written

    # printf '\377' > "$1"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: the post-write hook `check` left a file that cannot be read
     --> limbeck.toml:6:13
      |
    6 | command = ['./hook.sh', '{path}']
      |             ^^^^^^^^^

    hint: a hook may change SQL and comments; no revision was written

    error: `[PROJECT]/database/migrations/.new/a1/20261121T100000_a1_x.sql` is not UTF-8 (byte 0)

    hint: save the file as UTF-8

    # sed -i 's/^-- limbeck:up/-- limbeck:upp/' "$1"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: the post-write hook `check` left a file that is no revision
     --> limbeck.toml:6:13
      |
    6 | command = ['./hook.sh', '{path}']
      |             ^^^^^^^^^

    hint: a hook may change SQL and comments; no revision was written

    error: unknown marker `limbeck:upp`
     --> database/migrations/.new/a1/20261121T100000_a1_x.sql:8:12
      |
    8 | -- limbeck:upp schema
      |            ^^^

    hint: did you mean `up`?

    # kill -9 $$
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: the post-write hook `check` failed: it was ended by a signal: 9 (SIGKILL)
     --> limbeck.toml:6:13
      |
    6 | command = ['./hook.sh', '{path}']
      |             ^^^^^^^^^

    hint: no revision was written; put the hook right, or take it out of limbeck.toml, and run the command again
    "#);
}

#[test]
fn a_hook_whose_program_is_missing_is_told() {
    let folder = project_without_database();
    configure(
        &folder,
        "[[post_write_hooks]]\nname = 'format'\ncommand = ['pg_formt', '{path}']",
    );
    let before = folder.files();
    assert_told!(folder.run(&["revision", "-m", "x"]), @"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: the post-write hook `format` cannot be run: there is no program `pg_formt`
     --> limbeck.toml:6:13
      |
    6 | command = ['pg_formt', '{path}']
      |             ^^^^^^^^

    hint: no revision was written; put the hook right, or take it out of limbeck.toml, and run the command again
    ");
    assert_eq!(folder.files(), before);
}

#[test]
fn names_as_long_as_file_systems_take() {
    let folder = project_without_database();
    hook(&folder, "look.sh", "test -f \"$1\" && echo seen");
    configure(
        &folder,
        "[[post_write_hooks]]\nname = 'look'\ncommand = ['./look.sh', '{path}']\n\
         [revisions]\nfile_template = '{rev}_{slug}'\ntruncate_slug_length = 200",
    );
    let message = "x".repeat(200);
    // In the file's name as it is, and too long for any.
    for id in ["a".repeat(64), "0123456789".repeat(100)] {
        let written = folder.succeed(&["revision", "--rev-id", &id, "-m", &message]);
        let path = Path::new(written.trim());
        assert_eq!(path.file_name().unwrap().len(), 255, "{written}");
        assert!(
            folder
                .read(written.trim())
                .contains(&format!("-- revision: {id}\n"))
        );
    }
    let left = files(&folder);
    assert!(
        !left
            .iter()
            .any(|path| path.contains(".new") || path.ends_with(".part")),
        "{left:?}"
    );
}

#[test]
fn a_baseline_goes_through_the_hooks_too() {
    let database = TestDatabase::new();
    database.execute("CREATE TABLE public.users (id bigint PRIMARY KEY)");
    let folder = project(&database.url());
    hook(
        &folder,
        "mark.sh",
        "echo '-- formatted' >> \"$1\"; exit ${FAIL:-0}",
    );
    configure(&folder, "[[post_write_hooks]]\ncommand = ['./mark.sh', '{path}']");
    let failed = folder.command(&["baseline"]).env("FAIL", "1").output().unwrap();
    assert_eq!(failed.status.code(), Some(1));
    assert!(!folder.succeed(&["heads"]).contains("head"));
    assert!(
        !database
            .relations()
            .iter()
            .any(|name| name.starts_with("limbeck."))
    );
    folder.succeed(&["baseline"]);
    let path = files(&folder)
        .into_iter()
        .find(|path| path.starts_with(VERSIONS) && path.ends_with(".sql"))
        .unwrap();
    assert!(folder.read(&path).ends_with("-- formatted\n"));
    assert!(Path::new(&path).is_relative());
}

#[test]
fn what_patterns_leave_out_is_nobodys_difference() {
    let folder = project_without_database();
    folder.write("database/schema/more.sql", "CREATE TABLE spatial_a (id bigint);\nCREATE VIEW spatial_v AS SELECT 1 AS one;\nCREATE INDEX tmp_i ON spatial_a (id);\n");
    let differences = || -> Vec<String> {
        let told: serde_json::Value = serde_json::from_str(
            &String::from_utf8(folder.output(&["check", "--format", "json"]).stdout).unwrap(),
        )
        .unwrap();
        let all = told["differences"].as_array().unwrap();
        all.iter()
            .filter(|one| one["verb"] == "create")
            .map(|one| one["object"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(
        differences(),
        [
            "table public.spatial_a",
            "index public.tmp_i",
            "table public.users",
            "view public.spatial_v"
        ]
    );
    configure(
        &folder,
        "[database]\nexclude = ['view public.spatial_*', 'index *.tmp_*']",
    );
    assert_eq!(differences(), ["table public.spatial_a", "table public.users"]);
    folder.write(
        "limbeck.toml",
        folder
            .read("limbeck.toml")
            .replace("exclude = ", "include = ['table public.u*']\nexclude = "),
    );
    assert_eq!(differences(), ["table public.users"]);
}
