//! Everything that the models declare, in its order.

use std::collections::BTreeSet;

use limbeck_sql::{QualifiedName, quote_identifier};

use super::check::Checked;
use super::ddl::Ddl;
use super::find::{Found, FoundModels, Key};
use super::model_names::{enum_name, labels, model_path, table_name, type_name, view_name};
use super::tree::Tree;
use super::type_order;
use super::writer::Writer;
use super::{
    Declared, DeclaredColumn, DeclaredEnum, DeclaredReference, DeclaredRename, DeclaredTable, DeclaredType,
    DeclaredView, DeclaredViewColumn, Models, Origin, RenameKind,
};
use crate::attributes::{EnumModel, FieldPath, IndexKeyOf, Spanned, TableModel, TypeModel, TypeSort};

/// What the models declare. They have been checked.
pub(super) fn render(tree: &Tree, found: &FoundModels, checked: &Checked) -> Models {
    let mut enums: Vec<_> = found
        .enums
        .values()
        .filter(|found| found.declared && found.model.stored_as.is_none())
        .map(|found| Ddl {
            tree,
            found,
            name: enum_name(&found.model),
        })
        .collect();
    let mut tables: Vec<_> = found
        .tables
        .iter()
        .filter(|(_, found)| found.declared)
        .map(|(key, found)| {
            (
                *key,
                Ddl {
                    tree,
                    found,
                    name: table_name(&found.model),
                },
            )
        })
        .collect();
    let mut types: Vec<_> = found
        .types
        .iter()
        .filter(|(_, found)| found.declared)
        .map(|(key, found)| {
            let name = type_name(&found.model);
            (*key, Ddl { tree, found, name })
        })
        .collect();
    enums.sort_by(|a, b| a.name.cmp(&b.name));
    types.sort_by(|(_, a), (_, b)| a.name.cmp(&b.name));
    tables.sort_by(|(_, a), (_, b)| a.name.cmp(&b.name));

    let mut models = Models {
        files: tree.file_paths(),
        ..Models::default()
    };
    let schemas = schemas(tree, &enums, &types, &tables);
    models.statements.extend(schemas);
    models
        .statements
        .extend(enums.iter().map(|ddl| ddl.create().of(&ddl.name)));
    let (mut indexes, mut foreign_keys, mut comments) = (Vec::new(), Vec::new(), Vec::new());
    let mut alterations = Vec::new();
    for ddl in &enums {
        comments.extend(of(&ddl.name, ddl.comments()));
        models.enums.push(declared_enum(ddl));
        enum_renames(ddl, &mut models.renames);
    }
    let keys: Vec<Key> = types.iter().map(|(key, _)| *key).collect();
    for key in type_order::ordered(&keys, &checked.uses).0 {
        if let Some((_, ddl)) = types.iter().find(|(other, _)| *other == key) {
            let held = checked.types.get(&key).map_or(&[][..], Vec::as_slice);
            models
                .statements
                .extend(ddl.mention().map(|mention| mention.of(&ddl.name)));
            models.statements.push(ddl.create(held).of(&ddl.name));
        }
    }
    for (_, ddl) in &types {
        comments.extend(of(&ddl.name, ddl.comments()));
        models.types.push(declared_type(ddl));
        type_renames(ddl, &mut models.renames);
    }
    let keys: Vec<Key> = tables.iter().map(|(key, _)| *key).collect();
    for key in type_order::ordered(&keys, &checked.parents).0 {
        if let Some((_, ddl)) = tables.iter().find(|(other, _)| *other == key) {
            let types = checked.types.get(&key).map_or(&[][..], Vec::as_slice);
            let parents: Vec<QualifiedName> = checked
                .parents
                .get(&key)
                .into_iter()
                .flatten()
                .filter_map(|parent| Some(table_name(&found.tables.get(parent)?.model)))
                .collect();
            models.statements.push(ddl.create(types, &parents).of(&ddl.name));
            models.statements.extend(of(&ddl.name, ddl.partitions()));
        }
    }
    for (key, ddl) in &tables {
        indexes.extend(of(&ddl.name, ddl.indexes()));
        alterations.extend(of(&ddl.name, ddl.alterations()));
        let targets = checked.targets.get(key).map_or(&[][..], Vec::as_slice);
        for (foreign_key, target) in ddl.found.model.foreign_keys.iter().zip(targets) {
            if let Some(target) = target.and_then(|key| found.tables.get(&key)) {
                let referenced = table_name(&target.model);
                let statement = ddl.foreign_key(foreign_key, &target.model, &referenced);
                foreign_keys.push(statement.of(&ddl.name));
            }
        }
        comments.extend(of(&ddl.name, ddl.comments()));
        models.tables.push(declared_table(ddl, *key, found, checked));
        table_renames(ddl, &mut models.renames);
    }
    models.views = views(tree, found, checked);
    models.statements.append(&mut indexes);
    models.statements.append(&mut alterations);
    models.statements.append(&mut foreign_keys);
    models.statements.append(&mut comments);
    models
}

