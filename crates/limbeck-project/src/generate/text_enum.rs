//! Columns of text whose check names what they may hold: what `#[pg_enum(as = "text")]` says.
//!
//! One is known by the very text that PostgreSQL prints of what the attribute renders. Whatever else a check says stays a
//! check.

use limbeck_catalog::{CheckConstraint, Column, Constraint, ConstraintKind, Definition, Kind, ObjectId};
use limbeck_sql::{TokenKind, Tokens, quote_identifier, quote_literal};

use super::rust_type::{SqlType, spoken};
use super::scene::Scene;
use super::usual;

/// A check that says what a column may hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TextEnum {
    /// What it may hold, in the order of the check.
    pub(super) labels: Vec<String>,
    /// What `as` says.
    pub(super) stored_as: String,
    /// Whether the column holds an array of them.
    pub(super) is_array: bool,
}

/// The columns of a table that are such, with their checks.
pub(super) fn of_table(scene: &Scene<'_>, table: &ObjectId) -> Vec<(ObjectId, ObjectId, TextEnum)> {
    if scene.form(table).plain_text || scene.form(table).explicit {
        return Vec::new();
    }
    let found = scene.constraints(table).iter();
    found
        .filter_map(|(id, object, constraint)| {
            let check = plain(constraint).filter(|_| object.comment.is_none())?;
            let [column] = scene.columns_of(id)[..] else {
                return None;
            };
            let is_by_rule = id.name() == usual::check_of_labels(scene, table, column);
            if !is_by_rule || scene.catalog.inherited.contains(*id) {
                return None;
            }
            let column = ObjectId::in_relation(Kind::Column, &table.qualified_name()?, column);
            let Some(Definition::Column(definition)) = scene.catalog.definition(&column) else {
                return None;
            };
            let found = text_enum(column.name(), definition, &check.expression)?;
            Some((column, (*id).clone(), found))
        })
        .collect()
}

/// A check that `as = …` could have made, by everything but its expression.
fn plain(constraint: &Constraint) -> Option<&CheckConstraint> {
    match &constraint.definition {
        ConstraintKind::Check(check)
            if constraint.enforced
                && constraint.validated
                && constraint.partition_of.is_none()
                && !check.no_inherit =>
        {
            Some(check)
        }
        _ => None,
    }
}

fn text_enum(name: &str, column: &Column, expression: &str) -> Option<TextEnum> {
    let sql = SqlType::of(&column.data_type);
    if !matches!(sql.base.as_str(), "text" | "character varying") || column.generated.is_some() {
        return None;
    }
    let labels: Vec<String> = Tokens::new(expression)
        .filter(|token| token.kind == TokenKind::String)
        .map(|token| {
            let literal = expression
                .get(token.range)?
                .strip_prefix('\'')?
                .strip_suffix('\'')?;
            Some(literal.replace("''", "'"))
        })
        .collect::<Option<_>>()?;
    let is_once = |label: &String| labels.iter().filter(|other| *other == label).count() == 1;
    // A check for one value alone is rather a part of a key than a list.
    if labels.len() < 2 || !labels.iter().all(is_once) {
        return None;
    }
    let printed = printed(&quote_identifier(name), &sql, &labels);
    printed
        .iter()
        .any(|printed| printed == expression)
        .then(|| TextEnum {
            labels,
            stored_as: spoken(sql.element),
            is_array: sql.is_array,
        })
}

/// What PostgreSQL prints of the check that the attribute renders; a second form is what it prints when the first is run.
fn printed(column: &str, sql: &SqlType<'_>, labels: &[String]) -> Vec<String> {
    let list = |data_type: &str| {
        let labels = labels
            .iter()
            .map(|label| format!("{}::{data_type}", quote_literal(label)));
        labels.collect::<Vec<_>>().join(", ")
    };
    match (sql.base.as_str(), sql.is_array) {
        ("text", false) => vec![format!("({column} = ANY (ARRAY[{}]))", list("text"))],
        ("text", true) => vec![format!("({column} <@ ARRAY[{}])", list("text"))],
        (_, true) => vec![
            format!("({column} <@ ARRAY[{}])", list(sql.element)),
            format!("(({column})::text[] <@ (ARRAY[{}])::text[])", list(sql.element)),
        ],
        (_, false) => {
            let list = list("character varying");
            let each = labels
                .iter()
                .map(|label| format!("({}::character varying)::text", quote_literal(label)));
            let each = each.collect::<Vec<_>>().join(", ");
            vec![
                format!("(({column})::text = ANY ((ARRAY[{list}])::text[]))"),
                format!("(({column})::text = ANY (ARRAY[{each}]))"),
            ]
        }
    }
}
