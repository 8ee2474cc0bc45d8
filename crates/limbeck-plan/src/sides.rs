//! Both states under one numbering of their objects, with what needs what.

use std::borrow::Cow;
use std::collections::HashMap;

use limbeck_catalog::{Catalog, Column, ConstraintKind, Definition, Kind, Object, ObjectId};
use limbeck_sql::QualifiedName;

use crate::compare::{Difference, side_by_side};

/// The number of an object: its place in the order of identities of both states together.
pub(crate) type ObjectNumber = usize;

/// Which objects a state's objects need (or are needed by), by number.
type Edges = Vec<Vec<ObjectNumber>>;

/// Both states.
pub(crate) struct Sides<'a> {
    /// The identities, in order.
    pub(crate) ids: Vec<&'a ObjectId>,
    /// The objects of the current state.
    pub(crate) before: Vec<Option<Cow<'a, Object>>>,
    /// The objects of the wanted state.
    pub(crate) after: Vec<Option<&'a Object>>,
    /// What each object needs in the current state.
    pub(crate) needs_before: Edges,
    /// What each object needs in the wanted state.
    pub(crate) needs_after: Edges,
    /// What needs each object in the current state.
    pub(crate) needed_before: Edges,
    /// What needs each object in the wanted state.
    pub(crate) needed_after: Edges,
    /// Which objects differ.
    pub(crate) differs: Vec<bool>,
    /// The wanted state, for what is no object.
    pub(crate) wanted: &'a Catalog,
    /// The server's version, as `server_version_num`.
    pub(crate) server_version_num: u32,
    numbers: HashMap<&'a ObjectId, ObjectNumber>,
}

impl<'a> Sides<'a> {
    /// Numbers the objects and gathers their dependencies.
    pub(crate) fn new(current: &'a Catalog, wanted: &'a Catalog, differences: Vec<Difference<'a>>) -> Self {
        let all = current.objects.len().max(wanted.objects.len());
        let mut sides = Self {
            ids: Vec::with_capacity(all),
            before: Vec::with_capacity(all),
            after: Vec::with_capacity(all),
            needs_before: Vec::new(),
            needs_after: Vec::new(),
            needed_before: Vec::new(),
            needed_after: Vec::new(),
            differs: Vec::new(),
            wanted,
            server_version_num: wanted.server_version_num.max(current.server_version_num),
            numbers: HashMap::with_capacity(all),
        };
        for (number, (id, before, after)) in side_by_side(&current.objects, &wanted.objects).enumerate() {
            sides.ids.push(id);
            sides.before.push(before.map(Cow::Borrowed));
            sides.after.push(after);
            sides.numbers.insert(id, number);
        }
        sides.differs = vec![false; sides.ids.len()];
        for difference in differences {
            if let Some(&number) = sides.numbers.get(difference.id) {
                sides.differs[number] = true;
                sides.before[number] = difference.before;
            }
        }
        sides.needs_before = sides.edges(current, |number| sides.before[number].as_deref());
        sides.needs_after = sides.edges(wanted, |number| sides.after[number]);
        sides.needed_before = reversed(&sides.needs_before);
        sides.needed_after = reversed(&sides.needs_after);
        sides
    }

