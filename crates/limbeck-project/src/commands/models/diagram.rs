//! A diagram of tables and references, as Mermaid draws it (`erDiagram`).

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::{ColumnModelReport, ModelsReport, ReferenceReport, TableModelReport};
use crate::Error;
use crate::config::nearest;

/// The tables and their references as a Mermaid entity relationship diagram, which the hosts of repositories draw in a
/// block of code of the kind `mermaid`. With names of tables, only these and what they reference.
///
/// # Errors
/// When a name is that of no table.
pub fn diagram(models: &ModelsReport, names: &[String]) -> Result<String, Error> {
    let chosen = chosen(models, names)?;
    let mut text = "erDiagram\n".to_owned();
    for table in models.tables.iter().filter(|table| chosen.contains(&key(table))) {
        entity(&mut text, table);
    }
    for table in &models.tables {
        for reference in &table.references {
            let target = (reference.schema.as_str(), reference.table.as_str());
            if chosen.contains(&key(table)) && chosen.contains(&target) {
                relation(&mut text, table, reference);
            }
        }
    }
    Ok(text)
}

type Key<'a> = (&'a str, &'a str);

fn key(table: &TableModelReport) -> Key<'_> {
    (&table.schema, &table.name)
}

/// The tables to draw.
fn chosen<'a>(models: &'a ModelsReport, names: &[String]) -> Result<BTreeSet<Key<'a>>, Error> {
    if names.is_empty() {
        let targets = models.tables.iter().flat_map(|table| &table.references);
        let targets = targets.map(|reference| (reference.schema.as_str(), reference.table.as_str()));
        return Ok(models.tables.iter().map(key).chain(targets).collect());
    }
    let mut chosen = BTreeSet::new();
    for name in names {
        let found: Vec<_> = models
            .tables
            .iter()
            .filter(|table| table.name == *name || format!("{}.{}", table.schema, table.name) == *name)
            .collect();
        if found.is_empty() {
            let known: Vec<&str> = models.tables.iter().map(|table| table.name.as_str()).collect();
            let error = Error::usage(format!("no table of the models is called `{name}`"));
            return Err(match nearest(name, &known) {
                Some(near) => error.hint(format!("did you mean `{near}`?")),
                None => error.hint("`limbeck models list` lists them"),
            });
        }
        for table in found {
            chosen.insert(key(table));
            chosen.extend(
                table
                    .references
                    .iter()
                    .map(|reference| (reference.schema.as_str(), reference.table.as_str())),
            );
        }
    }
    Ok(chosen)
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

/// The name of a table: quoted, where Mermaid would not take it for one word; with its schema, unless that is `public`.
fn entity_name(schema: &str, table: &str) -> String {
    let name = if schema == "public" {
        table.to_owned()
    } else {
        format!("{schema}.{table}")
    };
    let is_word = name
        .chars()
        .all(|character| character.is_ascii_alphanumeric() || character == '_')
        && name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
    if is_word {
        name
    } else {
        format!("\"{}\"", quoted(&name))
    }
}

/// What Mermaid takes for a type or the name of an attribute: letters, digits, and a few signs.
fn word(text: &str) -> String {
    let text: String = text
        .chars()
        .filter(|character| *character != '"')
        .map(|character| match character {
            '_' | '-' | '(' | ')' | '[' | ']' => character,
            _ if character.is_ascii_alphanumeric() => character,
            _ => '_',
        })
        .collect();
    if text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_') {
        text
    } else {
        format!("_{text}")
    }
}

/// Text between Mermaid's quotes, which has no way to write a quote, a backslash or a per cent sign.
fn quoted(text: &str) -> String {
    text.replace('"', "'")
        .replace(['\\', '%'], "_")
        .replace(['\n', '\r'], " ")
}
