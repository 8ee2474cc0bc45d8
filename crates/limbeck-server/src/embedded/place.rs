//! The folder of one project's server, and the small files in it.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::account::Account;
use crate::directories::Directories;
use crate::error::ServerError;
use crate::{folder, socket};

/// Characters of the project's name that the folder's name keeps, so that people recognise it.
const NAME: usize = 20;

/// Where the server of one project lives.
#[derive(Debug)]
pub(super) struct Place {
    /// The folder with everything.
    pub(super) folder: PathBuf,
    /// Tells projects apart.
    pub(super) hash: String,
    project: PathBuf,
}

/// What is remembered about a project's server.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Record {
    /// The project's path, links resolved.
    pub(super) project: PathBuf,
    /// The port, kept from start to start: applications have it in their settings.
    pub(super) port: u16,
    /// What stays the same when the project's folder is moved within its file system.
    identity: Option<Identity>,
}

/// The number of a folder and the time it was made. Numbers alone are used again for new folders.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Identity {
    inode: u64,
    created: u128,
}

impl Identity {
    fn of(project: &Path) -> Option<Self> {
        let metadata = fs::metadata(project).ok()?;
        let created = metadata.created().ok()?.duration_since(UNIX_EPOCH).ok()?;
        Some(Self {
            inode: metadata.ino(),
            created: created.as_nanos(),
        })
    }
}

impl Record {
    pub(super) fn new(project: &Path, port: u16) -> Result<Self, ServerError> {
        let project = canonical(project)?;
        Ok(Self {
            identity: Identity::of(&project),
            project,
            port,
        })
    }
}

impl Place {
    /// The place for the server of the project in this folder, whether or not there is one.
    pub(super) fn of(project: &Path, directories: &Directories) -> Result<Self, ServerError> {
        let project = canonical(project)?;
        let hash = Sha256::digest(project.as_os_str().as_encoded_bytes());
        let hash: String = hash.iter().take(6).map(|byte| format!("{byte:02x}")).collect();
        let name: String = project
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .chars()
            .take(NAME)
            .collect();
        let name = name.replace(|character: char| !character.is_ascii_alphanumeric(), "-");
        Ok(Self {
            folder: directories.embedded().join(format!("{name}-{hash}")),
            hash,
            project,
        })
    }

    pub(super) fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    pub(super) fn lock(&self) -> PathBuf {
        self.folder.join("lock")
    }

    pub(super) fn log(&self) -> PathBuf {
        self.folder.join("server.log")
    }

    /// The major version of the data, when there is data.
    pub(super) fn major(&self) -> Result<Option<u32>, ServerError> {
        let path = self.data().join("PG_VERSION");
        let Some(text) = read(&path)? else { return Ok(None) };
        match text.trim().parse() {
            Ok(major) => Ok(Some(major)),
            Err(_) => Err(ServerError::Damaged {
                path,
                reason: format!("`{}` is no version", text.trim()),
            }),
        }
    }

    /// An empty folder for the socket that only the server's account can enter. What a killed server left in it
    /// names a process that may be another program's by now.
    pub(super) fn socket_folder(&self, account: &Account) -> Result<PathBuf, ServerError> {
        let own = self.folder.join("socket");
        let user = rustix::process::geteuid().as_raw();
        let short = Path::new(socket::SHORT).join(format!("limbeck-{user}-{}", self.hash));
        let folder = if socket::fits(&own) { own } else { short };
        match folder::create_private(&folder, account) {
            Ok(()) => Ok(folder),
            Err(ServerError::File { source, .. }) if source.kind() == io::ErrorKind::AlreadyExists => {
                // Anybody can make folders below `/tmp`.
                let metadata = fs::symlink_metadata(&folder).map_err(ServerError::file("read", &folder))?;
                let private =
                    metadata.is_dir() && metadata.uid() == account.uid() && metadata.mode() & 0o077 == 0;
                if private {
                    empty(&folder)?;
                    Ok(folder)
                } else {
                    Err(ServerError::SocketPath { tried: vec![folder] })
                }
            }
            Err(error) => Err(error),
        }
    }

    pub(super) fn record(&self) -> Result<Option<Record>, ServerError> {
        let path = self.folder.join("server.json");
        let Some(text) = read(&path)? else { return Ok(None) };
        match serde_json::from_str(&text) {
            Ok(record) => Ok(Some(record)),
            Err(error) => Err(ServerError::Damaged {
                path,
                reason: error.to_string(),
            }),
        }
    }

    pub(super) fn write_record(&self, record: &Record) -> Result<(), ServerError> {
        let path = self.folder.join("server.json");
        let text = serde_json::to_string_pretty(record).map_err(|error| ServerError::Damaged {
            path: path.clone(),
            reason: error.to_string(),
        })?;
        self.replace(&path, &format!("{text}\n"))
    }

    pub(super) fn password(&self) -> Result<Option<String>, ServerError> {
        let text = read(&self.password_file())?;
        Ok(text
            .map(|text| text.trim().to_owned())
            .filter(|password| !password.is_empty()))
    }

    pub(super) fn write_password(&self, password: &str) -> Result<(), ServerError> {
        self.replace(&self.password_file(), &format!("{password}\n"))
    }

    /// For a new cluster, which has no password yet.
    pub(super) fn forget_password(&self) -> Result<(), ServerError> {
        let path = self.password_file();
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(ServerError::file("remove", &path)(error))
            }
            _ => Ok(()),
        }
    }

    /// The place of the server of this project under the path that it had before it was moved here.
    pub(super) fn former(&self, directories: &Directories) -> Option<(PathBuf, Self)> {
        let identity = Identity::of(&self.project)?;
        let entries = fs::read_dir(directories.embedded()).ok()?;
        entries.flatten().find_map(|entry| {
            let place = Self {
                folder: entry.path(),
                hash: String::new(),
                project: PathBuf::new(),
            };
            let record = place.record().ok()??;
            let moved = record.identity.as_ref() == Some(&identity) && !record.project.exists();
            moved.then_some((record.project, place))
        })
    }

    fn password_file(&self) -> PathBuf {
        self.folder.join("password")
    }

    /// Writes a file that only this account can read, whole or not at all.
    fn replace(&self, path: &Path, text: &str) -> Result<(), ServerError> {
        let unfinished = path.with_extension("new");
        OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&unfinished)
            .and_then(|mut file| file.write_all(text.as_bytes()).and_then(|()| file.sync_all()))
            .and_then(|()| fs::rename(&unfinished, path))
            .map_err(ServerError::file("write", path))
    }
}

fn canonical(project: &Path) -> Result<PathBuf, ServerError> {
    project.canonicalize().map_err(ServerError::file("find", project))
}

fn empty(folder: &Path) -> Result<(), ServerError> {
    for entry in fs::read_dir(folder)
        .map_err(ServerError::file("read the folder", folder))?
        .flatten()
    {
        fs::remove_file(entry.path()).map_err(ServerError::file("remove", &entry.path()))?;
    }
    Ok(())
}

fn read(path: &Path) -> Result<Option<String>, ServerError> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(ServerError::file("read", path)(error)),
    }
}
