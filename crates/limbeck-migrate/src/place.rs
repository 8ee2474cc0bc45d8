//! A place in a revision file.

use std::ops::Range;
use std::path::PathBuf;

use limbeck_history::{Revision, Step, StepSide};
use limbeck_sql::line_column;
use serde::Serialize;

/// What every marker begins with.
const MARKER: &str = "-- limbeck:";

/// A place in a revision file, with the file's text to show it in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Place {
    /// The file; its name alone where only the database has it.
    pub path: PathBuf,
    /// The whole text.
    #[serde(skip)]
    pub text: String,
    /// The bytes of the text.
    pub span: Range<usize>,
    /// The line where it begins, counted from 1.
    pub line: usize,
    /// The column where it begins, counted from 1, in characters.
    pub column: usize,
}

impl Place {
    pub(crate) fn new(revision: &Revision, span: Range<usize>) -> Self {
        let (line, column) = line_column(&revision.text, span.start);
        Self {
            path: revision.path.clone(),
            text: revision.text.clone(),
            span,
            line,
            column,
        }
    }

    /// The marker with which a step begins.
    pub(crate) fn of_step(revision: &Revision, step: &Step) -> Self {
        match step.up.as_ref().or(step.down.as_ref()) {
            Some(side) => Self::of_side(revision, side),
            None => Self::new(revision, 0..0),
        }
    }

    /// The marker with which a side of a step begins: the step as a whole.
    pub(crate) fn of_side(revision: &Revision, side: &StepSide) -> Self {
        let before = revision.text.get(..side.offset).unwrap_or_default();
        let start = before.rfind(MARKER).unwrap_or(side.offset);
        let length = revision
            .text
            .get(start..)
            .and_then(|text| text.lines().next())
            .map_or(0, str::len);
        Self::new(revision, start..start + length)
    }
}

/// `path:line:column`.
impl std::fmt::Display for Place {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}:{}:{}", self.path.display(), self.line, self.column)
    }
}