/// Statements that are about a table or type.
fn of<'a>(
    name: &'a QualifiedName,
    statements: impl IntoIterator<Item = Declared> + 'a,
) -> impl Iterator<Item = Declared> + 'a {
    statements.into_iter().map(|statement| statement.of(name))
}

/// The structs over views.
fn views(tree: &Tree, models: &FoundModels, checked: &Checked) -> Vec<DeclaredView> {
    use syn::spanned::Spanned as _;
    let declared = models.views.iter().filter(|(_, found)| found.declared);
    let mut views: Vec<DeclaredView> = declared
        .map(|(key, found)| {
            let types = checked.views.get(key).map_or(&[][..], Vec::as_slice);
            let columns = found
                .model
                .columns
                .iter()
                .zip(types)
                .filter_map(|(column, data_type)| {
                    let said = column.data_type.as_ref().map(|said| said.span);
                    let data_type = data_type.as_ref()?;
                    Some(DeclaredViewColumn {
                        name: column.name.value.clone(),
                        field: column.field.to_string(),
                        data_type: data_type.name.clone(),
                        nullable: data_type.nullable,
                        field_origin: found.origin(tree, column.field.span),
                        origin: found.origin(tree, column.name.span),
                        type_origin: found.origin(tree, said.unwrap_or_else(|| column.ty.span())),
                    })
                });
            DeclaredView {
                name: view_name(&found.model),
                model: model_path(tree, found, &found.model.ident),
                origin: found.origin(tree, found.model.name.span),
                columns: columns.collect(),
            }
        })
        .collect();
    views.sort_by(|a, b| (&a.name, &a.model).cmp(&(&b.name, &b.model)));
    views
}

