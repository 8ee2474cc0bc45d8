//! Structs over views.

use std::collections::BTreeMap;

use limbeck_sql::QualifiedName;

use super::super::find::FoundModels;
use super::super::model_names::view_name;
use super::super::tree::Tree;
use super::super::types::Types;
use super::super::{ModelError, Origin};
use super::columns::Said;
use super::{Checked, columns};

/// What structs over views mean, and those that are named as a table or type is.
pub(super) fn check(
    tree: &Tree,
    models: &FoundModels,
    types: &Types<'_>,
    checked: &mut Checked,
    seen: &BTreeMap<QualifiedName, (&'static str, Origin)>,
    errors: &mut Vec<ModelError>,
) {
    for (key, found) in models.views.iter().filter(|(_, found)| found.declared) {
        let name = view_name(&found.model);
        if let Some((sort, first)) = seen.get(&name) {
            let sort = sort.trim_end_matches('s');
            let message = format!("a {sort} and a view are named `{name}`");
            let hint = "a struct over the rows of a table derives `Table`".to_owned();
            let mut error = found.error(tree, found.model.name.span, message, Some(hint));
            error.beside = Some(Box::new(first.clone()));
            errors.push(error);
        }
        let columns = found.model.columns.iter();
        let columns = columns
            .map(|column| {
                let said = Said {
                    ty: &column.ty,
                    data_type: column.data_type.as_ref(),
                    nullable: column.nullable,
                };
                columns::field_type(tree, types, found, &said, errors)
            })
            .collect();
        checked.views.insert(*key, columns);
    }
}
