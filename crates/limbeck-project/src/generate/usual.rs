//! The names that constraints and indexes get where a struct says none: by the project's convention, else by
//! PostgreSQL's rule.

use std::collections::BTreeSet;

use limbeck_catalog::{ExclusionConstraint, ForeignKey, Index, ObjectId};
use limbeck_model::source::{NameTemplate, Named, columns_among};
use limbeck_sql::default_name::{self, IndexKey};

use super::key::{free, named_key};
use super::literal::bare;
use super::scene::Scene;

pub(super) fn primary_key(scene: &Scene<'_>, table: &ObjectId, columns: &[String]) -> String {
    by_convention(&scene.style.naming.primary_key, table, columns, None)
        .unwrap_or_else(|| default_name::primary_key(table.name(), &free))
}

pub(super) fn unique(scene: &Scene<'_>, table: &ObjectId, columns: &[String]) -> String {
    by_convention(&scene.style.naming.unique, table, columns, None)
        .unwrap_or_else(|| default_name::unique(table.name(), columns, &free))
}

pub(super) fn check(scene: &Scene<'_>, table: &ObjectId, check: &ObjectId, expression: &str) -> String {
    let known: BTreeSet<&str> = scene.columns(table).into_iter().collect();
    let columns = columns_among(&known, bare(expression));
    by_convention(&scene.style.naming.check, table, &columns, None)
        .unwrap_or_else(|| default_name::check(table.name(), &scene.columns_of(check), &free))
}

/// That of the check that says what a column of texts may hold.
pub(super) fn check_of_labels(scene: &Scene<'_>, table: &ObjectId, column: &str) -> String {
    by_convention(&scene.style.naming.check, table, &[column.to_owned()], None)
        .unwrap_or_else(|| default_name::check(table.name(), &[column], &free))
}

pub(super) fn foreign_key(scene: &Scene<'_>, table: &ObjectId, key: &ForeignKey) -> String {
    let target = &key.references;
    let referred = (
        target.schema.as_str(),
        target.name.as_str(),
        key.referenced_columns.as_slice(),
    );
    by_convention(
        &scene.style.naming.foreign_key,
        table,
        &key.columns,
        Some(referred),
    )
    .unwrap_or_else(|| default_name::foreign_key(table.name(), &key.columns, &free))
}

pub(super) fn exclusion(scene: &Scene<'_>, table: &ObjectId, exclusion: &ExclusionConstraint) -> String {
    let keys: Vec<IndexKey<'_>> = exclusion.keys.iter().map(named_key).collect();
    by_convention(
        &scene.style.naming.exclusion,
        table,
        &default_name::key_names(&keys),
        None,
    )
    .unwrap_or_else(|| default_name::exclusion(table.name(), &keys, &free))
}

pub(super) fn index(scene: &Scene<'_>, table: &ObjectId, index: &Index) -> String {
    let mut keys: Vec<IndexKey<'_>> = index.keys.iter().map(named_key).collect();
    by_convention(
        &scene.style.naming.index,
        table,
        &default_name::key_names(&keys),
        None,
    )
    .unwrap_or_else(|| {
        // Carried columns count as keys in the name that PostgreSQL chooses.
        keys.extend(index.include.iter().map(|column| IndexKey::Column(column)));
        default_name::index(table.name(), &keys, &free)
    })
}

fn by_convention(
    template: &Option<NameTemplate>,
    table: &ObjectId,
    columns: &[String],
    referred: Option<(&str, &str, &[String])>,
) -> Option<String> {
    let template = template.as_ref()?;
    Some(template.name(&Named {
        schema: table.schema().unwrap_or("public"),
        table: table.name(),
        columns,
        referred,
    }))
}
