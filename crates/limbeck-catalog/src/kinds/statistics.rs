//! Extended statistics (`pg_statistic_ext`).

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::ObjectId;

/// What PostgreSQL learns of several columns or expressions of a relation together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statistics {
    /// The table, foreign table or materialised view.
    pub relation: ObjectId,
    /// What is learnt; nothing where there is but one expression.
    pub kinds: BTreeSet<StatisticsKind>,
    /// The columns.
    pub columns: BTreeSet<String>,
    /// The expressions, as PostgreSQL prints them, in their order.
    pub expressions: Vec<String>,
    /// How much is learnt (`SET STATISTICS`): 0 to 10000.
    pub target: Option<i16>,
}

/// What is learnt (`stxkind`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StatisticsKind {
    /// `ndistinct`.
    Ndistinct,
    /// `dependencies`.
    Dependencies,
    /// `mcv`.
    Mcv,
}

impl StatisticsKind {
    /// All kinds, in the order in which PostgreSQL prints them.
    pub const ALL: [Self; 3] = [Self::Ndistinct, Self::Dependencies, Self::Mcv];

    /// The kind as SQL spells it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ndistinct => "ndistinct",
            Self::Dependencies => "dependencies",
            Self::Mcv => "mcv",
        }
    }
}
