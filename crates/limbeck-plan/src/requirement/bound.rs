//! Rows that a partition's bound refuses, and rows of the default partition that belong elsewhere.

use limbeck_catalog::{Definition, Kind, ObjectId, PartitionKey};
use limbeck_sql::{quote_identifier, quote_literal};

use super::{Requirement, Statement, requirement, select};
use crate::render;
use crate::sides::ObjectNumber;

/// Which rows a partition takes.
#[derive(Debug, PartialEq, Eq)]
enum Bound<'a> {
    /// These values, NULL among them where `null` is.
    List { values: Vec<&'a str>, null: bool },
    /// From these values to below those.
    Range { from: Vec<&'a str>, to: Vec<&'a str> },
    /// A share of the hashes: modulus and remainder.
    Hash(&'a str, &'a str),
}

impl<'a> Bound<'a> {
    /// Takes apart what `pg_get_expr` printed; nothing for `DEFAULT`.
    fn parse(text: &'a str) -> Option<Self> {
        let text = text.strip_prefix("FOR VALUES ")?;
        if let Some(list) = text.strip_prefix("IN ") {
            let values = elements(list)?;
            return Some(Self::List {
                null: values.contains(&"NULL"),
                values: values.into_iter().filter(|value| *value != "NULL").collect(),
            });
        }
        if let Some(bounds) = text.strip_prefix("FROM ") {
            let end = closing(bounds)?;
            let (from, to) = (bounds.get(..=end)?, bounds.get(end + 1..)?);
            return Some(Self::Range {
                from: elements(from)?,
                to: elements(to.trim_start().strip_prefix("TO ")?)?,
            });
        }
        let hash = text.strip_prefix("WITH (modulus ")?.strip_suffix(')')?;
        let (modulus, remainder) = hash.split_once(", remainder ")?;
        Some(Self::Hash(modulus, remainder))
    }

    /// The condition that rows of the partition meet, of its keys as SQL; `parent` tells how hashes are made.
    fn condition(&self, keys: &[String], parent: &str) -> Option<String> {
        match self {
            Self::List { values, null } => {
                let [key] = keys else {
                    return None;
                };
                let among = match values.as_slice() {
                    [] => None,
                    [only] => Some(format!("{key} = {only}")),
                    several => Some(format!("{key} IN ({})", several.join(", "))),
                };
                let is_null = null.then(|| format!("{key} IS NULL"));
                Some(among.into_iter().chain(is_null).collect::<Vec<_>>().join(" OR "))
            }
            Self::Range { from, to } => {
                let mut conditions: Vec<String> =
                    keys.iter().map(|key| format!("{key} IS NOT NULL")).collect();
                conditions.extend(edge(keys, from, ">=")?);
                conditions.extend(edge(keys, to, "<")?);
                Some(conditions.join(" AND "))
            }
            Self::Hash(modulus, remainder) => Some(format!(
                "satisfies_hash_partition({}::regclass, {modulus}, {remainder}, {})",
                quote_literal(parent),
                keys.join(", ")
            )),
        }
    }
}

/// One end of a range, where it has one: what comes after an end without limit is of no matter.
fn edge(keys: &[String], values: &[&str], operator: &str) -> Option<Option<String>> {
    let is_open = |value: &&str| matches!(*value, "MINVALUE" | "MAXVALUE");
    let limited = values.iter().position(is_open).unwrap_or(values.len());
    let (keys, limits) = (keys.get(..limited)?, values.get(..limited)?);
    // Below the greatest value that follows an equal prefix is all with that prefix.
    let operator = match (values.get(limited).copied(), operator) {
        (Some("MAXVALUE"), ">=") => ">",
        (Some("MAXVALUE"), "<") => "<=",
        _ => operator,
    };
    Some(match (keys, limits) {
        ([], []) if values.first() == Some(&"MAXVALUE") && operator == ">" => Some("false".to_owned()),
        ([], []) => None,
        ([key], [limit]) => Some(format!("{key} {operator} {limit}")),
        (keys, limits) => Some(format!(
            "({}) {operator} ({})",
            keys.join(", "),
            limits.join(", ")
        )),
    })
}

/// The place of the parenthesis that closes the first one. A quote inside a literal is doubled.
fn closing(text: &str) -> Option<usize> {
    let mut is_quoted = false;
    for (position, character) in text.char_indices() {
        match character {
            '\'' => is_quoted = !is_quoted,
            ')' if !is_quoted => return Some(position),
            _ => {}
        }
    }
    None
}

/// The values of a list in parentheses.
fn elements(text: &str) -> Option<Vec<&str>> {
    let list = text.strip_prefix('(')?.strip_suffix(')')?;
    let (mut start, mut is_quoted) = (0, false);
    let mut found = Vec::new();
    for (position, character) in list.char_indices() {
        match character {
            '\'' => is_quoted = !is_quoted,
            ',' if !is_quoted => {
                found.push(list.get(start..position)?.trim());
                start = position + 1;
            }
            _ => {}
        }
    }
    found.push(list.get(start..)?.trim());
    Some(found)
}

