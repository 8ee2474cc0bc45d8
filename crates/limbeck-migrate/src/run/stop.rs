//! Why a step did not commit.

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

    /// What the server said, where a step may succeed as it stands once other transactions have ended.
    pub(super) fn may_pass(&self) -> Option<&str> {
        let Self::Failed(kind) = self else { return None };
        match &**kind {
            // lock_not_available, deadlock_detected.
            ErrorKind::Step { error, .. } if matches!(error.sqlstate(), Some("55P03" | "40P01")) => {
                Some(error.message())
            }
            _ => None,
        }
    }
}
