//! Ctrl-C and SIGTERM at every phase of a run, and a runner that is stopped and woken.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::print_stderr,
    missing_docs,
    reason = "tests"
)]

mod support;

use std::io::{self, BufRead as _, BufReader};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use limbeck_postgres::{SessionOptions, Settings, connect};
use support::TestFolder;
use support::database::TestDatabase;
use support::project::{project, revision};
use tokio::runtime::Builder;

const UP: &str = "CREATE TABLE users (id bigint PRIMARY KEY);";
const DOWN: &str = "DROP TABLE users;";
const SLEEPS: &str =
    "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND wait_event = 'PgSleep'";
const WAITS: &str =
    "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND wait_event_type = 'Lock'";

/// A program that runs, and what it has told on stderr so far.
struct Running {
    child: Child,
    told: Arc<Mutex<String>>,
    reader: thread::JoinHandle<()>,
}

impl Running {
    fn begin(folder: &TestFolder, arguments: &[&str]) -> Self {
        let mut command = folder.command(arguments);
        let mut child = command
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let told = Arc::new(Mutex::new(String::new()));
        let (stderr, shared) = (child.stderr.take().unwrap(), Arc::clone(&told));
        let reader = thread::spawn(move || {
            for line in BufReader::new(stderr).lines() {
                let mut told = shared.lock().unwrap();
                told.push_str(&line.unwrap());
                told.push('\n');
            }
        });
        Self { child, told, reader }
    }

    fn signal(&self, signal: &str) {
        let sent = Command::new("kill")
            .args([signal, &self.child.id().to_string()])
            .status()
            .unwrap();
        assert!(sent.success());
    }

    fn has_told(&self, text: &str) -> bool {
        self.told.lock().unwrap().contains(text)
    }

    /// The exit code, and all that it has told.
    fn end(mut self) -> (Option<i32>, String) {
        let status = self.child.wait().unwrap();
        self.reader.join().unwrap();
        let told = self.told.lock().unwrap().clone();
        (status.code(), told)
    }
}

fn until(what: &str, mut is: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is() {
        assert!(begun.elapsed() < Duration::from_secs(60), "never: {what}");
        thread::sleep(Duration::from_millis(10));
    }
}

/// Runs SQL by a session that stays open until the server ends.
fn hold(database: &TestDatabase, sql: &'static str) {
    let settings = Settings::parse(&database.url()).unwrap();
    let (sender, ready) = std::sync::mpsc::channel();
    thread::spawn(move || {
        Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap()
            .block_on(async {
                let session = connect(&settings, &SessionOptions::running("holder", "public"))
                    .await
                    .unwrap();
                session.execute(sql).await.unwrap();
                sender.send(()).unwrap();
                std::future::pending::<()>().await;
            });
    });
    ready.recv().unwrap();
}

/// Signals a run once a query counts one, and tells how it ended.
fn signalled_when(
    database: &TestDatabase,
    folder: &TestFolder,
    arguments: &[&str],
    query: &str,
) -> Vec<String> {
    [("-INT", 130), ("-TERM", 143)]
        .into_iter()
        .map(|(signal, code)| {
            let running = Running::begin(folder, arguments);
            until(query, || database.query(query) == ["1"]);
            running.signal(signal);
            let (exit, told) = running.end();
            assert_eq!(exit, Some(code), "{told}");
            assert_eq!(database.query("SELECT owner FROM limbeck.lease"), [""], "{told}");
            told
        })
        .collect()
}

#[test]
fn while_it_connects() {
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let folder = project(&format!("postgresql://anna@127.0.0.1:{port}/app"));
    revision(&folder, "27c6a30d7c24", "", UP, DOWN);
    for (command, signal, code) in [
        ("upgrade", "-INT", 130),
        ("upgrade", "-TERM", 143),
        ("current", "-INT", 130),
    ] {
        let running = Running::begin(&folder, &[command]);
        until("it waits for the server", || {
            running.has_told("waiting for the server")
        });
        running.signal(signal);
        let (exit, told) = running.end();
        assert_eq!(exit, Some(code), "{told}");
    }
}

#[test]
fn while_it_waits_for_another_runner() {
    let database = TestDatabase::new();
    let folder = project(&database.url());
    revision(&folder, "27c6a30d7c24", "", UP, DOWN);
    folder.succeed(&["ensure-version"]);
    hold(
        &database,
        "UPDATE limbeck.lease SET token = 7, owner = 'bob', pid = pg_backend_pid(), expires_at = now() + '1 h',
           backend_start = (SELECT backend_start FROM pg_stat_activity WHERE pid = pg_backend_pid())",
    );
    for (signal, code) in [("-INT", 130), ("-TERM", 143)] {
        let running = Running::begin(&folder, &["upgrade"]);
        until("it waits for bob", || running.has_told("Waiting for bob"));
        running.signal(signal);
        let (exit, told) = running.end();
        assert_eq!(exit, Some(code), "{told}");
        assert!(told.contains("interrupted before the first step"), "{told}");
    }
    assert_eq!(
        database.query("SELECT token, owner FROM limbeck.lease"),
        ["7|bob"]
    );
}

