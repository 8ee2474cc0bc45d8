//! Partitions and inheritance children: how they come to their parents and leave them, and what they have from them
//! without being told.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use limbeck_catalog::{
    Column, ColumnSettings, ConstraintKind, Definition, IndexKey, IndexSettings, Kind, ObjectId,
    PartitionKey, PartitionOf, Table,
};
use limbeck_sql::{default_name, quote_identifier};

use super::index_settings;
use crate::build::{Body, Builder, Piece};
use crate::fates::Fate;
use crate::names::Namespace;
use crate::place::Rank;
use crate::requirement::Demand;
use crate::sides::{ObjectNumber, Sides};
use crate::{Verb, render};

/// What becomes of the bonds between children and their parents.
#[derive(Debug, Default)]
pub(crate) struct Bonds {
    /// The actions that bring children to parents.
    attaching: Ties,
    /// The actions that take children from parents, but for those that come back to the same one.
    detaching: Ties,
    /// The actions that take partitions from parents to which they come back with other bounds.
    unbinding: Ties,
    /// Columns that come with their table because its parents have them.
    inherited: HashSet<ObjectNumber>,
    /// Actions on children that need not wait for what is done to their parents.
    early: HashSet<usize>,
    /// Columns of children that are dropped after the parents' column, which goes alone.
    pub(super) dropped_later: HashSet<ObjectNumber>,
    /// Parts that are made before that of the parent, which takes them in, and that one.
    made_first: HashMap<ObjectNumber, ObjectNumber>,
}

/// Actions on children, each with the parent that it is about.
#[derive(Debug, Default)]
struct Ties(BTreeMap<ObjectNumber, Vec<(ObjectNumber, usize)>>);

impl Ties {
    fn push(&mut self, child: ObjectNumber, parent: ObjectNumber, node: usize) {
        self.0.entry(child).or_default().push((parent, node));
    }

    fn first(&self, child: ObjectNumber) -> Option<usize> {
        self.0.get(&child)?.first().map(|&(_, node)| node)
    }

    /// Child, parent, action.
    fn iter(&self) -> impl Iterator<Item = (ObjectNumber, ObjectNumber, usize)> {
        let ties = self.0.iter();
        ties.flat_map(|(&child, ties)| ties.iter().map(move |&(parent, node)| (child, parent, node)))
    }
}

impl Bonds {
    /// The action that brings a child to a parent.
    fn attaching(&self, child: ObjectNumber) -> Option<usize> {
        self.attaching.first(child)
    }

    /// The action that takes a child from its parent for good.
    fn detaching(&self, child: ObjectNumber) -> Option<usize> {
        self.detaching.first(child)
    }

    /// The action that takes a partition from a parent to which it comes back.
    fn unbinding(&self, child: ObjectNumber) -> Option<usize> {
        self.unbinding.first(child)
    }

