//! What `status`, `log` and `plan` tell.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::print_stderr,
    missing_docs,
    reason = "tests"
)]

mod support;

use serde_json::Value;
use support::TestFolder;
use support::database::TestDatabase;
use support::project::{path, project, revision};

const USERS: &str = "27c6a30d7c24";
const PLANS: &str = "8f3c2a91d0b4";

/// Three revisions, none applied; the last one loses data, requires something, and cannot go back.
fn three() -> (TestDatabase, TestFolder) {
    let database = TestDatabase::new();
    let folder = project(&database.url());
    revision(
        &folder,
        USERS,
        "",
        "CREATE TABLE users (id bigint, name text);",
        "DROP TABLE users;",
    );
    revision(
        &folder,
        PLANS,
        USERS,
        "CREATE TABLE plans (id bigint PRIMARY KEY);",
        "DROP TABLE plans;",
    );
    folder.write(
        &path("0a0a0a0a0a0a"),
        "-- Keys\n--\n-- limbeck: 1\n-- revision: 0a0a0a0a0a0a\n-- revises: 8f3c2a91d0b4\n-- created: 2026-11-21T10:00:00Z\n\n\
         -- limbeck:require up keys \"users without a name\"\nSELECT count(*) FROM users WHERE name IS NULL;\n\
         -- limbeck:up keys allow=drop\nALTER TABLE users ALTER COLUMN id TYPE int, ALTER COLUMN name SET NOT NULL;\n\
         ALTER TABLE plans ADD COLUMN owner int;\n\
         -- limbeck:require up concurrent \"owners\"\nSELECT count(owner) FROM plans\n\
         -- limbeck:up concurrent transaction=no creates=\"index public.users_id\"\nCREATE INDEX CONCURRENTLY users_id ON users (id);\n\
         -- limbeck:down concurrent transaction=no\nDROP INDEX CONCURRENTLY users_id;\n",
    );
    (database, folder)
}

fn json(folder: &TestFolder, arguments: &[&str]) -> Value {
    let mut all = vec!["--format", "json"];
    all.extend(arguments);
    serde_json::from_str(&folder.succeed(&all)).unwrap()
}

/// The screen without who ran what, which differs between machines.
fn screen(folder: &TestFolder, database: &TestDatabase) -> String {
    let told = folder.run(&["status"]);
    let name = database.query("SELECT current_database()").remove(0);
    let is_last = |line: &&str| line.starts_with("last ");
    let before = told.lines().take_while(|line| !is_last(line));
    let after = told.lines().skip_while(|line| !is_last(line));
    let lines: Vec<&str> = before
        .chain(after.skip_while(|line| !line.starts_with("-----")))
        .collect();
    let place = json(folder, &["status"])["database"].clone();
    let (host, port) = (place["host"].as_str().unwrap(), &place["port"]);
    lines
        .join("\n")
        .replace(&format!("{name} on"), "[DATABASE] on")
        .replace(&format!("{host}:{port}"), "[SERVER]:[PORT]")
}

