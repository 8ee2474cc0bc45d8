//! The hook of an application on each step that is applied or undone.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use limbeck_history::{Direction, Revision, RevisionId, Step};

/// What the hook of an application is told of a step whose message is being put together.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Applying<'a> {
    /// The revision.
    pub revision: &'a Revision,
    /// The step; `None` for a revision without steps.
    pub step: Option<&'a Step>,
    /// Which way.
    pub direction: Direction,
    /// Whether the revision comes to its end by it.
    pub finishes: bool,
    /// Whether the step's own statements run in the transaction of the hook's. Otherwise they have committed by then,
    /// and are on record.
    pub in_transaction: bool,
    /// The database's heads after it.
    pub heads: &'a BTreeSet<RevisionId>,
    /// What the run was tagged with.
    pub tag: Option<&'a str>,
}

/// Why a hook stops a run.
pub type OnApplyError = Box<dyn std::error::Error + Send + Sync>;

type Hook = dyn Fn(&Applying<'_>) -> Result<String, OnApplyError> + Send + Sync;

/// A hook on each step that is applied or undone: Alembic's `on_version_apply`.
///
/// It is called before the step is sent, and gives SQL, empty for nothing, which becomes part of the message: it runs
/// in the step's transaction, after the step and after its rows in the own tables, and commits or fails with them. It
/// is part of scripts as well. An error of the hook stops the run before the step.
///
/// After a step outside a transaction the SQL is a transaction of its own, with the end of the revision where the step
/// comes to that. Should it fail, the step stays on record as done, and a further run goes on after it: the hook is
/// called for the revision then, without a step, and not for a step that others follow.
///
/// ```
/// use limbeck_migrate::{OnApply, RunOptions};
///
/// let options = RunOptions {
///     on_apply: Some(OnApply::new(|applying| {
///         Ok(format!("NOTIFY migrations, '{} {}'", applying.revision.id, applying.direction))
///     })),
///     ..RunOptions::default()
/// };
/// ```
#[derive(Clone)]
pub struct OnApply(Arc<Hook>);

impl OnApply {
    /// A hook.
    pub fn new(hook: impl Fn(&Applying<'_>) -> Result<String, OnApplyError> + Send + Sync + 'static) -> Self {
        Self(Arc::new(hook))
    }

    pub(crate) fn call(&self, applying: &Applying<'_>) -> Result<String, OnApplyError> {
        (self.0)(applying)
    }
}

impl fmt::Debug for OnApply {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("OnApply").finish_non_exhaustive()
    }
}

/// Clones are the same hook.
impl PartialEq for OnApply {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for OnApply {}
