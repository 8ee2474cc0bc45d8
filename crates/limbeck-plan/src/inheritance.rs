//! What partitions and inheritance children follow by themselves.
//!
//! PostgreSQL carries most of what is done to a table on to its children: a column's type, a check, a key, the state of
//! a trigger. [`follow`] puts the current state's children into the state in which the changes of their parents leave
//! them, so that only what is theirs alone is left to be planned.

use std::collections::{BTreeMap, BTreeSet};

use limbeck_catalog::{Catalog, Column, Definition, Kind, ObjectId, Parents};

use crate::kinds::{self, column_settings};

/// Columns of tables with children which differ among themselves: these facts are changed on the table alone (`ONLY`).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Only {
    pub(crate) default: bool,
    pub(crate) storage: bool,
    pub(crate) statistics: bool,
}

/// What the objects of children are once they have followed, where that is something else, and what must not reach the
/// children.
#[derive(Debug, Default)]
pub(crate) struct Followed {
    pub(crate) changed: BTreeMap<ObjectId, Definition>,
    pub(crate) only: BTreeMap<ObjectId, Only>,
    /// Columns whose `NOT NULL` comes with the parents', and which are to declare it themselves beside that.
    pub(crate) declared: BTreeSet<ObjectId>,
    /// The parents that each child never leaves.
    pub(crate) kept: BTreeMap<ObjectId, Vec<ObjectId>>,
}

/// Has the children in the current state follow what becomes of their parents.
pub(crate) fn follow(current: &Catalog, wanted: &Catalog) -> Followed {
    let families = Families::new(current, wanted);
    if families.is_empty() {
        return Followed::default();
    }
    let mut following = Following {
        current,
        wanted,
        families: &families,
        changed: BTreeMap::new(),
        only: BTreeMap::new(),
    };
    following.columns();
    following.parts();
    let declared = following.declared();
    let Following { changed, only, .. } = following;
    Followed {
        changed,
        only,
        declared,
        kept: families.kept,
    }
}

/// What partitions and inheritance children of the current state are once they have followed their parents to the wanted
/// state, where that is something else.
#[must_use]
pub fn followed(current: &Catalog, wanted: &Catalog) -> BTreeMap<ObjectId, Definition> {
    follow(current, wanted).changed
}

/// The parents that a table has before and after, as far as it never leaves them: those that it has to be taken from and
/// given are others.
fn kept<'a>(before: Parents<'a>, after: Parents<'_>) -> Vec<&'a ObjectId> {
    match (before.partition_of, after.partition_of) {
        (Some(before), Some(after)) => {
            return Some(&before.parent)
                .filter(|parent| **parent == after.parent)
                .into_iter()
                .collect();
        }
        (None, None) => {}
        _ => return Vec::new(),
    }
    // A new parent becomes the last one: those that stay are the first of the wanted ones.
    let mut kept = Vec::new();
    let mut rest = before.inherits.iter();
    for wanted in after.inherits {
        match rest.find(|parent| *parent == wanted) {
            Some(parent) => kept.push(parent),
            None => break,
        }
    }
    kept
}

/// As [`kept`], but for the parents that a child leaves for a while: because a column of it is retyped which it has from
/// tables that have nothing to do with each other, since PostgreSQL retypes no column with one of two origins; or because
/// a `NOT NULL` of it is renamed, since PostgreSQL renames none that is inherited.
fn kept_throughout<'a>(current: &'a Catalog, wanted: &Catalog, id: &ObjectId) -> Vec<&'a ObjectId> {
    let (Some(before), Some(after)) = (current.definition(id), wanted.definition(id)) else {
        return Vec::new();
    };
    let mut kept = kept(before.parents(), after.parents());
    if kept.is_empty() || before.parents().partition_of.is_some() {
        return kept;
    }
    let Some(relation) = id.qualified_name() else {
        return kept;
    };
    for name in current.column_order.get(id).into_iter().flatten() {
        let column = ObjectId::in_relation(Kind::Column, &relation, name);
        let (Some(Definition::Column(before)), Some(Definition::Column(after))) =
            (current.definition(&column), wanted.definition(&column))
        else {
            continue;
        };
        let renaming = kept
            .iter()
            .position(|parent| holds_name(current, wanted, parent, name, before, after));
        kept.truncate(renaming.unwrap_or(kept.len()));
        if before.data_type == after.data_type
            && before.collation == after.collation
            && !is_made_anew(current, wanted, &before.data_type)
        {
            continue;
        }
        let origins: Vec<BTreeSet<ObjectId>> =
            kept.iter().map(|parent| roots(current, parent, name)).collect();
        let first = origins.iter().find(|roots| !roots.is_empty());
        let other = origins
            .iter()
            .position(|roots| !roots.is_empty() && Some(roots) != first);
        if let Some(other) = other {
            kept.truncate(other);
        }
    }
    kept
}

