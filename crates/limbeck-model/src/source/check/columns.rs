//! Columns: their types, what counts them, and the key they are part of.

use syn::spanned::Spanned as _;

use super::super::ModelError;
use super::super::find::{Found, FoundModels};
use super::super::sql_type::{self, Category};
use super::super::tree::Tree;
use super::super::types::{FieldType, Types};
use super::defaults;
use crate::attributes::{ColumnModel, Spanned, TableModel};

/// What says the type of a field.
pub(super) struct Said<'a> {
    pub(super) ty: &'a syn::Type,
    pub(super) data_type: Option<&'a Spanned<String>>,
    pub(super) nullable: Option<bool>,
}

/// The type that a field says, else that of its Rust type.
pub(super) fn field_type<T>(
    tree: &Tree,
    types: &Types<'_>,
    found: &Found<T>,
    said: &Said<'_>,
    errors: &mut Vec<ModelError>,
) -> Option<FieldType> {
    let module = tree.module_of(found.module, said.ty.span());
    let mut known = match said.data_type {
        Some(name) => FieldType {
            nullable: types.is_nullable(said.ty, module),
            ..FieldType::plain(name.value.trim())
        },
        None => match types.sql_type(said.ty, module) {
            Ok(known) => known,
            Err(unknown) => {
                if !types.is_told(said.ty, module) {
                    errors.push(found.error_at(tree, unknown.span, unknown.message, Some(unknown.hint)));
                }
                return None;
            }
        },
    };
    if let Some(nullable) = said.nullable {
        known.nullable = nullable;
    }
    Some(known)
}

/// The type of a column that a table has, and what cannot go with it.
pub(super) fn column_type(
    types: &Types<'_>,
    tree: &Tree,
    table: &Found<TableModel>,
    column: &ColumnModel,
    models: &FoundModels,
    errors: &mut Vec<ModelError>,
) -> Option<FieldType> {
    let said = Said {
        ty: &column.ty,
        data_type: column.data_type.as_ref(),
        nullable: column.nullable.as_ref().map(|nullable| nullable.value),
    };
    let found = field_type(tree, types, table, &said, errors)?;
    if let Some(default) = &column.default {
        errors.extend(defaults::check(
            tree,
            table,
            &column.name.value,
            default,
            &found,
            models,
        ));
    }
    if let Some(identity) = &column.identity {
        if sql_type::category(found.value_type()) != Category::Integer {
            let message = format!("an identity column counts, and `{}` is no integer", found.name);
            let hint = "use `i16`, `i32` or `i64`".to_owned();
            errors.push(table.error(tree, identity.span, message, Some(hint)));
        } else if found.nullable {
            let hint = "make the field the integer itself, without `Option`".to_owned();
            errors.push(table.error(
                tree,
                identity.span,
                "an identity column is never NULL",
                Some(hint),
            ));
        }
    }
    Some(found)
}

/// Columns of a primary key are never NULL.
pub(super) fn primary_key(
    tree: &Tree,
    table: &Found<TableModel>,
    types: Option<&Vec<Option<FieldType>>>,
    errors: &mut Vec<ModelError>,
) {
    let Some(key) = &table.model.primary_key else {
        return;
    };
    let Some(types) = types else { return };
    for (column, found) in table.model.columns.iter().zip(types) {
        let in_key = key.fields.contains(&column.field);
        if in_key
            && found.as_ref().is_some_and(|found| found.nullable)
            && column.identity.is_none()
            && (column.nullable.is_none() || column.primary_key.is_none())
        {
            let message = format!(
                "`{}` is part of the primary key, which is never NULL",
                column.name.value
            );
            let hint = "make the field's type one without `Option`".to_owned();
            errors.push(table.error(tree, column.ty.span(), message, Some(hint)));
        }
    }
}
