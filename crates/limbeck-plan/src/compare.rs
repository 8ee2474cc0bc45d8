//! What differs between two catalogues, once texts that mean the same are taken for the same.

use std::borrow::Cow;
use std::collections::BTreeMap;

use limbeck_catalog::{Catalog, Column, ConstraintKind, Definition, Object, ObjectId, PartitionOf, Table};

use crate::probe::Questions;
use crate::reprint;

/// An object that is not the same on both sides.
#[derive(Debug)]
pub(crate) struct Difference<'a> {
    /// The object.
    pub(crate) id: &'a ObjectId,
    /// The object in the current state, with the wanted state's texts where they mean the same.
    pub(crate) before: Option<Cow<'a, Object>>,
}

/// All differences, ordered by identity. While questions are open, those that hang on them are among them.
pub(crate) fn differences<'a>(
    current: &'a Catalog,
    wanted: &'a Catalog,
    questions: &mut Questions<'_>,
) -> Vec<Difference<'a>> {
    let mut differences = Vec::new();
    for (id, before, after) in side_by_side(&current.objects, &wanted.objects) {
        match (before, after) {
            (Some(before), Some(after)) if before == after => {}
            (Some(before), Some(after)) => {
                let adopted = adopt_texts(questions, id, before, after);
                if *adopted != *after {
                    differences.push(Difference {
                        id,
                        before: Some(adopted),
                    });
                }
            }
            (before, _) => differences.push(Difference {
                id,
                before: before.map(Cow::Borrowed),
            }),
        }
    }
    differences
}

/// Two sorted maps as one sequence.
pub(crate) fn side_by_side<'a, V>(
    left: &'a BTreeMap<ObjectId, V>,
    right: &'a BTreeMap<ObjectId, V>,
) -> impl Iterator<Item = (&'a ObjectId, Option<&'a V>, Option<&'a V>)> {
    let (mut left, mut right) = (left.iter().peekable(), right.iter().peekable());
    std::iter::from_fn(move || {
        let order = match (left.peek(), right.peek()) {
            (Some((a, _)), Some((b, _))) => a.cmp(b),
            (Some(_), None) => std::cmp::Ordering::Less,
            (None, _) => std::cmp::Ordering::Greater,
        };
        match order {
            std::cmp::Ordering::Less => left.next().map(|(id, value)| (id, Some(value), None)),
            std::cmp::Ordering::Greater => right.next().map(|(id, value)| (id, None, Some(value))),
            std::cmp::Ordering::Equal => {
                let (id, value) = left.next()?;
                Some((id, Some(value), right.next().map(|(_, value)| value)))
            }
        }
    })
}

/// The object as it is before, with the wanted texts where PostgreSQL says that they mean the same.
fn adopt_texts<'a>(
    questions: &mut Questions<'_>,
    id: &ObjectId,
    before: &'a Object,
    after: &Object,
) -> Cow<'a, Object> {
    if let (Definition::Extension(extension), Definition::Extension(after)) =
        (&before.definition, &after.definition)
    {
        let mut extension = extension.clone();
        extension.pinned = after.pinned;
        if !after.pinned {
            extension.version.clone_from(&after.version);
        }
        return Cow::Owned(Object {
            definition: Definition::Extension(extension),
            ..before.clone()
        });
    }
    if let (Definition::UserMapping(mapping), Definition::UserMapping(other)) =
        (&before.definition, &after.definition)
        && (mapping.options.is_none() || other.options.is_none())
    {
        // What could not be seen is taken for what it is compared with.
        return Cow::Owned(Object {
            definition: after.definition.clone(),
            ..before.clone()
        });
    }
    match with_texts(&before.definition, &after.definition) {
        Some(definition) if reprint::is_equal(questions, id, &before.definition) == Some(true) => {
            Cow::Owned(Object {
                definition,
                ..before.clone()
            })
        }
        _ => Cow::Borrowed(before),
    }
}

