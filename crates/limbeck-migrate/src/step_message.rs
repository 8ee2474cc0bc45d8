//! The messages of steps.
//!
//! A step in a transaction is one message: `BEGIN`, its timeouts, the guard (fence and nonce), what it requires, its
//! SQL, the seal (the nonce is still there), its rows, `COMMIT`.

use limbeck_history::{Revision, Step, StepSide};
use limbeck_sql::statements;

use crate::journal::{Journal, Outcome, TRANSACTION_DURATION, count_check, count_query, nonce, seal};
use crate::message::Message;
use crate::options::RunOptions;
use crate::route::Leg;
use crate::screen::{may_change_session, may_end_transaction};
use crate::sql::timeout;
use crate::x_settings::{Lasting, x_settings};

/// What a step's transaction begins with. `restore` are the statements that undo what an earlier step may have
/// changed in the session.
pub(crate) fn begin(options: &RunOptions, side: Option<&StepSide>, restore: &[String]) -> Vec<String> {
    let lock_timeout = side
        .and_then(|side| side.options.lock_timeout)
        .unwrap_or(options.lock_timeout);
    let statement_timeout = side
        .and_then(|side| side.options.statement_timeout)
        .or(options.statement_timeout);
    let mut statements = vec!["BEGIN".to_owned()];
    statements.extend_from_slice(restore);
    statements.push(format!(
        "SET LOCAL lock_timeout = {}",
        timeout(Some(lock_timeout))
    ));
    statements.push(format!(
        "SET LOCAL statement_timeout = {}",
        timeout(statement_timeout)
    ));
    statements
}

/// The role of the session again, whatever a step has made of it.
pub(crate) const RESET_ROLE: [&str; 2] = ["RESET SESSION AUTHORIZATION", "RESET ROLE"];

/// What a step requires, each query with its check.
pub(crate) fn requires(message: &mut Message, side: &StepSide) {
    for require in &side.requires {
        let found = statements(&require.sql);
        let (text, start) = found
            .first()
            .map_or((require.sql.as_str(), 0), |first| (first.text, first.range.start));
        let (before, after) = count_query();
        message.wrapped(&before, text, require.offset + start, &after);
        message.own([count_check(&require.message)]);
    }
}

/// What ends a step's own part: its nonce is still there, deferred constraints hold while its settings do, and the
/// session's role is its own again.
pub(crate) fn end(message: &mut Message, side: &StepSide, step_nonce: &str) {
    message.own([seal(step_nonce)]);
    unset(message, side);
}

fn unset(message: &mut Message, side: &StepSide) {
    message.own(["SET CONSTRAINTS ALL IMMEDIATE"]);
    if may_change_session(&side.sql) {
        message.own(RESET_ROLE);
    }
}

/// A whole step in a transaction. `outcome` is what its revision comes to by it.
pub(crate) fn transactional(
    journal: &Journal<'_>,
    leg: &Leg,
    step: &Step,
    side: &StepSide,
    outcome: &Outcome,
    restore: &[String],
    step_nonce: &str,
) -> Message {
    let mut message = Message::default();
    message.own(begin(journal.options, Some(side), restore));
    message.own(x_settings(&journal.options.x, Lasting::Transaction));
    message.own([journal.guard(step_nonce)]);
    requires(&mut message, side);
    message.source(&side.sql, side.offset);
    end(&mut message, side, step_nonce);
    message.own(journal.step_done(&leg.revision, step, side, leg.direction));
    message.own(journal.outcome(&leg.revision, outcome));
    message.own([journal.done_event(&leg.revision, Some(step), leg.direction, TRANSACTION_DURATION)]);
    message.own(["COMMIT"]);
    message
}

/// A revision without steps to run.
pub(crate) fn stepless(journal: &Journal<'_>, leg: &Leg, restore: &[String]) -> Message {
    let mut message = Message::default();
    message.own(begin(journal.options, None, restore));
    message.own([journal.fenced()]);
    message.own(journal.outcome(&leg.revision, &leg.outcome));
    message.own([journal.done_event(&leg.revision, None, leg.direction, TRANSACTION_DURATION)]);
    message.own(["COMMIT"]);
    message
}

/// What precedes a step outside a transaction: its requires, and the row that says it has begun, with what the
/// catalogue shows before. `is_anew`: the statement will run as if for the first time. Its timeouts hold for the session from here on: a lock timeout would leave an invalid index behind, so
/// there is none but what the step says.
pub(crate) fn before_outside(
    journal: &Journal<'_>,
    leg: &Leg,
    step: &Step,
    side: &StepSide,
    is_anew: bool,
    restore: &[String],
) -> Message {
    let mut message = Message::default();
    message.own(begin(journal.options, None, restore));
    message.own(x_settings(&journal.options.x, Lasting::Session));
    message.own([journal.fenced()]);
    requires(&mut message, side);
    message.own([journal.step_running(&leg.revision, step, side, leg.direction, is_anew)]);
    message.own(outside_timeouts(side));
    message.own(["COMMIT"]);
    message
}

/// The session's timeouts for a step outside a transaction.
pub(crate) fn outside_timeouts(side: &StepSide) -> [String; 2] {
    [
        format!("SET lock_timeout = {}", timeout(side.options.lock_timeout)),
        format!(
            "SET statement_timeout = {}",
            timeout(side.options.statement_timeout)
        ),
    ]
}

/// What follows a step outside a transaction.
pub(crate) fn after_outside(journal: &Journal<'_>, leg: &Leg, step: &Step, outcome: &Outcome) -> Message {
    let duration = journal.step_duration(&leg.revision, step, leg.direction);
    let mut message = Message::default();
    message.own(begin(journal.options, None, &[]));
    message.own([journal.fenced()]);
    message.own(journal.step_ended(&leg.revision, step, leg.direction));
    // Before the outcome, which forgets the step of a revision that is gone.
    message.own([journal.done_event(&leg.revision, Some(step), leg.direction, &duration)]);
    message.own(journal.outcome(&leg.revision, outcome));
    message.own(["COMMIT"]);
    message
}

/// A step in a transaction on scratch: without lease and journal. It has the same seal where there is anything to seal,
/// since a history has thousands of steps. What it requires is run, and not checked.
pub(crate) fn replayed(side: &StepSide, step_nonce: &str) -> Message {
    let requires = side.requires.iter().map(|require| &require.sql);
    let is_sealed = requires.chain([&side.sql]).any(|sql| may_end_transaction(sql));
    let mut message = Message::default();
    message.own(["BEGIN"]);
    if is_sealed {
        message.own([nonce(step_nonce)]);
    }
    for require in &side.requires {
        message.source(&require.sql, require.offset);
    }
    message.source(&side.sql, side.offset);
    if is_sealed {
        message.own([seal(step_nonce)]);
    }
    unset(&mut message, side);
    message.own(["COMMIT"]);
    message
}

/// What a step outside a transaction requires, on scratch: run, and not checked.
pub(crate) fn replayed_requires(side: &StepSide) -> Message {
    let mut message = Message::default();
    message.own(["BEGIN"]);
    for require in &side.requires {
        message.source(&require.sql, require.offset);
    }
    message.own(["COMMIT"]);
    message
}

/// The nonce of a step.
pub(crate) fn nonce_of(revision: &Revision, step: &Step, direction: limbeck_history::Direction) -> String {
    format!("{}/{}/{direction}", revision.id, step.number)
}

#[cfg(test)]
mod tests;
