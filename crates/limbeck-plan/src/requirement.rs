//! What rows must not be for an action to succeed, as queries that count them before it.
//!
//! A demand is noted where the action is made. It is stated once the order is known, since a query speaks of the
//! database as it is when the action's step begins: under the old names in the first step, without what only comes
//! with the plan. What cannot be said of that state is not demanded.

mod apart;
mod bound;
mod domain;
mod fit;
mod key;
mod relabelled;

use limbeck_catalog::{Column, ConstraintKind, Definition, ForeignKey, Kind, MatchType, ObjectId};
use limbeck_sql::{QualifiedName, quote_identifier};
use serde::{Deserialize, Serialize};

use crate::build::Builder;
use crate::fates::Fate;
use crate::rename::Done;
use crate::render;
use crate::sides::ObjectNumber;

/// A query that has to count 0 before an action runs: the rows that it counts make the action fail.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Requirement {
    /// What is counted, in words and in one line: `rows of public.users where email is null`.
    pub message: String,
    /// The query, of one row with one number; without a semicolon.
    pub query: String,
}

/// What an action demands of the rows that are there before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Demand {
    /// A column holds no NULL.
    NotNull(ObjectNumber),
    /// What a column holds fits into its new type.
    Fits(ObjectNumber),
    /// A constraint or a unique index holds.
    Holds(ObjectNumber),
    /// It still does once other labels have taken the place of those that go.
    Relabelled(ObjectNumber),
    /// A domain's check holds in a column.
    HoldsIn(ObjectNumber, ObjectNumber),
    /// No element of a column's arrays is NULL.
    NoNullIn(ObjectNumber),
    /// The rows of a table are those that its bound as a partition takes.
    WithinBound(ObjectNumber),
    /// The default partition has no row that belongs to a partition which comes.
    OutOfDefault(ObjectNumber),
}

/// The state that a step begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moment {
    /// Nothing is done yet: everything has its old name.
    First,
    /// Other steps came before, and names are those of the wanted state.
    Later,
    /// All that the action needs is there.
    Ready,
}

/// The demands that can be stated, as queries.
pub(crate) fn state(
    builder: &Builder<'_, '_>,
    done: &Done,
    demands: &[Demand],
    moment: Moment,
) -> Vec<Requirement> {
    let none = Done::default();
    let statement = Statement {
        builder,
        done: if moment == Moment::First { done } else { &none },
        moment,
    };
    let mut requirements = Vec::new();
    for &demand in demands {
        let (Demand::NotNull(about)
        | Demand::Fits(about)
        | Demand::Holds(about)
        | Demand::Relabelled(about)
        | Demand::HoldsIn(_, about)
        | Demand::NoNullIn(about)
        | Demand::WithinBound(about)
        | Demand::OutOfDefault(about)) = demand;
        let sides = builder.sides;
        let home = sides.home(about).unwrap_or(about);
        let is_elsewhere = match demand {
            Demand::OutOfDefault(_) => false,
            _ => sides.ids[home].kind == Kind::ForeignTable || !sides.foreign_heirs(home).is_empty(),
        };
        if is_elsewhere {
            // Rows that are elsewhere are not looked at by PostgreSQL, but would be by a query.
            continue;
        }
        let requirement = match demand {
            Demand::NotNull(column) => statement.not_null(column),
            Demand::Fits(column) => statement.fits(column),
            Demand::Holds(object) => statement.holds(object),
            Demand::Relabelled(object) => statement.relabelled(object),
            Demand::HoldsIn(check, column) => statement.holds_in(check, column),
            Demand::NoNullIn(column) => statement.no_null_in(column),
            Demand::WithinBound(child) => statement.within_bound(child),
            Demand::OutOfDefault(child) => statement.out_of_default(child),
        };
        if let Some(requirement) = requirement
            && !requirements.contains(&requirement)
        {
            requirements.push(requirement);
        }
    }
    requirements
}

/// What a query is made of.
struct Statement<'r, 'a, 's> {
    builder: &'r Builder<'a, 's>,
    /// The renames that are not done yet.
    done: &'r Done,
    moment: Moment,
}

