//! What looks as if it had been renamed: candidates to ask about, never to act upon.

use std::collections::{BTreeMap, BTreeSet};

use limbeck_catalog::{Attribute, Catalog, Column, ConstraintKind, Definition, Kind, Object, ObjectId};
use limbeck_sql::QualifiedName;

use crate::Rename;
use crate::compare::side_by_side;

/// Pairs of an object that goes and one that comes which may be the same: columns of one table with one type and the same
/// constraints, tables with the same columns, enum types with the same labels, composite types with the same attributes,
/// attributes of one type, domains over one type, labels at one place. A column that is in no such pair may be one with
/// other constraints. An object can be in several pairs. Ordered by kind and name.
#[must_use]
pub fn possible_renames<'c>(current: &'c Catalog, wanted: &'c Catalog) -> Vec<Rename> {
    let mut gone: Vec<(&ObjectId, &Object)> = Vec::new();
    let mut come: Vec<(&ObjectId, &Object)> = Vec::new();
    let mut labels = Vec::new();
    for (id, before, after) in side_by_side(&current.objects, &wanted.objects) {
        match (before, after) {
            (Some(before), None) => gone.push((id, before)),
            (None, Some(after)) => come.push((id, after)),
            (Some(before), Some(after)) if before != after => {
                if let (Definition::Enum(before), Definition::Enum(after)) =
                    (&before.definition, &after.definition)
                {
                    labels.extend(label(id, &before.labels, &after.labels));
                }
            }
            _ => {}
        }
    }
    if gone.is_empty() || come.is_empty() {
        return labels;
    }
    let shapes = (Shapes::new(current), Shapes::new(wanted));
    let shaped = |objects: Vec<(&'c ObjectId, &'c Object)>, shapes: &Shapes<'c>, other: &Catalog| {
        let shaped = objects
            .into_iter()
            .filter_map(|(id, object)| Some((shapes.of(id, object, other)?, id)));
        shaped.collect::<Vec<_>>()
    };
    let mut gone = shaped(gone, &shapes.0, wanted);
    let mut come = shaped(come, &shapes.1, current);
    let mut pairs = of_one_shape(&gone, &come);
    // A column may get or lose a constraint with its new name, where nothing else is more like it.
    let paired: BTreeSet<&ObjectId> = pairs.iter().flat_map(|&(from, to)| [from, to]).collect();
    for side in [&mut gone, &mut come] {
        side.retain(|(_, id)| !paired.contains(id));
        side.iter_mut().for_each(|(shape, _)| shape.forget_constraints());
    }
    pairs.extend(of_one_shape(&gone, &come));
    pairs.sort();
    let renames = pairs
        .into_iter()
        .map(|(from, to)| Rename::object(from.clone(), to.clone()));
    renames.chain(labels).collect()
}

/// All pairs of what goes and what comes that have one shape.
fn of_one_shape<'c>(
    gone: &[(Shape<'c>, &'c ObjectId)],
    come: &[(Shape<'c>, &'c ObjectId)],
) -> Vec<(&'c ObjectId, &'c ObjectId)> {
    let mut by_shape: BTreeMap<&Shape<'_>, Vec<&ObjectId>> = BTreeMap::new();
    for (shape, id) in come {
        by_shape.entry(shape).or_default().push(id);
    }
    let pairs = gone.iter().flat_map(|(shape, from)| {
        let come = by_shape.get(shape).into_iter().flatten();
        come.map(move |&to| (*from, to))
    });
    pairs.collect()
}

/// What two objects have in common when they may be one.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Shape<'a> {
    Labels(&'a str, &'a [String]),
    Column(&'a [String], &'a str, Bounds<'a>),
    /// A partition is no other one with other bounds.
    Table(&'a str, Vec<(&'a str, &'a str)>, Option<&'a str>),
    Composite(&'a str, Vec<(&'a str, &'a str)>),
    Domain(&'a str, &'a str),
}

impl Shape<'_> {
    fn forget_constraints(&mut self) {
        if let Self::Column(_, _, bounds) = self {
            bounds.constraints.clear();
        }
    }
}

