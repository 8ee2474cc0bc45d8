//! What waits for what: the edges that follow from needs, names and keys.

use std::collections::HashMap;

use limbeck_catalog::{ConstraintKind, Definition, Kind, ObjectId};

use super::{Builder, Part};
use crate::Verb;
use crate::sides::ObjectNumber;

impl Builder<'_, '_> {
    /// Adds the edges that follow from dependencies and names.
    pub(super) fn connect(&mut self) {
        let (mut edges, mut wishes) = (Vec::new(), Vec::new());
        for number in 0..self.sides.ids.len() {
            for used in &self.arriving[number] {
                for &needed in &self.sides.needs_after[number] {
                    if self.bonds.is_made_first(number, needed) || !self.is_about(number, used.part, needed) {
                        continue;
                    }
                    match self.mentions.get(&needed) {
                        Some(&(mention, function)) if function == number => {
                            edges.push((mention, used.node));
                        }
                        // One action makes both: what is done to the needed one afterwards comes too late.
                        _ if self.creation[needed] == Some(used.node) => {}
                        // An attribute waits for its type, and not for the other attributes.
                        _ if self.sides.composite_of(number) == Some(needed) => {
                            edges.extend(self.creation[needed].map(|first| (first, used.node)));
                        }
                        _ => {
                            for &first in &self.awaited[needed] {
                                let edges = if self.is_loose(number, needed, first) {
                                    &mut wishes
                                } else {
                                    &mut edges
                                };
                                edges.push((first, used.node));
                            }
                        }
                    }
                }
            }
            let gone = self.leaving[number].iter().map(|used| (used, true));
            let released = self.releasing[number].iter().map(|used| (used, false));
            for (used, goes) in gone.chain(released) {
                for &needed in &self.sides.needs_before[number] {
                    let goes_later =
                        self.sides.ids[needed].kind == Kind::Column && self.bonds.is_dropped_later(number);
                    if goes_later || !self.is_about(number, used.part, needed) {
                        continue;
                    }
                    // What needs an object lets its default be.
                    let leaving = self.leaving[needed].iter();
                    let leaving = leaving.filter(|then| then.part != Part::Default);
                    edges.extend(leaving.map(|then| (used.node, then.node)));
                    if goes && !self.fates.is_exchanged(number) {
                        // Of what has a type in its name, the name changes with that of the old type.
                        let is_free = self.fates.is_exchanged(needed) && !names_types(self.sides.ids[number]);
                        for &then in &self.changing[needed] {
                            let edges = if is_free || self.is_loose(number, needed, then) {
                                &mut wishes
                            } else {
                                &mut edges
                            };
                            edges.push((used.node, then));
                        }
                    }
                }
            }
            if let (Some(removal), Some(creation)) = (self.removal[number], self.creation[number])
                && !self.fates.is_exchanged(number)
            {
                edges.push((removal, creation));
            }
        }
        for (freed, claimed) in self.names.values().chain(self.primary_keys.values()) {
            for &first in freed {
                // What was renamed and goes all the same is the one that has the name.
                let is_its_own = |then: usize| {
                    self.nodes[then].verb == Verb::Rename
                        && self.nodes[then].object == self.nodes[first].object
                };
                edges.extend(
                    claimed
                        .iter()
                        .filter(|&&then| !is_its_own(then))
                        .map(|&then| (first, then)),
                );
            }
        }
        self.wishes.extend(wishes);
        edges.extend(self.persistence_order());
        edges.extend(self.key_order());
        // An object has its new name before anything else is done to it.
        let renames: HashMap<ObjectNumber, usize> = self
            .nodes
            .iter()
            .enumerate()
            .filter(|(_, node)| node.verb == Verb::Rename)
            .map(|(number, node)| (node.object, number))
            .collect();
        for (number, node) in self.nodes.iter().enumerate() {
            if let Some(&rename) = renames.get(&node.object) {
                edges.push((rename, number));
            }
        }
        self.edges
            .extend(edges.into_iter().filter(|(first, then)| first != then));
        self.edges.sort_unstable();
        self.edges.dedup();
    }

