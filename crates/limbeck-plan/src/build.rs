//! From fates to the vertices and edges of the graph.

mod connect;

use std::cell::OnceCell;
use std::collections::HashMap;

use limbeck_catalog::{ConstraintKind, Definition, Kind, ObjectId};
use limbeck_sql::QualifiedName;

use crate::fates::Fates;
use crate::grant::Grant;
use crate::graph::Vertex;
use crate::kinds::column::not_null::{self, ConstraintNames};
use crate::kinds::default_privileges::{self, InForce};
use crate::kinds::{self, extension, partition, privileges};
use crate::names::{Name, Namespace, names};
use crate::place::{Chapter, Place, Rank};
use crate::requirement::Demand;
use crate::sides::{ObjectNumber, Sides};
use crate::{Fill, Loss, Options, Verb, render};
pub(crate) use connect::is_of_default;

/// A piece of what an action runs.
#[derive(Debug, Clone)]
pub(crate) enum Piece {
    /// A subcommand of `ALTER TABLE`, which may share the statement with others of the same table.
    Alter {
        /// The table, as SQL.
        table: String,
        /// The subcommand.
        subcommand: String,
    },
    /// `GRANT` or `REVOKE`, which may share the statement with others.
    Grant(Grant),
    /// A statement of its own.
    Statement(String),
}

/// What an action runs.
#[derive(Debug, Clone)]
pub(crate) enum Body {
    /// These pieces, in order.
    Pieces(Vec<Piece>),
    /// `CREATE TABLE` with its columns and what is folded into it.
    CreateTable,
    /// `ADD COLUMN` with what is folded into it.
    AddColumn,
    /// `CREATE DOMAIN` with the checks that are folded into it.
    CreateDomain,
    /// A constraint: a line of `CREATE TABLE`, or a subcommand of its own.
    Constraint(String),
    /// The default of a column or a domain: a part of what makes that, or an action of its own.
    Default(String),
}

/// An action before it has its place.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) object: ObjectNumber,
    pub(crate) verb: Verb,
    pub(crate) vertex: Vertex,
    pub(crate) body: Body,
    pub(crate) loses: Option<Loss>,
    pub(crate) note: Option<String>,
    pub(crate) demands: Vec<Demand>,
    pub(crate) rewrites: bool,
    pub(crate) transactional: bool,
    /// Whether it must not share its `ALTER TABLE` with others.
    pub(crate) alone: bool,
    /// Whether it adds labels to an enum.
    pub(crate) adds_labels: bool,
}

/// Which of an object's dependencies an action is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// Those of the object itself: for a column or a domain without its default, for a sequence without its owner.
    Whole,
    /// Those of a column's type.
    Type,
    /// Those of the default of a column or a domain.
    Default,
    /// The column that owns a sequence.
    Owner,
    /// None.
    Bare,
}

/// An action and the part of its object that it is about.
#[derive(Debug, Clone, Copy)]
struct Use {
    node: usize,
    part: Part,
}

