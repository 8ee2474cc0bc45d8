//! A catalogue under new names: identities and structured facts follow. Texts do not: how PostgreSQL prints an
//! expression after a rename is asked of PostgreSQL.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use limbeck_catalog::{
    Aggregate, CastMethod, Catalog, Column, ConstraintKind, Definition, Dependency, Index, IndexKey, Kind,
    ObjectId,
};
use limbeck_sql::QualifiedName;

use crate::kinds::domain::{NAMED_NOT_NULL, default_not_null_name};

/// The identity that an object has after `from` became `to`, where that changes it.
pub(super) fn identity(id: &ObjectId, from: &ObjectId, to: &ObjectId) -> Option<ObjectId> {
    if id == from {
        return Some(to.clone());
    }
    if let Some(object) = id.object_of_privileges() {
        return Some(ObjectId::privileges(id.name(), &identity(&object, from, to)?));
    }
    if let Some(mut scope) = id.default_privileges_scope() {
        if from.kind != Kind::Schema || scope.schema.as_deref() != from.schema() {
            return None;
        }
        scope.schema = to.schema().map(str::to_owned);
        return Some(ObjectId::default_privileges(id.name(), &scope));
    }
    // Where in the path the name of what is renamed stands.
    let position = match from.kind {
        Kind::Schema if !id.kind.is_global() && id.schema() == from.schema() => Some(0),
        Kind::Table
        | Kind::ForeignTable
        | Kind::View
        | Kind::MaterializedView
        | Kind::Type
        | Kind::Domain
            if id.kind.is_in_relation() && id.path.starts_with(&from.path) =>
        {
            Some(1)
        }
        Kind::Server if id.kind == Kind::UserMapping && id.path.starts_with(&from.path) => Some(0),
        _ => None,
    };
    let signature = id.signature.as_ref().filter(|_| names_types(from.kind));
    let signature = signature.map(|signature| type_names(signature, from, to));
    if position.is_none() && signature.is_none() {
        return None;
    }
    let mut renamed = id.clone();
    if let Some(position) = position {
        let (name, new) = renamed.path.get_mut(position).zip(to.path.get(position))?;
        name.clone_from(new);
    }
    if signature.is_some() {
        renamed.signature = signature;
    }
    (renamed != *id).then_some(renamed)
}

/// Whether the name of such an object can stand in the name of a type.
fn names_types(kind: Kind) -> bool {
    kind.has_columns() || matches!(kind, Kind::Schema | Kind::Type | Kind::Domain)
}

/// Renames one object, and whatever follows.
pub(super) fn object(catalog: &mut Catalog, from: &ObjectId, to: &ObjectId) {
    rename_identities(catalog, |id| identity(id, from, to));
    for object in catalog.objects.values_mut() {
        definition(&mut object.definition, from, to);
    }
    if let Some(object) = catalog.objects.get_mut(to)
        && let Definition::Domain(domain) = &mut object.definition
        && domain.not_null
        && catalog.server_version_num >= NAMED_NOT_NULL
    {
        // The name that PostgreSQL chose once stays.
        domain
            .not_null_name
            .get_or_insert_with(|| default_not_null_name(from));
    }
    if from.kind == Kind::Column {
        columns(catalog, [(from, to)]);
    }
}

/// Renames columns in what names them within their relation: the order of the columns, and structured facts.
fn columns<'a>(catalog: &mut Catalog, renames: impl IntoIterator<Item = (&'a ObjectId, &'a ObjectId)>) {
    let mut of_relation: HashMap<QualifiedName, Vec<(&ObjectId, &ObjectId)>> = HashMap::new();
    for (from, to) in renames {
        if let Some(relation) = from.qualified_name() {
            of_relation.entry(relation).or_default().push((from, to));
        }
    }
    if of_relation.is_empty() {
        return;
    }
    for (id, names) in &mut catalog.column_order {
        let renames = id
            .qualified_name()
            .and_then(|relation| of_relation.get(&relation));
        for (from, to) in renames.into_iter().flatten() {
            rename_in(names, from, to);
        }
    }
    for (id, object) in &mut catalog.objects {
        for relation in relations(id, &object.definition) {
            for (from, to) in of_relation.get(&relation).into_iter().flatten() {
                column_in(id, &mut object.definition, from, to);
            }
        }
    }
}

