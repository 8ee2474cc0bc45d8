//! Clusters that are kept on disk, for a later scratch server to go on from.
//!
//! Each is a folder: the cluster `data`, and a `note` by which its owner knows what it holds. It is made beside and put
//! into its place by renaming, and who copied it looks at the note once more afterwards.

use std::fs;
use std::path::{Path, PathBuf};

use crate::account::Account;
use crate::directories::Directories;
use crate::error::ServerError;
use crate::folder;
use crate::installation::Installation;
use crate::template;

/// The database that a kept cluster holds besides those of every cluster.
pub(crate) const DATABASE: &str = "kept";

/// A cluster that was kept.
#[derive(Debug, Clone)]
pub struct Kept {
    folder: PathBuf,
    note: String,
}

impl Kept {
    /// What was kept under a key for these binaries.
    #[must_use]
    pub fn find(installation: &Installation, directories: &Directories, key: &str) -> Option<Self> {
        let folder = place(installation, directories, key).ok()?;
        let note = note_in(&folder)?;
        Some(Self { folder, note })
    }

    /// By what its owner knows it.
    #[must_use]
    pub fn note(&self) -> &str {
        &self.note
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// Whether it is still the one that was found.
    pub(crate) fn is_still_there(&self) -> bool {
        note_in(&self.folder).as_ref() == Some(&self.note)
    }
}

fn note_in(folder: &Path) -> Option<String> {
    fs::read_to_string(folder.join("note")).ok()
}

/// Where a cluster is kept.
fn place(installation: &Installation, directories: &Directories, key: &str) -> Result<PathBuf, ServerError> {
    Ok(directories.kept().join(key).join(template::name(installation)?))
}

/// Keeps the cluster of a server that has been stopped, in place of what was kept under this key.
pub(crate) fn keep(
    data: &Path,
    installation: &Installation,
    directories: &Directories,
    key: &str,
    note: &str,
) -> Result<(), ServerError> {
    let place = place(installation, directories, key)?;
    let of_key = directories.kept().join(key);
    let beside = folder::unfinished(&of_key);
    folder::create_reachable(&directories.kept(), &Account::Own)?;
    fs::create_dir(&beside).map_err(ServerError::file("make the folder", &beside))?;
    let kept = beside.join(place.file_name().unwrap_or_default());
    let made = copy(data, &kept, note).and_then(|()| {
        // Those of other binaries go too: one for each key is enough.
        let _ = fs::remove_dir_all(&of_key);
        fs::rename(&beside, &of_key).map_err(ServerError::file("make the folder", &of_key))
    });
    if made.is_err() {
        let _ = fs::remove_dir_all(&beside);
    }
    made
}

fn copy(data: &Path, kept: &Path, note: &str) -> Result<(), ServerError> {
    let parent = kept.parent().unwrap_or(kept);
    if !folder::has_room(parent, folder::size(data).saturating_mul(2)) {
        let full = std::io::Error::from(std::io::ErrorKind::StorageFull);
        return Err(ServerError::file("make the folder", kept)(full));
    }
    fs::create_dir(kept).map_err(ServerError::file("make the folder", kept))?;
    folder::copy(data, &kept.join("data"), &Account::Own)?;
    // What a statement set for the whole server is not kept.
    let settings = kept.join("data/postgresql.auto.conf");
    fs::write(&settings, "").map_err(ServerError::file("write", &settings))?;
    let path = kept.join("note");
    fs::write(&path, note).map_err(ServerError::file("write", &path))
}
