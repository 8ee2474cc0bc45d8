//! A server of its own, and a project on it.

use std::process::{Child, Output, Stdio};
use std::time::{Duration, Instant};

use limbeck_postgres::{Session, SessionOptions, Settings};
use limbeck_server::Search;
use limbeck_server::testing::{self, Stop, TestServer};
use tokio::runtime::{Builder, Runtime};

use crate::support::TestFolder;
use crate::support::project::{configuration, file};

/// The database of the project.
pub const DATABASE: &str = "app";

/// A server, a database on it, and a project of that database.
pub struct Site {
    runtime: Runtime,
    pub server: TestServer,
    pub folder: TestFolder,
}

impl Site {
    pub fn new() -> Self {
        Self::with(&[])
    }

    /// With settings of the server.
    pub fn with(options: &[&str]) -> Self {
        Self::on(async || TestServer::start(options).await)
    }

    /// On a server of a major version, fetched where the machine has none.
    pub fn of_major(major: u32) -> Self {
        Self::on(async || {
            let search = Search {
                major: Some(major),
                bin: None,
                ..testing::search()
            };
            let found = limbeck_server::find(&search, &testing::directories(), &|_| ()).await;
            TestServer::start_of(&found.unwrap(), &[]).await
        })
    }

    /// With a disk of so many MiB, as a tablespace `small`, or for the server's WAL.
    pub fn with_small_disk(megabytes: u32, has_wal: bool) -> Option<Self> {
        let runtime = runtime();
        let Some(server) = runtime.block_on(TestServer::start_with_small_disk(&[], megabytes, has_wal))
        else {
            eprintln!(
                "NOT TESTED: a full disk. It takes Linux, and root or a system that lets everybody make user namespaces"
            );
            return None;
        };
        let site = Self::around(runtime, server);
        if !has_wal {
            let folder = site.server.small_disk().unwrap().path().join("tablespace");
            site.execute(&format!("COPY (SELECT) TO PROGRAM 'mkdir {}'", folder.display()));
            site.execute(&format!(
                "CREATE TABLESPACE small LOCATION '{}'",
                folder.display()
            ));
        }
        Some(site)
    }

    fn on(start: impl AsyncFnOnce() -> TestServer) -> Self {
        let runtime = runtime();
        let server = runtime.block_on(start());
        Self::around(runtime, server)
    }

    fn around(runtime: Runtime, server: TestServer) -> Self {
        let site = Self {
            runtime,
            server,
            folder: TestFolder::new(),
        };
        site.execute_in("postgres", &format!("CREATE DATABASE {DATABASE}"));
        site.connect_as("postgres");
        file(
            &site.folder,
            "aaaa",
            "-- revises:\n",
            "CREATE TABLE users (id bigint PRIMARY KEY, name text);\nINSERT INTO users SELECT n, 'x' FROM \
             generate_series(1, 100) AS n;",
            "DROP TABLE users;",
        );
        site
    }

    /// Has the project connect as a role, without a password.
    pub fn connect_as(&self, role: &str) {
        self.configure(&self.settings().with_user(role).to_url_with_password(), "");
    }

    /// Has the project connect as `user:password`.
    pub fn connect_with(&self, credentials: &str) {
        let url = self.settings().to_url_with_password();
        let (scheme, rest) = url.split_once("://").unwrap();
        let (_, host) = rest.split_once('@').unwrap();
        self.configure(&format!("{scheme}://{credentials}@{host}"), "");
    }

    /// Has the project connect by a URL, with more lines of configuration.
    pub fn configure(&self, url: &str, more: &str) {
        self.folder
            .write("limbeck.toml", format!("{}{more}", configuration(url)));
        self.folder.write("src/lib.rs", "");
    }

    pub fn settings(&self) -> Settings {
        self.server.settings(DATABASE)
    }

    /// Writes the revision after `aaaa`, of one step in a transaction.
    pub fn second(&self, up: &str) {
        file(&self.folder, "bbbb", "-- revises: aaaa\n", up, "SELECT 1;");
    }

    /// Writes the revision after `aaaa`, with the options of its step.
    pub fn second_with(&self, options: &str, up: &str) {
        self.second(up);
        let path = crate::support::project::path("bbbb");
        let text = self
            .folder
            .read(&path)
            .replace("up main", &format!("up main {options}"));
        self.folder.write(&path, text.replace("SELECT 1;", "SELECT 1"));
    }

