//! Which steps a run consists of: pure, from the history, the database's position and a target.

use std::collections::BTreeSet;

use limbeck_history::{Direction, History, Revision, RevisionId, Step, StepSide, Target};

use crate::error::{ErrorKind, MigrateError, Obstacle};
use crate::event::StoredBodyReason;
use crate::journal::{Heads, Outcome};
use crate::place::Place;
use crate::position::{Position, StepState};
use crate::screen::{screen, sets_session};

/// One revision of a run.
#[derive(Debug, Clone)]
pub(crate) struct Leg {
    pub(crate) revision: Revision,
    pub(crate) direction: Direction,
    /// The steps that run, in the order in which they do.
    pub(crate) steps: Vec<Step>,
    /// Why the database's copy of the revision is used, and no file.
    pub(crate) stored: Option<StoredBodyReason>,
    /// What the last step's message does besides.
    pub(crate) outcome: Outcome,
}

/// The side of a step that runs in a direction.
pub(crate) fn side(step: &Step, direction: Direction) -> Option<&StepSide> {
    match direction {
        Direction::Up => step.up.as_ref(),
        Direction::Down => step.down.as_ref(),
    }
}

impl Leg {
    /// The steps with the sides that run.
    pub(crate) fn sides(&self) -> impl Iterator<Item = (&Step, &StepSide)> {
        self.steps
            .iter()
            .filter_map(|step| Some((step, side(step, self.direction)?)))
    }
}

/// Whether a target is reached already, without walking the graph: the applied revisions hold all that they need.
pub(crate) fn is_reached(position: &Position, target: &Target) -> bool {
    match target {
        Target::At(ids) => {
            position.steps.is_empty() && ids.iter().all(|id| position.applied.contains_key(id))
        }
        Target::Before(_) => false,
    }
}

/// The way up to a target: what it needs and is not applied, and the rest of what was begun on that way.
pub(crate) fn up(history: &History, position: &Position, target: &Target) -> Result<Vec<Leg>, MigrateError> {
    if is_reached(position, target) {
        return Ok(Vec::new());
    }
    let path = history.upgrade_path(&position.heads, target)?;
    let on_the_way = history.applied_at(target);
    let receding = position.receding();
    let again = receding
        .into_iter()
        .filter(|id| on_the_way.contains(*id))
        .filter_map(|id| history.get(id));
    let mut heads = position.heads.clone();
    let mut legs = Vec::new();
    for revision in again.chain(path) {
        check_unedited(position, revision)?;
        let steps = revision
            .steps
            .iter()
            .filter(|step| {
                !position.stands(&revision.id, step.number)
                    || position
                        .unfinished(&revision.id, step.number, Direction::Down)
                        .is_some()
            })
            .cloned()
            .collect();
        let change = if position.applied.contains_key(&revision.id) {
            Heads::default()
        } else {
            raise(&mut heads, revision)
        };
        legs.push(Leg {
            revision: revision.clone(),
            direction: Direction::Up,
            steps,
            stored: None,
            outcome: Outcome::Applied { heads: change },
        });
    }
    Ok(legs)
}

/// The heads that a database is at when those that are only begun are counted among them: what a way down starts
/// from.
pub(crate) fn begun_heads(history: &History, position: &Position) -> BTreeSet<RevisionId> {
    let mut heads = position.heads.clone();
    for id in position.begun() {
        if let Some(revision) = history.get(id) {
            raise(&mut heads, revision);
        }
    }
    heads
}

/// The way down to a target: what is applied or begun above it, last first.
pub(crate) fn down(
    history: &History,
    position: &Position,
    target: &Target,
) -> Result<Vec<Leg>, MigrateError> {
    let path = history.downgrade_path(&begun_heads(history, position), target)?;
    let mut applied: BTreeSet<&RevisionId> = position.applied.keys().collect();
    let mut legs = Vec::new();
    for revision in path {
        let was_applied = applied.remove(&revision.id);
        if !was_applied {
            check_unedited(position, revision)?;
        }
        let steps = standing(position, revision);
        let heads = if was_applied {
            lower(history, &applied, revision)
        } else {
            Heads::default()
        };
        legs.push(Leg {
            revision: revision.clone(),
            direction: Direction::Down,
            steps,
            stored: None,
            outcome: Outcome::Gone { was_applied, heads },
        });
    }
    Ok(legs)
}