    /// Whether it only looks better that a change of one object comes before or after another one that needs it: whether
    /// a table is unlogged matters to what refers to it, to what publishes it and to its sequences.
    fn is_loose(&self, object: ObjectNumber, needed: ObjectNumber, change: usize) -> bool {
        self.persistence.get(&needed) == Some(&change)
            && !matches!(
                self.sides.ids[object].kind,
                Kind::Constraint | Kind::Publication | Kind::Sequence
            )
    }

    /// A foreign key takes the first key over its columns that it finds: it waits for those that go.
    fn key_order(&self) -> Vec<(usize, usize)> {
        let sides = self.sides;
        let mut edges = Vec::new();
        for (number, creation) in self.creation.iter().enumerate() {
            let (Some(creation), Some(Definition::Constraint(constraint))) =
                (creation, sides.definition_after(number))
            else {
                continue;
            };
            let ConstraintKind::ForeignKey(key) = &constraint.definition else {
                continue;
            };
            let Some(referenced) = sides.relation(&key.references) else {
                continue;
            };
            let is_key = |&&other: &&ObjectNumber| {
                sides
                    .definition_before(other)
                    .is_some_and(|other| is_key_over(other, &key.referenced_columns))
            };
            let keys = sides.needed_before[referenced].iter().filter(is_key);
            edges.extend(
                keys.filter(|&&other| !self.fates.adopted.values().any(|&adopted| adopted == other))
                    .filter_map(|&other| Some((self.removal[other]?, *creation))),
            );
        }
        edges
    }

    /// Of two tables that change, the one that is referred to becomes permanent first, and unlogged last.
    fn persistence_order(&self) -> Vec<(usize, usize)> {
        let mut edges = Vec::new();
        for (&table, &node) in &self.persistence {
            let is_unlogged = matches!(self.sides.definition_after(table),
                Some(Definition::Table(table)) if table.unlogged);
            let keys = self.sides.needed_after[table]
                .iter()
                .filter(|&&key| self.sides.stays(key) && self.sides.home(key) == Some(table));
            for key in keys {
                let Some(Definition::Constraint(constraint)) = self.sides.definition_after(*key) else {
                    continue;
                };
                if let ConstraintKind::ForeignKey(key) = &constraint.definition
                    && let Some(referenced) = self.sides.relation(&key.references)
                    && let Some(&other) = self.persistence.get(&referenced)
                {
                    edges.push(if is_unlogged { (node, other) } else { (other, node) });
                }
            }
        }
        edges
    }

    /// Whether a need of an object belongs to that part of it.
    fn is_about(&self, object: ObjectNumber, part: Part, needed: ObjectNumber) -> bool {
        let needed_kind = self.sides.ids[needed].kind;
        match (part, self.sides.ids[object].kind) {
            (Part::Bare, _) => false,
            (Part::Type, _) => matches!(
                needed_kind,
                Kind::Schema | Kind::Extension | Kind::Collation | Kind::Type | Kind::Domain
            ),
            (Part::Owner, _) => needed_kind == Kind::Column,
            (Part::Whole, Kind::Sequence) => needed_kind != Kind::Column,
            (Part::Whole, Kind::Column | Kind::Domain) => {
                !is_of_default(needed_kind) || self.is_generated(object)
            }
            _ => true,
        }
    }

    /// Whether a column is computed on either side.
    fn is_generated(&self, number: ObjectNumber) -> bool {
        [self.sides.column_before(number), self.sides.column_after(number)]
            .into_iter()
            .flatten()
            .any(|column| column.generated.is_some())
    }
}

/// Whether a plain column, or a domain, can need such an object only for its default.
pub(crate) fn is_of_default(kind: Kind) -> bool {
    kind.is_routine() || kind == Kind::Sequence
}

/// Whether types stand in the name by which an object is dropped.
fn names_types(id: &ObjectId) -> bool {
    id.signature.is_some()
}

/// Whether a foreign key to these columns may take this for the key that it needs.
fn is_key_over(definition: &Definition, columns: &[String]) -> bool {
    let of_key: Vec<&String> = match definition {
        Definition::Constraint(constraint) => match &constraint.definition {
            ConstraintKind::PrimaryKey(key) | ConstraintKind::Unique(key) => key.columns.iter().collect(),
            _ => return false,
        },
        Definition::Index(index) if index.unique => index.keys.iter().map(|key| &key.key).collect(),
        _ => return false,
    };
    of_key.len() == columns.len() && of_key.into_iter().all(|column| columns.contains(column))
}