    /// Applies `aaaa`.
    pub fn applied(&self) {
        self.folder.succeed(&["upgrade", "aaaa"]);
    }

    /// Runs `limbeck upgrade`.
    pub fn upgrade(&self) -> Output {
        self.folder.output(&["upgrade"])
    }

    /// Runs it with no fault left: all is applied, and applied once.
    pub fn ends_well(&self) {
        let output = self.upgrade();
        let told = self.folder.told(&output);
        assert!(output.status.success(), "{told}");
        assert_eq!(
            self.query("SELECT revision FROM limbeck.head"),
            ["bbbb"],
            "{told}"
        );
        let twice = "SELECT revision, step FROM limbeck.event WHERE kind = 'step' AND outcome = 'done' GROUP BY 1, 2 HAVING count(*) > 1";
        assert_eq!(self.query(twice), [""; 0], "{told}");
        assert_eq!(self.query("SELECT owner FROM limbeck.lease"), [""], "{told}");
        assert_eq!(
            self.query(
                "SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = indexrelid WHERE NOT indisvalid"
            ),
            [""; 0]
        );
    }

    /// Nothing but `aaaa` is there.
    pub fn only_first(&self) {
        assert_eq!(self.query("SELECT revision FROM limbeck.head"), ["aaaa"]);
        assert_eq!(
            self.query("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace ORDER BY 1"),
            ["users", "users_pkey"]
        );
    }

    /// Begins a command; what it tells is kept.
    pub fn begin(&self, arguments: &[&str]) -> Child {
        let mut command = self.folder.command(arguments);
        command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    }

    /// Waits until a query gives a row.
    pub fn wait_for(&self, query: &str) {
        let began = Instant::now();
        while self.query(query).is_empty() {
            assert!(began.elapsed() < Duration::from_secs(60), "never came: {query}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Waits until a step sleeps (`pg_sleep`).
    pub fn wait_for_sleep(&self) {
        self.wait_for("SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep'");
    }

    pub fn execute(&self, sql: &str) {
        self.execute_in(DATABASE, sql);
    }

    pub fn execute_in(&self, database: &str, sql: &str) {
        self.with_session(database, async |session| session.execute(sql).await.unwrap());
    }

    /// The rows of a query, columns separated by `|`.
    pub fn query(&self, sql: &str) -> Vec<String> {
        self.query_in(DATABASE, sql)
    }

    pub fn query_in(&self, database: &str, sql: &str) -> Vec<String> {
        let rows = self.with_session(database, async |session| session.query_text(sql).await.unwrap());
        let joined = |row: Vec<Option<String>>| {
            row.into_iter()
                .map(Option::unwrap_or_default)
                .collect::<Vec<_>>()
                .join("|")
        };
        rows.into_iter().map(joined).collect()
    }

    /// A session of the superuser that stays open; what it holds, it holds as long.
    pub fn hold(&self, sql: &str) -> Session {
        let session = self.session(DATABASE);
        self.runtime.block_on(session.execute(sql)).unwrap();
        session
    }

    /// Ends a session.
    pub fn close(&self, session: Session) {
        self.runtime.block_on(session.close());
    }

    pub fn stop(&mut self, how: Stop) {
        self.server.stop(how);
    }

    pub fn start_again(&mut self) {
        let Self { runtime, server, .. } = self;
        runtime.block_on(server.start_again());
    }

    /// Starts it where it will take no sessions.
    pub fn start_in_recovery(&mut self) {
        self.server.start_unready();
        let file = self.server.data_directory().join("postmaster.pid");
        let began = Instant::now();
        while !std::fs::read_to_string(&file).is_ok_and(|text| text.contains("standby")) {
            assert!(began.elapsed() < Duration::from_secs(60), "{}", self.server.log());
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    fn session(&self, database: &str) -> Session {
        let options = SessionOptions::running("faults", "public");
        self.runtime
            .block_on(limbeck_postgres::connect(
                &self.server.settings(database),
                &options,
            ))
            .unwrap()
    }

    fn with_session<T>(&self, database: &str, work: impl AsyncFnOnce(&Session) -> T) -> T {
        let session = self.session(database);
        self.runtime.block_on(async {
            let result = work(&session).await;
            session.close().await;
            result
        })
    }
}

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}
