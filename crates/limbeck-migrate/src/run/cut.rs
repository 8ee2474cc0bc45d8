//! What cuts a run short without ending it: the loss of its connection, or of its lease.

use std::time::{Duration, Instant};

use limbeck_history::RevisionId;

use super::stop::Stop;
use super::{Commits, Leased};
use crate::error::{ErrorKind, MigrateError};
use crate::report::Committed;

/// How a run came to a halt.
#[derive(Debug)]
pub(crate) enum Halt {
    /// It has ended.
    Stopped(MigrateError),
    /// It was cut short, and may go on.
    Cut(Cut),
}

/// What is known of a run that was cut short.
#[derive(Debug)]
pub(crate) struct Cut {
    pub(crate) kind: ErrorKind,
    /// What it was at.
    pub(crate) at: Option<Whereabouts>,
    /// What is known to be committed.
    pub(crate) committed: Vec<Committed>,
    pub(crate) waited: Duration,
}

/// What a run is at.
#[derive(Debug, Clone)]
pub(crate) struct Whereabouts {
    pub(crate) revision: RevisionId,
    /// The step; `None` for a revision without steps.
    pub(crate) step: Option<String>,
    /// Since when.
    pub(crate) began: Instant,
}

impl Halt {
    /// The error of a run that is not gone on with.
    pub(crate) fn into_error(self) -> MigrateError {
        match self {
            Self::Stopped(error) => error,
            Self::Cut(cut) => MigrateError::from(cut.kind).with_committed(cut.committed),
        }
    }
}

impl From<MigrateError> for Halt {
    fn from(error: MigrateError) -> Self {
        if !error.kind().cuts_short() {
            return Self::Stopped(error);
        }
        let (kind, committed) = error.into_parts();
        Self::Cut(Cut {
            kind,
            at: None,
            committed,
            waited: Duration::ZERO,
        })
    }
}

impl Leased<'_> {
    /// What is known, where the run was cut short; else what stopped it. In a transaction of an application there is
    /// nothing to go on with.
    pub(super) fn cut(&mut self, stop: Stop) -> Result<Cut, Stop> {
        let (Stop::Failed(kind) | Stop::Before(kind)) = &stop;
        if self.commits == Commits::Caller || !kind.cuts_short() {
            return Err(stop);
        }
        let (Stop::Failed(kind) | Stop::Before(kind)) = stop;
        Ok(Cut {
            kind: *kind,
            at: self.at.take(),
            committed: match self.commits {
                Commits::EachStep => std::mem::take(&mut self.committed),
                Commits::Run | Commits::Caller => Vec::new(),
            },
            waited: self.waited,
        })
    }
}
