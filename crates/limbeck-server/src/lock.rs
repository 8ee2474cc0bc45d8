//! Locks between processes, on files.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;
use std::time::{Duration, Instant};

use crate::error::ServerError;
use crate::event::{Event, Events};

/// Longer than any download over a slow line that is still worth waiting for.
const PATIENCE: Duration = Duration::from_secs(600);
const PAUSE: Duration = Duration::from_millis(20);

/// Locks a file, which is made when missing. The lock ends when the returned file is dropped, and with the
/// process, however that ends.
pub(crate) async fn lock(path: &Path, events: Events<'_>) -> Result<File, ServerError> {
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path)
        .map_err(ServerError::file("open", path))?;
    let begun = Instant::now();
    let mut told = false;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) if begun.elapsed() > PATIENCE => {
                return Err(ServerError::Locked {
                    lock: path.to_path_buf(),
                    seconds: PATIENCE.as_secs(),
                });
            }
            Err(TryLockError::WouldBlock) => {
                if !told {
                    events(Event::Waiting {
                        lock: path.to_path_buf(),
                    });
                    told = true;
                }
                tokio::time::sleep(PAUSE).await;
            }
            Err(TryLockError::Error(source)) => return Err(ServerError::file("lock", path)(source)),
        }
    }
}
