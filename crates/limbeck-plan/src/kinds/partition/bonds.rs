//! How children come to their parents and leave them.

use std::collections::{BTreeMap, HashMap, HashSet};

use limbeck_catalog::{ConstraintKind, Definition, PartitionOf};

use super::is_partition;
use crate::Verb;
use crate::build::{Body, Builder, Piece};
use crate::place::Rank;
use crate::requirement::Demand;
use crate::sides::{ObjectNumber, Sides};

/// What becomes of the bonds between children and their parents.
#[derive(Debug, Default)]
pub(crate) struct Bonds {
    /// The actions that bring children to parents.
    pub(super) attaching: Ties,
    /// The actions that take children from parents, but for those that come back to the same one.
    pub(super) detaching: Ties,
    /// The actions that take partitions from parents to which they come back with other bounds.
    pub(super) unbinding: Ties,
    /// Columns that come with their table because its parents have them.
    pub(super) inherited: HashSet<ObjectNumber>,
    /// Actions on children that need not wait for what is done to their parents.
    pub(super) early: HashSet<usize>,
    /// Columns of children that are dropped after the parents' column, which goes alone.
    pub(in crate::kinds) dropped_later: HashSet<ObjectNumber>,
    /// Parts that are made before that of the parent, which takes them in, and that one.
    pub(super) made_first: HashMap<ObjectNumber, ObjectNumber>,
}

/// Actions on children, each with the parent that it is about.
#[derive(Debug, Default)]
pub(super) struct Ties(BTreeMap<ObjectNumber, Vec<(ObjectNumber, usize)>>);

impl Ties {
    pub(super) fn push(&mut self, child: ObjectNumber, parent: ObjectNumber, node: usize) {
        self.0.entry(child).or_default().push((parent, node));
    }

    pub(super) fn first(&self, child: ObjectNumber) -> Option<usize> {
        self.0.get(&child)?.first().map(|&(_, node)| node)
    }

    /// Child, parent, action.
    pub(super) fn iter(&self) -> impl Iterator<Item = (ObjectNumber, ObjectNumber, usize)> {
        let ties = self.0.iter();
        ties.flat_map(|(&child, ties)| ties.iter().map(move |&(parent, node)| (child, parent, node)))
    }
}

impl Bonds {
    /// The action that brings a child to a parent.
    pub(super) fn attaching(&self, child: ObjectNumber) -> Option<usize> {
        self.attaching.first(child)
    }

    /// The action that takes a child from its parent for good.
    pub(super) fn detaching(&self, child: ObjectNumber) -> Option<usize> {
        self.detaching.first(child)
    }

    /// The action that takes a partition from a parent to which it comes back.
    pub(super) fn unbinding(&self, child: ObjectNumber) -> Option<usize> {
        self.unbinding.first(child)
    }

    /// Says that an action on a child need not wait for what is done to its parents.
    pub(in crate::kinds) fn is_early(&mut self, node: usize) {
        self.early.insert(node);
    }

    /// Whether a column comes with its table because the table's parents have it.
    pub(crate) fn is_inherited(&self, column: ObjectNumber) -> bool {
        self.inherited.contains(&column)
    }

    /// Whether a column goes after the one that it is inherited from.
    pub(crate) fn is_dropped_later(&self, heir: ObjectNumber) -> bool {
        self.dropped_later.contains(&heir)
    }

    /// Whether an object is made before the one that it is a part of.
    pub(crate) fn is_made_first(&self, part: ObjectNumber, origin: ObjectNumber) -> bool {
        self.made_first.get(&part) == Some(&origin)
    }
}