/// Whether a type, or that of the elements of an array, is replaced for its own sake.
fn is_made_anew(current: &Catalog, wanted: &Catalog, data_type: &str) -> bool {
    let name = data_type.strip_suffix("[]").unwrap_or(data_type);
    [Kind::Type, Kind::Domain].into_iter().any(|kind| {
        let Ok(id) = format!("{kind} {name}").parse::<ObjectId>() else {
            return false;
        };
        matches!((current.definition(&id), wanted.definition(&id)), (Some(before), Some(after))
            if !kinds::is_alterable(before, after, wanted.server_version_num))
    })
}

/// Whether a child's `NOT NULL` gets another name, and not the one that the parent's gets, while the parent has one.
fn holds_name(
    current: &Catalog,
    wanted: &Catalog,
    parent: &ObjectId,
    column: &str,
    before: &Column,
    after: &Column,
) -> bool {
    let names = (not_null_name(before), not_null_name(after));
    if names.0.is_none() || names.1.is_none() || names.0 == names.1 {
        return false;
    }
    let of_parent = |catalog: &Catalog| {
        let id = ObjectId::in_relation(Kind::Column, &parent.qualified_name()?, column);
        match catalog.definition(&id)? {
            Definition::Column(column) => not_null_name(column).map(ToOwned::to_owned),
            _ => None,
        }
    };
    let of_parent = (of_parent(current), of_parent(wanted));
    of_parent.0.is_some() && (of_parent.0.as_deref(), of_parent.1.as_deref()) != names
}

/// The name of a column's `NOT NULL` that is handed on to children.
fn not_null_name(column: &Column) -> Option<&str> {
    let constraint = column.not_null_constraint.as_ref()?;
    (!constraint.no_inherit).then_some(constraint.name.as_str())
}

/// The topmost tables that a table has a column from, itself where it has it from none.
fn roots(catalog: &Catalog, table: &ObjectId, column: &str) -> BTreeSet<ObjectId> {
    let has_column = |table: &&ObjectId| {
        let columns = catalog.column_order.get(*table);
        columns.is_some_and(|columns| columns.iter().any(|name| name == column))
    };
    let (mut found, mut seen, mut open) = (BTreeSet::new(), BTreeSet::new(), vec![table]);
    while let Some(table) = open.pop().filter(has_column) {
        if !seen.insert(table) {
            continue;
        }
        let parents = catalog
            .definition(table)
            .map(Definition::parents)
            .unwrap_or_default();
        let above: Vec<&ObjectId> = parents.iter().filter(has_column).collect();
        if above.is_empty() {
            found.insert(table.clone());
        }
        open.extend(above);
    }
    found
}

/// Whether a partition stays with its parent, with other bounds.
pub(crate) fn is_rebound(before: Parents<'_>, after: Parents<'_>) -> bool {
    matches!((before.partition_of, after.partition_of), (Some(before), Some(after))
        if before.parent == after.parent && before.bound != after.bound)
}

/// The table that an object lies in.
fn home(catalog: &Catalog, id: &ObjectId, definition: &Definition) -> Option<ObjectId> {
    match definition {
        Definition::Index(index) => Some(index.relation.clone()),
        Definition::Column(_) | Definition::Constraint(_) | Definition::Trigger(_) => {
            catalog.table_named(&id.qualified_name()?)
        }
        _ => None,
    }
}

