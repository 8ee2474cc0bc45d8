//! Where a server's socket can be: operating systems allow only short paths.

use std::path::{Path, PathBuf};

use crate::account::Account;
use crate::error::ServerError;
use crate::folder;

/// `sun_path` has 104 bytes on macOS, 108 on Linux; the socket's own name takes `/.s.PGSQL.65535`.
const LONGEST: usize = 104 - "/.s.PGSQL.65535".len() - 1;

/// The one folder that every Unix has, with a short path.
pub(crate) const SHORT: &str = "/tmp";

/// Whether a socket can be made in this folder.
pub(crate) fn fits(folder: &Path) -> bool {
    folder.as_os_str().len() <= LONGEST
}

/// `folder` itself when its path is short enough, else a new private one.
pub(crate) fn folder_for(folder: &Path, account: &Account) -> Result<PathBuf, ServerError> {
    if fits(folder) {
        return Ok(folder.to_path_buf());
    }
    let short = Path::new(SHORT).join(format!("limbeck-{}", crate::random::text()));
    match folder::create_private(&short, account) {
        Ok(()) => Ok(short),
        Err(_) => Err(ServerError::SocketPath {
            tried: vec![folder.to_path_buf(), short],
        }),
    }
}
