//! What differs between two catalogues, and which part of one is meant.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::{Catalog, Definition, Kind, ObjectId};

/// One object that is not the same in two catalogues.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Difference {
    /// The object.
    pub object: ObjectId,
    /// How it differs.
    pub what: DifferenceKind,
}

/// How an object differs between two catalogues.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DifferenceKind {
    /// Only the other catalogue has it.
    Added,
    /// Only this catalogue has it.
    Removed,
    /// Both have it, and describe it differently.
    Changed,
}

impl Catalog {
    /// What differs from this catalogue to another, in the order of identities. The order of columns, dependencies
    /// and what is unread do not count. What is inherited, or a part of what a partitioned table has, and differs just as
    /// its origin does, is not told again.
    #[must_use]
    pub fn differences(&self, other: &Self) -> Vec<Difference> {
        let all = self.all_differences(other);
        let told: BTreeSet<&Difference> = all.iter().collect();
        all.iter()
            .filter(|difference| !self.follows(other, difference, &told))
            .cloned()
            .collect()
    }

    /// Whether a difference is that of what the object has its definition from.
    fn follows(&self, other: &Self, difference: &Difference, all: &BTreeSet<&Difference>) -> bool {
        let id = &difference.object;
        let catalog = match difference.what {
            DifferenceKind::Removed => self,
            DifferenceKind::Added | DifferenceKind::Changed => other,
        };
        catalog.origins(id).into_iter().any(|origin| {
            let is_same = difference.what != DifferenceKind::Changed
                || self.definition(id) == self.definition(&origin)
                    && other.definition(id) == other.definition(&origin);
            let of_origin = Difference {
                object: origin,
                what: difference.what,
            };
            is_same && all.contains(&of_origin)
        })
    }

    /// What an object has from the parents of its table.
    fn origins(&self, id: &ObjectId) -> Vec<ObjectId> {
        let Some(definition) = self.definition(id) else {
            return Vec::new();
        };
        if let Some(part_of) = definition.partition_of() {
            return vec![part_of.clone()];
        }
        if !self.inherited.contains(id) {
            return Vec::new();
        }
        let table = id.qualified_name().and_then(|name| self.table_named(&name));
        let parents = table
            .and_then(|table| self.definition(&table))
            .map(Definition::parents);
        parents
            .unwrap_or_default()
            .iter()
            .filter_map(|parent| {
                Some(ObjectId::in_relation(
                    id.kind,
                    &parent.qualified_name()?,
                    id.name(),
                ))
            })
            .collect()
    }

    fn all_differences(&self, other: &Self) -> Vec<Difference> {
        let mut differences = Vec::new();
        let mut add = |object: &ObjectId, what| {
            differences.push(Difference {
                object: object.clone(),
                what,
            });
        };
        let mut left = self.objects.iter().peekable();
        let mut right = other.objects.iter().peekable();
        loop {
            match (left.peek(), right.peek()) {
                (None, None) => return differences,
                (Some((id, _)), None) => {
                    add(id, DifferenceKind::Removed);
                    left.next();
                }
                (None, Some((id, _))) => {
                    add(id, DifferenceKind::Added);
                    right.next();
                }
                (Some((a, _)), Some((b, _))) if a < b => {
                    add(a, DifferenceKind::Removed);
                    left.next();
                }
                (Some((a, _)), Some((b, _))) if a > b => {
                    add(b, DifferenceKind::Added);
                    right.next();
                }
                (Some((id, a)), Some((_, b))) => {
                    if a != b {
                        add(id, DifferenceKind::Changed);
                    }
                    left.next();
                    right.next();
                }
            }
        }
    }

    /// The objects that a revision's `declares` lines list: all but those that belong to another that is listed
    /// (columns, attributes, sequences owned by a column, what a partition has from its parent) and those that every
    /// database has (the schema `public`, the extension
    /// `plpgsql`).
    #[must_use]
    pub fn declarable(&self) -> BTreeSet<ObjectId> {
        self.objects
            .keys()
            .filter(|id| self.owner(id).is_none() && !is_born_with_database(id))
            .cloned()
            .collect()
    }

