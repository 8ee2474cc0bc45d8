//! What a run tells while it goes on.

use std::time::Duration;

use limbeck_history::{Direction, RevisionId};
use limbeck_postgres::{Notice, Session, Settings};
use serde::{Serialize, Serializer};

use crate::blockers::{Blocked, Blocker, Ending, EndingResult};
use crate::position::Holder;
use crate::progress::Progress;

/// What a run tells while it goes on.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// A revision begins, or goes on where it was left.
    RevisionStarted {
        /// The revision.
        revision: RevisionId,
        /// The first line of its message.
        message: String,
        /// Which way.
        direction: Direction,
        /// How many steps will run.
        steps: usize,
    },
    /// A revision is applied, or undone, as a whole.
    RevisionFinished {
        /// The revision.
        revision: RevisionId,
        /// The first line of its message.
        message: String,
        /// Which way.
        direction: Direction,
        /// How long it took, in seconds.
        #[serde(serialize_with = "seconds")]
        duration: Duration,
    },
    /// A step is sent.
    StepStarted {
        /// The revision.
        revision: RevisionId,
        /// The step's name.
        step: String,
        /// Its place in the revision, from 1.
        number: usize,
        /// Which way.
        direction: Direction,
        /// Whether it runs in a transaction.
        transaction: bool,
    },
    /// A step is committed.
    StepFinished {
        /// The revision.
        revision: RevisionId,
        /// The step's name.
        step: String,
        /// Its place in the revision, from 1.
        number: usize,
        /// Which way.
        direction: Direction,
        /// How long it took, in seconds.
        #[serde(serialize_with = "seconds")]
        duration: Duration,
    },
    /// A step lasts: how far it has come. Told once it has taken over a second, when something has changed and
    /// every few seconds.
    Progress {
        /// The revision.
        revision: RevisionId,
        /// The step's name.
        step: String,
        /// Which way.
        direction: Direction,
        /// The statement that runs, where that can be told: a step is one message, and the server does not say how far it
        /// has come in it.
        statement: Option<String>,
        /// The statement's place in the step, from 1.
        number: Option<usize>,
        /// How many statements the step has.
        statements: usize,
        /// For how long the step has run, in seconds.
        #[serde(serialize_with = "seconds")]
        elapsed: Duration,
        /// How far the statement has come.
        #[serde(flatten)]
        progress: Progress,
    },
    /// A step waits for locks of others. Told once it has lasted for about a second, and again for others.
    Blocked {
        /// The revision.
        revision: RevisionId,
        /// The step's name.
        step: String,
        /// What it waits for, and whom.
        #[serde(flatten)]
        blocked: Blocked,
    },
    /// One of those whom a step waits for was ended, since that was wanted.
    BlockerEnded {
        /// The revision.
        revision: RevisionId,
        /// The step's name.
        step: String,
        /// Who.
        blocker: Blocker,
        /// How.
        ending: Ending,
        /// What came of it.
        result: EndingResult,
    },
    /// A step in a transaction failed for something that may pass, such as a lock that did not come, and is sent again.
    /// Nothing of it was kept.
    StepAgain {
        /// The revision.
        revision: RevisionId,
        /// The step's name.
        step: String,
        /// Its place in the revision, from 1.
        number: usize,
        /// Which way.
        direction: Direction,
        /// What the server said.
        reason: String,
        /// How often it may be sent after this time, as its `retry=` says; `None` as often as the deadline for locks
        /// allows.
        remaining: Option<u32>,
        /// After how long, in seconds.
        #[serde(serialize_with = "seconds")]
        pause: Duration,
    },
    /// An earlier attempt at a step outside a transaction was found.
    StepFound {
        /// The revision.
        revision: RevisionId,
        /// The step's name.
        step: String,
        /// What was found.
        found: Found,
        /// What was found, by name: the index, the partition; qualified and quoted.
        objects: Vec<String>,
        /// Whether the step's statement told what it is for, since its marker does not.
        inferred: bool,
    },
    /// The connection string names a pooler; the run goes past it, to the database itself.
    DirectHost {
        /// The host that the connection string names.
        pooled: String,
        /// The host that is used.
        host: String,
    },
    /// The database is at Neon, and neither a check of the server's certificate nor a binding of the password's proof is
    /// in force: anybody could have answered.
    ServerNotIdentified {
        /// The host that answered.
        host: String,
    },
    /// The server could not be reached, for a reason that may pass: it sleeps, starts, or hands over to another. Told
    /// once, and again for another reason.
    ConnectingAgain {
        /// Why.
        reason: String,
        /// For how long it is tried in all, in seconds.
        #[serde(serialize_with = "seconds")]
        limit: Duration,
    },
    /// The connection was lost in the midst of a run, which goes on when it has another one.
    ConnectionLost {
        /// What is known of it.
        reason: String,
        /// The revision that the run is at.
        revision: Option<RevisionId>,
        /// Its step; `None` for a revision without steps.
        step: Option<String>,
    },
    /// Another runner has taken the lease, since nothing was heard of this one for too long. It takes the lease again as
    /// anybody does, and goes on with what is left.
    LeaseLost {
        /// The revision that the run is at.
        revision: Option<RevisionId>,
        /// Its step; `None` for a revision without steps.
        step: Option<String>,
    },
    /// The run goes on after it had lost its connection or its lease. Steps that turn out to be committed are told as
    /// such ([`Event::StepFinished`]) before.
    GoingOn {
        /// How many steps, and revisions without steps, are left.
        remaining: usize,
    },
    /// Another runner is at work. Told once, and again when it comes to another step.
    Waiting {
        /// Who holds the lease; `None` where the server's lock is held without one.
        holder: Option<Holder>,
    },
    /// The lease of a runner that is no more was taken.
    TakenOver {
        /// Who held it.
        holder: Holder,
    },
    /// The lease could not be prolonged; it is tried again.
    HeartbeatFailed {
        /// Why.
        message: String,
    },
    /// A revision is undone by the SQL that the database keeps, not by a file.
    StoredBody {
        /// The revision.
        revision: RevisionId,
        /// The name of the file that was applied.
        file_name: String,
        /// Why.
        reason: StoredBodyReason,
    },
    /// A step has left something behind in its session. It was undone before the next step.
    SessionChanged {
        /// The revision.
        revision: RevisionId,
        /// The step's name.
        step: String,
        /// What: names of settings, `role`, `temporary tables`, `prepared statements`, `cursors`, `LISTEN`, `LOAD`,
        /// `advisory locks`, `the advisory lock of the run`, which was taken again.
        changed: Vec<String>,
    },
    /// The server said something besides its results.
    Notice {
        /// What it said.
        notice: Notice,
    },
    /// The run was interrupted; its statement is being cancelled.
    Interrupting,
}

