//! Runs through a pooler that gives a server process to others between two transactions.
//!
//! Such a run is refused unless it is allowed, and then has steps in transactions only. Every setting is one of the
//! message's transaction, no lock is the session's, and no server process is recorded: it would be another's the next
//! moment. So nothing is ended when such a lease is taken over, which goes by time alone.

use limbeck_postgres::{Pins, PoolingKind, Settings};
use limbeck_sql::statements;

use crate::error::{ErrorKind, MigrateError, Obstacle};
use crate::line::Line;
use crate::options::RunOptions;
use crate::place::Place;
use crate::route::Leg;
use crate::run::Upkeep;
use crate::screen::sets_session;
use crate::step_message::reset_role;

/// The setting that holds the settings of the server process as they were found.
const FOUND: &str = "limbeck.found";
/// The setting that holds them as a step has got them.
const GIVEN: &str = "limbeck.given";

/// Refuses to write through a pooler, unless that is allowed and can be.
pub(crate) fn refuse(
    session: &Line<'_>,
    settings: &Settings,
    options: &RunOptions,
) -> Result<(), MigrateError> {
    let Some(pooling) = session.pooling().filter(|pooling| pooling.kind.is_shared()) else {
        return Ok(());
    };
    let host = settings.host().into_owned();
    if !options.allow_pooler || pooling.kind == PoolingKind::Statement {
        return Err(ErrorKind::Pooled { host, pooling }.into());
    }
    match session.left_out_options() {
        None => Ok(()),
        Some(_) => Err(ErrorKind::OptionsLeftOut { host }.into()),
    }
}

/// Refuses what cannot go through a pooler, before anything runs. (What is the application's stops the run by itself.)
pub(crate) fn check(legs: &[Leg]) -> Result<(), MigrateError> {
    for leg in legs {
        for (step, side) in leg.sides() {
            let (obstacle, place) = if side.options.rust.is_some() {
                continue;
            } else if !side.options.transaction {
                (Obstacle::Outside, Place::of_side(&leg.revision, side))
            } else if let Some(span) = sets_session(side) {
                (Obstacle::SetsSession, Place::new(&leg.revision, span))
            } else {
                continue;
            };
            return Err(ErrorKind::NotThroughPooler {
                revision: leg.revision.id.clone(),
                step: step.name.clone(),
                obstacle,
                place,
            }
            .into());
        }
    }
    Ok(())
}

/// What each message of such a run begins with, and what undoes what a step has set in a way that could not be seen:
/// the server process keeps that, and it is others' next.
pub(crate) fn upkeep(search_path: &str, major: u32) -> Upkeep {
    let pins = Pins::Running {
        search_path: search_path.to_owned(),
    }
    .local_message(major);
    let mut restore = vec![note_settings(FOUND)];
    restore.extend(
        statements(&pins)
            .into_iter()
            .map(|statement| statement.text.to_owned()),
    );
    restore.push(note_settings(GIVEN));
    let mut role = reset_role();
    role.push(undo_changes());
    Upkeep {
        restore,
        role,
        is_callers: true,
        is_every_message: true,
    }
}

/// Notes the settings that any role may be able to set, in one setting of the transaction. Those of the transaction
/// itself end with it.
pub(crate) fn note_settings(into: &str) -> String {
    format!(
        "SELECT pg_catalog.set_config('{into}', pg_catalog.jsonb_object_agg(name, setting)::pg_catalog.text, true)
FROM pg_catalog.pg_settings
WHERE context IN ('user', 'superuser') AND setting IS NOT NULL AND name !~ '^transaction_'"
    )
}

/// Sets what is other than it was given as it was found.
fn undo_changes() -> String {
    format!(
        "SELECT pg_catalog.set_config(s.name, f.value, false)
FROM pg_catalog.pg_settings AS s
JOIN pg_catalog.jsonb_each_text(pg_catalog.current_setting('{FOUND}')::pg_catalog.jsonb) AS f (name, value)
  ON f.name = s.name
JOIN pg_catalog.jsonb_each_text(pg_catalog.current_setting('{GIVEN}')::pg_catalog.jsonb) AS g (name, value)
  ON g.name = s.name
WHERE s.setting IS DISTINCT FROM g.value AND s.name !~ '^limbeck[.]'"
    )
}
