//! What PostgreSQL refuses late or takes without a word, and is likely not meant.

use std::collections::{BTreeMap, BTreeSet};

use limbeck_sql::tokens;

use super::ModelError;
use super::check::Checked;
use super::column_names::VALUES;
use super::find::{Found, FoundModels, Key};
use super::tree::Tree;
use crate::attributes::{CheckModel, ForeignKeyModel, Spanned, TableModel, nearest};

/// How many columns a table may have (`MaxHeapAttributeNumber`).
const COLUMNS: usize = 1600;

/// Looks at the tables that are declared.
pub(super) fn look(
    tree: &Tree,
    models: &FoundModels,
    checked: &Checked,
    errors: &mut Vec<ModelError>,
    warnings: &mut Vec<ModelError>,
) {
    for (key, found) in models.tables.iter().filter(|(_, found)| found.declared) {
        errors.extend(too_many_columns(tree, found));
        // A check may be of inherited columns.
        if !checked.parents.contains_key(key) {
            let checks = found.model.checks.iter();
            errors.extend(checks.filter_map(|check| without_column(tree, found, check)));
        }
        warnings.extend(read_as_values(tree, found));
    }
    warnings.extend(circles(tree, models, checked));
}

fn too_many_columns(tree: &Tree, found: &Found<TableModel>) -> Option<ModelError> {
    let first = found.model.columns.get(COLUMNS)?;
    let message = format!(
        "`{}` has {} columns, and a table holds {COLUMNS} at most",
        found.model.name.value,
        found.model.columns.len()
    );
    let hint = "move some to a table of their own, or into one column of type `jsonb`".to_owned();
    Some(found.error(tree, first.field.span, message, Some(hint)))
}

/// A check that is the same for every row. `true` and `false` alone are meant so.
fn without_column(tree: &Tree, found: &Found<TableModel>, check: &CheckModel) -> Option<ModelError> {
    let model = &found.model;
    let expression = &check.expression.value;
    if matches!(expression.trim().to_lowercase().as_str(), "true" | "false") {
        return None;
    }
    let names = names(expression);
    let of_table = |name: &String| {
        *name == model.name.value || model.columns.iter().any(|column| column.name.value == *name)
    };
    if names.iter().any(of_table) {
        return None;
    }
    let message = format!("this check names no column of `{}`", model.name.value);
    let by_field = names.iter().find_map(|name| {
        let mut columns = model.columns.iter();
        columns.find(|column| column.field.to_string() == *name)
    });
    let columns = || model.columns.iter().map(|column| column.name.value.as_str());
    let near = names.iter().find_map(|name| {
        let folded = columns().find(|column| column.to_ascii_lowercase() == *name);
        folded.or_else(|| nearest(name, columns()))
    });
    let hint = match (by_field, near) {
        (Some(column), _) => format!(
            "`{}` is the field; its column is `{}`",
            column.field, column.name.value
        ),
        (None, Some(near)) if names.contains(&near.to_ascii_lowercase()) => {
            format!("without quotes SQL reads lower case: write `\"{near}\"`")
        }
        (None, Some(near)) => format!("did you mean `{near}`?"),
        (None, None) => "a check looks at one row: name its columns, as SQL does".to_owned(),
    };
    Some(found.error(tree, check.expression.span, message, Some(hint)))
}

/// The names in an expression, as PostgreSQL reads them.
fn names(expression: &str) -> Vec<String> {
    let tokens = tokens(expression).into_iter();
    tokens.filter_map(|token| token.identifier(expression)).collect()
}

