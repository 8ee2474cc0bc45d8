//! Structs that are flattened into tables: their columns, and what is declared of these, become the table's. Of those that
//! are flattened into views, the columns alone do.

mod prefixed;
mod views;

use std::collections::BTreeMap;

use limbeck_sql::MAXIMUM_IDENTIFIER_LENGTH;
use proc_macro2::{Ident, Span};
use syn::spanned::Spanned as _;

use super::find::{Found, FoundModels, Key};
use super::model_names::declared_names;
use super::tree::Tree;
use super::types::Types;
use super::{ModelError, SourceOptions};
use crate::attributes::{FieldPath, FlattenModel, IndexKeyOf, KeyModel, Spanned, TableModel, ViewModel};

/// Splices sets of columns into the tables and views that flatten them.
pub(super) fn flatten(
    tree: &Tree,
    models: &mut FoundModels,
    options: &SourceOptions,
    errors: &mut Vec<ModelError>,
) {
    let is_flat = |found: &Found<TableModel>| found.model.flattened.is_empty();
    let is_flat_view = |found: &Found<ViewModel>| found.model.flattened.is_empty();
    if models.tables.values().all(is_flat) && models.views.values().all(is_flat_view) {
        return;
    }
    let declared = declared_names(models);
    let mut flattening = Flattening {
        tree,
        types: Types {
            tree,
            declared: &declared,
            broken: &models.broken,
            configured: &options.types,
        },
        columns: &models.columns,
        open: Vec::new(),
        done: BTreeMap::new(),
        errors,
    };
    let mut flat = Vec::new();
    for (key, found) in models.tables.iter().filter(|(_, found)| !is_flat(found)) {
        let mut quiet = Vec::new();
        if !found.declared {
            std::mem::swap(flattening.errors, &mut quiet);
        }
        flat.push((*key, flattening.spliced(found)));
        if !found.declared {
            std::mem::swap(flattening.errors, &mut quiet);
            // What was wrong with them was not told.
            flattening.done.clear();
        }
    }
    let flat_views: Vec<(Key, ViewModel)> = models
        .views
        .iter()
        .filter(|(_, found)| found.declared && !is_flat_view(found))
        .map(|(key, found)| (*key, flattening.spliced_view(found)))
        .collect();
    for (key, model) in flat {
        if let Some(found) = models.tables.get_mut(&key) {
            found.model = model;
        }
    }
    for (key, model) in flat_views {
        if let Some(found) = models.views.get_mut(&key) {
            found.model = model;
        }
    }
}

struct Flattening<'a> {
    tree: &'a Tree,
    types: Types<'a>,
    columns: &'a BTreeMap<Key, Found<TableModel>>,
    /// The sets that are being spliced, to find one within itself.
    open: Vec<Key>,
    /// Sets without flattened fields of their own.
    done: BTreeMap<Key, TableModel>,
    errors: &'a mut Vec<ModelError>,
}

