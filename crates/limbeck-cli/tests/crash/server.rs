//! The servers that a run is disturbed on: one for all tests of a kind, or one that can be stopped at once.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use limbeck_postgres::{Session, SessionOptions, Settings, connect};
use limbeck_server::{Scratch, testing};

/// A server that databases are made on.
pub struct Server {
    administration: Settings,
    made: AtomicUsize,
    copies_files: bool,
    /// The server itself, where it lives no longer than this.
    own: Own,
}

enum Own {
    Scratch(#[allow(dead_code, reason = "ends with this")] Scratch),
    Cluster(Cluster),
}

impl Server {
    /// A server in memory.
    pub async fn scratch() -> Self {
        let scratch = testing::scratch().await;
        Self {
            administration: scratch.settings("postgres"),
            made: AtomicUsize::new(0),
            copies_files: scratch.server_version_num() >= 150_000,
            own: Own::Scratch(scratch),
        }
    }

    /// A server that can be stopped and started again.
    pub async fn that_stops() -> Self {
        let cluster = Cluster::start().await;
        Self {
            administration: cluster.settings(),
            made: AtomicUsize::new(0),
            copies_files: testing::installation().await.version.major >= 15,
            own: Own::Cluster(cluster),
        }
    }

    /// The cluster, where it can be stopped.
    pub fn cluster(&mut self) -> &mut Cluster {
        match &mut self.own {
            Own::Cluster(cluster) => cluster,
            Own::Scratch(_) => panic!("a scratch server does not stop"),
        }
    }

    /// The socket.
    pub fn socket(&self) -> PathBuf {
        self.administration.hosts()[0].socket_file().unwrap()
    }

    /// A copy of a database; of an empty one by default.
    pub async fn create(&self, template: Option<&str>) -> Settings {
        let number = self.made.fetch_add(1, Ordering::Relaxed);
        let name = format!("run_{number}");
        let mut statement = format!(
            "CREATE DATABASE {name} TEMPLATE {}",
            template.unwrap_or("template0")
        );
        if self.copies_files {
            // Without fsync, copying files is several times faster than logging their pages. And a sequence that is
            // copied by its pages gives values once more after the server was stopped at once: what it has set aside
            // is in the log of the original only.
            statement += " STRATEGY FILE_COPY";
        }
        session(&self.administration)
            .await
            .execute(&statement)
            .await
            .unwrap();
        self.administration.with_database(&name)
    }

    /// Drops a database, whoever is connected to it.
    pub async fn drop(&self, database: &Settings) {
        let statement = format!("DROP DATABASE {} WITH (FORCE)", database.database());
        session(&self.administration)
            .await
            .execute(&statement)
            .await
            .unwrap();
    }
}

/// A session of the test itself, past the network.
pub async fn session(settings: &Settings) -> Session {
    connect(settings, &SessionOptions::reading("test")).await.unwrap()
}

/// A cluster of its own with its server.
pub struct Cluster {
    child: Child,
    folder: tempfile::TempDir,
    bin: PathBuf,
    account: Option<(u32, u32)>,
}

/// The port that the socket's name ends in. No port is opened.
const PORT: u16 = 5432;

impl Cluster {
    async fn start() -> Self {
        let bin = testing::installation().await.bin;
        let folder = tempfile::Builder::new()
            .prefix("limbeck-crash-")
            .tempdir_in(if Path::new("/dev/shm").is_dir() {
                "/dev/shm"
            } else {
                "/tmp"
            })
            .unwrap();
        // PostgreSQL refuses to run as root: then it runs as `nobody`.
        let is_root = fs::metadata(folder.path()).unwrap().uid() == 0;
        let account = is_root.then_some((65_534, 65_534));
        if let Some((user, group)) = account {
            chown(folder.path(), Some(user), Some(group)).unwrap();
        }
        let initdb = program(&bin, "initdb", account)
            .args([
                "--no-sync",
                "--auth=trust",
                "--username=postgres",
                "--encoding=UTF8",
                "--locale=C",
                "-D",
            ])
            .arg(folder.path().join("data"))
            .status()
            .unwrap();
        assert!(initdb.success(), "initdb failed");
        let child = postgres(&bin, folder.path(), account);
        let cluster = Self {
            child,
            folder,
            bin,
            account,
        };
        cluster.ready().await;
        cluster
    }

    fn settings(&self) -> Settings {
        Settings::for_socket(self.folder.path(), PORT, "postgres", "postgres")
    }

    /// `pg_ctl stop -m immediate`: every process of the server ends at once, and nothing is written any more.
    pub fn stop_at_once(&mut self) {
        let server = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(server, rustix::process::Signal::QUIT).unwrap();
        self.child.wait().unwrap();
    }

    /// Starts the server again, which recovers what had committed.
    pub async fn start_again(&mut self) {
        self.child = postgres(&self.bin, self.folder.path(), self.account);
        self.ready().await;
    }

    async fn ready(&self) {
        let settings = self.settings();
        for _ in 0..4_000 {
            if connect(&settings, &SessionOptions::reading("test")).await.is_ok() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let log = fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
        panic!("the server does not start:\n{log}");
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            self.stop_at_once();
        }
    }
}

fn program(bin: &Path, name: &str, account: Option<(u32, u32)>) -> Command {
    let mut command = Command::new(bin.join(name));
    command
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    if let Some((user, group)) = account {
        command.uid(user).gid(group);
    }
    command
}

fn postgres(bin: &Path, folder: &Path, account: Option<(u32, u32)>) -> Child {
    let log = fs::OpenOptions::new()
        .append(true)
        .create(true)
        .open(folder.join("log"))
        .unwrap();
    let mut command = program(bin, "postgres", account);
    command
        .arg("-D")
        .arg(folder.join("data"))
        .arg("-k")
        .arg(folder)
        // Stopped at once, it still has what it has handed to the kernel.
        .args(["-F", "-h", "", "-p", &PORT.to_string()])
        .args([
            "-c",
            "shared_buffers=32MB",
            "-c",
            "autovacuum=off",
            "-c",
            "max_wal_size=1GB",
        ])
        .stderr(log);
    command.spawn().unwrap()
}
