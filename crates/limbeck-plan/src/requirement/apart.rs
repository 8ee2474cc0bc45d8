//! Rows that conflict with each other: by an exclusion constraint, or by a key without overlaps.

use limbeck_catalog::{ConstraintKind, Definition, ExclusionConstraint, KeyConstraint, Kind, ObjectId};
use limbeck_sql::QualifiedName;

use super::{Requirement, Statement, requirement};
use crate::render;
use crate::sides::ObjectNumber;

/// What keeps rows apart.
#[derive(PartialEq)]
pub(super) struct Apart {
    elements: Vec<Element>,
    predicate: Option<String>,
    /// Whether empty ranges are refused too.
    without_empty: bool,
}

#[derive(PartialEq)]
struct Element {
    /// The column's name, or the expression.
    text: String,
    is_expression: bool,
    collation: Option<QualifiedName>,
    operator: String,
}

/// What the constructors of ranges are called.
const RANGES: [&str; 6] = [
    "int4range",
    "int8range",
    "numrange",
    "tsrange",
    "tstzrange",
    "daterange",
];

const EQUAL: &str = "=";
const OVERLAPS: &str = "&&";

impl Apart {
    pub(super) fn of_key(key: &KeyConstraint) -> Self {
        let last = key.columns.len().saturating_sub(1);
        let elements = key.columns.iter().enumerate().map(|(n, column)| Element {
            text: column.clone(),
            is_expression: false,
            collation: None,
            operator: if n == last { OVERLAPS } else { EQUAL }.to_owned(),
        });
        Self {
            elements: elements.collect(),
            predicate: None,
            without_empty: true,
        }
    }

    pub(super) fn of_exclusion(exclusion: &ExclusionConstraint) -> Self {
        let elements = exclusion
            .keys
            .iter()
            .zip(&exclusion.operators)
            .map(|(key, operator)| Element {
                text: key.key.clone(),
                is_expression: key.is_expression,
                collation: key.collation.clone(),
                operator: operator.clone(),
            });
        Self {
            elements: elements.collect(),
            predicate: exclusion.predicate.clone(),
            without_empty: false,
        }
    }

    fn of_definition(definition: &Definition) -> Option<Self> {
        let Definition::Constraint(constraint) = definition else {
            return None;
        };
        match &constraint.definition {
            ConstraintKind::PrimaryKey(key) | ConstraintKind::Unique(key) if key.without_overlaps => {
                Some(Self::of_key(key))
            }
            ConstraintKind::Exclusion(exclusion) => Some(Self::of_exclusion(exclusion)),
            _ => None,
        }
    }

    /// Whether rows that this keeps apart are apart by `other` too.
    fn implies(&self, other: &Self) -> bool {
        self.elements == other.elements
            && (self.predicate.is_none() || self.predicate == other.predicate)
            && (self.without_empty || !other.without_empty)
    }
}

impl Element {
    /// The element over rows that bear this name, or over those at hand.
    fn of(&self, row: Option<&str>) -> String {
        let mut text = if self.is_expression {
            render::singly_parenthesised(&self.text).to_owned()
        } else {
            limbeck_sql::quote_identifier(&self.text).into_owned()
        };
        if let Some(row) = row {
            text = format!("{row}.{text}");
        }
        if let Some(collation) = &self.collation {
            text.push_str(&format!(" COLLATE {}", render::name(collation)));
        }
        text
    }
}