#[test]
fn while_it_waits_for_a_lock() {
    let database = TestDatabase::new();
    let folder = project(&database.url());
    revision(&folder, "27c6a30d7c24", "", UP, DOWN);
    folder.succeed(&["upgrade"]);
    revision(
        &folder,
        "8f3c2a91d0b4",
        "27c6a30d7c24",
        "ALTER TABLE users ADD name text;",
        "ALTER TABLE users DROP name;",
    );
    hold(&database, "BEGIN; LOCK TABLE users IN ACCESS SHARE MODE");
    for told in signalled_when(&database, &folder, &["upgrade", "--lock-timeout", "60s"], WAITS) {
        assert!(told.contains("of which nothing was kept"), "{told}");
    }
}

#[test]
fn in_a_step_outside_a_transaction() {
    let database = TestDatabase::new();
    let folder = project(&database.url());
    revision(&folder, "27c6a30d7c24", "", UP, DOWN);
    revision(
        &folder,
        "8f3c2a91d0b4",
        "27c6a30d7c24",
        "SELECT pg_sleep(60);",
        "",
    );
    let file = support::project::path("8f3c2a91d0b4");
    folder.write(
        &file,
        folder
            .read(&file)
            .replace("up main", "up main transaction=no retry=safe"),
    );
    let told = signalled_when(&database, &folder, &["upgrade"], SLEEPS);
    assert!(
        told.iter()
            .all(|told| told.contains("which runs outside a transaction")),
        "{told:?}"
    );
    assert_eq!(
        database.query("SELECT state FROM limbeck.step WHERE revision LIKE '8f3c%'"),
        ["failed"]
    );
    assert_eq!(
        database.query("SELECT revision FROM limbeck.head"),
        ["27c6a30d7c24"]
    );
}

/// A step that takes no notice of being cancelled.
#[test]
fn a_second_one_leaves_at_once() {
    let database = TestDatabase::new();
    let folder = project(&database.url());
    let deaf = "DO $$ BEGIN LOOP BEGIN PERFORM pg_sleep(60); EXCEPTION WHEN query_canceled THEN NULL; END; END LOOP; END $$;";
    revision(&folder, "27c6a30d7c24", "", deaf, "");
    for (signal, code) in [("-INT", 130), ("-TERM", 143)] {
        let running = Running::begin(&folder, &["upgrade"]);
        until("it sleeps", || database.query(SLEEPS) == ["1"]);
        running.signal(signal);
        until("it is told", || running.has_told("once more leaves at once"));
        running.signal(signal);
        assert_eq!(running.end().0, Some(code));
        database.query(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE wait_event = 'PgSleep'",
        );
    }
}

/// A network before a server's socket, which is cut for good.
struct Network {
    port: u16,
    is_cut: Arc<AtomicBool>,
    clients: Arc<Mutex<Vec<TcpStream>>>,
}

impl Network {
    fn before(socket: PathBuf) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let network = Self {
            port: listener.local_addr().unwrap().port(),
            is_cut: Arc::default(),
            clients: Arc::default(),
        };
        let (is_cut, clients) = (Arc::clone(&network.is_cut), Arc::clone(&network.clients));
        thread::spawn(move || {
            while let Ok((client, _)) = listener.accept() {
                if is_cut.load(Ordering::SeqCst) {
                    continue;
                }
                let server = UnixStream::connect(&socket).unwrap();
                let (mut back, mut from) = (client.try_clone().unwrap(), server.try_clone().unwrap());
                let (mut forth, mut to) = (client.try_clone().unwrap(), server);
                clients.lock().unwrap().push(client);
                thread::spawn(move || io::copy(&mut from, &mut back));
                thread::spawn(move || {
                    let _ = io::copy(&mut forth, &mut to);
                    let _ = to.shutdown(Shutdown::Both);
                });
            }
        });
        network
    }

    fn cut(&self) {
        self.is_cut.store(true, Ordering::SeqCst);
        for client in self.clients.lock().unwrap().iter() {
            let _ = client.shutdown(Shutdown::Both);
        }
    }
}

#[test]
fn while_it_connects_again() {
    for (signal, code) in [("-INT", 130), ("-TERM", 143)] {
        let database = TestDatabase::new();
        let there = Settings::parse(&database.url()).unwrap();
        let network = Network::before(there.hosts()[0].socket_file().unwrap());
        let folder = project(&format!(
            "postgresql://{}@127.0.0.1:{}/{}?sslmode=disable",
            there.user(),
            network.port,
            there.database()
        ));
        revision(&folder, "27c6a30d7c24", "", UP, DOWN);
        revision(
            &folder,
            "8f3c2a91d0b4",
            "27c6a30d7c24",
            "SELECT pg_sleep(3);",
            "SELECT 1;",
        );
        let running = Running::begin(&folder, &["upgrade"]);
        until("it sleeps", || database.query(SLEEPS) == ["1"]);
        network.cut();
        until("it waits for the server", || {
            running.has_told("waiting for the server")
        });
        running.signal(signal);
        let (exit, told) = running.end();
        assert_eq!(exit, Some(code), "{told}");
        assert!(
            told.contains("warning: the connection to the server was lost: ")
                && told.contains(
                    "in step `main` of revision `8f3c2a91d0b4`, of which it is not known whether it was kept"
                ),
            "{told}"
        );
        // It was on its way to its end, and is found there.
        folder.succeed(&["upgrade", "-D", &database.url()]);
        assert_eq!(
            database.query("SELECT count(*) FROM limbeck.event WHERE kind = 'step' AND outcome = 'done'"),
            ["2"]
        );
    }
}

