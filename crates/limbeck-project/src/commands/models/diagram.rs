//! A diagram of tables and references, as Mermaid draws it (`erDiagram`).

use std::collections::BTreeSet;
use std::fmt::Write as _;

use limbeck_sql::QualifiedName;

use super::{ColumnModelReport, ModelsReport, ReferenceReport, TableModelReport, ViewModelReport, unknown};
use crate::Error;

/// Which tables a diagram shows. Nothing said is all of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DiagramOptions {
    /// Tables, by name or by struct, as `limbeck models show` takes them.
    pub tables: Vec<String>,
    /// All tables of these schemas.
    pub schemas: Vec<String>,
}

/// The tables and their references as a Mermaid entity relationship diagram, which the hosts of repositories draw in a
/// block of code of the kind `mermaid`. Tables that only others reference are drawn without their columns.
///
/// # Errors
/// When a name is that of no table or schema of the models.
pub fn diagram(models: &ModelsReport, options: &DiagramOptions) -> Result<String, Error> {
    let chosen = chosen(models, options)?;
    let mut text = "erDiagram\n".to_owned();
    let tables = || models.tables.iter().filter(|table| chosen.contains(&key(table)));
    for table in tables() {
        entity(&mut text, table);
    }
    for table in tables() {
        for reference in &table.references {
            relation(&mut text, table, reference);
        }
    }
    Ok(text)
}

type Key<'a> = (&'a str, &'a str);

fn key(table: &TableModelReport) -> Key<'_> {
    (&table.schema, &table.name)
}

/// The tables to draw with their columns.
fn chosen<'a>(models: &'a ModelsReport, options: &DiagramOptions) -> Result<BTreeSet<Key<'a>>, Error> {
    if options.tables.is_empty() && options.schemas.is_empty() {
        return Ok(models.tables.iter().map(key).collect());
    }
    let mut chosen = BTreeSet::new();
    for name in &options.tables {
        let found: Vec<_> = models
            .tables
            .iter()
            .filter(|table| is_called(table, name))
            .map(key)
            .collect();
        if found.is_empty() {
            let is_view = |view: &ViewModelReport| {
                let object = QualifiedName::new(&view.schema, &view.name);
                super::is_called(&object, &view.place.model, name)
            };
            if models.views.iter().any(is_view) {
                return Err(
                    Error::usage(format!("`{name}` is a view, and a diagram is of tables"))
                        .hint("views have no references to draw; `limbeck models show` shows one"),
                );
            }
            let known = models
                .tables
                .iter()
                .flat_map(|table| [table.name.as_str(), table.place.name()]);
            return Err(unknown(
                &format!("no table of the models is called `{name}`"),
                name,
                known,
            ));
        }
        chosen.extend(found);
    }
    for schema in &options.schemas {
        let found: Vec<_> = models
            .tables
            .iter()
            .filter(|table| table.schema == *schema)
            .map(key)
            .collect();
        if found.is_empty() {
            let known = models.tables.iter().map(|table| table.schema.as_str());
            return Err(unknown(
                &format!("no table of the models is in the schema `{schema}`"),
                schema,
                known,
            ));
        }
        chosen.extend(found);
    }
    Ok(chosen)
}

fn is_called(table: &TableModelReport, name: &str) -> bool {
    let object = QualifiedName::new(&table.schema, &table.name);
    super::is_called(&object, &table.place.model, name)
}

fn entity(text: &mut String, table: &TableModelReport) {
    let _ = writeln!(text, "    {} {{", entity_name(&table.schema, &table.name));
    for column in &table.columns {
        let _ = write!(text, "        {} {}", word(&column.data_type), word(&column.name));
        let keys = keys(table, column);
        if !keys.is_empty() {
            let _ = write!(text, " {}", keys.join(", "));
        }
        let mut remarks = Vec::new();
        if word(&column.name) != column.name {
            remarks.push(column.name.clone());
        }
        if column.nullable {
            remarks.push("NULL".to_owned());
        }
        if !remarks.is_empty() {
            let _ = write!(text, " \"{}\"", quoted(&remarks.join(", ")));
        }
        text.push('\n');
    }
    text.push_str("    }\n");
}

/// What a column is a key of, as far as it is one alone; of a primary key each part.
fn keys(table: &TableModelReport, column: &ColumnModelReport) -> Vec<&'static str> {
    let is_foreign = |reference: &ReferenceReport| reference.columns.contains(&column.name);
    let is_unique = table
        .unique
        .iter()
        .any(|columns| *columns == [column.name.clone()]);
    [
        (table.primary_key.contains(&column.name), "PK"),
        (table.references.iter().any(is_foreign), "FK"),
        (is_unique, "UK"),
    ]
    .into_iter()
    .filter_map(|(is_key, word)| is_key.then_some(word))
    .collect()
}

