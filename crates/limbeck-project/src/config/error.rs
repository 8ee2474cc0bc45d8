//! What is wrong with a `limbeck.toml`.

use std::ops::Range;
use std::path::{Path, PathBuf};

use limbeck_sql::line_column;

/// One mistake in a configuration file, with its place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}:{line}:{column}: {message}", path.display())]
pub struct ConfigError {
    /// The file.
    pub path: PathBuf,
    /// The file's text.
    pub text: String,
    /// The bytes of the text that are meant.
    pub range: Range<usize>,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
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

    pub(super) fn unknown_environment(path: &Path, text: &str, wanted: &str, names: &[String]) -> Self {
        let hint = if names.is_empty() {
            format!("add a section `[environments.{wanted}]`, or leave out `-e`")
        } else {
            format!(
                "the environments are {}",
                names
                    .iter()
                    .map(|name| format!("`{name}`"))
                    .collect::<Vec<_>>()
                    .join(", ")
            )
        };
        Self::new(
            path,
            text,
            0..0,
            format!("there is no environment `{wanted}`"),
            Some(hint),
        )
    }
}