/// Gathers the nodes.
pub(crate) struct Builder<'a, 's> {
    pub(crate) sides: &'s Sides<'a>,
    pub(crate) fates: &'s Fates,
    pub(crate) options: Options,
    pub(crate) nodes: Vec<Node>,
    /// The nodes about each object.
    by_object: Vec<Vec<usize>>,
    pub(crate) edges: Vec<(usize, usize)>,
    /// `NOT NULL` columns without a fill.
    pub(crate) unfilled: Vec<ObjectNumber>,
    /// What cannot be done.
    pub(crate) unsupported: Vec<String>,
    /// Edges that are kept where no circle comes from them.
    pub(crate) wishes: Vec<(usize, usize)>,
    /// What becomes of the bonds between children and their parents.
    pub(crate) bonds: partition::Bonds,
    fills: HashMap<ObjectNumber, (&'a str, bool)>,
    creation: Vec<Option<usize>>,
    removal: Vec<Option<usize>>,
    /// Actions that bring an object, or a part of it, into its wanted state.
    arriving: Vec<Vec<Use>>,
    /// Those among them which what needs the object has to wait for.
    awaited: Vec<Vec<usize>>,
    /// Actions that take an object away.
    leaving: Vec<Vec<Use>>,
    /// Actions by which an object that stays gives up what it needed.
    releasing: Vec<Vec<Use>>,
    /// Actions on an object that stays, before which what needs the object and goes has to be gone.
    changing: Vec<Vec<usize>>,
    /// The action that takes each table's first change of a column's type: the others join it.
    pub(crate) retyping: HashMap<ObjectNumber, usize>,
    /// The action that makes a table unlogged or permanent.
    pub(crate) persistence: HashMap<ObjectNumber, usize>,
    /// Default privileges that objects are born under.
    pub(crate) in_force: Vec<InForce>,
    /// What is done to the privileges of a grantee on a relation and its columns.
    pub(crate) privilege_nodes: HashMap<(QualifiedName, String), PrivilegeNodes>,
    /// Of a type that is mentioned before it is made, the node that mentions it, and the function that needs no more.
    mentions: HashMap<ObjectNumber, (usize, ObjectNumber)>,
    /// Objects that go with another one, by the node that drops that.
    taken_along: HashMap<ObjectNumber, usize>,
    constraint_names: OnceCell<ConstraintNames<'s>>,
    /// Whether anything is checked, or fires, only when the transaction ends.
    pub(crate) has_deferrable: OnceCell<bool>,
    names: HashMap<Name, (Vec<usize>, Vec<usize>)>,
    primary_keys: HashMap<ObjectNumber, (Vec<usize>, Vec<usize>)>,
}

/// Nodes about the privileges of one grantee.
#[derive(Default)]
pub(crate) struct PrivilegeNodes {
    pub(crate) of_relation: Vec<usize>,
    pub(crate) of_columns: Vec<usize>,
}

impl<'a, 's> Builder<'a, 's> {
    /// Builds all nodes and edges.
    pub(crate) fn new(
        sides: &'s Sides<'a>,
        fates: &'s Fates,
        fills: &'a [Fill],
        options: Options,
        renamed: &[(ObjectNumber, &ObjectId, &str)],
    ) -> Self {
        let count = sides.ids.len();
        let fills = fills
            .iter()
            .filter_map(|fill| Some((sides.number(&fill.column)?, (fill.expression.as_str(), false))))
            .collect();
        let mut builder = Self {
            sides,
            fates,
            options,
            nodes: Vec::new(),
            by_object: vec![Vec::new(); count],
            edges: Vec::new(),
            unfilled: Vec::new(),
            unsupported: Vec::new(),
            wishes: Vec::new(),
            bonds: partition::Bonds::default(),
            fills,
            creation: vec![None; count],
            removal: vec![None; count],
            arriving: vec![Vec::new(); count],
            awaited: vec![Vec::new(); count],
            leaving: vec![Vec::new(); count],
            releasing: vec![Vec::new(); count],
            changing: vec![Vec::new(); count],
            retyping: HashMap::new(),
            persistence: HashMap::new(),
            in_force: default_privileges::in_force(sides),
            privilege_nodes: HashMap::new(),
            mentions: HashMap::new(),
            taken_along: HashMap::new(),
            constraint_names: OnceCell::new(),
            has_deferrable: OnceCell::new(),
            names: HashMap::new(),
            primary_keys: HashMap::new(),
        };
        builder.rename(renamed);
        // What lies in a relation can be folded into what becomes of it, what hangs on a column into the column.
        let pass = |kind| match kind {
            Kind::Type | Kind::Domain => 0,
            kind if kind.has_columns() => 0,
            Kind::Column => 1,
            _ => 2,
        };
        for wanted in 0..=2 {
            let mut numbers: Vec<ObjectNumber> = (0..count)
                .filter(|&number| pass(sides.ids[number].kind) == wanted)
                .collect();
            if sides.has_children() {
                // What a child has from its parent comes and goes with the parent's.
                numbers.sort_by_key(|&number| sides.generation(sides.home(number).unwrap_or(number)));
            }
            for number in numbers {
                kinds::build(&mut builder, number);
            }
        }
        kinds::typed_table::build(&mut builder);
        kinds::composite_type::convert_arrays(&mut builder);
        for (&object, &host) in &builder.taken_along {
            if let Some(removal) = builder.removal[object] {
                builder.nodes[removal].vertex.host = Some(host);
            }
        }
        partition::connect(&mut builder);
        // The rows of a foreign table are elsewhere, and nobody checks them.
        builder.unfilled.retain(|&column| !sides.is_foreign(column));
        for number in 0..count {
            privileges::born(&mut builder, number);
            extension::tie(&mut builder, number);
        }
        builder.connect();
        builder
    }

    /// Adds a node at its place, without edges.
    pub(crate) fn node(&mut self, object: ObjectNumber, verb: Verb, place: Place, body: Body) -> usize {
        self.nodes.push(Node {
            object,
            verb,
            vertex: Vertex {
                place,
                host: None,
                firmness: 1,
            },
            body,
            loses: None,
            note: None,
            demands: Vec::new(),
            rewrites: false,
            transactional: true,
            alone: false,
            adds_labels: false,
        });
        let node = self.nodes.len() - 1;
        self.by_object[object].push(node);
        node
    }

