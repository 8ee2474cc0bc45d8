//! Both states under one numbering of their objects, with what needs what.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use limbeck_catalog::{Catalog, Column, ConstraintKind, Definition, Kind, Object, ObjectId, Parents};
use limbeck_sql::QualifiedName;

use crate::compare::{Difference, side_by_side};
use crate::inheritance::{self, Followed, Only};
use crate::names::NameOwners;
use crate::probe::Side;
use crate::rename::Done;

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
    /// The current state, for what is no object.
    pub(crate) current: &'a Catalog,
    /// The server's version, as `server_version_num`.
    pub(crate) server_version_num: u32,
    /// The tables with parents, on either side.
    children: BTreeMap<ObjectNumber, Ancestry>,
    /// What of a column must not reach the children of its table.
    only: BTreeMap<ObjectId, Only>,
    /// Columns whose `NOT NULL` comes with the parents', and which are to declare it themselves beside that.
    declared: HashSet<ObjectNumber>,
    /// The children of each table with some, on either side.
    children_of: HashMap<ObjectNumber, Vec<ObjectNumber>>,
    numbers: HashMap<&'a ObjectId, ObjectNumber>,
    /// Types and domains by their names as SQL, with the multiranges of the current state.
    types: HashMap<String, ObjectNumber>,
    homes: Vec<Option<ObjectNumber>>,
    homes_before: Vec<Option<ObjectNumber>>,
    origins_before: Edges,
    origins_after: Edges,
    name_owners: OnceCell<NameOwners<'a>>,
    /// Labels of enum types that go, and those that rows with them take.
    merged_labels: BTreeMap<ObjectNumber, Vec<(String, String)>>,
}

/// The parents of a partition or an inheritance child.
#[derive(Debug, Clone, Default)]
struct Ancestry {
    before: Vec<ObjectNumber>,
    after: Vec<ObjectNumber>,
    /// Those that it never leaves.
    kept: Vec<ObjectNumber>,
    /// How many tables stand above it.
    generation: usize,
}

impl<'a> Sides<'a> {
    /// Numbers the objects and gathers their dependencies.
    pub(crate) fn new(
        current: &'a Catalog,
        wanted: &'a Catalog,
        differences: Vec<Difference<'a>>,
        Followed {
            only, declared, kept, ..
        }: Followed,
    ) -> Self {
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
            current,
            server_version_num: wanted.server_version_num.max(current.server_version_num),
            numbers: HashMap::with_capacity(all),
            children: BTreeMap::new(),
            children_of: HashMap::new(),
            types: HashMap::new(),
            homes: Vec::new(),
            homes_before: Vec::new(),
            origins_before: Vec::new(),
            origins_after: Vec::new(),
            only,
            declared: HashSet::new(),
            name_owners: OnceCell::new(),
            merged_labels: BTreeMap::new(),
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
        for id in &declared {
            if let Some(&number) = sides.numbers.get(id) {
                sides.differs[number] = true;
                sides.declared.insert(number);
            }
        }
        let numbers = 0..sides.ids.len();
        sides.homes_before = numbers
            .clone()
            .map(|number| sides.find_home_before(number))
            .collect();
        sides.homes = numbers.clone().map(|number| sides.find_home(number)).collect();
        sides.types = sides.find_types();
        sides.children = sides.find_children(&kept);
        for (&child, parents) in &sides.children {
            for &parent in parents.before.iter().chain(&parents.after) {
                sides.children_of.entry(parent).or_default().push(child);
            }
        }
        sides.origins_before = numbers
            .clone()
            .map(|number| sides.find_origins(number, Side::Current))
            .collect();
        sides.origins_after = numbers
            .map(|number| sides.find_origins(number, Side::Wanted))
            .collect();
        sides.needs_before = sides.edges(current, Side::Current, |number| sides.before[number].as_deref());
        sides.needs_after = sides.edges(wanted, Side::Wanted, |number| sides.after[number]);
        sides.needed_before = reversed(&sides.needs_before);
        sides.needed_after = reversed(&sides.needs_after);
        sides
    }