/// The schemas that are named, `public` apart: every database has that one.
fn schemas(
    tree: &Tree,
    enums: &[Ddl<'_, EnumModel>],
    types: &[(Key, Ddl<'_, TypeModel>)],
    tables: &[(Key, Ddl<'_, TableModel>)],
) -> Vec<Declared> {
    fn named<T>(tree: &Tree, found: &Found<T>, schema: Option<&Spanned<String>>) -> Option<(String, Origin)> {
        let schema = schema.filter(|schema| schema.value != "public")?;
        Some((schema.value.clone(), found.origin(tree, schema.span)))
    }
    let of_enums = enums
        .iter()
        .filter_map(|ddl| named(tree, ddl.found, ddl.found.model.schema.as_ref()));
    let of_tables = tables
        .iter()
        .filter_map(|(_, ddl)| named(tree, ddl.found, ddl.found.model.schema.as_ref()));
    let of_types = types
        .iter()
        .filter_map(|(_, ddl)| named(tree, ddl.found, ddl.found.model.schema.as_ref()));
    let mut named: Vec<_> = of_enums.chain(of_types).chain(of_tables).collect();
    named.sort_by(|(a, _), (b, _)| a.cmp(b));
    let mut seen = BTreeSet::new();
    named.retain(|(schema, _)| seen.insert(schema.clone()));
    named
        .into_iter()
        .map(|(schema, origin)| {
            let mut writer = Writer::new(origin);
            writer.push(&format!(
                "CREATE SCHEMA IF NOT EXISTS {}",
                quote_identifier(&schema)
            ));
            writer.finish()
        })
        .collect()
}

fn declared_enum(ddl: &Ddl<'_, EnumModel>) -> DeclaredEnum {
    let model = &ddl.found.model;
    DeclaredEnum {
        name: ddl.name.clone(),
        model: model_path(ddl.tree, ddl.found, &model.ident),
        origin: ddl.found.origin(ddl.tree, model.ident.span()),
        labels: labels(model),
    }
}

fn declared_type(ddl: &Ddl<'_, TypeModel>) -> DeclaredType {
    let model = &ddl.found.model;
    DeclaredType {
        name: ddl.name.clone(),
        sort: match &model.sort {
            TypeSort::Composite(_) => "composite type",
            TypeSort::Domain(_) => "domain",
            TypeSort::Range(_) => "range type",
        },
        model: model_path(ddl.tree, ddl.found, &model.ident),
        origin: ddl.found.origin(ddl.tree, model.ident.span()),
    }
}

fn type_renames(ddl: &Ddl<'_, TypeModel>, renames: &mut Vec<DeclaredRename>) {
    let QualifiedName { schema, name } = &ddl.name;
    let model = &ddl.found.model;
    let rename = |kind, from, to, old: &Spanned<String>| DeclaredRename {
        kind,
        from,
        to,
        origin: ddl.found.origin(ddl.tree, old.span),
    };
    if let Some(old) = &model.renamed_from {
        let kind = match &model.sort {
            TypeSort::Domain(_) => RenameKind::Domain,
            TypeSort::Composite(_) | TypeSort::Range(_) => RenameKind::Type,
        };
        let (from, to) = (
            vec![schema.clone(), old.value.clone()],
            vec![schema.clone(), name.clone()],
        );
        renames.push(rename(kind, from, to, old));
    }
    let TypeSort::Composite(attributes) = &model.sort else {
        return;
    };
    for attribute in attributes {
        if let Some(old) = &attribute.renamed_from {
            let path = |last: &String| vec![schema.clone(), name.clone(), last.clone()];
            let (from, to) = (path(&old.value), path(&attribute.name.value));
            renames.push(rename(RenameKind::Column, from, to, old));
        }
    }
}

fn declared_table(
    ddl: &Ddl<'_, TableModel>,
    key: Key,
    models: &FoundModels,
    checked: &Checked,
) -> DeclaredTable {
    let model = &ddl.found.model;
    let types = checked.types.get(&key).map_or(&[][..], Vec::as_slice);
    let columns = model.columns.iter().zip(types).filter_map(|(column, found)| {
        let found = found.as_ref()?;
        Some(DeclaredColumn {
            name: column.name.value.clone(),
            field: column.field.to_string(),
            data_type: found.name.clone(),
            nullable: found.nullable,
            comment: column.comment.as_ref().map(|comment| comment.value.clone()),
            said: [
                (column.settings.storage.is_some(), "storage"),
                (column.settings.compression.is_some(), "compression"),
                (column.settings.statistics.is_some(), "statistics"),
            ]
            .into_iter()
            .filter_map(|(said, word)| said.then_some(word))
            .collect(),
            origin: ddl.found.origin(ddl.tree, column.field.span),
        })
    });
    let targets = checked.targets.get(&key).map_or(&[][..], Vec::as_slice);
    let references = model
        .foreign_keys
        .iter()
        .zip(targets)
        .filter_map(|(foreign_key, target)| {
            let target = &models.tables.get(target.as_ref()?)?.model;
            Some(DeclaredReference {
                columns: names(model, &foreign_key.fields),
                table: table_name(target),
                referenced_columns: names(target, &foreign_key.target_fields),
            })
        });
    DeclaredTable {
        name: ddl.name.clone(),
        model: model_path(ddl.tree, ddl.found, &model.ident),
        origin: ddl.found.origin(ddl.tree, model.ident.span()),
        columns: columns.collect(),
        primary_key: model
            .primary_key
            .as_ref()
            .map(|key| names(model, &key.fields))
            .unwrap_or_default(),
        unique: unique(model),
        references: references.collect(),
        comment: model.comment.as_ref().map(|comment| comment.value.clone()),
        said: ddl.said_of_table(),
        indexes: ddl.said_of_indexes(),
    }
}

/// What is unique among all rows, by columns alone.
fn unique(model: &TableModel) -> Vec<Vec<String>> {
    let constraints = model.uniques.iter().map(|key| names(model, &key.fields));
    let indexes = model
        .indexes
        .iter()
        .filter(|index| index.unique && index.predicate.is_none())
        .filter_map(|index| {
            let fields = index.keys.iter().map(|key| match &key.of {
                IndexKeyOf::Field(field) => Some(field.clone()),
                IndexKeyOf::Expression(_) => None,
            });
            Some(names(model, &fields.collect::<Option<Vec<_>>>()?))
        });
    constraints.chain(indexes).collect()
}

fn names(model: &TableModel, fields: &[FieldPath]) -> Vec<String> {
    let columns = fields.iter().filter_map(|field| model.column(field));
    columns.map(|column| column.name.value.clone()).collect()
}

fn enum_renames(ddl: &Ddl<'_, EnumModel>, renames: &mut Vec<DeclaredRename>) {
    let QualifiedName { schema, name } = &ddl.name;
    let model = &ddl.found.model;
    if let Some(old) = &model.renamed_from {
        renames.push(DeclaredRename {
            kind: RenameKind::Type,
            from: vec![schema.clone(), old.value.clone()],
            to: vec![schema.clone(), name.clone()],
            origin: ddl.found.origin(ddl.tree, old.span),
        });
    }
    for label in &model.labels {
        if let Some(old) = &label.renamed_from {
            renames.push(DeclaredRename {
                kind: RenameKind::EnumValue,
                from: vec![schema.clone(), name.clone(), old.value.clone()],
                to: vec![schema.clone(), name.clone(), label.label.value.clone()],
                origin: ddl.found.origin(ddl.tree, old.span),
            });
        }
    }
    let label = |label: &String| vec![schema.clone(), name.clone(), label.clone()];
    renames.extend(model.removed.iter().map(|removed| DeclaredRename {
        kind: RenameKind::EnumValueRemoved,
        from: label(&removed.from.value),
        to: label(&removed.to.value),
        origin: ddl.found.origin(ddl.tree, removed.from.span),
    }));
}

fn table_renames(ddl: &Ddl<'_, TableModel>, renames: &mut Vec<DeclaredRename>) {
    let QualifiedName { schema, name } = &ddl.name;
    let model = &ddl.found.model;
    if let Some(old) = &model.renamed_from {
        renames.push(DeclaredRename {
            kind: RenameKind::Table,
            from: vec![schema.clone(), old.value.clone()],
            to: vec![schema.clone(), name.clone()],
            origin: ddl.found.origin(ddl.tree, old.span),
        });
    }
    for column in &model.columns {
        if let Some(old) = &column.renamed_from {
            renames.push(DeclaredRename {
                kind: RenameKind::Column,
                from: vec![schema.clone(), name.clone(), old.value.clone()],
                to: vec![schema.clone(), name.clone(), column.name.value.clone()],
                origin: ddl.found.origin(ddl.tree, old.span),
            });
        }
    }
}
