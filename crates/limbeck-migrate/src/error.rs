//! Why a run did not come to its end.

mod advice;
mod hint;
mod interruption;

use std::collections::BTreeSet;

use limbeck_history::{Direction, RevisionError, RevisionId, SelectorError};
use limbeck_postgres::{ConnectError, DatabaseError, Pooling};
use serde::Serialize;

use crate::blockers::Blocked;
use crate::journal::word;
use crate::place::Place;
use crate::position::Holder;
use crate::report::Committed;
use crate::screen::Refusal;
use crate::state::AppliedRevision;

use hint::Kept;
pub use interruption::Interruption;

/// Why a run did not come to its end, and what it had committed by then.
#[derive(Debug, thiserror::Error)]
#[error("{kind}")]
pub struct MigrateError {
    kind: Box<ErrorKind>,
    committed: Vec<Committed>,
    /// Whether the whole run was one transaction, of which nothing was kept.
    is_one_transaction: bool,
}

/// Why a run did not come to its end.
#[derive(Debug, thiserror::Error)]
pub enum ErrorKind {
    /// The database cannot be reached, or does not let us in.
    #[error("{0}")]
    Connect(ConnectError),
    /// The connection was lost in the midst of a run, and the server could not be reached again.
    #[error("the connection was lost{}, and the server could not be reached again: {error}", at(.revision.as_ref(), .step.as_ref()))]
    NotReachedAgain {
        /// The revision that the run was at.
        revision: Option<RevisionId>,
        /// Its step; `None` for a revision without steps.
        step: Option<String>,
        /// What was said last.
        error: ConnectError,
    },
    /// The connection was lost several times at the same place, and nothing was committed in between.
    #[error("the connection was lost {times} times{}, with nothing committed in between: {}", at(.revision.as_ref(), .step.as_ref()), error.message())]
    LostAgain {
        /// The revision that the run was at.
        revision: Option<RevisionId>,
        /// Its step; `None` for a revision without steps.
        step: Option<String>,
        /// How often.
        times: u32,
        /// The last loss.
        error: DatabaseError,
    },
    /// The connection was lost while something was put on record.
    #[error("{doing}: {}; whether it was recorded is not known", error.message())]
    RecordingLost {
        /// What was being done.
        doing: String,
        /// The loss.
        error: DatabaseError,
    },
    /// A statement of Limbeck's own failed.
    #[error("{doing}: {}", error.message())]
    Database {
        /// What was being done: `reading the schema limbeck`.
        doing: String,
        /// What the server said.
        error: DatabaseError,
    },
    /// A newer release has written to the database.
    #[error("the tables of the schema `{schema}` have format {found}, and this release knows up to {known}")]
    NewerFormat {
        /// The schema of the own tables.
        schema: String,
        /// The format found.
        found: i32,
        /// The newest format that is known here.
        known: i32,
    },
    /// Some of the own tables are there and others are not.
    #[error("the schema `{schema}` lacks tables of Limbeck: {}", names(.missing))]
    TablesMissing {
        /// The schema of the own tables.
        schema: String,
        /// The tables.
        missing: Vec<String>,
    },
    /// The row of a head is there, and that of its revision is not.
    #[error("the tables of the schema `{schema}` are damaged: `{head}` is a head, and has no record")]
    Damaged {
        /// The schema of the own tables.
        schema: String,
        /// The head.
        head: RevisionId,
    },
    /// Another runner was still at work when the wait was over.
    #[error("another runner is still at work{}", holder_words(.holder.as_ref()))]
    Busy {
        /// Who holds the lease; `None` where only the server's lock is held.
        holder: Option<Holder>,
        /// Why the lease was not taken although it has run out.
        reason: Option<String>,
    },
    /// The target is unknown or means several revisions.
    #[error("{0}")]
    Target(SelectorError),
    /// Revisions were changed after they were applied.
    #[error("{}", edited_words(.revisions))]
    Edited {
        /// The revisions.
        revisions: Vec<EditedRevision>,
    },
    /// What the database has of a revision is not what was looked at before.
    #[error("what the database has of revision `{revision}` has changed meanwhile")]
    ChangedMeanwhile {
        /// The revision.
        revision: RevisionId,
    },
    /// The database has revisions whose files are not here.
    #[error("the database has {}, which {} not among the files here", unknown_words(.revisions), are(.revisions.len()))]
    Unknown {
        /// The revisions.
        revisions: Vec<UnknownRevision>,
    },
    /// A revision that is partly applied was changed since.
    #[error(
        "step `{step}` of revision `{revision}` was changed after it had run, before the revision was complete"
    )]
    StepEdited {
        /// The revision.
        revision: RevisionId,
        /// The step.
        step: String,
        /// Where it stands; `None` when the file has no such step any more.
        place: Option<Place>,
    },
    /// A step has no way down.
    #[error("step `{step}` of revision `{revision}` has no way down")]
    NoDown {
        /// The revision.
        revision: RevisionId,
        /// The step.
        step: String,
        /// The step.
        place: Place,
    },
    /// The SQL that the database keeps cannot be trusted: another role owns the tables.
    #[error(
        "the database's copy of revision `{revision}` belongs to `{owner}`, who is no superuser, and so is not run"
    )]
    StoredBodyUntrusted {
        /// The revision.
        revision: RevisionId,
        /// The owner of the table.
        owner: String,
    },
    /// The revision file that the database keeps cannot be read.
    #[error("the database's copy of `{file_name}` cannot be read: {error}")]
    StoredBody {
        /// The name of the file that was applied.
        file_name: String,
        /// Why.
        error: RevisionError,
    },
    /// The files here and the database's copies do not form one history.
    #[error("the files here and the revisions in the database do not form one history: {0}")]
    Graph(String),
    /// A step holds what no step can hold.
    #[error("{refusal}")]
    Refused {
        /// The revision.
        revision: RevisionId,
        /// The step.
        step: String,
        /// What it holds.
        refusal: Refusal,
        /// Where.
        place: Place,
    },
    /// A step failed. In a transaction it has left nothing.
    #[error("step `{step}` of revision `{revision}` failed{}: {}", way(*.direction), error.message())]
    Step {
        /// The revision.
        revision: RevisionId,
        /// The step.
        step: String,
        /// Which way.
        direction: Direction,
        /// Where, as far as PostgreSQL says or the count of finished statements tells.
        place: Option<Place>,
        /// What the server said.
        error: DatabaseError,
        /// Whether the step ran outside a transaction and has left something behind.
        left_something: bool,
        /// Whom it was seen waiting for, where a lock did not come.
        blocked: Option<Blocked>,
    },
    /// A `require` found something.
    #[error("step `{step}` of revision `{revision}` was not run: {message}: {count}")]
    Require {
        /// The revision.
        revision: RevisionId,
        /// The step.
        step: String,
        /// What was counted.
        message: String,
        /// How many there are.
        count: String,
        /// The query.
        place: Option<Place>,
    },
    /// A step ended its own transaction: what came before that in the step may stand.
    #[error("step `{step}` of revision `{revision}` ended its own transaction")]
    TransactionEnded {
        /// The revision.
        revision: RevisionId,
        /// The step.
        step: String,
        /// The step.
        place: Place,
    },
    /// Another runner has taken the lease, because this one was silent for too long.
    #[error("another runner took the lease over, because nothing was heard of this one for too long")]
    LeaseLost,
    /// The next step is the application's.
    #[error("step `{step}` of revision `{revision}` is the application's: `{function}`")]
    RustStep {
        /// The revision.
        revision: RevisionId,
        /// The step.
        step: String,
        /// The function's name.
        function: String,
        /// Which way.
        direction: Direction,
        /// The step.
        place: Place,
    },
    /// An earlier attempt at a step outside a transaction did not end, and nothing tells how far it came.
    #[error(
        "step `{step}` of revision `{revision}` was begun before and did not end, and nothing tells how far it came"
    )]
    Unfinished {
        /// The revision.
        revision: RevisionId,
        /// The step.
        step: String,
        /// The step.
        place: Place,
    },
    /// Another session builds the index that a step would have to build again.
    #[error("the index `{index}` is being built by the server process {pid}")]
    IndexInProgress {
        /// The index, qualified and quoted.
        index: String,
        /// The server process.
        pid: i32,
        /// Whether the role may not see what that builds, and only its lock on the index's table can be seen.
        is_hidden: bool,
    },
    /// An index of another table has the name that a step gives, and its `IF NOT EXISTS` would take it for its own.
    #[error(
        "the index `{index}` is there, but on the table `{table}`, and `IF NOT EXISTS` would take it for the step's own"
    )]
    IndexElsewhere {
        /// The index, qualified and quoted.
        index: String,
        /// The table, qualified and quoted.
        table: String,
        /// The step.
        place: Place,
    },
    /// An invalid index that the step has not left has the name that the step gives.
    #[error("the index `{index}` is there already, invalid, and not by this step")]
    InvalidIndex {
        /// The index, qualified and quoted.
        index: String,
        /// The step.
        place: Place,
    },
    /// An import finds revisions on record.
    #[error("the database has revisions on record already: {}", ids(.revisions))]
    AlreadyOnRecord {
        /// The revisions.
        revisions: BTreeSet<RevisionId>,
    },
    /// Another tool has changed its table since an import read it.
    #[error("{tool} has changed its table since it was read; nothing was recorded")]
    ImportMoved {
        /// The tool.
        tool: String,
    },
    /// A step stands in the way of a run that is one transaction.
    #[error("step `{step}` of revision `{revision}` {}, and the whole run is to be one transaction", .obstacle.words())]
    NotInOneTransaction {
        /// The revision.
        revision: RevisionId,
        /// The step.
        step: String,
        /// Why it cannot be part of it.
        obstacle: Obstacle,
        /// The step.
        place: Place,
    },
    /// The connection goes through a pooler that gives a server process to others between two transactions.
    #[error("`{host}` is {}, which gives the server's processes to others in between, and a migration needs one to itself", .pooling.kind)]
    Pooled {
        /// The host.
        host: String,
        /// What is known of the pooler.
        pooling: Pooling,
    },
    /// A pooler does not take the `options` of the connection string, and what they say may decide what a step does.
    #[error("the pooler `{host}` does not take the `options` of the connection string")]
    OptionsLeftOut {
        /// The host.
        host: String,
    },
    /// A step cannot go through a pooler that gives a server process to others between two transactions.
    #[error("step `{step}` of revision `{revision}` {}, and the run goes through a pooler", .obstacle.pooled_words())]
    NotThroughPooler {
        /// The revision.
        revision: RevisionId,
        /// The step.
        step: String,
        /// Why it cannot.
        obstacle: Obstacle,
        /// The step.
        place: Place,
    },
    /// The hook of the application on each step stops the run, or what it adds fails. Nothing of the step was kept,
    /// unless it ran outside a transaction.
    #[error("what the application's hook adds to {} failed: {message}", hooked(.revision, .step.as_ref()))]
    Hook {
        /// The revision.
        revision: RevisionId,
        /// The step; `None` for a revision without steps.
        step: Option<String>,
        /// Why, in words.
        message: String,
        /// What the server said, where it did.
        error: Option<DatabaseError>,
        /// Whether the step ran outside a transaction, and is on record as done.
        is_step_kept: bool,
    },
    /// The database lacks revisions of the application.
    #[error("the database lacks {} that the application has: {}", count(.revisions.len()), ids(.revisions))]
    Behind {
        /// The revisions, those that are there in part included.
        revisions: BTreeSet<RevisionId>,
    },
    /// The revisions that an application carries cannot be read.
    #[error("the revisions of the application cannot be read: {0}")]
    Embedded(String),
    /// The caller's transaction has failed already.
    #[error("the transaction of the connection has failed already, and takes no more statements")]
    TransactionFailed,
    /// The run was interrupted.
    #[error("interrupted {0}")]
    Interrupted(Interruption),
}

