//! No password is ever shown: by no command, whatever goes wrong, wherever the password was written.
//!
//! Whatever the program says and writes in any test is searched for every password of the suite (`support::search`); this
//! is where it is made to say as much as it can.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::print_stderr,
    missing_docs,
    reason = "tests"
)]

mod support;
#[path = "../../limbeck-postgres/tests/tls/server.rs"]
#[allow(dead_code, reason = "another crate's tests use the rest")]
mod tls_server;

use support::project::{configuration, project, project_without_database, revision};
use support::{PASSWORD, SECRETS, TestFolder, search};
use tls_server::TlsServer;

/// Every command that may meet a connection string.
const COMMANDS: [&[&str]; 28] = [
    &["verify"],
    &["revision", "-m", "x"],
    &["revision", "--autogenerate", "-m", "x", "--against", "database"],
    &["baseline"],
    &["import", "sqlx"],
    &["upgrade", "--wait", "0s"],
    &["upgrade", "--sql"],
    &["downgrade", "base", "--wait", "0s"],
    &["downgrade", "a1:base", "--sql"],
    &["plan"],
    &["status"],
    &["log"],
    &["drift"],
    &["accept", "a1"],
    &["current", "-v"],
    &["history", "-i"],
    &["heads"],
    &["branches"],
    &["show", "a1"],
    &["merge"],
    &["check"],
    &["diff", "empty:", "database:"],
    &["stamp", "a1", "--wait", "0s"],
    &["ensure-version", "--wait", "0s"],
    &["server", "status"],
    &["server", "psql"],
    &["list-templates"],
    &["completions", "bash"],
];

/// Makes the program say all it can.
fn talkative(mut folder: TestFolder) -> TestFolder {
    revision(&folder, "a1", "", "CREATE TABLE a (id int);", "DROP TABLE a;");
    folder.set("LIMBECK_LOG", "trace");
    folder.set("RUST_LOG", "trace");
    folder.set("RUST_BACKTRACE", "1");
    folder.set("PGCONNECT_TIMEOUT", "1");
    folder
}

/// Runs every command; what comes of it is searched where it is run. Tells how many of them failed.
fn run_all(folder: &TestFolder, commands: &[&[&str]]) -> usize {
    let mut failed = 0;
    for command in commands {
        for more in [
            &["-vvv", "--no-input", "--wait-for-server", "0s"][..],
            &["--format", "json", "-v", "--no-input", "--wait-for-server", "0s"],
        ] {
            let arguments = [command, more].concat();
            failed += usize::from(!folder.output(&arguments).status.success());
        }
    }
    failed
}

fn closed_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

struct Server {
    runtime: tokio::runtime::Runtime,
    server: TlsServer,
}

impl Server {
    fn start() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let server = runtime.block_on(TlsServer::start());
        Self { runtime, server }
    }

    /// Where the server is, for a URL whose user and password stand before.
    fn place(&self) -> String {
        format!("localhost:{}/postgres?hostaddr=127.0.0.1", self.server.port)
    }
}

#[test]
fn a_server_that_cannot_be_reached() {
    let port = closed_port();
    let folder = talkative(project(&format!("postgresql://u:{PASSWORD}@127.0.0.1:{port}/d")));
    assert!(run_all(&folder, &COMMANDS) > 20);
    let keywords = format!("host=127.0.0.1 port={port} user=u dbname=d password='{PASSWORD}'");
    let folder = talkative(project(&keywords));
    assert!(run_all(&folder, &[&["current"], &["verify"], &["upgrade"]]) == 6);
    let nowhere = talkative(project(&format!("postgresql://u:{PASSWORD}@limbeck.invalid/d")));
    assert!(run_all(&nowhere, &[&["current"], &["verify"], &["upgrade"]]) == 6);
}

