//! A failure as a person reads it: what happened, where, and what to do next.

use std::ops::Range;
use std::path::PathBuf;

use serde::Serialize;

/// One failure, ready to be shown.
#[derive(Debug, Clone, Serialize)]
pub struct Diagnostic {
    /// What happened, in one sentence without a period.
    pub message: String,
    /// Where in a source it happened.
    pub snippets: Vec<Snippet>,
    /// What PostgreSQL or another cause adds, a line each: `SQLSTATE: 42P01`, `detail: …`.
    pub notes: Vec<String>,
    /// What to do next, a line each.
    pub hints: Vec<String>,
}

/// A place in a source file.
#[derive(Debug, Clone, Serialize)]
pub struct Snippet {
    /// The file, relative to the project where it lies in it.
    pub path: PathBuf,
    /// The file's whole text.
    #[serde(skip)]
    pub source: String,
    /// The line, from 1; 0 for the file as a whole.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// The bytes of `source` that are meant.
    pub range: Range<usize>,
    /// What is to be said at the place.
    pub label: String,
}

/// What sort of failure it is; the program turns it into an exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Failure {
    /// It failed, and this call committed nothing.
    Failed,
    /// The arguments or the configuration are wrong.
    Usage,
    /// It was refused for want of consent.
    Refused,
    /// Another runner is still busy.
    Busy,
    /// The database cannot be reached.
    Unreachable,
    /// It stopped after committing something; running it again goes on.
    Stopped,
    /// The history and the database, or the history itself, contradict each other.
    History,
    /// It was interrupted.
    Interrupted,
}

impl Snippet {
    /// A file as a whole.
    pub(crate) fn file(path: PathBuf) -> Self {
        Self {
            path,
            source: String::new(),
            line: 0,
            column: 0,
            range: 0..0,
            label: String::new(),
        }
    }
}

impl Diagnostic {
    /// A diagnostic of one sentence.
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            snippets: Vec::new(),
            notes: Vec::new(),
            hints: Vec::new(),
        }
    }

    /// Adds a place.
    #[must_use]
    pub fn at(mut self, snippet: Snippet) -> Self {
        self.snippets.push(snippet);
        self
    }

    /// Adds a note.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Adds what to do next.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }
}
