//! Why there is no plan.

use limbeck_catalog::{Kind, ObjectId};

/// Why there is no plan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PlanError {
    /// The catalogues were read from servers of different major versions, which print texts differently.
    #[error(
        "the current state was read from PostgreSQL {current} and the wanted state from PostgreSQL {wanted}"
    )]
    MajorsDiffer {
        /// The major of the current state's server.
        current: u32,
        /// The major of the wanted state's server.
        wanted: u32,
    },
    /// A rename names an object that the current state does not hold.
    #[error("the current state has no `{0}` to rename")]
    RenameFromMissing(ObjectId),
    /// A rename names an object that the wanted state does not hold.
    #[error("`{from}` cannot become `{to}`: the wanted state has no such object")]
    RenameToMissing {
        /// The object in the current state.
        from: ObjectId,
        /// What it was to become.
        to: ObjectId,
    },
    /// A rename turns an object into one of another kind.
    #[error("`{from}` cannot become `{to}`: a rename keeps the kind of the object")]
    RenameChangesKind {
        /// The object in the current state.
        from: ObjectId,
        /// What it was to become.
        to: ObjectId,
    },
    /// A rename moves an object into another schema or relation.
    #[error("`{from}` cannot become `{to}`: a rename changes the last name only")]
    RenameMoves {
        /// The object in the current state.
        from: ObjectId,
        /// What it was to become.
        to: ObjectId,
    },
    /// Objects of this kind have no rename.
    #[error("a {0} cannot be renamed")]
    RenameUnsupported(Kind),
    /// Two renames name the same object.
    #[error("two renames name `{0}`")]
    RenameTwice(ObjectId),
    /// A rename names a label that the type does not have.
    #[error("`{enum_type}` has no label '{label}'")]
    RenameLabelMissing {
        /// The type.
        enum_type: ObjectId,
        /// The label.
        label: String,
    },
    /// A fill names a column that the wanted state does not hold.
    #[error("the wanted state has no `{0}` to fill")]
    FillMissing(ObjectId),
    /// No order satisfies every dependency. A defect of the planner, or of a catalogue.
    #[error("these depend on each other in a circle: {}", list(.members))]
    Cycle {
        /// The objects of the circle.
        members: Vec<ObjectId>,
    },
}

impl PlanError {
    /// What to do next.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::MajorsDiffer { .. } => "compare on one major: set `[server] major` to that of the database",
            Self::RenameFromMissing(_) => {
                "the first name of a rename is the name before, the second the name after"
            }
            Self::RenameToMissing { .. } => "rename the object in the models too",
            Self::RenameMoves { .. } => "give the rename of what contains it as a rename of its own",
            _ => return None,
        };
        Some(hint.to_owned())
    }
}

/// Identities as a list in a sentence.
fn list(members: &[ObjectId]) -> String {
    let names: Vec<String> = members.iter().map(|member| format!("`{member}`")).collect();
    names.join(", ")
}
