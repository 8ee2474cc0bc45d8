//! What is wrong with a `limbeck.toml`.

use std::ops::Range;
use std::path::{Path, PathBuf};

use limbeck_sql::line_column;

use super::document::{listed, nearest};

/// One mistake in a configuration file, with its place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {message}", self.place())]
pub struct ConfigError {
    /// The file.
    pub path: PathBuf,
    /// The file's text.
    pub text: String,
    /// The bytes of the text that are meant.
    pub range: Range<usize>,
    /// The line, from 1; 0 where the file as a whole is meant.
    pub line: usize,
    /// The column in characters, from 1; 0 where the file as a whole is meant.
    pub column: usize,
    /// What is wrong, in one sentence.
    pub message: String,
    /// What to do next.
    pub hint: Option<String>,
}

impl ConfigError {
    pub(super) fn new(
        path: &Path,
        text: &str,
        range: Range<usize>,
        message: String,
        hint: Option<String>,
    ) -> Self {
        let (line, column) = line_column(text, range.start);
        Self {
            path: path.to_owned(),
            text: text.to_owned(),
            range,
            line,
            column,
            message,
            hint,
        }
    }

    fn place(&self) -> String {
        match self.line {
            0 => self.path.display().to_string(),
            line => format!("{}:{line}:{}", self.path.display(), self.column),
        }
    }

    /// `section` is where the environments begin, if there are any.
    pub(super) fn unknown_environment(
        path: &Path,
        text: &str,
        section: Option<Range<usize>>,
        wanted: &str,
        names: &[String],
    ) -> Self {
        let known: Vec<&str> = names.iter().map(String::as_str).collect();
        let hint = match (nearest(wanted, &known), known.as_slice()) {
            (Some(near), _) => format!("did you mean `{near}`?"),
            (None, []) => format!("add a section `[environments.{wanted}]`, or leave out `-e`"),
            (None, [only]) => format!("the only environment is `{only}`"),
            (None, several) => format!("the environments are {}", listed(several)),
        };
        let message = format!("there is no environment `{wanted}`");
        match section {
            Some(range) => Self::new(path, text, range, message, Some(hint)),
            None => Self::of_file(path, text, message, Some(hint)),
        }
    }

    /// About the file as a whole.
    pub(super) fn of_file(path: &Path, text: &str, message: String, hint: Option<String>) -> Self {
        Self {
            line: 0,
            column: 0,
            ..Self::new(path, text, 0..0, message, hint)
        }
    }
}

/// Which databases there are, where another was named.
pub(super) fn known_databases(wanted: &str, known: &[&str]) -> String {
    match (nearest(wanted, known), known) {
        (Some(near), _) => format!("did you mean `{near}`?"),
        (None, []) => format!("add a section `[databases.{wanted}]`, or leave out `--database`"),
        (None, [only]) => format!("the only database is `{only}`"),
        (None, several) => format!("the databases are {}", listed(several)),
    }
}
