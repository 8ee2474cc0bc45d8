//! What is done to children and to their parents, in an order.

use std::collections::{BTreeMap, BTreeSet};

use limbeck_catalog::{Definition, Kind, ObjectId};

use super::is_partition;
use super::parts::comes_later;
use crate::build::Builder;
use crate::fates::Fate;
use crate::place::Rank;
use crate::sides::ObjectNumber;

/// Puts what is done to children and to their parents into an order.
pub(crate) fn connect(builder: &mut Builder<'_, '_>) {
    let sides = builder.sides;
    if !sides.has_children() {
        return;
    }
    fold_drops(builder);
    let nodes = Nodes::new(builder);
    let mut edges = Vec::new();
    let mut heirs: Vec<(usize, ObjectNumber)> = (0..sides.ids.len())
        .filter_map(|number| {
            let generation = sides.generation(sides.home(number)?);
            (generation > 0).then_some((generation, number))
        })
        .collect();
    heirs.sort_unstable();
    for (_, number) in heirs {
        let own = nodes.of(number);
        for &origin in sides.origins_after(number) {
            if !builder.bonds.made_first.contains_key(&number) {
                let first = nodes.of(origin);
                let own = own.iter().filter(|&&then| {
                    !builder.is_leaving(number, then) && !builder.bonds.early.contains(&then)
                });
                edges.extend(own.flat_map(|&then| first.iter().map(move |&first| (first, then))));
            }
            if comes_later(builder, number)
                && let (Some(home), Some(then)) = (sides.home(number), builder.creation(origin))
            {
                edges.extend(builder.creation(home).map(|first| (first, then)));
            }
            if sides.ids[number].kind == Kind::Column {
                builder.awaits_with(number, origin);
            }
        }
    }
    // A child is made of its parents' columns as they are by then.
    for child in sides.children().filter(|&child| builder.fates.of(child).comes()) {
        for &parent in sides.parents_after(child) {
            let columns = nodes.in_table(parent, is_column);
            edges.extend(columns.filter_map(|first| Some((first, builder.creation(child)?))));
            // What an index `ON ONLY` the partitioned table finds has no part in it yet.
            for &index in &sides.needed_after[parent] {
                if matches!(sides.definition_after(index), Some(Definition::Index(index)) if index.only)
                    && let (Some(first), Some(then)) = (builder.creation(child), builder.creation(index))
                {
                    edges.push((first, then));
                }
            }
        }
    }
    for (child, parent, node) in builder.bonds.attaching.iter() {
        let first = nodes
            .in_table(child, |_, id| id.kind != Kind::Trigger)
            .chain(nodes.in_table(parent, is_column))
            .chain(builder.creation(child))
            .chain(builder.creation(parent));
        let part_or_check = |first: &usize| {
            let object = builder.nodes[*first].object;
            match sides.ids[object].kind {
                Kind::Table | Kind::ForeignTable | Kind::Column => true,
                _ => !sides.origins_after(object).is_empty(),
            }
        };
        edges.extend(first.filter(part_or_check).map(|first| (first, node)));
    }
    for (child, parent, node) in builder.bonds.detaching.iter() {
        let then = nodes
            .in_table(child, |_, _| true)
            .chain(nodes.in_table(parent, |_, _| true))
            .chain(builder.removal(parent));
        edges.extend(then.map(|then| (node, then)));
    }
    for (child, parent, node) in builder.bonds.unbinding.iter() {
        let first = nodes
            .in_table(child, |_, id| !matches!(id.kind, Kind::Trigger | Kind::Column))
            .chain(nodes.in_table(parent, |_, id| id.kind != Kind::Trigger));
        edges.extend(first.map(|first| (first, node)));
        // A NOT NULL by another name is renamed while the partition stands alone.
        edges.extend(nodes.in_table(child, is_column).map(|then| (node, then)));
        if let Some(attaching) = builder.bonds.attaching(child) {
            edges.push((node, attaching));
        }
    }
    let mut wishes = bounds(builder);
    wishes.extend(makings(builder, &nodes));
    builder.wishes.extend(wishes);
    builder
        .edges
        .extend(edges.into_iter().filter(|(first, then)| first != then));
}

fn is_column(_: Rank, id: &ObjectId) -> bool {
    id.kind == Kind::Column
}

/// A partition is dropped by the drop of its table.
fn fold_drops(builder: &mut Builder<'_, '_>) {
    let sides = builder.sides;
    for child in sides.children() {
        if !is_partition(sides.definition_before(child)) {
            continue;
        }
        let parent = sides.parents_before(child).first();
        if let (Some(own), Some(host)) = (
            builder.removal(child),
            parent.and_then(|&parent| builder.removal(parent)),
        ) {
            builder.nodes[own].vertex.host = Some(host);
            builder.nodes[own].vertex.firmness = 2;
        }
    }
}

