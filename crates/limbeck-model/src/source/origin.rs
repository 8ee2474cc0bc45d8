//! Places in source files.

use std::ops::Range;
use std::path::{Path, PathBuf};

/// A place in a source file.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Origin {
    /// The file, relative to the project's root where it lies below it.
    pub file: PathBuf,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// The range of bytes in the file.
    pub span: Range<usize>,
}

impl std::fmt::Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}:{}", self.file.display(), self.line, self.column)
    }
}

/// A source file that was read.
pub(super) struct SourceFile {
    /// As in [`Origin::file`].
    pub(super) path: PathBuf,
    /// The contents.
    pub(super) text: String,
    /// The byte at which each line begins.
    lines: Vec<usize>,
}

impl SourceFile {
    pub(super) fn new(path: PathBuf, text: String) -> Self {
        let lines = std::iter::once(0)
            .chain(text.match_indices('\n').map(|(newline, _)| newline + 1))
            .collect();
        Self { path, text, lines }
    }

    /// The place of a range of bytes.
    pub(super) fn origin(&self, range: Range<usize>) -> Origin {
        let line = self.lines.partition_point(|start| *start <= range.start).max(1);
        let begin = self.lines.get(line - 1).copied().unwrap_or(0);
        let column = self
            .text
            .get(begin..range.start)
            .map_or(0, |before| before.chars().count());
        Origin {
            file: self.path.clone(),
            line,
            column: column + 1,
            span: range.start..range.end.max(range.start),
        }
    }

    /// A line of the text, from 1, without its end.
    pub(super) fn line(&self, line: usize) -> &str {
        let start = self.lines.get(line.wrapping_sub(1)).copied().unwrap_or(0);
        let end = self.lines.get(line).copied().unwrap_or(self.text.len());
        self.text
            .get(start..end)
            .unwrap_or("")
            .trim_end_matches(['\n', '\r'])
    }
}

/// A path as users know it: relative to the project's root where it lies below it.
pub(super) fn shown(root: &Path, path: &Path) -> PathBuf {
    path.strip_prefix(root)
        .ok()
        .filter(|relative| !relative.as_os_str().is_empty())
        .unwrap_or(path)
        .to_path_buf()
}
