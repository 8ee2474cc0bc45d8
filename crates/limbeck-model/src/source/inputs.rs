//! What was asked of the file system while models were read, so that it can be told later whether the same would be
//! read again.
//!
//! The models follow from the answers alone. So nothing has changed exactly when every question is answered as it was:
//! a file that a pattern now matches, one that is gone, one that now stands before another.
//!
//! A file is read again only where its stamp (size, times, number on the disk) is another one, or tells nothing: a file that
//! was changed a moment before it was read could be changed once more within the same tick of the clock.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::fs::Metadata;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// How long a file must have been left alone for its times to tell that it is the same: longer than any file system's
/// times are coarse.
const SETTLED: Duration = Duration::from_secs(3);

/// The file system, with a note of every question and of the hash of its answer.
#[derive(Debug, Default)]
pub struct Inputs {
    noted: RefCell<HashMap<Question, Answer>>,
    /// What lies at a path, so that it is asked once.
    entries: RefCell<HashMap<PathBuf, Entry>>,
    /// Folders without links, by those that were asked for.
    folders: RefCell<HashMap<PathBuf, PathBuf>>,
    /// Whether one question had two answers: somebody changed files meanwhile. Or a question cannot be written down.
    torn: Cell<bool>,
}

/// What was asked, and the hash of all answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownInputs {
    questions: Vec<Question>,
    hash: String,
    /// The same hash with a stamp of each file in place of its text. `None` where stamps do not tell.
    stamps: Option<String>,
}

type Answer = [u8; 32];

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
enum Question {
    /// What the file holds, and whether a link leads to it.
    Text(String),
    /// What lies there: nothing, a file, a folder.
    Sort(String),
    /// The path without links.
    Canonical(String),
    /// The files with an extension below a folder.
    Below(String, String),
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

/// What the file system says of a path, before anything is read there.
#[derive(Debug, Clone, Copy)]
struct Entry {
    sort: Sort,
    is_link: bool,
    stamp: Option<Stamp>,
}

/// What changes with a file: its size, its times and its number on the disk, as Git tells it.
#[derive(Debug, Clone, Copy)]
struct Stamp {
    parts: [u64; 7],
    /// Whether the file had been left alone for long enough.
    is_settled: bool,
}

/// Why bytes are no text, and where.
fn not_utf8(error: &std::string::FromUtf8Error) -> String {
    let bytes = error.as_bytes();
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return "it is UTF-16".to_owned();
    }
    let before = bytes.get(..error.utf8_error().valid_up_to()).unwrap_or_default();
    let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
    format!("it is not UTF-8 (line {line})")
}

impl Inputs {
    /// What was asked so far. `None` where somebody changed files meanwhile.
    #[must_use]
    pub fn known(&self) -> Option<KnownInputs> {
        if self.torn.get() {
            return None;
        }
        let noted = self.noted.borrow();
        let mut answered: Vec<(&Question, &Answer)> = noted
            .iter()
            .filter(|(question, _)| !self.is_implied(&noted, question))
            .collect();
        answered.sort_unstable();
        let stamps = answered.iter().map(|(question, answer)| match question {
            Question::Text(path) => self.entry(Path::new(path)).settled(),
            _ => Some(**answer),
        });
        Some(KnownInputs {
            stamps: stamps.collect::<Option<Vec<_>>>().map(|stamps| hash_of(&stamps)),
            hash: hash_of(answered.iter().map(|(_, answer)| *answer)),
            questions: answered
                .into_iter()
                .map(|(question, _)| question.clone())
                .collect(),
        })
    }

    /// Whether the answer follows from that to another question: what a plain file was read of is a file, and lies in
    /// its folder.
    fn is_implied(&self, noted: &HashMap<Question, Answer>, question: &Question) -> bool {
        let (Question::Sort(path) | Question::Canonical(path)) = question else {
            return false;
        };
        self.entry(Path::new(path)).is_plain_file() && noted.contains_key(&Question::Text(path.clone()))
    }

