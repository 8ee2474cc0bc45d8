//! A throwaway server of our own.

use std::path::{Path, PathBuf};
use std::process::{Child, Command};

use limbeck_postgres::Settings;

use crate::account::Account;
use crate::cluster::{MAINTENANCE_DATABASE, SUPERUSER};
use crate::directories::Directories;
use crate::error::ServerError;
use crate::event::{Event, Events};
use crate::folder;
use crate::guard::Guard;
use crate::installation::Installation;
use crate::kept::{self, Kept};
use crate::{postmaster, program, random, socket, template};

/// Room in memory that a scratch server wants: its cluster is 20 MB, a copied database 7 MB.
const ROOM: u64 = 256 * 1024 * 1024;

/// The port that the socket's name ends in. No port is opened.
const PORT: u16 = 5432;

/// Never durable, small, quiet, and with locks for thousands of tables in one transaction.
const OPTIONS: [&str; 20] = [
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "autovacuum=off",
    "wal_level=minimal",
    "max_wal_senders=0",
    "max_wal_size=1GB",
    "checkpoint_timeout=1d",
    "max_logical_replication_workers=0",
    "max_connections=64",
    "max_locks_per_transaction=1024",
    "shared_buffers=32MB",
    // Segments are files of the cluster then, and vanish with it.
    "dynamic_shared_memory_type=mmap",
    "jit=off",
    "listen_addresses=",
    "unix_socket_permissions=0700",
    "logging_collector=off",
    "log_destination=stderr",
    "log_checkpoints=off",
    "cluster_name=limbeck_scratch",
];

/// A running server. Dropping it kills it and removes its folders.
#[derive(Debug)]
pub(super) struct OwnServer {
    child: Child,
    files: Files,
}

impl OwnServer {
    pub(super) async fn start(
        installation: &Installation,
        directories: &Directories,
        events: Events<'_>,
    ) -> Result<Self, ServerError> {
        let account = Account::for_servers()?;
        let template = template::find_or_create(installation, &account, directories, events).await?;
        Self::start_with(installation, &account, directories, &template, events).await
    }

    /// Starts from a cluster that was kept. `None` where it was replaced meanwhile.
    pub(super) async fn start_from(
        kept: &Kept,
        installation: &Installation,
        directories: &Directories,
        events: Events<'_>,
    ) -> Result<Option<Self>, ServerError> {
        let account = Account::for_servers()?;
        let server = Self::start_with(installation, &account, directories, &kept.data(), events).await?;
        Ok(kept.is_still_there().then_some(server))
    }

    async fn start_with(
        installation: &Installation,
        account: &Account,
        directories: &Directories,
        cluster: &Path,
        events: Events<'_>,
    ) -> Result<Self, ServerError> {
        events(Event::Starting {
            version: installation.version,
        });
        let files = Files::create(directories, account)?;
        folder::copy(cluster, &files.data(), account)?;
        let child = postmaster::spawn(files.command(installation, account), &files.log())?;
        let mut server = Self { child, files };
        let (data, log) = (server.files.data(), server.files.log());
        postmaster::ready(&mut server.child, installation, &data, &log).await?;
        Ok(server)
    }

    /// Stops the server and keeps its cluster.
    pub(super) async fn keep(
        &mut self,
        installation: &Installation,
        directories: &Directories,
        key: &str,
        note: &str,
    ) -> Result<(), ServerError> {
        if !postmaster::stop(&mut self.child).await {
            return Err(ServerError::Start {
                version: installation.version,
                log: program::tail(&std::fs::read(self.files.log()).unwrap_or_default()),
            });
        }
        kept::keep(&self.files.data(), installation, directories, key, note)
    }

    /// How to reach the maintenance database as the superuser.
    pub(super) fn settings(&self) -> Settings {
        self.files.settings()
    }
}

impl Drop for OwnServer {
    fn drop(&mut self) {
        postmaster::kill(&mut self.child);
    }
}

/// The folders of a server, and the guard over them. Dropped after the server that uses them.
#[derive(Debug)]
pub(crate) struct Files {
    folder: PathBuf,
    socket: PathBuf,
    guard: Guard,
}

impl Files {
    pub(crate) fn create(directories: &Directories, account: &Account) -> Result<Self, ServerError> {
        let in_memory = directories
            .shared_memory
            .as_deref()
            .filter(|memory| folder::has_room(memory, ROOM))
            .and_then(|memory| Self::new_folder(memory, account).ok());
        let folder = match in_memory {
            Some(folder) => folder,
            None => {
                folder::create_reachable(&directories.temporary, account)?;
                Self::new_folder(&directories.temporary, account)?
            }
        };
        let socket = socket::folder_for(&folder, account)?;
        let mut folders = vec![folder.as_path()];
        if socket != folder {
            folders.push(&socket);
        }
        let guard = Guard::start(&folders)?;
        Ok(Self {
            guard,
            folder,
            socket,
        })
    }

    fn new_folder(parent: &Path, account: &Account) -> Result<PathBuf, ServerError> {
        let folder = parent.join(format!("limbeck-{}", random::text()));
        folder::create_private(&folder, account)?;
        Ok(folder)
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    pub(crate) fn log(&self) -> PathBuf {
        self.folder.join("log")
    }

    /// How to reach the maintenance database as the superuser.
    pub(crate) fn settings(&self) -> Settings {
        Settings::for_socket(&self.socket, PORT, SUPERUSER, MAINTENANCE_DATABASE)
    }

    pub(crate) fn command(&self, installation: &Installation, account: &Account) -> Command {
        let mut command = program::command(&installation.bin, "postgres", account);
        command
            .arg("-D")
            .arg(self.data())
            .arg("-p")
            .arg(PORT.to_string())
            .arg("-k")
            .arg(&self.socket);
        for option in OPTIONS {
            command.args(["-c", option]);
        }
        if installation.version.major >= 18 {
            command.args(["-c", "io_method=sync"]);
        }
        command
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        for folder in [&self.folder, &self.socket] {
            let _ = std::fs::remove_dir_all(folder);
        }
        self.guard.dismiss();
    }
}
