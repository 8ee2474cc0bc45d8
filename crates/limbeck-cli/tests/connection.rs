//! Where connections are described: URLs, variables, service files, password files. And that no password is shown.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::print_stderr,
    missing_docs,
    reason = "tests"
)]

mod support;

use limbeck_postgres::Settings;
use support::PASSWORD;
use support::database::TestDatabase;
use support::project::{project, project_without_database};

fn settings(database: &TestDatabase) -> Settings {
    Settings::parse(&database.url()).unwrap()
}

#[test]
fn the_usual_variables_are_taken_in_their_order_and_told() {
    let database = TestDatabase::new();
    let mut folder = project_without_database();
    let nowhere = "postgresql://u@limbeck.invalid/d";
    for (name, next) in [
        ("DATABASE_URL", "NEON_DATABASE_URL"),
        ("NEON_DATABASE_URL", "DATABASE_URL_UNPOOLED"),
        ("DATABASE_URL_UNPOOLED", "LIMBECK_DATABASE_URL"),
    ] {
        // What was set before counts no longer.
        folder.set(name, &database.url());
        let told = folder.run(&["current"]);
        assert!(told.starts_with("exit code: 0\n"), "{told}");
        assert!(
            told.contains(&format!("the database is that of `{name}`")),
            "{told}"
        );
        folder.set(name, nowhere);
        let told = folder.run(&["current"]);
        assert!(
            told.starts_with("exit code: 6\n") && told.contains("limbeck.invalid"),
            "{told}"
        );
        assert!(!told.contains(next), "{told}");
    }
    // What limbeck.toml says goes before them.
    let mut configured = project(&database.url());
    configured.set("DATABASE_URL", nowhere);
    let told = configured.run(&["current"]);
    assert!(
        told.starts_with("exit code: 0\n") && !told.contains("DATABASE_URL"),
        "{told}"
    );
    // Of several databases each has its own.
    let mut several = project_without_database();
    several.write(
        "limbeck.toml",
        "models = [\"src\"]\n[databases.one]\n[databases.two]\n",
    );
    several.set("DATABASE_URL", &database.url());
    let told = several.run(&["current", "--database", "one"]);
    assert!(told.contains("no database is configured"), "{told}");
}

#[test]
fn what_a_url_leaves_out_comes_from_where_psql_takes_it() {
    let database = TestDatabase::new();
    let there = settings(&database);
    let (host, port) = (there.host().into_owned(), there.port().to_string());

    let mut variables = project("postgresql:///");
    for (name, value) in [
        ("PGHOST", host.as_str()),
        ("PGPORT", &port),
        ("PGUSER", there.user()),
        ("PGDATABASE", there.database()),
    ] {
        variables.set(name, value);
    }
    assert!(variables.run(&["current"]).starts_with("exit code: 0\n"));
    variables.set("PGSSLCRL", "list.crl");
    assert_told!(variables.run(&["current"]), @"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: `sslcrl` cannot be used: revocation lists are not checked, in the variable `PGSSLCRL`
    ");

    let section = format!(
        "[shop]\nhost={host}\nport={port}\nuser={}\ndbname={}\n",
        there.user(),
        there.database()
    );
    let service = project("postgresql:///?service=shop");
    assert_told!(service.run(&["current"]), @"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: no service file has the service `shop`

    hint: check the service's name, or name its file by servicefile
    ");
    service.at_home(".pg_service.conf", &section, 0o644);
    assert!(service.run(&["current"]).starts_with("exit code: 0\n"));
    let mut of_system = project("service=shop");
    of_system.write("system/pg_service.conf", section);
    of_system.set("PGSYSCONFDIR", of_system.path().join("system").to_str().unwrap());
    assert!(of_system.run(&["current"]).starts_with("exit code: 0\n"));
}

#[test]
fn what_is_not_used_is_told() {
    let database = TestDatabase::new();
    let folder = project(&format!("{}&load_balance_hosts=random", database.url()));
    folder.at_home(".pgpass", &format!("*:*:*:*:{PASSWORD}\n"), 0o644);
    let told = folder.run(&["current"]);
    assert!(told.starts_with("exit code: 0\n"), "{told}");
    for note in [
        "`load_balance_hosts` changes nothing: hosts are tried in the order given",
        "`passfile` changes nothing: others may read the file; make it yours alone by `chmod 600`",
    ] {
        assert!(told.contains(note), "{told}");
    }
}

#[test]
fn no_password_is_shown_wherever_it_comes_from() {
    let database = TestDatabase::new();
    let there = settings(&database);
    let with_password = there.with_password(Some(PASSWORD.into())).to_url_with_password();
    let plain = database.url();
    let from_a_variable = |name: &str, url: &str, value: &str| {
        let mut folder = project(url);
        folder.set(name, value);
        folder
    };
    let in_a_file = |name: &str, text: &str, url: &str| {
        let folder = project(url);
        folder.at_home(name, text, 0o600);
        folder
    };
    let sources = [
        (
            "the URL",
            from_a_variable("DATABASE_URL", "${DATABASE_URL}", &with_password),
        ),
        ("PGPASSWORD", from_a_variable("PGPASSWORD", &plain, PASSWORD)),
        (
            "a password file",
            in_a_file(".pgpass", &format!("*:*:*:*:{PASSWORD}\n"), &plain),
        ),
        (
            "a service",
            in_a_file(
                ".pg_service.conf",
                &format!("[shop]\npassword={PASSWORD}\n"),
                &format!("{plain}&service=shop"),
            ),
        ),
    ];
    for (source, mut folder) in sources {
        folder.set("LIMBECK_LOG", "trace");
        folder.write(".env", "");
        // That is where the password is known to be, and masked.
        let verified = folder.run(&["verify"]);
        assert!(verified.contains(":********@"), "{source}: {verified}");
        for arguments in [
            &["verify", "--format", "json"][..],
            &["current", "--verbose"],
            &["current", "--format", "json"],
            &["status"],
            &["status", "--format", "json"],
            &["upgrade", "--verbose"],
            &["upgrade", "no-such-revision"],
        ] {
            // Whatever comes of it is searched for the password.
            folder.run(arguments);
        }
        // The same, where the connection fails, and where its settings are wrong.
        for (name, value) in [("PGTARGETSESSIONATTRS", "standby"), ("PGSSLMODE", "wrong")] {
            folder.set(name, value);
            for arguments in [&["current"][..], &["current", "--format", "json"], &["verify"]] {
                let told = folder.run(arguments);
                assert!(!told.starts_with("exit code: 0\n"), "{source} {name}: {told}");
            }
        }
    }
}
