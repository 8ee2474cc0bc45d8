//! From one catalogue to another: ordered, rated steps, and the SQL of each.
//!
//! [`plan`] compares two [`Catalog`]s and returns the actions that turn one into the
//! other. It is pure: where only PostgreSQL can answer, it returns [probes](Probe) instead, the caller asks a scratch
//! database, and calls again with the [answers](Answers).
//!
//! There is one graph. Its vertices are atomic actions on objects, its edges come from the dependencies of both
//! states and from the reuse of names; an order of it is the plan. A table's foreign keys, and the defaults that call
//! something, are actions of their own, which are folded into `CREATE TABLE` wherever no circle comes from it.
//!
//! The way of a call: `rename` puts the current state under the wanted names, `inheritance` has children follow their
//! parents, `compare` finds the differences,
//! `fates` decides what becomes of each object, `build` makes the graph with the help of `kinds` (one kind of object,
//! one file), `graph` orders it, `actions` writes it down.

mod action;
mod actions;
mod addition;
mod build;
mod compare;
mod definition;
mod error;
mod fates;
mod grant;
mod graph;
mod inheritance;
mod kinds;
mod names;
mod notes;
mod place;
mod possible_renames;
mod precision;
mod probe;
mod rename;
mod render;
mod reprint;
mod request;
mod requirement;
mod retype;
mod sides;
mod steps;

pub use action::{Action, Change, Loss, Plan, Verb};
pub use definition::definition;
pub use error::PlanError;
pub use inheritance::followed;
pub use possible_renames::possible_renames;
pub use probe::{Answer, Answers, Probe, ProbeId, Side};
pub use rename::{rename_actions, renamed_identity, renamed_unasked, under_new_names};
pub use request::{Fill, Options, Rename, Request};
pub use requirement::Requirement;
pub use steps::{PlannedStep, sql_of};

use build::Builder;
use fates::Fates;
use limbeck_catalog::{Catalog, Kind, ObjectId};
use probe::Questions;
use sides::{ObjectNumber, Sides};

/// What a call of [`plan`] gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Planned {
    /// Questions to answer before the next call.
    Questions(Vec<Probe>),
    /// The plan.
    Plan(Plan),
}

/// Plans the way from the current to the wanted state, or asks what it needs to know for that.
///
/// # Errors
///
/// When a rename or a fill names what is not there, or the catalogues do not compare.
pub fn plan(request: &Request<'_>) -> Result<Planned, PlanError> {
    check(request)?;
    // By far the most frequent comparison, and the cheapest.
    if request.renames.is_empty() && request.current.objects == request.wanted.objects {
        return Ok(Planned::Plan(Plan {
            unused_fills: request.fills.iter().map(|fill| fill.column.clone()).collect(),
            ..Plan::default()
        }));
    }
    let planned = plan_once(request, Labels::Added)?;
    match planned {
        Planned::Plan(plan) if request.options.one_transaction && plan.steps().len() > 1 => {
            plan_once(request, Labels::Rebuilt)
        }
        planned => Ok(planned),
    }
}

/// How an enum type gets new labels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Labels {
    /// By `ADD VALUE`, where that is enough.
    Added,
    /// By a new type in the old one's place.
    Rebuilt,
}

fn plan_once(request: &Request<'_>, labels: Labels) -> Result<Planned, PlanError> {
    let mut renamed = rename::apply(request.current, request.wanted, request.renames)?;
    let mut followed = inheritance::follow(&renamed.current, request.wanted);
    for (id, definition) in std::mem::take(&mut followed.changed) {
        if let Some(object) = renamed.current.to_mut().objects.get_mut(&id) {
            object.definition = definition;
        }
    }
    let mut questions = Questions::new(request.answers);
    questions.rename_first(
        renamed
            .asked
            .iter()
            .flat_map(|action| action.statements.iter().cloned()),
    );
    questions.rename_first(renamed.unasked.iter().map(|(_, _, statement)| statement.clone()));
    let differences = compare::differences(&renamed.current, request.wanted, &mut questions);
    if differences.is_empty() && renamed.unasked.is_empty() {
        return Ok(Planned::Plan(Plan {
            actions: renamed.asked,
            unused_fills: request.fills.iter().map(|fill| fill.column.clone()).collect(),
            ..Plan::default()
        }));
    }
    let mut sides = Sides::new(&renamed.current, request.wanted, differences, followed);
    sides.note_merged_labels(&renamed.done);
    let sides = sides;
    let fates = Fates::new(&sides, labels, &mut questions);
    let open = questions.into_open();
    let Some(fates) = fates.filter(|_| open.is_empty()) else {
        return Ok(Planned::Questions(open));
    };
    let unasked = unasked(&sides, &renamed.unasked);
    let builder = Builder::new(&sides, &fates, request.fills, request.options, &unasked);
    let vertices: Vec<graph::Vertex> = builder.nodes.iter().map(|node| node.vertex).collect();
    let mut wishes = kinds::routine::calls(&builder);
    wishes.extend(builder.wishes.iter().copied());
    let order =
        graph::order_with_wishes(&vertices, &builder.edges, wishes).map_err(|circle| PlanError::Cycle {
            members: circle
                .into_iter()
                .map(|node| sides.ids[builder.nodes[node].object].clone())
                .collect(),
        })?;
    let mut actions = renamed.asked;
    actions.extend(actions::actions(&builder, &order, &renamed.done));
    let identities = |numbers: Vec<ObjectNumber>| {
        numbers
            .into_iter()
            .map(|number| sides.ids[number].clone())
            .collect()
    };
    Ok(Planned::Plan(Plan {
        actions,
        unused_fills: identities(builder.unused_fills()),
        unfilled: identities(builder.unfilled),
        unsupported: builder.unsupported,
    }))
}

/// Refuses what cannot be planned at all.
fn check(request: &Request<'_>) -> Result<(), PlanError> {
    let majors = [request.current, request.wanted].map(|catalog| catalog.server_version_num / 10_000);
    // A catalogue that was never read has no version.
    if let [current, wanted] = majors
        && current != wanted
        && current != 0
        && wanted != 0
    {
        return Err(PlanError::MajorsDiffer { current, wanted });
    }
    let missing = request
        .fills
        .iter()
        .find(|fill| !has_column(request.wanted, &fill.column));
    missing.map_or(Ok(()), |fill| Err(PlanError::FillMissing(fill.column.clone())))
}

fn has_column(catalog: &Catalog, id: &ObjectId) -> bool {
    id.kind == Kind::Column && catalog.objects.contains_key(id)
}

/// The renames that were not asked for, by number, with the old identity and the statement.
fn unasked<'r>(
    sides: &Sides<'_>,
    renames: &'r [(ObjectId, ObjectId, String)],
) -> Vec<(ObjectNumber, &'r ObjectId, &'r str)> {
    renames
        .iter()
        .filter_map(|(from, to, statement)| Some((sides.number(to)?, from, statement.as_str())))
        .collect()
}
