//! Mistakes in models and in where they are looked for.

use super::Origin;

/// What is said of a `mod` line that leads to no file.
#[must_use]
pub fn module_without_file(name: &str) -> String {
    format!("the module `{name}` has no file")
}

/// A mistake in a model, in a source file, or in the setting that says where models are.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ModelError {
    /// What is wrong: one sentence without a final period.
    pub message: String,
    /// Where; `None` for a mistake in a setting.
    pub origin: Option<Box<Origin>>,
    /// The source line that [`origin`](Self::origin) begins on.
    pub source_line: Option<String>,
    /// Another place that it is about: the first of two tables of one name.
    pub beside: Option<Box<Origin>>,
    /// What to do about it.
    pub hint: Option<String>,
}

impl ModelError {
    /// A mistake that lies in no source file.
    pub(super) fn of_setting(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            origin: None,
            source_line: None,
            beside: None,
            hint: Some(hint.into()),
        }
    }

    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        self.hint.clone()
    }
}