    /// Says that an action on a child need not wait for what is done to its parents.
    pub(super) fn is_early(&mut self, node: usize) {
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

/// `PARTITION BY RANGE (id, lower(name))`.
pub(super) fn key_clause(key: &PartitionKey) -> String {
    let parts: Vec<String> = key
        .keys
        .iter()
        .map(|part| {
            render::key_part(
                &part.key,
                part.is_expression,
                part.collation.as_ref(),
                part.operator_class.as_ref(),
            )
        })
        .collect();
    format!("PARTITION BY {} ({})", key.strategy.as_str(), parts.join(", "))
}

/// Says how a table that is made comes to its parents: a partition by `PARTITION OF`, or made as a table and attached,
/// where its indexes do not have the names that PostgreSQL would give them.
pub(super) fn create(builder: &mut Builder<'_, '_>, number: ObjectNumber) {
    let sides = builder.sides;
    let after = sides.definition_after(number).map(Definition::parents);
    let Some(partition_of) = after.and_then(|after| after.partition_of) else {
        return;
    };
    let Some(parent) = sides.number(&partition_of.parent) else {
        return;
    };
    let are_named = sides.needed_after[number]
        .iter()
        .filter(|&&part| sides.home(part) == Some(number) && is_part(sides.definition_after(part)))
        .filter(|&&part| !comes_later(builder, part))
        .all(|&part| has_default_name(builder, part));
    if !are_named || !has_inherited_names(sides, number) {
        attach(builder, number, parent, partition_of);
    } else if let Some(creation) = builder.creation(number) {
        builder.nodes[creation].demands.push(Demand::OutOfDefault(number));
    }
}

/// The table with what has to be said of where and how it is stored, since a partition is stored as its parent is
/// unless told otherwise.
pub(crate) fn with_own_storage<'t>(builder: &Builder<'_, '_>, table: &'t Table) -> Cow<'t, Table> {
    let sides = builder.sides;
    let parent = table
        .partition_of
        .as_ref()
        .and_then(|of| sides.number(&of.parent));
    let Some(parent) = parent else {
        return Cow::Borrowed(table);
    };
    let parents: Vec<&Table> = [sides.definition_before(parent), sides.definition_after(parent)]
        .into_iter()
        .filter_map(|definition| match definition {
            Some(Definition::Table(table)) => Some(table),
            _ => None,
        })
        .collect();
    let mut own = table.clone();
    if parents.iter().any(|parent| parent.tablespace.is_some()) {
        own.tablespace.get_or_insert_with(|| "pg_default".to_owned());
    }
    if parents.iter().any(|parent| parent.access_method.is_some()) {
        own.access_method.get_or_insert_with(|| "heap".to_owned());
    }
    Cow::Owned(own)
}

/// What is set of an index that comes with its partition, or with the index of the partitioned table: it is stored as
/// that one is.
pub(super) fn settings_brought(builder: &Builder<'_, '_>, number: ObjectNumber) -> IndexSettings {
    let sides = builder.sides;
    let origin = sides.origins_after(number).first().copied();
    let origin = origin.and_then(|origin| sides.definition_after(origin));
    origin
        .and_then(index_settings::of)
        .map(index_settings::when_made)
        .unwrap_or_default()
}

/// Whether each `NOT NULL` of a table has the name that it inherits: PostgreSQL renames none that is inherited.
fn has_inherited_names(sides: &Sides<'_>, table: ObjectNumber) -> bool {
    let name = |column: ObjectNumber| {
        let constraint = sides.column_after(column)?.not_null_constraint.as_ref()?;
        (!constraint.no_inherit).then_some(constraint.name.as_str())
    };
    sides.needed_after[table]
        .iter()
        .filter(|&&column| sides.ids[column].kind == Kind::Column && sides.home(column) == Some(table))
        .all(|&column| {
            let inherited = sides.origins_after(column).iter().copied().find_map(name);
            inherited.is_none_or(|inherited| name(column).is_none_or(|own| own == inherited))
        })
}

/// From this version on a primary key of a new child names the `NOT NULL` of its columns anew.
const KEYS_NAME_NOT_NULL: u32 = 180_000;

/// Whether a key has to wait until its table has inherited what it inherits.
pub(super) fn comes_after_table(builder: &Builder<'_, '_>, number: ObjectNumber) -> bool {
    let sides = builder.sides;
    sides.server_version_num >= KEYS_NAME_NOT_NULL
        && matches!(sides.definition_after(number), Some(Definition::Constraint(constraint))
            if matches!(constraint.definition, ConstraintKind::PrimaryKey(_)))
        && sides.home(number).is_some_and(|table| {
            !sides.parents_after(table).is_empty() && builder.bonds.attaching(table).is_none()
        })
}

/// Whether a new table is made as a partition right away.
pub(crate) fn is_created_as_partition(builder: &Builder<'_, '_>, number: ObjectNumber) -> bool {
    builder.bonds.attaching(number).is_none()
}