/// The bounds of partitions are free before others take them, as far as that can be.
fn bounds(builder: &Builder<'_, '_>) -> Vec<(usize, usize)> {
    let sides = builder.sides;
    let mut free: BTreeMap<ObjectNumber, BTreeSet<usize>> = BTreeMap::new();
    let mut taken: BTreeMap<ObjectNumber, BTreeSet<usize>> = BTreeMap::new();
    let is_partitioned = |parent: ObjectNumber| {
        [sides.definition_before(parent), sides.definition_after(parent)]
            .into_iter()
            .flatten()
            .any(Definition::is_partitioned)
    };
    for (_, parent, node) in builder
        .bonds
        .detaching
        .iter()
        .chain(builder.bonds.unbinding.iter())
    {
        free.entry(parent).or_default().insert(node);
    }
    for (_, parent, node) in builder.bonds.attaching.iter() {
        taken.entry(parent).or_default().insert(node);
    }
    for child in sides.children() {
        let fate = builder.fates.of(child);
        if fate.goes()
            && let (Some(&parent), Some(removal)) =
                (sides.parents_before(child).first(), builder.removal(child))
        {
            free.entry(parent).or_default().insert(removal);
        }
        if matches!(fate, Fate::Created | Fate::Replaced)
            && let (Some(&parent), Some(creation)) =
                (sides.parents_after(child).first(), builder.creation(child))
        {
            taken.entry(parent).or_default().insert(creation);
        }
    }
    let mut wishes = Vec::new();
    for (parent, free) in free {
        // Where the parent goes, partitions go with it, and come after the next one.
        let has_bounds = is_partitioned(parent) && builder.removal(parent).is_none();
        let Some(taken) = taken.get(&parent).filter(|_| has_bounds) else {
            continue;
        };
        for &first in &free {
            wishes.extend(taken.iter().map(|&then| (first, then)));
        }
    }
    wishes
}

/// An index of a partition that goes is gone before PostgreSQL could take it for a part of a new index.
fn makings(builder: &Builder<'_, '_>, nodes: &Nodes<'_>) -> Vec<(usize, usize)> {
    let sides = builder.sides;
    let mut wishes = Vec::new();
    for child in sides.children() {
        let gone: Vec<usize> = nodes
            .in_table(child, |rank, _| {
                matches!(rank, Rank::IndexDrop | Rank::ConstraintDrop)
            })
            .collect();
        for &parent in sides.parents_after(child).iter().filter(|_| !gone.is_empty()) {
            let made = nodes.in_table(parent, |rank, _| matches!(rank, Rank::Index | Rank::Key));
            wishes.extend(made.flat_map(|then| gone.iter().map(move |&first| (first, then))));
        }
    }
    wishes
}

/// The nodes of each object and of each table, but for comments.
struct Nodes<'a> {
    objects: BTreeMap<ObjectNumber, Vec<usize>>,
    tables: BTreeMap<ObjectNumber, Vec<(usize, Rank, &'a ObjectId)>>,
}

impl<'a> Nodes<'a> {
    fn new(builder: &Builder<'a, '_>) -> Self {
        let sides = builder.sides;
        let mut nodes = Self {
            objects: BTreeMap::new(),
            tables: BTreeMap::new(),
        };
        for (number, node) in builder.nodes.iter().enumerate() {
            let rank = node.vertex.place.rank;
            if matches!(rank, Rank::Comment | Rank::Rename | Rank::Privileges) {
                continue;
            }
            nodes.objects.entry(node.object).or_default().push(number);
            if let Some(table) = sides.home(node.object) {
                nodes
                    .tables
                    .entry(table)
                    .or_default()
                    .push((number, rank, sides.ids[node.object]));
            }
        }
        nodes
    }

    fn of(&self, object: ObjectNumber) -> &[usize] {
        self.objects.get(&object).map_or(&[], Vec::as_slice)
    }

    /// The nodes of what lies in a table.
    fn in_table(
        &self,
        table: ObjectNumber,
        which: impl Fn(Rank, &ObjectId) -> bool,
    ) -> impl Iterator<Item = usize> {
        let nodes = self.tables.get(&table).map_or(&[][..], Vec::as_slice);
        nodes
            .iter()
            .filter(move |(_, rank, id)| which(*rank, id))
            .map(|&(node, _, _)| node)
    }
}
