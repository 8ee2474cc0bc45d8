//! Files that are made where they are not there.

use std::io::Write;
use std::path::{Path, PathBuf};

use crate::Error;

pub(super) struct Files {
    root: PathBuf,
    pub(super) created: Vec<PathBuf>,
    pub(super) kept: Vec<PathBuf>,
}

impl Files {
    pub(super) fn new(root: &Path) -> Self {
        Self {
            root: root.to_owned(),
            created: Vec::new(),
            kept: Vec::new(),
        }
    }

    /// A folder, with those above it.
    pub(super) fn folder(&self, path: impl AsRef<Path>) -> Result<(), Error> {
        let full = self.root.join(path);
        std::fs::create_dir_all(&full).map_err(|cause| refused(&full, cause))
    }

    /// A file, unless there is one. Tells whether it was made.
    pub(super) fn write(&mut self, path: impl AsRef<Path>, text: impl AsRef<[u8]>) -> Result<bool, Error> {
        let path = path.as_ref();
        let made = self.make(path, text.as_ref())?;
        let list = if made { &mut self.created } else { &mut self.kept };
        list.push(PathBuf::from(path));
        Ok(made)
    }

    /// A file that is not worth a word.
    pub(super) fn write_quietly(&self, path: impl AsRef<Path>, text: &str) -> Result<(), Error> {
        self.make(path.as_ref(), text.as_bytes()).map(|_| ())
    }

    /// A line at the end of a file, unless it holds that line.
    pub(super) fn line(&mut self, path: &str, line: &str) -> Result<(), Error> {
        let full = self.root.join(path);
        let text = match std::fs::read_to_string(&full) {
            Ok(text) => text,
            Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(cause) => return Err(refused(&full, cause)),
        };
        if text
            .lines()
            .any(|existing| existing.trim().trim_start_matches('/') == line)
        {
            self.kept.push(PathBuf::from(path));
            return Ok(());
        }
        let separator = if text.is_empty() || text.ends_with('\n') {
            ""
        } else {
            "\n"
        };
        std::fs::write(&full, format!("{text}{separator}{line}\n")).map_err(|cause| refused(&full, cause))?;
        self.created.push(PathBuf::from(path));
        Ok(())
    }

    /// A copy of a file that may be run, unless there is one.
    pub(super) fn copy(&mut self, path: &Path, source: &Path, bytes: &[u8]) -> Result<(), Error> {
        if self.write(path, bytes)?
            && let Ok(metadata) = std::fs::metadata(source)
        {
            let full = self.root.join(path);
            std::fs::set_permissions(&full, metadata.permissions()).map_err(|cause| refused(&full, cause))?;
        }
        Ok(())
    }

    fn make(&self, path: &Path, text: &[u8]) -> Result<bool, Error> {
        let full = self.root.join(path);
        if let Some(parent) = full.parent() {
            std::fs::create_dir_all(parent).map_err(|cause| refused(parent, cause))?;
        }
        match std::fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&full)
        {
            Ok(mut file) => {
                file.write_all(text).map_err(|cause| refused(&full, cause))?;
                Ok(true)
            }
            Err(cause) if cause.kind() == std::io::ErrorKind::AlreadyExists => Ok(false),
            Err(cause) => Err(refused(&full, cause)),
        }
    }
}

fn refused(path: &Path, cause: std::io::Error) -> Error {
    Error::failed(format!("`{}` cannot be written: {cause}", path.display()))
        .hint("check who may write there; what was made before stays, and `limbeck init` goes on from it")
        .caused_by(cause)
}
