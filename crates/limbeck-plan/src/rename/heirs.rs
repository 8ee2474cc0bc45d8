//! What is renamed in partitions and inheritance children because it is renamed in their parents.

use std::collections::BTreeSet;

use limbeck_catalog::{Catalog, Definition, Kind, ObjectId};

/// From this version on a trigger of a partitioned table takes those of the partitions along.
const TRIGGERS_FOLLOW: u32 = 150_000;

/// The objects that follow the renaming of another one, with their new identities.
pub(super) fn of(catalog: &Catalog, from: &ObjectId, to: &ObjectId) -> Vec<(ObjectId, ObjectId)> {
    let follows = match catalog.definition(from) {
        Some(Definition::Trigger(_)) => true,
        definition => definition.is_some_and(Definition::is_inheritable),
    };
    let Some(home) = table_of(catalog, from).filter(|_| follows) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    let mut open = vec![home];
    while let Some(parent) = open.pop() {
        for (child, object) in &catalog.objects {
            let mut parents = object.definition.parents().iter();
            if !parents.any(|id| *id == parent) || !seen.insert(child.clone()) {
                continue;
            }
            open.push(child.clone());
            let (Some(heir), Some(renamed)) = (from.in_other(child), to.in_other(child)) else {
                continue;
            };
            let is_heir = match catalog.definition(&heir) {
                Some(Definition::Trigger(trigger)) => trigger.partition_of.is_some(),
                definition => definition.is_some_and(Definition::is_inheritable),
            };
            if is_heir {
                found.push((heir, renamed));
            }
        }
    }
    found
}

/// Whether PostgreSQL renames the objects of children along.
pub(super) fn follow_by_themselves(kind: Kind, server_version_num: u32) -> bool {
    kind != Kind::Trigger || server_version_num >= TRIGGERS_FOLLOW
}

/// Whether a constraint is inherited, so that it has the name that the parent's has.
pub(super) fn has_origin(catalog: &Catalog, id: &ObjectId) -> bool {
    if id.kind != Kind::Constraint || !catalog.definition(id).is_some_and(Definition::is_inheritable) {
        return false;
    }
    let table = table_of(catalog, id).and_then(|table| catalog.definition(&table));
    let mut parents = table.into_iter().flat_map(|table| table.parents().iter());
    parents.any(|parent| {
        let origin = id.in_other(parent);
        let origin = origin.and_then(|origin| catalog.definition(&origin));
        origin.is_some_and(Definition::is_inheritable)
    })
}

fn table_of(catalog: &Catalog, id: &ObjectId) -> Option<ObjectId> {
    let name = id.qualified_name().filter(|_| id.kind.is_in_relation())?;
    catalog.table_named(&name)
}