impl ErrorKind {
    /// Whether it tells of a connection or a lease that is gone, after which another session may go on.
    pub(crate) fn cuts_short(&self) -> bool {
        matches!(self, Self::LeaseLost) || self.lost_connection().is_some()
    }

    /// The loss of the connection that it tells of, where another one may go on.
    pub(crate) fn lost_connection(&self) -> Option<&DatabaseError> {
        match self {
            Self::Database { error, .. }
            | Self::Step { error, .. }
            | Self::Hook {
                error: Some(error), ..
            } if error.may_connect_again() => Some(error),
            _ => None,
        }
    }

    /// Whether it is the end of the session by somebody who may do that, or of the whole server.
    pub(crate) fn is_ended_by_somebody(&self) -> bool {
        self.lost_connection()
            .is_some_and(|error| error.is(limbeck_postgres::sqlstate::ADMIN_SHUTDOWN))
    }
}

/// Why a step cannot be part of a run that is one transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Obstacle {
    /// It runs outside transactions (`transaction=no`).
    Outside,
    /// The application runs it (`rust=`).
    Rust,
    /// It sets something for the session, and the transaction is the caller's, whose session it would stay set in.
    SetsSession,
}

impl Obstacle {
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Outside => "runs outside transactions",
            Self::Rust => "is the application's",
            Self::SetsSession => "sets something for the whole session, which is the caller's",
        }
    }

    fn pooled_words(self) -> &'static str {
        match self {
            Self::SetsSession => "sets something for the whole session",
            other => other.words(),
        }
    }
}