/// The relations whose columns an object's facts may name.
fn relations(id: &ObjectId, definition: &Definition) -> BTreeSet<QualifiedName> {
    match definition {
        Definition::Constraint(constraint) => {
            let references = match &constraint.definition {
                ConstraintKind::ForeignKey(key) => Some(key.references.clone()),
                _ => None,
            };
            id.qualified_name().into_iter().chain(references).collect()
        }
        Definition::Composite(_) | Definition::Table(_) => id.qualified_name().into_iter().collect(),
        Definition::Index(index) => index.relation.qualified_name().into_iter().collect(),
        Definition::Statistics(statistics) => statistics.relation.qualified_name().into_iter().collect(),
        Definition::Publication(publication) => {
            let tables = publication.tables.keys();
            tables.filter_map(ObjectId::qualified_name).collect()
        }
        _ => BTreeSet::new(),
    }
}

/// Renames objects that nothing lies under, many at once.
pub(super) fn leaves(catalog: &mut Catalog, renames: &[(ObjectId, ObjectId)]) {
    let new: BTreeMap<&ObjectId, &ObjectId> = renames.iter().map(|(from, to)| (from, to)).collect();
    rename_identities(catalog, |id| match id.object_of_privileges() {
        Some(object) => Some(ObjectId::privileges(id.name(), new.get(&object)?)),
        None => new.get(id).map(|&to| to.clone()),
    });
    for object in catalog.objects.values_mut() {
        if let Some(part_of) = object.definition.partition_of_mut()
            && let Some(&to) = new.get(part_of)
        {
            part_of.clone_from(to);
        }
        if let Definition::Sequence(sequence) = &mut object.definition
            && let Some(owner) = &mut sequence.owned_by
            && let Some(&to) = new.get(owner)
        {
            owner.clone_from(to);
        }
    }
    let of_columns = renames.iter().filter(|(from, _)| from.kind == Kind::Column);
    columns(catalog, of_columns.map(|(from, to)| (from, to)));
}

fn rename_identities(catalog: &mut Catalog, renamed: impl Fn(&ObjectId) -> Option<ObjectId>) {
    let changed: Vec<(ObjectId, ObjectId)> = catalog
        .objects
        .keys()
        .filter_map(|id| {
            let new = renamed(id)?;
            Some((id.clone(), new))
        })
        .collect();
    // All are taken out before one is put back: names may go round.
    let moved: Vec<_> = changed
        .into_iter()
        .filter_map(|(old, new)| Some((new, catalog.objects.remove(&old)?)))
        .collect();
    catalog.objects.extend(moved);
    let orders: Vec<_> = catalog
        .column_order
        .keys()
        .filter_map(|id| {
            let new = renamed(id)?;
            Some((id.clone(), new))
        })
        .collect();
    let moved: Vec<_> = orders
        .into_iter()
        .filter_map(|(old, new)| Some((new, catalog.column_order.remove(&old)?)))
        .collect();
    catalog.column_order.extend(moved);
    let index_columns = std::mem::take(&mut catalog.index_columns);
    catalog.index_columns = index_columns
        .into_iter()
        .map(|(id, columns)| (renamed(&id).unwrap_or(id), columns))
        .collect();
    for inherited in [&mut catalog.inherited, &mut catalog.inherited_not_null] {
        *inherited = std::mem::take(inherited)
            .into_iter()
            .map(|id| renamed(&id).unwrap_or(id))
            .collect();
    }
    let dependencies: BTreeSet<Dependency> = std::mem::take(&mut catalog.dependencies)
        .into_iter()
        .map(|dependency| Dependency {
            dependent: renamed(&dependency.dependent).unwrap_or(dependency.dependent),
            referenced: renamed(&dependency.referenced).unwrap_or(dependency.referenced),
        })
        .collect();
    catalog.dependencies = dependencies;
}