    /// What each object of a state needs: what PostgreSQL recorded, and what follows from the facts themselves.
    fn edges<'b>(
        &'b self,
        catalog: &Catalog,
        object_of: impl Fn(ObjectNumber) -> Option<&'b Object>,
    ) -> Edges {
        let mut edges: Edges = vec![Vec::new(); self.ids.len()];
        for dependency in &catalog.dependencies {
            if let (Some(dependent), Some(referenced)) = (
                self.number(&dependency.dependent),
                self.number(&dependency.referenced),
            ) {
                edges[dependent].push(referenced);
            }
        }
        for (number, needs) in edges.iter_mut().enumerate() {
            if let Some(object) = object_of(number) {
                let is_there = |number: &ObjectNumber| object_of(*number).is_some();
                let relation = |name: &QualifiedName| self.relations(name).find(is_there);
                self.needs_by_itself(self.ids[number], &object.definition, &relation, needs);
            }
            needs.sort_unstable();
            needs.dedup();
            needs.retain(|&needed| needed != number);
        }
        edges
    }

    /// What an object needs by its own facts, given which relations its state has.
    fn needs_by_itself(
        &self,
        id: &ObjectId,
        definition: &Definition,
        relation_of: &dyn Fn(&QualifiedName) -> Option<ObjectNumber>,
        needs: &mut Vec<ObjectNumber>,
    ) {
        let mut add = |id: &ObjectId| needs.extend(self.number(id));
        if let Some(schema) = id.schema()
            && id.kind != Kind::Schema
        {
            add(&ObjectId::global(Kind::Schema, schema));
        }
        match definition {
            Definition::Extension(extension) => add(&ObjectId::global(Kind::Schema, &extension.schema)),
            Definition::Publication(publication) => {
                for schema in &publication.schemas {
                    add(&ObjectId::global(Kind::Schema, schema));
                }
                for (table, published) in &publication.tables {
                    add(table);
                    let columns = table.qualified_name().map(|table| {
                        let columns = published.columns.iter();
                        columns.map(move |name| ObjectId::in_relation(Kind::Column, &table, name))
                    });
                    columns.into_iter().flatten().for_each(|column| add(&column));
                }
            }
            _ => {}
        }
        let Some(relation) = id.qualified_name() else {
            return;
        };
        let mut columns = |table: &QualifiedName, names: &[String]| {
            for name in names {
                needs.extend(self.number(&ObjectId::in_relation(Kind::Column, table, name)));
            }
        };
        match definition {
            Definition::Constraint(constraint) => match &constraint.definition {
                ConstraintKind::PrimaryKey(key) | ConstraintKind::Unique(key) => {
                    columns(&relation, &key.columns);
                    columns(&relation, &key.include);
                }
                ConstraintKind::ForeignKey(key) => {
                    columns(&relation, &key.columns);
                    columns(&key.references, &key.referenced_columns);
                    needs.extend(relation_of(&key.references));
                }
                _ => {}
            },
            Definition::Index(index) => needs.extend(self.number(&index.relation)),
            Definition::Statistics(statistics) => needs.extend(self.number(&statistics.relation)),
            Definition::Sequence(sequence) => {
                needs.extend(sequence.owned_by.as_ref().and_then(|owner| self.number(owner)));
            }
            _ => {}
        }
        if id.kind.is_in_relation() {
            needs.extend(relation_of(&relation));
        }
    }

    /// The number of an object, if either state has it.
    pub(crate) fn number(&self, id: &ObjectId) -> Option<ObjectNumber> {
        self.numbers.get(id).copied()
    }

    /// The number of what has columns, by its name; of the wanted state where both states have one.
    pub(crate) fn relation(&self, name: &QualifiedName) -> Option<ObjectNumber> {
        let is_wanted = |number: &ObjectNumber| self.after.get(*number).is_none_or(Option::is_some);
        self.relations(name)
            .find(is_wanted)
            .or_else(|| self.relations(name).next())
    }

    /// What has columns and bears this name in either state.
    fn relations(&self, name: &QualifiedName) -> impl Iterator<Item = ObjectNumber> {
        [
            Kind::Table,
            Kind::ForeignTable,
            Kind::View,
            Kind::MaterializedView,
        ]
        .into_iter()
        .filter_map(|kind| self.number(&ObjectId::in_schema(kind, &name.schema, &name.name)))
    }

    /// The relation that an object lies in in the current state, or that an index is on.
    pub(crate) fn home_before(&self, number: ObjectNumber) -> Option<ObjectNumber> {
        let id = self.ids[number];
        if id.kind.is_in_relation() {
            let name = id.qualified_name()?;
            return self
                .relations(&name)
                .find(|&relation| self.before[relation].is_some());
        }
        match self.definition_before(number)? {
            Definition::Index(index) => self.number(&index.relation),
            Definition::Statistics(statistics) => self.number(&statistics.relation),
            _ => None,
        }
    }

    /// The definition of an object in the current state.
    pub(crate) fn definition_before(&self, number: ObjectNumber) -> Option<&Definition> {
        self.before[number].as_deref().map(|object| &object.definition)
    }

    /// The definition of an object in the wanted state.
    pub(crate) fn definition_after(&self, number: ObjectNumber) -> Option<&'a Definition> {
        self.after[number].map(|object| &object.definition)
    }

    /// A column as it is before.
    pub(crate) fn column_before(&self, number: ObjectNumber) -> Option<&Column> {
        match self.definition_before(number)? {
            Definition::Column(column) => Some(column),
            _ => None,
        }
    }

    /// A column as it is wanted.
    pub(crate) fn column_after(&self, number: ObjectNumber) -> Option<&'a Column> {
        match self.definition_after(number)? {
            Definition::Column(column) => Some(column),
            _ => None,
        }
    }

    /// The relation that an object lies in, or that an index is on; in the wanted state where that has the object.
    pub(crate) fn home(&self, number: ObjectNumber) -> Option<ObjectNumber> {
        let id = self.ids[number];
        match id.kind {
            kind if kind.is_in_relation() && self.after[number].is_none() => self.home_before(number),
            kind if kind.is_in_relation() => self.relation(&id.qualified_name()?),
            Kind::Index | Kind::Statistics => {
                let definition = self
                    .definition_after(number)
                    .or_else(|| self.definition_before(number))?;
                match definition {
                    Definition::Index(index) => self.number(&index.relation),
                    Definition::Statistics(statistics) => self.number(&statistics.relation),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// Whether both states have the object.
    pub(crate) fn stays(&self, number: ObjectNumber) -> bool {
        self.before[number].is_some() && self.after[number].is_some()
    }
}

fn reversed(edges: &Edges) -> Edges {
    let mut reversed: Edges = vec![Vec::new(); edges.len()];
    for (from, targets) in edges.iter().enumerate() {
        for &to in targets {
            reversed[to].push(from);
        }
    }
    reversed
}
