//! Folders: made so that the server's account can reach them, copied, measured.

use std::fs::{self, DirBuilder, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};

use crate::account::Account;
use crate::error::ServerError;

/// Makes a folder and those above it that are missing, so that `account` can pass through them.
pub(crate) fn create_reachable(path: &Path, account: &Account) -> Result<(), ServerError> {
    create_all(path, account).map_err(ServerError::file("make the folder", path))?;
    if account.can_enter(path) {
        Ok(())
    } else {
        Err(ServerError::Unreachable {
            folder: path.to_path_buf(),
            account: account.name().to_owned(),
        })
    }
}

fn create_all(path: &Path, account: &Account) -> io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    if let Some(parent) = path.parent() {
        create_all(parent, account)?;
    }
    let mode = match account {
        Account::Own => 0o700,
        Account::Unprivileged { .. } => 0o755,
    };
    match fs::create_dir(path) {
        // Not through the builder: the process's mask would take bits away.
        Ok(()) => fs::set_permissions(path, Permissions::from_mode(mode)),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && path.is_dir() => Ok(()),
        Err(error) => Err(error),
    }
}

/// Makes a folder that only `account` can enter.
pub(crate) fn create_private(path: &Path, account: &Account) -> Result<(), ServerError> {
    DirBuilder::new()
        .mode(0o700)
        .create(path)
        .and_then(|()| account.own(path))
        .map_err(ServerError::file("make the folder", path))
}

/// Copies a folder with all it holds; the copy belongs to `account` alone.
pub(crate) fn copy(from: &Path, to: &Path, account: &Account) -> Result<(), ServerError> {
    create_private(to, account)?;
    for entry in fs::read_dir(from).map_err(ServerError::file("read the folder", from))? {
        let entry = entry.map_err(ServerError::file("read the folder", from))?;
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target, account)?;
        } else {
            fs::copy(entry.path(), &target)
                .and_then(|_| account.own(&target))
                .map_err(ServerError::file("copy to", &target))?;
        }
    }
    Ok(())
}

/// Gives a folder and all it holds to `account`.
pub(crate) fn own_all(path: &Path, account: &Account) -> io::Result<()> {
    if *account == Account::Own {
        return Ok(());
    }
    account.own(path)?;
    if path.symlink_metadata()?.is_dir() {
        for entry in fs::read_dir(path)? {
            own_all(&entry?.path(), account)?;
        }
    }
    Ok(())
}

/// Whether the file system of `path` has this many bytes free for ordinary accounts.
pub(crate) fn has_room(path: &Path, bytes: u64) -> bool {
    const FILES: u64 = 20_000;
    rustix::fs::statvfs(path).is_ok_and(|system| {
        let counts_files = system.f_files > 0;
        system.f_bavail.saturating_mul(system.f_frsize) >= bytes
            && (!counts_files || system.f_favail >= FILES)
    })
}

/// The bytes of all files in a folder. Files that vanish meanwhile count nothing.
pub(crate) fn size(path: &Path) -> u64 {
    let Ok(entries) = fs::read_dir(path) else { return 0 };
    entries
        .flatten()
        .map(|entry| match entry.metadata() {
            Ok(metadata) if metadata.is_dir() => size(&entry.path()),
            Ok(metadata) => metadata.len(),
            Err(_) => 0,
        })
        .sum()
}

/// What the names of folders end in that are still being made.
const UNFINISHED: &str = ".unfinished";

/// A path beside `path` that no other process chooses, on the same file system: for making something there
/// and renaming it when it is complete.
pub(crate) fn unfinished(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(format!(".{}{UNFINISHED}", crate::random::text()));
    path.with_file_name(name)
}

/// Removes what killed processes left unfinished in a folder. For the holder of its lock.
pub(crate) fn remove_unfinished(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry
            .file_name()
            .as_encoded_bytes()
            .ends_with(UNFINISHED.as_bytes())
        {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}
