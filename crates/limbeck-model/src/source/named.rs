//! Names for what the models left unnamed, by the convention.

use std::collections::BTreeSet;

use limbeck_sql::{QualifiedName, default_name};
use proc_macro2::Span;

use super::check::Checked;
use super::column_names;
use super::find::{FoundModels, Key};
use super::model_names::table_name;
use super::naming::{NameTemplate, Named, Naming, free};
use super::settings_ddl::{column_names, index_keys, key_columns};
use super::types::FieldType;
use crate::attributes::{IndexKeyOf, PartitionModel, Spanned, TableModel};

/// Gives names to the constraints and indexes of tables that have none of their own. A name that a model gives is taken
/// as it is.
pub(super) fn name(models: &mut FoundModels, checked: &mut Checked, naming: &Naming) {
    if naming.is_empty() {
        return;
    }
    let mut order: Vec<(QualifiedName, Key)> = models
        .tables
        .iter()
        .filter(|(_, found)| found.declared)
        .map(|(key, found)| (table_name(&found.model), *key))
        .collect();
    order.sort();
    let mut relations = Relations::default();
    for (name, key) in &order {
        if let Some(found) = models.tables.get(key) {
            relations.take_said(name, &found.model);
        }
    }
    for (table, key) in &order {
        let referred = referred(models, checked, *key);
        if let Some(found) = models.tables.get_mut(key) {
            let mut names = Names {
                table,
                relations: &mut relations,
                constraints: said_constraints(&found.model),
            };
            names.of_table(&mut found.model, &referred, naming);
            let types = checked.types.get_mut(key).into_iter().flatten();
            names.of_labels(&found.model, types, naming);
        }
    }
}

/// The names of a schema's tables and indexes.
#[derive(Default)]
struct Relations(BTreeSet<(String, String)>);

impl Relations {
    fn take_said(&mut self, table: &QualifiedName, model: &TableModel) {
        self.take(&table.schema, &table.name);
        let keys = model.primary_key.iter().chain(&model.uniques);
        let said = keys.map(|key| &key.name);
        let said = said.chain(model.exclusions.iter().map(|exclusion| &exclusion.name));
        let said = said.chain(model.indexes.iter().map(|index| &index.name));
        for name in said.flatten() {
            self.take(&table.schema, &name.value);
        }
        self.take_partitions(&table.schema, &model.settings.partitions);
    }

    fn take_partitions(&mut self, schema: &str, partitions: &[PartitionModel]) {
        for partition in partitions {
            self.take(schema, &partition.name.value);
            self.take_partitions(schema, &partition.partitions);
        }
    }

    fn take(&mut self, schema: &str, name: &str) {
        self.0.insert((schema.to_owned(), name.to_owned()));
    }

    fn has(&self, schema: &str, name: &str) -> bool {
        self.0.contains(&(schema.to_owned(), name.to_owned()))
    }
}

fn said_constraints(model: &TableModel) -> BTreeSet<String> {
    let keys = model.primary_key.iter().chain(&model.uniques);
    let said = keys.map(|key| &key.name);
    let said = said.chain(model.exclusions.iter().map(|exclusion| &exclusion.name));
    let said = said.chain(model.checks.iter().map(|check| &check.name));
    let said = said.chain(model.foreign_keys.iter().map(|key| &key.name));
    said.flatten().map(|name| name.value.clone()).collect()
}

/// The table and the columns that each foreign key of a table refers to.
fn referred(models: &FoundModels, checked: &Checked, key: Key) -> Vec<Option<(QualifiedName, Vec<String>)>> {
    let Some(found) = models.tables.get(&key) else {
        return Vec::new();
    };
    let targets = checked.targets.get(&key).map_or(&[][..], Vec::as_slice);
    let both = found.model.foreign_keys.iter().zip(targets);
    both.map(|(foreign_key, target)| {
        let target = &models.tables.get(target.as_ref()?)?.model;
        let columns = column_names(target, foreign_key.target_fields.iter());
        Some((table_name(target), columns))
    })
    .collect()
}

/// The names of one table's constraints and indexes.
struct Names<'a> {
    table: &'a QualifiedName,
    relations: &'a mut Relations,
    constraints: BTreeSet<String>,
}

