//! Tables that inherit from others.

use std::collections::BTreeMap;

use syn::spanned::Spanned;

use super::super::ModelError;
use super::super::find::{Found, FoundModels, Key};
use super::super::sql_type;
use super::super::tree::Tree;
use super::super::type_order;
use super::super::types::FieldType;
use super::Checked;
use super::references::{path_name, table_at};
use crate::attributes::TableModel;

/// What tables inherit from. A column that both have is one, of one type.
pub(super) fn check(tree: &Tree, models: &FoundModels, checked: &mut Checked, errors: &mut Vec<ModelError>) {
    for (key, found) in models.tables.iter().filter(|(_, found)| found.declared) {
        let mut parents = Vec::new();
        for path in &found.model.settings.inherits {
            match table_at(tree, found, path, *key, models) {
                Ok(parent) if parents.contains(&parent) => {
                    let message = format!("`{}` is named twice", path_name(path));
                    errors.push(found.error(tree, path.span(), message, None));
                }
                Ok(parent) => parents.push(parent),
                Err(error) => errors.extend(error),
            }
        }
        for parent in &parents {
            same_types(tree, models, (*key, found), *parent, &checked.types, errors);
        }
        if !parents.is_empty() {
            checked.parents.insert(*key, parents);
        }
    }
    let keys: Vec<Key> = checked.parents.keys().copied().collect();
    for key in type_order::ordered(&keys, &checked.parents).1 {
        if let Some(found) = models.tables.get(&key) {
            let message = format!("`{}` inherits from itself", found.model.ident);
            let hint = "a table cannot be among its own parents: remove one `inherits`".to_owned();
            errors.push(found.error(tree, found.model.ident.span(), message, Some(hint)));
        }
    }
}

/// The columns that a table and one that it inherits from both have.
fn same_types(
    tree: &Tree,
    models: &FoundModels,
    (key, found): (Key, &Found<TableModel>),
    parent: Key,
    types: &BTreeMap<Key, Vec<Option<FieldType>>>,
    errors: &mut Vec<ModelError>,
) {
    let Some(other) = models.tables.get(&parent) else {
        return;
    };
    let columns = |key: Key, model: &TableModel| -> Vec<(String, String)> {
        let types = types.get(&key).map_or(&[][..], Vec::as_slice);
        let both = model.columns.iter().zip(types);
        both.filter_map(|(column, found)| Some((column.name.value.clone(), found.as_ref()?.name.clone())))
            .collect()
    };
    let theirs = columns(parent, &other.model);
    for (name, own) in columns(key, &found.model) {
        let Some((_, inherited)) = theirs.iter().find(|(known, _)| *known == name) else {
            continue;
        };
        if sql_type::base(&own) == sql_type::base(inherited) {
            continue;
        }
        let column = found
            .model
            .columns
            .iter()
            .find(|column| column.name.value == name);
        let message = format!(
            "`{name}` is `{own}` here, and `{inherited}` in `{}`",
            other.model.ident
        );
        let hint = "a column that is inherited has the type that its parent gives it".to_owned();
        let span = column.map_or_else(|| found.model.ident.span(), |column| column.ty.span());
        errors.push(found.error(tree, span, message, Some(hint)));
    }
}
