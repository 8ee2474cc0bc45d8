//! The messages of steps.
//!
//! A step in a transaction is one message: `BEGIN`, its timeouts, the guard (fence and nonce), what it requires, its
//! SQL, the seal (the nonce is still there), its rows, `COMMIT`. Where all steps of a run are one transaction, the
//! message is the same without its two ends.

use std::time::Duration;

use limbeck_history::{Revision, Step, StepSide};
use limbeck_postgres::Pins;
use limbeck_sql::statements;

use crate::journal::{
    Clock, Journal, Outcome, Token, count_check, count_query, nonce, note_beginning, seal, set_tag,
};
use crate::kind::step_kind;
use crate::message::Message;
use crate::options::RunOptions;
use crate::route::Leg;
use crate::screen::{may_change_settings, may_end_transaction};
use crate::sql::{block, timeout};
use crate::x_settings::{Lasting, x_settings};

/// What surrounds a step in its message.
#[derive(Debug, Clone)]
pub(crate) struct Surroundings<'a> {
    pub(crate) journal: &'a Journal<'a>,
    pub(crate) frame: Frame,
    /// The statements that undo what an earlier step may have changed in the session.
    pub(crate) restore: Vec<String>,
    /// The statements that give the session its role again, whatever a step has made of it.
    pub(crate) role: Vec<String>,
    /// What the hook of the application adds, in front of the end of the transaction.
    pub(crate) hook: String,
}

/// Whether a message is a transaction, or part of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Frame {
    /// It is a transaction.
    Whole,
    /// It is part of a transaction that others begin and end.
    Part,
}

impl Surroundings<'_> {
    /// What a message of Limbeck's own begins with.
    fn begin(&self, message: &mut Message, side: Option<&StepSide>) {
        match self.frame {
            Frame::Whole => message.own(["BEGIN"]),
            Frame::Part => message.own([constraints_as_defined()]),
        }
        message.own(&self.restore);
        if self.frame == Frame::Part {
            // After the settings have come back, or it would be gone with them.
            message.own([note_beginning()]);
        }
        let may_be_sent_again = self.frame == Frame::Whole && self.journal.token != Token::Setting;
        message.own(timeouts(self.journal.options, side, may_be_sent_again));
        if let Some(tag) = &self.journal.options.tag {
            message.own([set_tag(tag)]);
        }
    }

    /// What the hook adds, and the end of the message. `nonce` is that of the step, where it has one.
    fn finish(&self, message: &mut Message, nonce: Option<&str>) {
        if !self.hook.is_empty() {
            message.hook(&self.hook);
            if let Some(nonce) = nonce {
                message.own([seal(nonce)]);
            }
            message.own(&self.role);
        }
        if self.frame == Frame::Whole {
            message.own(["COMMIT"]);
        }
    }

    fn duration(&self) -> String {
        self.journal.clock.duration()
    }

    /// What tells when a step began whose message stands so.
    pub(crate) fn clock(frame: Frame) -> Clock {
        match frame {
            Frame::Whole => Clock::Transaction,
            Frame::Part => Clock::Setting,
        }
    }
}

/// How long a step in a transaction waits for each lock. `may_be_sent_again` is false in scripts, and where several
/// steps are one transaction.
pub(crate) fn lock_timeout(options: &RunOptions, side: &StepSide, may_be_sent_again: bool) -> Duration {
    let said = side.options.lock_timeout.or(options.lock_timeout);
    said.unwrap_or_else(|| {
        if !may_be_sent_again {
            RunOptions::ONLY_LOCK_TIMEOUT
        } else if step_kind(&side.sql).strong_locks || options.lock_deadline.is_zero() {
            RunOptions::LOCK_TIMEOUT
        } else {
            options.lock_deadline
        }
    })
}

/// The timeouts of a step in a transaction.
fn timeouts(options: &RunOptions, side: Option<&StepSide>, may_be_sent_again: bool) -> [String; 2] {
    let lock_timeout = side.map_or_else(
        || options.lock_timeout.unwrap_or(RunOptions::ONLY_LOCK_TIMEOUT),
        |side| lock_timeout(options, side, may_be_sent_again),
    );
    let statement_timeout = match side {
        Some(side) => side.options.statement_timeout.or_else(|| {
            options
                .statement_timeout
                .filter(|_| !step_kind(&side.sql).long_work)
        }),
        None => options.statement_timeout,
    };
    [
        format!("SET LOCAL lock_timeout = {}", timeout(Some(lock_timeout))),
        format!("SET LOCAL statement_timeout = {}", timeout(statement_timeout)),
    ]
}

/// Every constraint deferred or not as it was defined, whatever an earlier step of the same transaction has made of
/// that. One that is made later in the same step counts as deferred: what is checked later does not fail for it.
pub(crate) fn constraints_as_defined() -> String {
    let body = "DECLARE immediate text := (SELECT pg_catalog.string_agg(DISTINCT pg_catalog.format('%I.%I', n.nspname, c.conname), ', ')
    FROM pg_catalog.pg_constraint AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.connamespace
    WHERE c.condeferrable AND NOT c.condeferred);