    /// A place among what is done to the object's table, or to the object itself.
    pub(crate) fn place(&self, number: ObjectNumber, rank: Rank) -> Place {
        let home = self
            .sides
            .home(number)
            .or_else(|| self.owner_table(number))
            .unwrap_or(number);
        let chapter = match self.sides.ids[home].kind {
            Kind::Schema => Chapter::Schemas,
            Kind::Extension => Chapter::Extensions,
            Kind::Collation
            | Kind::Type
            | Kind::Domain
            | Kind::TextSearchDictionary
            | Kind::TextSearchConfiguration => Chapter::Types,
            Kind::ForeignDataWrapper | Kind::Server | Kind::UserMapping => Chapter::ForeignServers,
            Kind::Function | Kind::Procedure | Kind::Aggregate | Kind::Cast => Chapter::Routines,
            Kind::View | Kind::MaterializedView => Chapter::Views,
            Kind::Publication | Kind::DefaultPrivileges => Chapter::Database,
            Kind::EventTrigger => Chapter::EventTriggers,
            _ => Chapter::Tables,
        };
        Place {
            chapter,
            group: home,
            rank,
        }
    }

    /// The table whose column owns a sequence.
    fn owner_table(&self, number: ObjectNumber) -> Option<ObjectNumber> {
        let definition = self
            .sides
            .definition_after(number)
            .or_else(|| self.sides.definition_before(number))?;
        match definition {
            Definition::Sequence(sequence) => {
                self.sides.home(self.sides.number(sequence.owned_by.as_ref()?)?)
            }
            _ => None,
        }
    }

    /// Says that a node creates the object.
    pub(crate) fn creates(&mut self, object: ObjectNumber, node: usize) {
        self.creation[object] = Some(node);
        self.arrives(object, node, Part::Whole);
        self.awaited[object].push(node);
        self.claims_names(object, node);
        if self.sides.definition_after(object).is_some_and(is_primary_key)
            && let Some(table) = self.sides.home(object)
        {
            self.primary_keys.entry(table).or_default().1.push(node);
        }
    }

    /// Says that a node takes the object away, under whatever name it has by then.
    pub(crate) fn removes_renamed(&mut self, object: ObjectNumber, node: usize) {
        self.removal[object] = Some(node);
        self.leaving[object].push(Use {
            node,
            part: Part::Whole,
        });
    }

    /// Says that a node takes the object away.
    pub(crate) fn removes(&mut self, object: ObjectNumber, node: usize) {
        self.removes_renamed(object, node);
        self.frees_names(object, self.sides.ids[object], node);
        if self.sides.definition_before(object).is_some_and(is_primary_key)
            && let Some(table) = self.sides.home(object)
        {
            self.primary_keys.entry(table).or_default().0.push(node);
        }
    }

    /// Says that a node mentions a type, which is all that a function needs of it.
    pub(crate) fn is_mentioned(&mut self, object: ObjectNumber, node: usize, function: ObjectNumber) {
        self.mentions.insert(object, (node, function));
    }

    /// Says that an object goes with what a node drops.
    pub(crate) fn takes_along(&mut self, object: ObjectNumber, node: usize) {
        self.taken_along.insert(object, node);
    }

    /// Says that a node makes the index a constraint's: it stays, and its name becomes the constraint's.
    pub(crate) fn adopts(&mut self, index: ObjectNumber, node: usize) {
        self.removal[index] = Some(node);
        self.frees_names(index, self.sides.ids[index], node);
    }

    /// The names of all constraints of both sides, by schema.
    pub(crate) fn constraint_names(&self) -> &ConstraintNames<'s> {
        self.constraint_names
            .get_or_init(|| not_null::constraint_names(self.sides))
    }

    /// Says that a node brings a part of the object into its wanted state.
    pub(crate) fn arrives(&mut self, object: ObjectNumber, node: usize, part: Part) {
        self.arriving[object].push(Use { node, part });
    }

    /// Says that what needs the object has to wait for a node.
    pub(crate) fn awaits(&mut self, object: ObjectNumber, node: usize) {
        self.awaited[object].push(node);
    }

    /// Says that a node gives up what a part of the object needed before.
    pub(crate) fn releases(&mut self, object: ObjectNumber, node: usize, part: Part) {
        self.releasing[object].push(Use { node, part });
    }

    /// Says that a node takes away a part of an object that goes.
    pub(crate) fn leaves(&mut self, object: ObjectNumber, node: usize, part: Part) {
        self.leaving[object].push(Use { node, part });
    }

    /// Says that what goes and needs the object must be gone before a node.
    pub(crate) fn changes(&mut self, object: ObjectNumber, node: usize) {
        self.changing[object].push(node);
    }

    /// Says that a node comes before all changes of an object so far that what needs the object must not see.
    pub(crate) fn precedes_changes(&mut self, object: ObjectNumber, node: usize) {
        for then in self.changing[object].clone() {
            self.edge(node, then);
        }
    }