    pub(super) fn text(&self, path: &Path) -> std::io::Result<String> {
        // Before it is read: what changes meanwhile has another stamp then.
        let entry = self.entry(path);
        let text = std::fs::read(path);
        self.note(path, Question::Text, entry.answer(text.as_deref().ok()));
        String::from_utf8(text?)
            .map_err(|error| std::io::Error::new(std::io::ErrorKind::InvalidData, not_utf8(&error)))
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
        // Of a file that no link leads to only the folder has to be asked, which many files share.
        let (folder, name) = match (path.parent(), path.file_name()) {
            (Some(folder), Some(name))
                if folder.file_name().is_some() && self.entry(path).is_plain_file() =>
            {
                (folder, Some(name))
            }
            _ => (path, None),
        };
        let Some(name) = name else {
            return self.without_links(path);
        };
        if let Some(folder) = self.folders.borrow().get(folder) {
            return Ok(folder.join(name));
        }
        let canonical = self.without_links(folder)?;
        let file = canonical.join(name);
        self.folders.borrow_mut().insert(folder.to_path_buf(), canonical);
        Ok(file)
    }

    fn without_links(&self, path: &Path) -> std::io::Result<PathBuf> {
        let canonical = path.canonicalize();
        self.note(
            path,
            Question::Canonical,
            hash_of_paths(canonical.as_ref().ok().map(std::slice::from_ref)),
        );
        canonical
    }

    /// All files with an extension below a folder, sorted; links to folders are not followed, so that none leads back.
    pub(super) fn files_below(&self, folder: &Path, extension: &str) -> std::io::Result<Vec<PathBuf>> {
        let files = files_below(folder, extension);
        self.note(
            folder,
            |folder| Question::Below(folder, extension.to_owned()),
            hash_of_paths(files.as_deref().ok()),
        );
        files
    }

    /// The paths that a pattern matches, sorted.
    pub(super) fn matches(&self, pattern: &str) -> Result<Vec<PathBuf>, glob::PatternError> {
        let paths = matches(pattern);
        self.note(
            Path::new(pattern),
            Question::Matches,
            hash_of_paths(paths.as_deref().ok()),
        );
        paths
    }

    fn sort(&self, path: &Path) -> Sort {
        let sort = self.entry(path).sort;
        self.note(path, Question::Sort, hash_of_sort(sort));
        sort
    }

    fn entry(&self, path: &Path) -> Entry {
        if let Some(entry) = self.entries.borrow().get(path) {
            return *entry;
        }
        let entry = Entry::of(path);
        self.entries.borrow_mut().insert(path.to_path_buf(), entry);
        entry
    }

    fn note(&self, path: &Path, question: impl FnOnce(String) -> Question, answer: Answer) {
        let Some(path) = path.to_str() else {
            self.torn.set(true);
            return;
        };
        let before = self.noted.borrow_mut().insert(question(path.to_owned()), answer);
        if before.is_some_and(|before| before != answer) {
            self.torn.set(true);
        }
    }
}

impl KnownInputs {
    /// Whether every question would be answered as it was.
    #[must_use]
    pub fn are_unchanged(&self) -> bool {
        self.still().is_some()
    }

    /// The same, where every question would be answered as it was. Files are read only where their stamps are others, and
    /// what is returned then has those of now.
    #[must_use]
    pub fn still(&self) -> Option<Cow<'_, Self>> {
        let now: Vec<Option<Answer>> = self.questions.iter().map(Question::stamp).collect();
        let stamps = now
            .iter()
            .copied()
            .collect::<Option<Vec<Answer>>>()
            .map(|stamps| hash_of(&stamps));
        if stamps.is_some() && stamps == self.stamps {
            return Some(Cow::Borrowed(self));
        }
        let answers: Vec<Answer> = self
            .questions
            .iter()
            .zip(now)
            .map(|(question, stamp)| match (question, stamp) {
                (Question::Text(_), _) | (_, None) => question.answer(),
                (_, Some(answer)) => answer,
            })
            .collect();
        (hash_of(&answers) == self.hash).then(|| {
            Cow::Owned(Self {
                stamps,
                ..self.clone()
            })
        })
    }
}

