//! Indexes, constraints, extended statistics and owned sequences that are there under another name: renamed, never rebuilt.

use std::collections::BTreeMap;

use limbeck_catalog::{Catalog, Definition, Kind, Object, ObjectId, Sequence};

use crate::kinds::index_settings;

/// Which objects of the current state are in the wanted state under another name: old and new identity.
pub(super) fn find(current: &Catalog, wanted: &Catalog) -> Vec<(ObjectId, ObjectId)> {
    let mut gone = lacking(current, wanted);
    let mut pairs = Vec::new();
    if gone.is_empty() {
        return pairs;
    }
    for (home, mut came) in lacking(wanted, current) {
        let Some(gone) = gone.get_mut(&home) else {
            continue;
        };
        for likeness in [is_same, is_same_but_for_settings] {
            came.retain(|(to, definition)| {
                let same = |from: &(&ObjectId, &Definition)| {
                    from.0.kind == to.kind && from.0.schema() == to.schema() && likeness(from.1, definition)
                };
                let position = gone.iter().position(same);
                if let Some(position) = position {
                    let (from, _) = gone.swap_remove(position);
                    pairs.push((from.clone(), (*to).clone()));
                }
                position.is_none()
            });
        }
    }
    pairs.sort();
    pairs
}

/// What lies in one catalogue and not in the other, by the object that it belongs to.
fn lacking<'a>(
    catalog: &'a Catalog,
    other: &Catalog,
) -> BTreeMap<ObjectId, Vec<(&'a ObjectId, &'a Definition)>> {
    let mut lacking: BTreeMap<ObjectId, Vec<_>> = BTreeMap::new();
    for kind in [Kind::Sequence, Kind::Constraint, Kind::Index, Kind::Statistics] {
        for (id, object) in of_kind(catalog, kind) {
            if let Some(home) = home(id, &object.definition)
                && !other.objects.contains_key(id)
            {
                lacking.entry(home).or_default().push((id, &object.definition));
            }
        }
    }
    lacking
}

fn of_kind(catalog: &Catalog, kind: Kind) -> impl Iterator<Item = (&ObjectId, &Object)> {
    let first = ObjectId {
        kind,
        path: Vec::new(),
        signature: None,
    };
    catalog
        .objects
        .range(first..)
        .take_while(move |(id, _)| id.kind == kind)
}

/// The object that one without a name of interest is told by: its relation, or the column that owns it.
fn home(id: &ObjectId, definition: &Definition) -> Option<ObjectId> {
    match definition {
        Definition::Sequence(sequence) => sequence.owned_by.clone(),
        Definition::Constraint(_) => {
            let name = id.qualified_name()?;
            Some(ObjectId::in_schema(Kind::Table, name.schema, name.name))
        }
        Definition::DomainConstraint(_) => {
            let name = id.qualified_name()?;
            Some(ObjectId::in_schema(Kind::Domain, name.schema, name.name))
        }
        Definition::Index(index) => Some(index.relation.clone()),
        Definition::Statistics(statistics) => Some(statistics.relation.clone()),
        _ => None,
    }
}

/// What is set of an index is altered once it has its name, and so is the comment on a constraint's.
fn is_same_but_for_settings(before: &Definition, after: &Definition) -> bool {
    if matches!(before, Definition::Index(index) if !index.valid) {
        return false;
    }
    let mut before = before.clone();
    if let (Definition::Constraint(before), Definition::Constraint(after)) = (&mut before, after)
        && let Some((index, wanted)) = before.definition.index_mut().zip(after.definition.index())
    {
        index.comment.clone_from(&wanted.comment);
    }
    index_settings::alone_differ(&before, after)
}

fn is_same(before: &Definition, after: &Definition) -> bool {
    match (before, after) {
        // An owned sequence is the column's counter, whatever its numbers are: those are altered.
        (Definition::Sequence(Sequence { .. }), Definition::Sequence(Sequence { .. })) => true,
        (Definition::Index(index), _) if !index.valid => false,
        _ if before.partition_of().is_some() && after.partition_of().is_some() => {
            // What it is a part of may have another name too.
            let mut before = before.clone();
            if let Some((mine, other)) = before.partition_of_mut().zip(after.partition_of()) {
                mine.clone_from(other);
            }
            before == *after
        }
        _ => before == after,
    }
}
