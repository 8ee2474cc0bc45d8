//! What PostgreSQL attaches to objects of any kind and their parts: comments, security labels, owners.

use std::collections::BTreeMap;

use limbeck_catalog::{Definition, Kind, OWNER, Object, ObjectId, Part as ObjectPart};
use limbeck_sql::quote_identifier;

use crate::build::{Body, Builder, Part, Piece};
use crate::grant::grantee;
use crate::kinds::domain::not_null_name;
use crate::place::Rank;
use crate::sides::ObjectNumber;
use crate::{Verb, render};

/// The comments and security labels of an object that is created, or whose change, with those of its parts; and its
/// owner. `first` is the first of the nodes that were made for the object.
pub(crate) fn build(builder: &mut Builder<'_, '_>, number: ObjectNumber, first: usize) {
    let sides = builder.sides;
    let id = sides.ids[number];
    let comes = builder.fates.of(number).comes();
    let Some(after) = sides.after[number] else {
        return;
    };
    let before = sides.before[number].as_deref().filter(|_| !comes);
    let target = render::target(id, Some(&after.definition));
    // An extension brings its comment along.
    if !(comes && id.kind == Kind::Extension) {
        let old = before.and_then(|object| object.comment.as_deref());
        let statements = comment(&target, old, after.comment.as_deref());
        node(builder, number, statements, None, Rank::Comment);
    }
    let none = BTreeMap::new();
    let labels = labels(
        &target,
        before.map_or(&none, |object| &object.labels),
        &after.labels,
    );
    node(builder, number, labels, None, Rank::Comment);
    parts(builder, number, before, after, first);
    let old = before.and_then(|object| object.owner.as_deref());
    if let Some(owner) = after.owner.as_deref()
        && old != Some(owner)
        && !(comes && owner == OWNER)
    {
        let statement = format!("ALTER {target} OWNER TO {}", grantee(owner));
        node(builder, number, vec![statement], Some(first), Rank::Owner);
    }
}

/// Statements about an object that is there by then: made, and with `first` all else done to it.
fn node(
    builder: &mut Builder<'_, '_>,
    number: ObjectNumber,
    statements: Vec<String>,
    first: Option<usize>,
    rank: Rank,
) {
    if statements.is_empty() {
        return;
    }
    let place = builder.place(number, rank);
    let pieces = statements.into_iter().map(Piece::Statement).collect();
    let node = builder.node(number, Verb::Alter, place, Body::Pieces(pieces));
    builder.arrives(number, node, Part::Bare);
    if let Some(creation) = builder.creation(number) {
        builder.edge(creation, node);
    }
    for other in first.into_iter().flat_map(|first| first..node) {
        builder.edge(other, node);
    }
}

/// `COMMENT ON`, where the comment changes.
fn comment(target: &str, before: Option<&str>, after: Option<&str>) -> Vec<String> {
    if before == after {
        return Vec::new();
    }
    vec![format!("COMMENT ON {target} IS {}", render::comment(after))]
}

/// `SECURITY LABEL`, for each provider whose label changes.
fn labels(target: &str, before: &BTreeMap<String, String>, after: &BTreeMap<String, String>) -> Vec<String> {
    let statement = |provider: &str, label: Option<&String>| {
        let label = render::comment(label.map(String::as_str));
        format!(
            "SECURITY LABEL FOR {} ON {target} IS {label}",
            quote_identifier(provider)
        )
    };
    let gone = before
        .keys()
        .filter(|provider| !after.contains_key(*provider))
        .map(|provider| statement(provider, None));
    let set = after
        .iter()
        .filter(|&(provider, label)| before.get(provider) != Some(label))
        .map(|(provider, label)| statement(provider, Some(label)));
    gone.chain(set).collect()
}

/// What is attached to the parts of an object.
fn parts(
    builder: &mut Builder<'_, '_>,
    number: ObjectNumber,
    before: Option<&Object>,
    after: &Object,
    first: usize,
) {
    let sides = builder.sides;
    let id = sides.ids[number];
    let none = BTreeMap::new();
    let old = before.map_or(&none, |object| &object.parts);
    let mut statements = Vec::new();
    let gone = old.keys().filter(|part| !after.parts.contains_key(*part));
    // What of a part that is no more went with it.
    let gone = gone.filter(|part| is_there(builder, id, &after.definition, part));
    let nothing = limbeck_catalog::PartNotes::default();
    for part in gone.chain(after.parts.keys()) {
        let Some(target) = target(id, &after.definition, part) else {
            continue;
        };
        let before = old.get(part).unwrap_or(&nothing);
        let after = after.parts.get(part).unwrap_or(&nothing);
        statements.extend(comment(
            &target,
            before.comment.as_deref(),
            after.comment.as_deref(),
        ));
        statements.extend(labels(&target, &before.labels, &after.labels));
    }
    node(builder, number, statements, Some(first), Rank::Comment);
}

/// Whether the wanted object has the part.
fn is_there(builder: &Builder<'_, '_>, id: &ObjectId, definition: &Definition, part: &ObjectPart) -> bool {
    match (part, definition) {
        (ObjectPart::Column(name), _) => builder
            .sides
            .wanted
            .column_order
            .get(id)
            .is_none_or(|columns| columns.contains(name)),
        (ObjectPart::Sequence, Definition::Column(column)) => column.identity.is_some(),
        (ObjectPart::DomainConstraint(name), Definition::Domain(domain)) => {
            domain.not_null && not_null_name(id, domain) == *name
        }
        _ => true,
    }
}

