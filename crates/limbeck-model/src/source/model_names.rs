//! What models are called, in the database and in Rust.

use limbeck_sql::QualifiedName;
use syn::ext::IdentExt;

use super::find::{Found, FoundModels};
use super::tree::Tree;
use super::types::{DeclaredName, DeclaredNames, Sort};
use crate::attributes::{EnumModel, Spanned, TableModel, TypeModel, TypeSort, ViewModel};

/// The schema of what names none.
const DEFAULT_SCHEMA: &str = "public";

/// The qualified name of a table.
pub(super) fn table_name(model: &TableModel) -> QualifiedName {
    qualified(model.schema.as_ref(), &model.name)
}

/// The qualified name of an enum type.
pub(super) fn enum_name(model: &EnumModel) -> QualifiedName {
    qualified(model.schema.as_ref(), &model.name)
}

/// The qualified name of a composite type, a domain or a range type.
pub(super) fn type_name(model: &TypeModel) -> QualifiedName {
    qualified(model.schema.as_ref(), &model.name)
}

/// The qualified name of the view that a struct reads.
pub(super) fn view_name(model: &ViewModel) -> QualifiedName {
    qualified(model.schema.as_ref(), &model.name)
}

fn qualified(schema: Option<&Spanned<String>>, name: &Spanned<String>) -> QualifiedName {
    QualifiedName::new(schema.map_or(DEFAULT_SCHEMA, |schema| &schema.value), &name.value)
}

/// The path of a model from its crate's root.
pub(super) fn model_path<T>(tree: &Tree, found: &Found<T>, ident: &syn::Ident) -> String {
    let module = tree
        .module(found.module)
        .map(|module| module.path.join("::"))
        .unwrap_or_default();
    format!("{module}::{}", ident.unraw())
}

/// The types that models declare, those that are only there to be referred to among them.
pub(super) fn declared_names(models: &FoundModels) -> DeclaredNames {
    let enums = models.enums.iter().map(|(key, found)| {
        let name = enum_name(&found.model);
        (
            *key,
            DeclaredName {
                name,
                sort: match &found.model.stored_as {
                    Some(stored_as) => Sort::Text {
                        data_type: stored_as.value.trim().to_owned(),
                        labels: labels(&found.model),
                    },
                    None => Sort::Enum,
                },
            },
        )
    });
    let others = models.types.iter().map(|(key, found)| {
        let named = |name: &Option<Spanned<String>>| name.as_ref().map(|name| name.value.clone());
        let sort = match &found.model.sort {
            TypeSort::Composite(_) => Sort::Composite,
            TypeSort::Domain(domain) => Sort::Domain {
                held: Box::new(domain.ty.clone()),
                named: named(&domain.data_type),
            },
            TypeSort::Range(_) => Sort::Range,
        };
        let name = type_name(&found.model);
        (*key, DeclaredName { name, sort })
    });
    let columns = models.columns.iter().map(|(key, found)| {
        let name = QualifiedName::new(DEFAULT_SCHEMA, found.model.ident.unraw().to_string());
        let sort = Sort::Columns;
        (*key, DeclaredName { name, sort })
    });
    enums.chain(others).chain(columns).collect()
}

/// The labels of an enum, in order.
pub(super) fn labels(model: &EnumModel) -> Vec<String> {
    let labels = model.labels.iter();
    labels.map(|label| label.label.value.clone()).collect()
}