/// Structured facts that name the renamed object or something in it.
fn definition(definition: &mut Definition, from: &ObjectId, to: &ObjectId) {
    let reference = |id: &mut ObjectId| {
        if let Some(new) = identity(id, from, to) {
            *id = new;
        }
    };
    if let Some(part_of) = definition.partition_of_mut() {
        reference(part_of);
    }
    if let Some((partition_of, inherits)) = definition.parents_mut() {
        let parent = partition_of.as_mut().map(|of| &mut of.parent);
        parent.into_iter().chain(inherits).for_each(reference);
    }
    match definition {
        Definition::Table(table) => {
            for part in table.partition_key.iter_mut().flat_map(|key| &mut key.keys) {
                sorting(&mut part.collation, &mut part.operator_class, from, to);
            }
            if let Some(of_type) = &mut table.of_type {
                if from.kind == Kind::Type && from.qualified_name().as_ref() == Some(of_type) {
                    to.name().clone_into(&mut of_type.name);
                }
                schema(of_type, from, to);
            }
        }
        Definition::Extension(extension) if from.kind == Kind::Schema && extension.schema == from.name() => {
            to.name().clone_into(&mut extension.schema);
        }
        Definition::Sequence(sequence) => {
            if let Some(owner) = &mut sequence.owned_by {
                reference(owner);
            }
        }
        Definition::Column(column) => column_facts(column, from, to),
        Definition::Attribute(attribute) => {
            rename_type(&mut attribute.data_type, from, to);
            references(&mut attribute.collation, is_collation, from, to);
        }
        Definition::Domain(domain) => {
            rename_type(&mut domain.data_type, from, to);
            references(&mut domain.collation, is_collation, from, to);
        }
        Definition::Range(range) => {
            rename_type(&mut range.subtype, from, to);
            sorting(&mut range.collation, &mut range.operator_class, from, to);
            let functions = range.canonical.iter_mut().chain(&mut range.subtype_diff);
            references(functions, Kind::is_routine, from, to);
            schema(&mut range.multirange, from, to);
        }
        Definition::Cast(cast) => {
            if let CastMethod::Function(function) = &mut cast.method {
                if *function == from.sql_name() {
                    *function = to.sql_name();
                }
                rename_type(function, from, to);
            }
        }
        Definition::TextSearchDictionary(dictionary) => schema(&mut dictionary.template, from, to),
        Definition::TextSearchConfiguration(configuration) => {
            schema(&mut configuration.parser, from, to);
            let dictionaries = configuration.mappings.values_mut().flatten();
            references(dictionaries, |kind| kind == Kind::TextSearchDictionary, from, to);
        }
        Definition::Constraint(constraint) => match &mut constraint.definition {
            ConstraintKind::ForeignKey(key) => {
                if from.kind == Kind::Table && from.qualified_name().as_ref() == Some(&key.references) {
                    to.name().clone_into(&mut key.references.name);
                }
                schema(&mut key.references, from, to);
            }
            ConstraintKind::Exclusion(exclusion) => index_keys(&mut exclusion.keys, from, to),
            _ => {}
        },
        Definition::Index(index) => {
            reference(&mut index.relation);
            index_keys(&mut index.keys, from, to);
        }
        Definition::Statistics(statistics) => reference(&mut statistics.relation),
        Definition::Publication(publication) => {
            publication.tables = std::mem::take(&mut publication.tables)
                .into_iter()
                .map(|(mut table, published)| {
                    reference(&mut table);
                    (table, published)
                })
                .collect();
            if from.kind == Kind::Schema {
                rename_in_set(&mut publication.schemas, from, to);
            }
        }
        Definition::Routine(routine) if names_types(from.kind) => {
            routine.arguments = type_names(&routine.arguments, from, to);
            if let Some(result) = &mut routine.result {
                *result = type_names(result, from, to);
            }
        }
        Definition::Aggregate(aggregate) => aggregate_facts(aggregate, from, to),
        Definition::EventTrigger(event_trigger) => {
            references([&mut event_trigger.function], Kind::is_routine, from, to);
        }
        Definition::ForeignDataWrapper(wrapper) => {
            let functions = wrapper.handler.iter_mut().chain(&mut wrapper.validator);
            references(functions, Kind::is_routine, from, to);
        }
        Definition::Server(server)
            if from.kind == Kind::ForeignDataWrapper && server.wrapper == from.name() =>
        {
            to.name().clone_into(&mut server.wrapper);
        }
        Definition::ForeignTable(table) if from.kind == Kind::Server && table.server == from.name() => {
            to.name().clone_into(&mut table.server);
        }
        _ => {}
    }
}

