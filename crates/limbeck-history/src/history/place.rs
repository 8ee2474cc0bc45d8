//! Places in the headers of revision files, for what is wrong with the graph that they make.

use std::ops::Range;
use std::path::PathBuf;

use limbeck_sql::line_column;

use crate::Revision;

/// A place in the header of a revision file: a key's line, or one value in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeaderPlace {
    /// The file.
    pub path: PathBuf,
    /// The whole text.
    pub text: String,
    /// The bytes of the text.
    pub span: Range<usize>,
    /// The line, counted from 1.
    pub line: usize,
    /// The column, in characters, counted from 1.
    pub column: usize,
}

impl HeaderPlace {
    /// Where a revision's header gives a key this value; the key's line, or the file's beginning, where it does not
    /// stand so.
    pub(super) fn of(revision: &Revision, keys: &[&str], value: &str) -> Self {
        let text = revision.text.as_str();
        let span = keys
            .iter()
            .find_map(|key| value_of(text, key, value))
            .or_else(|| keys.iter().find_map(|key| line_of(text, key)));
        Self::at(revision, span)
    }

    /// The line of a key in a revision's header; the file's first line, where the header has no such key.
    #[must_use]
    pub fn key(revision: &Revision, key: &str) -> Self {
        Self::at(revision, line_of(&revision.text, key))
    }

    fn at(revision: &Revision, span: Option<Range<usize>>) -> Self {
        let text = revision.text.as_str();
        let span = span.unwrap_or(0..text.find('\n').unwrap_or(text.len()));
        let (line, column) = line_column(text, span.start);
        Self {
            path: revision.path.clone(),
            text: revision.text.clone(),
            span,
            line,
            column,
        }
    }
}

/// The line of a key in the header.
fn line_of(text: &str, key: &str) -> Option<Range<usize>> {
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let comment = line.strip_prefix("--")?;
        let is_key = comment
            .trim_start()
            .strip_prefix(key)
            .is_some_and(|rest| rest.trim_start().starts_with(':'));
        if is_key {
            return Some(start..start + line.trim_end().len());
        }
        start += line.len();
    }
    None
}

/// One of the values, separated by commas, of a key in the header.
fn value_of(text: &str, key: &str, value: &str) -> Option<Range<usize>> {
    let range = line_of(text, key)?;
    let line = text.get(range.clone())?;
    let mut start = range.start + line.find(':')? + 1;
    for word in line.split_once(':')?.1.split(',') {
        if word.trim() == value {
            let blanks = word.len() - word.trim_start().len();
            return Some(start + blanks..start + blanks + value.len());
        }
        start += word.len() + 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "-- Merge\n-- limbeck: 1\n-- revision: c3\n-- revises: a1, b2\n\nrevision: x\n";

    #[test]
    fn a_value_among_others_is_found() {
        let found = |key, value| value_of(TEXT, key, value).map(|range| (range.start, &TEXT[range]));
        assert_eq!(found("revision", "c3"), Some((36, "c3")));
        assert_eq!(found("revises", "a1"), Some((51, "a1")));
        assert_eq!(found("revises", "b2"), Some((55, "b2")));
        assert_eq!(found("revises", "b"), None);
        assert_eq!(found("depends_on", "b2"), None);
    }

    #[test]
    fn a_key_below_the_header_is_none() {
        assert_eq!(line_of("-- limbeck: 1\n\n-- revision: a1\n", "revision"), None);
    }
}
