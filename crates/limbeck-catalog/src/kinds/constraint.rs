//! Constraints of tables (`pg_constraint`).

use limbeck_sql::QualifiedName;
use serde::{Deserialize, Serialize};

use crate::{ConstraintIndex, IndexKey, ObjectId};

/// A constraint of a table. `NOT NULL` is an attribute of its column, with a name or without.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Constraint {
    /// What it demands.
    pub definition: ConstraintKind,
    /// Whether it is enforced at all (`conenforced`, from PostgreSQL 18).
    pub enforced: bool,
    /// Whether rows that were there before have been checked (`convalidated`).
    pub validated: bool,
    /// When it is checked.
    pub deferrable: Deferrable,
    /// The constraint (or index) of the partitioned table, where this one is the partition's part of it: of keys, exclusion
    /// constraints and foreign keys. A check that is inherited has the name that the parent's has.
    pub partition_of: Option<ObjectId>,
}

/// Whether the check of a constraint can wait until the transaction ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Deferrable {
    /// `NOT DEFERRABLE`.
    No,
    /// `DEFERRABLE INITIALLY IMMEDIATE`.
    InitiallyImmediate,
    /// `DEFERRABLE INITIALLY DEFERRED`.
    InitiallyDeferred,
}

/// What a constraint demands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[non_exhaustive]
pub enum ConstraintKind {
    /// `PRIMARY KEY`.
    PrimaryKey(KeyConstraint),
    /// `UNIQUE`.
    Unique(KeyConstraint),
    /// `CHECK`.
    Check(CheckConstraint),
    /// `FOREIGN KEY`.
    ForeignKey(ForeignKey),
    /// `EXCLUDE`.
    Exclusion(ExclusionConstraint),
}

/// A primary key or unique constraint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyConstraint {
    /// The columns, in key order.
    pub columns: Vec<String>,
    /// Whether the last column holds ranges that must not overlap (`WITHOUT OVERLAPS`, from PostgreSQL 18).
    pub without_overlaps: bool,
    /// The columns that the index only carries.
    pub include: Vec<String>,
    /// Whether two NULLs are equal (`NULLS NOT DISTINCT`, from PostgreSQL 15).
    pub nulls_not_distinct: bool,
    /// The index behind it.
    pub index: ConstraintIndex,
}

/// A check constraint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckConstraint {
    /// The condition, as `pg_get_expr` prints it.
    pub expression: String,
    /// `NO INHERIT`.
    pub no_inherit: bool,
}

/// A foreign key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForeignKey {
    /// The referencing columns.
    pub columns: Vec<String>,
    /// The referenced table.
    pub references: QualifiedName,
    /// The referenced columns, in the order of `columns`.
    pub referenced_columns: Vec<String>,
    /// Whether the last column holds ranges that the referenced rows must cover (`PERIOD`, from PostgreSQL 18).
    pub period: bool,
    /// `MATCH`.
    pub match_type: MatchType,
    /// `ON UPDATE`.
    pub on_update: ReferentialAction,
    /// `ON DELETE`.
    pub on_delete: ReferentialAction,
    /// The columns that `ON DELETE SET …` sets, where not all (from PostgreSQL 15).
    pub on_delete_columns: Vec<String>,
}

/// How a foreign key of several columns treats NULLs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MatchType {
    /// `MATCH SIMPLE`.
    Simple,
    /// `MATCH FULL`.
    Full,
}

/// What happens to referencing rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReferentialAction {
    /// `NO ACTION`.
    NoAction,
    /// `RESTRICT`.
    Restrict,
    /// `CASCADE`.
    Cascade,
    /// `SET NULL`.
    SetNull,
    /// `SET DEFAULT`.
    SetDefault,
}

/// An exclusion constraint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExclusionConstraint {
    /// The index method.
    pub method: String,
    /// The elements of its index.
    pub keys: Vec<IndexKey>,
    /// The operator of each element, qualified unless it lies in `pg_catalog`: `&&`, `OPERATOR(public.&&)`.
    pub operators: Vec<String>,
    /// The columns that the index only carries.
    pub include: Vec<String>,
    /// The predicate, as `pg_get_expr` prints it.
    pub predicate: Option<String>,
    /// The index behind it.
    pub index: ConstraintIndex,
}

impl ConstraintKind {
    /// The index behind the constraint, where there is one.
    #[must_use]
    pub fn index(&self) -> Option<&ConstraintIndex> {
        match self {
            Self::PrimaryKey(key) | Self::Unique(key) => Some(&key.index),
            Self::Exclusion(exclusion) => Some(&exclusion.index),
            Self::Check(_) | Self::ForeignKey(_) => None,
        }
    }

    /// The index behind the constraint, to be changed.
    pub fn index_mut(&mut self) -> Option<&mut ConstraintIndex> {
        match self {
            Self::PrimaryKey(key) | Self::Unique(key) => Some(&mut key.index),
            Self::Exclusion(exclusion) => Some(&mut exclusion.index),
            Self::Check(_) | Self::ForeignKey(_) => None,
        }
    }
}
