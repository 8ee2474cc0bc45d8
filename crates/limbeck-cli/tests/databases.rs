//! Several databases in one project: `[databases.NAME]` and `--database`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    missing_docs,
    reason = "these are tests"
)]

mod support;

use support::TestFolder;
use support::database::TestDatabase;

fn revision(folder: &TestFolder, migrations: &str, id: &str, up: &str) {
    folder.write(
        &format!("{migrations}/versions/{id}.sql"),
        format!(
            "-- {id}\n--\n-- limbeck: 1\n-- revision: {id}\n-- revises:\n-- created: 2026-11-21T10:00:00Z\n\n\
             -- limbeck:up main\n{up}\n-- limbeck:down main\n"
        ),
    );
}

/// Two databases with a folder of revisions each.
fn two(app: &TestDatabase, analytics: &TestDatabase) -> TestFolder {
    let folder = TestFolder::new();
    folder.write(
        "limbeck.toml",
        format!(
            "[databases.app]\nurl = '{}'\nmigrations = 'app'\n[databases.analytics]\nurl = '{}'\nmigrations = 'analytics'\n",
            app.url(),
            analytics.url()
        ),
    );
    revision(&folder, "app", "a1", "CREATE TABLE users ();");
    revision(&folder, "analytics", "e1", "CREATE TABLE events ();");
    folder
}