    /// Says that a node takes a name.
    pub(crate) fn claims(&mut self, name: Name, node: usize) {
        self.names.entry(name).or_default().1.push(node);
    }

    /// Says that a node sets a name free.
    pub(crate) fn frees(&mut self, name: Name, node: usize) {
        self.names.entry(name).or_default().0.push(node);
    }

    /// Says that a node takes the names that an object has in the wanted state.
    fn claims_names(&mut self, object: ObjectNumber, node: usize) {
        if let Some(definition) = self.sides.definition_after(object) {
            for name in names(self.sides.ids[object], definition) {
                self.claims(name, node);
            }
        }
    }

    /// Says that a node sets the names free that an object has in the current state, under the identity that it has
    /// until then.
    pub(crate) fn frees_names(&mut self, object: ObjectNumber, id: &ObjectId, node: usize) {
        if let Some(definition) = self.sides.definition_before(object) {
            for name in names(id, definition) {
                self.frees(name, node);
            }
        }
    }

    /// The node that creates an object.
    pub(crate) fn creation(&self, object: ObjectNumber) -> Option<usize> {
        self.creation[object]
    }

    /// The node that takes an object away.
    pub(crate) fn removal(&self, object: ObjectNumber) -> Option<usize> {
        self.removal[object]
    }

    /// The nodes about an object.
    pub(crate) fn nodes_of(&self, object: ObjectNumber) -> impl Iterator<Item = usize> {
        self.by_object[object].iter().copied()
    }

    /// Whether a node takes the object, or a part of it, away.
    pub(crate) fn is_leaving(&self, object: ObjectNumber, node: usize) -> bool {
        self.leaving[object].iter().any(|used| used.node == node)
    }

    /// The last node that what needs the object has to wait for.
    pub(crate) fn last_awaited(&self, object: ObjectNumber) -> Option<usize> {
        self.awaited[object].last().copied()
    }

    /// Has what needs a column of a child wait for what is done to the parent's.
    pub(crate) fn awaits_with(&mut self, heir: ObjectNumber, origin: ObjectNumber) {
        let (awaited, changing) = (self.awaited[origin].clone(), self.changing[origin].clone());
        self.awaited[heir].extend(awaited);
        self.changing[heir].extend(changing);
    }

    /// One node after the other.
    pub(crate) fn edge(&mut self, first: usize, then: usize) {
        if first != then {
            self.edges.push((first, then));
        }
    }

    /// The fill of a column, which is thereby used.
    pub(crate) fn take_fill(&mut self, column: ObjectNumber) -> Option<&'a str> {
        let (expression, used) = self.fills.get_mut(&column)?;
        *used = true;
        Some(*expression)
    }

    /// Whether there is a fill for a column.
    pub(crate) fn has_fill(&self, column: ObjectNumber) -> bool {
        self.fills.contains_key(&column)
    }

    /// The columns whose fills nothing needed.
    pub(crate) fn unused_fills(&self) -> Vec<ObjectNumber> {
        let mut unused: Vec<ObjectNumber> = self
            .fills
            .iter()
            .filter(|(_, (_, used))| !used)
            .map(|(&number, _)| number)
            .collect();
        unused.sort_unstable();
        unused
    }

    /// A name for something that is only there for a while: neither state has it.
    pub(crate) fn spare_name(&self, kind: Kind, name: &QualifiedName) -> QualifiedName {
        let is_taken = |candidate: &str| {
            let id = ObjectId::in_schema(kind, &name.schema, candidate);
            let candidate = QualifiedName::new(&name.schema, candidate);
            let names =
                [Namespace::Relation, Namespace::Type].map(|namespace| (namespace, candidate.clone()));
            let owners = self.sides.name_owners();
            self.sides.number(&id).is_some() || names.iter().any(|name| owners.is_taken(name))
        };
        QualifiedName::new(
            &name.schema,
            render::free_name(&format!("{}_old", name.name), &is_taken),
        )
    }

    /// Objects that get another name and nothing else.
    fn rename(&mut self, renamed: &[(ObjectNumber, &ObjectId, &str)]) {
        for &(number, old, statement) in renamed {
            let place = self.place(number, Rank::Rename);
            let body = Body::Pieces(vec![Piece::Statement(statement.to_owned())]);
            let node = self.node(number, Verb::Rename, place, body);
            self.awaits(number, node);
            self.frees_names(number, old, node);
            self.claims_names(number, node);
        }
    }
}

fn is_primary_key(definition: &Definition) -> bool {
    matches!(definition, Definition::Constraint(constraint)
        if matches!(constraint.definition, ConstraintKind::PrimaryKey(_)))
}
