//! What a run would do.

use limbeck_history::{Direction, History, Revision, Step, StepSide};

use crate::error::{ErrorKind, MigrateError};
use crate::event::StoredBodyReason;
use crate::route::{self, Leg};
use crate::state::State;
use crate::upgrade::{Destination, up};

/// A revision that a run would apply or undo.
#[derive(Debug, Clone, PartialEq)]
pub struct Pending {
    /// The revision.
    pub revision: Revision,
    /// Which way.
    pub direction: Direction,
    /// The steps that would run, in order, each with the side that would.
    pub steps: Vec<(Step, StepSide)>,
    /// Why the database's copy of the revision would be used, and no file.
    pub stored: Option<StoredBodyReason>,
}

impl From<Leg> for Pending {
    fn from(leg: Leg) -> Self {
        Self {
            direction: leg.direction,
            steps: leg
                .sides()
                .map(|(step, side)| (step.clone(), side.clone()))
                .collect(),
            stored: leg.stored,
            revision: leg.revision,
        }
    }
}

/// What a run from a state to a target would do, in order: pure, and refused where the run itself would be before its
/// first step. What only the database's copies can undo is an unknown revision here.
///
/// # Errors
///
/// The target is unknown; applied revisions were edited, or their files are not here; a step holds what no step can,
/// or has no way down.
pub fn pending(
    history: &History,
    state: &State,
    direction: Direction,
    target: &str,
) -> Result<Vec<Pending>, MigrateError> {
    let unknown = state.unknown(history);
    if !unknown.is_empty() {
        return Err(ErrorKind::Unknown { revisions: unknown }.into());
    }
    let position = state.position();
    let legs = match direction {
        Direction::Up => up(history, &position, Destination::Named(target))?.legs,
        Direction::Down => {
            let target = history.resolve(target, &route::begun_heads(history, &position))?;
            route::down(history, &position, &target)?
        }
    };
    route::check(&legs)?;
    Ok(legs.into_iter().map(Pending::from).collect())
}
