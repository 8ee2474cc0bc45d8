//! What a program that calls this library may decide by code: what is looked at, and what a new revision does.

use std::fmt;
use std::sync::Arc;

use limbeck_catalog::{ExcludePredicate, Object, ObjectId};
use limbeck_history::DraftStep;

use crate::Error;

/// Decides what is looked at, where the patterns of limbeck.toml do not say enough. It is asked of every object of every
/// state that is read: what is declared, the history, and a live database. With an object goes what belongs to it.
///
/// Columns, constraints, indexes and the like are asked about as well.
pub trait Filter: Send + Sync {
    /// Whether an object is looked at, by its kind and name.
    fn include_name(&self, _id: &ObjectId) -> bool {
        true
    }

    /// Whether an object is looked at, by its definition.
    fn include_object(&self, _id: &ObjectId, _object: &Object) -> bool {
        true
    }
}

/// Changes what a new revision does, before it is proven and written.
pub trait ProcessRevisionDirectives: Send + Sync {
    /// Adds, takes out, changes or reorders steps. Where all are taken out, no file is written.
    ///
    /// # Errors
    /// Whatever the program has against the revision; then nothing is written.
    fn process_revision_directives(&self, directives: &mut RevisionDirectives) -> Result<(), Error>;
}

/// What a new revision is going to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevisionDirectives {
    /// The message.
    pub message: String,
    /// The steps, in order.
    pub steps: Vec<DraftStep>,
    /// Whether the steps come from the models. Else they are for a person to fill.
    pub autogenerate: bool,
}

/// The code that a program gives.
#[derive(Clone, Default)]
pub struct Hooks {
    /// What is looked at.
    pub filter: Option<Arc<dyn Filter>>,
    /// What a new revision does.
    pub directives: Option<Arc<dyn ProcessRevisionDirectives>>,
}

impl Hooks {
    /// What the filter leaves out.
    pub(crate) fn predicate(&self) -> Option<ExcludePredicate> {
        let filter = Arc::clone(self.filter.as_ref()?);
        Some(ExcludePredicate::of_objects(move |id, object| {
            !filter.include_name(id) || !filter.include_object(id, object)
        }))
    }
}

impl fmt::Debug for Hooks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hooks")
            .field("filter", &self.filter.is_some())
            .field("directives", &self.directives.is_some())
            .finish()
    }
}