/// A revision whose file was changed after it was applied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EditedRevision {
    /// Its identifier.
    pub id: RevisionId,
    /// Its file.
    pub path: std::path::PathBuf,
    /// The checksum it was applied with.
    pub applied: String,
    /// The checksum of the file.
    pub file: String,
}

/// A revision that the database has and no file tells of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UnknownRevision {
    /// Its identifier.
    pub id: RevisionId,
    /// The name of the file that was applied; empty for one that is only partly applied.
    pub file_name: String,
    /// Its message.
    pub message: String,
}

impl UnknownRevision {
    pub(crate) fn new(id: &RevisionId, row: Option<&AppliedRevision>) -> Self {
        Self {
            id: id.clone(),
            file_name: row.map(|row| row.file_name.clone()).unwrap_or_default(),
            message: row.map(|row| row.message.clone()).unwrap_or_default(),
        }
    }
}

/// How a run ended, as far as whoever called it must tell: the exit codes of the design, without their numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorClass {
    /// It failed, and this call committed nothing.
    Failed,
    /// Another runner is still busy.
    Busy,
    /// The database is unreachable.
    Unreachable,
    /// It stopped after committing something. Run again, it goes on.
    Stopped,
    /// The files and the database tell different histories.
    HistoryConflict,
    /// The connection is not one to migrate by.
    Configuration,
    /// It was interrupted.
    Interrupted,
}

