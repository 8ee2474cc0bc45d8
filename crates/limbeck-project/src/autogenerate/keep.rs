//! What neither structs nor `.sql` files speak of, and somebody set by hand: it stays as the history has it.
//!
//! What differs from what a table has that is told nothing, somebody has said, in a struct or in a `.sql` file; the
//! opposite is only said by a struct.

use std::collections::{BTreeMap, BTreeSet};

use limbeck_catalog::{
    Catalog, Column, ColumnSettings, Definition, Identity, IndexSettings, Kind, NotNullConstraint, ObjectId,
    ReplicaIdentity, Table,
};
use limbeck_sql::default_name;

use crate::declared::{Declared, Said};

/// A table, by schema and name.
type Name = (String, String);

/// Puts the history's value in place of what nobody speaks of. The history is under the names of the wanted state: a rename
/// takes nothing back.
pub(super) fn keep_optional_attributes(wanted: &mut Catalog, history: &Catalog, declared: &Declared) {
    let tables = &declared.struct_tables;
    let marked = Marked::of(wanted, tables);
    for (id, object) in &mut wanted.objects {
        // An index lies beside its table.
        let relation = match &object.definition {
            Definition::Index(index) => index.relation.path.as_slice(),
            _ => id.path.as_slice(),
        };
        let [schema, table, ..] = relation else {
            continue;
        };
        let name = (schema.clone(), table.clone());
        let Some(said) = tables.get(&name) else {
            continue;
        };
        let of_table = OfTable {
            said,
            identity_is_said: marked.identity.contains(&name),
            order_is_said: marked.clustered.contains(&name),
        };
        match (&mut object.definition, history.definition(id)) {
            (Definition::Table(table), Some(Definition::Table(before))) => of_table.keep(table, before),
            // Another type may not allow the same storage.
            (Definition::Column(column), Some(Definition::Column(before)))
                if column.data_type == before.data_type =>
            {
                of_table.keep_of_column(column, before, id);
            }
            (Definition::Constraint(constraint), Some(Definition::Constraint(before))) => {
                if let (Some(index), Some(before)) =
                    (constraint.definition.index_mut(), before.definition.index())
                {
                    keep_unless_said(&mut index.comment, &before.comment);
                    of_table.keep_of_index(&mut index.settings, &before.settings, id.name());
                }
            }
            (Definition::Index(index), Some(Definition::Index(before))) => {
                of_table.keep_of_index(&mut index.settings, &before.settings, id.name());
            }
            _ => {}
        }
    }
    forget_lost_replica_identities(wanted, tables);
}

/// The tables of structs of which something is said that lies in several objects.
struct Marked {
    /// Those of which it is said what tells their rows apart.
    identity: BTreeSet<Name>,
    /// Those of which it is said which index they are ordered by.
    clustered: BTreeSet<Name>,
}

impl Marked {
    fn of(wanted: &Catalog, tables: &BTreeMap<Name, Said>) -> Self {
        let mut marked = Self {
            identity: BTreeSet::new(),
            clustered: BTreeSet::new(),
        };
        for (name, said) in tables {
            let id = ObjectId::in_schema(Kind::Table, &name.0, &name.1);
            let table = wanted.definition(&id);
            if said.table.contains(&"replica_identity")
                || matches!(table, Some(Definition::Table(table)) if table.replica_identity != ReplicaIdentity::Default)
            {
                marked.identity.insert(name.clone());
            }
        }
        for (path, settings) in indexes(wanted) {
            if let [schema, table, ..] = path
                && settings.clustered
            {
                marked.clustered.insert((schema.clone(), table.clone()));
            }
        }
        marked
    }
}

/// What is set of indexes, those of constraints among them, with the paths of their tables (and more).
fn indexes(catalog: &Catalog) -> impl Iterator<Item = (&[String], &IndexSettings)> {
    catalog
        .objects
        .iter()
        .filter_map(|(id, object)| match &object.definition {
            Definition::Index(index) => Some((index.relation.path.as_slice(), &index.settings)),
            Definition::Constraint(constraint) => {
                Some((id.path.as_slice(), &constraint.definition.index()?.settings))
            }
            _ => None,
        })
}

/// Where the index that told rows apart is declared no more, the primary key does again.
fn forget_lost_replica_identities(wanted: &mut Catalog, tables: &BTreeMap<Name, Said>) {
    let with_index: BTreeSet<Name> = indexes(wanted)
        .filter_map(|(path, settings)| match path {
            [schema, table, ..] if settings.replica_identity => Some((schema.clone(), table.clone())),
            _ => None,
        })
        .collect();
    for (id, object) in &mut wanted.objects {
        if let (Definition::Table(table), [schema, name]) = (&mut object.definition, id.path.as_slice())
            && table.replica_identity == ReplicaIdentity::Index
            && let name = (schema.clone(), name.clone())
            && tables.contains_key(&name)
            && !with_index.contains(&name)
        {
            table.replica_identity = ReplicaIdentity::Default;
        }
    }
}

