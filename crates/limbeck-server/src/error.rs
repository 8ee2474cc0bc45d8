//! What can go wrong with a server.

use std::io;
use std::path::{Path, PathBuf};

use limbeck_postgres::{ConnectError, DatabaseError};

use crate::version::ServerVersion;

/// A server could not be made, started, reached or stopped.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServerError {
    /// Run as root on a system without an account to run PostgreSQL as.
    #[error(
        "PostgreSQL refuses to run as root, and this system has neither an account `nobody` nor `postgres`"
    )]
    NoUnprivilegedAccount,
    /// A file or folder could not be used.
    #[error("cannot {action} `{}`: {source}", path.display())]
    File {
        /// What was tried, as a verb.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// Run as root, and the account that PostgreSQL runs as cannot enter a folder that it needs.
    #[error("PostgreSQL refuses to run as root and is run as `{account}`, which cannot enter `{}`", folder.display())]
    Unreachable {
        /// The folder.
        folder: PathBuf,
        /// The account.
        account: String,
    },
    /// One of PostgreSQL's programs could not be run at all.
    #[error("cannot run `{}`: {source}", program.display())]
    Program {
        /// The program.
        program: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// A cluster could not be made.
    #[error("`{program}` of PostgreSQL {version} could not make a cluster: {output}")]
    Cluster {
        /// The program that failed.
        program: &'static str,
        /// The version of the binaries.
        version: ServerVersion,
        /// The last lines that it printed.
        output: String,
    },
    /// The server ended, or did not answer, while it was being started.
    #[error("PostgreSQL {version} did not start: {log}")]
    Start {
        /// The version of the binaries.
        version: ServerVersion,
        /// The last lines of its log.
        log: String,
    },
    /// No folder is short enough for a socket.
    #[error(
        "no folder with a path short enough for a socket could be made; tried {}",
        list(tried)
    )]
    SocketPath {
        /// The folders that were tried.
        tried: Vec<PathBuf>,
    },
    /// Another process holds the lock for longer than is reasonable.
    #[error("another process has been holding `{}` for {seconds} s", lock.display())]
    Locked {
        /// The locked file.
        lock: PathBuf,
        /// How long it was waited for, in seconds.
        seconds: u64,
    },
    /// The data of the embedded server belongs to another major version than the binaries.
    #[error(
        "the embedded server's data in `{}` is of PostgreSQL {data}, which the binaries of {binaries} cannot read",
        data_directory.display()
    )]
    DataMajor {
        /// The data directory.
        data_directory: PathBuf,
        /// The major version that made the data.
        data: u32,
        /// The version of the binaries.
        binaries: ServerVersion,
    },
    /// The embedded server was asked to stop and is still there.
    #[error("the embedded server (process {pid}) is still running {seconds} s after it was told to stop")]
    Stop {
        /// The server's process.
        pid: i32,
        /// How long it was waited for, in seconds.
        seconds: u64,
    },
    /// A file of the embedded server is not as Limbeck wrote it.
    #[error("`{}` is damaged: {reason}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The role on the server for scratch databases is not allowed to make any.
    #[error("the role `{role}` may not create databases on the server for scratch databases")]
    MayNotCreateDatabases {
        /// The role.
        role: String,
    },
    /// The server could not be connected to.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// A statement failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

impl ServerError {
    /// For `map_err` on operations with files.
    pub(crate) fn file(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_path_buf();
        move |source| Self::File { action, path, source }
    }

    /// What to do next, where there is something to say.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::NoUnprivilegedAccount => {
                Some("run this as an ordinary user, or set `[scratch] url` to a server that is running".to_owned())
            }
            Self::File { source, path, .. } if source.kind() == io::ErrorKind::PermissionDenied => Some(format!(
                "the account that runs this must be able to write in `{}`",
                path.parent().unwrap_or(path).display()
            )),
            Self::File { source, .. } if source.kind() == io::ErrorKind::StorageFull => {
                Some("make room on that file system and run this again".to_owned())
            }
            Self::Program { source, .. } if source.kind() == io::ErrorKind::PermissionDenied => Some(
                "PostgreSQL refuses to run as root and is run as `nobody`, which must be able to read and run \
                 its programs: put them outside `/root`, or run this as an ordinary user"
                    .to_owned(),
            ),
            Self::Unreachable { account, .. } => Some(format!(
                "choose folders that `{account}` can enter (LIMBECK_CACHE_DIR, LIMBECK_DATA_DIR, TMPDIR), not below \
                 `/root`, or run this as an ordinary user"
            )),
            Self::Cluster { .. } | Self::Start { .. } => Some(
                "choose other binaries with `[server] bin` or LIMBECK_POSTGRES_BIN, or set `[scratch] url` to a \
                 server that is running"
                    .to_owned(),
            ),
            Self::SocketPath { .. } => Some("make `/tmp` writable for the account that runs this".to_owned()),
            Self::Locked { lock, .. } => Some(format!(
                "if no other `limbeck` is running, delete `{}` and run this again",
                lock.display()
            )),
            Self::DataMajor { data, data_directory, .. } => Some(format!(
                "run `limbeck server install {data}`, or move `{}` away to begin with an empty database",
                data_directory.display()
            )),
            Self::Stop { pid, .. } => {
                Some(format!("sessions may be finishing their work; `kill -QUIT {pid}` stops it at once"))
            }
            Self::Damaged { path, .. } => Some(format!("move `{}` away; it is made anew", path.display())),
            Self::MayNotCreateDatabases { role } => {
                Some(format!("run `ALTER ROLE \"{role}\" CREATEDB` there as a superuser, or use another `[scratch] url`"))
            }
            Self::Connect(error) => error.hint(),
            _ => None,
        }
    }
}

fn list(paths: &[PathBuf]) -> String {
    let paths: Vec<_> = paths.iter().map(|path| format!("`{}`", path.display())).collect();
    paths.join(", ")
}