impl Statement<'_, '_, '_> {
    fn not_null(&self, column: ObjectNumber) -> Option<Requirement> {
        let sides = self.builder.sides;
        let (before, after) = (sides.column_before(column)?, sides.column_after(column)?);
        if !computes_the_same(before, after) || self.builder.fates.of(column).comes() {
            return None;
        }
        let id = self.done.before(sides.ids[column]);
        let (relation, name) = (render::relation(&id), quote_identifier(id.name()));
        let home = sides.home(column)?;
        let constraint = after.not_null_constraint.as_ref();
        let only = self.only(home, constraint.is_some_and(|constraint| constraint.no_inherit));
        Some(requirement(
            format!("rows of {relation} where {name} is null"),
            format!("SELECT count(*) FROM {only}{relation} WHERE {name} IS NULL"),
        ))
    }

    fn holds(&self, number: ObjectNumber) -> Option<Requirement> {
        let sides = self.builder.sides;
        let home = sides.home(number)?;
        let is_there = sides.needs_after[number]
            .iter()
            .all(|&needed| self.is_ready() || self.is_as_before(needed));
        let has_its_rows = self.is_ready() || self.is_as_before(home) && self.keeps_family(home);
        if !is_there || !has_its_rows {
            return None;
        }
        match sides.definition_after(number)? {
            Definition::Index(index) => self.unique(number, home, &key::Key::of_index(index)?),
            Definition::Constraint(constraint) => match &constraint.definition {
                ConstraintKind::PrimaryKey(key) | ConstraintKind::Unique(key) if key.without_overlaps => {
                    self.apart(number, home, &apart::Apart::of_key(key))
                }
                ConstraintKind::PrimaryKey(key) => {
                    self.unique(number, home, &key::Key::of_constraint(key, true))
                }
                ConstraintKind::Unique(key) => {
                    self.unique(number, home, &key::Key::of_constraint(key, false))
                }
                ConstraintKind::ForeignKey(key) => self.foreign_key(number, key),
                ConstraintKind::Check(check) => self.check(number, &check.expression, check.no_inherit),
                ConstraintKind::Exclusion(exclusion) => {
                    self.apart(number, home, &apart::Apart::of_exclusion(exclusion))
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// Whether all that the action needs is there.
    fn is_ready(&self) -> bool {
        self.moment == Moment::Ready
    }

    /// Whether an object says the same of the rows before the plan and after it.
    fn is_as_before(&self, number: ObjectNumber) -> bool {
        let sides = self.builder.sides;
        let fate = self.builder.fates.of(number);
        let stays = self.is_there(number);
        match sides.ids[number].kind {
            Kind::Constraint | Kind::Index => true,
            Kind::Column => {
                stays
                    && self.keeps_values(number)
                    && !self.builder.has_fill(number)
                    && sides
                        .column_before(number)
                        .zip(sides.column_after(number))
                        .is_some_and(|(before, after)| computes_the_same(before, after))
            }
            kind if kind.is_routine() => fate == Fate::Stays,
            _ => stays,
        }
    }

    /// Whether both states have the object, and it is never gone between.
    fn is_there(&self, number: ObjectNumber) -> bool {
        let fate = self.builder.fates.of(number);
        matches!(fate, Fate::Stays | Fate::Altered) && self.builder.sides.stays(number)
    }

    /// Whether neither parents nor children of a table come or go: their rows count with it.
    fn keeps_family(&self, table: ObjectNumber) -> bool {
        let sides = self.builder.sides;
        let mut family = sides.children_of(table).iter().chain([&table]);
        family.all(|&member| sides.parents_before(member) == sides.parents_after(member))
    }

    /// `ONLY`, where what is demanded of a table is not demanded of its inheritance children.
    fn only(&self, table: ObjectNumber, of_itself: bool) -> &'static str {
        let sides = self.builder.sides;
        let has_heirs = || {
            let mut children = sides.children_of(table).iter();
            children.any(|&child| sides.parents_before(child).contains(&table))
        };
        let is_partitioned = sides
            .definition_before(table)
            .is_some_and(Definition::is_partitioned);
        if of_itself && !is_partitioned && has_heirs() {
            "ONLY "
        } else {
            ""
        }
    }

    /// Whether what a column holds stays the same, as far as it fits into its type.
    fn keeps_values(&self, number: ObjectNumber) -> bool {
        let sides = self.builder.sides;
        let Some(retype) = self.builder.fates.retypes.get(&number) else {
            return true;
        };
        let columns = sides.column_before(number).zip(sides.column_after(number));
        retype.using.is_none()
            && columns.is_some_and(|(before, after)| {
                before.collation == after.collation
                    && fit::is_same_family(&before.data_type, &after.data_type)
            })
    }

    /// Orphans.
    fn foreign_key(&self, number: ObjectNumber, key: &ForeignKey) -> Option<Requirement> {
        let sides = self.builder.sides;
        let home = sides.home(number)?;
        let is_known = sides.needed_before[home].iter().any(|&other| {
            matches!(sides.definition_before(other), Some(Definition::Constraint(constraint))
                if constraint.validated && demands_as_much(&constraint.definition, key))
        });
        let columns: Vec<ObjectNumber> = sides.needs_after[number]
            .iter()
            .copied()
            .filter(|&needed| sides.ids[needed].kind == Kind::Column)
            .collect();
        // The operators of an extension's types are not found by every session.
        let is_plain = columns.iter().all(|&column| {
            sides.needs_after[column]
                .iter()
                .all(|&needed| sides.ids[needed].kind != Kind::Extension)
        });
        if is_known || !is_plain {
            return None;
        }
        let relation = sides.ids[number].qualified_name()?;
        let referring = self.names(&relation, &key.columns);
        let referred = self.names(&key.references, &key.referenced_columns);
        let (table, other) = (self.relation(&relation), self.relation(&key.references));
        let only = self.only(home, true);
        let only_other = sides
            .relation(&key.references)
            .map_or("", |other| self.only(other, true));
        let matches: Vec<String> = referring
            .iter()
            .zip(&referred)
            .map(|(from, to)| format!("referred.{to} = referring.{from}"))
            .collect();
        let orphan = match (
            key.period,
            matches.split_last(),
            referring.last().zip(referred.last()),
        ) {
            (true, Some((_, matches)), Some((period, periods))) => format!(
                "(\n    SELECT range_agg(referred.{periods}) @> referring.{period} FROM {only_other}{other} AS referred\n    \
                 WHERE {}\n) IS NOT TRUE",
                matches.join(" AND ")
            ),
            _ => format!(
                "NOT EXISTS (\n    SELECT FROM {only_other}{other} AS referred WHERE {}\n)",
                matches.join(" AND ")
            ),
        };
        let given: Vec<String> = referring
            .iter()
            .map(|name| format!("{name} IS NOT NULL"))
            .collect();
        let condition = match (key.match_type, referring.as_slice()) {
            (MatchType::Full, [_, _, ..]) => {
                let all = referring.join(", ");
                let some = match referring.len() {
                    2 => "= 1".to_owned(),
                    columns => format!("BETWEEN 1 AND {}", columns - 1),
                };
                format!("num_nulls({all}) {some} OR num_nulls({all}) = 0 AND {orphan}")
            }
            _ => format!("{} AND {orphan}", given.join(" AND ")),
        };
        Some(requirement(
            format!(
                "rows of {table} whose {} refers to no row of {other}",
                list(&referring)
            ),
            format!("SELECT count(*) FROM {only}{table} AS referring\nWHERE {condition}"),
        ))
    }

    /// Violators.
    fn check(&self, number: ObjectNumber, expression: &str, no_inherit: bool) -> Option<Requirement> {
        let sides = self.builder.sides;
        let home = sides.home(number)?;
        let is_known = sides.needed_before[home].iter().any(|&other| {
            matches!(sides.definition_before(other), Some(Definition::Constraint(constraint))
                if constraint.validated && matches!(&constraint.definition,
                    ConstraintKind::Check(check) if check.expression == expression
                        && (no_inherit || !check.no_inherit)))
        });
        if is_known {
            return None;
        }
        let id = sides.ids[number];
        let source = self.source(number, home)?;
        let only = if source.starts_with('(') {
            ""
        } else {
            self.only(home, no_inherit)
        };
        Some(requirement(
            format!(
                "rows of {} that violate {}",
                self.relation(&id.qualified_name()?),
                quote_identifier(id.name())
            ),
            select(
                "count(*)",
                &format!("{only}{source}"),
                &format!("NOT {}", render::parenthesised(expression)),
            ),
        ))
    }

    /// What a query with texts of the wanted state selects from: the relation, or its old columns under their new
    /// names. `None` where other names of the texts are not there yet.
    fn source(&self, number: ObjectNumber, home: ObjectNumber) -> Option<String> {
        let sides = self.builder.sides;
        if !self.done.is_of_relations() {
            return None;
        }
        let (id, before) = (sides.ids[home], self.done.before(sides.ids[home]));
        let columns: Vec<(&ObjectId, ObjectId)> = sides.needs_after[number]
            .iter()
            .filter(|&&needed| sides.ids[needed].kind == Kind::Column && sides.home(needed) == Some(home))
            .map(|&needed| (sides.ids[needed], self.done.before(sides.ids[needed])))
            .collect();
        if columns
            .iter()
            .all(|(after, before)| after.name() == before.name())
        {
            return Some(before.sql_name());
        }
        let columns: Vec<String> = columns
            .iter()
            .map(|(after, before)| {
                let (after, before) = (quote_identifier(after.name()), quote_identifier(before.name()));
                if after == before {
                    after.into_owned()
                } else {
                    format!("{before} AS {after}")
                }
            })
            .collect();
        Some(format!(
            "(SELECT {} FROM {}) AS {}",
            columns.join(", "),
            before.sql_name(),
            quote_identifier(id.name())
        ))
    }

    /// A relation as it is called then, as SQL.
    fn relation(&self, name: &QualifiedName) -> String {
        self.relation_before(name).to_string()
    }

    fn relation_before(&self, name: &QualifiedName) -> QualifiedName {
        // The kind of what has columns does not matter to its name.
        let probe = ObjectId::in_relation(Kind::Column, name, "");
        self.done
            .before(&probe)
            .qualified_name()
            .unwrap_or_else(|| name.clone())
    }

    /// Columns as they are called then, as SQL.
    fn names(&self, relation: &QualifiedName, columns: &[String]) -> Vec<String> {
        columns
            .iter()
            .map(|name| {
                let id = ObjectId::in_relation(Kind::Column, relation, name);
                quote_identifier(self.done.before(&id).name()).into_owned()
            })
            .collect()
    }
}

/// Whether the values of a column come about in the same way.
fn computes_the_same(before: &Column, after: &Column) -> bool {
    after.generated.is_none() || before.generated == after.generated
}

/// Whether rows that satisfy a constraint satisfy a foreign key too.
fn demands_as_much(known: &ConstraintKind, key: &ForeignKey) -> bool {
    matches!(known, ConstraintKind::ForeignKey(known)
        if known.columns == key.columns
            && known.references == key.references
            && known.referenced_columns == key.referenced_columns
            && known.period == key.period
            && (known.match_type == key.match_type || key.match_type == MatchType::Simple))
}

/// `a`, `(a, b)`.
fn list(names: &[String]) -> String {
    match names {
        [only] => only.clone(),
        several => format!("({})", several.join(", ")),
    }
}

/// How long a query may be in one line.
const LINE: usize = 100;

/// A query, in one line where there is room; without `WHERE` where the condition is empty.
fn select(count: &str, source: &str, condition: &str) -> String {
    let condition = match condition {
        "" => String::new(),
        condition => format!(" WHERE {condition}"),
    };
    let line = format!("SELECT {count} FROM {source}{condition}");
    if line.chars().count() <= LINE {
        line
    } else {
        format!("SELECT {count}\nFROM {source}\n{}", condition.trim_start())
            .trim_end()
            .to_owned()
    }
}

fn requirement(message: String, query: String) -> Requirement {
    Requirement {
        message: message.replace(['\n', '\r'], " "),
        query,
    }
}