#[test]
fn each_has_its_own_history() {
    let (app, analytics) = (TestDatabase::new(), TestDatabase::new());
    let mut folder = two(&app, &analytics);
    folder.succeed(&["--database", "app", "upgrade"]);
    assert!(app.relations().contains(&"public.users".to_owned()));
    assert_eq!(analytics.relations(), [""; 0]);
    assert!(
        folder
            .succeed(&["heads", "--database", "analytics"])
            .contains("e1")
    );
    folder.set("LIMBECK_DATABASE", "analytics");
    folder.succeed(&["upgrade"]);
    assert!(analytics.relations().contains(&"public.events".to_owned()));
    assert_told!(folder.run(&["--database", "all", "current"]), @"
    exit code: 0
    ----- stdout -----
    app:
    a1 (head) a1
    analytics:
    e1 (head) e1
    ----- stderr -----
    ");
    assert_told!(folder.run(&["--database", "analytics", "--database", "app", "current", "--format", "json"]), @r#"
    exit code: 0
    ----- stdout -----
    {
      "databases": [
        {
          "database": "analytics",
          "exit_code": 0,
          "result": {
            "heads": [
              {
                "applied_at": "[TIME]",
                "applied_by": "[WHO]",
                "edited": false,
                "id": "e1",
                "is_head": true,
                "known": true,
                "message": "e1",
                "origin": "applied",
                "path": "analytics/versions/e1.sql",
                "revises": []
              }
            ],
            "is_at_heads": true,
            "pending": 0,
            "unfinished": []
          }
        },
        {
          "database": "app",
          "exit_code": 0,
          "result": {
            "heads": [
              {
                "applied_at": "[TIME]",
                "applied_by": "[WHO]",
                "edited": false,
                "id": "a1",
                "is_head": true,
                "known": true,
                "message": "a1",
                "origin": "applied",
                "path": "app/versions/a1.sql",
                "revises": []
              }
            ],
            "is_at_heads": true,
            "pending": 0,
            "unfinished": []
          }
        }
      ]
    }
    ----- stderr -----
    "#);
}

#[test]
fn one_folder_of_revisions_serves_several() {
    let (one, other) = (TestDatabase::new(), TestDatabase::new());
    let folder = TestFolder::new();
    folder.write(
        "limbeck.toml",
        format!(
            "migrations = 'db'\n[databases.north]\nurl = '{}'\n[databases.south]\nurl = '{}'\n",
            one.url(),
            other.url()
        ),
    );
    revision(&folder, "db", "a1", "CREATE TABLE users ();");
    folder.succeed(&["--database", "all", "upgrade"]);
    for database in [&one, &other] {
        assert_eq!(database.query("SELECT id FROM limbeck.revision"), ["a1"]);
    }
}

#[test]
fn an_environment_has_databases_of_its_own() {
    let (development, production) = (TestDatabase::new(), TestDatabase::new());
    let mut folder = two(&development, &development);
    let config = folder.read("limbeck.toml");
    folder.write(
        "limbeck.toml",
        format!("{config}[environments.production.databases.app]\nurl = '${{PRODUCTION}}'\n"),
    );
    folder.set("PRODUCTION", &production.url());
    folder.succeed(&["-e", "production", "--database", "app", "upgrade"]);
    assert!(production.relations().contains(&"public.users".to_owned()));
    assert_eq!(development.relations(), [""; 0]);
    // It would be that of development.
    assert_told!(folder.run(&["-e", "production", "--database", "analytics", "upgrade"]), @"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: the environment `production` has a URL for the database `app`, and none for `analytics`
     --> limbeck.toml:7:36
      |
    7 | [environments.production.databases.app]
      |                                    ^^^

    hint: add `url` to `[environments.production.databases.analytics]`: else that of another environment would be used
    ");
    assert_eq!(development.relations(), [""; 0]);
}

#[test]
fn which_one_must_be_said_and_known() {
    let (app, analytics) = (TestDatabase::new(), TestDatabase::new());
    let folder = two(&app, &analytics);
    let told = [
        &["upgrade"][..],
        &["--database", "analytic", "upgrade"],
        &["--database", "app", "--database", "x", "upgrade"],
        &["--database", "all", "stamp", "a1"],
        &["--database", "all", "-D", "postgresql://localhost/x", "upgrade"],
    ]
    .map(|arguments| folder.run(arguments));
    assert_told!(told.join("\n"), @"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: the project has several databases: `app`, `analytics`

    hint: choose one with `--database app`, or with the variable `LIMBECK_DATABASE`

    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: there is no database `analytic`
     --> limbeck.toml:1:2
      |
    1 | [databases.app]
      |  ^^^^^^^^^

    hint: did you mean `analytics`?

    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: there is no database `x`
     --> limbeck.toml:1:2
      |
    1 | [databases.app]
      |  ^^^^^^^^^

    hint: the databases are `app`, `analytics`

    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: this command works on one database, and several are chosen

    hint: name one with `--database NAME`; `upgrade`, `current`, `check`, `verify` and `status` take several

    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: `--database-url` is the URL of one database, and several are chosen

    hint: leave it out, or name one database with `--database NAME`
    ");
    assert_eq!(app.relations(), [""; 0]);
    let single = TestFolder::new();
    single.write("limbeck.toml", "");
    let told = ["all", "x"].map(|name| single.run(&["--database", name, "check"]));
    assert_told!(told.join("\n"), @"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: there is no database `all`
    --> limbeck.toml

    hint: add a section `[databases.all]`, or leave out `--database`

    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: there is no database `x`
    --> limbeck.toml

    hint: add a section `[databases.x]`, or leave out `--database`
    ");
}

/// It goes before limbeck.toml, so every history would be run on the one database.
#[test]
fn one_url_for_several_is_refused_wherever_it_is_set() {
    let (app, analytics, one) = (TestDatabase::new(), TestDatabase::new(), TestDatabase::new());
    let mut folder = two(&app, &analytics);
    let refusal = "error: `LIMBECK_DATABASE_URL` is the URL of one database, and several are chosen";
    folder.write(".env", format!("LIMBECK_DATABASE_URL='{}'\n", one.url()));
    for chosen in [
        &["--database", "all", "upgrade"][..],
        &["--database", "app", "--database", "analytics", "upgrade"],
    ] {
        let told = folder.run(chosen);
        assert!(
            told.starts_with("exit code: 2\n") && told.contains(refusal),
            "{told}"
        );
    }
    folder.remove(".env");
    folder.set("LIMBECK_DATABASE_URL", &one.url());
    let told = folder.run(&["--database", "all", "upgrade"]);
    assert!(
        told.starts_with("exit code: 2\n") && told.contains(refusal),
        "{told}"
    );
    for database in [&app, &analytics, &one] {
        assert_eq!(database.relations(), [""; 0]);
    }
    folder.succeed(&["--database", "app", "upgrade"]);
    assert!(one.relations().contains(&"public.users".to_owned()));
}

/// `LIMBECK_DATABASE` and `LIMBECK_DATABASE_URL` are set for every command.
#[test]
fn a_variable_for_all_is_in_no_commands_way() {
    let (app, analytics) = (TestDatabase::new(), TestDatabase::new());
    let mut folder = two(&app, &analytics);
    folder.set("LIMBECK_DATABASE", "all");
    for arguments in [
        &["list-templates"][..],
        &["completions", "bash"],
        &["init", "other"],
        &["server", "status"],
    ] {
        let told = folder.run(arguments);
        assert!(!told.contains("several are chosen"), "{arguments:?}\n{told}");
        assert!(!told.starts_with("exit code: 2\n"), "{arguments:?}\n{told}");
    }
    let told = folder.run(&["stamp", "a1"]);
    assert!(told.contains("several are chosen"), "{told}");
    // An empty one chooses none, and nobody chose several.
    folder.set("LIMBECK_DATABASE", "");
    folder.set("LIMBECK_DATABASE_URL", &app.url());
    let told = folder.run(&["verify"]);
    assert!(
        told.contains("app:\n") && told.contains("analytics:\n") && !told.starts_with("exit code: 2\n"),
        "{told}"
    );
}

#[test]
fn a_script_is_for_one_database() {
    let (app, analytics) = (TestDatabase::new(), TestDatabase::new());
    let folder = two(&app, &analytics);
    assert_told!(folder.run(&["--database", "all", "upgrade", "--sql"]), @"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: a script is for one database, and several are chosen

    hint: write one for each: `limbeck --database NAME upgrade --sql`
    ");
    let script = folder.succeed(&["--database", "analytics", "upgrade", "--sql"]);
    assert!(
        script.contains("CREATE TABLE events") && !script.contains("CREATE TABLE users"),
        "{script}"
    );
}

#[test]
fn an_upgrade_of_several_stops_at_the_first_that_fails() {
    let (app, analytics) = (TestDatabase::new(), TestDatabase::new());
    let folder = two(&app, &analytics);
    revision(&folder, "analytics", "e1", "CREATE TABLE events (nonsense);");
    assert_told!(folder.run(&["--database", "all", "upgrade"]), @r#"
    exit code: 7
    ----- stdout -----
    app:
    analytics:
    ----- stderr -----
      up a1 a1 ([DURATION])
    error: step `main` of revision `e1` failed: syntax error at or near ";"
     --> analytics/versions/e1.sql:9:31
      |
    9 | CREATE TABLE events (nonsense);
      |                               ^
      |
      = SQLSTATE: 42601

    hint: nothing of this step was kept: correct it and run again
    hint: this was the database `analytics`; `app` came before it and stands, those after it were not begun
    "#);
    assert!(app.relations().contains(&"public.users".to_owned()));
    // What only looks goes on.
    folder.write("app/versions/broken.sql", "nonsense");
    let told = folder.run(&["--database", "all", "current"]);
    assert!(told.contains("analytics:"), "{told}");
}

#[test]
fn the_embedded_server_holds_them_all() {
    let folder = TestFolder::new();
    folder.write(
        "limbeck.toml",
        "migrations = 'db'\n[databases.app]\nurl = 'embedded:'\n[databases.analytics]\nurl = 'embedded:'\nmigrations = 'an'\n",
    );
    revision(
        &folder,
        "db",
        "a1",
        "CREATE TABLE users AS SELECT current_database()::text AS name;",
    );
    revision(
        &folder,
        "an",
        "e1",
        "CREATE TABLE events AS SELECT current_database()::text AS name;",
    );
    folder.succeed(&["--database", "all", "upgrade"]);
    let current = folder.succeed(&["--database", "all", "current"]);
    folder.succeed(&["server", "stop"]);
    assert!(current.contains("a1") && current.contains("e1"), "{current}");
}