impl Statement<'_, '_, '_> {
    /// Rows of a table that becomes a partition which do not belong there.
    pub(super) fn within_bound(&self, child: ObjectNumber) -> Option<Requirement> {
        if self.is_bound_known(child) {
            return None;
        }
        let condition = self.belongs(child, child)?;
        let table = self.done.before(self.builder.sides.ids[child]).sql_name();
        // Where the condition is unknown, a check would hold.
        Some(requirement(
            format!("rows of {table} that its bound does not take"),
            select("count(*)", &table, &format!("({condition}) IS NOT TRUE")),
        ))
    }

    /// Whether a table is a partition already which takes the same rows.
    fn is_bound_known(&self, child: ObjectNumber) -> bool {
        let sides = self.builder.sides;
        let bound = |definition: Option<&Definition>, key: &dyn Fn(ObjectNumber) -> Option<PartitionKey>| {
            let partition_of = definition?.parents().partition_of?;
            Some((
                partition_of.bound.clone(),
                key(sides.number(&partition_of.parent)?)?,
            ))
        };
        let key = |definition: Option<&Definition>| match definition? {
            Definition::Table(table) => table.partition_key.clone(),
            _ => None,
        };
        let before = bound(sides.definition_before(child), &|parent| {
            key(sides.definition_before(parent))
        });
        // Which table it is decides over hashes alone.
        before.as_ref().is_some_and(|(bound, _)| !bound.contains("WITH"))
            && before
                == bound(sides.definition_after(child), &|parent| {
                    key(sides.definition_after(parent))
                })
    }

    /// Rows of the default partition that belong to another one.
    pub(super) fn out_of_default(&self, child: ObjectNumber) -> Option<Requirement> {
        let sides = self.builder.sides;
        let &parent = sides.parents_after(child).first()?;
        let default = sides.children().find(|&other| {
            let is_default = |definition: Option<&Definition>| {
                let partition = definition.and_then(|definition| definition.parents().partition_of);
                partition.is_some_and(|partition| {
                    partition.parent == *sides.ids[parent] && partition.bound == "DEFAULT"
                })
            };
            is_default(sides.definition_before(other)) && is_default(sides.definition_after(other))
        })?;
        if sides.is_foreign(default) || !sides.foreign_heirs(default).is_empty() {
            return None;
        }
        let condition = self.belongs(child, default)?;
        let table = self.done.before(sides.ids[default]).sql_name();
        Some(requirement(
            format!(
                "rows of {table} that belong to {}",
                self.done.before(sides.ids[child]).sql_name()
            ),
            select("count(*)", &table, &condition),
        ))
    }

    /// The condition that rows of a table meet which belong to a partition.
    fn belongs(&self, child: ObjectNumber, table: ObjectNumber) -> Option<String> {
        let sides = self.builder.sides;
        let partition_of = sides.definition_after(child)?.parents().partition_of?;
        let parent = sides.number(&partition_of.parent)?;
        let (Some(Definition::Table(before)), Some(Definition::Table(after))) =
            (sides.definition_before(parent), sides.definition_after(parent))
        else {
            return None;
        };
        let key = after.partition_key.as_ref()?;
        let is_there = self.is_ready() || before.partition_key == after.partition_key;
        if !is_there || !(self.is_ready() || self.is_as_before(table) && self.is_as_before(parent)) {
            return None;
        }
        let keys = self.keys(key, table)?;
        let parent = self.done.before(sides.ids[parent]).sql_name();
        Bound::parse(&partition_of.bound)?.condition(&keys, &parent)
    }

    /// What the bound is about, as SQL over the rows of a table. Expressions name columns as they will be called, and
    /// are left out.
    fn keys(&self, key: &PartitionKey, table: ObjectNumber) -> Option<Vec<String>> {
        let sides = self.builder.sides;
        let name = sides.ids[table].qualified_name()?;
        key.keys
            .iter()
            .map(|part| {
                if part.is_expression {
                    return None;
                }
                let id = ObjectId::in_relation(Kind::Column, &name, &part.key);
                let column = sides.number(&id)?;
                if !self.is_ready() && !self.is_as_before(column) {
                    return None;
                }
                let mut text = quote_identifier(self.done.before(&id).name()).into_owned();
                if let Some(collation) = &part.collation {
                    text.push_str(&format!(" COLLATE {}", render::name(collation)));
                }
                Some(text)
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn condition(bound: &str, keys: &[&str]) -> String {
        let keys: Vec<String> = keys.iter().map(|&key| key.to_owned()).collect();
        Bound::parse(bound).unwrap().condition(&keys, "p").unwrap()
    }

    #[test]
    fn bounds_are_conditions() {
        assert_eq!(
            condition("FOR VALUES IN ('a', 'b)''(,')", &["k"]),
            "k IN ('a', 'b)''(,')"
        );
        assert_eq!(condition("FOR VALUES IN (1, NULL)", &["k"]), "k = 1 OR k IS NULL");
        assert_eq!(condition("FOR VALUES IN (NULL)", &["k"]), "k IS NULL");
        assert_eq!(
            condition("FOR VALUES FROM ('2020-01-01') TO (MAXVALUE)", &["at"]),
            "at IS NOT NULL AND at >= '2020-01-01'"
        );
        assert_eq!(
            condition("FOR VALUES FROM (1, MINVALUE) TO (2, 'x')", &["a", "b"]),
            "a IS NOT NULL AND b IS NOT NULL AND a >= 1 AND (a, b) < (2, 'x')"
        );
        assert_eq!(
            condition("FOR VALUES FROM (1, MAXVALUE) TO (2, MAXVALUE)", &["a", "b"]),
            "a IS NOT NULL AND b IS NOT NULL AND a > 1 AND a <= 2"
        );
        assert_eq!(
            condition("FOR VALUES WITH (modulus 4, remainder 3)", &["k"]),
            "satisfies_hash_partition('p'::regclass, 4, 3, k)"
        );
        assert_eq!(Bound::parse("DEFAULT"), None);
    }
}
