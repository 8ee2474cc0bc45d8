//! What a plan consists of: actions, and their ratings as data.

use std::fmt;

use limbeck_catalog::ObjectId;
use limbeck_sql::quote_identifier;
use serde::{Deserialize, Serialize};

use crate::Requirement;

/// What an action does to its object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verb {
    /// The object comes into being.
    Create,
    /// The object is changed and stays.
    Alter,
    /// The object gets another name and stays as it is.
    Rename,
    /// The object goes.
    Drop,
}

impl fmt::Display for Verb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Create => "create",
            Self::Alter => "alter",
            Self::Rename => "rename",
            Self::Drop => "drop",
        })
    }
}

/// What is done to one object.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Change {
    /// What is done.
    pub verb: Verb,
    /// To which object: of the current state for a drop, else of the wanted state.
    pub object: ObjectId,
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.verb, self.object)
    }
}

/// One or several statements that belong together, and what running them means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Action {
    /// What is done to `object`. For an `ALTER TABLE` that does several things: `Alter`.
    pub verb: Verb,
    /// The object; for an `ALTER TABLE` that does several things the table.
    pub object: ObjectId,
    /// Everything that the action does, itself included: what a `CREATE TABLE` carries, what goes with a dropped
    /// table or column, the subcommands of an `ALTER TABLE`.
    pub changes: Vec<Change>,
    /// The statements, formatted, without semicolons.
    pub statements: Vec<String>,
    /// The data that goes, when some does.
    pub loses: Option<Loss>,
    /// What rows must not be for it to succeed: queries on the state that its step begins with.
    pub requires: Vec<Requirement>,
    /// What there is to know of it besides, in a sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Whether it may write a filled table anew.
    pub rewrites: bool,
    /// Whether it can run in a transaction.
    pub transactional: bool,
    /// Whether what follows needs this committed: a new label of an enum cannot be used by the transaction that
    /// adds it.
    pub commit_after: bool,
}

/// Data that an action destroys. Displayed as a person reads it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Loss {
    /// The rows of a table.
    Rows {
        /// The table.
        table: ObjectId,
    },
    /// What rows hold in a column.
    Values {
        /// The column.
        column: ObjectId,
    },
    /// Digits, or a part of a time, that a column's new type has no room for.
    Precision {
        /// The column.
        column: ObjectId,
        /// The type before.
        from: String,
        /// The type after.
        to: String,
    },
    /// How far a sequence has counted.
    Position {
        /// The sequence.
        sequence: ObjectId,
    },
    /// Labels of an enum type. Rows that hold one make the action fail.
    Labels {
        /// The type.
        enum_type: ObjectId,
        /// The labels that go.
        labels: Vec<String>,
    },
    /// Which rows hold a label of an enum type: they take another.
    MergedLabels {
        /// The type.
        enum_type: ObjectId,
        /// The labels that go, each with the one that its rows take.
        labels: Vec<(String, String)>,
    },
    /// The options of a user mapping, of which a catalogue does not hold those that may be secrets.
    UserMapping {
        /// The user mapping.
        user_mapping: ObjectId,
    },
    /// What an extension keeps in tables of its own.
    Extension {
        /// The extension.
        extension: ObjectId,
    },
    /// Several of these.
    Several {
        /// Each of them, none of which is several.
        losses: Vec<Loss>,
    },
}

impl Loss {
    /// What is lost, one by one.
    #[must_use]
    pub fn each(&self) -> &[Self] {
        match self {
            Self::Several { losses } => losses,
            one => std::slice::from_ref(one),
        }
    }

    /// What two actions lose that become one.
    pub(crate) fn both(one: Option<Self>, other: Option<Self>) -> Option<Self> {
        match (one, other) {
            (Some(Self::Several { mut losses }), Some(other)) => {
                losses.push(other);
                Some(Self::Several { losses })
            }
            (Some(one), Some(other)) => Some(Self::Several {
                losses: vec![one, other],
            }),
            (one, other) => one.or(other),
        }
    }
}

impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rows { table } => write!(f, "all rows of {}", table.sql_name()),
            Self::Values { column } => write!(f, "all values of {}", column.sql_name()),
            Self::Precision { column, from, to } => {
                write!(f, "what {from} can hold in {} and {to} cannot", column.sql_name())
            }
            Self::Position { sequence } => write!(f, "the position of sequence {}", sequence.sql_name()),
            Self::Labels { enum_type, labels } => {
                write!(f, "{} of type {}", quoted_list(labels), enum_type.sql_name())?;
                f.write_str("; fails while a row holds it")
            }
            Self::MergedLabels { enum_type, labels } => {
                let each: Vec<String> = labels
                    .iter()
                    .map(|(from, to)| {
                        let [from, to] = [from, to].map(|label| limbeck_sql::quote_literal(label));
                        format!("{from} becomes {to}")
                    })
                    .collect();
                write!(f, "labels of type {}: {}", enum_type.sql_name(), each.join(", "))?;
                f.write_str("; no way back tells such rows apart")
            }
            Self::UserMapping { user_mapping } => {
                write!(f, "how {} logs in, a password too", user_mapping)
            }
            Self::Extension { extension } => {
                write!(
                    f,
                    "all that extension {} stores",
                    quote_identifier(extension.name())
                )
            }
            Self::Several { losses } => {
                let texts: Vec<String> = losses.iter().map(ToString::to_string).collect();
                f.write_str(&texts.join("; "))
            }
        }
    }
}

/// `'a', 'b'`.
fn quoted_list(labels: &[String]) -> String {
    let quoted: Vec<String> = labels
        .iter()
        .map(|label| limbeck_sql::quote_literal(label))
        .collect();
    quoted.join(", ")
}

/// The way from one state to the other.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// What to do, in order.
    pub actions: Vec<Action>,
    /// Columns that become `NOT NULL` without a fill: their action fails on rows that are there before.
    pub unfilled: Vec<ObjectId>,
    /// Fills that nothing in this plan needs.
    pub unused_fills: Vec<ObjectId>,
    /// What the plan cannot do, one sentence each. A plan with any is not to be run.
    pub unsupported: Vec<String>,
}

impl Plan {
    /// Whether there is nothing to do.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.actions.is_empty() && self.unsupported.is_empty()
    }

    /// Whether an object is new in the plan's end state, or is made anew.
    #[must_use]
    pub fn creates(&self, object: &ObjectId) -> bool {
        let mut changes = self.actions.iter().flat_map(|action| &action.changes);
        changes.any(|change| change.verb == Verb::Create && change.object == *object)
    }

    /// Whether running it destroys data.
    #[must_use]
    pub fn is_destructive(&self) -> bool {
        self.actions.iter().any(|action| action.loses.is_some())
    }
}
