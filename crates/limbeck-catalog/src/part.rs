//! Parts of objects: what has no identity and no facts of its own, but can bear a comment or a security label.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A part of an object. Serialised as it is displayed: `column email`, `row type`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
#[non_exhaustive]
pub enum Part {
    /// A column of a view or materialised view.
    Column(String),
    /// The constraint behind a constraint trigger.
    Constraint,
    /// The constraint of that name behind a domain's `NOT NULL` (from PostgreSQL 17).
    DomainConstraint(String),
    /// The multirange type that comes with a range type.
    Multirange,
    /// The sequence behind an identity column, whose comment is a fact of the identity.
    Sequence,
    /// The row type of a relation.
    RowType,
}

/// What is attached to a part of an object.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartNotes {
    /// Its comment (`pg_description`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// Its security labels by provider (`pg_seclabel`).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Column(name) => write!(f, "column {name}"),
            Self::Constraint => f.write_str("constraint"),
            Self::DomainConstraint(name) => write!(f, "constraint {name}"),
            Self::Multirange => f.write_str("multirange"),
            Self::Sequence => f.write_str("sequence"),
            Self::RowType => f.write_str("row type"),
        }
    }
}

impl From<Part> for String {
    fn from(part: Part) -> Self {
        part.to_string()
    }
}

impl TryFrom<String> for Part {
    type Error = ParsePartError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

/// Why a text is no [`Part`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no part of an object")]
pub struct ParsePartError(String);

impl FromStr for Part {
    type Err = ParsePartError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once(' ') {
            None if text == "constraint" => Ok(Self::Constraint),
            None if text == "multirange" => Ok(Self::Multirange),
            None if text == "sequence" => Ok(Self::Sequence),
            Some(("row", "type")) => Ok(Self::RowType),
            Some(("column", name)) => Ok(Self::Column(name.to_owned())),
            Some(("constraint", name)) => Ok(Self::DomainConstraint(name.to_owned())),
            _ => Err(ParsePartError(text.to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_read_back() {
        for part in [
            Part::Column("a b".to_owned()),
            Part::Constraint,
            Part::DomainConstraint("d check".to_owned()),
            Part::Multirange,
            Part::Sequence,
            Part::RowType,
        ] {
            assert_eq!(part.to_string().parse(), Ok(part));
        }
        assert!("frog".parse::<Part>().is_err());
    }
}