fn aggregate_facts(aggregate: &mut Aggregate, from: &ObjectId, to: &ObjectId) {
    let (inverse, moving) = aggregate
        .moving
        .as_mut()
        .map(|moving| (&mut moving.inverse, &mut moving.transition))
        .unzip();
    let others = [
        &mut aggregate.combine,
        &mut aggregate.serialize,
        &mut aggregate.deserialize,
    ];
    let others = others.into_iter().flatten().chain(inverse);
    references(others, Kind::is_routine, from, to);
    for transition in std::iter::once(&mut aggregate.transition).chain(moving) {
        let finish = transition.finish.as_mut().map(|finish| &mut finish.function);
        let functions = std::iter::once(&mut transition.function).chain(finish);
        references(functions, Kind::is_routine, from, to);
        if names_types(from.kind) {
            transition.state = type_names(&transition.state, from, to);
        }
    }
    if names_types(from.kind) {
        aggregate.arguments = type_names(&aggregate.arguments, from, to);
        aggregate.result = type_names(&aggregate.result, from, to);
    }
}

fn column_facts(column: &mut Column, from: &ObjectId, to: &ObjectId) {
    rename_type(&mut column.data_type, from, to);
    references(&mut column.collation, is_collation, from, to);
    if let Some(identity) = &mut column.identity {
        schema(&mut identity.sequence, from, to);
    }
}

fn index_keys(keys: &mut [IndexKey], from: &ObjectId, to: &ObjectId) {
    for key in keys {
        sorting(&mut key.collation, &mut key.operator_class, from, to);
    }
}

/// A type, when the renamed object can stand in the name of one.
fn rename_type(data_type: &mut String, from: &ObjectId, to: &ObjectId) {
    if names_types(from.kind) {
        *data_type = type_names(data_type, from, to);
    }
}

/// What values are sorted by: a collation and an operator class, of which only the first is an object of ours.
fn sorting(
    collation: &mut Option<QualifiedName>,
    operator_class: &mut Option<QualifiedName>,
    from: &ObjectId,
    to: &ObjectId,
) {
    references(collation, is_collation, from, to);
    if let Some(name) = operator_class {
        schema(name, from, to);
    }
}

fn is_collation(kind: Kind) -> bool {
    kind == Kind::Collation
}

/// Names of objects of some kind, where one is the renamed one, or lies in the renamed schema.
fn references<'a>(
    names: impl IntoIterator<Item = &'a mut QualifiedName>,
    is_kind: fn(Kind) -> bool,
    from: &ObjectId,
    to: &ObjectId,
) {
    let renamed = from
        .qualified_name()
        .zip(to.qualified_name())
        .filter(|_| is_kind(from.kind));
    for name in names {
        match &renamed {
            Some((old, new)) if name == old => name.clone_from(new),
            _ => schema(name, from, to),
        }
    }
}

/// The schema of a name, when it is the renamed one.
fn schema(name: &mut QualifiedName, from: &ObjectId, to: &ObjectId) {
    if from.kind == Kind::Schema && name.schema == from.name() {
        to.name().clone_into(&mut name.schema);
    }
}

/// Structured facts that name a renamed column.
fn column_in(id: &ObjectId, definition: &mut Definition, from: &ObjectId, to: &ObjectId) {
    let relation = from.qualified_name();
    let is_own = id.qualified_name() == relation;
    match definition {
        Definition::Composite(composite) if is_own => rename_in(&mut composite.attributes, from, to),
        Definition::Table(table) if is_own => {
            let parts = table.partition_key.iter_mut().flat_map(|key| &mut key.keys);
            for part in parts.filter(|part| !part.is_expression && part.key == from.name()) {
                to.name().clone_into(&mut part.key);
            }
        }
        Definition::Constraint(constraint) => match &mut constraint.definition {
            ConstraintKind::PrimaryKey(key) | ConstraintKind::Unique(key) if is_own => {
                rename_in(&mut key.columns, from, to);
                rename_in(&mut key.include, from, to);
            }
            ConstraintKind::ForeignKey(key) => {
                if Some(&key.references) == relation.as_ref() {
                    rename_in(&mut key.referenced_columns, from, to);
                }
                if is_own {
                    rename_in(&mut key.columns, from, to);
                    rename_in(&mut key.on_delete_columns, from, to);
                }
            }
            ConstraintKind::Exclusion(exclusion) if is_own => {
                rename_keys(&mut exclusion.keys, from, to);
                rename_in(&mut exclusion.include, from, to);
            }
            _ => {}
        },
        Definition::Index(Index {
            relation: of,
            keys,
            include,
            ..
        }) if of.qualified_name() == relation => {
            rename_keys(keys, from, to);
            rename_in(include, from, to);
        }
        Definition::Statistics(statistics) if statistics.relation.qualified_name() == relation => {
            rename_in_set(&mut statistics.columns, from, to);
        }
        Definition::Publication(publication) => {
            for (table, published) in &mut publication.tables {
                if table.qualified_name() == relation {
                    rename_in_set(&mut published.columns, from, to);
                }
            }
        }
        _ => {}
    }
}

