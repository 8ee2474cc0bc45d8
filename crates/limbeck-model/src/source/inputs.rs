//! What was asked of the file system while models were read, so that it can be told later whether the same would be
//! read again.
//!
//! The models follow from the answers alone. So nothing has changed exactly when every question is answered as it was:
//! a file that a pattern now matches, one that is gone, one that now stands before another, one that was edited without
//! a trace in its times.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The file system, with a note of every question and of the hash of its answer.
#[derive(Debug, Default)]
pub struct Inputs {
    noted: RefCell<BTreeMap<Question, Answer>>,
    /// Whether one question had two answers: somebody changed files meanwhile.
    torn: Cell<bool>,
}

/// What was asked, and the hash of all answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownInputs {
    questions: Vec<Question>,
    hash: String,
}

type Answer = [u8; 32];

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
enum Question {
    /// What the file holds.
    Text(PathBuf),
    /// What lies there: nothing, a file, a folder.
    Sort(PathBuf),
    /// The path without links.
    Canonical(PathBuf),
    /// The files with an extension below a folder.
    Below(PathBuf, String),
    /// The paths that a pattern matches.
    Matches(String),
}

/// What lies at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sort {
    Nothing,
    File,
    Folder,
    Other,
}

impl Inputs {
    /// What was asked so far. `None` where somebody changed files meanwhile.
    #[must_use]
    pub fn known(&self) -> Option<KnownInputs> {
        let noted = self.noted.borrow();
        (!self.torn.get()).then(|| KnownInputs {
            questions: noted.keys().cloned().collect(),
            hash: hash_of(noted.values()),
        })
    }

    pub(super) fn text(&self, path: &Path) -> std::io::Result<String> {
        let text = std::fs::read(path);
        self.note(
            Question::Text(path.to_path_buf()),
            hash(text.as_deref().ok().map(|text| [text])),
        );
        String::from_utf8(text?)
            .map_err(|error| std::io::Error::new(std::io::ErrorKind::InvalidData, error.utf8_error()))
    }

    pub(super) fn is_file(&self, path: &Path) -> bool {
        self.sort(path) == Sort::File
    }

    pub(super) fn is_folder(&self, path: &Path) -> bool {
        self.sort(path) == Sort::Folder
    }

    pub(super) fn exists(&self, path: &Path) -> bool {
        self.sort(path) != Sort::Nothing
    }

    pub(super) fn canonical(&self, path: &Path) -> std::io::Result<PathBuf> {
        let canonical = path.canonicalize();
        self.note(
            Question::Canonical(path.to_path_buf()),
            hash_of_paths(canonical.as_ref().ok().map(std::slice::from_ref)),
        );
        canonical
    }

    /// All files with an extension below a folder, sorted; links to folders are not followed, so that none leads back.
    pub(super) fn files_below(&self, folder: &Path, extension: &str) -> std::io::Result<Vec<PathBuf>> {
        let files = files_below(folder, extension);
        self.note(
            Question::Below(folder.to_path_buf(), extension.to_owned()),
            hash_of_paths(files.as_deref().ok()),
        );
        files
    }

    /// The paths that a pattern matches, sorted.
    pub(super) fn matches(&self, pattern: &str) -> Result<Vec<PathBuf>, glob::PatternError> {
        let paths = matches(pattern);
        self.note(
            Question::Matches(pattern.to_owned()),
            hash_of_paths(paths.as_deref().ok()),
        );
        paths
    }

    fn sort(&self, path: &Path) -> Sort {
        let sort = sort(path);
        self.note(Question::Sort(path.to_path_buf()), hash_of_sort(sort));
        sort
    }

    fn note(&self, question: Question, answer: Answer) {
        let before = self.noted.borrow_mut().insert(question, answer);
        if before.is_some_and(|before| before != answer) {
            self.torn.set(true);
        }
    }
}

impl KnownInputs {
    /// Whether every question would be answered as it was.
    #[must_use]
    pub fn are_unchanged(&self) -> bool {
        let answers: Vec<Answer> = self.questions.iter().map(Question::answer).collect();
        hash_of(&answers) == self.hash
    }
}

impl Question {
    fn answer(&self) -> Answer {
        match self {
            Self::Text(path) => hash(std::fs::read(path).as_deref().ok().map(|text| [text])),
            Self::Sort(path) => hash_of_sort(sort(path)),
            Self::Canonical(path) => {
                hash_of_paths(path.canonicalize().ok().as_ref().map(std::slice::from_ref))
            }
            Self::Below(folder, extension) => hash_of_paths(files_below(folder, extension).as_deref().ok()),
            Self::Matches(pattern) => hash_of_paths(matches(pattern).as_deref().ok()),
        }
    }
}

fn sort(path: &Path) -> Sort {
    match path.metadata() {
        Ok(metadata) if metadata.is_file() => Sort::File,
        Ok(metadata) if metadata.is_dir() => Sort::Folder,
        Ok(_) => Sort::Other,
        Err(_) => Sort::Nothing,
    }
}

fn files_below(folder: &Path, extension: &str) -> std::io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut entries = std::fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        if entry.file_type()?.is_dir() {
            found.extend(files_below(&path, extension)?);
        } else if path.extension().is_some_and(|found| found == extension) && path.is_file() {
            found.push(path);
        }
    }
    Ok(found)
}

fn matches(pattern: &str) -> Result<Vec<PathBuf>, glob::PatternError> {
    let mut found: Vec<PathBuf> = glob::glob(pattern)?.filter_map(Result::ok).collect();
    found.sort();
    Ok(found)
}

/// A hash of parts, each told apart from its neighbours, and of there being none.
fn hash<'a>(parts: Option<impl IntoIterator<Item = &'a [u8]>>) -> Answer {
    let mut hasher = Sha256::new();
    hasher.update([u8::from(parts.is_some())]);
    for part in parts.into_iter().flatten() {
        hasher.update(part.len().to_le_bytes());
        hasher.update(part);
    }
    hasher.finalize().into()
}

fn hash_of_paths(paths: Option<&[PathBuf]>) -> Answer {
    hash(paths.map(|paths| paths.iter().map(|path| path.as_os_str().as_encoded_bytes())))
}

fn hash_of_sort(sort: Sort) -> Answer {
    let word: &[u8] = match sort {
        Sort::Nothing => b"nothing",
        Sort::File => b"a file",
        Sort::Folder => b"a folder",
        Sort::Other => b"something else",
    };
    hash(Some([word]))
}

fn hash_of<'a>(answers: impl IntoIterator<Item = &'a Answer>) -> String {
    let all = hash(Some(answers.into_iter().map(Answer::as_slice)));
    all.iter().map(|byte| format!("{byte:02x}")).collect()
}