/// Which tables that are on both sides are children of which.
struct Families {
    /// The parents that each child keeps.
    kept: BTreeMap<ObjectId, Vec<ObjectId>>,
    /// The children that each table keeps.
    children: BTreeMap<ObjectId, Vec<ObjectId>>,
    /// Children that come to a parent, or leave one.
    moving: BTreeSet<ObjectId>,
}

impl Families {
    fn new(current: &Catalog, wanted: &Catalog) -> Self {
        let mut families = Self {
            kept: BTreeMap::new(),
            children: BTreeMap::new(),
            moving: BTreeSet::new(),
        };
        for (id, object) in &current.objects {
            let Some(after) = wanted.definition(id).map(Definition::parents) else {
                continue;
            };
            let before = object.definition.parents();
            let kept = kept_throughout(current, wanted, id);
            if before.iter().count() != kept.len() || after.iter().count() != kept.len() {
                families.moving.insert(id.clone());
            }
            for parent in kept {
                families
                    .children
                    .entry(parent.clone())
                    .or_default()
                    .push(id.clone());
                families.kept.entry(id.clone()).or_default().push(parent.clone());
            }
        }
        families
    }

    fn is_empty(&self) -> bool {
        self.kept.is_empty() && self.moving.is_empty()
    }

    /// Tables with children, parents before their children.
    fn parents_first(&self) -> Vec<&ObjectId> {
        let mut depths = BTreeMap::new();
        let mut found: Vec<(usize, &ObjectId)> = self
            .children
            .keys()
            .map(|parent| (self.depth(parent, &mut depths), parent))
            .collect();
        found.sort_unstable();
        found.into_iter().map(|(_, parent)| parent).collect()
    }

    /// How many tables stand above a table.
    fn depth<'f>(&'f self, table: &'f ObjectId, known: &mut BTreeMap<&'f ObjectId, usize>) -> usize {
        if let Some(&depth) = known.get(table) {
            return depth;
        }
        let parents = self.kept.get(table).into_iter().flatten();
        let depth = parents
            .map(|parent| 1 + self.depth(parent, known))
            .max()
            .unwrap_or(0);
        known.insert(table, depth);
        depth
    }

    /// All that are children of a table, or children of those.
    fn descendants(&self, table: &ObjectId) -> BTreeSet<&ObjectId> {
        let mut found = BTreeSet::new();
        let mut open: Vec<&ObjectId> = self.children.get(table).into_iter().flatten().collect();
        while let Some(child) = open.pop() {
            if found.insert(child) {
                open.extend(self.children.get(child).into_iter().flatten());
            }
        }
        found
    }
}

struct Following<'a> {
    current: &'a Catalog,
    wanted: &'a Catalog,
    families: &'a Families,
    changed: BTreeMap<ObjectId, Definition>,
    only: BTreeMap<ObjectId, Only>,
}

