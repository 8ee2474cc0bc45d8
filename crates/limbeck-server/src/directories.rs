//! The folders that servers, binaries and templates live in.

use std::path::PathBuf;

/// Where Limbeck may put things. The caller decides; this crate reads no environment.
///
/// A program run as root must give folders that an unprivileged account can reach (`/var/lib/…`,
/// `/var/cache/…`, `/tmp`, never `/root`), because PostgreSQL refuses to run as root and is then run as
/// `nobody`.
#[derive(Debug, Clone)]
pub struct Directories {
    /// Fetched binaries and cluster templates. May be deleted at any time while no program is running.
    pub cache: PathBuf,
    /// Data of the embedded servers. Holds what users would miss.
    pub data: PathBuf,
    /// Scratch servers, where memory has no room for them.
    pub temporary: PathBuf,
    /// A folder in memory (`/dev/shm`), where the platform has one.
    pub shared_memory: Option<PathBuf>,
}

impl Directories {
    /// Fetched binaries: one folder for each version.
    pub(crate) fn installations(&self) -> PathBuf {
        self.cache.join("postgresql")
    }

    /// Clusters made once and copied for each scratch server.
    pub(crate) fn templates(&self) -> PathBuf {
        self.cache.join("templates")
    }

    /// Clusters that scratch servers go on from.
    pub(crate) fn kept(&self) -> PathBuf {
        self.cache.join("kept")
    }

    /// The embedded servers: one folder for each project.
    pub(crate) fn embedded(&self) -> PathBuf {
        self.data.join("embedded")
    }
}
