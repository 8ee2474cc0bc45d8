//! Moves databases along a graph of revisions, online and as a script, from the command line and inside an
//! application.
//!
//! A run takes a *lease*, sends each step with its guard, its seal and its rows as one message, and gives the lease
//! back. Kill it anywhere and run it again: the end is the same. See [`upgrade()`], [`downgrade`], [`stamp()`],
//! [`ensure_version`], [`script()`], [`state()`], and, for scratch databases, [`replay()`].
//!
//! An application carries its revisions by [`embed!`] and has the same as methods of [`Migrations`], on a connection of
//! its own too.
//!
//! Limbeck's own tables live in a schema of their own (`limbeck`). Reading makes nothing; the first write makes them.

mod accept;
mod ask;
mod blockers;
mod connection;
mod converge;
mod ensure;
mod error;
mod event;
mod failure;
mod heartbeat;
mod hygiene;
mod import;
mod interrupt;
mod journal;
mod kind;
mod lease;
mod line;
mod log;
mod message;
mod migrations;
mod on_apply;
mod options;
mod pause;
mod pending;
mod place;
mod pooled;
mod position;
mod progress;
mod recorded;
mod replay;
mod report;
mod resume;
mod route;
mod run;
mod screen;
mod script;
mod session;
mod sql;
mod stamp;
mod state;
mod step_message;
mod stored;
mod tables;
mod upgrade;
mod verdict;
mod x_settings;

pub use accept::{Acceptance, accept};
pub use ask::{Ask, Question};
pub use blockers::{Blocked, Blocker, BlockerKind, Ending, EndingResult, WaitedLock};
pub use ensure::{EnsureReport, ensure_version};
pub use error::{
    EditedRevision, ErrorClass, ErrorKind, Interruption, MigrateError, Obstacle, UnknownRevision,
};
pub use event::{Event, Events, Found, StoredBodyReason};
pub use import::{Import, ImportedRevision, import};
pub use interrupt::Interrupt;
pub use journal::sqlstate;
pub use log::{LogEntry, LogFilter, Since, log, logged_revisions};
pub use migrations::{Connected, Migrations};
pub use on_apply::{Applying, OnApply, OnApplyError};
pub use options::{CancelBlockers, RunOptions};
pub use pending::{Pending, pending};
pub use place::Place;
pub use position::{Holder, StepRecord, StepState};
pub use progress::{Progress, Unit};
pub use recorded::recorded;
pub use replay::{replay, replay_step, try_side};
pub use report::{Committed, Report};
pub use screen::Refusal;
pub use script::{ensure_version_script, script, stamp_script};
pub use stamp::{Stamp, StampReport, stamp};
pub use state::{AppliedRevision, Heads, Origin, State, heads, state};
pub use tables::FORMAT;
pub use upgrade::{Runner, downgrade, upgrade};
pub use verdict::{RULINGS, Ruling, Verdict, ruling_of, verdict};

#[doc(hidden)]
pub use limbeck_embed::embed as __embedded_files;
pub use limbeck_history::{Direction, History, HistoryError, InvalidXArgument, XArguments};
pub use limbeck_postgres::{Settings, tokio_postgres};
