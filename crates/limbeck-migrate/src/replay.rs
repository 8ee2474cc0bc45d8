//! Running revisions on a scratch database: the same messages and places of errors, without lease and journal.

use std::time::Instant;

use limbeck_history::{Direction, Revision, Step, StepSide, XArguments};
use limbeck_postgres::{DatabaseError, Session};

use crate::error::{ErrorKind, MigrateError};
use crate::event::{Event, Events};
use crate::failure;
use crate::lease::value;
use crate::line::Line;
use crate::message::Message;
use crate::place::Place;
use crate::route::{check_side, side};
use crate::screen::{forgotten_by_words, may_change_settings};
use crate::step_message::{nonce_of, replayed, replayed_requires, restore};
use crate::x_settings::{Lasting, x_settings};

/// Runs revisions in the order given, all their steps, on a scratch database.
///
/// Steps in Rust are passed over: they leave the schema as it is. What steps require is run, and whatever it counts is
/// accepted, since the rows of a scratch database are made up. `x` are values for the steps, as for a run.
///
/// # Errors
///
/// A step holds what no step can, has no way down, or fails; what came before it stands.
pub async fn replay<'r>(
    session: &Session,
    revisions: impl IntoIterator<Item = &'r Revision>,
    direction: Direction,
    x: &XArguments,
    events: Events<'_>,
) -> Result<(), MigrateError> {
    for revision in revisions {
        let began = Instant::now();
        events(Event::RevisionStarted {
            revision: revision.id.clone(),
            message: revision.title().to_owned(),
            direction,
            steps: revision.steps.len(),
        });
        let steps: Vec<&Step> = match direction {
            Direction::Up => revision.steps.iter().collect(),
            Direction::Down => revision.steps.iter().rev().collect(),
        };
        for step in steps {
            let Some(side) = side(step, direction) else {
                return Err(ErrorKind::NoDown {
                    revision: revision.id.clone(),
                    step: step.name.clone(),
                    place: Place::of_step(revision, step),
                }
                .into());
            };
            replay_side(session, revision, step, side, direction, x).await?;
            for notice in session.take_notices() {
                events(Event::Notice { notice });
            }
        }
        events(Event::RevisionFinished {
            revision: revision.id.clone(),
            message: revision.title().to_owned(),
            direction,
            duration: began.elapsed(),
        });
    }
    Ok(())
}

/// Runs one side of one of a revision's steps on a scratch database; see [`replay`].
///
/// # Errors
///
/// The side holds what no step can, is none of the revision's, or fails; then it has left nothing, unless it runs
/// outside a transaction.
pub async fn replay_step(
    session: &Session,
    revision: &Revision,
    side: &StepSide,
    x: &XArguments,
) -> Result<(), MigrateError> {
    let found = revision.steps.iter().find_map(|step| {
        let is = |own: &Option<StepSide>| {
            own.as_ref()
                .is_some_and(|own| own.offset == side.offset && own == side)
        };
        if is(&step.up) {
            Some((step, Direction::Up))
        } else if is(&step.down) {
            Some((step, Direction::Down))
        } else {
            None
        }
    });
    let Some((step, direction)) = found else {
        return Err(ErrorKind::Graph(format!("a step that is not of revision {}", revision.id)).into());
    };
    replay_side(session, revision, step, side, direction, x).await
}

/// Begins a transaction on a scratch database and runs a side's SQL in it, with values as for a run. The transaction
/// stays open, for a look at what it holds: it is the caller's to end, also after an error.
///
/// # Errors
///
/// What the server says.
pub async fn try_side(session: &Session, side: &StepSide, x: &XArguments) -> Result<(), DatabaseError> {
    let mut begin = vec!["BEGIN".to_owned()];
    begin.extend(x_settings(x, Lasting::Transaction));
    session.execute(&begin.join(";\n")).await?;
    session.execute(&side.sql).await
}

async fn replay_side(
    session: &Session,
    revision: &Revision,
    step: &Step,
    side: &StepSide,
    direction: Direction,
    x: &XArguments,
) -> Result<(), MigrateError> {
    if side.options.rust.is_some() {
        return Ok(());
    }
    check_side(revision, step, side)?;
    if !x.is_empty() {
        // Anew for each step: an earlier one may have changed them.
        let settings = x_settings(x, Lasting::Session).join(";\n");
        session.execute(&settings).await.map_err(restoring)?;
    }
    let message = if side.options.transaction {
        replayed(side, &nonce_of(revision, step, direction))
    } else {
        requires_only(session, revision, step, side, direction).await?;
        let mut message = Message::default();
        message.source(&side.sql, side.offset);
        message
    };
    // A step may leave the session's settings other than it found them; the next one begins from the same.
    let search_path = if may_change_settings(&side.sql) {
        value(&Line::Lent(session), "SHOW search_path")
            .await
            .map_err(restoring)?
    } else {
        None
    };
    if let Err(failure) = session.run_message(message.sql()).await {
        if side.options.transaction && !failure.error.is_connection_lost() {
            session.execute("ROLLBACK").await.map_err(restoring)?;
        }
        return Err(failure::of_step(revision, step, side, direction, &message, failure).into());
    }
    let mut statements = forgotten_by_words(&side.sql);
    if let Some(search_path) = search_path {
        statements.extend(restore(&search_path, session.server_major()));
    }
    if !statements.is_empty() {
        session
            .execute(&statements.join(";\n"))
            .await
            .map_err(restoring)?;
    }
    Ok(())
}

/// Runs what a side outside a transaction requires, in a transaction before it.
async fn requires_only(
    session: &Session,
    revision: &Revision,
    step: &Step,
    side: &StepSide,
    direction: Direction,
) -> Result<(), MigrateError> {
    if side.requires.is_empty() {
        return Ok(());
    }
    let message = replayed_requires(side);
    if let Err(failure) = session.run_message(message.sql()).await {
        if !failure.error.is_connection_lost() {
            session.execute("ROLLBACK").await.map_err(restoring)?;
        }
        return Err(failure::of_step(revision, step, side, direction, &message, failure).into());
    }
    Ok(())
}

fn restoring(error: DatabaseError) -> MigrateError {
    ErrorKind::Database {
        doing: "restoring the session after a step".to_owned(),
        error,
    }
    .into()
}
