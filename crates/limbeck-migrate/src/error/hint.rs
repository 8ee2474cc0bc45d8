//! What to do about an error.

use limbeck_postgres::{DatabaseError, PoolingKind};

use super::advice::advice;
use super::{ErrorKind, Obstacle};
use crate::blockers::Blocked;

/// What a run that failed has left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kept {
    /// Nothing: it was one transaction.
    NothingOfTheRun,
    /// Nothing, as its first step failed.
    NothingOfTheStep,
    /// The steps before.
    EarlierSteps,
}

/// What to do about an error, given what the run has left.
pub(super) fn of(kind: &ErrorKind, kept: Kept) -> Option<String> {
    let hint = match kind {
        ErrorKind::Connect(error) => return error.hint(),
        ErrorKind::NotReachedAgain { error, .. } if !error.is_transient() => {
            let first = error
                .hint()
                .map_or_else(String::new, |hint| format!("{hint}; then "));
            return Some(format!("{first}{AGAIN}"));
        }
        ErrorKind::NotReachedAgain { .. } => {
            "run again once the server is there: what was committed is kept, and what had come of the step that ran is \
             looked at then; `--wait-for-server` waits longer"
        }
        ErrorKind::LostAgain { .. } => {
            "look into the server's log: it may be the step that makes the server end; what was committed is kept, and a \
             run goes on there"
        }
        ErrorKind::RecordingLost { .. } => {
            "`limbeck current` shows it, or run the same again: what is on record already is not recorded twice"
        }
        ErrorKind::Target(error) => return error.hint(),
        ErrorKind::Database { error, .. } if error.is(limbeck_postgres::sqlstate::ADMIN_SHUTDOWN) => ENDED,
        ErrorKind::Database { error, .. } if error.is_connection_lost() => AGAIN,
        ErrorKind::Database { error, .. } => return Some(format!("{}, and run again", advice(error)?)),
        ErrorKind::Graph(_) | ErrorKind::Embedded(_) => return None,
        ErrorKind::Interrupted(_) if kept == Kept::NothingOfTheRun => {
            "run again: nothing of the run was kept"
        }
        ErrorKind::Interrupted(interruption) => interruption.hint(),
        ErrorKind::NewerFormat { .. } => "use the release that wrote them, or a newer one",
        ErrorKind::TablesMissing { schema, .. } => {
            return Some(format!(
                "restore them from a backup, or drop the schema `{schema}` and stamp the revision that the \
                     database is at"
            ));
        }
        ErrorKind::Damaged { schema, head } => {
            return Some(format!(
                "restore the table `{schema}.revision` from a backup, or put it on record again with `limbeck stamp \
                 --purge {head}`"
            ));
        }
        ErrorKind::Busy {
            reason: Some(reason), ..
        } => return Some(reason.clone()),
        ErrorKind::Busy { reason: None, .. } => "wait for it to end, or wait longer",
        ErrorKind::Edited { .. } => {
            "restore the files as they were applied and write the change as a new revision; where an edit leaves the \
             schema as it is, `limbeck accept` shows that and records it"
        }
        ErrorKind::ChangedMeanwhile { .. } => "look again: run the command once more",
        ErrorKind::Unknown { .. } => {
            "get the files from whoever applied them, or downgrade, which uses the database's copies; if they are gone \
                 for good, `limbeck stamp --purge REVISION` forgets them"
        }
        ErrorKind::StepEdited { .. } => {
            "restore the step as it ran, or downgrade to before the revision with the file as it was"
        }
        ErrorKind::NoDown { .. } => {
            "write the step's `-- limbeck:down`, or restore a backup: nothing was run"
        }
        ErrorKind::StoredBodyUntrusted { .. } | ErrorKind::StoredBody { .. } => {
            "get the revision's file from whoever applied it"
        }
        ErrorKind::Refused { refusal, .. } => refusal.hint(),
        ErrorKind::Step {
            error,
            left_something,
            blocked,
            ..
        } => {
            return Some(match (error.sqlstate(), blocked) {
                (Some("55P03"), Some(blocked)) => of_blocked(blocked),
                _ => step(error, kept, *left_something),
            });
        }
        ErrorKind::Require { .. } => "correct the data, or fill it in an earlier step; then run again",
        ErrorKind::TransactionEnded { .. } => {
            "look at what the step has left behind, undo it by hand, and take the command that ended the \
                 transaction out of the step"
        }
        ErrorKind::LeaseLost => "run again to go on: nothing of the step that was running was kept",
        ErrorKind::RustStep { .. } => "run the application's own migration command, which goes on from here",
        ErrorKind::Unfinished { .. } => {
            "look at what it has left behind and undo it; say `creates=`, `drops=`, `reindexes=` or `detaches=` \
                 in the step's marker so that a run can tell, or `retry=safe` when it can simply run again"
        }
        ErrorKind::AlreadyOnRecord { .. } => {
            "an import is for a database that Limbeck has not run on; if what is on record is wrong, forget it with \
                 `limbeck stamp --purge base`, and import then"
        }
        ErrorKind::ImportMoved { .. } => "run the import again while nobody runs the other tool",
        ErrorKind::NotInOneTransaction { obstacle, .. } => match obstacle {
            Obstacle::Outside => {
                "let each step commit by itself (`--single-transaction=false`), or run up to that revision first"
            }
            Obstacle::Rust => {
                "let each step commit by itself, and run the application's own migration command"
            }
            Obstacle::SetsSession => {
                "write `SET LOCAL` or `set_config(…, true)`, which end with the transaction, or run on a connection \
                 without an open transaction"
            }
        },
        ErrorKind::Pooled { pooling, .. } if pooling.kind == PoolingKind::Statement => {
            "connect to the server itself: by its own URL, often kept in `DATABASE_URL_UNPOOLED`"
        }
        ErrorKind::Pooled { .. } => {
            "connect to the server itself: by its own URL, often kept in `DATABASE_URL_UNPOOLED`; or say \
             `--allow-pooler`, which runs steps in transactions, and only those"
        }
        ErrorKind::OptionsLeftOut { .. } => {
            "leave `options` out where no step depends on them, or connect to the server itself"
        }
        ErrorKind::NotThroughPooler { obstacle, .. } => match obstacle {
            Obstacle::SetsSession => {
                "write `SET LOCAL` or `set_config(…, true)`, which end with the transaction, or connect to the server \
                 itself: nothing was run"
            }
            Obstacle::Outside | Obstacle::Rust => {
                "connect to the server itself, by its own URL: nothing was run"
            }
        },
        ErrorKind::Hook {
            is_step_kept: true, ..
        } => {
            "the SQL is what the hook `on_apply` gave; the step ran outside a transaction and stays, and a run goes on \
                 after it"
        }
        ErrorKind::Hook { error: Some(_), .. } => {
            "the SQL is what the hook `on_apply` gave; nothing of the step was kept"
        }
        ErrorKind::Hook { error: None, .. } => "the hook `on_apply` stopped the run before the step",
        ErrorKind::Behind { .. } => "upgrade the database, then start the application",
        ErrorKind::TransactionFailed => "roll it back, and run again",
        ErrorKind::InvalidIndex { index, .. } => {
            return Some(format!(
                "a build that failed leaves one behind, which no query uses: look whether somebody builds it, drop it with \
                 `DROP INDEX CONCURRENTLY {index}`, and run again; with `IF NOT EXISTS` in the step's statement, a run \
                 does so by itself"
            ));
        }
        ErrorKind::IndexElsewhere { .. } => {
            "give the index of the step another name, or rename the one that is there"
        }
        ErrorKind::IndexInProgress { is_hidden: true, .. } => {
            "this role may see no more of that process than that it builds an index of the same table: wait for it to \
                 end, or have its role or a superuser end it"
        }
        ErrorKind::IndexInProgress { .. } => "wait for it to end, or end it with `pg_terminate_backend`",
    };
    Some(hint.to_owned())
}

