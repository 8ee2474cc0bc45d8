//! Foreign keys and what else names a table: where it leads, and whether the types of both ends agree.

use std::collections::BTreeMap;

use syn::ext::IdentExt;
use syn::spanned::Spanned;

use super::super::ModelError;
use super::super::find::{Found, FoundModels, Key};
use super::super::model_names::model_path;
use super::super::resolve::Resolved;
use super::super::sql_type::{self, Agreement};
use super::super::tree::Tree;
use super::super::types::{self, FieldType};
use crate::attributes::{FieldPath, ForeignKeyModel, TableModel};

/// The model that a foreign key refers to.
pub(super) fn target(
    tree: &Tree,
    table: &Found<TableModel>,
    foreign_key: &ForeignKeyModel,
    own: Key,
    models: &FoundModels,
) -> Result<Key, Option<ModelError>> {
    let key = table_at(tree, table, &foreign_key.target, own, models)?;
    if let Some(found) = models.tables.get(&key) {
        for field in &foreign_key.target_fields {
            if found.model.column(field).is_none() {
                let missing = found.model.missing_field(field);
                let hint = missing.hint().map(str::to_owned);
                return Err(Some(table.error(tree, field.span, missing.message(), hint)));
            }
        }
    }
    Ok(key)
}

/// The model that a path names.
pub(super) fn table_at(
    tree: &Tree,
    table: &Found<TableModel>,
    at: &syn::Path,
    own: Key,
    models: &FoundModels,
) -> Result<Key, Option<ModelError>> {
    let path = types::segments(at);
    let name = path_name(at);
    let span = at.span();
    let error = |message: String, hint: String| Err(Some(table.error(tree, span, message, Some(hint))));
    let key = if path == ["Self"] {
        own
    } else {
        let absolute = at.leading_colon.is_some();
        let module = tree.module_of(table.module, span);
        match tree.resolve(module, &path, absolute, &|_| false) {
            Some(Resolved::Item(module, index)) if models.tables.contains_key(&(module, index)) => {
                (module, index)
            }
            // What is wrong is told where it is declared.
            Some(Resolved::Item(module, index)) if models.broken.contains(&(module, index)) => {
                return Err(None);
            }
            Some(Resolved::Item(..)) => {
                return error(
                    format!("`{name}` is no table"),
                    "derive `Table` for it".to_owned(),
                );
            }
            Some(Resolved::External(path)) => {
                return error(
                    format!("`{}` is in a crate that is not read", path.join("::")),
                    "add that crate's folder to `models` in limbeck.toml".to_owned(),
                );
            }
            None if tree.may_hide(&name) => return Err(None),
            Some(Resolved::Module(_)) | None => {
                return error(
                    format!("no model `{name}` is found here"),
                    elsewhere(tree, &name, models),
                );
            }
        }
    };
    if !models.tables.contains_key(&key) {
        return error(
            format!("no model `{name}` is found here"),
            elsewhere(tree, &name, models),
        );
    }
    Ok(key)
}

/// Where a model of that name, or of a similar one, is.
fn elsewhere(tree: &Tree, name: &str, models: &FoundModels) -> String {
    let paths: Vec<(String, String)> = models
        .tables
        .values()
        .map(|found| {
            (
                found.model.ident.unraw().to_string(),
                model_path(tree, found, &found.model.ident),
            )
        })
        .collect();
    if let Some((_, path)) = paths.iter().find(|(known, _)| known == name) {
        return format!("import it: `use {path};`");
    }
    let names = paths.iter().map(|(known, _)| known.as_str());
    match crate::attributes::nearest(name, names) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "only structs with `#[derive(Table)]` can be referred to".to_owned(),
    }
}

/// The types of a foreign key's ends.
#[expect(
    clippy::too_many_arguments,
    reason = "two models, their types, and where to report"
)]
pub(super) fn agree(
    tree: &Tree,
    table: &Found<TableModel>,
    foreign_key: &ForeignKeyModel,
    (own, target): (Key, Key),
    models: &FoundModels,
    types: &BTreeMap<Key, Vec<Option<FieldType>>>,
    errors: &mut Vec<ModelError>,
    warnings: &mut Vec<ModelError>,
) {
    let Some(other) = models.tables.get(&target) else {
        return;
    };
    let type_of = |key: Key, model: &TableModel, field: &FieldPath| {
        let position = model.columns.iter().position(|column| column.field == *field)?;
        let name = model.columns.get(position)?.name.value.clone();
        let found = types.get(&key)?.get(position)?.as_ref()?;
        Some((format!("{}.{name}", model.name.value), found.clone()))
    };
    for (field, target_field) in foreign_key.fields.iter().zip(&foreign_key.target_fields) {
        let (Some((from, from_type)), Some((to, to_type))) = (
            type_of(own, &table.model, field),
            type_of(target, &other.model, target_field),
        ) else {
            continue;
        };
        let message = format!(
            "`{from}` is `{}`, and `{to}`, to which it refers, is `{}`",
            from_type.name, to_type.name
        );
        let hint = Some("give both columns one type".to_owned());
        match sql_type::agreement(from_type.value_type(), to_type.value_type()) {
            Agreement::Same => {}
            Agreement::Widening => warnings.push(table.error(tree, foreign_key.span, message, hint)),
            Agreement::Different => errors.push(table.error(tree, foreign_key.span, message, hint)),
        }
    }
}

pub(super) fn path_name(path: &syn::Path) -> String {
    path.segments
        .last()
        .map_or_else(String::new, |segment| segment.ident.unraw().to_string())
}
