//! What a database holds that its history did not make.

use std::collections::{BTreeMap, BTreeSet};

use limbeck_catalog::{Catalog, ConstraintKind, Definition, Kind, ObjectId};
use limbeck_plan::{followed, renamed_unasked};

/// What a database holds that its history did not make, and what bears another name than the history gave it.
#[derive(Debug, Default)]
pub(crate) struct Strays {
    /// What stands by itself, or in an object of the history; not what lies in another stray.
    pub(crate) objects: Vec<Stray>,
    /// What the history made under another name: the name that it should have, and that which it has.
    pub(crate) renamed: BTreeMap<ObjectId, ObjectId>,
}

/// An object that the history did not make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stray {
    pub(crate) object: ObjectId,
    /// The object of the history that it was added to: the table of a column, an index, a trigger.
    pub(crate) added_to: Option<ObjectId>,
}

impl Strays {
    /// Those that were added to objects of the history.
    pub(crate) fn additions(&self) -> impl Iterator<Item = &Stray> {
        self.objects.iter().filter(|stray| stray.added_to.is_some())
    }
}

/// A history says nothing of a schema that it puts nothing into, and every database is born with `public`.
pub(super) fn leave_out_unread_schema(made: &mut Catalog, found: &Catalog) {
    let public = ObjectId::global(Kind::Schema, "public");
    let is_used = made
        .objects
        .keys()
        .any(|id| id.kind != Kind::Schema && id.schema() == Some("public"));
    if is_used || found.objects.contains_key(&public) {
        return;
    }
    made.objects.remove(&public);
    made.objects
        .retain(|id, _| id.object_of_privileges().is_none_or(|of| of != public));
    made.dependencies
        .retain(|edge| edge.referenced != public && edge.dependent != public);
}

/// What a history makes together with what else a database holds: what is wanted of the database.
pub(super) fn keep(made: &Catalog, found: &Catalog) -> (Catalog, Strays) {
    let renamed: BTreeMap<ObjectId, ObjectId> = renamed_unasked(found, made)
        .into_iter()
        .map(|(has, should_have)| (should_have, has))
        .collect();
    let under_other_names: BTreeSet<&ObjectId> = renamed.values().collect();
    let strays: BTreeSet<&ObjectId> = found
        .objects
        .keys()
        .filter(|id| !made.objects.contains_key(*id) && !under_other_names.contains(id))
        .filter(|id| !is_second_primary_key(id, made, found))
        .collect();
    let mut wanted = made.clone();
    for id in &strays {
        if let Some(object) = found.objects.get(*id) {
            wanted.objects.insert((*id).clone(), object.clone());
        }
    }
    let edges = found
        .dependencies
        .iter()
        .filter(|edge| strays.contains(&edge.dependent) && wanted.objects.contains_key(&edge.referenced));
    wanted.dependencies.extend(edges.cloned());
    for (relation, columns) in &found.column_order {
        let order = wanted.column_order.entry(relation.clone()).or_default();
        let added = columns.iter().filter(|column| {
            let id = relation
                .qualified_name()
                .map(|relation| ObjectId::in_relation(Kind::Column, &relation, column.as_str()));
            strays.contains(relation) || id.is_some_and(|id| strays.contains(&id))
        });
        order.extend(added.cloned());
    }
    let of_strays = |ids: &BTreeSet<ObjectId>| -> Vec<ObjectId> {
        ids.iter().filter(|id| strays.contains(id)).cloned().collect()
    };
    wanted.inherited.extend(of_strays(&found.inherited));
    wanted
        .inherited_not_null
        .extend(of_strays(&found.inherited_not_null));
    let names = found
        .index_columns
        .iter()
        .filter(|(id, _)| strays.contains(id))
        .map(|(id, names)| (id.clone(), names.clone()));
    wanted.index_columns.extend(names);
    follow_parents(&strays, found, &mut wanted);
    let objects = told(&strays, made, found);
    (wanted, Strays { objects, renamed })
}

/// A child of a table of the history becomes what a change of that table makes of it.
fn follow_parents(strays: &BTreeSet<&ObjectId>, found: &Catalog, wanted: &mut Catalog) {
    for (id, definition) in followed(found, wanted) {
        if strays.contains(&id)
            && let Some(object) = wanted.objects.get_mut(&id)
        {
            object.definition = definition;
        }
    }
}

/// A table has one primary key: where the history makes another one, that which is there has to go.
fn is_second_primary_key(id: &ObjectId, made: &Catalog, found: &Catalog) -> bool {
    is_primary_key(found.definition(id))
        && made.objects.iter().any(|(other, object)| {
            other.kind == Kind::Constraint
                && other.qualified_name() == id.qualified_name()
                && is_primary_key(Some(&object.definition))
        })
}

fn is_primary_key(definition: Option<&Definition>) -> bool {
    matches!(definition, Some(Definition::Constraint(constraint))
        if matches!(constraint.definition, ConstraintKind::PrimaryKey(_)))
}

/// The strays to tell of: none that lies in another, and none that only follows from another.
fn told(strays: &BTreeSet<&ObjectId>, made: &Catalog, found: &Catalog) -> Vec<Stray> {
    let listed = found.declarable();
    strays
        .iter()
        .filter_map(|&id| {
            let definition = found.definition(id)?;
            let home = home(id, definition, found);
            if home.as_ref().is_some_and(|home| strays.contains(home)) {
                return None;
            }
            let is_told = listed.contains(id) || (id.kind == Kind::Column && !found.inherited.contains(id));
            // Grants are made by whoever runs a database, and say nothing of its history.
            let added_to = home.filter(|home| id.kind != Kind::Privileges && made.objects.contains_key(home));
            is_told.then(|| Stray {
                object: id.clone(),
                added_to,
            })
        })
        .collect()
}

/// The object that another lies in or belongs to.
fn home(id: &ObjectId, definition: &Definition, catalog: &Catalog) -> Option<ObjectId> {
    match definition {
        Definition::Index(index) => Some(index.relation.clone()),
        Definition::Statistics(statistics) => Some(statistics.relation.clone()),
        Definition::Sequence(sequence) => sequence.owned_by.clone(),
        Definition::Privileges(_) => id.object_of_privileges(),
        _ if id.kind.is_in_relation() => {
            let name = id.qualified_name()?;
            [
                Kind::Table,
                Kind::ForeignTable,
                Kind::View,
                Kind::MaterializedView,
                Kind::Type,
                Kind::Domain,
            ]
            .into_iter()
            .map(|kind| ObjectId::in_schema(kind, &name.schema, &name.name))
            .find(|home| catalog.objects.contains_key(home))
        }
        _ => None,
    }
}