const ENDED: &str = "somebody has ended this session (`pg_terminate_backend`) while the server went on, so the run did not \
                     go on by itself; run again when that is meant: what was committed is kept, and the rest is done then";
const AGAIN: &str = "run again: what was committed is kept, and the rest is done then";

/// Hints for SQLSTATEs of PostgreSQL that a step can do something about, else what stands and how to go on.
fn step(error: &DatabaseError, kept: Kept, left_something: bool) -> String {
    let hint = match error.sqlstate() {
        Some(limbeck_postgres::sqlstate::ADMIN_SHUTDOWN) => ENDED,
        _ if error.is_connection_lost() => AGAIN,
        // active_sql_transaction: "cannot run inside a transaction block".
        Some("25001") => "give the statement a step of its own with `transaction=no`",
        // unsafe_new_enum_value_usage.
        Some("55P04") if kept == Kept::NothingOfTheRun => {
            "a new label of an enum can be used once it is committed: let each step commit by itself \
             (`--single-transaction=false`)"
        }
        // invalid_transaction_termination.
        Some("2D000") => {
            "a step cannot commit: take the COMMIT or ROLLBACK out of what it calls, or make the call a step of its \
             own with `transaction=no`"
        }
        // unsafe_new_enum_value_usage.
        Some("55P04") => "a new label of an enum can be used once it is committed: use it in a later step",
        // lock_not_available.
        Some("55P03") => {
            "another session holds the lock: run again when it is free, wait longer with `--lock-deadline` or \
             `--lock-timeout`, or end it with `--cancel-blockers`"
        }
        // query_canceled: not by us, or the run would have been interrupted.
        Some("57014") => "someone cancelled the statement, or `statement_timeout` is too short for it",
        // deadlock_detected.
        Some("40P01") => "run again",
        // object_in_use.
        Some("55006") => "another session uses the object: run again when that has ended",
        _ => return again(error, kept, left_something),
    };
    hint.to_owned()
}