/// What a column may hold, beside its type.
#[derive(Default, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Bounds<'a> {
    not_null: bool,
    is_identity: bool,
    is_generated: bool,
    constraints: Vec<Part<'a>>,
}

/// What a column is to a constraint, by its place among the columns of that.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Part<'a> {
    PrimaryKey {
        place: usize,
        of: usize,
    },
    Unique {
        place: usize,
        of: usize,
    },
    References {
        table: &'a QualifiedName,
        place: usize,
        of: usize,
    },
    Check,
    Exclusion,
}

/// The columns of each table of a catalogue.
struct Shapes<'a> {
    catalog: &'a Catalog,
    columns: BTreeMap<&'a [String], Vec<(&'a str, &'a str)>>,
    /// What constraints each column is in, in order.
    constraints: BTreeMap<ObjectId, Vec<Part<'a>>>,
}

impl<'a> Shapes<'a> {
    fn new(catalog: &'a Catalog) -> Self {
        let mut columns: BTreeMap<&[String], Vec<(&str, &str)>> = BTreeMap::new();
        for (id, object) in &catalog.objects {
            if let (
                Definition::Column(Column { data_type, .. })
                | Definition::Attribute(Attribute { data_type, .. }),
                [table @ .., name],
            ) = (&object.definition, id.path.as_slice())
            {
                columns.entry(table).or_default().push((name, data_type));
            }
        }
        Self {
            catalog,
            columns,
            constraints: constraints(catalog),
        }
    }

    fn bounds(&self, id: &ObjectId, column: &Column) -> Bounds<'a> {
        Bounds {
            not_null: column.not_null,
            is_identity: column.identity.is_some(),
            is_generated: column.generated.is_some(),
            constraints: self.constraints.get(id).cloned().unwrap_or_default(),
        }
    }

    /// The shape of an object; `None` when it has none, or when it came or went with its table.
    fn of(&self, id: &'a ObjectId, object: &'a Object, other: &Catalog) -> Option<Shape<'a>> {
        let schema = id.schema()?;
        match (&object.definition, id.path.as_slice()) {
            (Definition::Enum(enum_type), _) => Some(Shape::Labels(schema, &enum_type.labels)),
            (Definition::Table(table), path) => {
                let bound = table.partition_of.as_ref().map(|of| of.bound.as_str());
                Some(Shape::Table(schema, self.columns.get(path)?.clone(), bound))
            }
            (Definition::Composite(_), path) => {
                let attributes = self.columns.get(path).cloned().unwrap_or_default();
                Some(Shape::Composite(schema, attributes))
            }
            (Definition::Domain(domain), _) => Some(Shape::Domain(schema, &domain.data_type)),
            (Definition::Column(column), [table @ .., _]) => {
                let table_id = ObjectId {
                    kind: Kind::Table,
                    path: table.to_vec(),
                    signature: None,
                };
                // What is inherited is renamed where it comes from.
                let stays = other.objects.contains_key(&table_id) && !self.is_inherited(id, &table_id);
                stays.then(|| Shape::Column(table, &column.data_type, self.bounds(id, column)))
            }
            (Definition::Attribute(attribute), [composite @ .., _]) => {
                let composite_id = ObjectId {
                    kind: Kind::Type,
                    path: composite.to_vec(),
                    signature: None,
                };
                let stays = other.objects.contains_key(&composite_id);
                stays.then(|| Shape::Column(composite, &attribute.data_type, Bounds::default()))
            }
            _ => None,
        }
    }
}

impl Shapes<'_> {
    /// Whether a parent of its table has the column too.
    fn is_inherited(&self, column: &ObjectId, table: &ObjectId) -> bool {
        let table = self.catalog.definition(table);
        table
            .into_iter()
            .flat_map(|table| table.parents().iter())
            .filter_map(ObjectId::qualified_name)
            .any(|parent| {
                let origin = ObjectId::in_relation(Kind::Column, &parent, column.name());
                self.catalog.objects.contains_key(&origin)
            })
    }
}