impl Question {
    fn answer(&self) -> Answer {
        match self {
            Self::Text(path) => Entry::of(Path::new(path)).answer(std::fs::read(path).as_deref().ok()),
            Self::Sort(path) => hash_of_sort(Entry::of(Path::new(path)).sort),
            Self::Canonical(path) => {
                let canonical = Path::new(path).canonicalize();
                hash_of_paths(canonical.ok().as_ref().map(std::slice::from_ref))
            }
            Self::Below(folder, extension) => {
                hash_of_paths(files_below(Path::new(folder), extension).as_deref().ok())
            }
            Self::Matches(pattern) => hash_of_paths(matches(pattern).as_deref().ok()),
        }
    }

    /// The stamp in place of a file's text, else the answer. `None` where the stamp does not tell.
    fn stamp(&self) -> Option<Answer> {
        match self {
            Self::Text(path) => Entry::of(Path::new(path)).settled(),
            _ => Some(self.answer()),
        }
    }
}

impl Entry {
    fn of(path: &Path) -> Self {
        let nothing = Self {
            sort: Sort::Nothing,
            is_link: false,
            stamp: None,
        };
        let Ok(metadata) = path.symlink_metadata() else {
            return nothing;
        };
        if metadata.is_symlink() {
            return Self {
                sort: path
                    .metadata()
                    .map_or(Sort::Nothing, |metadata| Sort::of(&metadata)),
                is_link: true,
                stamp: None,
            };
        }
        Self {
            sort: Sort::of(&metadata),
            is_link: false,
            stamp: Stamp::of(&metadata),
        }
    }

    fn is_plain_file(self) -> bool {
        self.sort == Sort::File && !self.is_link
    }

    /// What a file holds that was read there.
    fn answer(self, text: Option<&[u8]>) -> Answer {
        let kind: &[u8] = if self.is_plain_file() { b"plain" } else { b"link" };
        hash(text.map(|text| [kind, text]))
    }

    /// The stamp, where it tells whether the file is still the same.
    fn settled(self) -> Option<Answer> {
        let stamp = self
            .stamp
            .filter(|stamp| self.is_plain_file() && stamp.is_settled)?;
        let parts = stamp.parts.map(u64::to_le_bytes);
        Some(hash(Some(parts.iter().map(<[u8; 8]>::as_slice))))
    }
}

impl Stamp {
    #[cfg(unix)]
    fn of(metadata: &Metadata) -> Option<Self> {
        use std::os::unix::fs::MetadataExt;
        let changed = u64::try_from(metadata.ctime().max(metadata.mtime())).ok()?;
        let changed = SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(changed + 1))?;
        Some(Self {
            parts: [
                metadata.size(),
                metadata.mtime().cast_unsigned(),
                metadata.mtime_nsec().cast_unsigned(),
                metadata.ctime().cast_unsigned(),
                metadata.ctime_nsec().cast_unsigned(),
                metadata.ino(),
                metadata.dev(),
            ],
            is_settled: SystemTime::now()
                .duration_since(changed)
                .is_ok_and(|age| age > SETTLED),
        })
    }

    /// Elsewhere a file's content can change without a trace in its metadata.
    #[cfg(not(unix))]
    fn of(_metadata: &Metadata) -> Option<Self> {
        None
    }
}

impl Sort {
    fn of(metadata: &Metadata) -> Self {
        if metadata.is_file() {
            Self::File
        } else if metadata.is_dir() {
            Self::Folder
        } else {
            Self::Other
        }
    }
}

fn files_below(folder: &Path, extension: &str) -> std::io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut entries = std::fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        let kind = entry.file_type()?;
        if kind.is_dir() {
            found.extend(files_below(&path, extension)?);
        } else if path.extension().is_some_and(|found| found == extension)
            && (kind.is_file() || path.is_file())
        {
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