impl MigrateError {
    /// Why.
    #[must_use]
    pub fn kind(&self) -> &ErrorKind {
        &self.kind
    }

    /// What this call had committed by then, in order.
    #[must_use]
    pub fn committed(&self) -> &[Committed] {
        &self.committed
    }

    /// How the run ended, as far as whoever called it must tell.
    #[must_use]
    pub fn class(&self) -> ErrorClass {
        match &*self.kind {
            ErrorKind::Interrupted(_) => ErrorClass::Interrupted,
            ErrorKind::TransactionEnded { .. }
            | ErrorKind::Step {
                left_something: true, ..
            } => ErrorClass::Stopped,
            _ if !self.committed.is_empty() => ErrorClass::Stopped,
            ErrorKind::Connect(_)
            | ErrorKind::NotReachedAgain { .. }
            | ErrorKind::LostAgain { .. }
            | ErrorKind::RecordingLost { .. } => ErrorClass::Unreachable,
            ErrorKind::Database { error, .. }
            | ErrorKind::Step { error, .. }
            | ErrorKind::Hook {
                error: Some(error), ..
            } if error.is_connection_lost() => ErrorClass::Unreachable,
            ErrorKind::Busy { .. } => ErrorClass::Busy,
            ErrorKind::Pooled { .. } | ErrorKind::OptionsLeftOut { .. } => ErrorClass::Configuration,
            ErrorKind::Target(_)
            | ErrorKind::Edited { .. }
            | ErrorKind::Unknown { .. }
            | ErrorKind::StepEdited { .. }
            | ErrorKind::ChangedMeanwhile { .. }
            | ErrorKind::AlreadyOnRecord { .. }
            | ErrorKind::Graph(_) => ErrorClass::HistoryConflict,
            _ => ErrorClass::Failed,
        }
    }

    /// The place in a revision file that the error is about.
    #[must_use]
    pub fn place(&self) -> Option<&Place> {
        match &*self.kind {
            ErrorKind::Step { place, .. }
            | ErrorKind::Require { place, .. }
            | ErrorKind::StepEdited { place, .. } => place.as_ref(),
            ErrorKind::Refused { place, .. }
            | ErrorKind::NoDown { place, .. }
            | ErrorKind::TransactionEnded { place, .. }
            | ErrorKind::RustStep { place, .. }
            | ErrorKind::NotInOneTransaction { place, .. }
            | ErrorKind::IndexElsewhere { place, .. }
            | ErrorKind::InvalidIndex { place, .. }
            | ErrorKind::NotThroughPooler { place, .. }
            | ErrorKind::Unfinished { place, .. } => Some(place),
            _ => None,
        }
    }

