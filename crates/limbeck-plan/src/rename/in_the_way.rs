//! What has a name that an object takes when it is renamed: it is dropped later, or renamed in its turn, and gets
//! another name until then.

use std::collections::BTreeSet;

use limbeck_catalog::{Catalog, Definition, Kind, ObjectId};
use limbeck_sql::{QualifiedName, quote_identifier};

use super::with_name;
use crate::names::{Name, NameOwners, Namespace, names};
use crate::render;

/// What has to give a name up.
pub(super) enum InTheWay {
    /// An object, with the identity that it gets.
    Object(ObjectId, ObjectId),
    /// A part of an object that is no object of its own, by its name, with the name that it gets.
    Part(ObjectId, Name, String),
}

/// What has the names that an object takes once it is `target`.
pub(super) fn find(
    current: &Catalog,
    wanted: &Catalog,
    object: &ObjectId,
    target: &ObjectId,
) -> Vec<InTheWay> {
    let Some(definition) = current.definition(object) else {
        return Vec::new();
    };
    let states = [current, wanted].map(|catalog| (catalog, NameOwners::of_catalog(catalog)));
    let [(_, owners), _] = &states;
    let mut objects: BTreeSet<&ObjectId> = BTreeSet::new();
    objects.extend(current.objects.get_key_value(target).map(|(id, _)| id));
    let mut found = Vec::new();
    for name in names(target, definition) {
        for &owner in owners.of(&name).iter().filter(|owner| **owner != object) {
            if is_of_part(owner, &name) {
                let (namespace, old) = &name;
                let free = free_name(&old.name, |candidate| {
                    let candidate = (*namespace, QualifiedName::new(&old.schema, candidate));
                    states.iter().any(|(_, owners)| owners.is_taken(&candidate))
                });
                found.push(InTheWay::Part(owner.clone(), name.clone(), free));
            } else {
                objects.insert(owner);
            }
        }
    }
    let moved = objects.into_iter().filter_map(|id| {
        let definition = current.definition(id)?;
        let kept = names(id, definition);
        let free = free_name(id.name(), |candidate| {
            let id = with_name(id, candidate);
            let names = names(&id, definition);
            states.iter().any(|(catalog, owners)| {
                let mut others = names.iter().filter(|name| !kept.contains(name));
                catalog.objects.contains_key(&id) || others.any(|name| owners.is_taken(name))
            })
        });
        Some(InTheWay::Object(id.clone(), with_name(id, &free)))
    });
    found.extend(moved);
    found
}

fn free_name(old: &str, is_taken: impl Fn(&str) -> bool) -> String {
    render::free_name(&format!("{old}_old"), &is_taken)
}

/// Whether a name that an object has is not its own: that of a multirange, of an identity's sequence, of a `NOT NULL`.
fn is_of_part(id: &ObjectId, (_, name): &Name) -> bool {
    match id.kind {
        Kind::Column => true,
        Kind::Type => id.qualified_name().as_ref() != Some(name),
        _ => false,
    }
}

/// Gives a part of an object another name, if the object has such a part: what it was called with its namespace, and
/// the statement.
pub(super) fn rename_part(
    id: &ObjectId,
    definition: &mut Definition,
    (namespace, old): &Name,
    new: &str,
) -> Option<String> {
    let quoted = quote_identifier(new);
    match definition {
        Definition::Range(range) if range.multirange == *old => {
            new.clone_into(&mut range.multirange.name);
            Some(format!("ALTER TYPE {old} RENAME TO {quoted}"))
        }
        Definition::Column(column) => match namespace {
            Namespace::Relation => {
                let identity = column.identity.as_mut()?;
                new.clone_into(&mut identity.sequence.name);
                Some(format!("ALTER SEQUENCE {old} RENAME TO {quoted}"))
            }
            _ => {
                let constraint = column.not_null_constraint.as_mut()?;
                new.clone_into(&mut constraint.name);
                Some(format!(
                    "ALTER TABLE {} RENAME CONSTRAINT {} TO {quoted}",
                    render::relation(id),
                    quote_identifier(&old.name)
                ))
            }
        },
        _ => None,
    }
}