    /// Keeps these objects with what belongs to them (columns, sequences owned by a column), and what every database
    /// has, which is never listed; removes all others, and the dependencies on them.
    pub fn retain(&mut self, ids: &BTreeSet<ObjectId>) {
        let kept: BTreeSet<ObjectId> = self
            .objects
            .keys()
            .filter(|id| {
                let listed = self.owner(id);
                ids.contains(listed.as_ref().unwrap_or(id)) || ids.contains(id) || is_born_with_database(id)
            })
            .cloned()
            .collect();
        self.objects.retain(|id, _| kept.contains(id));
        self.column_order.retain(|id, _| kept.contains(id));
        self.inherited.retain(|id| kept.contains(id));
        self.inherited_not_null.retain(|id| kept.contains(id));
        self.index_columns.retain(|id, _| kept.contains(id));
        self.dependencies
            .retain(|edge| kept.contains(&edge.dependent) && kept.contains(&edge.referenced));
    }

    /// The table or type that an object comes and goes with, where it is no part of the managed set by itself. What a
    /// partition has from the table that it is a partition of belongs to the partition.
    fn owner(&self, id: &ObjectId) -> Option<ObjectId> {
        let definition = self.definition(id)?;
        if let Definition::Attribute(_) = definition {
            let composite = id.qualified_name()?;
            return Some(ObjectId::in_schema(Kind::Type, composite.schema, composite.name));
        }
        if self.inherited.contains(id) || definition.partition_of().is_some() {
            if let Definition::Index(index) = definition {
                return Some(index.relation.clone());
            }
            return self.table_named(&id.qualified_name()?);
        }
        let column = match id.kind {
            Kind::Column => id,
            Kind::Sequence => match definition {
                Definition::Sequence(sequence) => sequence.owned_by.as_ref()?,
                _ => return None,
            },
            _ => return None,
        };
        let table = column.qualified_name()?;
        let owner = self.table_named(&table);
        owner.or_else(|| Some(ObjectId::in_schema(Kind::Table, table.schema, table.name)))
    }
}