impl Statement<'_, '_, '_> {
    /// Rows that conflict. Ranges are looked at in their order, where neighbours overlap if any do. Other rows are
    /// compared with all those that are equal in some element; where nothing has to be equal, that would take too long,
    /// and nothing is asked.
    pub(super) fn apart(
        &self,
        number: ObjectNumber,
        home: ObjectNumber,
        apart: &Apart,
    ) -> Option<Requirement> {
        let sides = self.builder.sides;
        let is_known = sides.needed_before[home].iter().any(|&other| {
            sides
                .definition_before(other)
                .and_then(Apart::of_definition)
                .is_some_and(|known| known.implies(apart))
        });
        if is_known {
            return None;
        }
        let source = self.source(number, home)?;
        let source = if source.starts_with('(') {
            source
        } else {
            format!("{}{source}", self.only(home, true))
        };
        let id = sides.ids[number];
        let message = format!(
            "rows of {} that conflict by {} with another",
            self.relation(&id.qualified_name()?),
            limbeck_sql::quote_identifier(id.name())
        );
        let bare = Some(source.as_str()).filter(|source| !source.starts_with('('));
        Some(requirement(message, self.conflicts(home, apart, &source, bare)?))
    }

    /// A query for rows of a source that conflict. Two of them are only told apart where there is a source without a name
    /// of its own that has `tableoid` and `ctid`.
    pub(super) fn conflicts(
        &self,
        home: ObjectNumber,
        apart: &Apart,
        source: &str,
        bare: Option<&str>,
    ) -> Option<String> {
        let (equal, others): (Vec<&Element>, Vec<&Element>) = apart
            .elements
            .iter()
            .partition(|element| element.operator == EQUAL);
        match others.as_slice() {
            [range] if range.operator == OVERLAPS && self.is_range(home, range) => {
                let given: Vec<String> = equal
                    .iter()
                    .filter(|element| element.is_expression || self.may_be_null(home, &element.text))
                    .map(|element| format!("{} IS NOT NULL", element.of(None)))
                    .collect();
                Some(neighbours(source, &equal, range, given, apart))
            }
            _ if !equal.is_empty() && !has_expressions(apart) => Some(pairs(bare?, apart)),
            _ => None,
        }
    }

    /// Whether an element is a range, as far as that is known.
    fn is_range(&self, home: ObjectNumber, element: &Element) -> bool {
        let sides = self.builder.sides;
        if element.is_expression {
            let text = render::singly_parenthesised(&element.text);
            return text
                .split_once('(')
                .is_some_and(|(function, _)| RANGES.contains(&function));
        }
        let column = sides.ids[home].qualified_name().and_then(|relation| {
            let id = ObjectId::in_relation(Kind::Column, &relation, &element.text);
            sides.column_after(sides.number(&id)?)
        });
        column.is_some_and(|column| {
            RANGES.contains(&column.data_type.as_str())
                || sides.ids.iter().enumerate().any(|(number, id)| {
                    matches!(sides.definition_after(number), Some(Definition::Range(_)))
                        && id.sql_name() == column.data_type
                })
        })
    }
}

impl Apart {
    pub(super) fn has_texts(&self) -> bool {
        self.predicate.is_some() || has_expressions(self)
    }
}

fn has_expressions(apart: &Apart) -> bool {
    apart.elements.iter().any(|element| element.is_expression)
}

/// A query for ranges that overlap the one before them.
fn neighbours(
    source: &str,
    equal: &[&Element],
    range: &Element,
    given: Vec<String>,
    apart: &Apart,
) -> String {
    let text = range.of(None);
    let group: Vec<String> = equal.iter().map(|element| element.of(None)).collect();
    let partition = if group.is_empty() {
        String::new()
    } else {
        format!("PARTITION BY {} ", group.join(", "))
    };
    let mut conflict = format!("{text} && lag({text}) OVER ({partition}ORDER BY {text})");
    if apart.without_empty {
        conflict = format!("isempty({text}) OR {conflict}");
    }
    let mut conditions = given;
    if !apart.without_empty {
        conditions.push(format!("NOT isempty({text})"));
    }
    conditions.extend(apart.predicate.as_deref().map(render::parenthesised));
    let condition = if conditions.is_empty() {
        String::new()
    } else {
        format!("\n    WHERE {}", conditions.join(" AND "))
    };
    format!(
        "SELECT count(*) FROM (\n    SELECT {conflict} AS conflicts\n    FROM {source}{condition}\n) AS t\nWHERE conflicts"
    )
}

/// A query for rows that conflict with another one.
fn pairs(source: &str, apart: &Apart) -> String {
    let mut conditions: Vec<String> = apart
        .elements
        .iter()
        .map(|element| {
            let (one, other) = (element.of(Some("t")), element.of(Some("other")));
            format!("{one} {} {other}", element.operator)
        })
        .collect();
    conditions.push("(t.tableoid, t.ctid) <> (other.tableoid, other.ctid)".to_owned());
    let predicate = apart.predicate.as_deref().map(render::parenthesised);
    // Names without a row are those of the query that they stand in.
    conditions.extend(predicate.clone());
    let outer = predicate.map_or(String::new(), |predicate| format!("{predicate} AND "));
    format!(
        "SELECT count(*) FROM {source} AS t\nWHERE {outer}EXISTS (\n    SELECT FROM {source} AS other\n    WHERE {}\n)",
        conditions.join(" AND ")
    )
}
