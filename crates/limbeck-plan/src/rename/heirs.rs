//! What is renamed in partitions and inheritance children because it is renamed in their parents.

use std::collections::BTreeSet;

use limbeck_catalog::{Catalog, ConstraintKind, Definition, Kind, ObjectId};

/// From this version on a trigger of a partitioned table takes those of the partitions along.
const TRIGGERS_FOLLOW: u32 = 150_000;

/// The objects that follow the renaming of another one, with their new identities.
pub(super) fn of(catalog: &Catalog, from: &ObjectId, to: &ObjectId) -> Vec<(ObjectId, ObjectId)> {
    let follows = match catalog.definition(from) {
        Some(Definition::Trigger(_)) => true,
        definition => is_inheritable(definition),
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
            let heir = in_table(from, child);
            let is_heir = match catalog.definition(&heir) {
                Some(Definition::Trigger(trigger)) => trigger.partition_of.is_some(),
                definition => is_inheritable(definition),
            };
            if is_heir {
                found.push((heir, in_table(to, child)));
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
    if id.kind != Kind::Constraint || !is_inheritable(catalog.definition(id)) {
        return false;
    }
    let table = table_of(catalog, id).and_then(|table| catalog.definition(&table));
    let mut parents = table.into_iter().flat_map(|table| table.parents().iter());
    parents.any(|parent| is_inheritable(catalog.definition(&in_table(id, parent))))
}

fn is_inheritable(definition: Option<&Definition>) -> bool {
    match definition {
        Some(Definition::Column(_)) => true,
        Some(Definition::Constraint(constraint)) => matches!(&constraint.definition,
            ConstraintKind::Check(check) if !check.no_inherit),
        _ => false,
    }
}

fn table_of(catalog: &Catalog, id: &ObjectId) -> Option<ObjectId> {
    let name = id.qualified_name().filter(|_| id.kind.is_in_relation())?;
    catalog.table_named(&name)
}

/// The object of the same name in another table.
fn in_table(id: &ObjectId, table: &ObjectId) -> ObjectId {
    match table.qualified_name() {
        Some(table) => ObjectId::in_relation(id.kind, &table, id.name()),
        None => id.clone(),
    }
}