impl Flattening<'_> {
    /// A model with the columns of all that it flattens.
    fn spliced(&mut self, found: &Found<TableModel>) -> TableModel {
        let mut model = found.model.clone();
        let has_key_of_its_own =
            model.primary_key.is_some() && !model.columns.iter().any(|column| column.primary_key.is_some());
        let mut inner = Vec::new();
        let mut spliced = 0;
        for flatten in std::mem::take(&mut model.flattened) {
            let Some((mut part, is_optional)) = self.part(found, &flatten) else {
                continue;
            };
            self.adopt(found, &flatten, &mut part, is_optional);
            let columns = std::mem::take(&mut part.columns);
            for column in &columns {
                let same = model
                    .columns
                    .iter()
                    .find(|other| other.name.value == column.name.value);
                let same = same.map(|other| (&other.field, other.name.span));
                self.brings_twice(found, &flatten, &column.name.value, same);
            }
            if has_key_of_its_own && columns.iter().any(|column| column.primary_key.is_some()) {
                let message = format!("`{}` brings a second primary key", flatten.field);
                let hint = "name its fields in the table's own `primary_key(…)`, and not where they are";
                self.report(found, flatten.field.span(), message, hint);
            }
            let at = (flatten.position + spliced).min(model.columns.len());
            spliced += columns.len();
            model.columns.splice(at..at, columns);
            inner.push(part);
        }
        let mut mistakes = Vec::new();
        model.check_lists(&mut mistakes);
        for mistake in mistakes {
            self.errors.push(found.told(self.tree, &mistake));
        }
        for part in inner {
            model.uniques.extend(part.uniques);
            model.checks.extend(part.checks);
            model.indexes.extend(part.indexes);
            model.foreign_keys.extend(part.foreign_keys);
            model.exclusions.extend(part.exclusions);
        }
        if !has_key_of_its_own {
            model.primary_key = KeyModel::of_columns(&model.columns);
        }
        model
    }

    /// The set of columns that a field flattens, and whether it is an `Option` of it.
    fn part<T>(&mut self, found: &Found<T>, flatten: &FlattenModel) -> Option<(TableModel, bool)> {
        let module = self.tree.module_of(found.module, flatten.ty.span());
        let Some((key, is_optional)) = self.types.columns(&flatten.ty, module) else {
            if !self.types.is_told(&flatten.ty, module) {
                let hint = "derive `Columns` for a struct of this project, and name it here, or an `Option` or `Box` of it";
                let message = "what is flattened is no set of columns";
                self.report(found, flatten.ty.span(), message.to_owned(), hint);
            }
            return None;
        };
        Some((self.set(key)?, is_optional))
    }

    /// Tells of a column that the struct has already.
    fn brings_twice<T>(
        &mut self,
        found: &Found<T>,
        flatten: &FlattenModel,
        name: &str,
        same: Option<(&FieldPath, Span)>,
    ) {
        let Some((other, span)) = same else { return };
        let message = format!(
            "`{}` brings the column `{name}`, which `{other}` is already",
            flatten.field
        );
        let hint = "give one of them a prefix: `flatten, prefix = \"…\"`";
        let mut error = found.error(self.tree, flatten.field.span(), message, Some(hint.to_owned()));
        error.beside = Some(Box::new(found.origin(self.tree, span)));
        self.errors.push(error);
    }

    /// Tells of a name that its prefix makes too long.
    fn check_length<T>(&mut self, found: &Found<T>, prefix: &Spanned<String>, name: &str) {
        if name.len() <= MAXIMUM_IDENTIFIER_LENGTH {
            return;
        }
        let message = format!(
            "with its prefix `{name}` is {} bytes long, and PostgreSQL keeps {MAXIMUM_IDENTIFIER_LENGTH} of a name",
            name.len()
        );
        self.report(found, prefix.span, message, "choose a shorter prefix");
    }

    /// A set of columns, those that it flattens among them. `None` where it has mistakes that leave nothing of it.
    fn set(&mut self, key: Key) -> Option<TableModel> {
        if let Some(done) = self.done.get(&key) {
            return Some(done.clone());
        }
        let found = self.columns.get(&key)?;
        if self.open.contains(&key) {
            let message = format!("`{}` is flattened into itself", found.model.ident);
            let hint = "a set of columns holds no other of its kind: remove one `flatten`";
            self.report(found, found.model.ident.span(), message, hint);
            return None;
        }
        self.open.push(key);
        let model = self.spliced(found);
        self.open.pop();
        self.done.insert(key, model.clone());
        Some(model)
    }

    /// Makes what a set declares that of the struct that flattens it.
    fn adopt(
        &mut self,
        found: &Found<TableModel>,
        flatten: &FlattenModel,
        part: &mut TableModel,
        is_optional: bool,
    ) {
        let prefix = flatten.prefix.as_ref();
        let renamed: BTreeMap<String, String> = part
            .columns
            .iter()
            .filter_map(|column| {
                let name = &column.name.value;
                Some((name.clone(), format!("{}{name}", prefix?.value)))
            })
            .collect();
        let within = |field: &mut FieldPath| field.put_within(&flatten.field);
        let mut mistakes = Vec::new();
        let mut expression = |expression: &mut Spanned<String>| {
            prefixed::rename(expression, &renamed, &mut mistakes);
        };
        for column in &mut part.columns {
            within(&mut column.field);
            if let Some(prefix) = prefix {
                column.name.value.insert_str(0, &prefix.value);
                if let Some(old) = &mut column.renamed_from {
                    old.value.insert_str(0, &prefix.value);
                }
                self.check_length(found, prefix, &column.name.value);
            }
            if let Some(generated) = &mut column.generated {
                expression(generated);
            }
            if is_optional {
                if column.primary_key.is_some() || column.identity.is_some() {
                    let what = if column.identity.is_some() {
                        "an identity column"
                    } else {
                        "part of the primary key"
                    };
                    let message = format!(
                        "an `Option` may be NULL, and `{}` is {what}, which never is",
                        column.field
                    );
                    let hint = Some("flatten the struct itself, without `Option`".to_owned());
                    self.errors
                        .push(found.error(self.tree, flatten.ty.span(), message, hint));
                }
                column.nullable = Some(Spanned::new(true, flatten.span));
            }
        }
        for key in &mut part.uniques {
            key.fields.iter_mut().chain(&mut key.include).for_each(within);
        }
        for check in &mut part.checks {
            expression(&mut check.expression);
        }
        for index in &mut part.indexes {
            index.include.iter_mut().for_each(within);
            for key in &mut index.keys {
                of_key(&mut key.of, &flatten.field, &mut expression);
            }
            if let Some(predicate) = &mut index.predicate {
                expression(predicate);
            }
        }
        for exclusion in &mut part.exclusions {
            for (key, _) in &mut exclusion.keys {
                of_key(key, &flatten.field, &mut expression);
            }
            if let Some(predicate) = &mut exclusion.predicate {
                expression(predicate);
            }
        }
        for key in &mut part.foreign_keys {
            key.fields
                .iter_mut()
                .chain(&mut key.on_delete_fields)
                .for_each(within);
        }
        for mistake in mistakes {
            self.errors.push(found.told(self.tree, &mistake));
        }
    }

    fn report<T>(&mut self, found: &Found<T>, span: proc_macro2::Span, message: String, hint: &str) {
        self.errors
            .push(found.error(self.tree, span, message, Some(hint.to_owned())));
    }
}

fn of_key(key: &mut IndexKeyOf, field: &Ident, expression: &mut impl FnMut(&mut Spanned<String>)) {
    match key {
        IndexKeyOf::Field(path) => path.put_within(field),
        IndexKeyOf::Expression(text) => expression(text),
    }
}