/// What changes of the parents of a table that stays.
pub(super) fn alter(builder: &mut Builder<'_, '_>, number: ObjectNumber) {
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

fn attach(
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
pub(super) fn before_drop(sides: &Sides<'_>, number: ObjectNumber) -> Option<String> {
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

fn is_partition(definition: Option<&Definition>) -> bool {
    definition.is_some_and(|definition| definition.parents().partition_of.is_some())
}

/// Whether an index belongs to one of the partitioned table, or a constraint to one.
fn is_part(definition: Option<&Definition>) -> bool {
    matches!(definition, Some(Definition::Index(_) | Definition::Constraint(_)))
        && definition.is_some_and(|definition| definition.partition_of().is_some())
}

/// Whether an index or a constraint has the name that PostgreSQL gives to a partition's part of it.
fn has_default_name(builder: &Builder<'_, '_>, number: ObjectNumber) -> bool {
    let sides = builder.sides;
    let given = given_columns(builder, number);
    let (Some(definition), Some(home)) = (sides.definition_after(number), sides.home(number)) else {
        return false;
    };
    let id = sides.ids[number];
    let table = sides.ids[home].name();
    let is_free = |_: &str| false;
    let expected = match definition {
        Definition::Index(index) => {
            let keys = given.map_or_else(|| names(&index.keys, &index.include), as_columns);
            default_name::index(table, &keys, &is_free)
        }
        Definition::Constraint(constraint) => match &constraint.definition {
            ConstraintKind::PrimaryKey(_) => default_name::primary_key(table, &is_free),
            ConstraintKind::Unique(key) => {
                let columns: Vec<&String> = match given {
                    Some(given) => given.iter().collect(),
                    None => key.columns.iter().chain(&key.include).collect(),
                };
                default_name::unique(table, &columns, &is_free)
            }
            ConstraintKind::Exclusion(exclusion) => {
                let keys = given.map_or_else(|| names(&exclusion.keys, &exclusion.include), as_columns);
                default_name::exclusion(table, &keys, &is_free)
            }
            _ => constraint
                .partition_of
                .as_ref()
                .map(|origin| origin.name().to_owned())
                .unwrap_or_default(),
        },
        _ => return false,
    };
    let is_taken = id.kind == Kind::Index
        && id.qualified_name().is_some_and(|name| {
            let owners = sides.name_owners().of(&(Namespace::Relation, name));
            owners.iter().any(|other| *other != id)
        });
    expected == id.name() && !is_taken
}

/// The names that the columns of the topmost index were given which a part is a part of: PostgreSQL names the new part
/// after them, whatever the table's columns are called by now. `None` where that index comes too.
fn given_columns<'b>(builder: &'b Builder<'_, '_>, part: ObjectNumber) -> Option<&'b [String]> {
    let sides = builder.sides;
    let mut top = part;
    let mut left = sides.ids.len();
    while let Some(&origin) = sides.origins_after(top).first().filter(|_| left > 0) {
        top = origin;
        left -= 1;
        if !builder.fates.of(top).comes() {
            break;
        }
    }
    let columns = sides.current.index_columns.get(sides.ids[top]);
    let columns = columns.filter(|_| top != part && !builder.fates.of(top).comes())?;
    Some(columns)
}

fn as_columns(names: &[String]) -> Vec<default_name::IndexKey<'_>> {
    names
        .iter()
        .map(|name| default_name::IndexKey::Column(name))
        .collect()
}

fn names<'a>(keys: &'a [IndexKey], include: &'a [String]) -> Vec<default_name::IndexKey<'a>> {
    let keys = keys.iter().map(|key| {
        if key.is_expression {
            default_name::IndexKey::Expression(&key.key)
        } else {
            default_name::IndexKey::Column(&key.key)
        }
    });
    keys.chain(
        include
            .iter()
            .map(|column| default_name::IndexKey::Column(column)),
    )
    .collect()
}

/// The action that brings an object of a child without being told: the one that makes the child, attaches it, or makes
/// what the object is inherited from or a part of.
pub(super) fn brought_by(builder: &Builder<'_, '_>, number: ObjectNumber) -> Option<usize> {
    let sides = builder.sides;
    if !sides.has_children() {
        return None;
    }
    let origins = sides.origins_after(number);
    let home = sides.home(number).filter(|_| !origins.is_empty())?;
    let id = sides.ids[number];
    let part = is_part(sides.definition_after(number));
    if comes_later(builder, number) {
        let origin = *origins.first()?;
        return builder.creation(origin).filter(|_| !part);
    }
    let attaching = builder.bonds.attaching(home);
    if builder.fates.of(home).comes() && attaching.is_none() {
        let is_inherited = part || id.kind == Kind::Trigger || sides.wanted.inherited.contains(id);
        return builder.creation(home).filter(|_| is_inherited);
    }
    let is_rebound = builder.bonds.unbinding(home).is_some();
    if let Some(attaching) = attaching.filter(|_| !is_rebound || id.kind == Kind::Trigger) {
        // Columns and checks are there before.
        let is_brought = id.kind == Kind::Trigger || part && has_default_name(builder, number);
        return Some(attaching).filter(|_| is_brought);
    }
    if part && !has_default_name(builder, number) {
        return None;
    }
    origins
        .iter()
        .copied()
        .filter(|&origin| builder.fates.of(origin).comes())
        .find_map(|origin| builder.creation(origin))
}

