//! Results that are kept by what they follow from.
//!
//! A key is a hash over everything a result depends on, so an entry is never stale and the whole folder can be
//! deleted at any time. An entry that cannot be read or written is no error: the result is computed again.

use std::path::{Path, PathBuf};

use limbeck_history::XArguments;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

/// A folder of results.
#[derive(Debug, Clone)]
pub(crate) struct Cache {
    folder: PathBuf,
}

impl Cache {
    /// The results of one kind, below the user's cache folder.
    pub(crate) fn new(cache: &Path, kind: &str) -> Self {
        Self {
            folder: cache.join(kind),
        }
    }

    /// The result that was kept under a key.
    pub(crate) fn get<T: DeserializeOwned>(&self, key: &str) -> Option<T> {
        let text = std::fs::read(self.path(key)).ok()?;
        serde_json::from_slice(&text).ok()
    }

    /// Keeps a result. Written beside and renamed, so that no reader sees half of it.
    pub(crate) fn put<T: Serialize>(&self, key: &str, value: &T) {
        let write = || -> std::io::Result<()> {
            std::fs::create_dir_all(&self.folder)?;
            let beside = self.folder.join(format!("{key}.{}", std::process::id()));
            std::fs::write(&beside, serde_json::to_vec(value)?)?;
            std::fs::rename(beside, self.path(key))
        };
        if let Err(error) = write() {
            tracing::debug!(%error, "a result could not be kept");
        }
    }

    fn path(&self, key: &str) -> PathBuf {
        self.folder.join(format!("{key}.json"))
    }
}

/// A key over several parts, each told apart from its neighbours.
pub(crate) fn key<'a>(parts: impl IntoIterator<Item = &'a str>) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part.len().to_le_bytes());
        hasher.update(part.as_bytes());
    }
    hex(&hasher.finalize())
}

/// A hash of what is handed to steps, which may do one thing or another by it.
pub(crate) fn of_arguments(x: &XArguments) -> String {
    key(x.iter().flat_map(|(name, value)| [name, value]))
}

/// Bytes as hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_found_again_under_its_key_alone() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::new(folder.path(), "numbers");
        assert_eq!(cache.get::<u32>("a"), None);
        cache.put("a", &7_u32);
        assert_eq!(cache.get::<u32>("a"), Some(7));
        assert_eq!(cache.get::<u32>("b"), None);
        std::fs::write(folder.path().join("numbers/a.json"), "{").unwrap();
        assert_eq!(cache.get::<u32>("a"), None);
    }

    #[test]
    fn parts_do_not_run_into_each_other() {
        assert_ne!(key(["ab", "c"]), key(["a", "bc"]));
    }
}
