//! The catalogue itself: objects by identity, and their dependencies.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use limbeck_sql::QualifiedName;
use serde::{Deserialize, Serialize};

use crate::{
    Aggregate, Attribute, Cast, Collation, Column, CompositeType, Constraint, ConstraintKind, Domain,
    DomainConstraint, EnumType, EventTrigger, Extension, ForeignDataWrapper, ForeignTable, Index, Kind,
    ObjectId, Parents, Part, PartNotes, PartitionOf, Policy, Privileges, Publication, RangeType, Routine,
    Rule, Schema, Sequence, Server, Statistics, Table, TextSearchConfiguration, TextSearchDictionary,
    Trigger, UserMapping, View,
};

/// What a database holds: facts by identity, in order, without OIDs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Catalog {
    /// The server's `server_version_num`, such as 150018. Texts printed by different majors do not compare.
    pub server_version_num: u32,
    /// Every object that was read.
    pub objects: BTreeMap<ObjectId, Object>,
    /// Which object needs which, by `pg_depend`, among [`objects`](Self::objects). An owned sequence does not need its
    /// column here: [`Sequence::owned_by`] tells that, and the column's default needs the sequence.
    pub dependencies: BTreeSet<Dependency>,
    /// The names of each relation's columns in their order. The order is kept for writing a table down, and is no
    /// fact to compare: PostgreSQL cannot change it in place.
    pub column_order: BTreeMap<ObjectId, Vec<String>>,
    /// Columns and checks that a partition or an inheritance child has from its parents alone (`attislocal`, `conislocal`).
    /// They go with the parents'. That is kept for writing a table down, and is no fact to compare: PostgreSQL cannot
    /// change it in place, and no row shows it.
    #[serde(default)]
    pub inherited: BTreeSet<ObjectId>,
    /// Columns whose `NOT NULL` a partition or an inheritance child has from its parents alone (`conislocal`, from
    /// PostgreSQL 18): it goes with the parents', and one that the child declares itself stays. Kept as
    /// [`inherited`](Self::inherited) is, and no fact to compare either.
    #[serde(default)]
    pub inherited_not_null: BTreeSet<ObjectId>,
    /// The names that the columns of partitioned indexes were given, those of constraints included: what is named after
    /// them in new partitions. They stay as they are when the table's columns take other names, are kept for telling how
    /// PostgreSQL names an index, and are no fact to compare.
    #[serde(default)]
    pub index_columns: BTreeMap<ObjectId, Vec<String>>,
    /// What exists in the database but has no kind here, or an attribute that is not read. Named, never ignored.
    pub unread: BTreeSet<Unread>,
}

/// An object: what it is, and what PostgreSQL attaches to objects of any kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Object {
    /// What the object is.
    pub definition: Definition,
    /// Its comment (`pg_description`).
    pub comment: Option<String>,
    /// Its security labels by provider (`pg_seclabel`).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
    /// Comments and security labels of its parts that have no identity here.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub parts: BTreeMap<Part, PartNotes>,
    /// The extensions that it goes with (`DEPENDS ON EXTENSION`): it is dropped with any of them.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub extensions: BTreeSet<String>,
    /// The role that owns it, where owners were asked for and it has one of its own; [`OWNER`](crate::OWNER) for the
    /// current role.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
}

impl Object {
    /// An object that nothing is attached to.
    #[must_use]
    pub fn new(definition: Definition) -> Self {
        Self {
            definition,
            comment: None,
            labels: BTreeMap::new(),
            parts: BTreeMap::new(),
            extensions: BTreeSet::new(),
            owner: None,
        }
    }
}

/// What an object is, by kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Definition {
    /// A schema.
    Schema(Schema),
    /// An extension.
    Extension(Extension),
    /// A collation.
    Collation(Collation),
    /// An enum type.
    Enum(EnumType),
    /// A composite type, without its attributes.
    Composite(CompositeType),
    /// A range type.
    Range(RangeType),
    /// A domain, without its checks.
    Domain(Domain),
    /// A sequence.
    Sequence(Sequence),
    /// A table, without its columns, constraints and indexes: those are objects of their own.
    Table(Table),
    /// A column.
    Column(Column),
    /// An attribute of a composite type.
    Attribute(Attribute),
    /// A constraint.
    Constraint(Constraint),
    /// A check of a domain.
    DomainConstraint(DomainConstraint),
    /// An index.
    Index(Index),
    /// A view or materialised view.
    View(View),
    /// A function or procedure.
    Routine(Routine),
    /// A cast.
    Cast(Cast),
    /// A text search dictionary.
    TextSearchDictionary(TextSearchDictionary),
    /// A text search configuration.
    TextSearchConfiguration(TextSearchConfiguration),
    /// A trigger.
    Trigger(Trigger),
    /// An aggregate function.
    Aggregate(Aggregate),
    /// A rule.
    Rule(Rule),
    /// A policy.
    Policy(Policy),
    /// An event trigger.
    EventTrigger(EventTrigger),
    /// Extended statistics.
    Statistics(Statistics),
    /// A publication.
    Publication(Publication),
    /// A foreign-data wrapper.
    ForeignDataWrapper(ForeignDataWrapper),
    /// A foreign server.
    Server(Server),
    /// A user mapping.
    UserMapping(UserMapping),
    /// A foreign table, without its columns, constraints and triggers: those are objects of their own.
    ForeignTable(ForeignTable),
    /// What later objects are born with.
    DefaultPrivileges(Privileges),
    /// What a grantee may do with an object.
    Privileges(Privileges),
}