/// Whether what the object is inherited from, or a part of, must not be there when the table comes: an index `ON ONLY`
/// the partitioned table, and a check that is not validated, which would be in a new table.
fn comes_later(builder: &Builder<'_, '_>, number: ObjectNumber) -> bool {
    let sides = builder.sides;
    sides.origins_after(number).first().is_some_and(|&origin| {
        let is_late = match (sides.definition_after(number), sides.definition_after(origin)) {
            (_, Some(Definition::Index(origin))) => origin.only,
            (Some(Definition::Constraint(own)), Some(Definition::Constraint(origin))) => {
                matches!(own.definition, ConstraintKind::Check(_)) && !own.validated && !origin.validated
            }
            _ => false,
        };
        is_late && builder.fates.of(origin).comes()
    })
}

/// Has an index or a constraint that was made on its own become a part of the partitioned table's.
pub(super) fn take_in(builder: &mut Builder<'_, '_>, number: ObjectNumber, node: usize) {
    let sides = builder.sides;
    let Some(home) = sides
        .home(number)
        .filter(|_| is_part(sides.definition_after(number)))
    else {
        return;
    };
    let Some(&origin) = sides.origins_after(number).first() else {
        return;
    };
    if builder.bonds.attaching(home).is_some() && builder.bonds.unbinding(home).is_none() {
        return;
    }
    let is_only = matches!(sides.definition_after(origin), Some(Definition::Index(index)) if index.only);
    if builder.fates.of(origin).comes() && !is_only {
        builder.bonds.made_first.insert(number, origin);
        if let Some(creation) = builder.creation(origin) {
            builder.edge(node, creation);
        }
    } else {
        let attaching = attach_index(builder, number, origin);
        builder.edge(node, attaching);
        if let Some(creation) = builder.creation(origin) {
            builder.edge(creation, attaching);
        }
    }
}

/// `ALTER INDEX … ATTACH PARTITION …`.
pub(super) fn attach_index(
    builder: &mut Builder<'_, '_>,
    number: ObjectNumber,
    origin: ObjectNumber,
) -> usize {
    let statement = format!(
        "ALTER INDEX {} ATTACH PARTITION {}",
        index_name(builder.sides.ids[origin]),
        index_name(builder.sides.ids[number])
    );
    let place = builder.place(number, Rank::Index);
    let body = Body::Pieces(vec![Piece::Statement(statement)]);
    builder.node(number, Verb::Alter, place, body)
}

/// The name of an index, or of the one that a constraint has.
fn index_name(id: &ObjectId) -> String {
    match (id.kind, id.schema()) {
        (Kind::Constraint, Some(schema)) => {
            format!("{}.{}", quote_identifier(schema), quote_identifier(id.name()))
        }
        _ => id.sql_name(),
    }
}

/// The action that takes an object of a child away without being told.
pub(super) fn gone_with(builder: &Builder<'_, '_>, number: ObjectNumber) -> Option<usize> {
    let sides = builder.sides;
    if !sides.has_children() {
        return None;
    }
    let origins = sides.origins_before(number);
    let home = sides.home(number).filter(|_| !origins.is_empty())?;
    if let Some(removal) = builder.removal(home) {
        return Some(removal);
    }
    let id = sides.ids[number];
    if let Some(detaching) = builder.bonds.detaching(home) {
        return Some(detaching).filter(|_| id.kind == Kind::Trigger);
    }
    if let Some(unbinding) = builder.bonds.unbinding(home)
        && id.kind == Kind::Trigger
    {
        return Some(unbinding);
    }
    let is_inherited = sides.current.inherited.contains(id)
        || sides
            .definition_before(number)
            .is_some_and(|definition| definition.partition_of().is_some());
    origins
        .iter()
        .copied()
        .filter(|&origin| {
            is_inherited && builder.fates.of(origin).goes() && !is_dropped_alone(builder, origin)
        })
        .filter_map(|origin| builder.removal(origin))
        .next_back()
}