fn rename_keys(keys: &mut [IndexKey], from: &ObjectId, to: &ObjectId) {
    for key in keys
        .iter_mut()
        .filter(|key| !key.is_expression && key.key == from.name())
    {
        to.name().clone_into(&mut key.key);
    }
}

fn rename_in(names: &mut [String], from: &ObjectId, to: &ObjectId) {
    for name in names.iter_mut().filter(|name| *name == from.name()) {
        to.name().clone_into(name);
    }
}

fn rename_in_set(names: &mut BTreeSet<String>, from: &ObjectId, to: &ObjectId) {
    if names.remove(from.name()) {
        names.insert(to.name().to_owned());
    }
}

/// A type or a list of types, as PostgreSQL prints them, where the name of one may be the renamed one.
fn type_names(text: &str, from: &ObjectId, to: &ObjectId) -> String {
    let (mut old, mut new) = (from.sql_name(), to.sql_name());
    if from.kind == Kind::Schema {
        old.push('.');
        new.push('.');
    }
    let is_part = |character: char| character.is_alphanumeric() || "_$\".".contains(character);
    let mut renamed = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(position) = rest.find(&old) {
        let (before, after) = rest.split_at(position);
        let after = after.get(old.len()..).unwrap_or_default();
        let previous = before.chars().next_back().or_else(|| renamed.chars().next_back());
        let starts = previous.is_none_or(|character| !is_part(character));
        let ends = old.ends_with('.') || !after.starts_with(is_part);
        renamed.push_str(before);
        renamed.push_str(if starts && ends { &new } else { &old });
        rest = after;
    }
    renamed.push_str(rest);
    renamed
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> ObjectId {
        text.parse().unwrap()
    }

    #[test]
    fn identities_follow_their_containers() {
        let cases = [
            ("table a.t", "schema a", "schema b", Some("table b.t")),
            ("column a.t.c", "table a.t", "table a.u", Some("column a.u.c")),
            ("column a.tt.c", "table a.t", "table a.u", None),
            ("index a.t", "table a.t", "table a.u", None),
            ("extension a", "schema a", "schema b", None),
            (
                "privileges r(column a.t.c)",
                "schema a",
                "schema b",
                Some("privileges r(column b.t.c)"),
            ),
            (
                "privileges r(column a.t.c)",
                "table a.t",
                "table a.u",
                Some("privileges r(column a.u.c)"),
            ),
            (
                "privileges r(function a.f(a.mood))",
                "type a.mood",
                "type a.feel",
                Some("privileges r(function a.f(a.feel))"),
            ),
            ("privileges a(table a.t)", "schema b", "schema c", None),
            (
                "default privileges a(in schema a on tables)",
                "schema a",
                "schema b",
                Some("default privileges a(in schema b on tables)"),
            ),
            ("default privileges a(on tables)", "schema a", "schema b", None),
            (
                "function a.f(a.mood, integer)",
                "type a.mood",
                "type a.feel",
                Some("function a.f(a.feel, integer)"),
            ),
            (
                "function a.f(a.mood[])",
                "schema a",
                "schema b",
                Some("function b.f(b.mood[])"),
            ),
            ("function a.f(a.moody)", "type a.mood", "type a.feel", None),
        ];
        for (object, from, to, expected) in cases {
            assert_eq!(
                identity(&id(object), &id(from), &id(to)),
                expected.map(id),
                "{object} {from}"
            );
        }
    }

    #[test]
    fn only_whole_names_of_types_are_renamed() {
        let (from, to) = (id("type a.mood"), id("type a.feel"));
        assert_eq!(type_names("a.mood[]", &from, &to), "a.feel[]");
        assert_eq!(type_names("aa.mood", &from, &to), "aa.mood");
        assert_eq!(type_names("a.mood, a.mood", &from, &to), "a.feel, a.feel");
    }
}