/// Tables and columns that SQL takes for a value where nobody quotes them: no error tells.
fn read_as_values(tree: &Tree, found: &Found<TableModel>) -> Vec<ModelError> {
    let model = &found.model;
    let notice = |name: &Spanned<String>, query: String, rows: &str| {
        VALUES.contains(&name.value.as_str()).then(|| {
            let what = if name.value.contains("user") || name.value.contains("role") {
                "the name of the role"
            } else {
                "a value of the session"
            };
            let message = format!("`{query}` gives {what}, not {rows}");
            let hint = format!("write `\"{}\"` in SQL, or choose another name", name.value);
            found.error(tree, name.span, message, Some(hint))
        })
    };
    let name = &model.name;
    // Behind the name of its schema it is a name.
    let is_alone = model
        .schema
        .as_ref()
        .is_none_or(|schema| schema.value == "public");
    let of_table = notice(
        name,
        format!("SELECT * FROM {}", name.value),
        "the rows of this table",
    );
    let of_columns = model.columns.iter().filter_map(|column| {
        let query = format!(
            "SELECT {} FROM {}",
            column.name.value,
            limbeck_sql::quote_identifier(&name.value)
        );
        notice(&column.name, query, "this column")
    });
    of_table
        .filter(|_| is_alone)
        .into_iter()
        .chain(of_columns)
        .collect()
}

/// Tables that refer to each other so that none can have a first row.
fn circles(tree: &Tree, models: &FoundModels, checked: &Checked) -> Vec<ModelError> {
    let mut edges: BTreeMap<Key, Vec<(Key, &ForeignKeyModel)>> = BTreeMap::new();
    for (key, found) in models.tables.iter().filter(|(_, found)| found.declared) {
        let targets = checked.targets.get(key).map_or(&[][..], Vec::as_slice);
        let strict = found
            .model
            .foreign_keys
            .iter()
            .zip(targets)
            .filter(|(foreign_key, _)| {
                foreign_key.deferrable.is_none() && is_never_null(*key, foreign_key, found, checked)
            })
            // A row may refer to itself.
            .filter_map(|(foreign_key, target)| Some((target.filter(|target| target != key)?, foreign_key)));
        edges.insert(*key, strict.collect());
    }
    let mut told: BTreeSet<Key> = BTreeSet::new();
    let mut notices = Vec::new();
    for start in edges.keys() {
        if told.contains(start) {
            continue;
        }
        let Some(circle) = shortest_circle(*start, &edges) else {
            continue;
        };
        told.extend(circle.iter().copied());
        let name = |key: &Key| models.tables.get(key).map_or("", |found| &found.model.name.value);
        let names: Vec<String> = circle
            .iter()
            .chain([start])
            .map(|key| format!("`{}`", name(key)))
            .collect();
        let second = circle.get(1).unwrap_or(start);
        let first_key = edges
            .get(start)
            .and_then(|keys| keys.iter().find(|(target, _)| target == second));
        if let (Some(found), Some((_, foreign_key))) = (models.tables.get(start), first_key) {
            let message = format!(
                "{} refer to each other by keys that are never NULL and checked at once: none takes a first row alone",
                names.join(" to ")
            );
            let hint = "make one of the keys `deferrable = initially_deferred`, or its column an `Option`"
                .to_owned();
            notices.push(found.error(tree, foreign_key.span, message, Some(hint)));
        }
    }
    notices
}

/// Whether no row leaves a foreign key out.
fn is_never_null(
    key: Key,
    foreign_key: &ForeignKeyModel,
    found: &Found<TableModel>,
    checked: &Checked,
) -> bool {
    let types = checked.types.get(&key).map_or(&[][..], Vec::as_slice);
    let is_null = |field: &crate::attributes::FieldPath| {
        let mut columns = found.model.columns.iter().zip(types);
        columns
            .find(|(column, _)| column.field == *field)
            .and_then(|(_, found)| found.as_ref())
            .is_none_or(|found| found.nullable)
    };
    !foreign_key.fields.iter().any(is_null)
}

/// The tables on the shortest way from one back to itself, that one first.
fn shortest_circle(start: Key, edges: &BTreeMap<Key, Vec<(Key, &ForeignKeyModel)>>) -> Option<Vec<Key>> {
    let mut from: BTreeMap<Key, Key> = BTreeMap::new();
    let mut open = std::collections::VecDeque::from([start]);
    while let Some(key) = open.pop_front() {
        for (target, _) in edges.get(&key).into_iter().flatten() {
            if *target == start {
                let mut circle = vec![key];
                let mut at = key;
                while at != start {
                    at = *from.get(&at)?;
                    circle.push(at);
                }
                circle.reverse();
                return Some(circle);
            }
            if !from.contains_key(target) {
                from.insert(*target, key);
                open.push_back(*target);
            }
        }
    }
    None
}
