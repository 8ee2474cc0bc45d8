//! Rows that come into conflict because labels of an enum type go, and others take their place.

use limbeck_catalog::{Constraint, ConstraintKind, Definition, Kind};
use limbeck_sql::{quote_identifier, quote_literal};

use super::{Requirement, Statement, apart::Apart, key::Key, list, requirement, select};
use crate::fates::{Within, relabelling};
use crate::render;
use crate::sides::ObjectNumber;

/// How labels are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Labels {
    /// As texts, so that those which only come can be named.
    AsText,
    /// As values of the old type, which expressions are about.
    AsTheyAre,
}

impl Statement<'_, '_, '_> {
    /// The rows that violate a constraint or a unique index once labels are replaced.
    pub(super) fn relabelled(&self, number: ObjectNumber) -> Option<Requirement> {
        let sides = self.builder.sides;
        let home = sides.home(number)?;
        let has_its_rows = self.is_ready() || self.is_as_before(home) && self.keeps_family(home);
        let is_known = |needed: ObjectNumber| match sides.ids[needed].kind {
            Kind::Type | Kind::Domain => true,
            _ => self.is_ready() || self.is_as_before(needed) || self.is_relabelled(needed),
        };
        if !has_its_rows || !sides.needs_after[number].iter().all(|&needed| is_known(needed)) {
            return None;
        }
        let before = sides.definition_before(number);
        let condition = |constraint: &Constraint| match &constraint.definition {
            ConstraintKind::Check(check) if constraint.validated && constraint.enforced => {
                Some(check.expression.clone())
            }
            _ => None,
        };
        match sides.definition_after(number)? {
            Definition::Index(index) => {
                let key = Key::of_index(index)?;
                let was = match before {
                    Some(Definition::Index(index)) => Key::of_index(index),
                    _ => None,
                };
                let labels = labels(key.has_texts(), was.as_ref() == Some(&key))?;
                self.alike(number, home, &key, labels)
            }
            Definition::Constraint(constraint) => match &constraint.definition {
                ConstraintKind::PrimaryKey(key) | ConstraintKind::Unique(key) if key.without_overlaps => {
                    self.in_conflict(number, home, &Apart::of_key(key), Labels::AsText)
                }
                ConstraintKind::PrimaryKey(key) => {
                    self.alike(number, home, &Key::of_constraint(key, true), Labels::AsText)
                }
                ConstraintKind::Unique(key) => {
                    self.alike(number, home, &Key::of_constraint(key, false), Labels::AsText)
                }
                ConstraintKind::Exclusion(exclusion) => {
                    let apart = Apart::of_exclusion(exclusion);
                    let is_same = matches!(before, Some(Definition::Constraint(before))
                        if matches!(&before.definition, ConstraintKind::Exclusion(before) if Apart::of_exclusion(before) == apart));
                    let labels = labels(apart.has_texts(), is_same)?;
                    self.in_conflict(number, home, &apart, labels)
                }
                ConstraintKind::Check(check) => {
                    let is_same = matches!(before, Some(Definition::Constraint(before))
                        if condition(before).as_ref() == Some(&check.expression));
                    let expression = condition(constraint).filter(|_| is_same)?;
                    let source = self.relabelled_source(number, home, Labels::AsTheyAre, check.no_inherit)?;
                    let source = self.named(home, &source);
                    Some(requirement(
                        format!(
                            "rows of {} that violate {} once labels that go are replaced",
                            self.relation(&sides.ids[home].qualified_name()?),
                            quote_identifier(sides.ids[number].name())
                        ),
                        select(
                            "count(*)",
                            &source,
                            &format!("NOT {}", render::parenthesised(&expression)),
                        ),
                    ))
                }
                _ => None,
            },
            _ => None,
        }
    }

    fn alike(
        &self,
        number: ObjectNumber,
        home: ObjectNumber,
        key: &Key,
        labels: Labels,
    ) -> Option<Requirement> {
        let source = self.relabelled_source(number, home, labels, true)?;
        let source = self.named(home, &source);
        let (query, texts) =
            self.duplicates(home, key, &source, |column| quote_identifier(column).into_owned());
        let relation = self.relation(&self.builder.sides.ids[home].qualified_name()?);
        Some(requirement(
            format!(
                "rows of {relation} with the same {} as another once labels that go are replaced",
                list(&texts)
            ),
            query,
        ))
    }

    fn in_conflict(
        &self,
        number: ObjectNumber,
        home: ObjectNumber,
        apart: &Apart,
        labels: Labels,
    ) -> Option<Requirement> {
        let source = self.relabelled_source(number, home, labels, true)?;
        let query = self.conflicts(home, apart, &self.named(home, &source), Some(&source))?;
        let sides = self.builder.sides;
        Some(requirement(
            format!(
                "rows of {} that conflict by {} with another once labels that go are replaced",
                self.relation(&sides.ids[home].qualified_name()?),
                quote_identifier(sides.ids[number].name())
            ),
            query,
        ))
    }

    /// Whether labels are replaced in a column.
    fn is_relabelled(&self, column: ObjectNumber) -> bool {
        let sides = self.builder.sides;
        sides
            .column_before(column)
            .is_some_and(|before| relabelling(sides, &before.data_type).is_some())
    }

    /// The columns of a relation that an object is about, with labels as they will be, under their new names.
    fn relabelled_source(
        &self,
        number: ObjectNumber,
        home: ObjectNumber,
        labels: Labels,
        of_itself: bool,
    ) -> Option<String> {
        let sides = self.builder.sides;
        let before = self.done.before(sides.ids[home]);
        let mut columns = Vec::new();
        for &needed in &sides.needs_after[number] {
            if sides.ids[needed].kind != Kind::Column || sides.home(needed) != Some(home) {
                continue;
            }
            let id = self.done.before(sides.ids[needed]);
            if labels == Labels::AsTheyAre && id.name() != sides.ids[needed].name() {
                return None;
            }
            let (old, new) = (
                quote_identifier(id.name()),
                quote_identifier(sides.ids[needed].name()),
            );
            let value = self.value(needed, &old, labels)?;
            columns.push(if value == new {
                value
            } else {
                format!("{value} AS {new}")
            });
        }
        if columns.is_empty() || labels == Labels::AsTheyAre && !self.done.is_of_relations() {
            return None;
        }
        Some(format!(
            "(\n    SELECT tableoid, ctid, {}\n    FROM {}{}\n)",
            columns.join(", "),
            self.only(home, of_itself),
            before.sql_name(),
        ))
    }

    /// A source under the name of the relation that its rows are of.
    fn named(&self, home: ObjectNumber, source: &str) -> String {
        let id = self.builder.sides.ids[home];
        format!("{source} AS {}", quote_identifier(id.name()))
    }

    /// The value of a column with labels as they will be.
    fn value(&self, column: ObjectNumber, name: &str, labels: Labels) -> Option<String> {
        let sides = self.builder.sides;
        let before = sides.column_before(column)?;
        let Some(found) = relabelling(sides, &before.data_type) else {
            return Some(name.to_owned());
        };
        let id = sides.ids[found.enum_type];
        let merged = sides.merged_labels(found.enum_type);
        let Some(Definition::Enum(old)) = sides.definition_before(found.enum_type) else {
            return None;
        };
        if labels == Labels::AsTheyAre && !merged.iter().all(|(_, to)| old.labels.contains(to)) {
            return None;
        }
        let as_text = labels == Labels::AsText;
        let is_domain = sides.type_number(&before.data_type) != Some(found.enum_type);
        if !as_text && found.within == Within::Themselves && is_domain {
            // PostgreSQL compares no literal with a value of a domain over an enum type.
            return None;
        }
        let pairs = merged
            .iter()
            .map(|(from, to)| [from, to].map(|label| quote_literal(self.done.label_before(id, label))));
        match found.within {
            Within::Themselves => {
                let value = if as_text {
                    format!("{name}::text")
                } else {
                    name.to_owned()
                };
                let cases: Vec<String> = pairs
                    .map(|[from, to]| format!(" WHEN {from} THEN {to}"))
                    .collect();
                Some(format!("CASE {value}{} ELSE {value} END", cases.concat()))
            }
            Within::Array => {
                let value = if as_text {
                    format!("{name}::text[]")
                } else {
                    name.to_owned()
                };
                Some(pairs.fold(value, |value, [from, to]| {
                    format!("array_replace({value}, {from}, {to})")
                }))
            }
            Within::Deeper => None,
        }
    }
}

/// How labels are compared: by expressions over the old type only where these were there before, since a label that only
/// comes would be none of that.
fn labels(has_texts: bool, is_same: bool) -> Option<Labels> {
    match (has_texts, is_same) {
        (false, _) => Some(Labels::AsText),
        (true, true) => Some(Labels::AsTheyAre),
        (true, false) => None,
    }
}