/// `plans }o--|| users : "owner_id"`: how many rows there may be on either side.
fn relation(text: &mut String, table: &TableModelReport, reference: &ReferenceReport) {
    let own: BTreeSet<&String> = reference.columns.iter().collect();
    let is_one = std::iter::once(&table.primary_key)
        .chain(&table.unique)
        .any(|columns| !columns.is_empty() && columns.iter().all(|column| own.contains(column)));
    let is_optional = table
        .columns
        .iter()
        .any(|column| column.nullable && own.contains(&column.name));
    let _ = writeln!(
        text,
        "    {} {}--{} {} : \"{}\"",
        entity_name(&table.schema, &table.name),
        if is_one { "|o" } else { "}o" },
        if is_optional { "o|" } else { "||" },
        entity_name(&reference.schema, &reference.table),
        quoted(&reference.columns.join(", ")),
    );
}

/// Words that mean something to Mermaid where the name of an entity may stand.
const RESERVED: &[&str] = &[
    "accdescr",
    "acctitle",
    "class",
    "classdef",
    "direction",
    "end",
    "erdiagram",
    "many",
    "one",
    "only",
    "optionally",
    "style",
    "subgraph",
    "title",
    "to",
    "u",
    "zero",
];

/// The name of a table: quoted, where Mermaid would not take it for one word; with its schema, unless that is `public`.
fn entity_name(schema: &str, table: &str) -> String {
    let name = without_public(schema, table);
    let is_word = name
        .chars()
        .all(|character| character.is_ascii_alphanumeric() || character == '_')
        && name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && !RESERVED.contains(&name.to_ascii_lowercase().as_str());
    if is_word {
        name
    } else {
        format!("\"{}\"", quoted(&name))
    }
}

fn without_public(schema: &str, name: &str) -> String {
    if schema == "public" {
        name.to_owned()
    } else {
        format!("{schema}.{name}")
    }
}

/// What Mermaid takes for the type or the name of an attribute: letters, digits, and a few signs. Its earlier versions
/// take neither a point nor a comma.
fn word(text: &str) -> String {
    let mut text: String = text
        .strip_prefix("public.")
        .unwrap_or(text)
        .replace(", ", ",")
        .chars()
        .filter(|character| *character != '"')
        .map(|character| match character {
            '_' | '-' | '(' | ')' | '[' | ']' => character,
            _ if character.is_ascii_alphanumeric() || character >= '\u{c0}' => character,
            _ => '_',
        })
        .collect();
    if !text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_' || first >= '\u{c0}') {
        text.insert(0, '_');
    }
    // A key to Mermaid, in whatever case, and whatever follows that is no letter.
    let is_key = |key: &str| {
        text.get(..2).is_some_and(|start| start.eq_ignore_ascii_case(key))
            && !text.get(2..).is_some_and(|rest| {
                rest.starts_with(|next: char| next.is_ascii_alphanumeric() || next == '_')
            })
    };
    if ["pk", "fk", "uk"].into_iter().any(is_key) {
        text.insert(0, '_');
    }
    text
}

/// Text between Mermaid's quotes, which has no way to write a quote, a backslash or a per cent sign.
fn quoted(text: &str) -> String {
    text.replace('"', "'")
        .replace(['\\', '%'], "_")
        .replace(|character: char| character.is_control(), " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_mermaid_would_take_for_something_else_are_quoted() {
        for (schema, table, expected) in [
            ("public", "users", "users"),
            ("billing", "invoices", "\"billing.invoices\""),
            ("public", "Order Lines", "\"Order Lines\""),
            ("public", "2fa", "\"2fa\""),
            ("public", "End", "\"End\""),
            ("public", "ends", "ends"),
            ("public", "a\"b\\c%d\ne", "\"a'b_c_d e\""),
            ("public", "straße", "\"straße\""),
        ] {
            assert_eq!(entity_name(schema, table), expected);
        }
    }

    #[test]
    fn types_and_columns_are_one_word() {
        for (text, expected) in [
            ("bigint", "bigint"),
            ("numeric(12, 2)[]", "numeric(12_2)[]"),
            ("timestamp with time zone", "timestamp_with_time_zone"),
            ("public.member_role", "member_role"),
            ("billing.\"Money\"", "billing_Money"),
            ("pk", "_pk"),
            ("Uk", "_Uk"),
            ("fk-1", "_fk-1"),
            ("fk_1", "fk_1"),
            ("2nd", "_2nd"),
            ("größe", "größe"),
            ("~x~", "_x_"),
        ] {
            assert_eq!(word(text), expected);
        }
    }
}
