//! One pass over a server's system catalogues: what is known so far, and what belongs to it.

use std::collections::{BTreeMap, HashMap};
use std::fmt;

use limbeck_sql::QualifiedName;
use tokio_postgres::Client;
use tokio_postgres::types::Oid;

use super::address::{Address, Addresses, class};
use super::ahead::Source;
use super::operator_class::OperatorClasses;
use super::rows::Rows;
use super::{ReadError, ReadOptions};
use super::{
    aggregate, attached, cast, collation, column, comment, composite_type, constraint, default_privileges,
    dependency, domain, enum_type, event_trigger, exclude, extension, foreign, index, owner, partition,
    policy, privileges, publication, range_type, relation, routine, rule, schema, sequence, statistics,
    text_search, trigger, unread, view,
};
use crate::{Catalog, Definition, Dependency, Kind, OWNER, Object, ObjectId, Unread};

/// A catalogue in the making.
pub(super) struct Reader<'a> {
    client: &'a Client,
    source: Source<'a>,
    /// The server's `server_version_num`.
    pub(super) version: u32,
    pub(super) options: &'a ReadOptions,
    /// What has been read.
    pub(super) catalog: Catalog,
    /// Where it stands in the system catalogues.
    pub(super) addresses: Addresses,
    /// The schemas that are looked into.
    pub(super) schemas: BTreeMap<Oid, String>,
    /// Which extension each member, by its catalogue and OID, belongs to; `None` for one that is excluded.
    pub(super) members: HashMap<(Oid, Oid), Option<ObjectId>>,
    /// Tables and views, those that are not read as well.
    pub(super) relations: HashMap<Oid, Relation>,
    /// Collations by OID.
    pub(super) collations: HashMap<Oid, QualifiedName>,
    pub(super) operator_classes: OperatorClasses,
    /// The indexes of partitions that are parts of an index of the partitioned table, with that.
    pub(super) attached_indexes: BTreeMap<Oid, Oid>,
    /// The names of the columns of partitioned indexes.
    pub(super) index_columns: BTreeMap<Oid, Vec<String>>,
}

/// A table, view or materialised view.
pub(super) struct Relation {
    pub(super) id: ObjectId,
    pub(super) name: QualifiedName,
    pub(super) standing: Standing,
    /// Its columns by number.
    pub(super) columns: BTreeMap<i16, Attribute>,
}

/// Whether a relation is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    Ours,
    /// An extension's: only what others attached to it is ours.
    Member,
    /// Left out, though foreign keys may refer to it.
    NotRead,
}

/// What indexes and constraints need to know of a column.
pub(super) struct Attribute {
    pub(super) name: String,
    /// Its type; of a domain the type beneath.
    pub(super) data_type: Oid,
    /// Its collation, 0 where its type has none.
    pub(super) collation: Oid,
}

impl<'a> Reader<'a> {
    pub(super) fn new(client: &'a Client, version: u32, options: &'a ReadOptions) -> Self {
        Self {
            client,
            source: Source::Gathered(Vec::new()),
            version,
            options,
            catalog: Catalog {
                server_version_num: version,
                ..Catalog::default()
            },
            addresses: Addresses::default(),
            schemas: BTreeMap::new(),
            members: HashMap::new(),
            relations: HashMap::new(),
            collations: HashMap::new(),
            operator_classes: OperatorClasses::default(),
            attached_indexes: BTreeMap::new(),
            index_columns: BTreeMap::new(),
        }
    }

    /// Reads everything.
    pub(super) async fn read(mut self) -> Result<Catalog, ReadError> {
        let mut rehearsal = Self::new(self.client, self.version, self.options);
        rehearsal.read_schemas().await?;
        self.send(std::mem::replace(
            &mut rehearsal.source,
            Source::Gathered(Vec::new()),
        ));
        self.read_schemas().await?;
        rehearsal.read_objects().await?;
        self.send(rehearsal.source);
        self.read_objects().await?;
        exclude::leave_out(&mut self.catalog, self.options);
        Ok(self.catalog)
    }

    /// Sends the queries that a rehearsal gathered.
    fn send(&mut self, gathered: Source<'_>) {
        let schemas: Vec<Oid> = self.schemas.keys().copied().collect();
        self.source = Source::send(self.client, gathered.into_queries(), &schemas);
    }

    /// Reads which schemas are looked into.
    async fn read_schemas(&mut self) -> Result<(), ReadError> {
        extension::read(self).await?;
        schema::read(self).await
    }

    /// Reads what lies in the schemas, and what lies in none. Each kind builds on those before it.
    async fn read_objects(&mut self) -> Result<(), ReadError> {
        collation::read(self).await?;
        enum_type::read(self).await?;
        composite_type::read(self).await?;
        domain::read(self).await?;
        let sequences = relation::read(self).await?;
        foreign::read(self).await?;
        column::read(self).await?;
        sequence::read(self, &sequences).await?;
        let indexes = index::read(self).await?;
        partition::read(self).await?;
        let indexes = constraint::read(self, indexes).await?;
        index::finish(self, indexes)?;
        range_type::read(self).await?;
        text_search::read(self).await?;
        view::read(self).await?;
        routine::read(self).await?;
        aggregate::read(self).await?;
        cast::read(self).await?;
        trigger::read(self).await?;
        rule::read(self).await?;
        policy::read(self).await?;
        statistics::read(self).await?;
        event_trigger::read(self).await?;
        publication::read(self).await?;
        unread::read(self).await?;
        attached::read(self).await?;
        privileges::read(self).await?;
        default_privileges::read(self).await?;
        comment::read(self).await?;
        if self.options.owners {
            owner::read(self).await?;
        }
        dependency::read(self).await
    }

