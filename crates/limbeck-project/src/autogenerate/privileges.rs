//! Privileges that people granted by hand: kept, on whatever their objects are called by now, and told apart from those
//! that models declare.

use std::collections::{BTreeMap, BTreeSet};

use limbeck_catalog::{
    Catalog, DefaultPrivilegesScope, Definition, Dependency, Kind, Object, ObjectId, Privileges,
};
use limbeck_plan::{Rename, renamed_identity};

use super::Wanted;
use super::wanted::is_about_privileges;

/// Adds what the history grants and no model ever declared to what is wanted; and what new objects are born with under
/// default privileges that were set by hand.
pub(super) fn keep(wanted: &mut Wanted, current: &Catalog, managed: &BTreeSet<ObjectId>, renames: &[Rename]) {
    let by_hand: Vec<(&ObjectId, &Object)> = current
        .objects
        .iter()
        .filter(|(id, _)| is_about_privileges(id) && !managed.contains(*id))
        .collect();
    if by_hand.is_empty() {
        return;
    }
    let mut defaults: BTreeMap<String, Vec<(DefaultPrivilegesScope, Privileges)>> = BTreeMap::new();
    for (id, object) in by_hand {
        let catalog = &wanted.state.catalog;
        let needed: Vec<ObjectId> = current
            .referenced_by(id)
            .map(|needed| successor(needed, current, catalog, renames))
            .collect();
        let renamed = match (id.object_of_privileges(), needed.as_slice()) {
            // The sequence of a column is called after it.
            (Some(object), [holder]) if object.kind == Kind::Sequence => match catalog.objects.get(holder) {
                Some(object) => ObjectId::privileges(id.name(), &named_by_grants(holder, object)),
                None => continue,
            },
            _ => renamed_identity(id, renames),
        };
        if needed.iter().any(|needed| !catalog.objects.contains_key(needed)) {
            // It went with what it was on.
            continue;
        }
        if let (Definition::DefaultPrivileges(privileges), Some(scope)) =
            (&object.definition, renamed.default_privileges_scope())
            && !catalog.objects.contains_key(&renamed)
        {
            let of_grantee = defaults.entry(renamed.name().to_owned()).or_default();
            of_grantee.push((scope, privileges.clone()));
        }
        insert(wanted, renamed, object.clone(), needed);
    }
    if !defaults.is_empty() {
        add_born(wanted, current, renames, &defaults);
    }
}

/// What an object of the history is in the wanted state; a column's own sequence may be called otherwise there.
fn successor(id: &ObjectId, current: &Catalog, wanted: &Catalog, renames: &[Rename]) -> ObjectId {
    let renamed = renamed_identity(id, renames);
    let Some(Definition::Sequence(sequence)) = current.definition(id) else {
        return renamed;
    };
    let Some(owner) = &sequence.owned_by else {
        return renamed;
    };
    let owner = renamed_identity(owner, renames);
    let of_owner = wanted.objects.iter().find(|(_, object)| {
        matches!(&object.definition, Definition::Sequence(sequence) if sequence.owned_by.as_ref() == Some(&owner))
    });
    of_owner.map_or(renamed, |(id, _)| id.clone())
}

/// Adds a fact that no model declares, unless one does.
fn insert(wanted: &mut Wanted, id: ObjectId, object: Object, needed: Vec<ObjectId>) {
    let catalog = &mut wanted.state.catalog;
    if catalog.objects.contains_key(&id) {
        return;
    }
    catalog
        .dependencies
        .extend(needed.into_iter().map(|referenced| Dependency {
            dependent: id.clone(),
            referenced,
        }));
    catalog.objects.insert(id.clone(), object);
    wanted.unmanaged.insert(id);
}

/// What objects that are new are born with.
fn add_born(
    wanted: &mut Wanted,
    current: &Catalog,
    renames: &[Rename],
    defaults: &BTreeMap<String, Vec<(DefaultPrivilegesScope, Privileges)>>,
) {
    let old: BTreeSet<ObjectId> = current
        .objects
        .keys()
        .map(|id| renamed_identity(id, renames))
        .collect();
    let objects = &wanted.state.catalog.objects;
    let new: Vec<(ObjectId, ObjectId)> = objects
        .iter()
        .filter(|(id, _)| !old.contains(*id))
        .map(|(id, object)| (id.clone(), named_by_grants(id, object)))
        .collect();
    for (holder, object) in new {
        for (grantee, defaults) in defaults {
            let scopes = defaults.iter().map(|(scope, privileges)| (scope, privileges));
            let born = Privileges::born_under(&object, grantee, scopes);
            if !born.is_empty() {
                let id = ObjectId::privileges(grantee, &object);
                let born = Object::new(Definition::Privileges(born));
                insert(wanted, id, born, vec![holder.clone()]);
            }
        }
    }
}

/// What privileges on an object are on: of an identity column, its sequence.
fn named_by_grants(id: &ObjectId, object: &Object) -> ObjectId {
    match &object.definition {
        Definition::Column(column) => match &column.identity {
            Some(identity) => {
                ObjectId::in_schema(Kind::Sequence, &identity.sequence.schema, &identity.sequence.name)
            }
            None => id.clone(),
        },
        _ => id.clone(),
    }
}
