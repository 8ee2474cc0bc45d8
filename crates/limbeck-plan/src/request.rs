//! What is asked of the planner.

use limbeck_catalog::{Catalog, ObjectId};
use serde::{Deserialize, Serialize};

use crate::Answers;

/// Two states of a database, and what a catalogue cannot say about the way from one to the other.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// The state to start from.
    pub current: &'a Catalog,
    /// The state to reach.
    pub wanted: &'a Catalog,
    /// What is not dropped and created but renamed.
    pub renames: &'a [Rename],
    /// What rows that are there before hold in columns that become `NOT NULL`.
    pub fills: &'a [Fill],
    /// What PostgreSQL said to the probes of earlier calls with this request.
    pub answers: &'a Answers,
    /// How the plan is carried out.
    pub options: Options,
}

/// How a plan is carried out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Options {
    /// Indexes on tables that exist before are built and dropped `CONCURRENTLY`, each in a step of its own.
    pub concurrently: bool,
    /// Everything is done in one transaction: nothing `CONCURRENTLY`, and an enum type whose new label is used at once
    /// is rebuilt, since a label that is added can be used only after a commit.
    pub one_transaction: bool,
}

/// A statement that an object of the current state and one of the wanted state are the same, or that one takes the
/// other's place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Rename {
    /// An object's name. What lies under it follows: a column is named by the current name of its table in `from`,
    /// whatever other renames say.
    Object {
        /// The object in the current state.
        from: ObjectId,
        /// The object in the wanted state; of the same kind, in the same schema.
        to: ObjectId,
    },
    /// A label of an enum type.
    EnumLabel {
        /// The type in the current state.
        enum_type: ObjectId,
        /// The label in the current state.
        from: String,
        /// The label in the wanted state.
        to: String,
    },
    /// A label of an enum type goes, and rows with it take another.
    EnumLabelRemoved {
        /// The type in the current state.
        enum_type: ObjectId,
        /// The label in the current state.
        from: String,
        /// The label in the wanted state that rows with it take.
        to: String,
    },
}

impl Rename {
    /// The rename of an object.
    #[must_use]
    pub fn object(from: ObjectId, to: ObjectId) -> Self {
        Self::Object { from, to }
    }

    /// The rename of a label of an enum type, which is named as it is in the current state.
    pub fn enum_label(enum_type: ObjectId, from: impl Into<String>, to: impl Into<String>) -> Self {
        Self::EnumLabel {
            enum_type,
            from: from.into(),
            to: to.into(),
        }
    }

    /// The removal of a label of an enum type, which is named as it is in the current state.
    pub fn enum_label_removed(enum_type: ObjectId, from: impl Into<String>, to: impl Into<String>) -> Self {
        Self::EnumLabelRemoved {
            enum_type,
            from: from.into(),
            to: to.into(),
        }
    }
}

/// What a column that becomes `NOT NULL` holds in the rows that are there before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fill {
    /// The column in the wanted state.
    pub column: ObjectId,
    /// An expression over the table's columns, as `UPDATE … SET` takes it: `'?'`, `lower(email)`.
    pub expression: String,
}