BEGIN
  SET CONSTRAINTS ALL DEFERRED;
  IF immediate IS NOT NULL THEN
    EXECUTE 'SET CONSTRAINTS ' || immediate || ' IMMEDIATE';
  END IF;
END";
    format!("DO {}", block(body))
}

/// The role of the session again, whatever a step has made of it.
pub(crate) const RESET_ROLE: [&str; 2] = ["RESET SESSION AUTHORIZATION", "RESET ROLE"];

/// The same as statements.
pub(crate) fn reset_role() -> Vec<String> {
    RESET_ROLE.map(str::to_owned).to_vec()
}

/// The statements that undo whatever a step may have changed in the session's settings, and its role.
pub(crate) fn restore(search_path: &str, major: u32) -> Vec<String> {
    let pins = Pins::Running {
        search_path: search_path.to_owned(),
    }
    .message(major);
    let mut restore = vec!["RESET ALL".to_owned()];
    restore.extend(
        statements(&pins)
            .into_iter()
            .map(|statement| statement.text.to_owned()),
    );
    restore.extend(reset_role());
    restore
}

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
fn end(message: &mut Message, side: &StepSide, step_nonce: &str, role: &[String]) {
    message.own([seal(step_nonce)]);
    unset(message, side, role);
}

fn unset(message: &mut Message, side: &StepSide, role: &[String]) {
    message.own(["SET CONSTRAINTS ALL IMMEDIATE"]);
    if may_change_settings(&side.sql) {
        message.own(role);
    }
}

/// A whole step in a transaction. `outcome` is what its revision comes to by it.
pub(crate) fn transactional(
    around: &Surroundings<'_>,
    leg: &Leg,
    step: &Step,
    side: &StepSide,
    outcome: &Outcome,
    step_nonce: &str,
) -> Message {
    let journal = around.journal;
    let mut message = Message::default();
    around.begin(&mut message, Some(side));
    message.own(x_settings(&journal.options.x, Lasting::Transaction));
    message.own([journal.guard(step_nonce)]);
    requires(&mut message, side);
    message.source(&side.sql, side.offset);
    end(&mut message, side, step_nonce, &around.role);
    message.own(journal.step_done(&leg.revision, step, side, leg.direction));
    message.own(journal.outcome(&leg.revision, outcome));
    message.own([journal.done_event(&leg.revision, Some(step), leg.direction, &around.duration())]);
    around.finish(&mut message, Some(step_nonce));
    message
}

/// A revision without steps to run.
pub(crate) fn stepless(around: &Surroundings<'_>, leg: &Leg) -> Message {
    let journal = around.journal;
    let mut message = Message::default();
    around.begin(&mut message, None);
    message.own([journal.fenced()]);
    message.own(journal.outcome(&leg.revision, &leg.outcome));
    message.own([journal.done_event(&leg.revision, None, leg.direction, &around.duration())]);
    around.finish(&mut message, None);
    message
}

/// What precedes a step outside a transaction: its requires, and the row that says it has begun, with what the
/// catalogue shows before. `is_anew`: the statement will run as if for the first time. Its timeouts hold for the session
/// from here on: a lock timeout would leave an invalid index behind, so there is none but what the step says.
pub(crate) fn before_outside(
    around: &Surroundings<'_>,
    leg: &Leg,
    step: &Step,
    side: &StepSide,
    is_anew: bool,
) -> Message {
    let journal = around.journal;
    let mut message = Message::default();
    around.begin(&mut message, None);
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

/// What follows a step outside a transaction. Where a hook adds something, that is a message of its own: the statement
/// has committed, which is on record whatever comes of the hook.
pub(crate) fn after_outside(
    around: &Surroundings<'_>,
    leg: &Leg,
    step: &Step,
    outcome: &Outcome,
) -> Vec<Message> {
    let journal = around.journal;
    let duration = journal.step_duration(&leg.revision, step, leg.direction);
    let mut messages = Vec::new();
    let mut message = Message::default();
    around.begin(&mut message, None);
    message.own([journal.fenced()]);
    message.own(journal.step_ended(&leg.revision, step, leg.direction));
    // Before the outcome, which forgets the step of a revision that is gone.
    message.own([journal.done_event(&leg.revision, Some(step), leg.direction, &duration)]);
    if !around.hook.is_empty() {
        if around.frame == Frame::Whole {
            message.own(["COMMIT"]);
        }
        messages.push(std::mem::take(&mut message));
        around.begin(&mut message, None);
        message.own([journal.fenced()]);
    }
    message.own(journal.outcome(&leg.revision, outcome));
    around.finish(&mut message, None);
    messages.push(message);
    messages
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
    unset(&mut message, side, &reset_role());
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