/// Whether a fresh database has the object already.
fn is_born_with_database(id: &ObjectId) -> bool {
    matches!(
        (id.kind, id.name()),
        (Kind::Schema, "public") | (Kind::Extension, "plpgsql")
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Column, ColumnSettings, Dependency, Extension, Object, Schema, Sequence, SequenceOptions, Table,
    };

    fn object(definition: Definition) -> Object {
        Object::new(definition)
    }

    fn id(text: &str) -> ObjectId {
        text.parse().unwrap()
    }

    fn ids(texts: &[&str]) -> BTreeSet<ObjectId> {
        texts.iter().map(|text| id(text)).collect()
    }

    fn column() -> Definition {
        Definition::Column(Column {
            data_type: "bigint".to_owned(),
            not_null: true,
            not_null_constraint: None,
            default: None,
            generated: None,
            identity: None,
            collation: None,
            settings: ColumnSettings::default(),
        })
    }

    fn table() -> Definition {
        Definition::Table(Table::default())
    }

    fn sequence(owned_by: Option<&str>) -> Definition {
        Definition::Sequence(Sequence {
            options: SequenceOptions {
                data_type: "bigint".to_owned(),
                start: 1,
                increment: 1,
                minimum: i64::MIN,
                maximum: i64::MAX,
                cache: 1,
                cycle: false,
            },
            owned_by: owned_by.map(id),
            unlogged: false,
        })
    }

    fn catalog() -> Catalog {
        let extension = |schema: &str| {
            Definition::Extension(Extension {
                schema: schema.to_owned(),
                version: "1.0".to_owned(),
                pinned: false,
            })
        };
        let objects = [
            ("schema public", Definition::Schema(Schema {})),
            ("schema app", Definition::Schema(Schema {})),
            ("extension plpgsql", extension("pg_catalog")),
            ("extension pg_trgm", extension("public")),
            ("table app.users", table()),
            ("column app.users.id", column()),
            ("sequence app.users_id_seq", sequence(Some("column app.users.id"))),
            ("sequence app.numbers", sequence(None)),
            ("table app.\"Other\"", table()),
            ("column app.\"Other\".id", column()),
        ];
        let edges = [
            ("column app.users.id", "table app.users"),
            ("column app.users.id", "sequence app.users_id_seq"),
            ("column app.\"Other\".id", "table app.\"Other\""),
            ("table app.users", "schema app"),
        ];
        Catalog {
            server_version_num: 150_018,
            objects: objects
                .into_iter()
                .map(|(text, definition)| (id(text), object(definition)))
                .collect(),
            dependencies: edges
                .into_iter()
                .map(|(dependent, referenced)| Dependency {
                    dependent: id(dependent),
                    referenced: id(referenced),
                })
                .collect(),
            inherited: BTreeSet::new(),
            inherited_not_null: BTreeSet::new(),
            index_columns: std::collections::BTreeMap::new(),
            column_order: [
                (id("table app.users"), vec!["id".to_owned()]),
                (id("table app.\"Other\""), vec!["id".to_owned()]),
            ]
            .into(),
            unread: BTreeSet::new(),
        }
    }

    #[test]
    fn a_catalogue_does_not_differ_from_itself() {
        assert_eq!(catalog().differences(&catalog()), []);
    }

    #[test]
    fn additions_removals_and_changes_are_told_apart() {
        let old = catalog();
        let mut new = catalog();
        new.objects.remove(&id("schema app"));
        new.objects.remove(&id("column app.users.id"));
        new.objects.insert(id("column app.users.a"), object(column()));
        new.objects.insert(id("view app.z"), object(column()));
        new.objects.get_mut(&id("table app.users")).unwrap().comment = Some("People".to_owned());
        let found: Vec<(String, DifferenceKind)> = old
            .differences(&new)
            .into_iter()
            .map(|difference| (difference.object.to_string(), difference.what))
            .collect();
        assert_eq!(
            found,
            [
                ("schema app".to_owned(), DifferenceKind::Removed),
                ("table app.users".to_owned(), DifferenceKind::Changed),
                ("column app.users.a".to_owned(), DifferenceKind::Added),
                ("column app.users.id".to_owned(), DifferenceKind::Removed),
                ("view app.z".to_owned(), DifferenceKind::Added),
            ]
        );
    }

    #[test]
    fn columns_and_owned_sequences_are_not_declared() {
        assert_eq!(
            catalog().declarable(),
            ids(&[
                "schema app",
                "extension pg_trgm",
                "table app.users",
                "sequence app.numbers",
                "table app.\"Other\"",
            ])
        );
    }

    #[test]
    fn what_belongs_to_a_kept_object_is_kept() {
        let mut kept = catalog();
        kept.retain(&ids(&["table app.users"]));
        assert_eq!(
            kept.objects.into_keys().collect::<BTreeSet<_>>(),
            ids(&[
                "schema public",
                "extension plpgsql",
                "table app.users",
                "column app.users.id",
                "sequence app.users_id_seq",
            ])
        );
        assert_eq!(kept.dependencies.len(), 2);
        assert_eq!(kept.column_order.len(), 1);
    }

    #[test]
    fn all_that_can_be_declared_is_all_there_is() {
        let mut kept = catalog();
        kept.retain(&catalog().declarable());
        assert_eq!(kept, catalog());
    }

    #[test]
    fn json_reads_back() {
        let text = serde_json::to_string(&catalog()).unwrap();
        assert_eq!(serde_json::from_str::<Catalog>(&text).unwrap(), catalog());
    }
}