#[test]
fn a_password_that_is_wrong_wherever_it_was_written() {
    let server = Server::start();
    let place = server.place();
    let port = server.server.port;
    let no_password = format!("postgresql://plain@{place}");
    let encoded = PASSWORD.replace('-', "%2D");
    let with = |url: &str, name: &str, value: &str| {
        let mut folder = project(url);
        folder.set(name, value);
        folder
    };
    let at_home = |url: &str, name: &str, text: &str, mode: u32| {
        let folder = project(url);
        folder.at_home(name, text, mode);
        folder
    };
    let in_dot_env = |text: &str| {
        let folder = project("${A_URL}");
        folder.write(".env", text);
        folder
    };
    let whole = format!("postgresql://plain:{PASSWORD}@{place}");
    let folders = [
        ("in the URL", project(&whole)),
        (
            "encoded",
            project(&format!("postgresql://plain:{encoded}@{place}")),
        ),
        (
            "as a parameter",
            project(&format!("{no_password}&password={PASSWORD}")),
        ),
        (
            "in keywords",
            project(&format!(
                "host=localhost hostaddr=127.0.0.1 port={port} user=plain dbname=postgres password = '{PASSWORD} x'"
            )),
        ),
        ("in a variable", with("${A_URL}", "A_URL", &whole)),
        (
            "in LIMBECK_DATABASE_URL",
            with("", "LIMBECK_DATABASE_URL", &whole),
        ),
        ("in DATABASE_URL", with("", "DATABASE_URL", &whole)),
        ("in .env", in_dot_env(&format!("A_URL='{whole}'\n"))),
        ("in PGPASSWORD", with(&no_password, "PGPASSWORD", PASSWORD)),
        (
            "in ~/.pgpass",
            at_home(&no_password, ".pgpass", &format!("*:*:*:*:{PASSWORD}\n"), 0o600),
        ),
        (
            "in ~/.pgpass that others may read",
            at_home(&no_password, ".pgpass", &format!("*:*:*:*:{PASSWORD}\n"), 0o644),
        ),
        (
            "in a service",
            at_home(
                &format!("{no_password}&service=s"),
                ".pg_service.conf",
                &format!("[s]\npassword={PASSWORD}\n"),
                0o644,
            ),
        ),
        (
            "in options",
            project(&format!(
                "{no_password}&options=-c%20app.password%3D{PASSWORD}%20-c%20app.secret%3D{PASSWORD}"
            )),
        ),
        (
            "with a database that is not there",
            project(&whole.replace("/postgres?", "/no_such?")),
        ),
        (
            "with a role that is not there",
            project(&whole.replace("plain", "nobody_known")),
        ),
        ("by MD5", project(&whole.replace("plain", "by_md5"))),
        ("as it is", project(&whole.replace("plain", "by_password"))),
    ];
    for (source, folder) in folders {
        let folder = talkative(folder);
        let failed = run_all(
            &folder,
            &[
                &["verify"],
                &["current"],
                &["upgrade"],
                &["status"],
                &["diff", "empty:", "database:"],
            ],
        );
        assert!(failed > 5, "{source}: {failed}");
    }
}

#[test]
fn settings_that_are_wrong_in_themselves() {
    let urls = [
        format!("postgresql://u:{PASSWORD}/x@h/d"),
        format!("postgresql://u:{PASSWORD} x@h/d"),
        format!("postgresql://u:{PASSWORD}'x@h/d"),
        format!("postgresql://u:{PASSWORD}#x@h/d"),
        format!("postgresql://u:{PASSWORD}?x@h/d"),
        format!("postgresql://u:x@{PASSWORD}/x@h/d"),
        format!("postgresql://u:{PASSWORD}%zz%00@h/d"),
        format!("postgresql://u:{PASSWORD}@h:port/d"),
        format!("postgresql://u:{PASSWORD}@h/d?sslmod=require"),
        format!("postgresql://u:{PASSWORD}@h/d?sslmode=wrong"),
        format!("postgresql://u@h/d?sslpassword={PASSWORD}&sslcrl=x"),
        format!("postgresql://u@h/d?passwrd={PASSWORD}"),
        format!("postgresql://u@h/d?service=missing&password={PASSWORD}"),
        format!("postgresql+asyncpg://u:{PASSWORD}@h/d"),
        format!("jdbc:postgresql://h/d?user=u&password={PASSWORD}"),
        format!("mysql://u:{PASSWORD}@h/d"),
        format!("u:{PASSWORD}@h/d"),
        format!("host=h password={PASSWORD} x"),
        format!("host=h password='{PASSWORD}"),
        format!("host=h password={PASSWORD} {PASSWORD}=1"),
        format!("psql postgresql://u:{PASSWORD}@h/d"),
        format!("postgresql://u:{PASSWORD}@h/d?sslrootcert=/no/such/file&sslmode=verify-ca"),
        format!(
            "postgresql://u:{PASSWORD}@127.0.0.1:{}/d?sslcert=/no&sslkey=/no",
            closed_port()
        ),
    ];
    let folder = talkative(project("${A_URL}"));
    for url in &urls {
        for command in [
            &["current"][..],
            &["upgrade"],
            &["diff", "empty:", url],
            &["current", url],
        ] {
            // As an option, and where the command itself takes a database, or takes none.
            for format in ["human", "json"] {
                let arguments = [
                    command,
                    &[
                        "-D",
                        url,
                        "--format",
                        format,
                        "--no-input",
                        "-v",
                        "--wait-for-server",
                        "0s",
                    ],
                ]
                .concat();
                assert!(!folder.output(&arguments).status.success(), "{url} {command:?}");
            }
        }
        // In `limbeck.toml` itself, closed and not, and in `.env`.
        let written = url.replace('"', "");
        let in_file = talkative(project_without_database());
        for text in [
            configuration(&written),
            format!("[database]\nurl = \"{written}\n"),
            format!("[database]\nurl = {written}\n"),
            format!("[database]\nurl = \"{written}\" x\n"),
            format!("[database]\nurll = \"{written}\"\n"),
            format!("[scratch]\nurl = \"{written}\"\n[database]\nurl = 7\n"),
        ] {
            in_file.write("limbeck.toml", text);
            for format in ["human", "json"] {
                assert!(
                    !in_file
                        .output(&["current", "--wait-for-server", "0s", "--format", format])
                        .status
                        .success(),
                    "{url}"
                );
            }
        }
        in_file.write("limbeck.toml", configuration("${A_URL}"));
        for text in [
            format!("A_URL={written}\n"),
            format!("A_URL=\"{written}\n"),
            format!("A_URL '{written}'\n"),
        ] {
            in_file.write(".env", text);
            assert!(
                !in_file
                    .output(&["current", "--wait-for-server", "0s"])
                    .status
                    .success(),
                "{url}"
            );
        }
    }
    // A scratch server that is somewhere else.
    let scratch = talkative(project(""));
    let url = format!("postgresql://u:{PASSWORD}@127.0.0.1:{}/d", closed_port());
    scratch.write(
        "limbeck.toml",
        format!("{}[scratch]\nurl = \"{url}\"\n", configuration("")),
    );
    assert!(
        run_all(
            &scratch,
            &[
                &["check"],
                &["revision", "--autogenerate", "-m", "x"],
                &["verify"]
            ]
        ) >= 4
    );
}