    /// A role as it stands in the catalogue: one that counts as the current one has no name there, since what it makes
    /// is its own on any server.
    pub(super) fn role(&self, name: String, is_current: bool) -> String {
        if self.is_own_role(&name, is_current) {
            OWNER.to_owned()
        } else {
            name
        }
    }

    /// Whether a role counts as the current one.
    pub(super) fn is_own_role(&self, name: &str, is_current: bool) -> bool {
        is_current || self.options.own_roles.contains(name)
    }

    /// Whether the server is of this major or newer.
    pub(super) fn since(&self, major: u32) -> bool {
        self.version >= major * 10_000
    }

    /// The rows of a query whose only parameter, `$1`, is the OIDs of the schemas that are looked into. Neither what is
    /// asked for nor the order may depend on what was read: queries are sent ahead.
    pub(super) async fn rows(&mut self, what: &'static str, sql: &str) -> Result<Rows, ReadError> {
        self.source.rows(what, sql).await
    }

    /// The qualified name of what lies in a schema that is looked into, unless it is excluded.
    pub(super) fn qualified_name(&self, schema: Oid, name: &str) -> Option<QualifiedName> {
        let schema = self.schemas.get(&schema)?;
        (!self.is_excluded(schema, name)).then(|| QualifiedName::new(schema, name))
    }

    /// Whether a pattern leaves out what lies in a schema.
    pub(super) fn is_excluded(&self, schema: &str, name: &str) -> bool {
        self.options
            .exclude
            .iter()
            .any(|pattern| pattern.matches(schema, name))
    }

    /// Whether a pattern leaves out what lies in no schema.
    pub(super) fn is_excluded_by_itself(&self, name: &str) -> bool {
        self.options
            .exclude
            .iter()
            .any(|pattern| pattern.matches_schema(name))
    }

    /// Whether a pattern leaves out a relation.
    pub(super) fn is_of_excluded(&self, relation: Oid) -> bool {
        self.relations
            .get(&relation)
            .is_some_and(|relation| self.is_excluded(&relation.name.schema, &relation.name.name))
    }

    /// Whether any object among these is ours; they come as the OID of a catalogue and one in it, again and again.
    pub(super) fn is_any_ours(&self, used: Option<&[Oid]>) -> bool {
        let (pairs, _) = used.unwrap_or_default().as_chunks::<2>();
        pairs
            .iter()
            .any(|&[class, object]| self.addresses.get(Address::whole(class, object)).is_some())
    }

    /// Whether an extension brought an object.
    pub(super) fn is_member(&self, class: Oid, object: Oid) -> bool {
        self.members.contains_key(&(class, object))
    }

    /// The object that an address stands for: an object of ours, or the extension that brought it.
    pub(super) fn resolve(&self, address: Address) -> Option<&ObjectId> {
        self.addresses
            .containing(address)
            .map(|(id, _)| id)
            .or_else(|| self.members.get(&(address.class, address.object))?.as_ref())
    }

    /// Adds an object, which lies in the schema or the relation of its identity.
    pub(super) fn insert(&mut self, address: Address, id: &ObjectId, definition: Definition) {
        self.addresses.insert(address, id.clone());
        self.catalog.objects.insert(id.clone(), Object::new(definition));
    }

    /// Adds an object that lies directly in a schema.
    pub(super) fn insert_in_schema(
        &mut self,
        address: Address,
        schema: Oid,
        id: &ObjectId,
        definition: Definition,
    ) {
        self.insert(address, id, definition);
        if let Some(schema) = self.resolve(Address::whole(class::NAMESPACE, schema)).cloned() {
            self.depends(id, &schema);
        }
    }

    /// Adds an object that belongs to a relation by what it is, though the relation may be an extension's.
    pub(super) fn insert_on_relation(
        &mut self,
        address: Address,
        relation: &ObjectId,
        id: &ObjectId,
        definition: Definition,
    ) {
        self.insert(address, id, definition);
        self.depends_on_relation(id, relation);
    }

    /// Notes that an object needs a relation, where that is ours.
    pub(super) fn depends_on_relation(&mut self, id: &ObjectId, relation: &ObjectId) {
        if self.catalog.objects.contains_key(relation) {
            self.depends(id, relation);
        }
    }

    /// Notes that one object needs another.
    pub(super) fn depends(&mut self, dependent: &ObjectId, referenced: &ObjectId) {
        if dependent != referenced {
            self.catalog.dependencies.insert(Dependency {
                dependent: dependent.clone(),
                referenced: referenced.clone(),
            });
        }
    }

    /// Names something that is not read.
    pub(super) fn unread(&mut self, kind: impl Into<String>, name: &dyn fmt::Display) {
        self.catalog.unread.insert(Unread {
            kind: kind.into(),
            name: name.to_string(),
        });
    }

    /// The name of a relation's column, for an index or a constraint that refers to it by number.
    pub(super) fn column(
        &self,
        relation: Oid,
        number: i16,
        object: impl Fn() -> String,
    ) -> Result<&Attribute, ReadError> {
        self.relations
            .get(&relation)
            .and_then(|relation| relation.columns.get(&number))
            .ok_or_else(|| {
                ReadError::inconsistent(object(), format!("column number {number} of relation {relation}"))
            })
    }
}

impl Relation {
    pub(super) fn is_ours(&self) -> bool {
        self.standing == Standing::Ours
    }

    /// The identity of one of its columns.
    pub(super) fn column_id(&self, name: &str) -> ObjectId {
        ObjectId::in_relation(Kind::Column, &self.name, name)
    }
}