    /// What the server said, where it said something.
    #[must_use]
    pub fn database_error(&self) -> Option<&DatabaseError> {
        match &*self.kind {
            ErrorKind::Database { error, .. }
            | ErrorKind::Step { error, .. }
            | ErrorKind::LostAgain { error, .. }
            | ErrorKind::RecordingLost { error, .. } => Some(error),
            ErrorKind::Hook { error, .. } => error.as_ref(),
            _ => None,
        }
    }

    /// Whom a step was seen waiting for, where a lock did not come.
    #[must_use]
    pub fn blocked(&self) -> Option<&Blocked> {
        match &*self.kind {
            ErrorKind::Step { blocked, .. } => blocked.as_ref(),
            _ => None,
        }
    }

    /// The SQLSTATE of what the server said.
    #[must_use]
    pub fn sqlstate(&self) -> Option<&str> {
        self.database_error().and_then(DatabaseError::sqlstate)
    }

    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        let kept = if self.is_one_transaction {
            Kept::NothingOfTheRun
        } else if self.committed.is_empty() {
            Kept::NothingOfTheStep
        } else {
            Kept::EarlierSteps
        };
        hint::of(&self.kind, kept)
    }

    /// The error of a run that was one transaction.
    pub(crate) fn of_one_transaction(mut self) -> Self {
        self.is_one_transaction = true;
        self
    }

    /// The error of a run that is not gone on with, with all that its parts have committed.
    pub(crate) fn after(mut self, mut committed: Vec<Committed>) -> Self {
        committed.append(&mut self.committed);
        self.committed = committed;
        self
    }

    pub(crate) fn into_parts(self) -> (ErrorKind, Vec<Committed>) {
        (*self.kind, self.committed)
    }

    pub(crate) fn with_committed(mut self, committed: Vec<Committed>) -> Self {
        self.committed = committed;
        self
    }
}

impl From<ErrorKind> for MigrateError {
    fn from(kind: ErrorKind) -> Self {
        Self {
            kind: Box::new(kind),
            committed: Vec::new(),
            is_one_transaction: false,
        }
    }
}

impl From<ConnectError> for MigrateError {
    fn from(error: ConnectError) -> Self {
        ErrorKind::Connect(error).into()
    }
}

impl From<SelectorError> for MigrateError {
    fn from(error: SelectorError) -> Self {
        ErrorKind::Target(error).into()
    }
}

/// ` in step `two` of revision `8f3c``.
fn at(revision: Option<&RevisionId>, step: Option<&String>) -> String {
    revision.map_or_else(String::new, |revision| format!(" in {}", hooked(revision, step)))
}

fn hooked(revision: &RevisionId, step: Option<&String>) -> String {
    match step {
        Some(step) => format!("step `{step}` of revision `{revision}`"),
        None => format!("revision `{revision}`"),
    }
}

fn way(direction: Direction) -> String {
    match direction {
        Direction::Up => String::new(),
        Direction::Down => format!(" on the way {}", word(direction)),
    }
}

fn count(revisions: usize) -> String {
    match revisions {
        1 => "a revision".to_owned(),
        count => format!("{count} revisions"),
    }
}

fn names(names: &[String]) -> String {
    names
        .iter()
        .map(|name| format!("`{name}`"))
        .collect::<Vec<_>>()
        .join(", ")
}

/// The first few of many.
fn ids(revisions: &BTreeSet<RevisionId>) -> String {
    let shown: Vec<String> = revisions.iter().take(5).map(|id| format!("`{id}`")).collect();
    match revisions.len() - shown.len() {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

fn are(count: usize) -> &'static str {
    if count == 1 { "is" } else { "are" }
}

fn holder_words(holder: Option<&Holder>) -> String {
    holder.map_or_else(String::new, |holder| format!(": {holder}"))
}

fn edited_words(revisions: &[EditedRevision]) -> String {
    let names: Vec<_> = revisions
        .iter()
        .map(|revision| {
            let name = revision.path.file_name().unwrap_or(revision.path.as_os_str());
            format!("revision `{}` (`{}`)", revision.id, name.display())
        })
        .collect();
    let (were, they) = match revisions {
        [_] => ("was", "it was"),
        _ => ("were", "they were"),
    };
    format!("{} {were} changed after {they} applied", names.join(", "))
}

fn unknown_words(revisions: &[UnknownRevision]) -> String {
    let names: Vec<_> = revisions
        .iter()
        .map(|revision| {
            if revision.file_name.is_empty() {
                format!("revision `{}`", revision.id)
            } else {
                format!("revision `{}` (`{}`)", revision.id, revision.file_name)
            }
        })
        .collect();
    names.join(", ")
}