impl Following<'_> {
    fn column_before(&self, id: &ObjectId) -> Option<&Column> {
        match self.changed.get(id).or_else(|| self.current.definition(id))? {
            Definition::Column(column) => Some(column),
            _ => None,
        }
    }

    fn column_after(&self, id: &ObjectId) -> Option<&Column> {
        match self.wanted.definition(id)? {
            Definition::Column(column) => Some(column),
            _ => None,
        }
    }

    /// Whether a child's column stays `NOT NULL` when a parent's does not: because the child declares it itself, or has it
    /// from another parent too. Before PostgreSQL 18 neither matters.
    fn keeps_not_null(&self, id: &ObjectId) -> bool {
        let is_named = self
            .column_before(id)
            .is_some_and(|column| column.not_null_constraint.is_some());
        if !is_named || !self.current.inherited_not_null.contains(id) {
            return is_named;
        }
        let table = id
            .qualified_name()
            .and_then(|name| self.current.table_named(&name));
        let parents = table.and_then(|table| self.families.kept.get(&table));
        parents.into_iter().flatten().any(|parent| {
            let above = id.in_other(parent).and_then(|id| self.column_after(&id));
            above.is_some_and(|column| not_null_name(column).is_some())
        })
    }

    /// Columns that are `NOT NULL` only because a parent's is by now, though the wanted child declares it itself.
    fn declared(&self) -> BTreeSet<ObjectId> {
        let was_not_null = |id: &ObjectId| {
            let before = self.current.definition(id);
            matches!(before, Some(Definition::Column(column)) if column.not_null)
        };
        self.changed
            .keys()
            .filter(|id| {
                let both = self.column_before(id).zip(self.column_after(id));
                both.is_some_and(|(before, after)| {
                    not_null_name(before).is_some() && not_null_name(before) == not_null_name(after)
                })
            })
            .filter(|id| !was_not_null(id) && !self.wanted.inherited_not_null.contains(*id))
            .cloned()
            .collect()
    }

    fn columns(&mut self) {
        for parent in self.families.parents_first() {
            let descendants = self.families.descendants(parent);
            for name in self.current.column_order.get(parent).into_iter().flatten() {
                let Some(relation) = parent.qualified_name() else {
                    continue;
                };
                let id = ObjectId::in_relation(Kind::Column, &relation, name);
                self.column(&id, &descendants);
            }
        }
    }

    /// Has the columns of all descendants follow one column.
    fn column(&mut self, id: &ObjectId, descendants: &BTreeSet<&ObjectId>) {
        let (Some(before), Some(after)) = (self.column_before(id).cloned(), self.column_after(id).cloned())
        else {
            return;
        };
        let is_retyped = before.data_type != after.data_type || before.collation != after.collation;
        if before == after {
            return;
        }
        // What each descendant has before, what it becomes, and what it is wanted to be.
        let mut followers: Vec<(ObjectId, Column, Column)> = Vec::new();
        for child in descendants {
            if let Some(id) = id.in_other(child)
                && let (Some(before), Some(after)) = (self.column_before(&id), self.column_after(&id))
            {
                followers.push((id.clone(), before.clone(), after.clone()));
            }
        }
        let mut settings = before.settings.clone();
        if is_retyped {
            settings = column_settings::retyped(&settings);
        }
        let stays_not_null: BTreeSet<ObjectId> = followers
            .iter()
            .map(|(id, ..)| id)
            .filter(|id| self.keeps_not_null(id))
            .cloned()
            .collect();
        for (id, follower, _) in &mut followers {
            if is_retyped {
                follower.data_type.clone_from(&after.data_type);
                follower.collation.clone_from(&after.collation);
                follower.settings = column_settings::retyped(&follower.settings);
            }
            if before.generated != after.generated {
                follower.generated.clone_from(&after.generated);
            }
            let goes = !stays_not_null.contains(id);
            follow_not_null(follower, &before, &after, goes);
        }
        let only = Only {
            default: before.default != after.default
                && !followers
                    .iter()
                    .all(|(_, now, wanted)| now.default == before.default && wanted.default == after.default),
            storage: settings.storage != after.settings.storage
                && !followers.iter().all(|(_, now, wanted)| {
                    now.settings.storage == settings.storage
                        && wanted.settings.storage == after.settings.storage
                }),
            statistics: settings.statistics_target != after.settings.statistics_target
                && !followers.iter().all(|(_, now, wanted)| {
                    now.settings.statistics_target == settings.statistics_target
                        && wanted.settings.statistics_target == after.settings.statistics_target
                }),
        };
        for (id, mut follower, _) in followers {
            if before.default != after.default && !only.default {
                follower.default.clone_from(&after.default);
            }
            if settings.storage != after.settings.storage && !only.storage {
                follower.settings.storage = after.settings.storage;
            }
            if settings.statistics_target != after.settings.statistics_target && !only.statistics {
                follower.settings.statistics_target = after.settings.statistics_target;
            }
            self.changed.insert(id, Definition::Column(follower));
        }
        if only != Only::default() {
            self.only.insert(id.clone(), only);
        }
    }

    /// Constraints, indexes and triggers.
    fn parts(&mut self) {
        for (id, object) in &self.current.objects {
            let Some(home) = home(self.current, id, &object.definition) else {
                continue;
            };
            let Some(wanted) = self.wanted.definition(id) else {
                continue;
            };
            let mut definition = object.definition.clone();
            if self.families.moving.contains(&home) {
                take_partition_of(&mut definition, wanted);
            }
            if let Some(parents) = self.families.kept.get(&home) {
                let part_of = definition.partition_of().cloned();
                let candidates: Vec<ObjectId> = match part_of {
                    Some(id) => vec![id],
                    None => parents.iter().filter_map(|parent| id.in_other(parent)).collect(),
                };
                for parent in candidates {
                    if let (Some(before), Some(after)) =
                        (self.current.definition(&parent), self.wanted.definition(&parent))
                    {
                        follow_part(&mut definition, wanted, before, after);
                    }
                }
            }
            if definition != object.definition {
                self.changed.insert(id.clone(), definition);
            }
        }
    }
}

