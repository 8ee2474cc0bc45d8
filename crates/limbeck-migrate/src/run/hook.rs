//! What the application's hook adds to a step.

use std::collections::BTreeSet;

use limbeck_history::{RevisionId, Step, StepSide};

use super::Leased;
use super::heads::apply;
use super::stop::Stop;
use crate::error::{ErrorKind, Obstacle};
use crate::journal::Outcome;
use crate::on_apply::{Applying, OnApply};
use crate::options::RunOptions;
use crate::route::Leg;
use crate::screen::{hook_sets_session, screen_hook};

impl Leased<'_> {
    /// What the hook adds to a step, or to a revision without steps. Raises the heads to those after it.
    pub(super) fn hook(
        &mut self,
        leg: &Leg,
        step: Option<(&Step, &StepSide)>,
        outcome: &Outcome,
    ) -> Result<String, Stop> {
        apply(&mut self.heads, outcome);
        let Some(hook) = &self.context.options.on_apply else {
            return Ok(String::new());
        };
        let sql =
            hook_sql(hook, leg, step, outcome, &self.heads, self.context.options).map_err(Stop::before)?;
        if self.upkeep.is_callers && hook_sets_session(&sql) {
            return Err(Stop::before(ErrorKind::Hook {
                revision: leg.revision.id.clone(),
                step: step.map(|(step, _)| step.name.clone()),
                message: format!("it {}", Obstacle::SetsSession.words()),
                error: None,
                is_step_kept: false,
            }));
        }
        Ok(sql)
    }
}

/// What a hook adds to a step, or to a revision without steps. `heads` are those after it.
pub(crate) fn hook_sql(
    hook: &OnApply,
    leg: &Leg,
    step: Option<(&Step, &StepSide)>,
    outcome: &Outcome,
    heads: &BTreeSet<RevisionId>,
    options: &RunOptions,
) -> Result<String, ErrorKind> {
    let failed = |message: String| ErrorKind::Hook {
        revision: leg.revision.id.clone(),
        step: step.map(|(step, _)| step.name.clone()),
        message,
        error: None,
        is_step_kept: false,
    };
    let applying = Applying {
        revision: &leg.revision,
        step: step.map(|(step, _)| step),
        direction: leg.direction,
        finishes: !matches!(outcome, Outcome::Going),
        in_transaction: step.is_none_or(|(_, side)| side.options.transaction),
        heads,
        tag: options.tag.as_deref(),
    };
    let sql = hook.call(&applying).map_err(|error| failed(error.to_string()))?;
    screen_hook(&sql).map_err(|refusal| failed(refusal.to_string()))?;
    Ok(sql.trim().to_owned())
}