/// What changes of the parents of a table that stays.
pub(in crate::kinds) fn alter(builder: &mut Builder<'_, '_>, number: ObjectNumber) {
    let sides = builder.sides;
    let [before, after] = [sides.definition_before(number), sides.definition_after(number)]
        .map(|definition| definition.map(Definition::parents).unwrap_or_default());
    let parents = |partition_of: Option<&PartitionOf>| {
        partition_of.and_then(|partition_of| sides.number(&partition_of.parent))
    };
    let is_rebound = sides.is_rebound(number);
    if before.partition_of != after.partition_of || is_rebound {
        if let Some(parent) = parents(before.partition_of) {
            let node = detach(builder, number, parent);
            let list = if is_rebound {
                &mut builder.bonds.unbinding
            } else {
                &mut builder.bonds.detaching
            };
            list.push(number, parent, node);
        }
        if let (Some(parent), Some(partition_of)) = (parents(after.partition_of), after.partition_of) {
            attach(builder, number, parent, partition_of);
        }
    }
    let kept = sides.kept_parents(number);
    if before.inherits.len() != kept.len() || after.inherits.len() != kept.len() {
        let child = sides.ids[number].sql_name();
        let changes = [
            (before.inherits, "NO INHERIT", Rank::Detach),
            (after.inherits, "INHERIT", Rank::Attach),
        ];
        for (parents, how, rank) in changes {
            for parent in parents
                .iter()
                .filter(|parent| !sides.number(parent).is_some_and(|parent| kept.contains(&parent)))
            {
                let piece = Piece::Alter {
                    table: child.clone(),
                    subcommand: format!("{how} {}", parent.sql_name()),
                };
                let place = builder.place(number, rank);
                let node = builder.node(number, Verb::Alter, place, Body::Pieces(vec![piece]));
                let Some(parent) = sides.number(parent) else {
                    continue;
                };
                if rank == Rank::Detach {
                    // Within one ALTER TABLE, PostgreSQL would turn to the columns first, which are still inherited.
                    builder.nodes[node].alone = true;
                    builder.bonds.detaching.push(number, parent, node);
                } else {
                    builder.bonds.attaching.push(number, parent, node);
                }
            }
        }
    }
}

pub(super) fn attach(
    builder: &mut Builder<'_, '_>,
    number: ObjectNumber,
    parent: ObjectNumber,
    partition_of: &PartitionOf,
) {
    let ids = &builder.sides.ids;
    let statement = format!(
        "ALTER TABLE {} ATTACH PARTITION {} {}",
        ids[parent].sql_name(),
        ids[number].sql_name(),
        partition_of.bound
    );
    let place = builder.place(number, Rank::Attach);
    let body = Body::Pieces(vec![Piece::Statement(statement)]);
    let node = builder.node(number, Verb::Alter, place, body);
    if !builder.fates.of(number).comes() {
        builder.nodes[node].demands.push(Demand::WithinBound(number));
    }
    builder.nodes[node].demands.push(Demand::OutOfDefault(number));
    builder.bonds.attaching.push(number, parent, node);
}

fn detach(builder: &mut Builder<'_, '_>, number: ObjectNumber, parent: ObjectNumber) -> usize {
    let statement = detachment(builder.sides, number, parent);
    let place = builder.place(number, Rank::Detach);
    builder.node(
        number,
        Verb::Alter,
        place,
        Body::Pieces(vec![Piece::Statement(statement)]),
    )
}

fn detachment(sides: &Sides<'_>, number: ObjectNumber, parent: ObjectNumber) -> String {
    format!(
        "ALTER TABLE {} DETACH PARTITION {}",
        sides.ids[parent].sql_name(),
        sides.ids[number].sql_name()
    )
}

/// Statements that take the table of a column, and the children of that, from the parents that they leave.
pub(crate) fn leavings(sides: &Sides<'_>, column: ObjectNumber) -> Vec<String> {
    let Some(home) = sides.home(column) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for child in std::iter::once(home).chain(sides.heirs_before(home)) {
        let is_partition = is_partition(sides.definition_before(child));
        let parents = sides.parents_before(child).iter();
        found.extend(
            parents
                .filter(|&&parent| !sides.keeps(child, parent))
                .map(|&parent| {
                    if is_partition {
                        detachment(sides, child, parent)
                    } else {
                        let (child, parent) = (sides.ids[child].sql_name(), sides.ids[parent].sql_name());
                        format!("ALTER TABLE {child} NO INHERIT {parent}")
                    }
                }),
        );
    }
    found
}

/// What has to be done before a partition can be dropped alone: a foreign key to the partitioned table holds it.
pub(in crate::kinds) fn before_drop(sides: &Sides<'_>, number: ObjectNumber) -> Option<String> {
    let parent = *sides.parents_before(number).first()?;
    if !is_partition(sides.definition_before(number)) {
        return None;
    }
    let is_referenced = |table: ObjectNumber| {
        sides.needed_before[table].iter().any(|&dependent| {
            matches!(sides.definition_before(dependent), Some(Definition::Constraint(constraint))
                if matches!(&constraint.definition, ConstraintKind::ForeignKey(key)
                    if sides.relation(&key.references) == Some(table)))
        })
    };
    let mut above = Some(parent);
    let mut left = sides.ids.len();
    while let Some(table) = above.filter(|_| left > 0) {
        if is_referenced(table) {
            return Some(detachment(sides, number, parent));
        }
        above = sides.parents_before(table).first().copied();
        left -= 1;
    }
    None
}