/// What becomes of the `NOT NULL` of a child's column, which may go with the parent's, and from PostgreSQL 18 on of the constraint behind it.
fn follow_not_null(follower: &mut Column, before: &Column, after: &Column, goes: bool) {
    let name = |column: &Column| {
        let constraint = column.not_null_constraint.as_ref();
        constraint.map(|constraint| constraint.name.clone())
    };
    match (before.not_null, after.not_null) {
        (false, true) if !follower.not_null => {
            follower.not_null = true;
            follower
                .not_null_constraint
                .clone_from(&after.not_null_constraint);
            if let Some(constraint) = &mut follower.not_null_constraint {
                constraint.comment = None;
            }
        }
        (true, false) if goes => {
            follower.not_null = false;
            follower.not_null_constraint = None;
        }
        (true, true) => {
            let is_named_alike = name(follower) == name(before);
            if let (Some(own), Some(before), Some(after)) = (
                &mut follower.not_null_constraint,
                &before.not_null_constraint,
                &after.not_null_constraint,
            ) {
                if is_named_alike {
                    own.name.clone_from(&after.name);
                }
                if !before.validated && after.validated {
                    own.validated = true;
                }
            }
        }
        _ => {}
    }
}

/// An index is attached and detached with its table.
fn take_partition_of(definition: &mut Definition, wanted: &Definition) {
    match (definition, wanted) {
        (Definition::Index(index), Definition::Index(wanted)) => {
            index.partition_of.clone_from(&wanted.partition_of);
        }
        (Definition::Constraint(constraint), Definition::Constraint(wanted)) => {
            constraint.partition_of.clone_from(&wanted.partition_of);
        }
        _ => {}
    }
}

/// Has an object of a child follow the one of the parent that it is a part of, or is inherited from.
fn follow_part(part: &mut Definition, wanted: &Definition, before: &Definition, after: &Definition) {
    match (part, wanted, before, after) {
        (
            Definition::Constraint(part),
            Definition::Constraint(wanted),
            Definition::Constraint(before),
            Definition::Constraint(after),
        ) => {
            if before.validated != after.validated {
                part.validated = after.validated;
            }
            if before.deferrable != after.deferrable {
                part.deferrable = after.deferrable;
            }
            if part.definition == before.definition && wanted.definition == after.definition {
                part.definition.clone_from(&after.definition);
            }
        }
        (
            Definition::Index(part),
            Definition::Index(wanted),
            Definition::Index(before),
            Definition::Index(after),
        ) => {
            if part.keys == before.keys && wanted.keys == after.keys {
                part.keys.clone_from(&after.keys);
            }
            if part.predicate == before.predicate && wanted.predicate == after.predicate {
                part.predicate.clone_from(&after.predicate);
            }
        }
        (
            Definition::Trigger(part),
            Definition::Trigger(wanted),
            Definition::Trigger(before),
            Definition::Trigger(after),
        ) if part.partition_of.is_some() && part.partition_of == wanted.partition_of => {
            part.definition.clone_from(&wanted.definition);
            // A trigger that takes another one's place fires as any new one.
            if before.enabled != after.enabled || before.definition != after.definition {
                part.enabled = after.enabled;
            }
        }
        _ => {}
    }
}
