//! From a file's bytes to a revision.

use std::path::Path;

use limbeck_sql::line_column;

use super::body::Body;
use super::{Revision, RevisionError, RevisionErrorKind, header};

pub(super) type Fault = RevisionError;

/// The text that is being read, and whose it is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Source<'a> {
    pub(super) path: &'a Path,
    pub(super) text: &'a str,
}

impl Source<'_> {
    /// A fault at a place, `length` bytes long.
    pub(super) fn fault(self, offset: usize, length: usize, kind: RevisionErrorKind) -> Fault {
        let (line, column) = line_column(self.text, offset);
        let source_line = self.text.split('\n').nth(line - 1).unwrap_or_default().to_owned();
        let meant = self.text.get(offset..offset + length).unwrap_or_default();
        RevisionError {
            path: self.path.to_owned(),
            line,
            column,
            length: meant.lines().next().unwrap_or_default().len().max(1),
            source_line,
            kind: Box::new(kind),
        }
    }
}

impl Revision {
    /// Reads a revision from the bytes of its file. The path is kept and named in errors; it is not opened.
    ///
    /// # Errors
    ///
    /// The first fault of the file, with its place.
    pub fn parse(path: &Path, bytes: &[u8]) -> Result<Self, RevisionError> {
        let text = decode(path, bytes)?;
        let source = Source { path, text: &text };
        if text.trim().is_empty() {
            return Err(source.fault(0, 1, RevisionErrorKind::Empty));
        }
        refuse_conflicts(source)?;
        let header = header::parse(source)?;
        let body = Body::parse(source, header.end)?;
        Ok(Self {
            id: header.id,
            message: header.message,
            parents: header.parents,
            depends_on: header.depends_on,
            branch_labels: header.branch_labels,
            replaces: header.replaces,
            created: header.created,
            steps: body.steps,
            declares: body.declares,
            format: header.format,
            checksum: body.checksum,
            path: path.to_owned(),
            text,
        })
    }
}

/// The text of a file: UTF-8, without byte order mark, each line ended by `\n`.
fn decode(path: &Path, bytes: &[u8]) -> Result<String, Fault> {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let (valid, _) = bytes.split_at(error.valid_up_to().min(bytes.len()));
            let valid = std::str::from_utf8(valid).unwrap_or_default();
            let is_utf16 = bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]);
            let source = Source { path, text: valid };
            return Err(source.fault(valid.len(), 1, RevisionErrorKind::NotUtf8 { is_utf16 }));
        }
    };
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if let Some(offset) = text.find('\0') {
        return Err(Source { path, text }.fault(offset, 1, RevisionErrorKind::Nul));
    }
    Ok(if text.contains('\r') {
        text.split_inclusive('\n').map(with_plain_end).collect()
    } else {
        text.to_owned()
    })
}

/// A line ended by `\n` alone, however many carriage returns stood before it: what a database keeps of a file is read
/// as the same.
fn with_plain_end(line: &str) -> String {
    match line.strip_suffix('\n') {
        Some(line) => format!("{}\n", line.trim_end_matches('\r')),
        None => line.to_owned(),
    }
}

/// Git's own lines would mostly be syntax errors later; here they can be named.
fn refuse_conflicts(source: Source<'_>) -> Result<(), Fault> {
    for mark in ["<<<<<<< ", ">>>>>>> "] {
        // A single character is found much faster than a word, and is hardly ever there seven times over.
        let first = mark.chars().next().unwrap_or_default();
        if !source.text.contains(first) || !source.text.contains(mark) {
            continue;
        }
        let mut offset = 0;
        for line in source.text.split_inclusive('\n') {
            if line.starts_with(mark) {
                return Err(source.fault(offset, line.trim_end().len(), RevisionErrorKind::GitConflict));
            }
            offset += line.len();
        }
    }
    Ok(())
}