/// What constraints each column of a catalogue is in.
fn constraints(catalog: &Catalog) -> BTreeMap<ObjectId, Vec<Part<'_>>> {
    let mut found: BTreeMap<ObjectId, Vec<Part<'_>>> = BTreeMap::new();
    for (id, object) in &catalog.objects {
        let (Definition::Constraint(constraint), Some(table)) = (&object.definition, id.qualified_name())
        else {
            continue;
        };
        let columns = match &constraint.definition {
            ConstraintKind::PrimaryKey(key) | ConstraintKind::Unique(key) => &key.columns,
            ConstraintKind::ForeignKey(key) => &key.columns,
            other => {
                let part = match other {
                    ConstraintKind::Check(_) => Part::Check,
                    _ => Part::Exclusion,
                };
                let columns = catalog.referenced_by(id).filter(|id| id.kind == Kind::Column);
                for column in columns {
                    found.entry(column.clone()).or_default().push(part.clone());
                }
                continue;
            }
        };
        let of = columns.len();
        for (place, column) in columns.iter().enumerate() {
            let part = match &constraint.definition {
                ConstraintKind::PrimaryKey(_) => Part::PrimaryKey { place, of },
                ConstraintKind::ForeignKey(key) => Part::References {
                    table: &key.references,
                    place,
                    of,
                },
                _ => Part::Unique { place, of },
            };
            let column = ObjectId::in_relation(Kind::Column, &table, column);
            found.entry(column).or_default().push(part);
        }
    }
    // The names of constraints are none of their columns'.
    found.values_mut().for_each(|parts| parts.sort());
    found
}

/// A label that is another one at the same place, all else being equal.
fn label(id: &ObjectId, before: &[String], after: &[String]) -> Option<Rename> {
    let mut differ = before.iter().zip(after).filter(|(before, after)| before != after);
    let (from, to) = differ.next()?;
    (before.len() == after.len() && differ.next().is_none() && !before.contains(to) && !after.contains(from))
        .then(|| Rename::enum_label(id.clone(), from, to))
}

#[cfg(test)]
mod tests {
    use limbeck_catalog::{
        ColumnSettings, CompositeType, Constraint, ConstraintIndex, Deferrable, Domain, EnumType,
        KeyConstraint, Table,
    };

    use super::*;

    fn catalog(objects: &[(&str, Definition)]) -> Catalog {
        let objects = objects
            .iter()
            .map(|(id, definition)| (id.parse().unwrap(), Object::new(definition.clone())));
        Catalog {
            objects: objects.collect(),
            ..Catalog::default()
        }
    }

