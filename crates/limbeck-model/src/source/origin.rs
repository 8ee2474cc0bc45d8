//! Places in source files.

use std::cell::OnceCell;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A place in a source file.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Origin {
    /// The file, relative to the project's root where it lies below it.
    pub file: Arc<Path>,
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
    pub(super) path: Arc<Path>,
    /// The contents, up to where anything in them is of use.
    pub(super) text: String,
    /// The byte at which each line begins, once anybody asks.
    lines: OnceCell<Vec<usize>>,
    /// The end of the last item that will be looked at again.
    pub(super) needed: usize,
}

impl SourceFile {
    pub(super) fn new(path: PathBuf, text: String) -> Self {
        Self {
            path: path.into(),
            text,
            lines: OnceCell::new(),
            needed: 0,
        }
    }

    fn lines(&self) -> &[usize] {
        self.lines.get_or_init(|| {
            let newlines = self.text.match_indices('\n');
            std::iter::once(0)
                .chain(newlines.map(|(newline, _)| newline + 1))
                .collect()
        })
    }

    /// Lets go of what nobody will look at any more: bodies of functions are most of a crate.
    pub(super) fn forget_the_rest(&mut self) {
        // To the end of the line, which is shown with a mistake in it.
        let rest = self.text.get(self.needed..).unwrap_or("");
        if let Some(newline) = rest.find('\n') {
            self.text.truncate(self.needed + newline + 1);
            self.text.shrink_to_fit();
            self.lines.take();
        }
    }

    /// The place of a range of bytes.
    pub(super) fn origin(&self, range: Range<usize>) -> Origin {
        let line = self.lines().partition_point(|start| *start <= range.start).max(1);
        let begin = self.lines().get(line - 1).copied().unwrap_or(0);
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
        let start = self.lines().get(line.wrapping_sub(1)).copied().unwrap_or(0);
        let end = self.lines().get(line).copied().unwrap_or(self.text.len());
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