/// A server that is restarted ends every session as an administrator would; a run tells that from one who means it.
#[test]
fn a_server_that_is_restarted_is_waited_for() {
    let folder = project("embedded:");
    revision(&folder, "27c6a30d7c24", "", UP, DOWN);
    revision(
        &folder,
        "8f3c2a91d0b4",
        "27c6a30d7c24",
        "SELECT pg_sleep(4);",
        "SELECT 1;",
    );
    folder.succeed(&["server", "start"]);
    let status = folder.output(&["server", "status", "--show-password", "--format", "json"]);
    let status = String::from_utf8(status.stdout).unwrap();
    let url = status
        .lines()
        .find_map(|line| line.trim().strip_prefix("\"url\": \"")?.strip_suffix('"'))
        .unwrap();
    let settings = Settings::parse(url).unwrap();
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let count = |sql: &str| {
        runtime.block_on(async {
            let session = connect(&settings, &SessionOptions::reading("test"))
                .await
                .unwrap();
            session
                .query_text(sql)
                .await
                .unwrap()
                .remove(0)
                .remove(0)
                .unwrap()
        })
    };
    let running = Running::begin(&folder, &["upgrade"]);
    until("it sleeps", || count(SLEEPS) == "1");
    folder.succeed(&["server", "stop"]);
    until("it waits for the server", || {
        running.has_told("waiting for the server")
    });
    folder.succeed(&["server", "start"]);
    let (exit, told) = running.end();
    let done = count("SELECT count(*) FROM limbeck.event WHERE kind = 'step' AND outcome = 'done'");
    folder.succeed(&["server", "stop"]);
    assert_eq!(exit, Some(0), "{told}");
    assert!(
        told.contains("terminating connection due to administrator command"),
        "{told}"
    );
    assert!(told.contains("Going on where it stopped: 1 step left"), "{told}");
    assert_eq!(done, "2", "{told}");
}

/// Stopped for longer than its lease lasts, in a step and outside of one; woken, it finds nothing left to do.
#[test]
fn a_runner_that_was_stopped_past_its_lease() {
    for (first, options) in [
        ("SELECT pg_sleep(1);", ""),
        ("SELECT pg_sleep(30);", " transaction=no retry=safe"),
    ] {
        let database = TestDatabase::new();
        let folder = project(&database.url());
        revision(&folder, "27c6a30d7c24", "", UP, DOWN);
        revision(&folder, "8f3c2a91d0b4", "27c6a30d7c24", first, "SELECT 1;");
        revision(
            &folder,
            "9a4d3b02e1c5",
            "8f3c2a91d0b4",
            "CREATE TABLE plans ();",
            "DROP TABLE plans;",
        );
        let file = support::project::path("8f3c2a91d0b4");
        folder.write(
            &file,
            folder
                .read(&file)
                .replace("up main", &format!("up main{options}")),
        );
        let stopped = Running::begin(&folder, &["upgrade", "--lease", "600ms"]);
        until("it sleeps", || database.query(SLEEPS) == ["1"]);
        stopped.signal("-STOP");
        until("its lease runs out", || {
            database.query("SELECT count(*) FROM limbeck.lease WHERE expires_at < clock_timestamp()") == ["1"]
        });
        let other = Running::begin(&folder, &["upgrade"]);
        if options.is_empty() {
            let (exit, told) = other.end();
            assert_eq!(exit, Some(0), "{told}");
            stopped.signal("-CONT");
        } else {
            // The other one ends what was running, and runs it again.
            until("the other one runs it", || {
                database.query("SELECT count(*) FROM limbeck.step WHERE state = 'running' AND attempt = 2")
                    == ["1"]
            });
            stopped.signal("-CONT");
            until("it is told", || stopped.has_told("Waiting for"));
            database
                .execute("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'PgSleep'");
            assert_eq!(other.end().0, Some(1));
            until("it is its turn", || {
                database.query("SELECT count(*) FROM limbeck.step WHERE state = 'running' AND attempt = 3")
                    == ["1"]
            });
            until("it sleeps", || database.query(SLEEPS) == ["1"]);
            stopped.signal("-INT");
            assert_eq!(stopped.end().0, Some(130));
            continue;
        }
        let (exit, told) = stopped.end();
        assert_eq!(exit, Some(0), "{told}");
        assert!(
            told.contains("Going on where it stopped: nothing is left to do"),
            "{told}"
        );
        assert_eq!(
            database.query("SELECT count(*) FROM limbeck.event WHERE kind = 'step' AND outcome = 'done'"),
            ["3"]
        );
        assert_eq!(database.query("SELECT owner FROM limbeck.lease"), [""]);
    }
}
