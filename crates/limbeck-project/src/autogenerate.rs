//! From models and history to the steps of the next revision.
//!
//! Wanted is what the models declare, together with what people made by hand in revisions and no model declares
//! ("unmanaged"). An object is dropped only if models once declared it and no longer do.

mod consent;
mod downs;
mod keep;
mod privileges;
mod renames;
mod text_arguments;
mod wanted;

use std::collections::BTreeSet;

use limbeck_catalog::ObjectId;
use limbeck_history::{DraftStep, History, RevisionId};
use limbeck_plan::{Plan, Rename};

pub(crate) use consent::{consented_drops, missing_fills};
pub(crate) use renames::{renamed_before, with_declared};
pub(crate) use text_arguments::{Fills, parse_renames};
pub(crate) use wanted::Wanted;

use crate::declared::Declared;
use crate::roles;
use crate::workbench::{State, Workbench};
use crate::{Consult, Diagnostic, Error, Failure};

/// What models and history come to.
pub(crate) struct Comparison {
    /// The state that the history leads to (or the live database's, where that was asked for).
    pub(crate) current: State,
    /// The state that is wanted.
    pub(crate) wanted: Wanted,
    /// What is renamed on the way.
    pub(crate) renames: Vec<Rename>,
    /// The way.
    pub(crate) plan: Plan,
    /// What models declared so far.
    pub(crate) managed: BTreeSet<ObjectId>,
}

impl Comparison {
    /// By which objects the declared set changes: added, and removed.
    pub(crate) fn declared_changes(&self) -> (Vec<&ObjectId>, Vec<&ObjectId>) {
        let declared = &self.wanted.declared;
        (
            declared.difference(&self.managed).collect(),
            self.managed.difference(declared).collect(),
        )
    }

    /// Plans again, now that more is known of what fills columns.
    pub(crate) async fn plan_again(&mut self, bench: &Workbench<'_>, fills: &Fills) -> Result<(), Error> {
        self.plan = bench
            .plan(&self.current, &self.wanted.state, &self.renames, &fills.up)
            .await?;
        Ok(())
    }

    /// Whether there is nothing to do, not even to the declared set.
    pub(crate) fn is_nothing(&self) -> bool {
        self.plan.is_empty() && self.wanted.declared == self.managed
    }
}

/// What is to be compared, and what is known about it.
pub(crate) struct Question<'a> {
    pub(crate) declared: &'a Declared,
    pub(crate) history: &'a History,
    pub(crate) heads: &'a BTreeSet<RevisionId>,
    pub(crate) renames: &'a [Rename],
    pub(crate) fills: &'a Fills,
    pub(crate) consult: &'a dyn Consult,
}

/// Compares models and history. What is declared is run while the current state is being made.
pub(crate) async fn compare(
    bench: &Workbench<'_>,
    question: &Question<'_>,
    current: impl Future<Output = Result<State, Error>>,
) -> Result<Comparison, Error> {
    let managed = managed(question);
    let makes_roles = question.declared.makes_roles() || roles::are_made_by_any(question.history.order_all());
    // Boxed: both at once are much for the stack of a thread.
    let (current, begun) = (
        Box::pin(current),
        Box::pin(wanted::begin(bench, question.declared)),
    );
    let (current, begun) = if makes_roles {
        (current.await, begun.await)
    } else {
        tokio::join!(current, begun)
    };
    let current = current?;
    let (mut wanted, renames) = wanted::wanted(bench, question, begun?, &current, &managed).await?;
    privileges::keep(&mut wanted, &current.catalog, &managed, &renames);
    let plan = bench
        .plan(&current, &wanted.state, &renames, &question.fills.up)
        .await?;
    supported(&plan)?;
    Ok(Comparison {
        current,
        wanted,
        renames,
        plan,
        managed,
    })
}

/// Refuses a plan that cannot do all that is wanted.
pub(crate) fn supported(plan: &Plan) -> Result<(), Error> {
    if plan.unsupported.is_empty() {
        return Ok(());
    }
    let diagnostics = plan.unsupported.iter().map(Diagnostic::new).collect();
    Err(Error::several(Failure::Failed, diagnostics)
        .hint("write this change by hand: `limbeck revision -m …`, then run `limbeck check`"))
}

/// What models declared up to the heads, by the revisions' `declares` lines.
fn managed(question: &Question<'_>) -> BTreeSet<ObjectId> {
    let lines = question.history.managed_at(question.heads).into_iter();
    // The project parsed each line when it read the history, and told the place of one that names no object.
    lines.filter_map(|line| line.parse().ok()).collect()
}

/// The steps of a revision, each with its way back.
pub(crate) struct Drafted {
    pub(crate) steps: Vec<DraftStep>,
    /// NOT NULL columns that the way back cannot fill.
    pub(crate) unfilled_down: Vec<Unfilled>,
}

/// A column that takes no NULL, and that nothing fills.
#[derive(Debug, Clone)]
pub(crate) struct Unfilled {
    pub(crate) column: ObjectId,
    /// Whether no row has a value yet. Those of an old column may all have one, and the step requires it.
    pub(crate) is_new: bool,
}

/// The columns that nothing in a plan fills.
pub(crate) fn unfilled(plan: &Plan) -> impl Iterator<Item = Unfilled> + '_ {
    plan.unfilled.iter().map(|column| Unfilled {
        column: column.clone(),
        is_new: plan.creates(column),
    })
}

/// Turns a plan into steps, each with the plan of its way back.
pub(crate) async fn draft(
    bench: &Workbench<'_>,
    comparison: &Comparison,
    fills: &Fills,
) -> Result<Drafted, Error> {
    downs::draft(bench, comparison, fills).await
}
