//! Where a run was interrupted, and what that leaves.

use std::fmt;

use limbeck_history::RevisionId;
use serde::Serialize;

/// Where a run was interrupted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "when", rename_all = "snake_case")]
pub enum Interruption {
    /// Before anything ran: while it read the database, or waited for another runner.
    Early,
    /// While the connection or the lease was to be had again, after it was lost.
    Away {
        /// The revision that it was at.
        revision: Option<RevisionId>,
        /// Its step; `None` for a revision without steps.
        step: Option<String>,
    },
    /// Between steps.
    Before {
        /// The revision that was next.
        revision: RevisionId,
        /// Its step that was next; `None` for a revision without steps.
        step: Option<String>,
    },
    /// In a step.
    In {
        /// The revision.
        revision: RevisionId,
        /// The step.
        step: String,
        /// Whether the step ran in a transaction, which was rolled back.
        transaction: bool,
    },
}

impl Interruption {
    /// What to do next.
    pub(super) fn hint(&self) -> &'static str {
        match self {
            Self::Early => "run again: nothing was run",
            Self::Before { .. }
            | Self::In {
                transaction: true, ..
            } => "run again to go on",
            Self::Away { .. } | Self::In { .. } => "run again to go on: it looks at what the step has left",
        }
    }
}

impl fmt::Display for Interruption {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Early => formatter.write_str("before the first step"),
            Self::Away { revision, step } => {
                formatter.write_str("before it could go on: it had lost its connection or its lease")?;
                if revision.is_some() {
                    let at = super::at(revision.as_ref(), step.as_ref());
                    write!(formatter, "{at}, of which it is not known whether it was kept")?;
                }
                Ok(())
            }
            Self::Before { revision, step: None } => write!(formatter, "before revision `{revision}`"),
            Self::Before {
                revision,
                step: Some(step),
            } => write!(formatter, "before step `{step}` of revision `{revision}`"),
            Self::In {
                revision,
                step,
                transaction: true,
            } => write!(
                formatter,
                "in step `{step}` of revision `{revision}`, of which nothing was kept"
            ),
            Self::In { revision, step, .. } => write!(
                formatter,
                "in step `{step}` of revision `{revision}`, which runs outside a transaction"
            ),
        }
    }
}
