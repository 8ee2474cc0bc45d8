//! One pass over a server's system catalogues: what is known so far, and what belongs to it.

use std::collections::{BTreeMap, HashMap};
use std::fmt;

use limbeck_sql::QualifiedName;
use tokio_postgres::Client;
use tokio_postgres::types::{Oid, Type};

use super::address::{Address, Addresses, class};
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
    pub(super) client: &'a Client,
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

    /// Reads everything. Each kind builds on those before it.
    pub(super) async fn read(mut self) -> Result<Catalog, ReadError> {
        extension::read(&mut self).await?;
        schema::read(&mut self).await?;
        collation::read(&mut self).await?;
        enum_type::read(&mut self).await?;
        composite_type::read(&mut self).await?;
        domain::read(&mut self).await?;
        let sequences = relation::read(&mut self).await?;
        foreign::read(&mut self).await?;
        column::read(&mut self).await?;
        sequence::read(&mut self, &sequences).await?;
        let indexes = index::read(&mut self).await?;
        partition::read(&mut self).await?;
        let indexes = constraint::read(&mut self, indexes).await?;
        index::finish(&mut self, indexes)?;
        range_type::read(&mut self).await?;
        text_search::read(&mut self).await?;
        view::read(&mut self).await?;
        routine::read(&mut self).await?;
        aggregate::read(&mut self).await?;
        cast::read(&mut self).await?;
        trigger::read(&mut self).await?;
        rule::read(&mut self).await?;
        policy::read(&mut self).await?;
        statistics::read(&mut self).await?;
        event_trigger::read(&mut self).await?;
        publication::read(&mut self).await?;
        unread::read(&mut self).await?;
        attached::read(&mut self).await?;
        privileges::read(&mut self).await?;
        default_privileges::read(&mut self).await?;
        comment::read(&mut self).await?;
        if self.options.owners {
            owner::read(&mut self).await?;
        }
        dependency::read(&mut self).await?;
        if let Some(predicate) = &self.options.exclude_if {
            exclude::leave_out(&mut self.catalog, predicate);
        }
        Ok(self.catalog)
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

    /// Sends a query whose only parameter, `$1`, is the OIDs of the schemas that are looked into.
    pub(super) async fn rows(&self, what: &'static str, sql: &str) -> Result<Rows, ReadError> {
        let schemas: Vec<Oid> = self.schemas.keys().copied().collect();
        Rows::start(self.client, what, sql, &[(&schemas, Type::OID_ARRAY)]).await
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
            .ok_or_else(|| ReadError::Inconsistent {
                object: object(),
                missing: format!("column number {number} of relation {relation}"),
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

/// Storage parameters in the order of their names; PostgreSQL keeps the order in which they were set.
pub(super) fn sorted(options: Option<Vec<String>>) -> Vec<String> {
    let mut options = options.unwrap_or_default();
    options.sort();
    options
}
