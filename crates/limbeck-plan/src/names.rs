//! The names that objects take, and which others have them: several kinds share a namespace, and some objects have
//! parts with names of their own.

use std::collections::HashMap;

use limbeck_catalog::{Catalog, Definition, ObjectId};
use limbeck_sql::QualifiedName;

use crate::kinds::column::not_null;

/// What has to be free for an object to take it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Namespace {
    Relation,
    Type,
    /// Functions in the wide sense, by name and signature.
    Routine,
    /// The constraints of one relation, which stands in the place of the schema.
    Constraint,
}

/// A name, and among which others it has to be the only one.
pub(crate) type Name = (Namespace, QualifiedName);

/// The names that an object takes.
pub(crate) fn names(id: &ObjectId, definition: &Definition) -> Vec<Name> {
    let Some(name) = id.qualified_name() else {
        return Vec::new();
    };
    match definition {
        Definition::Table(_)
        | Definition::View(_)
        | Definition::ForeignTable(_)
        | Definition::Composite(_) => {
            vec![(Namespace::Relation, name.clone()), (Namespace::Type, name)]
        }
        Definition::Sequence(_) | Definition::Index(_) => vec![(Namespace::Relation, name)],
        Definition::Enum(_) | Definition::Domain(_) => vec![(Namespace::Type, name)],
        Definition::Range(range) => vec![
            (Namespace::Type, name),
            (Namespace::Type, range.multirange.clone()),
        ],
        Definition::Routine(_) | Definition::Aggregate(_) => {
            let signature = id.signature.as_deref().unwrap_or_default();
            let name = QualifiedName::new(name.schema, format!("{}({signature})", name.name));
            vec![(Namespace::Routine, name)]
        }
        Definition::Column(column) => {
            let sequence = column
                .identity
                .iter()
                .map(|identity| (Namespace::Relation, identity.sequence.clone()));
            let constraint = column
                .not_null_constraint
                .iter()
                .map(|constraint| not_null::name_in_relation(id, &constraint.name));
            sequence.chain(constraint).collect()
        }
        Definition::Constraint(constraint) => {
            let mut names = vec![not_null::name_in_relation(id, id.name())];
            if constraint.definition.index().is_some() {
                names.push((Namespace::Relation, QualifiedName::new(name.schema, id.name())));
            }
            names
        }
        _ => Vec::new(),
    }
}

/// Which objects have which names.
#[derive(Debug, Default)]
pub(crate) struct NameOwners<'a> {
    owners: HashMap<Name, Vec<&'a ObjectId>>,
}

impl<'a> NameOwners<'a> {
    /// Gathers the names of objects.
    pub(crate) fn new<'d>(objects: impl IntoIterator<Item = (&'a ObjectId, &'d Definition)>) -> Self {
        let mut names = Self::default();
        for (id, definition) in objects {
            for name in self::names(id, definition) {
                let owners = names.owners.entry(name).or_default();
                if !owners.contains(&id) {
                    owners.push(id);
                }
            }
        }
        names
    }

    /// Gathers the names of all objects of a catalogue.
    pub(crate) fn of_catalog(catalog: &'a Catalog) -> Self {
        let objects = catalog.objects.iter();
        Self::new(objects.map(|(id, object)| (id, &object.definition)))
    }

    /// The objects that have a name, or a part that has it.
    pub(crate) fn of(&self, name: &Name) -> &[&'a ObjectId] {
        self.owners.get(name).map_or(&[], Vec::as_slice)
    }

    /// Whether any object has a name.
    pub(crate) fn is_taken(&self, name: &Name) -> bool {
        self.owners.contains_key(name)
    }
}