/// One object that needs another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Dependency {
    /// The object that would break.
    pub dependent: ObjectId,
    /// The object that it needs.
    pub referenced: ObjectId,
}

/// Something in the database that this catalogue does not hold.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Unread {
    /// What it is in PostgreSQL's words: `partitioned table`, `domain`, `policy`, …
    pub kind: String,
    /// Its name as SQL: `public.measurements`.
    pub name: String,
}

impl fmt::Display for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind, self.name)
    }
}

impl Catalog {
    /// The definition of an object.
    #[must_use]
    pub fn definition(&self, id: &ObjectId) -> Option<&Definition> {
        self.objects.get(id).map(|object| &object.definition)
    }

    /// The indexes that are not usable: what a failed `CREATE INDEX CONCURRENTLY` left behind, or damage.
    pub fn invalid_indexes(&self) -> impl Iterator<Item = &ObjectId> {
        self.objects
            .iter()
            .filter(|(_, object)| matches!(&object.definition, Definition::Index(index) if !index.valid))
            .map(|(id, _)| id)
    }

    /// Says that this state wants these extensions in just the versions that it has them in.
    pub fn pin(&mut self, extensions: &BTreeSet<String>) {
        for name in extensions {
            let id = ObjectId::global(crate::Kind::Extension, name);
            if let Some(object) = self.objects.get_mut(&id)
                && let Definition::Extension(extension) = &mut object.definition
            {
                extension.pinned = true;
            }
        }
    }

    /// The table, ordinary or foreign, that bears a name.
    #[must_use]
    pub fn table_named(&self, name: &QualifiedName) -> Option<ObjectId> {
        [Kind::Table, Kind::ForeignTable]
            .into_iter()
            .map(|kind| ObjectId::in_schema(kind, &name.schema, &name.name))
            .find(|id| self.objects.contains_key(id))
    }

    /// What an object needs, directly.
    pub fn referenced_by<'a>(&'a self, id: &'a ObjectId) -> impl Iterator<Item = &'a ObjectId> + 'a {
        let first = Dependency {
            dependent: id.clone(),
            referenced: smallest(),
        };
        self.dependencies
            .range(first..)
            .take_while(move |d| d.dependent == *id)
            .map(|d| &d.referenced)
    }
}

impl Definition {
    /// Whether inheritance children have the same by themselves: a column, and a check that does not say `NO INHERIT`.
    #[must_use]
    pub fn is_inheritable(&self) -> bool {
        match self {
            Self::Column(_) => true,
            Self::Constraint(constraint) => {
                matches!(&constraint.definition, ConstraintKind::Check(check) if !check.no_inherit)
            }
            _ => false,
        }
    }

    /// Whether this is a partitioned table.
    #[must_use]
    pub fn is_partitioned(&self) -> bool {
        matches!(self, Self::Table(table) if table.partition_key.is_some())
    }

    /// What a table has its inherited columns from; nothing for what is no table.
    #[must_use]
    pub fn parents(&self) -> Parents<'_> {
        let (partition_of, inherits) = match self {
            Self::Table(table) => (&table.partition_of, &table.inherits),
            Self::ForeignTable(table) => (&table.partition_of, &table.inherits),
            _ => return Parents::default(),
        };
        Parents {
            partition_of: partition_of.as_ref(),
            inherits,
        }
    }

    /// As [`parents`](Self::parents), to be changed.
    pub fn parents_mut(&mut self) -> Option<(&mut Option<PartitionOf>, &mut Vec<ObjectId>)> {
        match self {
            Self::Table(table) => Some((&mut table.partition_of, &mut table.inherits)),
            Self::ForeignTable(table) => Some((&mut table.partition_of, &mut table.inherits)),
            _ => None,
        }
    }

    /// The object of a partitioned table that this one is a partition's part of.
    #[must_use]
    pub fn partition_of(&self) -> Option<&ObjectId> {
        match self {
            Self::Constraint(constraint) => constraint.partition_of.as_ref(),
            Self::Index(index) => index.partition_of.as_ref(),
            Self::Trigger(trigger) => trigger.partition_of.as_ref(),
            _ => None,
        }
    }

    /// As [`partition_of`](Self::partition_of), to be changed.
    pub fn partition_of_mut(&mut self) -> Option<&mut ObjectId> {
        match self {
            Self::Constraint(constraint) => constraint.partition_of.as_mut(),
            Self::Index(index) => index.partition_of.as_mut(),
            Self::Trigger(trigger) => trigger.partition_of.as_mut(),
            _ => None,
        }
    }
}

/// An identity that sorts before every other.
fn smallest() -> ObjectId {
    ObjectId {
        kind: Kind::Schema,
        path: Vec::new(),
        signature: None,
    }
}
