//! Models against each other: names, types, references.

mod columns;
mod defaults;
mod inheritance;
mod references;
mod types;
mod views;

use std::collections::BTreeMap;

use limbeck_sql::QualifiedName;

use super::find::{Found, FoundModels, Key};
use super::model_names::{declared_names, enum_name, table_name, type_name};
use super::tree::Tree;
use super::types::{FieldType, Types};
use super::{ModelError, Origin, SourceOptions};
use crate::attributes::Spanned;

/// What is known of the models once they have been looked at together.
pub(super) struct Checked {
    /// The types of each table's columns, of a composite type's attributes, or the one that a domain or range type is
    /// over, in order; `None` where one is not known, which is among the errors.
    pub(super) types: BTreeMap<Key, Vec<Option<FieldType>>>,
    /// The table that each foreign key refers to, in order.
    pub(super) targets: BTreeMap<Key, Vec<Option<Key>>>,
    /// The declared types that each declared type is made of.
    pub(super) uses: BTreeMap<Key, Vec<Key>>,
    /// The tables that each table inherits from, in order.
    pub(super) parents: BTreeMap<Key, Vec<Key>>,
    /// The types of the columns that each struct over a view reads.
    pub(super) views: BTreeMap<Key, Vec<Option<FieldType>>>,
}

/// Looks at all models together.
pub(super) fn check(
    tree: &Tree,
    models: &FoundModels,
    options: &SourceOptions,
    errors: &mut Vec<ModelError>,
    warnings: &mut Vec<ModelError>,
) -> Checked {
    let mut seen = BTreeMap::new();
    let tables = models.tables.values();
    let tables = tables.map(|found| (found, table_name(&found.model), &found.model.name));
    duplicates(tree, "tables", tables, &mut seen, errors);
    // A table is a type too, of its own name.
    let enums = models.enums.values();
    let enums = enums.map(|found| (found, enum_name(&found.model), &found.model.name));
    duplicates(tree, "types", enums, &mut seen, errors);
    let others = models.types.values();
    let others = others.map(|found| (found, type_name(&found.model), &found.model.name));
    duplicates(tree, "types", others, &mut seen, errors);

    let declared = declared_names(models);
    let known = Types {
        tree,
        declared: &declared,
        broken: &models.broken,
        configured: &options.types,
    };
    let mut checked = Checked {
        types: BTreeMap::new(),
        targets: BTreeMap::new(),
        uses: BTreeMap::new(),
        parents: BTreeMap::new(),
        views: BTreeMap::new(),
    };
    types::check(tree, models, &known, &mut checked, errors);
    views::check(tree, models, &known, &mut checked, &seen, errors);
    for (key, found) in &models.tables {
        let mut quiet = Vec::new();
        let errors = if found.declared { &mut *errors } else { &mut quiet };
        let columns = found
            .model
            .columns
            .iter()
            .map(|column| columns::column_type(&known, tree, found, column, models, errors));
        checked.types.insert(*key, columns.collect());
    }
    for (key, found) in models.tables.iter().filter(|(_, found)| found.declared) {
        columns::primary_key(tree, found, checked.types.get(key), errors);
        let targets = found.model.foreign_keys.iter().map(|foreign_key| {
            let target = references::target(tree, found, foreign_key, *key, models)
                .map_err(|error| errors.extend(error))
                .ok()?;
            references::agree(
                tree,
                found,
                foreign_key,
                (*key, target),
                models,
                &checked.types,
                errors,
                warnings,
            );
            Some(target)
        });
        let targets = targets.collect();
        checked.targets.insert(*key, targets);
    }
    inheritance::check(tree, models, &mut checked, errors);
    checked
}

/// Two models of one name.
fn duplicates<'a, T: 'a>(
    tree: &Tree,
    what: &'static str,
    models: impl Iterator<Item = (&'a Found<T>, QualifiedName, &'a Spanned<String>)>,
    seen: &mut BTreeMap<QualifiedName, (&'static str, Origin)>,
    errors: &mut Vec<ModelError>,
) {
    for (found, name, at) in models.filter(|(found, name, _)| found.declared && !name.name.is_empty()) {
        let origin = found.origin(tree, at.span);
        if let Some((sort, first)) = seen.get(&name) {
            let message = if *sort == what {
                format!("two {what} are named `{name}`")
            } else {
                format!("a table and a type are named `{name}`")
            };
            let hint = "rename one of them, or remove the model that is no longer meant".to_owned();
            let mut error = found.error(tree, at.span, message, Some(hint));
            error.beside = Some(Box::new(first.clone()));
            errors.push(error);
        } else {
            seen.insert(name, (what, origin));
        }
    }
}