impl Names<'_> {
    fn of_table(
        &mut self,
        model: &mut TableModel,
        referred: &[Option<(QualifiedName, Vec<String>)>],
        naming: &Naming,
    ) {
        let before = model.clone();
        let keys = |keys: &mut dyn Iterator<Item = &IndexKeyOf>| {
            default_name::key_names(&index_keys(&key_columns(&before, keys)))
        };
        for (key, template) in model
            .primary_key
            .iter_mut()
            .map(|key| (key, &naming.primary_key))
            .chain(model.uniques.iter_mut().map(|key| (key, &naming.unique)))
        {
            let columns = column_names(&before, key.fields.iter());
            self.give(&mut key.name, template, &columns, None, Sort::Key, key.span);
        }
        for exclusion in &mut model.exclusions {
            let columns = keys(&mut exclusion.keys.iter().map(|(of, _)| of));
            let span = exclusion.span;
            self.give(
                &mut exclusion.name,
                &naming.exclusion,
                &columns,
                None,
                Sort::Key,
                span,
            );
        }
        for index in &mut model.indexes {
            let columns = keys(&mut index.keys.iter().map(|key| &key.of));
            self.give(
                &mut index.name,
                &naming.index,
                &columns,
                None,
                Sort::Index,
                index.span,
            );
        }
        for check in &mut model.checks {
            let columns = columns_used(&before, &check.expression.value);
            self.give(
                &mut check.name,
                &naming.check,
                &columns,
                None,
                Sort::Other,
                check.span,
            );
        }
        for (key, referred) in model.foreign_keys.iter_mut().zip(referred) {
            let columns = column_names(&before, key.fields.iter());
            let referred = referred.as_ref();
            self.give(
                &mut key.name,
                &naming.foreign_key,
                &columns,
                referred,
                Sort::Other,
                key.span,
            );
        }
    }

    /// Of the checks that columns of texts have, which are one of an enum's labels.
    fn of_labels<'t>(
        &mut self,
        model: &TableModel,
        types: impl Iterator<Item = &'t mut Option<FieldType>>,
        naming: &Naming,
    ) {
        for (column, found) in model.columns.iter().zip(types) {
            if let Some(one_of) = found.as_mut().and_then(|found| found.one_of.as_mut()) {
                let columns = [column.name.value.clone()];
                let (mut name, span) = (None, column.name.span);
                self.give(&mut name, &naming.check, &columns, None, Sort::Other, span);
                one_of.check = name.map(|name| name.value);
            }
        }
    }

    fn give(
        &mut self,
        slot: &mut Option<Spanned<String>>,
        template: &Option<NameTemplate>,
        columns: &[String],
        referred: Option<&(QualifiedName, Vec<String>)>,
        sort: Sort,
        span: Span,
    ) {
        let (None, Some(template)) = (&slot, template) else {
            return;
        };
        let wanted = template.name(&Named {
            schema: &self.table.schema,
            table: &self.table.name,
            columns,
            referred: referred
                .map(|(table, columns)| (table.schema.as_str(), table.name.as_str(), columns.as_slice())),
        });
        let name = free(&wanted, |name| {
            (sort != Sort::Other && self.relations.has(&self.table.schema, name))
                || (sort != Sort::Index && self.constraints.contains(name))
        });
        if sort != Sort::Other {
            self.relations.take(&self.table.schema, &name);
        }
        if sort != Sort::Index {
            self.constraints.insert(name.clone());
        }
        *slot = Some(Spanned::new(name, span));
    }
}

/// Among what a name has to be the only one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sort {
    /// A constraint that has an index.
    Key,
    Index,
    /// A constraint without one.
    Other,
}

/// The columns of a table that an expression names.
fn columns_used(model: &TableModel, expression: &str) -> Vec<String> {
    let columns = model.columns.iter();
    columns_among(
        &columns.map(|column| column.name.value.as_str()).collect(),
        expression,
    )
}

/// Which of these columns an SQL expression names, in its order and each once, as far as tokens tell. It is what a check is
/// about where a convention names it.
#[must_use]
pub fn columns_among(known: &BTreeSet<&str>, expression: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for column_names::Name { name, .. } in column_names::in_expression(expression) {
        if known.contains(name.as_str()) && !found.contains(&name) {
            found.push(name);
        }
    }
    found
}
