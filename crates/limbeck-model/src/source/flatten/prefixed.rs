//! Expressions whose columns get a prefix.

use std::collections::BTreeMap;

use limbeck_sql::quote_identifier;

use super::super::column_names::{self, Name, NameSort};
use crate::attributes::{AttributeError, Spanned};

/// Gives some columns of an expression other names, by the names that they have. What may be such a column, and may be
/// something else, is a mistake: another expression would run as well, and mean something else.
pub(super) fn rename(
    expression: &mut Spanned<String>,
    renamed: &BTreeMap<String, String>,
    mistakes: &mut Vec<AttributeError>,
) {
    if renamed.is_empty() {
        return;
    }
    let mut text = expression.value.clone();
    for Name { range, name, sort } in column_names::in_expression(&expression.value).into_iter().rev() {
        let Some(new) = renamed.get(&name) else {
            continue;
        };
        let (message, hint) = match sort {
            NameSort::Column => {
                text.replace_range(range, &quote_identifier(new));
                continue;
            }
            NameSort::Qualified => (
                format!(
                    "`{}` names a table, and a set is of several: with its prefix the column is `{new}`",
                    expression.value.get(range).unwrap_or_default()
                ),
                format!("name the column alone: `{}`", quote_identifier(&name)),
            ),
            NameSort::Doubtful => (
                format!(
                    "`{name}` may be the column here, which with its prefix is `{new}`, or a word of the function"
                ),
                format!(
                    "write the column in quotes: `\"{name}\"`; for the word, give the column another name"
                ),
            ),
        };
        mistakes.push(AttributeError::new(expression.span, message).with_hint(hint));
    }
    expression.value = text;
}
