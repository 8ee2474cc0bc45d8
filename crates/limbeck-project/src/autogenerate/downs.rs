//! The way back, step by step: the down of step k is the plan from state k to state k−1, both read back.

use limbeck_catalog::{Catalog, Definition};
use limbeck_history::{DraftRequire, DraftStep};
use limbeck_plan::{Action, Plan, PlannedStep, Rename, Verb};

use super::renames::reversed;
use super::text_arguments::Fills;
use super::{Comparison, Drafted, supported, unfilled};
use crate::Error;
use crate::workbench::{Bodies, State, Workbench};

pub(super) async fn draft(
    bench: &Workbench<'_>,
    comparison: &Comparison,
    fills: &Fills,
) -> Result<Drafted, Error> {
    let mut drafted = Drafted {
        steps: Vec::new(),
        unfilled_down: Vec::new(),
    };
    let back = reversed(&comparison.renames);
    let mut before: Option<State> = None;
    for step in comparison.plan.steps() {
        let state = before.as_ref().unwrap_or(&comparison.current);
        let after = run(bench, state, &step).await?;
        let renames: Vec<Rename> = back
            .iter()
            .filter(|rename| applies_back(rename, &after.catalog, &state.catalog))
            .cloned()
            .collect();
        let plan = bench
            .plan_of_step(&after, state, &renames, &fills.down, step.transactional)
            .await?;
        supported(&plan)?;
        drafted.unfilled_down.extend(unfilled(&plan));
        drafted.steps.push(draft_step(&step, &plan));
        if let Some(done) = before.replace(after) {
            bench.discard(done.database).await;
        }
    }
    if let Some(done) = before {
        bench.discard(done.database).await;
    }
    Ok(drafted)
}

/// Whether a rename is undone by this very step.
fn applies_back(rename: &Rename, after: &Catalog, before: &Catalog) -> bool {
    match rename {
        Rename::Object { from, to } => {
            after.objects.contains_key(from)
                && before.objects.contains_key(to)
                && !before.objects.contains_key(from)
        }
        Rename::EnumLabelRemoved { .. } => false,
        Rename::EnumLabel { enum_type, from, .. } => {
            let has = |catalog: &Catalog| matches!(catalog.definition(enum_type), Some(Definition::Enum(found)) if found.labels.contains(from));
            has(after) && !has(before)
        }
    }
}

/// Runs a step on a copy of a state.
async fn run(bench: &Workbench<'_>, state: &State, step: &PlannedStep<'_>) -> Result<State, Error> {
    let database = bench.copy(&state.database).await?;
    let actions = step.actions.iter().copied();
    let session = bench.carry_out(&database, actions, Bodies::Checked).await?;
    let catalog = bench.read(&session).await?;
    drop(session);
    Ok(State { catalog, database })
}

fn draft_step(step: &PlannedStep<'_>, down: &Plan) -> DraftStep {
    let mut draft = DraftStep::new(&step.name, sql_of(step.actions.iter().copied()));
    draft.up_requires = requires(step.actions.iter().copied());
    draft.down_requires = requires(down.actions.iter());
    draft.up_options.transaction = step.transactional;
    draft.up_options.allow_drop = step.actions.iter().any(|action| action.loses.is_some());
    let down_steps = down.steps();
    draft.down = Some(sql_of(down.actions.iter()));
    draft.down_options.transaction = down_steps.iter().all(|step| step.transactional);
    draft.down_options.allow_drop = down.is_destructive();
    // What a step outside a transaction is about, so that a run that dies in it can be gone on with.
    if !draft.up_options.transaction {
        draft.up_options.creates = first_of(step.actions.iter().copied(), Verb::Create);
        draft.up_options.drops = first_of(step.actions.iter().copied(), Verb::Drop);
    }
    if !draft.down_options.transaction {
        draft.down_options.creates = first_of(down.actions.iter(), Verb::Create);
        draft.down_options.drops = first_of(down.actions.iter(), Verb::Drop);
    }
    draft
}

/// What actions demand of rows, each demand once.
fn requires<'a>(actions: impl Iterator<Item = &'a Action>) -> Vec<DraftRequire> {
    let mut requires: Vec<DraftRequire> = Vec::new();
    for requirement in actions.flat_map(|action| &action.requires) {
        let require = DraftRequire {
            message: requirement.message.clone(),
            sql: format!("{};", requirement.query),
        };
        if !requires.contains(&require) {
            requires.push(require);
        }
    }
    requires
}

/// The first object that actions create, or drop.
fn first_of<'a>(actions: impl Iterator<Item = &'a Action>, verb: Verb) -> Option<String> {
    let mut actions = actions.filter(|action| action.verb == verb);
    actions.next().map(|action| action.object.to_string())
}

fn sql_of<'a>(actions: impl Iterator<Item = &'a Action>) -> String {
    limbeck_plan::sql_of(actions)
}
