//! From what the server said about a step to an error with its place.

use limbeck_history::{Direction, Revision, Step, StepSide};
use limbeck_postgres::{DatabaseError, MessageError};
use limbeck_sql::statements;

use crate::error::{ErrorKind, MigrateError};
use crate::journal::sqlstate;
use crate::message::Message;
use crate::place::Place;

/// The error of statements of Limbeck's own, which begin with the fence. `doing` says what they were for.
pub(crate) fn of_recording(error: DatabaseError, doing: &str) -> MigrateError {
    match error.sqlstate() {
        Some(sqlstate::LEASE_LOST) => ErrorKind::LeaseLost,
        _ if error.is_connection_lost() => ErrorKind::RecordingLost {
            doing: doing.to_owned(),
            error,
        },
        _ => ErrorKind::Database {
            doing: doing.to_owned(),
            error,
        },
    }
    .into()
}

/// The error of a step whose message failed.
pub(crate) fn of_step(
    revision: &Revision,
    step: &Step,
    side: &StepSide,
    direction: Direction,
    message: &Message,
    failure: MessageError,
) -> ErrorKind {
    let MessageError {
        error,
        finished_commands,
    } = failure;
    match error.sqlstate() {
        Some(sqlstate::LEASE_LOST) => ErrorKind::LeaseLost,
        Some(sqlstate::REQUIRE_FAILED) => require(revision, step, side, &error),
        Some(sqlstate::TRANSACTION_ENDED) => ErrorKind::TransactionEnded {
            revision: revision.id.clone(),
            step: step.name.clone(),
            place: Place::of_side(revision, side),
        },
        _ if !error.is_connection_lost() && message.is_in_hook(error.position(), finished_commands) => {
            ErrorKind::Hook {
                revision: revision.id.clone(),
                step: Some(step.name.clone()),
                message: error.message().to_owned(),
                error: Some(error),
                is_step_kept: false,
            }
        }
        _ => {
            // Once the connection is lost, the count tells only what was heard of. What fails outside the step's
            // statements, as a deferred constraint does, belongs to the step as a whole.
            let place = (!error.is_connection_lost()).then(|| {
                message.locate(error.position(), finished_commands).map_or_else(
                    || Place::of_side(revision, side),
                    |span| Place::new(revision, span),
                )
            });
            ErrorKind::Step {
                revision: revision.id.clone(),
                step: step.name.clone(),
                direction,
                place,
                error,
                left_something: false,
                blocked: None,
            }
        }
    }
}

fn require(revision: &Revision, step: &Step, side: &StepSide, error: &DatabaseError) -> ErrorKind {
    let require = side
        .requires
        .iter()
        .find(|require| require.message == error.message());
    let span = require.and_then(|require| {
        let range = statements(&require.sql).into_iter().next()?.range;
        Some(require.offset + range.start..require.offset + range.end)
    });
    ErrorKind::Require {
        revision: revision.id.clone(),
        step: step.name.clone(),
        message: error.message().to_owned(),
        count: error
            .detail()
            .filter(|count| !count.is_empty())
            .unwrap_or("no count")
            .to_owned(),
        place: span.map(|span| Place::new(revision, span)),
    }
}