/// A part as `COMMENT ON` names it.
fn target(id: &ObjectId, definition: &Definition, part: &ObjectPart) -> Option<String> {
    Some(match (part, definition) {
        (ObjectPart::Column(name), _) => format!("COLUMN {}.{}", id.sql_name(), quote_identifier(name)),
        (ObjectPart::Constraint, _) => format!(
            "CONSTRAINT {} ON {}",
            quote_identifier(id.name()),
            render::relation(id)
        ),
        (ObjectPart::DomainConstraint(name), _) => {
            format!(
                "CONSTRAINT {} ON DOMAIN {}",
                quote_identifier(name),
                id.sql_name()
            )
        }
        (ObjectPart::Sequence, Definition::Column(column)) => {
            format!("SEQUENCE {}", column.identity.as_ref()?.sequence)
        }
        (ObjectPart::Multirange, Definition::Range(range)) => format!("TYPE {}", range.multirange),
        (ObjectPart::RowType, _) => format!("TYPE {}", id.sql_name()),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use limbeck_catalog::{
        Aggregate, AggregateKind, AggregateTransition, Catalog, EnumType, Parallel, PartNotes,
    };
    use limbeck_sql::QualifiedName;

    use super::*;
    use crate::{Answers, Options, Planned, Request};

    fn catalog(object: Object) -> Catalog {
        Catalog {
            objects: [("type app.c".parse().unwrap(), object)].into(),
            ..Catalog::default()
        }
    }

    fn plain() -> Object {
        Object::new(Definition::Enum(EnumType { labels: Vec::new() }))
    }

    fn labelled(label: &str) -> Object {
        let mut object = plain();
        object.labels.insert("selinux".to_owned(), label.to_owned());
        let notes = PartNotes {
            comment: None,
            labels: [("My provider".to_owned(), label.to_owned())].into(),
        };
        object.parts.insert(ObjectPart::Column("a".to_owned()), notes);
        object
    }

    fn statements(before: Object, after: Object) -> Vec<String> {
        statements_between(&catalog(before), &catalog(after))
    }

    fn statements_between(current: &Catalog, wanted: &Catalog) -> Vec<String> {
        let answers = Answers::new();
        let request = Request {
            current,
            wanted,
            renames: &[],
            fills: &[],
            answers: &answers,
            options: Options::default(),
        };
        let Planned::Plan(plan) = crate::plan(&request).unwrap() else {
            panic!("no question is open");
        };
        plan.actions
            .into_iter()
            .flat_map(|action| action.statements)
            .collect()
    }

    #[test]
    fn security_labels_are_set_and_taken_away_by_provider() {
        assert_eq!(
            statements(plain(), labelled("secret")),
            [
                "SECURITY LABEL FOR selinux ON TYPE app.c IS 'secret'",
                "SECURITY LABEL FOR \"My provider\" ON COLUMN app.c.a IS 'secret'",
            ]
        );
        assert_eq!(
            statements(labelled("a"), labelled("it's")),
            [
                "SECURITY LABEL FOR selinux ON TYPE app.c IS 'it''s'",
                "SECURITY LABEL FOR \"My provider\" ON COLUMN app.c.a IS 'it''s'",
            ]
        );
        assert_eq!(
            statements(labelled("a"), plain()),
            [
                "SECURITY LABEL FOR selinux ON TYPE app.c IS NULL",
                "SECURITY LABEL FOR \"My provider\" ON COLUMN app.c.a IS NULL",
            ]
        );
    }

    #[test]
    fn owners_are_altered_where_they_are_known() {
        let owned = |owner: &str| Object {
            owner: Some(owner.to_owned()),
            ..plain()
        };
        assert_eq!(
            statements(owned("a"), owned("Mr. X")),
            ["ALTER TYPE app.c OWNER TO \"Mr. X\""]
        );
        assert_eq!(
            statements(owned("a"), owned(OWNER)),
            ["ALTER TYPE app.c OWNER TO CURRENT_USER"]
        );
    }

    #[test]
    fn an_aggregate_without_arguments_has_an_owner() {
        let catalog = |owner: &str| {
            let aggregate = Aggregate {
                arguments: String::new(),
                result: "bigint".to_owned(),
                kind: AggregateKind::Plain,
                transition: AggregateTransition {
                    function: QualifiedName::new("pg_catalog", "int8inc"),
                    state: "bigint".to_owned(),
                    space: 0,
                    initial: None,
                    finish: None,
                },
                moving: None,
                combine: None,
                serialize: None,
                deserialize: None,
                sort_operator: None,
                parallel: Parallel::Unsafe,
            };
            let object = Object {
                owner: Some(owner.to_owned()),
                ..Object::new(Definition::Aggregate(aggregate))
            };
            Catalog {
                objects: [("aggregate app.f()".parse().unwrap(), object)].into(),
                ..Catalog::default()
            }
        };
        assert_eq!(
            statements_between(&catalog("a"), &catalog("b")),
            ["ALTER AGGREGATE app.f(*) OWNER TO b"]
        );
    }
}
