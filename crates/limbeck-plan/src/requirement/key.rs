//! Duplicates.

use limbeck_catalog::{ConstraintKind, Definition, Index, KeyConstraint, Kind, ObjectId};

use super::{Requirement, Statement, list, requirement, select};
use crate::render;
use crate::sides::ObjectNumber;

/// What may be there only once.
#[derive(PartialEq)]
pub(super) struct Key {
    elements: Vec<Element>,
    nulls_not_distinct: bool,
    predicate: Option<String>,
}

#[derive(PartialEq)]
struct Element {
    /// The column's name, or the expression.
    text: String,
    is_expression: bool,
    collation: Option<String>,
}

impl Key {
    pub(super) fn of_constraint(key: &KeyConstraint, is_primary: bool) -> Self {
        let elements = key.columns.iter().map(|column| Element {
            text: column.clone(),
            is_expression: false,
            collation: None,
        });
        Self {
            elements: elements.collect(),
            // No column of a primary key is NULL.
            nulls_not_distinct: key.nulls_not_distinct || is_primary,
            predicate: None,
        }
    }

    /// What a unique index keeps apart, as far as `DISTINCT` tells the same.
    pub(super) fn of_index(index: &Index) -> Option<Self> {
        let is_plain = |operator_class: &Option<limbeck_sql::QualifiedName>| {
            operator_class
                .as_ref()
                .is_none_or(|class| class.schema == "pg_catalog")
        };
        if !index.unique || !index.keys.iter().all(|key| is_plain(&key.operator_class)) {
            return None;
        }
        let elements = index.keys.iter().map(|key| Element {
            text: key.key.clone(),
            is_expression: key.is_expression,
            collation: key.collation.as_ref().map(render::name),
        });
        Some(Self {
            elements: elements.collect(),
            nulls_not_distinct: index.nulls_not_distinct,
            predicate: index.predicate.clone(),
        })
    }

    fn of_definition(definition: &Definition) -> Option<Self> {
        match definition {
            Definition::Index(index) if index.valid => Self::of_index(index),
            Definition::Constraint(constraint) => match &constraint.definition {
                ConstraintKind::PrimaryKey(key) | ConstraintKind::Unique(key) if key.without_overlaps => None,
                ConstraintKind::PrimaryKey(key) => Some(Self::of_constraint(key, true)),
                ConstraintKind::Unique(key) => Some(Self::of_constraint(key, false)),
                _ => None,
            },
            _ => None,
        }
    }

    /// Whether rows that this keeps apart are apart by `other` too.
    fn implies(&self, other: &Self) -> bool {
        self.elements
            .iter()
            .all(|element| other.elements.contains(element))
            && (self.nulls_not_distinct || !other.nulls_not_distinct)
            && (self.predicate.is_none() || self.predicate == other.predicate)
    }

    pub(super) fn has_texts(&self) -> bool {
        self.predicate.is_some() || self.elements.iter().any(|element| element.is_expression)
    }
}

impl Statement<'_, '_, '_> {
    /// Rows that are alike: as many as would have to go.
    pub(super) fn unique(&self, number: ObjectNumber, home: ObjectNumber, key: &Key) -> Option<Requirement> {
        let sides = self.builder.sides;
        let is_known = sides.needed_before[home].iter().any(|&other| {
            sides
                .definition_before(other)
                .and_then(Key::of_definition)
                .is_some_and(|known| known.implies(key))
        });
        if is_known {
            return None;
        }
        let relation = sides.ids[home].qualified_name()?;
        let source = if key.has_texts() {
            self.source(number, home)?
        } else {
            self.relation(&relation)
        };
        let is_renamed = source.starts_with('(');
        let source = if is_renamed {
            source
        } else {
            format!("{}{source}", self.only(home, true))
        };
        let name = |column: &str| {
            if is_renamed {
                limbeck_sql::quote_identifier(column).into_owned()
            } else {
                self.names(&relation, &[column.to_owned()]).concat()
            }
        };
        let (query, texts) = self.duplicates(home, key, &source, name);
        Some(requirement(
            format!(
                "rows of {} with the same {} as another",
                self.relation(&relation),
                list(&texts)
            ),
            query,
        ))
    }

    /// A query for rows of a source that are alike, and what of them is.
    pub(super) fn duplicates(
        &self,
        home: ObjectNumber,
        key: &Key,
        source: &str,
        name: impl Fn(&str) -> String,
    ) -> (String, Vec<String>) {
        let mut texts = Vec::new();
        let mut conditions = Vec::new();
        for element in &key.elements {
            let mut text = if element.is_expression {
                render::singly_parenthesised(&element.text).to_owned()
            } else {
                name(&element.text)
            };
            if element.is_expression || self.may_be_null(home, &element.text) {
                conditions.push(format!("{text} IS NOT NULL"));
            }
            if let Some(collation) = &element.collation {
                text.push_str(&format!(" COLLATE {collation}"));
            }
            texts.push(text);
        }
        if key.nulls_not_distinct {
            conditions.clear();
        }
        let count = match texts.as_slice() {
            [only] if key.nulls_not_distinct => format!("count(*) - count(DISTINCT ROW({only}))"),
            [only] => {
                conditions.clear();
                format!("count({only}) - count(DISTINCT {only})")
            }
            several => format!("count(*) - count(DISTINCT ({}))", several.join(", ")),
        };
        conditions.extend(key.predicate.as_deref().map(render::parenthesised));
        (select(&count, source, &conditions.join(" AND ")), texts)
    }

    /// Whether a column of a table holds NULL before, as far as is known.
    pub(super) fn may_be_null(&self, home: ObjectNumber, column: &str) -> bool {
        let sides = self.builder.sides;
        let column = sides.ids[home].qualified_name().and_then(|relation| {
            let id = ObjectId::in_relation(Kind::Column, &relation, column);
            sides.column_before(sides.number(&id)?)
        });
        column.is_none_or(|column| !column.not_null)
    }
}
