//! The history of folders, or of what an application carries.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::{Revision, RevisionError};

use super::{GraphError, History, Locations};

/// A history that cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HistoryError {
    /// The folder or a file in it cannot be read.
    #[error("cannot read `{}`: {source}", path.display())]
    Unreadable {
        /// The folder or file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Files are no valid revisions: the first fault of each, in order of the files' names.
    #[error("{}", lines(.0))]
    Revisions(Vec<RevisionError>),
    /// The revisions make no graph.
    #[error("{}", placed(.0))]
    Graph(#[from] GraphError),
}

/// The sentence, after the place in a file that tells most.
fn placed(error: &GraphError) -> String {
    match error.places().first() {
        Some(at) => format!("{}:{}:{}: {error}", at.path.display(), at.line, at.column),
        None => error.to_string(),
    }
}

fn lines(errors: &[RevisionError]) -> String {
    let lines: Vec<String> = errors.iter().map(ToString::to_string).collect();
    lines.join("\n")
}

impl HistoryError {
    /// What to do next.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Unreadable { source, .. } if source.kind() == io::ErrorKind::NotFound => Some(
                "`limbeck init` makes the folder; `migrations` in `limbeck.toml` says where it is".to_owned(),
            ),
            Self::Unreadable { .. } => None,
            Self::Revisions(errors) => errors.first().and_then(RevisionError::hint),
            Self::Graph(error) => error.hint(),
        }
    }
}

/// The revision files of some folders, read and not yet understood. Reading waits for the disk, and is worth a thread of
/// its own; understanding does not.
#[derive(Debug)]
pub struct Files {
    /// The files, in order of their names, and where each one's bytes end.
    files: Vec<(PathBuf, usize)>,
    /// The bytes of all files, one after the other.
    bytes: Vec<u8>,
}

impl Files {
    /// Reads the files of some folders; which, [`Locations::entries`] tells.
    ///
    /// # Errors
    ///
    /// A folder or a file cannot be read.
    pub fn read(locations: &Locations) -> Result<Self, HistoryError> {
        let entries = locations.entries()?;
        let mut files = Vec::with_capacity(entries.len());
        let mut bytes = vec![0; entries.len().saturating_mul(USUAL_LENGTH) + 1];
        let mut end = 0;
        for entry in entries {
            let path = entry.path();
            match append(&path, &mut bytes, end) {
                Ok(next) => end = next,
                Err(source) => return Err(HistoryError::Unreadable { path, source }),
            }
            files.push((path, end));
        }
        Ok(Self { files, bytes })
    }
}

/// How many bytes a revision file may have in the middle; more are read just as well.
const USUAL_LENGTH: usize = 1024;

/// Reads a whole file into a buffer from a place on, and gives the place after it. The buffer grows where it must.
/// Unlike `fs::read` it does not ask for the length first: two calls of the system less for each of perhaps a
/// thousand files.
fn append(path: &Path, buffer: &mut Vec<u8>, start: usize) -> io::Result<usize> {
    let mut file = File::open(path)?;
    let mut end = start;
    loop {
        if end == buffer.len() {
            buffer.resize(2 * end + USUAL_LENGTH, 0);
        }
        match file.read(buffer.get_mut(end..).unwrap_or_default()) {
            Ok(0) => return Ok(end),
            Ok(more) => end += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

impl History {
    /// The history of a folder: all its [files](Files).
    ///
    /// # Errors
    ///
    /// The folder or a file cannot be read, files are no valid revisions, or the revisions make no graph.
    pub fn read(folder: &Path) -> Result<Self, HistoryError> {
        Self::read_all(&Locations::folder(folder))
    }

    /// The history of several folders; see [`read`](Self::read).
    ///
    /// # Errors
    ///
    /// As for [`read`](Self::read).
    pub fn read_all(locations: &Locations) -> Result<Self, HistoryError> {
        Self::from_folders(&Files::read(locations)?)
    }

    /// The history of folders whose files have been read.
    ///
    /// # Errors
    ///
    /// Files are no valid revisions, or the revisions make no graph.
    pub fn from_folders(files: &Files) -> Result<Self, HistoryError> {
        let mut parsed = Parsed::with_capacity(files.files.len());
        let mut start = 0;
        for (path, end) in &files.files {
            parsed.add(path, files.bytes.get(start..*end).unwrap_or_default());
            start = *end;
        }
        parsed.into_history()
    }

    /// The history that an application carries: names of files and their texts, as `embed!` gives them.
    ///
    /// # Errors
    ///
    /// A text is no valid revision, or the revisions make no graph. `embed!` has found that out before.
    pub fn from_files(files: &[(&str, &str)]) -> Result<Self, HistoryError> {
        let mut parsed = Parsed::with_capacity(files.len());
        for (name, text) in files {
            parsed.add(Path::new(name), text.as_bytes());
        }
        parsed.into_history()
    }
}

/// Files that were read, valid or not.
struct Parsed {
    revisions: Vec<Revision>,
    errors: Vec<RevisionError>,
}

impl Parsed {
    fn with_capacity(files: usize) -> Self {
        Self {
            revisions: Vec::with_capacity(files),
            errors: Vec::new(),
        }
    }

    fn add(&mut self, path: &Path, bytes: &[u8]) {
        match Revision::parse(path, bytes) {
            Ok(revision) => self.revisions.push(revision),
            Err(error) => self.errors.push(error),
        }
    }

    fn into_history(self) -> Result<History, HistoryError> {
        if self.errors.is_empty() {
            Ok(History::from_revisions(self.revisions)?)
        } else {
            Err(HistoryError::Revisions(self.errors))
        }
    }
}