    /// What each object of a state needs: what PostgreSQL recorded, and what follows from the facts themselves.
    fn edges<'b>(
        &'b self,
        catalog: &Catalog,
        side: Side,
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
                needs.extend(match side {
                    Side::Current => &self.origins_before[number],
                    Side::Wanted => &self.origins_after[number],
                });
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
        let has_needs = !needs.is_empty();
        let mut add = |id: &ObjectId| needs.extend(self.number(id));
        if let Some(schema) = id.schema()
            && id.kind != Kind::Schema
        {
            add(&ObjectId::global(Kind::Schema, schema));
        }
        match definition {
            Definition::Extension(extension) => add(&ObjectId::global(Kind::Schema, &extension.schema)),
            // Privileges need one object, and PostgreSQL knows whether that is a part of another.
            Definition::Privileges(_) if !has_needs => {
                if let Some(object) = id.object_of_privileges() {
                    add(&object);
                }
            }
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
            needs.extend(self.container(id, definition, relation_of));
        }
    }

    /// The number of an object, if either state has it.
    pub(crate) fn number(&self, id: &ObjectId) -> Option<ObjectNumber> {
        self.numbers.get(id).copied()
    }

    /// Which objects of both states have which names.
    pub(crate) fn name_owners(&self) -> &NameOwners<'a> {
        self.name_owners.get_or_init(|| {
            let numbers = 0..self.ids.len();
            NameOwners::new(numbers.flat_map(|number| {
                let id = self.ids[number];
                self.definitions(number).map(move |definition| (id, definition))
            }))
        })
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

    /// Whether an object lies in a foreign table, whose rows are elsewhere.
    pub(crate) fn is_foreign(&self, number: ObjectNumber) -> bool {
        self.home(number)
            .is_some_and(|home| self.ids[home].kind == Kind::ForeignTable)
    }

    /// The foreign tables among the children that a table has in the current state, their children included.
    pub(crate) fn foreign_heirs(&self, table: ObjectNumber) -> Vec<ObjectNumber> {
        let mut found = self.heirs_before(table);
        found.retain(|&heir| self.ids[heir].kind == Kind::ForeignTable);
        found
    }

    /// The children that a table has in the current state, their children included.
    pub(crate) fn heirs_before(&self, table: ObjectNumber) -> Vec<ObjectNumber> {
        let mut found = BTreeSet::new();
        let mut open = vec![table];
        while let Some(parent) = open.pop() {
            for &child in self.children_of(parent) {
                if self.parents_before(child).contains(&parent) && found.insert(child) {
                    open.push(child);
                }
            }
        }
        found.into_iter().collect()
    }

    /// The relation that an object lies in in the current state, or that an index is on.
    pub(crate) fn home_before(&self, number: ObjectNumber) -> Option<ObjectNumber> {
        self.homes_before[number]
    }

    fn find_home_before(&self, number: ObjectNumber) -> Option<ObjectNumber> {
        let id = self.ids[number];
        match self.definition_before(number)? {
            Definition::Index(index) => self.number(&index.relation),
            Definition::Statistics(statistics) => self.number(&statistics.relation),
            definition if id.kind.is_in_relation() => self.container(id, definition, &|name| {
                self.relations(name)
                    .find(|&relation| self.before[relation].is_some())
            }),
            _ => None,
        }
    }

    /// The number of what an object lies in: a relation, or a type.
    fn container(
        &self,
        id: &ObjectId,
        definition: &Definition,
        relation_of: &dyn Fn(&QualifiedName) -> Option<ObjectNumber>,
    ) -> Option<ObjectNumber> {
        let name = id.qualified_name()?;
        match definition {
            Definition::Attribute(_) => self.number(&ObjectId::in_schema(Kind::Type, name.schema, name.name)),
            Definition::DomainConstraint(_) => {
                self.number(&ObjectId::in_schema(Kind::Domain, name.schema, name.name))
            }
            _ => relation_of(&name),
        }
    }

    /// The composite type that an attribute is one of.
    pub(crate) fn composite_of(&self, number: ObjectNumber) -> Option<ObjectNumber> {
        self.definitions(number)
            .find(|definition| matches!(definition, Definition::Attribute(_)))
            .and_then(|definition| self.container(self.ids[number], definition, &|_| None))
    }

    /// The domain that a check is one of.
    pub(crate) fn domain_of(&self, number: ObjectNumber) -> Option<ObjectNumber> {
        self.definitions(number)
            .find(|definition| matches!(definition, Definition::DomainConstraint(_)))
            .and_then(|definition| self.container(self.ids[number], definition, &|_| None))
    }

    /// An attribute of a composite type, by its name.
    pub(crate) fn attribute(&self, composite: ObjectNumber, name: &str) -> Option<ObjectNumber> {
        let composite = self.ids[composite].qualified_name()?;
        self.number(&ObjectId::in_relation(Kind::Column, &composite, name))
    }

    /// The type of ours that a column's type is, or is an array of.
    pub(crate) fn type_number(&self, data_type: &str) -> Option<ObjectNumber> {
        let name = data_type.strip_suffix("[]").unwrap_or(data_type);
        self.types.get(name).copied()
    }

    /// Notes the labels that go and whose rows take another.
    pub(crate) fn note_merged_labels(&mut self, done: &Done) {
        let types = self
            .ids
            .iter()
            .enumerate()
            .filter(|(_, id)| id.kind == Kind::Type);
        self.merged_labels = types
            .map(|(number, id)| (number, done.merged(id)))
            .filter(|(_, merged)| !merged.is_empty())
            .collect();
    }

    /// The labels of an enum type that go, each with the one that its rows take.
    pub(crate) fn merged_labels(&self, number: ObjectNumber) -> &[(String, String)] {
        self.merged_labels.get(&number).map_or(&[], Vec::as_slice)
    }

    fn find_types(&self) -> HashMap<String, ObjectNumber> {
        let mut types = HashMap::new();
        for wanted in [Kind::Type, Kind::Domain] {
            for (number, id) in self.ids.iter().enumerate().filter(|(_, id)| id.kind == wanted) {
                types.entry(id.sql_name()).or_insert(number);
            }
        }
        for number in 0..self.ids.len() {
            if let Some(Definition::Range(range)) = self.definition_before(number) {
                types.entry(range.multirange.to_string()).or_insert(number);
            }
        }
        types
    }

    /// Whether a type of the current state is this type of ours, an array of it, or its multirange.
    pub(crate) fn is_of_type(&self, data_type: &str, number: ObjectNumber) -> bool {
        let name = data_type.strip_suffix("[]").unwrap_or(data_type);
        name == self.ids[number].sql_name()
            || matches!(self.definition_before(number),
                Some(Definition::Range(range)) if name == range.multirange.to_string())
    }

    /// What an object is on both sides.
    fn definitions(&self, number: ObjectNumber) -> impl Iterator<Item = &Definition> {
        let after = self.definition_after(number);
        self.definition_before(number).into_iter().chain(after)
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
        self.homes[number]
    }

    fn find_home(&self, number: ObjectNumber) -> Option<ObjectNumber> {
        let id = self.ids[number];
        match id.kind {
            kind if kind.is_in_relation() => {
                let mut definitions = self.definitions(number);
                let definition = definitions.find(|definition| !is_part_of_type(definition));
                let definition = definition.or_else(|| self.definitions(number).next())?;
                if self.after[number].is_none() && !is_part_of_type(definition) {
                    return self.home_before(number);
                }
                self.container(id, definition, &|name| self.relation(name))
            }
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

    /// The object that privileges of the current state are on, or are on a part of.
    pub(crate) fn holder_before(&self, number: ObjectNumber) -> Option<ObjectNumber> {
        self.needs_before[number].first().copied()
    }

    /// The object that privileges of the wanted state are on, or are on a part of.
    pub(crate) fn holder_after(&self, number: ObjectNumber) -> Option<ObjectNumber> {
        self.needs_after[number].first().copied()
    }

    /// Whether both states have the object.
    pub(crate) fn stays(&self, number: ObjectNumber) -> bool {
        self.before[number].is_some() && self.after[number].is_some()
    }

    /// The tables that have parents.
    fn find_children(&self, kept: &BTreeMap<ObjectId, Vec<ObjectId>>) -> BTreeMap<ObjectNumber, Ancestry> {
        let mut children: BTreeMap<ObjectNumber, Ancestry> = BTreeMap::new();
        for number in 0..self.ids.len() {
            let [before, after] = [self.definition_before(number), self.definition_after(number)]
                .map(|definition| definition.map(Definition::parents));
            let numbers = |parents: Option<Parents<'_>>| -> Vec<ObjectNumber> {
                let parents = parents.into_iter().flat_map(Parents::iter);
                parents.filter_map(|parent| self.number(parent)).collect()
            };
            let parents = Ancestry {
                before: numbers(before),
                after: numbers(after),
                kept: kept
                    .get(self.ids[number])
                    .into_iter()
                    .flatten()
                    .filter_map(|parent| self.number(parent))
                    .collect(),
                generation: 1,
            };
            if !parents.before.is_empty() || !parents.after.is_empty() {
                children.insert(number, parents);
            }
        }
        // Two states may have two tables above each other: then the count ends all the same.
        for _ in 0..children.len() {
            let mut is_done = true;
            let generations: Vec<(ObjectNumber, usize)> = children
                .iter()
                .map(|(&number, parents)| {
                    let above = parents.before.iter().chain(&parents.after);
                    let most = above
                        .map(|parent| children.get(parent).map_or(0, |parents| parents.generation))
                        .max();
                    (number, 1 + most.unwrap_or(0))
                })
                .collect();
            for (number, generation) in generations {
                if let Some(parents) = children.get_mut(&number)
                    && parents.generation < generation
                {
                    parents.generation = generation;
                    is_done = false;
                }
            }
            if is_done {
                break;
            }
        }
        children
    }

    /// The tables with parents on either side.
    pub(crate) fn children(&self) -> impl Iterator<Item = ObjectNumber> + '_ {
        self.children.keys().copied()
    }

    /// The tables that are children of a table on either side.
    pub(crate) fn children_of(&self, table: ObjectNumber) -> &[ObjectNumber] {
        self.children_of.get(&table).map_or(&[], Vec::as_slice)
    }

    /// Whether a partition stays with its table, but has to leave it for a while: to get other bounds, or to have a
    /// `NOT NULL` renamed, which PostgreSQL allows of none that is inherited.
    pub(crate) fn is_rebound(&self, table: ObjectNumber) -> bool {
        let (Some(before), Some(after)) = (self.definition_before(table), self.definition_after(table))
        else {
            return false;
        };
        let (before, after) = (before.parents(), after.parents());
        let (Some(partition), Some(_)) = (before.partition_of, after.partition_of) else {
            return false;
        };
        let is_kept = self
            .number(&partition.parent)
            .is_some_and(|parent| self.keeps(table, parent));
        let is_renamed = |column: ObjectNumber| {
            let name = |column: Option<&Column>| {
                let constraint = column?.not_null_constraint.as_ref()?;
                Some(constraint.name.clone())
            };
            let names = (name(self.column_before(column)), name(self.column_after(column)));
            matches!(names, (Some(before), Some(after)) if before != after)
        };
        inheritance::is_rebound(before, after)
            || is_kept
                && self.needed_before[table]
                    .iter()
                    .any(|&column| self.home(column) == Some(table) && is_renamed(column))
    }

    /// Whether any table has parents.
    pub(crate) fn has_children(&self) -> bool {
        !self.children.is_empty()
    }

    /// The parents of a table in the current state.
    pub(crate) fn parents_before(&self, table: ObjectNumber) -> &[ObjectNumber] {
        self.children.get(&table).map_or(&[], |parents| &parents.before)
    }

    /// The parents of a table in the wanted state.
    pub(crate) fn parents_after(&self, table: ObjectNumber) -> &[ObjectNumber] {
        self.children.get(&table).map_or(&[], |parents| &parents.after)
    }

    /// Whether a table is a child of another one on both sides, and all the way between.
    pub(crate) fn keeps(&self, child: ObjectNumber, parent: ObjectNumber) -> bool {
        self.children
            .get(&child)
            .is_some_and(|parents| parents.kept.contains(&parent))
    }

    /// The parents that a table never leaves.
    pub(crate) fn kept_parents(&self, table: ObjectNumber) -> &[ObjectNumber] {
        self.children.get(&table).map_or(&[], |parents| &parents.kept)
    }

    /// How many tables stand above a table, counting both states.
    pub(crate) fn generation(&self, table: ObjectNumber) -> usize {
        self.children.get(&table).map_or(0, |parents| parents.generation)
    }

    /// What an object of the current state is inherited from, or a part of.
    pub(crate) fn origins_before(&self, number: ObjectNumber) -> &[ObjectNumber] {
        &self.origins_before[number]
    }

    /// What an object of the wanted state is inherited from, or a part of.
    pub(crate) fn origins_after(&self, number: ObjectNumber) -> &[ObjectNumber] {
        &self.origins_after[number]
    }

    fn find_origins(&self, number: ObjectNumber, side: Side) -> Vec<ObjectNumber> {
        let definition = match side {
            Side::Current => self.definition_before(number),
            Side::Wanted => self.definition_after(number),
        };
        let Some(definition) = definition.filter(|_| !self.children.is_empty()) else {
            return Vec::new();
        };
        if let Some(part_of) = definition.partition_of() {
            return self.number(part_of).into_iter().collect();
        }
        let Some(home) = self.home(number).filter(|_| definition.is_inheritable()) else {
            return Vec::new();
        };
        let parents = match side {
            Side::Current => self.parents_before(home),
            Side::Wanted => self.parents_after(home),
        };
        let id = self.ids[number];
        parents
            .iter()
            .filter_map(|&parent| {
                let origin = self.number(&id.in_other(self.ids[parent])?)?;
                let definition = match side {
                    Side::Current => self.definition_before(origin),
                    Side::Wanted => self.definition_after(origin),
                };
                definition
                    .is_some_and(Definition::is_inheritable)
                    .then_some(origin)
            })
            .collect()
    }

    /// Which facts of a column must not reach the children of its table.
    pub(crate) fn only(&self, column: ObjectNumber) -> Only {
        self.only.get(self.ids[column]).copied().unwrap_or_default()
    }

    /// Whether a column is to declare a `NOT NULL` which comes with its parents'.
    pub(crate) fn declares_not_null(&self, column: ObjectNumber) -> bool {
        self.declared.contains(&column)
    }

    /// A column of the current state, and those that inherit it.
    pub(crate) fn with_heirs_before(&self, column: ObjectNumber) -> Vec<ObjectNumber> {
        let mut found = vec![column];
        let mut seen = HashSet::from([column]);
        let mut open = vec![column];
        while let Some(parent) = open.pop() {
            for &heir in &self.needed_before[parent] {
                if self.ids[heir].kind == Kind::Column
                    && self.origins_before(heir).contains(&parent)
                    && seen.insert(heir)
                {
                    found.push(heir);
                    open.push(heir);
                }
            }
        }
        found
    }

    /// What needs any of these objects in the current state, each once.
    pub(crate) fn needed_before_of(&self, objects: &[ObjectNumber]) -> Vec<ObjectNumber> {
        let mut seen = HashSet::new();
        objects
            .iter()
            .flat_map(|&object| &self.needed_before[object])
            .copied()
            .filter(|&dependent| seen.insert(dependent))
            .collect()
    }
}

/// Whether it is a part of a type, and lies in no relation.
fn is_part_of_type(definition: &Definition) -> bool {
    matches!(
        definition,
        Definition::Attribute(_) | Definition::DomainConstraint(_)
    )
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
