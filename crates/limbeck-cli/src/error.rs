//! Why a command ends without having done its work.

use std::io;

use limbeck_project::{Diagnostic, Error, Failure};

/// Why a command ends without having done its work.
#[derive(Debug)]
pub(crate) enum CommandError {
    /// The work itself failed.
    Failed(Error),
    /// Its result could not be written.
    Output(io::Error),
}

impl From<Error> for CommandError {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl From<io::Error> for CommandError {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

/// The report of a run could not be written, after all of it was committed.
pub(crate) fn unreported(cause: io::Error) -> CommandError {
    if cause.kind() == io::ErrorKind::BrokenPipe {
        return cause.into();
    }
    let diagnostic = Diagnostic::new("the result cannot be written")
        .note(cause.to_string())
        .hint("all of the run is committed: `limbeck current` shows where the database is");
    Error::new(Failure::Stopped, diagnostic).caused_by(cause).into()
}

/// An error in what was asked for.
pub(crate) fn usage(diagnostic: Diagnostic) -> CommandError {
    Error::new(Failure::Usage, diagnostic).into()
}

/// An error of the operating system.
pub(crate) fn failed(what: impl Into<String>, cause: io::Error) -> CommandError {
    Error::new(Failure::Failed, Diagnostic::new(what).note(cause.to_string()))
        .caused_by(cause)
        .into()
}