    fn column(data_type: &str) -> Definition {
        Definition::Column(Column {
            data_type: data_type.to_owned(),
            not_null: false,
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

    fn labels(labels: &[&str]) -> Definition {
        Definition::Enum(EnumType {
            labels: labels.iter().map(|&label| label.to_owned()).collect(),
        })
    }

    #[test]
    fn columns_of_one_type_in_one_table() {
        let current = catalog(&[("table a.t", table()), ("column a.t.x", column("text"))]);
        let wanted = catalog(&[
            ("table a.t", table()),
            ("column a.t.y", column("text")),
            ("column a.t.z", column("integer")),
        ]);
        let expected = Rename::object("column a.t.x".parse().unwrap(), "column a.t.y".parse().unwrap());
        assert_eq!(possible_renames(&current, &wanted), [expected]);
    }

    fn unique(columns: &[&str]) -> Definition {
        Definition::Constraint(Constraint {
            definition: ConstraintKind::Unique(KeyConstraint {
                columns: columns.iter().map(|&name| name.to_owned()).collect(),
                without_overlaps: false,
                include: Vec::new(),
                nulls_not_distinct: false,
                index: ConstraintIndex::default(),
            }),
            enforced: true,
            validated: true,
            deferrable: Deferrable::No,
            partition_of: None,
        })
    }

    /// A table of texts, some of them unique.
    fn texts(columns: &[&str], keys: &[&str]) -> Catalog {
        let mut objects = vec![("table a.t".to_owned(), table())];
        objects.extend(
            columns
                .iter()
                .map(|name| (format!("column a.t.{name}"), column("text"))),
        );
        objects.extend(
            keys.iter()
                .map(|name| (format!("constraint a.t.t_{name}_key"), unique(&[name]))),
        );
        let objects = objects
            .iter()
            .map(|(id, definition)| (id.as_str(), definition.clone()));
        catalog(&objects.collect::<Vec<_>>())
    }

    fn columns(pairs: &[(&str, &str)]) -> Vec<Rename> {
        let id = |name: &str| format!("column a.t.{name}").parse().unwrap();
        pairs
            .iter()
            .map(|(from, to)| Rename::object(id(from), id(to)))
            .collect()
    }

    #[test]
    fn columns_with_the_same_constraints_come_first() {
        let found = possible_renames(&texts(&["x", "y"], &["y"]), &texts(&["u", "v"], &["u"]));
        assert_eq!(found, columns(&[("x", "v"), ("y", "u")]));
    }

    #[test]
    fn columns_with_other_constraints_where_none_has_the_same() {
        for keys in [(&[] as &[&str], &["u"] as &[&str]), (&["x"], &[])] {
            let found = possible_renames(&texts(&["x"], keys.0), &texts(&["u"], keys.1));
            assert_eq!(found, columns(&[("x", "u")]), "{keys:?}");
        }
        // `y` is like both, which leaves nothing to the others.
        let current = texts(&["w", "x", "y"], &["y"]);
        let wanted = texts(&["t", "v"], &["t", "v"]);
        let all = [("w", "t"), ("w", "v"), ("x", "t"), ("x", "v")];
        let found = possible_renames(&current, &wanted);
        assert_eq!(found, columns(&[("y", "t"), ("y", "v")]));
        let found = possible_renames(&texts(&["w", "x"], &[]), &wanted);
        assert_eq!(found, columns(&all));
    }

    #[test]
    fn tables_of_the_same_columns_without_their_columns() {
        let current = catalog(&[("table a.t", table()), ("column a.t.x", column("text"))]);
        let wanted = catalog(&[("table a.u", table()), ("column a.u.x", column("text"))]);
        let expected = Rename::object("table a.t".parse().unwrap(), "table a.u".parse().unwrap());
        assert_eq!(possible_renames(&current, &wanted), [expected]);
    }

    #[test]
    fn composite_types_attributes_and_domains() {
        let attribute = |data_type: &str| {
            Definition::Attribute(Attribute {
                data_type: data_type.to_owned(),
                collation: None,
            })
        };
        let composite = || {
            Definition::Composite(CompositeType {
                attributes: Vec::new(),
            })
        };
        let domain = || {
            Definition::Domain(Domain {
                data_type: "integer".to_owned(),
                collation: None,
                default: None,
                not_null: false,
                not_null_name: None,
                not_null_comment: None,
            })
        };
        let current = catalog(&[
            ("type a.c", composite()),
            ("column a.c.x", attribute("text")),
            ("type a.k", composite()),
            ("column a.k.x", attribute("date")),
            ("domain a.d", domain()),
        ]);
        let wanted = catalog(&[
            ("type a.c", composite()),
            ("column a.c.y", attribute("text")),
            ("type a.l", composite()),
            ("column a.l.x", attribute("date")),
            ("domain a.e", domain()),
        ]);
        let expected = [
            ("type a.k", "type a.l"),
            ("domain a.d", "domain a.e"),
            ("column a.c.x", "column a.c.y"),
        ];
        assert_eq!(
            possible_renames(&current, &wanted),
            expected.map(|(from, to)| Rename::object(from.parse().unwrap(), to.parse().unwrap()))
        );
    }

    #[test]
    fn types_and_labels() {
        let current = catalog(&[
            ("type a.m", labels(&["x", "y"])),
            ("type a.n", labels(&["x", "y"])),
        ]);
        let wanted = catalog(&[
            ("type a.m", labels(&["x", "z"])),
            ("type a.o", labels(&["x", "y"])),
        ]);
        let expected = [
            Rename::object("type a.n".parse().unwrap(), "type a.o".parse().unwrap()),
            Rename::enum_label("type a.m".parse().unwrap(), "y", "z"),
        ];
        assert_eq!(possible_renames(&current, &wanted), expected);
    }
}
