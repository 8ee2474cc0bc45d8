//! A revision that is not written yet.

use crate::{Declaration, RevisionId, StepOptions};

/// What a new revision file shall say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// Its identifier; see [`new_id`](crate::new_id).
    pub id: RevisionId,
    /// The revisions that it follows.
    pub parents: Vec<RevisionId>,
    /// Revisions of other branches that it needs.
    pub depends_on: Vec<RevisionId>,
    /// The names of the branch that begins with it.
    pub branch_labels: Vec<String>,
    /// The revisions that it stands for.
    pub replaces: Vec<RevisionId>,
    /// What it does, in words; may have several lines.
    pub message: String,
    /// When: UTC, as `2026-11-21T10:00:00Z`; see [`created`](crate::created).
    pub created: String,
    /// Its steps, in order.
    pub steps: Vec<DraftStep>,
    /// How it changes the declared set.
    pub declares: Vec<Declaration>,
}

/// One step of a draft.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DraftStep {
    /// Its name: ASCII letters in lower case, digits and underscores.
    pub name: String,
    /// The SQL of the way up, with its semicolons; may be empty.
    pub up: String,
    /// The SQL of the way down; none for a step that cannot go back.
    pub down: Option<String>,
    /// The options of the way up.
    pub up_options: StepOptions,
    /// The options of the way down.
    pub down_options: StepOptions,
    /// What must hold before the way up.
    pub up_requires: Vec<DraftRequire>,
    /// What must hold before the way down.
    pub down_requires: Vec<DraftRequire>,
}

impl DraftStep {
    /// A step with a way up only.
    #[must_use]
    pub fn new(name: impl Into<String>, up: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            up: up.into(),
            ..Self::default()
        }
    }
}

/// A condition of a step: a query whose one value must be 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftRequire {
    /// What is counted, in words.
    pub message: String,
    /// The query, one statement.
    pub sql: String,
}

impl Draft {
    /// A draft with nothing in it yet.
    #[must_use]
    pub fn new(id: RevisionId, message: impl Into<String>, created: impl Into<String>) -> Self {
        Self {
            id,
            parents: Vec::new(),
            depends_on: Vec::new(),
            branch_labels: Vec::new(),
            replaces: Vec::new(),
            message: message.into(),
            created: created.into(),
            steps: Vec::new(),
            declares: Vec::new(),
        }
    }
}