#[test]
fn the_status_of_a_database_where_nothing_was_run() {
    let (database, folder) = three();
    assert_told!(screen(&folder, &database), @"
    exit code: 0
    ----- stdout -----
    database    [DATABASE] on [SERVER]:[PORT] as postgres, PostgreSQL [VERSION], direct
    at          base: nothing was ever run here
    pending     3 revisions
                [ID] Revision [ID]
                [ID] Revision [ID]
                [ID] Keys, loses data in keys
    drift       no history to compare with
    ----- stderr -----
    ");
    assert_eq!(database.relations(), Vec::<String>::new());
    let report = json(&folder, &["status"]);
    assert_eq!(report["exists"], false);
    assert_eq!(report["drift"]["state"], "no_history");
    assert_eq!(report["pending"][2]["destructive_steps"][0], "keys");
}

#[test]
fn the_status_of_a_database_on_its_way() {
    let (database, folder) = three();
    folder.succeed(&["upgrade", "+2"]);
    assert_told!(screen(&folder, &database), @"
    exit code: 0
    ----- stdout -----
    database    [DATABASE] on [SERVER]:[PORT] as postgres, PostgreSQL [VERSION], direct
    at          [ID] Revision [ID]
    pending     1 revision
                [ID] Keys, loses data in keys
    drift       not compared since the schema last changed; `--drift` compares
    ----- stderr -----
    ");
    let report = json(&folder, &["status", "--drift"]);
    assert_eq!(report["drift"]["state"], "none");
    assert_eq!(report["heads"][0]["id"], PLANS);
    assert_eq!(report["last_events"].as_array().unwrap().len(), 2);
    assert_eq!(report["last_events"][0]["revision"], PLANS);
    // What was compared is known until somebody changes the schema.
    assert_eq!(json(&folder, &["status"])["drift"]["state"], "none");
    database.execute("ALTER TABLE public.users ADD COLUMN a int; DROP TABLE public.plans");
    assert_eq!(json(&folder, &["status"])["drift"]["state"], "unknown");
    assert_eq!(folder.output(&["drift"]).status.code(), Some(3));
    let drift = json(&folder, &["status"])["drift"].clone();
    assert_eq!(drift["state"], "found");
    assert_eq!(
        (&drift["differences"], &drift["additions"]),
        (&1.into(), &1.into())
    );
    let told = folder.run(&["status"]);
    assert!(
        told.contains("drift       1 object not as the history says, 1 added to what it made (compared 20"),
        "{told}"
    );
}

#[test]
fn the_status_where_files_and_database_disagree() {
    let (database, folder) = three();
    folder.succeed(&["upgrade", "+2"]);
    let text = folder.read(&path(USERS));
    folder.write(&path(USERS), text.replace("name text", "name  text"));
    folder.remove(&path(PLANS));
    folder.remove(&path("0a0a0a0a0a0a"));
    assert_told!(screen(&folder, &database), @"
    exit code: 0
    ----- stdout -----
    database    [DATABASE] on [SERVER]:[PORT] as postgres, PostgreSQL [VERSION], direct
    at          [ID] Revision [ID]
    pending     nothing
    drift       not compared since the schema last changed; `--drift` compares
    edited      [ID] [TIME]_27c6a30d7c24.sql; `limbeck accept` takes the edit where the schema stays what it is
    unknown     [ID] [TIME]_8f3c2a91d0b4.sql; its file is not here
    ----- stderr -----
    ");
    let report = json(&folder, &["status"]);
    assert_eq!(report["edited"][0]["id"], USERS);
    assert_eq!(report["unknown"][0]["id"], PLANS);
}

#[test]
fn the_status_of_a_database_that_cannot_be_reached() {
    let folder = project("postgresql://ada:pa55-Wort@127.0.0.1:1/app");
    revision(&folder, USERS, "", "SELECT 1;", "SELECT 1;");
    assert_told!(folder.run(&["status", "--wait-for-server", "0s"]), @"
    exit code: 6
    ----- stdout -----
    database    app on 127.0.0.1:1 as ada, direct; unreachable
    pending     not known; the files have 1 revision
    ----- stderr -----
    error: cannot reach the server at `127.0.0.1:1`: Connection refused

    hint: check that the server runs and listens on this host and port, and that no firewall is between
    ");
    let output = folder.output(&["status", "--format", "json", "--wait-for-server", "0s"]);
    assert_eq!(output.status.code(), Some(6));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["database"]["user"], "ada");
    assert_eq!(report["pending"][0]["id"], USERS);
    assert!(report["unreachable"]["message"].is_string());
    let database = TestDatabase::new();
    let output = folder.output(&["status", "-D", &database.missing()]);
    assert_eq!(output.status.code(), Some(6));
}

#[test]
fn the_log() {
    let (database, folder) = three();
    assert_told!(folder.run(&["log"]), @"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    Nothing was ever run on this database
    ");
    assert_eq!(database.relations(), Vec::<String>::new());
    folder.succeed(&["upgrade", USERS]);
    folder.succeed(&["downgrade", "base"]);
    folder.succeed(&["stamp", USERS]);
    // Fails, for the table is not there.
    revision(
        &folder,
        PLANS,
        USERS,
        "ALTER TABLE users ADD COLUMN a int;",
        "SELECT 1;",
    );
    assert_eq!(folder.output(&["upgrade", PLANS]).status.code(), Some(1));
    let all = json(&folder, &["log"]);
    let events = all["events"].as_array().unwrap();
    let told: Vec<String> = events
        .iter()
        .map(|event| {
            let text = |key: &str| event[key].as_str().unwrap_or("-").to_owned();
            format!(
                "{} {} {} {} {} {}",
                text("kind"),
                text("direction"),
                text("revision"),
                text("step_name"),
                text("outcome"),
                text("sqlstate")
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            "step up 8f3c2a91d0b4 main failed 42P01",
            "stamp - - - done -",
            "step down 27c6a30d7c24 main done -",
            "step up 27c6a30d7c24 main done -",
        ]
    );
    assert!(
        events[0]["detail"]["message"]
            .as_str()
            .unwrap()
            .contains("relation \"users\" does not exist")
    );
    assert!(events[3]["duration"].as_f64().unwrap() >= 0.0);
    assert_eq!(events[3]["application"], "limbeck");
    assert_eq!(events[3]["message"], "Revision 27c6a30d7c24");
    let user = database.query("SELECT session_user").remove(0);
    assert_eq!(events[3]["database_user"], user);

    let number = |arguments: &[&str]| {
        let mut all = vec!["log"];
        all.extend(arguments);
        json(&folder, &all)["events"].as_array().unwrap().len()
    };
    // The stamp is of the revision too.
    assert_eq!(number(&["-r", "27c6"]), 3);
    assert_eq!(number(&["-r", "0a0a"]), 0);
    assert_eq!(number(&["--failed"]), 1);
    assert_eq!(number(&["--kind", "stamp"]), 1);
    assert_eq!(number(&["--kind", "stamp", "--kind", "step"]), 4);
    assert_eq!(number(&["-n", "3"]), 3);
    assert_eq!(number(&["--all"]), 4);
    assert_eq!(number(&["--since", "1h"]), 4);
    assert_eq!(number(&["--since", "2000-01-01"]), 4);
    assert_eq!(number(&["--since", "2999-01-01 10:00"]), 0);
    // What no file tells of is still in the journal.
    folder.remove(&path(PLANS));
    folder.remove(&path("0a0a0a0a0a0a"));
    assert_eq!(number(&["-r", "8f3c"]), 1);

    let told = folder.run(&["log"]);
    let lines: Vec<&str> = told.lines().collect();
    assert!(
        lines[2].contains(" up 8f3c2a91d0b4 1 ") && lines[2].ends_with(" failed 42P01"),
        "{told}"
    );
    assert!(lines[3].contains("relation \"users\" does not exist"), "{told}");
    assert!(
        lines[4].contains(" stamp 27c6a30d7c24 ") && lines[4].ends_with(" done"),
        "{told}"
    );
    assert_eq!(lines.len(), 8, "{told}");
}

#[test]
fn a_log_of_what_is_not() {
    let (_database, folder) = three();
    folder.succeed(&["upgrade", "+1"]);
    assert_told!(folder.run(&["log", "-r", "nobody"]), @"
    exit code: 8
    ----- stdout -----
    ----- stderr -----
    error: there is no revision `nobody`

    hint: `limbeck history` lists the revisions
    ");
    assert_told!(folder.run(&["log", "--since", "the day before"]), @"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: `the day before` is no time

    hint: write a span back from now, such as `2h` or `7d`, or a time, such as `2026-11-21` or `2026-11-21 10:00`, which is in UTC
    ");
    assert_told!(folder.run(&["log", "--since", "3 moons"]), @"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: `3 moons` is no time

    hint: write a span back from now, such as `2h` or `7d`, or a time, such as `2026-11-21` or `2026-11-21 10:00`, which is in UTC
    ");
    assert_told!(folder.run(&["log", "--limit", "0"]), @"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: invalid value '0' for '--limit <NUMBER>': 0 is not in 1..18446744073709551615

    For more information, try '--help'.
    ");
    // A kind that there is not would be an empty answer.
    assert_told!(folder.run(&["log", "--kind", "party"]), @"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: invalid value 'party' for '--kind <KIND>'
      [possible values: step, revision, stamp, accept, import, takeover, cancel-blocker]

      tip: a similar value exists: 'import'

    For more information, try '--help'.
    ");
    for kind in ["revision", "accept", "import", "takeover"] {
        let told = folder.run(&["log", "--kind", kind]);
        assert!(
            told.starts_with("exit code: 0\n") && told.contains("The journal has no such entry"),
            "{told}"
        );
    }
    revision(&folder, "27c6ffffffff", USERS, "SELECT 1;", "SELECT 1;");
    folder.succeed(&["stamp", "27c6ffffffff"]);
    assert_told!(folder.run(&["log", "-r", "27c6"]), @"
    exit code: 8
    ----- stdout -----
    ----- stderr -----
    error: `27c6` is the beginning of several revisions: `[ID]`, `[ID]`

    hint: write more of the identifier
    ");
}

#[test]
fn a_plan_with_counts_and_locks() {
    let (database, folder) = three();
    folder.succeed(&["upgrade", "+2"]);
    database.execute("INSERT INTO public.users (id) VALUES (1), (2)");
    let before = database.relations();
    assert_told!(folder.run(&["plan", "--count", "--locks"]), @r#"
    exit code: 0
    ----- stdout -----
    -- from [ID]

    -- up [ID] Keys
    -- [TIME]_0a0a0a0a0a0a.sql

    -- step keys, loses data, cannot be taken back
    -- requires no users without a name; now 2: the step would not run
    -- locks public.plans against reading and writing (AccessExclusiveLock)
    -- locks public.users against reading and writing, and writes its rows anew (AccessExclusiveLock)
    ALTER TABLE users ALTER COLUMN id TYPE int, ALTER COLUMN name SET NOT NULL;
    ALTER TABLE plans ADD COLUMN owner int;

    -- step concurrent, outside a transaction
    -- requires no owners; cannot be counted now: column "owner" does not exist
    -- locks not known
    CREATE INDEX CONCURRENTLY users_id ON users (id);
    ----- stderr -----
    "#);
    assert_eq!(database.relations(), before);
    let report = json(&folder, &["plan", "--count", "--locks"]);
    let steps = &report["revisions"][0]["steps"];
    assert_eq!(steps[0]["requires"][0]["count"], "2");
    assert_eq!(steps[0]["reversible"], false);
    assert_eq!(steps[0]["locks"][0]["table"], "public.plans");
    assert!(
        steps[1]["requires"][0]["uncounted"]
            .as_str()
            .unwrap()
            .contains("owner")
    );
    assert_eq!(steps[1]["locks"], Value::Null);
    // Without being asked, neither is found out.
    let report = json(&folder, &["plan"]);
    assert_eq!(
        report["revisions"][0]["steps"][0]["requires"][0]["count"],
        Value::Null
    );
    assert_eq!(report["revisions"][0]["steps"][0]["locks"], Value::Null);
}

#[test]
fn a_plan_is_handed_values_as_the_run_is() {
    let database = TestDatabase::new();
    let folder = project(&database.url());
    revision(
        &folder,
        USERS,
        "",
        "CREATE TABLE users (id bigint, tenant text);",
        "DROP TABLE users;",
    );
    folder.write(
        &path(PLANS),
        "-- Plans\n--\n-- limbeck: 1\n-- revision: 8f3c2a91d0b4\n-- revises: 27c6a30d7c24\n-- created: 2026-11-21T10:00:00Z\n\n\
         -- limbeck:require up main \"users of the tenant\"\n\
         SELECT count(*) FROM users WHERE tenant = current_setting('limbeck.x.tenant');\n\
         -- limbeck:up main\n\
         DO $$ BEGIN EXECUTE format('ALTER TABLE %I ADD COLUMN plan int', current_setting('limbeck.x.altered')); END $$;\n",
    );
    folder.succeed(&["upgrade", USERS]);
    database.execute("INSERT INTO public.users VALUES (1, 'acme'), (2, 'other')");
    let report = json(
        &folder,
        &[
            "-x",
            "tenant=acme",
            "-x",
            "altered=users",
            "plan",
            "--count",
            "--locks",
        ],
    );
    let step = &report["revisions"][0]["steps"][0];
    assert_eq!(step["requires"][0]["count"], "1");
    assert_eq!(step["locks"][0]["table"], "public.users");
}

#[test]
fn a_plan_shows_what_one_transaction_would_refuse() {
    let (_database, folder) = three();
    let before = folder.succeed(&["plan"]);
    let configuration = folder.read("limbeck.toml");
    folder.write(
        "limbeck.toml",
        format!("{configuration}\n[run]\nsingle_transaction = true\n"),
    );
    assert_eq!(folder.succeed(&["plan"]), before);
}

#[test]
fn plans_to_targets_of_every_form() {
    let (_database, folder) = three();
    let revisions = |arguments: &[&str]| -> Vec<String> {
        let mut all = vec!["plan"];
        all.extend(arguments);
        let report = json(&folder, &all);
        let revisions = report["revisions"].as_array().unwrap().iter();
        revisions
            .map(|one| one["id"].as_str().unwrap().chars().take(4).collect())
            .collect()
    };
    assert_eq!(revisions(&[]), ["27c6", "8f3c", "0a0a"]);
    assert_eq!(revisions(&["heads"]), ["27c6", "8f3c", "0a0a"]);
    assert_eq!(revisions(&["+1"]), ["27c6"]);
    assert_eq!(revisions(&["8f3c"]), ["27c6", "8f3c"]);
    assert_eq!(revisions(&["head-1"]), ["27c6", "8f3c"]);
    assert_eq!(revisions(&["base+1"]), ["27c6"]);
    assert_eq!(revisions(&["--down", "base"]), Vec::<String>::new());
    folder.succeed(&["upgrade", "8f3c"]);
    assert_eq!(revisions(&["--down", "-1"]), ["8f3c"]);
    assert_eq!(revisions(&["--down", "base"]), ["8f3c", "27c6"]);
    assert_eq!(revisions(&["--down", "27c6"]), ["8f3c"]);
    assert_told!(folder.run(&["plan", "a:b"]), @"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: `a:b` is a range, and a run begins where the database is

    hint: write `limbeck plan b`; a range is for `--sql`
    ");
    assert_told!(folder.run(&["plan", "+5"]), @"
    exit code: 8
    ----- stdout -----
    ----- stderr -----
    error: `+5` goes past the head: there is 1 revision that way

    hint: say `head` to go all the way
    ");
}

/// What only the database's copies can undo is planned as it would be run.
#[test]
fn a_plan_down_without_files() {
    let (_database, folder) = three();
    folder.succeed(&["upgrade", "8f3c"]);
    folder.remove(&path(PLANS));
    folder.remove(&path("0a0a0a0a0a0a"));
    assert_told!(folder.run(&["plan", "--down", "-1"]), @"
    exit code: 0
    ----- stdout -----
    -- from [ID]

    -- down [ID] Revision [ID]
    -- [TIME]_8f3c2a91d0b4.sql

    -- step main
    DROP TABLE plans;
    ----- stderr -----
    note: `[ID]` is undone by what the database keeps of `[TIME]_8f3c2a91d0b4.sql`, not by a file
    ");
    assert_eq!(
        json(&folder, &["plan", "--down", "-1"])["revisions"][0]["stored"],
        "missing"
    );
    let told = folder.run(&["plan"]);
    assert!(told.starts_with("exit code: 8\n"), "{told}");
    let text = folder.read(&path(USERS));
    folder.write(
        &path(USERS),
        text.replace("DROP TABLE users", "DROP TABLE  users"),
    );
    assert_eq!(
        json(&folder, &["plan", "--down", "base"])["revisions"][1]["stored"],
        "edited"
    );
}

#[test]
fn the_status_behind_a_pooler() {
    let folder = project(
        "postgresql://ada:pa55-Wort@ep-x-pooler.eu-central-1.aws.neon.tech:1/app?sslmode=require&hostaddr=127.0.0.1",
    );
    revision(&folder, USERS, "", "SELECT 1;", "SELECT 1;");
    let output = folder.output(&["status", "--format", "json", "--wait-for-server", "0s"]);
    assert_eq!(output.status.code(), Some(6), "{}", folder.told(&output));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["database"]["host"], "ep-x.eu-central-1.aws.neon.tech");
    assert_eq!(report["database"]["pooled"], true);
}