impl Event {
    /// What a new session gives cause to tell: [`Event::ServerNotIdentified`].
    #[must_use]
    pub fn of_session(settings: &Settings, session: &Session) -> Option<Self> {
        let host = session.host();
        (settings.neon_at(host).is_some() && !session.identifies_server()).then(|| {
            Self::ServerNotIdentified {
                host: host.text().into_owned(),
            }
        })
    }
}

/// What an earlier attempt at a step outside a transaction has left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Found {
    /// It had come to its end: there is nothing left to do.
    Done,
    /// An invalid index, which is dropped before the step runs again.
    InvalidIndex,
    /// An index that the step made when its text was another one; it is dropped before the step runs again.
    FormerIndex,
    /// Invalid indexes beside the one that is built anew, which are dropped.
    Leftovers,
    /// An index that was there before the step was first begun, and is left alone.
    NotOurs,
    /// It left nothing: the step runs again.
    Nothing,
    /// A partition that is half detached: detaching is brought to its end.
    PendingDetach,
}

/// Why the SQL that the database keeps is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StoredBodyReason {
    /// The revision's file is not here.
    Missing,
    /// The revision's file was changed after it was applied.
    Edited,
}

/// Who is told.
pub type Events<'a> = &'a (dyn Fn(Event) + Send + Sync);

pub(crate) fn seconds<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(duration.as_secs_f64())
}

pub(crate) fn optional_seconds<S: Serializer>(
    duration: &Option<Duration>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match duration {
        Some(duration) => seconds(duration, serializer),
        None => serializer.serialize_none(),
    }
}