/// A definition with the texts of another one wherever both have one, if that changes anything.
///
/// Where facts besides texts say that the object is another, its texts are not worth a question.
fn with_texts(unchanged: &Definition, after: &Definition) -> Option<Definition> {
    if unchanged == after {
        return None;
    }
    let mut before = unchanged.clone();
    match (&mut before, after) {
        (Definition::Column(before), Definition::Column(after)) => take_column(before, after),
        (Definition::Constraint(before), Definition::Constraint(after)) => {
            match (&mut before.definition, &after.definition) {
                (ConstraintKind::Check(before), ConstraintKind::Check(after)) => {
                    before.expression.clone_from(&after.expression);
                }
                (ConstraintKind::Exclusion(before), ConstraintKind::Exclusion(after)) => {
                    take(&mut before.predicate, &after.predicate);
                    take_keys(&mut before.keys, &after.keys);
                }
                _ => {}
            }
        }
        (Definition::Domain(before), Definition::Domain(after)) => take(&mut before.default, &after.default),
        (Definition::DomainConstraint(before), Definition::DomainConstraint(after)) => {
            before.expression.clone_from(&after.expression);
        }
        (Definition::Table(before), Definition::Table(after)) => take_table(before, after),
        (Definition::ForeignTable(before), Definition::ForeignTable(after)) => {
            take_bound(&mut before.partition_of, &after.partition_of);
        }
        (Definition::Index(before), Definition::Index(after)) => {
            take(&mut before.predicate, &after.predicate);
            take_keys(&mut before.keys, &after.keys);
        }
        (Definition::View(before), Definition::View(after)) => before.query.clone_from(&after.query),
        (Definition::Routine(before), Definition::Routine(after)) => before.clone_from(after),
        (Definition::Trigger(before), Definition::Trigger(after)) => {
            before.definition.clone_from(&after.definition);
        }
        (Definition::Rule(before), Definition::Rule(after)) => {
            before.definition.clone_from(&after.definition);
        }
        (Definition::Policy(before), Definition::Policy(after)) => {
            take(&mut before.using, &after.using);
            take(&mut before.with_check, &after.with_check);
        }
        (Definition::Statistics(before), Definition::Statistics(after))
            if before.expressions.len() == after.expressions.len() =>
        {
            before.expressions.clone_from(&after.expressions);
        }
        (Definition::Publication(before), Definition::Publication(after)) => {
            for (table, published) in &mut before.tables {
                if let Some(after) = after.tables.get(table) {
                    take(&mut published.filter, &after.filter);
                }
            }
        }
        _ => {}
    }
    (before != *unchanged && (is_in_place(after) || before == *after)).then_some(before)
}

/// Whether objects of this kind are altered in place fact by fact, so that a text that stays is worth knowing.
fn is_in_place(definition: &Definition) -> bool {
    matches!(
        definition,
        Definition::Column(_)
            | Definition::Domain(_)
            | Definition::DomainConstraint(_)
            | Definition::Constraint(_)
            | Definition::Index(_)
            | Definition::Table(_)
            | Definition::ForeignTable(_)
            | Definition::View(_)
            | Definition::Trigger(_)
            | Definition::Rule(_)
            | Definition::Policy(_)
            | Definition::Statistics(_)
            | Definition::Publication(_)
    )
}

fn take_column(before: &mut Column, after: &Column) {
    match (&mut before.generated, &after.generated) {
        (Some(before), Some(after)) => before.expression.clone_from(&after.expression),
        (None, None) => take(&mut before.default, &after.default),
        _ => {}
    }
}

/// The texts of a key and of a bound: an expression, labels that have other names.
fn take_table(before: &mut Table, after: &Table) {
    if let (Some(before), Some(after)) = (&mut before.partition_key, &after.partition_key)
        && before.keys.len() == after.keys.len()
    {
        for (before, after) in before.keys.iter_mut().zip(&after.keys) {
            if before.is_expression && after.is_expression {
                before.key.clone_from(&after.key);
            }
        }
    }
    take_bound(&mut before.partition_of, &after.partition_of);
}

fn take_bound(before: &mut Option<PartitionOf>, after: &Option<PartitionOf>) {
    if let (Some(before), Some(after)) = (before, after)
        && before.parent == after.parent
    {
        before.bound.clone_from(&after.bound);
    }
}

fn take(before: &mut Option<String>, after: &Option<String>) {
    if let (Some(before), Some(after)) = (before, after) {
        before.clone_from(after);
    }
}

fn take_keys(before: &mut [limbeck_catalog::IndexKey], after: &[limbeck_catalog::IndexKey]) {
    if before.len() == after.len() {
        for (before, after) in before.iter_mut().zip(after) {
            if before.is_expression && after.is_expression {
                before.key.clone_from(&after.key);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use limbeck_catalog::UserMapping;

    use super::*;

    #[test]
    fn options_that_could_not_be_seen_differ_from_none() {
        let catalog = |options: Option<&str>| {
            let options = options.map(|user| BTreeMap::from([("user".to_owned(), user.to_owned())]));
            let object = Object::new(Definition::UserMapping(UserMapping { options }));
            Catalog {
                objects: BTreeMap::from([("user mapping s.me".parse().unwrap(), object)]),
                ..Catalog::default()
            }
        };
        let differs = |before: Option<&str>, after: Option<&str>| {
            let (before, after) = (catalog(before), catalog(after));
            !differences(&before, &after, &mut Questions::new(&crate::Answers::default())).is_empty()
        };
        assert!(differs(Some("a"), Some("b")));
        assert!(!differs(None, Some("b")));
        assert!(!differs(Some("a"), None));
    }
}
