//! The one error of this crate: what sort of failure it is, and what to tell about it.

mod convert;

use std::error::Error as StdError;
use std::fmt;

use limbeck_postgres::DatabaseError;

pub(crate) use convert::*;

use crate::{Diagnostic, Failure};

/// Why a command failed. Opaque, so that causes can be added; it tells what sort of failure it is and carries
/// everything there is to show.
pub struct Error(Box<Inner>);

struct Inner {
    failure: Failure,
    diagnostics: Vec<Diagnostic>,
    source: Option<Box<dyn StdError + Send + Sync>>,
    database: Option<DatabaseError>,
}

impl Error {
    /// An error of one diagnostic.
    #[must_use]
    pub fn new(failure: Failure, diagnostic: Diagnostic) -> Self {
        Self::several(failure, vec![diagnostic])
    }

    /// An error of several diagnostics, the most important first.
    #[must_use]
    pub fn several(failure: Failure, diagnostics: Vec<Diagnostic>) -> Self {
        Self(Box::new(Inner {
            failure,
            diagnostics,
            source: None,
            database: None,
        }))
    }

    /// Several errors as one: what sort of failure it is, the first says.
    pub(crate) fn together(errors: Vec<Self>) -> Option<Self> {
        let mut errors = errors.into_iter();
        let mut first = errors.next()?;
        first
            .0
            .diagnostics
            .extend(errors.flat_map(|error| error.0.diagnostics));
        Some(first)
    }

    /// Remembers what caused it.
    #[must_use]
    pub fn caused_by(mut self, source: impl StdError + Send + Sync + 'static) -> Self {
        self.0.source = Some(Box::new(source));
        self
    }

    /// Adds what to do next.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        if let Some(first) = self.0.diagnostics.first_mut() {
            first.hints.push(hint.into());
        }
        self
    }

    /// What sort of failure it is.
    #[must_use]
    pub fn failure(&self) -> Failure {
        self.0.failure
    }

    /// What there is to show, the most important first.
    #[must_use]
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.0.diagnostics
    }

    /// Remembers what the server said.
    pub(crate) fn by_database(mut self, error: &DatabaseError) -> Self {
        self.0.database = Some(error.clone());
        self
    }

    /// What the server said, where a server caused it.
    #[must_use]
    pub fn database_error(&self) -> Option<&DatabaseError> {
        self.0.database.as_ref()
    }

    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(Failure::Usage, Diagnostic::new(message))
    }

    pub(crate) fn failed(message: impl Into<String>) -> Self {
        Self::new(Failure::Failed, Diagnostic::new(message))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, diagnostic) in self.0.diagnostics.iter().enumerate() {
            if n > 0 {
                f.write_str("; ")?;
            }
            f.write_str(&diagnostic.message)?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("failure", &self.0.failure)
            .field("diagnostics", &self.0.diagnostics)
            .finish()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0
            .source
            .as_deref()
            .map(|source| source as &(dyn StdError + 'static))
    }
}
