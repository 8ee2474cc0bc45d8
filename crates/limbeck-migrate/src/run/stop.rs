//! Why a step did not commit.

use limbeck_postgres::DatabaseError;

use crate::blockers::Blocked;
use crate::error::ErrorKind;

/// Why a step did not commit.
pub(super) enum Stop {
    /// The server reported an error.
    Failed(Box<ErrorKind>),
    /// Nothing was sent, or what was sent changed nothing.
    Before(Box<ErrorKind>),
}

impl Stop {
    pub(super) fn failed(kind: ErrorKind) -> Self {
        Self::Failed(Box::new(kind))
    }

    pub(super) fn before(kind: ErrorKind) -> Self {
        Self::Before(Box::new(kind))
    }

    /// What the server said of a step, or of what a hook adds to it.
    pub(super) fn of_step(&self) -> Option<&DatabaseError> {
        let Self::Failed(kind) = self else { return None };
        match &**kind {
            ErrorKind::Step { error, .. }
            | ErrorKind::Hook {
                error: Some(error), ..
            } => Some(error),
            _ => None,
        }
    }

    /// Notes whom a step has waited for that did not get its lock.
    pub(super) fn note_blocked(&mut self, seen: Blocked) {
        if let Self::Failed(kind) = self
            && let ErrorKind::Step { error, blocked, .. } = &mut **kind
            && error.is(limbeck_postgres::sqlstate::LOCK_NOT_AVAILABLE)
        {
            *blocked = Some(seen);
        }
    }
}