/// A table of a struct, and what is said of it.
struct OfTable<'s> {
    said: &'s Said,
    identity_is_said: bool,
    order_is_said: bool,
}

impl OfTable<'_> {
    fn says(&self, word: &str) -> bool {
        self.said.table.contains(&word)
    }

    /// All of a table but what is said of it, and what it inherits from, which bears on what tables hold.
    fn keep(&self, table: &mut Table, before: &Table) {
        let wanted = std::mem::replace(table, before.clone());
        table.inherits = wanted.inherits;
        if self.says("unlogged") || wanted.unlogged {
            table.unlogged = wanted.unlogged;
        }
        if self.says("options") || !wanted.options.is_empty() {
            table.options = wanted.options;
        }
        if self.says("tablespace") || wanted.tablespace.is_some() {
            table.tablespace = wanted.tablespace;
        }
        if self.says("using") || wanted.access_method.is_some() {
            table.access_method = wanted.access_method;
        }
        // One of both may be said in a `.sql` file, and the other one by hand.
        if self.says("row_security") || wanted.row_security {
            table.row_security = wanted.row_security;
        }
        if self.says("row_security") || wanted.force_row_security {
            table.force_row_security = wanted.force_row_security;
        }
        if self.identity_is_said {
            table.replica_identity = wanted.replica_identity;
        }
        if self.says("partition_by") || wanted.partition_key.is_some() {
            table.partition_key = wanted.partition_key;
        }
        if wanted.partition_of.is_some() {
            table.partition_of = wanted.partition_of;
        }
        if wanted.of_type.is_some() {
            table.of_type = wanted.of_type;
        }
    }

    /// What is set of a column, and what stands behind its `NOT NULL` and its identity.
    fn keep_of_column(&self, column: &mut Column, before: &Column, id: &ObjectId) {
        let of_column = self.said.columns.get(id.name());
        let says = |word| of_column.is_some_and(|said| said.contains(&word));
        let settings = &mut column.settings;
        let wanted: ColumnSettings = std::mem::replace(settings, before.settings.clone());
        if says("storage") || wanted.storage.is_some() {
            settings.storage = wanted.storage;
        }
        if says("compression") || wanted.compression.is_some() {
            settings.compression = wanted.compression;
        }
        if says("statistics") || wanted.statistics_target.is_some() {
            settings.statistics_target = wanted.statistics_target;
        }
        if !wanted.options.is_empty() {
            settings.options = wanted.options;
        }
        if let (Some(constraint), Some(before)) =
            (&mut column.not_null_constraint, &before.not_null_constraint)
        {
            keep_of_not_null(constraint, before, id);
        }
        if let (Some(identity), Some(before)) = (&mut column.identity, &before.identity) {
            self.keep_of_identity(identity, before);
        }
    }

    fn keep_of_identity(&self, identity: &mut Identity, before: &Identity) {
        keep_unless_said(&mut identity.comment, &before.comment);
        // It goes with its table.
        if !self.says("unlogged") && !identity.unlogged {
            identity.unlogged = before.unlogged;
        }
    }

    fn keep_of_index(&self, settings: &mut IndexSettings, before: &IndexSettings, name: &str) {
        let of_index = self.said.indexes.get(name);
        let says = |word| of_index.is_some_and(|said| said.contains(&word));
        let wanted = std::mem::replace(settings, before.clone());
        if says("with") || !wanted.options.is_empty() {
            settings.options = wanted.options;
        }
        if says("tablespace") || wanted.tablespace.is_some() {
            settings.tablespace = wanted.tablespace;
        }
        if !wanted.statistics.is_empty() {
            settings.statistics = wanted.statistics;
        }
        if self.order_is_said {
            settings.clustered = wanted.clustered;
        }
        if self.identity_is_said {
            settings.replica_identity = wanted.replica_identity;
        }
    }
}

/// The constraint behind `NOT NULL`, of which structs say nothing.
fn keep_of_not_null(constraint: &mut NotNullConstraint, before: &NotNullConstraint, column: &ObjectId) {
    let own_name = column
        .qualified_name()
        .map(|table| default_name::not_null(&table.name, column.name(), &|_| false));
    if own_name.as_ref() == Some(&constraint.name) {
        constraint.name.clone_from(&before.name);
    }
    constraint.validated &= before.validated;
    constraint.no_inherit |= before.no_inherit;
    keep_unless_said(&mut constraint.comment, &before.comment);
}

fn keep_unless_said(comment: &mut Option<String>, before: &Option<String>) {
    if comment.is_none() {
        comment.clone_from(before);
    }
}