#[test]
fn init_keeps_a_password_where_it_was() {
    let folder = talkative(TestFolder::new());
    let url = format!("postgresql://u:{PASSWORD}@127.0.0.1:{}/d", closed_port());
    folder.write(".env", format!("DATABASE_URL={url}\n"));
    folder.run(&["init", "--no-input"]);
    folder.run(&["verify", "--wait-for-server", "0s"]);
}

#[test]
fn what_a_run_records_and_writes_has_no_password() {
    let server = Server::start();
    server.runtime.block_on(async {
        server
            .server
            .admin("ALTER ROLE plain CREATEDB; GRANT CREATE ON DATABASE postgres TO plain")
            .await;
        server.server.admin("GRANT ALL ON SCHEMA public TO plain").await;
    });
    let password = tls_server::PASSWORD
        .replace('%', "%25")
        .replace('@', "%40")
        .replace(' ', "%20");
    let folder = talkative(project(&format!(
        "postgresql://plain:{password}@{}",
        server.place()
    )));
    assert!(SECRETS.contains(&tls_server::PASSWORD));
    let bad = "DO $$ BEGIN RAISE EXCEPTION 'no'; END $$;";
    for command in [
        &["upgrade"][..],
        &["upgrade", "--sql"],
        &["status"],
        &["log"],
        &["current", "-v"],
        &["verify"],
        &["plan"],
    ] {
        let arguments = [command, &["-vvv"]].concat();
        let output = folder.output(&arguments);
        let told = String::from_utf8_lossy(&output.stderr);
        // There is something to search.
        assert!(told.len() > 100 || command != ["upgrade"], "{command:?} {told}");
    }
    revision(&folder, "b1", "a1", bad, "SELECT 1;");
    assert_eq!(folder.output(&["upgrade", "-vvv"]).status.code(), Some(1));
    folder.output(&["downgrade", "base", "-vvv"]);
    // The journal, whole.
    let rows = server.runtime.block_on(async {
        let session = server.server.as_postgres().await;
        let mut rows = Vec::new();
        for table in ["meta", "head", "lease", "revision", "step", "event"] {
            let sql = format!("SELECT to_jsonb(t)::text FROM limbeck.{table} t");
            rows.extend(
                session
                    .query_text(&sql)
                    .await
                    .unwrap()
                    .into_iter()
                    .flatten()
                    .flatten(),
            );
        }
        rows
    });
    assert!(rows.len() >= 4, "{rows:?}");
    search(rows.join("\n").as_bytes(), &"the journal");
}