/// The steps of a revision that stand, or were begun, last first: those that a way down undoes.
pub(crate) fn standing(position: &Position, revision: &Revision) -> Vec<Step> {
    revision
        .steps
        .iter()
        .rev()
        .filter(|step| {
            position.stands(&revision.id, step.number)
                || position
                    .unfinished(&revision.id, step.number, Direction::Up)
                    .is_some()
        })
        .cloned()
        .collect()
}

/// Refuses what no step can hold and what has no way back, before anything runs.
pub(crate) fn check(legs: &[Leg]) -> Result<(), MigrateError> {
    for leg in legs {
        for step in &leg.steps {
            let Some(side) = side(step, leg.direction) else {
                return Err(ErrorKind::NoDown {
                    revision: leg.revision.id.clone(),
                    step: step.name.clone(),
                    place: Place::of_step(&leg.revision, step),
                }
                .into());
            };
            if side.options.rust.is_some() {
                continue;
            }
            check_side(&leg.revision, step, side)?;
        }
    }
    Ok(())
}

/// Refuses what cannot be part of one transaction, before anything runs. `is_callers`: the transaction is one of the
/// caller's own.
pub(crate) fn check_one_transaction(legs: &[Leg], is_callers: bool) -> Result<(), MigrateError> {
    for leg in legs {
        for (step, side) in leg.sides() {
            let sets_session = || sets_session(side).filter(|_| is_callers);
            let (obstacle, place) = if side.options.rust.is_some() {
                (Obstacle::Rust, Place::of_side(&leg.revision, side))
            } else if !side.options.transaction {
                (Obstacle::Outside, Place::of_side(&leg.revision, side))
            } else if let Some(span) = sets_session() {
                (Obstacle::SetsSession, Place::new(&leg.revision, span))
            } else {
                continue;
            };
            return Err(ErrorKind::NotInOneTransaction {
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

/// Refuses what no step can hold.
pub(crate) fn check_side(revision: &Revision, step: &Step, side: &StepSide) -> Result<(), MigrateError> {
    screen(side).map_err(|(refusal, span)| {
        ErrorKind::Refused {
            revision: revision.id.clone(),
            step: step.name.clone(),
            refusal,
            place: Place::new(revision, span),
        }
        .into()
    })
}

/// The steps of a partly applied revision must still be what has run.
fn check_unedited(position: &Position, revision: &Revision) -> Result<(), MigrateError> {
    let done = position
        .steps_of(revision.id.as_str())
        .filter(|record| record.direction == Direction::Up && record.state == StepState::Done);
    for record in done {
        let step = revision
            .steps
            .iter()
            .find(|step| step.number == record.n && step.name == record.name);
        let up = step.and_then(|step| step.up.as_ref());
        if up.is_none_or(|up| up.hash != record.sql_hash) {
            return Err(ErrorKind::StepEdited {
                revision: revision.id.clone(),
                step: record.name.clone(),
                place: up.map(|up| Place::of_side(revision, up)),
            }
            .into());
        }
    }
    Ok(())
}

/// The revision becomes a head, in its parents' stead.
fn raise(heads: &mut BTreeSet<RevisionId>, revision: &Revision) -> Heads {
    let removed: Vec<RevisionId> = revision
        .parents
        .iter()
        .filter(|parent| heads.remove(*parent))
        .cloned()
        .collect();
    heads.insert(revision.id.clone());
    Heads {
        removed,
        added: vec![revision.id.clone()],
    }
}

/// The revision is a head no more; of its parents, those without another applied child are again.
fn lower(history: &History, applied: &BTreeSet<&RevisionId>, revision: &Revision) -> Heads {
    let has_child = |parent: &RevisionId| {
        history
            .children(parent.as_str())
            .any(|child| applied.contains(&child.id))
    };
    let parents: BTreeSet<_> = revision.parents.iter().collect();
    Heads {
        removed: vec![revision.id.clone()],
        added: parents
            .into_iter()
            .filter(|parent| !has_child(parent))
            .cloned()
            .collect(),
    }
}

#[cfg(test)]
mod tests;
