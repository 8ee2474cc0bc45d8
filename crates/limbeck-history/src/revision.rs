//! One revision file.
//!
//! The format is final: a file written today is read by every later version. In short, line by line:
//!
//! - The *header*, comment lines at the start of the file: the message, then `-- limbeck: 1` (the format), then keys,
//!   one a line: `revision`, `revises`, `created`, and at will `branch_labels`, `depends_on`, `replaces`. Lists are
//!   separated by commas; `revises` is empty in a base. The first line that is no comment, or the first marker, ends
//!   the header.
//! - *Markers*, each a line `-- limbeck:WORD …` at the start of a line, outside quotes and comments. `up NAME` and
//!   `down NAME` begin the two sides of a step (the `up` first), `require DIRECTION NAME "message"` a count that must be 0 before that
//!   side runs, and `declares`, last of all, the objects by which the declared set changes. A section goes on to the
//!   next marker.
//! - After a step's name follow its options, `key=value`, the value in double quotes where it holds a space or a
//!   quote; a quote inside is doubled.

mod body;
mod checksum;
mod error;
mod header;
mod marker;
mod options;
mod parse;

use std::path::PathBuf;

use serde::Serialize;

pub(crate) use checksum::hexadecimal;
pub use error::{RevisionError, RevisionErrorKind};
pub(crate) use marker::quote;
pub use options::{Retry, StepOptions};

use crate::RevisionId;

/// The newest format of revision files that is understood here, and the one that is written.
pub const FORMAT: u32 = 1;

/// One revision, as its file tells it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Revision {
    /// Its identifier.
    pub id: RevisionId,
    /// What it does, in its author's words. The first line is the title.
    pub message: String,
    /// The revisions that it follows: none for a base, several for a merge.
    pub parents: Vec<RevisionId>,
    /// Revisions of other branches that must be applied before it.
    pub depends_on: Vec<RevisionId>,
    /// The names of the branch that begins here.
    pub branch_labels: Vec<String>,
    /// The revisions that it stands for, where several were put together into this one.
    pub replaces: Vec<RevisionId>,
    /// When it was written: UTC, as `2026-11-21T10:00:00Z`.
    pub created: String,
    /// What it does, in order. May be empty: a merge, or a change of the declared set alone.
    pub steps: Vec<Step>,
    /// How it changes the declared set.
    pub declares: Vec<Declaration>,
    /// The format of the file.
    pub format: u32,
    /// SHA-256, in hexadecimal, of what the revision does: of the checksums of its sections (see
    /// [`StepSide::hash`]), requires included, one a line. Header and declared set do not count.
    pub checksum: String,
    /// The file, as it was given.
    pub path: PathBuf,
    /// The whole file, its line ends made `\n` and its byte order mark left out. Offsets are into this text.
    pub text: String,
}

/// One step: what commits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Step {
    /// Its place among the revision's steps, counted from 1.
    pub number: usize,
    /// Its name, unique in the revision: ASCII letters in lower case, digits and underscores.
    pub name: String,
    /// The way up. Every step of a file has one.
    pub up: Option<StepSide>,
    /// The way down; a step without one cannot go back.
    pub down: Option<StepSide>,
}

/// One direction of a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StepSide {
    /// The SQL, without the blanks around it. Empty for a step in Rust, and where nothing is to be done.
    pub sql: String,
    /// The byte offset of `sql` in the revision's text.
    pub offset: usize,
    /// The line on which `sql` begins, counted from 1.
    pub line: usize,
    /// What the marker says of it.
    pub options: StepOptions,
    /// What must hold before it runs.
    pub requires: Vec<Require>,
    /// SHA-256, in hexadecimal, of the marker's line and the SQL, each line without the blanks at its end and ended by
    /// `\n`, without the blank lines around the section.
    pub hash: String,
}

/// A condition of one side of a step: a query whose one value must be 0.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Require {
    /// What is counted, in words.
    pub message: String,
    /// The query, exactly one statement, without the blanks around it.
    pub sql: String,
    /// The line on which `sql` begins, counted from 1.
    pub line: usize,
    /// The byte offset of `sql` in the revision's text.
    pub offset: usize,
}

/// A change of the declared set.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Declaration {
    /// Whether the object is declared from here on, or no longer.
    pub added: bool,
    /// The object, as `table public.plans`.
    pub object: String,
}

impl Revision {
    /// The first line of the message.
    #[must_use]
    pub fn title(&self) -> &str {
        self.message.lines().next().unwrap_or_default()
    }

    /// The name of the file, without its folder.
    #[must_use]
    pub fn file_name(&self) -> String {
        self.path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default()
    }

    /// Whether every step can be undone.
    #[must_use]
    pub fn is_reversible(&self) -> bool {
        self.steps.iter().all(|step| step.down.is_some())
    }

    /// What must be applied before it: its parents and its dependencies.
    pub fn needs(&self) -> impl Iterator<Item = &RevisionId> {
        self.parents.iter().chain(&self.depends_on)
    }
}

#[cfg(test)]
mod tests;