/// Whether a column is dropped without those that inherit it, because one of them stays.
pub(super) fn is_dropped_alone(builder: &Builder<'_, '_>, column: ObjectNumber) -> bool {
    let sides = builder.sides;
    sides.has_children()
        && sides.ids[column].kind == Kind::Column
        && sides.needed_before[column].iter().any(|&heir| {
            sides.ids[heir].kind == Kind::Column
                && !builder.fates.of(heir).goes()
                && sides.current.inherited.contains(sides.ids[heir])
                && sides.origins_after(heir).is_empty()
                && sides.origins_before(heir).contains(&column)
                && sides
                    .home(heir)
                    .zip(sides.home(column))
                    .is_some_and(|(child, parent)| sides.keeps(child, parent))
        })
}

/// What a column is by what its table inherits, before anything is said of it.
pub(super) fn inherited_column(
    builder: &mut Builder<'_, '_>,
    number: ObjectNumber,
    with_table: bool,
) -> Option<Column> {
    let sides = builder.sides;
    let mut origins = sides
        .origins_after(number)
        .iter()
        .filter_map(|&origin| sides.column_after(origin));
    let mut column = origins.next()?.clone();
    let inherits = |column: &Column| {
        let constraint = column.not_null_constraint.as_ref();
        column.not_null && !constraint.is_some_and(|constraint| constraint.no_inherit)
    };
    if !inherits(&column) {
        column.not_null = false;
        column.not_null_constraint = None;
    }
    for origin in origins.filter(|origin| inherits(origin)) {
        column.not_null = true;
        if column.not_null_constraint.is_none() {
            column.not_null_constraint.clone_from(&origin.not_null_constraint);
        }
    }
    if let Some(constraint) = &mut column.not_null_constraint {
        constraint.comment = None;
    }
    column.identity = None;
    column.settings = ColumnSettings {
        storage: column.settings.storage,
        compression: column.settings.compression.filter(|_| with_table),
        statistics_target: column.settings.statistics_target.filter(|_| !with_table),
        ..ColumnSettings::default()
    };
    if with_table {
        builder.bonds.inherited.insert(number);
    }
    Some(column)
}

/// The name that the `NOT NULL` of a column has from the parents of its new table, if it has one from them: none before
/// PostgreSQL 18.
pub(super) fn inherited_not_null(builder: &Builder<'_, '_>, number: ObjectNumber) -> Option<Option<String>> {
    let sides = builder.sides;
    let home = sides.home(number).filter(|_| sides.has_children())?;
    if !builder.fates.of(home).comes() || builder.bonds.attaching(home).is_some() {
        return None;
    }
    sides.origins_after(number).iter().find_map(|&origin| {
        let origin = sides.column_after(origin).filter(|origin| origin.not_null)?;
        match &origin.not_null_constraint {
            Some(constraint) => (!constraint.no_inherit).then(|| Some(constraint.name.clone())),
            None => Some(None),
        }
    })
}

/// What a column is that a new child declares besides its parents.
pub(super) fn merged_column(
    builder: &Builder<'_, '_>,
    number: ObjectNumber,
    after: &Column,
) -> Option<Column> {
    let sides = builder.sides;
    let home = sides.home(number).filter(|_| sides.has_children())?;
    if !builder.fates.of(home).comes() || builder.bonds.attaching(home).is_some() {
        return None;
    }
    let origin = sides
        .origins_after(number)
        .iter()
        .find_map(|&origin| sides.column_after(origin))?;
    Some(Column {
        default: after.default.clone().or_else(|| origin.default.clone()),
        settings: ColumnSettings {
            storage: origin.settings.storage,
            compression: origin.settings.compression,
            ..ColumnSettings::default()
        },
        ..after.clone()
    })
}

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