/// What to correct, and what stands until then.
fn again(error: &DatabaseError, kept: Kept, left_something: bool) -> String {
    let correct = advice(error).map_or_else(|| "correct it".to_owned(), |advice| format!("{advice},"));
    if left_something {
        return format!(
            "the step runs outside a transaction and has left something behind: {correct} and run again, which looks at \
             what is there"
        );
    }
    match kept {
        Kept::NothingOfTheRun => format!("nothing of the run was kept: {correct} and run again"),
        Kept::EarlierSteps => format!(
            "nothing of this step was kept, the steps before it stay: {correct} and run again, which goes on there"
        ),
        Kept::NothingOfTheStep => format!("nothing of this step was kept: {correct} and run again"),
    }
}

/// The ways out where a lock did not come.
fn of_blocked(blocked: &Blocked) -> String {
    let mut ways = vec![
        "run again when it is free".to_owned(),
        "wait longer with `--lock-deadline` or `--lock-timeout`".to_owned(),
    ];
    let prepared = blocked
        .blockers
        .iter()
        .find_map(|blocker| blocker.prepared.as_deref());
    let ended = blocked.blockers.iter().find(|blocker| blocker.ending().is_some());
    match (prepared, ended) {
        (Some(name), _) => ways.push(format!(
            "end the prepared transaction with {}",
            code(&format!("ROLLBACK PREPARED {}", limbeck_sql::quote_literal(name)))
        )),
        (None, Some(blocker)) => ways.extend([
            format!("end it with `SELECT pg_terminate_backend({})`", blocker.pid),
            "have that done with `--cancel-blockers`".to_owned(),
        ]),
        (None, None) => {}
    }
    let last = ways.pop().unwrap_or_default();
    format!(
        "another session holds the lock, nothing of this step was kept: {}, or {last}",
        ways.join(", ")
    )
}

fn code(text: &str) -> String {
    format!("`{text}`")
}
