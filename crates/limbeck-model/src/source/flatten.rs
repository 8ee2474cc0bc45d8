//! Structs that are flattened into tables: their columns, and what is declared of these, become the table's.

use std::collections::BTreeMap;

use limbeck_sql::{MAXIMUM_IDENTIFIER_LENGTH, quote_identifier};
use proc_macro2::Ident;
use syn::spanned::Spanned as _;

use super::check::declared_names;
use super::find::{Found, FoundModels, Key};
use super::tree::Tree;
use super::types::Types;
use super::{ModelError, SourceOptions, column_names};
use crate::attributes::{FieldPath, FlattenModel, IndexKeyOf, KeyModel, Spanned, TableModel};

/// Splices sets of columns into the tables that flatten them.
pub(super) fn flatten(
    tree: &Tree,
    models: &mut FoundModels,
    options: &SourceOptions,
    errors: &mut Vec<ModelError>,
) {
    let is_flat = |found: &Found<TableModel>| found.model.flattened.is_empty();
    if models.tables.values().all(is_flat) {
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
    for (key, model) in flat {
        if let Some(found) = models.tables.get_mut(&key) {
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
            let module = self.tree.module_of(found.module, flatten.ty.span());
            let Some((key, is_optional)) = self.types.columns(&flatten.ty, module) else {
                if !self.types.is_told(&flatten.ty, module) {
                    let hint = "derive `Columns` for a struct of this project, and name it here or an `Option` of it";
                    let message = "what is flattened is no set of columns";
                    self.report(found, flatten.ty.span(), message.to_owned(), hint);
                }
                continue;
            };
            let Some(mut part) = self.set(key) else {
                continue;
            };
            self.adopt(found, &flatten, &mut part, is_optional);
            let columns = std::mem::take(&mut part.columns);
            for column in &columns {
                let same = |other: &&crate::attributes::ColumnModel| other.name.value == column.name.value;
                if let Some(other) = model.columns.iter().find(same) {
                    let message = format!(
                        "`{}` brings the column `{}`, which `{}` is already",
                        flatten.field, column.name.value, other.field
                    );
                    let hint = "give one of them a prefix: `flatten, prefix = \"…\"`";
                    let mut error =
                        found.error(self.tree, flatten.field.span(), message, Some(hint.to_owned()));
                    error.beside = Some(Box::new(found.origin(self.tree, other.name.span)));
                    self.errors.push(error);
                }
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
            let hint = mistake.hint().map(str::to_owned);
            self.errors
                .push(found.error(self.tree, mistake.span(), mistake.message(), hint));
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
        let expression = |text: &mut String| *text = with_names(text, &renamed);
        for column in &mut part.columns {
            within(&mut column.field);
            if let Some(prefix) = prefix {
                column.name.value.insert_str(0, &prefix.value);
                if let Some(old) = &mut column.renamed_from {
                    old.value.insert_str(0, &prefix.value);
                }
                if column.name.value.len() > MAXIMUM_IDENTIFIER_LENGTH {
                    let message = format!(
                        "with its prefix `{}` is {} bytes long, and PostgreSQL keeps {MAXIMUM_IDENTIFIER_LENGTH} of a name",
                        column.name.value,
                        column.name.value.len()
                    );
                    self.errors.push(found.error(
                        self.tree,
                        prefix.span,
                        message,
                        Some("choose a shorter prefix".to_owned()),
                    ));
                }
            }
            if let Some(generated) = &mut column.generated {
                expression(&mut generated.value);
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
            expression(&mut check.expression.value);
        }
        for index in &mut part.indexes {
            index.include.iter_mut().for_each(within);
            for key in &mut index.keys {
                of_key(&mut key.of, &flatten.field, &renamed);
            }
            if let Some(predicate) = &mut index.predicate {
                expression(&mut predicate.value);
            }
        }
        for exclusion in &mut part.exclusions {
            for (key, _) in &mut exclusion.keys {
                of_key(key, &flatten.field, &renamed);
            }
            if let Some(predicate) = &mut exclusion.predicate {
                expression(&mut predicate.value);
            }
        }
        for key in &mut part.foreign_keys {
            key.fields
                .iter_mut()
                .chain(&mut key.on_delete_fields)
                .for_each(within);
        }
    }

    fn report(&mut self, found: &Found<TableModel>, span: proc_macro2::Span, message: String, hint: &str) {
        self.errors
            .push(found.error(self.tree, span, message, Some(hint.to_owned())));
    }
}

fn of_key(key: &mut IndexKeyOf, field: &Ident, renamed: &BTreeMap<String, String>) {
    match key {
        IndexKeyOf::Field(path) => path.put_within(field),
        IndexKeyOf::Expression(expression) => expression.value = with_names(&expression.value, renamed),
    }
}

/// An expression with other names for some columns.
fn with_names(expression: &str, renamed: &BTreeMap<String, String>) -> String {
    let mut text = expression.to_owned();
    for (range, name) in column_names::in_expression(expression).into_iter().rev() {
        if let Some(new) = renamed.get(&name) {
            text.replace_range(range, &quote_identifier(new));
        }
    }
    text
}
