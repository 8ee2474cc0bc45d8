//! Questions of a run, for a program that has somebody to ask.

use std::fmt;
use std::sync::Arc;
use std::thread;

use limbeck_history::RevisionId;
use serde::Serialize;
use tokio::sync::oneshot;

use crate::blockers::Blocked;

/// What a run asks. Each is answered by yes or no.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "question", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Question {
    /// A step failed for something that may have been meant, or may have passed. Nothing of it was kept. Shall it be
    /// sent again?
    SendAgain {
        /// The revision.
        revision: RevisionId,
        /// The step.
        step: String,
        /// What the server said.
        error: String,
        /// What that means, in words.
        reason: String,
    },
    /// A step waits for locks of other sessions. Shall what these run be cancelled?
    CancelBlockers {
        /// The revision.
        revision: RevisionId,
        /// The step.
        step: String,
        /// What it waits for, and whom.
        blocked: Blocked,
    },
}

type Answer = dyn Fn(&Question) -> bool + Send + Sync;

/// Somebody to ask. The call may take as long as a person does: it has a thread of its own, and the lease is prolonged
/// meanwhile.
#[derive(Clone)]
pub struct Ask(Arc<Answer>);

impl Ask {
    /// Whoever answers.
    pub fn new(answer: impl Fn(&Question) -> bool + Send + Sync + 'static) -> Self {
        Self(Arc::new(answer))
    }

    /// Asks. Where no answer comes, what is received is an error.
    pub(crate) fn ask(&self, question: Question) -> oneshot::Receiver<bool> {
        let (sender, receiver) = oneshot::channel();
        let answer = Arc::clone(&self.0);
        // Nobody waits for the thread: a run may end while its question is open. Without a thread there is no answer.
        let _ = thread::Builder::new()
            .name("question".to_owned())
            .spawn(move || sender.send(answer(&question)));
        receiver
    }
}

impl fmt::Debug for Ask {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Ask").finish_non_exhaustive()
    }
}

/// Clones are the same.
impl PartialEq for Ask {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Ask {}
