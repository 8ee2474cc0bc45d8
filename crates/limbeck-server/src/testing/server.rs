//! A server of a test's own: with settings of its own, stopped and started again as the test wants.

use std::path::PathBuf;
use std::process::{Child, Command};

use limbeck_postgres::Settings;
use rustix::process::{Pid, Signal, kill_process};

use super::SmallDisk;
use crate::account::Account;
use crate::folder;
use crate::installation::Installation;
use crate::scratch::Files;
use crate::{postmaster, template};

/// What is kept is kept, unlike on a scratch server; a crash of the operating system aside.
const OPTIONS: [&str; 2] = ["synchronous_commit=on", "full_page_writes=on"];

/// A server of a test's own, with what it has committed kept over a crash. Dropped, it ends, and its files with it.
#[derive(Debug)]
pub struct TestServer {
    installation: Installation,
    account: Account,
    options: Vec<String>,
    child: Option<Child>,
    small_disk: Option<SmallDisk>,
    files: Files,
}

/// How a server is stopped (`pg_ctl stop`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// Sessions are ended with 57P01, and the cluster is left in order.
    Fast,
    /// At once; the next start recovers.
    Immediate,
}

impl TestServer {
    /// Starts a server with settings such as `max_connections=5`; the later ones win.
    ///
    /// # Panics
    /// When no server can be had: a test that needs one must not pass without.
    pub async fn start(options: &[&str]) -> Self {
        Self::start_of(&super::installation().await, options).await
    }

    /// The same of an installation, such as one of a major version that a test is about.
    ///
    /// # Panics
    /// As [`TestServer::start`].
    pub async fn start_of(installation: &Installation, options: &[&str]) -> Self {
        let mut server = Self::new(installation, options).await;
        server.start_again().await;
        server
    }

    /// The same with a disk of so many MiB beside it, and with its WAL there where that is wanted. `None` where such a
    /// disk cannot be had here (see [`SmallDisk`]); a test should then say so.
    ///
    /// # Panics
    /// As [`TestServer::start`].
    #[allow(clippy::expect_used, reason = "a test without its server must fail")]
    pub async fn start_with_small_disk(options: &[&str], megabytes: u32, has_wal: bool) -> Option<Self> {
        let mut server = Self::new(&super::installation().await, options).await;
        let place = server.files.data().with_file_name("small");
        let disk = SmallDisk::mount(&place, megabytes)?;
        if has_wal {
            let (wal, there) = (server.files.data().join("pg_wal"), place.join("pg_wal"));
            folder::copy(&wal, &disk.seen_from_here(&there), &server.account).expect("the WAL can be copied");
            std::fs::remove_dir_all(&wal).expect("the WAL can be moved");
            std::os::unix::fs::symlink(&there, &wal).expect("the WAL can be moved");
        }
        server.small_disk = Some(disk);
        server.start_again().await;
        Some(server)
    }

    #[allow(clippy::expect_used, reason = "a test without its server must fail")]
    async fn new(installation: &Installation, options: &[&str]) -> Self {
        let account = Account::for_servers().expect("there is an account for PostgreSQL");
        let directories = super::directories();
        let template = template::find_or_create(installation, &account, &directories, &|_| ())
            .await
            .expect("a cluster is made");
        let files = Files::create(&directories, &account).expect("there is room for a cluster");
        folder::copy(&template, &files.data(), &account).expect("a cluster is copied");
        Self {
            installation: installation.clone(),
            account,
            options: OPTIONS
                .iter()
                .chain(options)
                .map(|&option| option.to_owned())
                .collect(),
            child: None,
            small_disk: None,
            files,
        }
    }

    /// Starts it again, after [`TestServer::stop`] or after it has ended by itself.
    ///
    /// # Panics
    /// When it does not start.
    #[allow(clippy::expect_used, reason = "a test without its server must fail")]
    pub async fn start_again(&mut self) {
        let (data, log) = (self.files.data(), self.files.log());
        let installation = self.installation.clone();
        let child = self.start_unready();
        postmaster::ready(child, &installation, &data, &log)
            .await
            .expect("the server starts");
    }

    /// Starts it, and does not wait until it takes sessions, as one that recovers does not for a while.
    ///
    /// # Panics
    /// When it cannot be run.
    #[allow(clippy::expect_used, reason = "a test without its server must fail")]
    pub fn start_unready(&mut self) -> &mut Child {
        let child = postmaster::spawn(self.command(), &self.files.log()).expect("PostgreSQL can be run");
        self.child.insert(child)
    }

    fn command(&self) -> Command {
        let mut command = match &self.small_disk {
            None => self.files.command(&self.installation, &self.account),
            Some(disk) => disk.enter(
                &self.files.command(&self.installation, &Account::Own),
                &self.account,
            ),
        };
        for option in &self.options {
            command.args(["-c", option]);
        }
        command
    }

    /// Stops it, and waits until it has ended.
    ///
    /// # Panics
    /// When it does not end.
    #[allow(clippy::expect_used, reason = "a test without its server must fail")]
    pub fn stop(&mut self, how: Stop) {
        let Some(mut child) = self.child.take() else {
            return;
        };
        let signal = match how {
            Stop::Fast => Signal::INT,
            Stop::Immediate => Signal::QUIT,
        };
        // One that has ended by itself is no error.
        let _ = kill_process(Pid::from_child(&child), signal);
        child.wait().expect("the server can be waited for");
    }

    /// Settings for the next start, which win over those before.
    pub fn options(&mut self, options: &[&str]) {
        self.options
            .extend(options.iter().map(|&option| option.to_owned()));
    }

    /// How to connect to a database as the superuser, by the socket. The template has the maintenance database alone.
    #[must_use]
    pub fn settings(&self, database: &str) -> Settings {
        self.files.settings().with_database(database)
    }

    /// The data directory: for `pg_hba.conf` and signal files.
    #[must_use]
    pub fn data_directory(&self) -> PathBuf {
        self.files.data()
    }

    /// Where the small disk is, as the server sees it.
    #[must_use]
    pub fn small_disk(&self) -> Option<&SmallDisk> {
        self.small_disk.as_ref()
    }

    /// What the server has logged.
    #[must_use]
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.files.log()).unwrap_or_default()
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            postmaster::kill(child);
        }
    }
}
