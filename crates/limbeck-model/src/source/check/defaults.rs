//! Defaults against the types of what has them.

use super::super::ModelError;
use super::super::find::{Found, FoundModels};
use super::super::sql_type::{self, Category};
use super::super::tree::Tree;
use super::super::types::FieldType;
use crate::attributes::{DefaultValue, EnumModel, Spanned};

/// A literal that does not fit its column. An SQL expression is PostgreSQL's to judge.
pub(super) fn check<T>(
    tree: &Tree,
    table: &Found<T>,
    of: &str,
    default: &Spanned<DefaultValue>,
    data_type: &FieldType,
    models: &FoundModels,
) -> Option<ModelError> {
    let category = sql_type::category(data_type.value_type());
    let (what, fits, expression) = match &default.value {
        DefaultValue::Sql(_) => return None,
        DefaultValue::Text(label) => {
            if let Some(enumeration) = data_type.enumeration.and_then(|key| models.enums.get(&key)) {
                return check_label(tree, table, default, label, &enumeration.model);
            }
            ("a string", category == Category::Text, meant(label))
        }
        DefaultValue::Integer(number) => (
            "an integer",
            matches!(category, Category::Integer | Category::Number),
            number.clone(),
        ),
        DefaultValue::Float(number) => (
            "a number with a fraction",
            category == Category::Number,
            number.clone(),
        ),
        DefaultValue::Boolean(value) => ("a truth value", category == Category::Boolean, value.to_string()),
    };
    if fits {
        return None;
    }
    let message = format!(
        "the default of `{of}` is {what}, and its type is `{}`",
        data_type.name
    );
    let hint = format!(
        "for an SQL expression write `default = sql(\"{}\")`",
        expression.replace('\\', "\\\\").replace('"', "\\\"")
    );
    Some(table.error(tree, default.span, message, Some(hint)))
}

/// What a string that is no text was likely to say: an expression that looks like one, else a literal.
fn meant(text: &str) -> String {
    let call = text.contains('(') && text.ends_with(')');
    if call || text.to_lowercase().starts_with("current_") {
        text.to_owned()
    } else {
        limbeck_sql::quote_literal(text)
    }
}

fn check_label<T>(
    tree: &Tree,
    table: &Found<T>,
    default: &Spanned<DefaultValue>,
    label: &str,
    enumeration: &EnumModel,
) -> Option<ModelError> {
    if enumeration.labels.iter().any(|known| known.label.value == label) {
        return None;
    }
    let labels = enumeration
        .labels
        .iter()
        .map(|known| format!("`{}`", known.label.value));
    let name = if enumeration.stored_as.is_some() {
        enumeration.ident.to_string()
    } else {
        enumeration.name.value.clone()
    };
    let message = format!("`{label}` is no label of `{name}`");
    let hint = format!("its labels are {}", labels.collect::<Vec<_>>().join(", "));
    Some(table.error(tree, default.span, message, Some(hint)))
}
